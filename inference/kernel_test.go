package inference

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/stream"
)

// A stationary is a target distribution over the possible states of a space.
type stationary struct {
	states [][]int
	number map[string]int
	prob   []float64
	log    float64 // of the sum of all weights
}

func enumerate(s *space) *stationary {
	e := &stationary{number: map[string]int{}}
	all := make([]int, len(s.size))
	for v := range all {
		all[v] = v
	}
	scratch := s.scratch()
	total := 0.0
	s.each(all, func(x []int) bool {
		if l := s.logAt(x, scratch); !math.IsInf(l, -1) {
			e.number[fmt.Sprint(x)] = len(e.states)
			e.states = append(e.states, append([]int{}, x...))
			e.prob = append(e.prob, math.Exp(l))
			total += math.Exp(l)
		}
		return true
	})
	for i := range e.prob {
		e.prob[i] /= total
	}
	e.log = math.Log(total)
	return e
}

type matrix [][]float64

func (e *stationary) matrix() matrix {
	p := make(matrix, len(e.states))
	for i := range p {
		p[i] = make([]float64, len(e.states))
	}
	return p
}

func (a matrix) times(b matrix) matrix {
	out := make(matrix, len(a))
	for i := range a {
		out[i] = make([]float64, len(a))
		for k, x := range a[i] {
			for j, y := range b[k] {
				out[i][j] += x * y
			}
		}
	}
	return out
}

// to adds probability to a transition, which must lead to a possible state.
func (e *stationary) to(t *testing.T, p matrix, from int, x []int, q float64) {
	if q == 0 {
		return
	}
	j, ok := e.number[fmt.Sprint(x)]
	if !ok {
		t.Errorf("a step leads to the impossible state %v", x)
		return
	}
	p[from][j] += q
}

// kernels returns the transition matrices of every site and block, in the order of
// a sweep, as the chain itself computes its conditionals.
func (e *stationary) kernels(t *testing.T, g *gibbsNet) []matrix {
	var out []matrix
	chainAt := func(x []int) *gibbsChain {
		return newGibbsChain(g, stream.New(0, "unused"), append([]int{}, x...), 16, nil)
	}
	for i := range g.sites {
		st := &g.sites[i]
		p := e.matrix()
		for from, x := range e.states {
			c := chainAt(x)
			row := c.conditional(st)[st.k-1:]
			y := append([]int{}, x...)
			for k, q := range row {
				y[st.v] = k
				e.to(t, p, from, y, q)
			}
		}
		out = append(out, p)
	}
	for i := range g.blocks {
		b := &g.blocks[i]
		p := e.matrix()
		for from, x := range e.states {
			c := chainAt(x)
			w := make([]float64, b.n)
			c.blockWeights(b, w, false)
			sum := total(w)
			y := append([]int{}, x...)
			for k, q := range w {
				for j, v := range b.vars {
					y[v] = b.states[k*len(b.vars)+j]
				}
				e.to(t, p, from, y, q/sum)
			}
		}
		out = append(out, p)
	}
	return out
}

// jumps is the transition matrix of a whole-state proposal.
func (e *stationary) jumps(w *walk) matrix {
	q, weight := make([]float64, len(e.states)), make([]float64, len(e.states))
	for i, x := range e.states {
		q[i], weight[i] = w.prob(x), math.Exp(w.logWeight(x))
	}
	p := e.matrix()
	for i := range p {
		stay := 1.0
		for j := range p {
			if i != j {
				p[i][j] = q[j] * min(1, weight[j]/weight[i])
				stay -= p[i][j]
			}
		}
		p[i][i] = stay
	}
	return p
}

// prob is the probability that a walk draws x.
func (w *walk) prob(x []int) float64 {
	q := 1.0
	for _, v := range w.order {
		row, sum := w.weigh(v, append([]int{}, x...))
		q *= row[x[v]] / sum
	}
	return q
}

// error is by how much a distribution is not stationary.
func (e *stationary) error(p matrix) float64 {
	worst := 0.0
	for j := range p {
		sum := 0.0
		for i := range p {
			sum += e.prob[i] * p[i][j]
		}
		worst = max(worst, math.Abs(sum-e.prob[j]))
	}
	return worst
}

// reversible says how far a matrix is from detailed balance.
func (e *stationary) irreversible(p matrix) float64 {
	worst := 0.0
	for i := range p {
		for j := range p {
			worst = max(worst, math.Abs(e.prob[i]*p[i][j]-e.prob[j]*p[j][i]))
		}
	}
	return worst
}

// classes counts the classes of states that the sweep joins.
func (e *stationary) classes(kernels []matrix) int {
	root := make([]int, len(e.states))
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			i = root[i]
		}
		return i
	}
	for _, p := range kernels {
		for i := range p {
			for j, q := range p[i] {
				if q > 0 {
					root[find(i)] = find(j)
				}
			}
		}
	}
	n := 0
	for i := range root {
		if root[i] == i {
			n++
		}
	}
	return n
}

// Every update, the systematic sweep, the random scan and the jump leave the
// enumerated posterior as it is, updates and scan in detailed balance; and what is
// said about states that cannot be reached is true. A wrong conditional is refused.
func TestKernelsAgainstEnumeration(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	apart, joined, wrong, tables := 0, 0, 0, 0
	for i := range 400 {
		r := stream.New(uint64(i), "kernels")
		m := tinyModel(t, r, i%2 == 0)
		s, err := setUp(ctx, m, tinyEvidence(r, m), nil)
		if err != nil {
			continue // impossible
		}
		e := enumerate(s)
		for _, blocks := range []bool{false, true} {
			reach, err := s.reachOf(ctx, blocks)
			if err != nil {
				t.Fatal(err)
			}
			g := newGibbsNet(s, reach.blocks)
			if i%4 >= 2 { // the other way to a conditional
				g = withoutTables(s, reach.blocks)
			}
			ks := e.kernels(t, g)
			if len(ks) == 0 {
				continue
			}
			sweep, scan := e.identity(), e.matrix()
			for _, p := range ks {
				sweep = sweep.times(p)
				for a := range scan {
					for b := range scan {
						scan[a][b] += p[a][b] / float64(len(ks))
					}
				}
			}
			for what, off := range map[string]float64{"sweep": e.error(sweep), "scan": e.error(scan), "balance": e.irreversible(scan)} {
				if off > 1e-12 {
					t.Errorf("model %d, blocks %v: %s is off by %v", i, blocks, what, off)
				}
			}
			n := e.classes(ks)
			if (n > 1) != (len(reach.apart) > 0) || len(reach.open) > 0 {
				t.Errorf("model %d, blocks %v: %d classes, but apart %v and open %v", i, blocks, n, reach.apart, reach.open)
			}
			if n > 1 {
				apart++
			} else if len(reach.blocks) > 0 {
				joined++
			}
			if wrongly := spoil(g); wrongly != nil {
				tables++
				ks := e.kernels(t, g)
				if e.error(ks[wrongly.at]) > 1e-6 {
					wrong++
				}
			}
		}
		if _, ok := m.(*graphical.BayesNet); ok {
			p := e.jumps(walkOf(s))
			if off := max(e.error(p), e.irreversible(p)); off > 1e-12 {
				t.Errorf("model %d: the jump is off by %v", i, off)
			}
		}
	}
	if apart < 10 || joined < 10 || wrong < 100 || wrong < tables/2 {
		t.Errorf("%d models apart, %d joined by blocks, %d of %d spoilt ones refused: the test sees too little", apart, joined, wrong, tables)
	}
}

func (e *stationary) identity() matrix {
	p := e.matrix()
	for i := range p {
		p[i][i] = 1
	}
	return p
}

// withoutTables compiles sites that multiply.
func withoutTables(s *space, blocks [][]int) *gibbsNet {
	g := newGibbsNet(s, nil)
	for i := range g.sites {
		g.sites[i].table, g.sites[i].spread = nil, nil
		g.multiply(&g.sites[i])
	}
	for _, vars := range blocks {
		g.addBlock(vars)
	}
	return g
}

// spoil makes the first conditional wrong that has a choice.
func spoil(g *gibbsNet) *struct{ at int } {
	for i := range g.sites {
		st := &g.sites[i]
		if st.table == nil {
			continue
		}
		for r := 0; r < len(st.table); r += st.width {
			p := st.table[r+st.k-1 : r+st.width]
			if p[0] > 0.1 && p[1] > 0.1 {
				p[0], p[1] = p[0]+0.05, p[1]-0.05
				return &struct{ at int }{i}
			}
		}
	}
	return nil
}

// The chain's own jump goes where the matrix above says, and keeps its positions
// right: frequencies of 4000 jumps from one state, within six standard deviations
// and what a few counts need.
func TestLeap(t *testing.T) {
	const n = 4000
	seen := 0
	for i := 0; seen < 12; i++ {
		r := stream.New(uint64(i), "leap")
		m := tinyModel(t, r, true)
		s, err := setUp(context.Background(), m, tinyEvidence(r, m).AndAll(tinyEvidence(r, m)), nil)
		if err != nil {
			continue
		}
		e := enumerate(s)
		p := e.jumps(walkOf(s))
		from := r.IntN(len(e.states))
		if len(e.states) < 4 || p[from][from] > 0.9 || p[from][from] < 0.2 {
			continue
		}
		seen++
		g := newGibbsNet(s, nil)
		counts := make([]float64, len(p))
		c := newGibbsChain(g, r, append([]int{}, e.states[from]...), 16, walkOf(s))
		for range n {
			for v, state := range e.states[from] {
				c.set(v, state)
			}
			c.leap()
			counts[e.number[fmt.Sprint(c.x)]]++
		}
		for j, k := range counts {
			if q := p[from][j]; math.Abs(k-n*q) > 6*math.Sqrt(n*q*(1-q))+10 {
				t.Errorf("model %d: %v of %d jumps lead to state %d, want %.1f", i, k, n, j, n*q)
			}
		}
		if c.jumps != n || float64(c.accepted) < n-counts[from] {
			t.Errorf("model %d: %d jumps, %d accepted, %v stayed", i, c.jumps, c.accepted, counts[from])
		}
		pos := append([]int{}, c.pos...)
		if c.place(); fmt.Sprint(pos) != fmt.Sprint(c.pos) {
			t.Errorf("model %d: positions %v, want %v", i, pos, c.pos)
		}
	}
}
