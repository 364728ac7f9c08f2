package chain

import (
	"math"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
)

// logSpace is forward–backward with logarithms, for which nothing underflows. Rows are
// scaled all the same, for the logarithms not to grow, and lose digits, with the time.
type logSpace struct {
	watch
	initial []float64 // log π
	forth   []float64 // log a; of varying chains only the matrix in use
	back    []float64 // its transpose
	alpha   []float64 // T×S: log p(z_t | x_0 … x_t)
	norm    []float64 // log p(x_t | x_0 … x_{t−1})
	beta    []float64 // log p(x_{t+1} … | z_t), divided by all later norms
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

// forward computes α and norm, and returns log Z and the first time at which nothing is
// possible, −1 if there is none; or it ends with an error of the watch.
func (l *logSpace) forward(e Evidence, n int) (float64, int) {
	s := len(l.initial)
	l.alpha, l.norm = grow(l.alpha, n*s), grow(l.norm, n)
	logZ := 0.0
	var past []float64
	for t := range n {
		now := l.alpha[t*s : (t+1)*s]
		if l.ended(8 * s * s) { // exponentials
			return 0, t
		}
		if !l.advance(now, past, e.row(t, s), t) {
			return math.Inf(-1), t
		}
		l.norm[t] = kernel.LogSumExp(now)
		kernel.AddConst(-l.norm[t], now, now)
		logZ += l.norm[t]
		past = now
	}
	return logZ, -1
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
	logZ, zero := l.forward(e, n)
	if l.err != nil {
		return l.err
	}
	if zero >= 0 {
		return &ImpossibleError{Sequence: i, Time: zero}
	}
	x.LogZ[i] = logZ
	clear(l.beta)
	for t := n - 1; t >= 0; t-- {
		alpha := l.alpha[t*s : (t+1)*s]
		if l.ended(16 * s * s) {
			return l.err
		}
		// γ_t = α β
		gamma := l.next
		kernel.Add(gamma, alpha, l.beta)
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
		// ξ_t = α_{t−1} a b β / c, and β_{t−1}.
		l.load(t)
		kernel.Add(l.beta, l.beta, e.row(t, s))
		kernel.AddConst(-l.norm[t], l.beta, l.beta)
		past := l.alpha[(t-1)*s : t*s]
		for j := range s {
			kernel.Add(l.terms, l.forth[j*s:(j+1)*s], l.beta)
			l.next[j] = kernel.LogSumExp(l.terms)
			kernel.AddConst(past[j], l.terms, l.terms)
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
	if kernel.Max(e.Log) <= math.MaxFloat64 {
		return nil
	}
	for t := range e.Len(states) {
		for s, v := range e.row(t, states) {
			if !(v <= math.MaxFloat64) {
				return &EvidenceError{Sequence: sequence, Time: t, State: s, Value: v}
			}
		}
	}
	return nil
}
