package chain

import (
	"math"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
)

// logSpace is forward–backward with logarithms, for which nothing underflows.
type logSpace struct {
	initial []float64 // log π
	forth   []float64 // log a; of varying chains only the matrix in use
	back    []float64 // its transpose
	alpha   []float64 // T×S: log p(x_0 … x_t, z_t)
	beta    []float64 // log p(x_{t+1} … | z_t)
	next    []float64
	terms   []float64
	varying bool
	matrix  int // which one forth and back hold
	numbers []float64
}

// begin makes ready for a chain.
func (l *logSpace) begin(m Markov) {
	s := m.States()
	l.initial, l.forth, l.back = grow(l.initial, s), grow(l.forth, s*s), grow(l.back, s*s)
	l.beta, l.next, l.terms = grow(l.beta, s), grow(l.next, s), grow(l.terms, s)
	for i, p := range m.Initial {
		l.initial[i] = careful.Log(p)
	}
	l.varying, l.matrix, l.numbers = m.Varying, -1, m.Transition
	if !m.Varying {
		l.load(0)
	}
}

// load makes the matrix that leads to time t the one in use.
func (l *logSpace) load(t int) {
	if !l.varying {
		t = 1
	}
	if t-1 == l.matrix || t == 0 && l.varying {
		return
	}
	s := len(l.initial)
	l.matrix = t - 1
	a := l.numbers[(t-1)*s*s : t*s*s]
	for i := range s {
		for j := range s {
			v := careful.Log(a[i*s+j])
			l.forth[i*s+j], l.back[j*s+i] = v, v
		}
	}
}

// forward writes log α of every time to alpha, and returns log Z and the first time at
// which it is −Inf, −1 if there is none.
func (l *logSpace) forward(alpha []float64, e Evidence, n int) (float64, int) {
	s := len(l.initial)
	if n == 0 {
		return 0, -1
	}
	for t := range n {
		var past []float64
		if t > 0 {
			past = alpha[(t-1)*s : t*s]
		}
		if !l.advance(alpha[t*s:(t+1)*s], past, e.row(t, s), t) {
			return math.Inf(-1), t
		}
	}
	return kernel.LogSumExp(alpha[(n-1)*s : n*s]), -1
}

// advance writes log Σ_i exp(past_i) a(i, j) b_t(j) to now, of which past is nil at time 0,
// and says whether anything is possible.
func (l *logSpace) advance(now, past, evidence []float64, t int) bool {
	s := len(now)
	if past == nil {
		copy(now, l.initial)
	} else {
		l.load(t)
		for j := range s {
			kernel.Add(l.terms, past, l.back[j*s:(j+1)*s])
			now[j] = kernel.LogSumExp(l.terms)
		}
	}
	kernel.Add(now, now, evidence)
	return !math.IsInf(kernel.Max(now), -1)
}

// expect adds sequence i.
func (l *logSpace) expect(x *Expected, m Markov, e Evidence, i int, weight float64) error {
	s := m.States()
	n := e.Len(s)
	if err := checkEvidence(e, s, i); err != nil {
		return err
	}
	l.begin(m)
	l.alpha = grow(l.alpha, n*s)
	logZ, zero := l.forward(l.alpha, e, n)
	if zero >= 0 {
		return &ImpossibleError{Sequence: i, Time: zero}
	}
	x.LogZ[i] = logZ
	clear(l.beta)
	for t := n - 1; t >= 0; t-- {
		alpha := l.alpha[t*s : (t+1)*s]
		// γ_t = α β / Z
		gamma := l.next
		kernel.Add(gamma, alpha, l.beta)
		kernel.AddConst(-logZ, gamma, gamma)
		kernel.Exp(gamma, gamma)
		kernel.Scale(weight, gamma, gamma)
		if t == 0 {
			kernel.Add(x.Initial, x.Initial, gamma)
		}
		if x.Gamma != nil {
			copy(x.Gamma[i][t*s:], gamma)
		}
		if x.Rows != nil {
			sum := x.Rows[e.Index[t]*s : (e.Index[t]+1)*s]
			kernel.Add(sum, sum, gamma)
		}
		if t == 0 {
			break
		}
		// ξ_t = α_{t−1} a b β / Z, and β_{t−1}.
		l.load(t)
		kernel.Add(l.beta, l.beta, e.row(t, s))
		past := l.alpha[(t-1)*s : t*s]
		for j := range s {
			kernel.Add(l.terms, l.forth[j*s:(j+1)*s], l.beta)
			l.next[j] = kernel.LogSumExp(l.terms)
			kernel.AddConst(past[j]-logZ, l.terms, l.terms)
			kernel.Exp(l.terms, l.terms)
			kernel.Axpy(weight, l.terms, x.Transition[j*s:(j+1)*s])
			if x.Pairs != nil {
				kernel.Scale(weight, x.Pairs[i][((t-1)*s+j)*s:((t-1)*s+j+1)*s], l.terms)
			}
		}
		l.beta, l.next = l.next, l.beta
	}
	return nil
}

// checkEvidence looks for NaN and +Inf in the rows that are used.
func checkEvidence(e Evidence, states, sequence int) error {
	for t := range e.Len(states) {
		for s, v := range e.row(t, states) {
			if !(v <= math.MaxFloat64) {
				return &EvidenceError{Sequence: sequence, Time: t, State: s, Value: v}
			}
		}
	}
	return nil
}
