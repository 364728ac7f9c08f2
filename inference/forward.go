package inference

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/stream"
)

// Forward draws joint states of a Bayesian network by ancestral sampling: every
// variable from its conditional distribution, parents before children (Henrion
// 1988; Koller & Friedman 2009, algorithm 12.1). The draws are independent. A draw
// costs O(variables · states). The zero value is ready.
//
// Evidence takes [TreeSampling], [Rejection], [Weighting] or [Gibbs].
type Forward struct {
	Seed uint64 `json:"seed"`
}

// A DirectedError says that a method needs a Bayesian network, in which every
// variable has a distribution given others to draw from.
type DirectedError struct{ Method string }

// Error names the method that works without directions.
func (e *DirectedError) Error() string {
	return e.Method + " needs a Bayesian network, and this model is undirected; use Gibbs sampling (gibbs)"
}

// States yields joint states, as indices in the order of the model's variables,
// without end. The slice is valid until the next one. Errors: [*DirectedError], what a
// conditional distribution gives, and ctx's.
func (f Forward) States(ctx context.Context, m graphical.Model) iter.Seq2[[]int, error] {
	return func(yield func([]int, error) bool) {
		w, _, err := newWalk(m, graphical.Evidence{}, nil, false, "forward sampling")
		if err != nil {
			yield(nil, err)
			return
		}
		r := stream.New(f.Seed, "forward")
		x := make([]int, len(w.s.p.vars))
		for n := 0; ; n++ {
			if n%drawsPerLook == 0 && ctx.Err() != nil {
				yield(nil, ctx.Err())
				return
			}
			w.draw(r, x)
			if !yield(x, nil) {
				return
			}
		}
	}
}

// drawsPerLook is after how many draws a cancelled context is noticed.
const drawsPerLook = 256

// A walk draws the variables of a Bayesian network, parents before children, each
// from its distribution within its domain and weighed by soft evidence on it:
//
//	q(x) = Π_v p(x_v | parents) λ_v(x_v) / N_v(parents),  N_v = Σ_{s in domain} p(s | parents) λ_v(s)
//
// so that the weight of a draw, p(x, e)/q(x), is Π_v N_v. Without evidence that is
// one. With hard evidence on v alone it is p(e_v | parents), the weight of
// likelihood weighting. A walk has scratch memory and belongs to one goroutine.
type walk struct {
	s       *space
	order   []int   // positions of variables, parents first
	plain   []plain // by position in order
	row     []float64
	scratch []int
}

// A plain variable has a table whose rows sum to one, and all its states: its weight
// is one.
type plain struct {
	values  []float64 // nil: not plain
	k       int
	stride  int
	parents []move
}

// newWalk compiles a Bayesian network. With reduce, the evidence is taken into it;
// otherwise it is left to the caller. The walk is nil if the evidence is impossible.
func newWalk(m graphical.Model, ev graphical.Evidence, targets []string, reduce bool, method string) (*walk, *problem, error) {
	if _, ok := m.(*graphical.BayesNet); !ok {
		return nil, nil, &DirectedError{Method: method}
	}
	p, err := newProblem(m, ev, targets, reduce, true)
	if err != nil {
		return nil, nil, err
	}
	whole := *p
	if !reduce {
		whole.findings = nil
	}
	s, err := newSpace(&whole)
	if err != nil {
		return nil, nil, err
	}
	if s == nil {
		return nil, p, nil
	}
	return walkOf(s), p, nil
}

// walkOf makes the walk of a Bayesian network's space.
func walkOf(s *space) *walk {
	net := s.p.model.(*graphical.BayesNet)
	number := make(map[*graphical.Variable]int, len(s.p.vars))
	most := 0
	for i, v := range s.p.vars {
		number[v] = i
		most = max(most, v.NumStates())
	}
	w := &walk{s: s, row: make([]float64, most), scratch: s.scratch()}
	for _, v := range net.TopologicalOrder() {
		if i, ok := number[v]; ok {
			w.order = append(w.order, i)
			w.plain = append(w.plain, s.plain(i, net.RowError() == 0))
		}
	}
	return w
}

// plain compiles variable v if it is plain.
func (s *space) plain(v int, certain bool) plain {
	pt := &s.parts[v]
	if !certain || pt.values == nil || s.prior[v] != nil || s.size[v] < len(s.domain[v]) {
		return plain{}
	}
	out := plain{values: pt.values, k: len(s.domain[v])}
	for j, u := range pt.vars {
		if u == v {
			out.stride = pt.strides[j]
		} else {
			out.parents = append(out.parents, move{u, pt.strides[j]})
		}
	}
	return out
}

// clone returns a walk for another goroutine.
func (w *walk) clone() *walk {
	c := *w
	c.row, c.scratch = make([]float64, len(w.row)), make([]int, len(w.scratch))
	return &c
}

// weigh writes p(s | parents) λ_v(s) of the states of v to the row and returns it
// with its sum. States outside the domain have none.
func (w *walk) weigh(v int, x []int) (row []float64, sum float64) {
	s := w.s
	pt := &s.parts[v] // factor v of a Bayesian network is that of variable v
	domain := s.domain[v]
	row = w.row[:len(domain)]
	if pt.values == nil {
		old := x[v]
		for k, in := range domain {
			row[k] = 0
			if in {
				x[v] = k
				row[k] = s.at(v, x, w.scratch)
			}
		}
		x[v] = old
	} else {
		o, stride := 0, 0
		for j, u := range pt.vars {
			if u == v {
				stride = pt.strides[j]
			} else {
				o += x[u] * pt.strides[j]
			}
		}
		if s.p.fixed[v] >= 0 {
			clear(row)
			row[s.p.fixed[v]] = pt.values[o]
		} else {
			for k, in := range domain {
				row[k] = 0
				if in {
					row[k] = pt.values[o+k*stride]
				}
			}
		}
	}
	if prior := s.prior[v]; prior != nil {
		for k := range row {
			row[k] *= prior[k]
		}
	}
	for _, q := range row {
		sum += q
	}
	return row, sum
}

// draw fills x and returns the logarithm of its weight but for the space's
// constant; −Inf says that the draw ran into a state without continuation, and x is
// then incomplete.
func (w *walk) draw(r *rand.Rand, x []int) float64 {
	logWeight, weight := 0.0, 1.0
	for i := range w.order {
		if w.plain[i].values != nil {
			w.step(i, r, x)
			continue
		}
		if weight *= w.step(i, r, x); weight < tiny || weight > 1/tiny {
			if weight == 0 {
				return math.Inf(-1)
			}
			logWeight += careful.Log(weight)
			weight = 1
		}
	}
	return logWeight + careful.Log(weight)
}

// step draws the variable at a place of the order and returns its N, zero if it
// has no state to be in.
func (w *walk) step(i int, r *rand.Rand, x []int) float64 {
	v := w.order[i]
	if pl := &w.plain[i]; pl.values != nil {
		o := 0
		for _, p := range pl.parents {
			o += x[p.at] * p.stride
		}
		u, last := r.Float64(), 0
		for k := range pl.k {
			if q := pl.values[o+k*pl.stride]; q > 0 {
				if last = k; u < q {
					break
				}
				u -= q
			}
		}
		x[v] = last
		return 1
	}
	row, sum := w.weigh(v, x)
	if sum > 0 {
		x[v] = choose(row, r.Float64()*sum)
	}
	return sum
}

// logWeight returns what draw would return had it drawn x.
func (w *walk) logWeight(x []int) float64 {
	logWeight, weight := 0.0, 1.0
	for i, v := range w.order {
		if w.plain[i].values != nil {
			continue
		}
		_, sum := w.weigh(v, x)
		if weight *= sum; weight < tiny || weight > 1/tiny {
			logWeight += careful.Log(weight)
			weight = 1
		}
	}
	return logWeight + careful.Log(weight)
}

// choose returns the state at which the running sum of weights first exceeds u,
// never one of weight zero.
func choose(weights []float64, u float64) int {
	last := 0
	for s, w := range weights {
		if w > 0 {
			if last = s; u < w {
				return s
			}
			u -= w
		}
	}
	return last
}

// A RareEvidenceError says that no draw agreed with the evidence, which is possible
// for all that is known, but too improbable for the method.
type RareEvidenceError struct {
	Method string
	Draws  int64 // tried
}

// Error says what to use.
func (e *RareEvidenceError) Error() string {
	return fmt.Sprintf("%s: none of %d draws agrees with the evidence, which is too improbable for it; use an exact method (junction-tree), weighting or gibbs", e.Method, e.Draws)
}

// searchTries bounds the assignments of a search for a possible state.
const searchTries = 50_000

// rare tells impossible evidence from improbable.
func rare(ctx context.Context, s *space, m graphical.Model, ev graphical.Evidence, seed uint64, method string, draws int64) error {
	if s == nil {
		p, err := newProblem(m, ev, nil, true, false)
		if err != nil {
			return err
		}
		return impossible(ctx, m, ev, p)
	}
	if _, v := s.search(stream.New(seed, "search"), searchTries); v == proven {
		return impossible(ctx, m, ev, s.p)
	}
	return &RareEvidenceError{Method: method, Draws: draws}
}

// count checks a setting that is a number of things.
func count[T int | int64](field string, n, standard T, want string) (T, error) {
	const most = 1 << 50 // beyond which sums of them might overflow
	if n < 0 || int64(n) > most {
		return 0, &belief.ConfigError{Field: field, Value: n, Want: want}
	}
	if n == 0 {
		return standard, nil
	}
	return n, nil
}
