package inference

import (
	"context"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/careful"
)

// A space is a problem in the form that samplers walk through: every variable has
// a domain of states that may have positive probability, and every factor is a
// table over the variables that vary, or a conditional distribution to be asked.
type space struct {
	p      *problem
	parts  []part
	of     [][]int     // parts by variable
	prior  [][]float64 // weights of soft evidence, largest one; nil for none
	domain [][]bool    // states that may have positive probability
	size   []int       // states left of each domain
	log    float64     // of constant factors, common scales and hard evidence
}

// A part is one factor of a space.
type part struct {
	vars    []int
	strides []int
	values  []float64 // nil: ask the conditional distribution
	ask     graphical.Conditional
	scope   []int // of ask: the parents, then the child
	zeros   bool  // some value is zero, or may be
}

// mostTable bounds the entries of a factor that samplers lower to a table; above,
// they ask a conditional distribution for single probabilities.
const mostTable = 1 << 18

// A positiver is a conditional distribution that knows whether all its
// probabilities are positive, which frees samplers from doubts about states that
// cannot be reached.
type positiver interface{ Positive() bool }

// newSpace lays a problem out. The problem must be reduced by its evidence. It
// returns nil and no error if the evidence is impossible.
func newSpace(p *problem) (*space, error) {
	n := len(p.vars)
	s := &space{p: p, of: make([][]int, n), prior: make([][]float64, n), domain: make([][]bool, n), size: make([]int, n)}
	for v := range n {
		s.domain[v] = make([]bool, p.vars[v].NumStates())
		for x := range s.domain[v] {
			s.domain[v][x] = p.fixed[v] < 0 || p.fixed[v] == x
		}
	}
	for _, f := range p.findings {
		s.log += f.LogScale
		if state := p.fixed[f.Index]; state >= 0 {
			s.log += careful.Log(f.Weights[state])
			continue
		}
		peak := 0.0
		for _, w := range f.Weights {
			peak = max(peak, w)
		}
		s.log += careful.Log(peak)
		s.prior[f.Index] = make([]float64, len(f.Weights))
		for x, w := range f.Weights {
			s.prior[f.Index][x] = w / peak
			if w == 0 {
				s.domain[f.Index][x] = false
			}
		}
	}
	for v, d := range s.domain {
		for _, ok := range d {
			if ok {
				s.size[v]++
			}
		}
	}
	for i := range p.factors {
		if possible, err := s.add(i); err != nil || !possible {
			return nil, err
		}
	}
	c := newConsistency(s, mostPropagation)
	if !c.propagate(c.all()) {
		return nil, nil
	}
	s.domain, s.size = c.domain, c.size
	return s, nil
}

// add appends factor i of the problem; it is not possible if it is zero whatever
// the variables that vary do.
func (s *space) add(i int) (possible bool, err error) {
	p := s.p
	full := 1.0
	for _, v := range p.scopes[i] {
		full *= float64(p.vars[v].NumStates())
	}
	if net, ok := p.model.(*graphical.BayesNet); ok && full > mostTable {
		ask := net.Conditional(p.model.Variables()[p.factors[i]])
		if _, table := ask.(*graphical.Table); !table {
			s.addAsked(i, ask)
			return true, nil
		}
	}
	t, err := p.factorTable(i)
	if err != nil {
		return false, err
	}
	pt := part{vars: t.vars, values: t.values, strides: make([]int, len(t.vars))}
	stride := 1
	for k := len(t.vars) - 1; k >= 0; k-- {
		pt.strides[k] = stride
		stride *= p.card[t.vars[k]]
	}
	peak := 0.0
	for _, x := range t.values {
		peak = max(peak, x)
		pt.zeros = pt.zeros || x == 0
	}
	if peak == 0 {
		return false, nil
	}
	s.log += t.scale
	if peak > 1.5 || peak < 1e-3 { // of tables of probabilities, one row near one is the rule
		s.log += careful.Log(peak)
		pt.values = make([]float64, len(t.values))
		for k, x := range t.values {
			pt.values[k] = x / peak
			pt.zeros = pt.zeros || pt.values[k] == 0
		}
	}
	for _, v := range pt.vars {
		s.of[v] = append(s.of[v], len(s.parts))
	}
	s.parts = append(s.parts, pt)
	return true, nil
}

// addAsked appends a conditional distribution that is too large for a table.
func (s *space) addAsked(i int, ask graphical.Conditional) {
	pt := part{ask: ask, scope: s.p.scopes[i], zeros: true}
	if k, ok := ask.(positiver); ok && k.Positive() {
		pt.zeros = false
	}
	for _, v := range pt.scope {
		if s.p.card[v] > 1 {
			pt.vars = append(pt.vars, v)
			s.of[v] = append(s.of[v], len(s.parts))
		}
	}
	s.parts = append(s.parts, pt)
}

// free says whether a variable has more than one state left.
func (s *space) free(v int) bool { return s.size[v] > 1 }

// at returns the value of a part where the variables are in states x. scratch has
// room for the states of the parents of any conditional distribution.
func (s *space) at(i int, x, scratch []int) float64 {
	pt := &s.parts[i]
	if pt.values != nil {
		o := 0
		for k, v := range pt.vars {
			o += x[v] * pt.strides[k]
		}
		return pt.values[o]
	}
	last := len(pt.scope) - 1
	scratch = scratch[:last]
	for k, v := range pt.scope[:last] {
		scratch[k] = x[v]
	}
	return pt.ask.Prob(x[pt.scope[last]], scratch)
}

// scratch returns room for parents of any conditional distribution.
func (s *space) scratch() []int {
	n := 0
	for i := range s.parts {
		n = max(n, len(s.parts[i].scope))
	}
	return make([]int, n)
}

// start returns a state with every variable of a single state set.
func (s *space) start() []int {
	x := make([]int, len(s.domain))
	for v, d := range s.domain {
		for k, ok := range d {
			if ok {
				x[v] = k
				break
			}
		}
	}
	return x
}

// possible says whether state x has positive probability.
func (s *space) possible(x, scratch []int) bool {
	for v, d := range s.domain {
		if !d[x[v]] {
			return false
		}
	}
	for i := range s.parts {
		if s.parts[i].zeros && s.at(i, x, scratch) == 0 {
			return false
		}
	}
	return true
}

// impossible explains that the evidence has probability zero. A small junction
// tree knows which findings are to blame; without one all are.
func impossible(ctx context.Context, m graphical.Model, ev graphical.Evidence, p *problem) error {
	const small = 64 << 20
	_, err := TreeConfig{MemoryBudget: small}.Marginals(ctx, m, ev)
	if _, ok := err.(*belief.ImpossibleEvidenceError); ok {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return everything(p.findings)
}

// setUp resolves a question for a sampler.
func setUp(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets []string) (*space, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p, err := newProblem(m, ev, targets, true, true)
	if err != nil {
		return nil, err
	}
	s, err := newSpace(p)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, impossible(ctx, m, ev, p)
	}
	return s, nil
}

// stats fills in what a sampler took.
func (s *space) stats(bytes float64) Stats {
	st := Stats{Factors: len(s.parts), Bytes: bytes}
	for v := range s.size {
		if s.p.card[v] > 1 {
			st.Variables++
		}
	}
	for i := range s.parts {
		n := float64(len(s.parts[i].values))
		st.Total += n
		if n > st.Largest {
			st.Largest, st.Width = n, len(s.parts[i].vars)-1
		}
	}
	return st
}

// logAt returns the logarithm of a state's weight.
func (s *space) logAt(x, scratch []int) float64 {
	l := s.log
	for i := range s.parts {
		l += careful.Log(s.at(i, x, scratch))
	}
	for v, w := range s.prior {
		if w != nil {
			l += careful.Log(w[x[v]])
		}
	}
	if math.IsNaN(l) {
		return math.Inf(-1)
	}
	return l
}
