package inference

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
)

// A gibbsChain is one chain of a Gibbs sampler: where it stands, and what it has
// recorded.
type gibbsChain struct {
	g       *gibbsNet
	r       *rand.Rand
	x       []int
	pos     []int
	row     []float64 // scratch: a conditional as in a table
	weights []float64
	joint   []float64 // scratch: a block's weights
	parents []int     // scratch of conditional distributions
	rec     recorder

	jump     *walk // proposes whole states; nil for none
	every    int   // sweeps from one jump to the next
	y        []int
	jumps    int64
	accepted int64
	sweeps   int // done, burn-in included
	updates  int64
}

// Sweeps from one jump to the next, during burn-in and where jumps are accepted,
// and where they are a waste.
const (
	jumpOften  = 4
	jumpSeldom = 32
	worthwhile = 0.01 // rate of acceptance
)

func newGibbsChain(g *gibbsNet, r *rand.Rand, x []int, batches int, jump *walk) *gibbsChain {
	c := &gibbsChain{g: g, r: r, x: x, pos: make([]int, g.numPos), parents: make([]int, g.scratch), jump: jump}
	c.row, c.weights = make([]float64, 2*g.most), make([]float64, g.most)
	most := 0
	for i := range g.blocks {
		most = max(most, g.blocks[i].n)
	}
	c.joint = make([]float64, most)
	c.rec = newRecorder(g.width, batches)
	c.place()
	if jump != nil {
		c.y = make([]int, len(x))
		c.every = jumpOften
	}
	return c
}

// place computes all positions from x.
func (c *gibbsChain) place() {
	for i, axes := range c.g.axes {
		at := 0
		for _, a := range axes {
			at += c.x[a.at] * a.stride
		}
		c.pos[i] = at
	}
}

// set moves a variable.
func (c *gibbsChain) set(v, state int) {
	d := state - c.x[v]
	if d == 0 {
		return
	}
	c.x[v] = state
	for _, m := range c.g.moves[v] {
		c.pos[m.at] += d * m.stride
	}
}

// conditional returns the row of a site at the current state.
func (c *gibbsChain) conditional(st *site) []float64 {
	if st.table != nil {
		at := c.pos[st.pos]
		return st.table[at : at+st.width]
	}
	weights := c.weights[:st.k]
	for q := range weights {
		weights[q] = 1
		if st.prior != nil {
			weights[q] = st.prior[q]
		}
	}
	own := c.x[st.v]
	for i := range st.terms {
		t := &st.terms[i]
		at := c.pos[t.pos] - own*t.stride
		for q := range weights {
			weights[q] *= t.values[at+q*t.stride]
		}
	}
	for _, i := range st.asked {
		for q := range weights {
			if weights[q] > 0 {
				c.x[st.v] = q
				weights[q] *= c.g.s.at(i, c.x, c.parents)
			}
		}
		c.x[st.v] = own
	}
	if !(total(weights) > tiny) {
		c.logConditional(st, weights)
	}
	row := c.row[:st.width]
	fillRow(row, weights)
	return row
}

// logConditional is conditional where products leave float64.
func (c *gibbsChain) logConditional(st *site, weights []float64) {
	own := c.x[st.v]
	logRow(weights, func(q int) float64 {
		l := 0.0
		if st.prior != nil {
			l = careful.Log(st.prior[q])
		}
		for i := range st.terms {
			t := &st.terms[i]
			l += careful.Log(t.values[c.pos[t.pos]+(q-own)*t.stride])
		}
		c.x[st.v] = q
		for _, i := range st.asked {
			l += careful.Log(c.g.s.at(i, c.x, c.parents))
		}
		c.x[st.v] = own
		return l
	})
}

// update draws one variable from its full conditional.
func (c *gibbsChain) update(st *site, record bool) {
	row := c.conditional(st)
	u := c.r.Float64()
	last, state := st.k-1, 0
	for state < last && u >= row[state] {
		state++
	}
	if record && st.record >= 0 {
		c.rec.add(st.record, row[last:])
	}
	if d := state - c.x[st.v]; d != 0 {
		c.x[st.v] = state
		for _, m := range c.g.moves[st.v] {
			c.pos[m.at] += d * m.stride
		}
	}
}

// updateBlock draws the variables of a block from their joint conditional.
func (c *gibbsChain) updateBlock(b *block) {
	w := c.joint[:b.n]
	c.blockWeights(b, w, false)
	sum := total(w)
	if !(sum > tiny) {
		c.blockWeights(b, w, true)
		logRow(w, func(q int) float64 { return w[q] })
		sum = total(w)
	}
	q := choose(w, c.r.Float64()*sum)
	for j, v := range b.vars {
		c.set(v, b.states[q*len(b.vars)+j])
	}
}

// blockWeights computes the weights of a block's configurations, or their
// logarithms.
func (c *gibbsChain) blockWeights(b *block, w []float64, logs bool) {
	copy(w, b.prior)
	if logs {
		for q := range w {
			w[q] = careful.Log(w[q])
		}
	}
	for i := range b.parts {
		p := &b.parts[i]
		base := c.pos[p.pos]
		for j, v := range b.vars {
			base -= c.x[v] * p.strides[j]
		}
		for q, d := range p.deltas {
			if logs {
				w[q] += careful.Log(p.values[base+d])
			} else {
				w[q] *= p.values[base+d]
			}
		}
	}
	if len(b.asked) == 0 {
		return
	}
	old := make([]int, len(b.vars))
	for j, v := range b.vars {
		old[j] = c.x[v]
	}
	for q := range w {
		for j, v := range b.vars {
			c.x[v] = b.states[q*len(b.vars)+j]
		}
		for _, i := range b.asked {
			f := c.g.s.at(i, c.x, c.parents)
			if logs {
				w[q] += careful.Log(f)
			} else {
				w[q] *= f
			}
		}
	}
	for j, v := range b.vars {
		c.x[v] = old[j]
	}
}

// sweep updates every variable and block once, in order, or as many drawn at
// random, whose record is then taken at the end, when it is right for all.
func (c *gibbsChain) sweep(random, record bool) {
	g := c.g
	if random {
		n := len(g.sites) + len(g.blocks)
		for range n {
			if i := c.r.IntN(n); i < len(g.sites) {
				c.update(&g.sites[i], false)
			} else {
				c.updateBlock(&g.blocks[i-len(g.sites)])
			}
		}
		if record {
			for i := range g.sites {
				if st := &g.sites[i]; st.record >= 0 {
					c.rec.add(st.record, c.conditional(st)[st.k-1:])
				}
			}
		}
	} else {
		for i := range g.sites {
			c.update(&g.sites[i], record)
		}
		for i := range g.blocks {
			c.updateBlock(&g.blocks[i])
		}
	}
	c.updates += int64(len(g.sites) + len(g.blocks))
	c.sweeps++
	if c.jump != nil && c.sweeps%c.every == 0 {
		c.leap()
	}
}

// leap proposes a whole state, drawn from the network with the evidence's part
// taken as weight, and accepts it by Metropolis–Hastings: where single moves may
// not reach all states, this does.
func (c *gibbsChain) leap() {
	c.jumps++
	current := c.jump.logWeight(c.x)
	proposed := c.jump.draw(c.r, c.y)
	u := c.r.Float64()
	if math.IsInf(proposed, -1) || !(math.Log(u) < proposed-current) {
		return
	}
	c.accepted++
	for v, state := range c.y {
		c.set(v, state)
	}
}

// run sweeps until the chain has recorded the given number of sweeps or ctx ends.
func (c *gibbsChain) run(ctx context.Context, burnIn, recorded, thin int, random bool) error {
	const work = 1 << 14 // updates from one look at ctx to the next
	every := max(1, work/max(1, len(c.g.sites)+64*len(c.g.blocks)))
	for i := 0; c.rec.n < recorded; i++ {
		if c.sweeps == burnIn && float64(c.accepted) < worthwhile*float64(c.jumps) {
			c.every = jumpSeldom // tuning ends with burn-in
		}
		if i%every == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		record := c.sweeps >= burnIn && (c.sweeps-burnIn+1)%thin == 0
		c.sweep(random, record)
		if record {
			c.rec.next()
		}
	}
	return nil
}
