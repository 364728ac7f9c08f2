package inference

import (
	"context"
	"iter"
	"math"
	"math/rand/v2"
	"sort"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/stream"
)

// TreeSampling draws joint states of the posterior p(x | e) of any model for which a
// junction tree is not too large (Dawid 1992; Cowell et al. 1999, section 6.4).
// Messages are collected once. Then cliques are drawn from the roots outwards, the
// variables of a clique C given those that it shares with its parent,
//
//	p(x_C | x_S, e) ∝ Π tables of C · Π messages of its children,
//
// so that draws are exact and independent, however improbable the evidence. A draw
// costs the sum over cliques of the joint states of the variables that it does not
// share. The zero value is ready.
type TreeSampling struct {
	Tree TreeConfig `json:"tree"` // its budget also covers a table of each root's states
	Seed uint64     `json:"seed"`
}

// States yields joint states, as indices in the order of the model's variables,
// without end. The slice is valid until the next one. Errors: those of
// [Engine].Marginals.
func (ts TreeSampling) States(ctx context.Context, m graphical.Model, ev graphical.Evidence) iter.Seq2[[]int, error] {
	return func(yield func([]int, error) bool) {
		w, err := ts.compile(ctx, m, ev)
		if err != nil {
			yield(nil, err)
			return
		}
		r := stream.New(ts.Seed, "tree sampling")
		const work = 1 << 16
		every := max(1, work/max(1, w.work))
		for n := 0; ; n++ {
			if n%every == 0 && ctx.Err() != nil {
				yield(nil, ctx.Err())
				return
			}
			w.draw(r)
			if !yield(w.x, nil) {
				return
			}
		}
	}
}

// compile collects the messages.
func (ts TreeSampling) compile(ctx context.Context, m graphical.Model, ev graphical.Evidence) (*treeWalk, error) {
	p, err := newProblem(m, ev, nil, true, false)
	if err != nil {
		return nil, err
	}
	t, err := compile(ctx, p, ts.Tree)
	if err != nil {
		return nil, err
	}
	s := t.NewSession()
	s.setFindings(p.findings)
	s.progress = newMeter(t)
	logEvidence, err := s.logEvidence(ctx)
	if err != nil {
		return nil, err
	}
	if math.IsInf(logEvidence, -1) {
		return nil, t.conflict(ctx, s.evidence)
	}
	return newTreeWalk(s)
}

// A treeWalk draws states from the collected messages of a session, which it keeps.
// It belongs to one goroutine.
type treeWalk struct {
	log     bool
	x       []int
	places  []treePlace // parents first
	weights []float64   // scratch
	work    int         // products of a draw
}

// A treePlace draws the variables of a clique that its parent lacks.
type treePlace struct {
	vars  []int
	dims  []int
	n     int // joint states of vars
	parts []treePart
	root  []float64 // running sums of the weights, where no parent changes them
}

// A treePart is one of the tables that a clique multiplies.
type treePart struct {
	values  []float64
	given   []move // variables of the parent
	strides []int  // along vars
	base    int
	at      int
}

func newTreeWalk(s *Session) (*treeWalk, error) {
	t := s.t
	p := t.problem
	w := &treeWalk{log: s.log, x: make([]int, len(p.vars))}
	for v := range w.x {
		w.x[v] = max(0, p.fixed[v])
	}
	words, most := t.stats.Bytes/8, 0
	limit, err := budget(t.cfg.MemoryBudget)
	if err != nil {
		return nil, err
	}
	for c := len(t.nodes) - 1; c >= 0; c-- { // children come before parents
		nd := &t.nodes[c]
		place, states := treePlace{}, 1.0
		axis := make([]int, len(nd.vars)) // among the place's variables, −1 for given ones
		for a, v := range nd.vars {
			if axis[a] = -1; a >= nd.shared && nd.dims[a] > 1 {
				axis[a] = len(place.vars)
				place.vars, place.dims = append(place.vars, v), append(place.dims, nd.dims[a])
				states *= float64(nd.dims[a])
			}
		}
		if len(place.vars) == 0 {
			continue
		}
		if words += states; 8*words > float64(limit) {
			return nil, &belief.TooLargeError{What: "sampling from a junction tree", Bytes: 8 * words, Budget: limit, AtLeast: true,
				Width: t.stats.Width, Entries: t.stats.Largest, Largest: t.stats.Clique, Advice: "raise the memory budget, or sample by another method"}
		}
		place.n = int(states)
		for _, i := range nd.top {
			in := &nd.inputs[i]
			part := treePart{values: s.eff[nd.first+i], strides: make([]int, len(place.vars))}
			for k, a := range in.axes {
				if j := axis[a]; j >= 0 {
					part.strides[j] = in.strides[k]
				} else if nd.dims[a] > 1 {
					part.given = append(part.given, move{nd.vars[a], in.strides[k]})
				}
			}
			place.parts = append(place.parts, part)
		}
		w.work += place.n * max(1, len(place.parts))
		if nd.shared == 0 {
			place.root = make([]float64, place.n)
			place.weigh(w.x, place.root, w.log)
			sum := 0.0
			for q, x := range place.root {
				sum += x
				place.root[q] = sum
			}
		} else {
			most = max(most, place.n)
		}
		w.places = append(w.places, place)
	}
	w.weights = make([]float64, most)
	return w, nil
}

// draw fills x.
func (w *treeWalk) draw(r *rand.Rand) {
	for i := range w.places {
		pl := &w.places[i]
		q := 0
		if pl.root != nil {
			sum := pl.root[pl.n-1]
			u := min(r.Float64()*sum, math.Nextafter(sum, 0)) // the product may round up
			q = sort.Search(pl.n-1, func(k int) bool { return pl.root[k] > u })
		} else {
			weights := w.weights[:pl.n]
			pl.weigh(w.x, weights, w.log)
			q = choose(weights, r.Float64()*total(weights))
		}
		for a := len(pl.vars) - 1; a >= 0; a-- {
			w.x[pl.vars[a]] = q % pl.dims[a]
			q /= pl.dims[a]
		}
	}
}

// weigh computes the weights of a place's states, the last variable's changing
// fastest, given those of its parent in x.
func (pl *treePlace) weigh(x []int, weights []float64, log bool) {
	for i := range pl.parts {
		pt := &pl.parts[i]
		pt.at = 0
		for _, g := range pt.given {
			pt.at += x[g.at] * g.stride
		}
		pt.base = pt.at
	}
	last := len(pl.dims) - 1
	k := pl.dims[last]
	for from := 0; from < pl.n; from += k {
		row := weights[from : from+k]
		for q := range row {
			if row[q] = 1; log {
				row[q] = 0
			}
		}
		for i := range pl.parts {
			pt := &pl.parts[i]
			for q := range row {
				if f := pt.values[pt.at+q*pt.strides[last]]; log {
					row[q] += f
				} else {
					row[q] *= f
				}
			}
		}
		// On to the next states of the other variables.
		for i := range pl.parts {
			pt := &pl.parts[i]
			pt.at = pt.base
			rest := from/k + 1
			for a := last - 1; a >= 0; a-- {
				pt.at += rest % pl.dims[a] * pt.strides[a]
				rest /= pl.dims[a]
			}
		}
	}
	if log {
		logRow(weights, func(q int) float64 { return weights[q] })
	}
}
