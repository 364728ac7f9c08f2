package em

// A part of what is missing in rows: a junction tree over the variables of the part, whose
// potentials are entries of the network's tables.

import (
	"context"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/tensor"
)

// A networkPart belongs to a set of variables that are missing together. Given all
// others, of which only the parents, children and children's parents matter, it is a
// Markov network of its own.
type networkPart struct {
	vars     []int
	families []networkFamily
	cliques  []networkClique // children before parents; none if there is one variable
	floats   int             // of memory that a row takes
	bytes    int             // of the part, about
}

// A networkFamily is one with variables of the part.
type networkFamily struct {
	family  int
	end     int     // of its table
	axes    []int   // of its members that are missing, in vars
	strides []int   // of these in the table
	offsets []int32 // of the entries over these, the last changing fastest
	at      int     // its posterior in the arena
}

// A networkClique is a clique of the junction tree.
type networkClique struct {
	vars    []int // in vars of the part, those shared with the parent first
	dims    []int
	parent  int
	sep     int     // entries shared with the parent
	entries float64 // of all
	inputs  []int   // families, then children
	nf      int     // how many of the inputs are families
	strides [][]int // of inputs, and then of the separator, along the clique's axes
	up, dn  int     // messages to and from the parent in the arena
	collect *tensor.Plan
	spread  *tensor.Plan
}

// smallPart is the number of joint states up to which a part is one clique.
const smallPart = 64

// newPart makes the tree of some variables.
func (s *networkStructure) newPart(ctx context.Context, vars []int) (*networkPart, error) {
	p := &networkPart{vars: slices.Clone(vars)}
	local := map[int]int{}
	card, joint := make([]int, len(vars)), 1.0
	for i, v := range vars {
		local[v], card[i] = i, s.states[v]
		joint *= float64(card[i])
	}
	seen := map[int]bool{}
	for _, v := range vars {
		for _, f := range s.touch[v] {
			if !seen[f] {
				seen[f] = true
				p.families = append(p.families, s.newPartFamily(f, local))
			}
		}
	}
	if len(vars) > 1 {
		tree := &graphical.CliqueTree{Cliques: [][]int{make([]int, len(vars))}, Parent: []int{-1}, Shared: []int{0}, Home: make([]int, len(vars))}
		for i := range vars {
			tree.Cliques[0][i] = i
		}
		if joint > smallPart {
			scopes := make([][]int, len(p.families))
			for k := range p.families {
				scopes[k] = p.families[k].axes
			}
			g := graphical.GraphOfScopes(len(vars), scopes)
			search := graphical.OrderConfig{MaxEntries: s.entries}
			if len(vars) <= 20 {
				search.Restarts = -1 // there may be very many such parts
			}
			order, err := g.EliminationOrder(ctx, card, search)
			if err != nil {
				return nil, s.tooLarge(err, order, vars)
			}
			tree = g.CliqueTree(order.Vertices)
		}
		p.lay(tree, card)
		if float64(p.floats) > s.entries {
			return nil, &belief.TooLargeError{What: "junction tree of the E step", Bytes: 8 * float64(p.floats), Budget: int64(8 * s.entries)}
		}
	}
	p.bytes += 200 + 16*p.floats
	for i := range p.families {
		p.bytes += 150 + 16*len(p.families[i].axes) + 4*len(p.families[i].offsets)
	}
	for i := range p.cliques {
		p.bytes += 1000 + 64*len(p.cliques[i].inputs)*len(p.cliques[i].dims) + 4*int(min(p.cliques[i].entries, 1024))*len(p.cliques[i].inputs)
	}
	return p, nil
}

// newPartFamily finds the members of a family that are missing.
func (s *networkStructure) newPartFamily(f int, local map[int]int) networkFamily {
	members, strides := s.families.Members(f)
	k := networkFamily{family: f, end: s.families.First(f + 1), offsets: []int32{0}}
	for j, v := range members {
		a, gone := local[v]
		if !gone {
			continue
		}
		k.axes, k.strides = append(k.axes, a), append(k.strides, strides[j])
		longer := make([]int32, 0, len(k.offsets)*s.states[v])
		for _, o := range k.offsets {
			for x := range s.states[v] {
				longer = append(longer, o+int32(x*strides[j]))
			}
		}
		k.offsets = longer
	}
	return k
}

// tooLarge says of which variables a tree would be too large.
func (s *networkStructure) tooLarge(err error, order *graphical.Order, vars []int) error {
	if _, large := err.(*belief.TooLargeError); !large || order == nil {
		return err
	}
	e := &belief.TooLargeError{
		What: "junction tree of the E step", Bytes: 8 * order.Entries, Budget: int64(8 * s.entries), AtLeast: true,
		Entries: order.Entries, Width: len(order.Largest) - 1,
		Advice: "fewer variables missing together make it smaller",
	}
	for _, v := range order.Largest {
		e.Largest = append(e.Largest, s.families.Net().Variables()[vars[v]].Name())
	}
	return e
}

// lay makes the cliques, their plans, and the places of everything in the arena.
func (p *networkPart) lay(tree *graphical.CliqueTree, card []int) {
	take := func(n int) int {
		p.floats += n
		return p.floats - n
	}
	p.cliques = make([]networkClique, len(tree.Cliques))
	for k := range p.families {
		f := &p.families[k]
		f.at = take(len(f.offsets))
		home := len(tree.Cliques)
		for _, a := range f.axes {
			home = min(home, tree.Home[a])
		}
		p.cliques[home].inputs = append(p.cliques[home].inputs, k)
		p.cliques[home].nf++
	}
	for i := range p.cliques {
		c := &p.cliques[i]
		c.vars, c.parent, c.sep, c.entries = tree.Cliques[i], tree.Parent[i], 1, 1
		for a, v := range c.vars {
			c.dims = append(c.dims, card[v])
			c.entries *= float64(card[v])
			if a < tree.Shared[i] {
				c.sep *= card[v]
			}
		}
		c.up, c.dn = take(c.sep), take(c.sep)
		if c.parent >= 0 {
			p.cliques[c.parent].inputs = append(p.cliques[c.parent].inputs, i)
		}
	}
	for i := range p.cliques {
		p.plan(&p.cliques[i], tree.Shared, tree.Shared[i])
	}
}

// plan makes the plans of a clique.
func (p *networkPart) plan(c *networkClique, shared []int, own int) {
	along := func(axes, strides []int) []int {
		out := make([]int, len(c.vars))
		for j, a := range axes {
			out[slices.Index(c.vars, a)] = strides[j]
		}
		return out
	}
	dense := func(axes []int) []int {
		strides, stride := make([]int, len(axes)), 1
		for j := len(axes) - 1; j >= 0; j-- {
			strides[j] = stride
			stride *= c.dims[slices.Index(c.vars, axes[j])]
		}
		return along(axes, strides)
	}
	var out [][]int
	for k, in := range c.inputs {
		if k < c.nf {
			f := &p.families[in]
			c.strides = append(c.strides, along(f.axes, f.strides))
			out = append(out, dense(f.axes))
			continue
		}
		sep := dense(p.cliques[in].vars[:shared[in]])
		c.strides = append(c.strides, sep)
		out = append(out, sep)
	}
	sep := dense(c.vars[:own])
	c.collect = tensor.New(c.dims, c.strides, [][]int{sep})
	c.strides = append(c.strides, sep)
	in := c.strides
	if c.parent < 0 {
		in = in[:len(in)-1]
	}
	c.spread = tensor.New(c.dims, in, out)
}

// faint is what the largest entry of a message, before it is scaled to one, may be at
// least: entries of products are at most one, so that what underflows besides is less
// than 1e-100 of it. Else the work is done with logarithms.
const (
	faint    = 1e-200
	logFaint = -460
)

// logTotal is the logarithm of the sum of a table.
func logTotal(x []float64, logs bool) float64 {
	if logs {
		return careful.LogSumExp(x)
	}
	return math.Log(kernel.Sum(x))
}

// single is the E step of a part of one variable.
func (p *networkPart) single(w *networkScratch, m *NetworkModel, weight float64, counts []float64) float64 {
	k := m.structure.states[p.vars[0]]
	if len(w.arena) < k {
		w.arena = make([]float64, k)
	}
	post := w.arena[:k]
	for s := range post {
		post[s] = 1
	}
	for i := range p.families {
		f := &p.families[i]
		t := m.theta[w.base[f.family]:f.end]
		for s, o := range f.offsets {
			post[s] *= t[o]
		}
	}
	total := 0.0
	for _, x := range post {
		total += x
	}
	l := 0.0
	if total < faint {
		clear(post)
		for i := range p.families {
			f := &p.families[i]
			t := m.logTheta[w.base[f.family]:f.end]
			for s, o := range f.offsets {
				post[s] += t[o]
			}
		}
		if l = careful.LogSumExp(post); math.IsInf(l, -1) {
			return l
		}
		for s, x := range post {
			post[s] = math.Exp(x - l)
		}
		total = 1
	} else {
		l = math.Log(total)
	}
	if counts == nil {
		return l
	}
	for s := range post {
		post[s] *= weight / total
	}
	for i := range p.families {
		f := &p.families[i]
		t := counts[w.base[f.family]:f.end]
		for s, o := range f.offsets {
			t[o] += post[s]
		}
	}
	return l
}

// expect is the E step of a part: messages to the root give the likelihood, and messages
// back the posteriors of all families.
func (p *networkPart) expect(w *networkScratch, m *NetworkModel, weight float64, counts []float64) (float64, error) {
	l, ok, err := p.propagate(w, m, counts != nil, false)
	if err == nil && !ok {
		l, _, err = p.propagate(w, m, counts != nil, true)
	}
	if err != nil || counts == nil || math.IsInf(l, -1) {
		return l, err
	}
	for i := range p.families {
		f := &p.families[i]
		post := w.arena[f.at : f.at+len(f.offsets)]
		total := 0.0
		for _, x := range post {
			total += x
		}
		t, c := counts[w.base[f.family]:f.end], weight/total
		for j, o := range f.offsets {
			t[o] += c * post[j]
		}
	}
	return l, nil
}

// propagate sends the messages, with logarithms if so wanted. It reports false if it had
// better be done with logarithms.
func (p *networkPart) propagate(w *networkScratch, m *NetworkModel, back, logs bool) (float64, bool, error) {
	l := 0.0
	alone := back && len(p.cliques) == 1 // its posteriors tell the likelihood as well
	for i := 0; i < len(p.cliques) && !alone; i++ {
		c := &p.cliques[i]
		up := w.arena[c.up : c.up+c.sep]
		w.out = append(w.out[:0], up)
		if err := p.run(w, m, c, c.collect, false, logs); err != nil {
			return 0, false, err
		}
		peak, ok := scaleMessage(up, logs)
		if !ok || math.IsInf(peak, -1) {
			return peak, ok, nil
		}
		l += peak
	}
	for i := len(p.cliques) - 1; i >= 0 && back; i-- {
		c := &p.cliques[i]
		w.out = w.out[:0]
		for k, in := range c.inputs {
			if k < c.nf {
				f := &p.families[in]
				w.out = append(w.out, w.arena[f.at:f.at+len(f.offsets)])
			} else {
				child := &p.cliques[in]
				w.out = append(w.out, w.arena[child.dn:child.dn+child.sep])
			}
		}
		if err := p.run(w, m, c, c.spread, c.parent >= 0, logs); err != nil {
			return 0, false, err
		}
		if alone {
			if l = logTotal(w.out[0], logs); l < logFaint && !logs || math.IsInf(l, -1) {
				return l, logs, nil
			}
		}
		for k, in := range c.inputs {
			if k < c.nf && !logs {
				if slices.Max(w.out[k]) < faint {
					return 0, false, nil
				}
				continue
			}
			peak, ok := scaleMessage(w.out[k], logs)
			if !ok || math.IsInf(peak, -1) {
				return peak, ok, nil
			}
			if k < c.nf {
				for j, x := range w.out[k] {
					w.out[k][j] = math.Exp(x)
				}
				continue
			}
			child := &p.cliques[in]
			divideMessage(w.out[k], w.arena[child.up:child.up+child.sep], logs)
			scaleMessage(w.out[k], logs)
		}
	}
	return l, true, nil
}

// run multiplies what a clique has, with the message from its parent if it is wanted, and
// sums to w.out.
func (p *networkPart) run(w *networkScratch, m *NetworkModel, c *networkClique, plan *tensor.Plan, parent, logs bool) error {
	tables := m.theta
	if logs {
		tables = m.logTheta
	}
	w.in = w.in[:0]
	for k, in := range c.inputs {
		if k < c.nf {
			f := &p.families[in]
			w.in = append(w.in, tables[w.base[f.family]:f.end])
		} else {
			child := &p.cliques[in]
			w.in = append(w.in, w.arena[child.up:child.up+child.sep])
		}
	}
	if parent {
		w.in = append(w.in, w.arena[c.dn:c.dn+c.sep])
	}
	if logs {
		return plan.LogSumProduct(m.context, &w.tensor, w.in, w.out)
	}
	return plan.SumProduct(m.context, &w.tensor, w.in, w.out)
}

// scaleMessage divides by the largest entry and returns its logarithm; false means that
// it is too small for what is beside it to be there.
func scaleMessage(x []float64, logs bool) (float64, bool) {
	peak := slices.Max(x)
	if logs {
		if !math.IsInf(peak, -1) {
			for i := range x {
				x[i] -= peak
			}
		}
		return peak, true
	}
	if peak < faint {
		return 0, false
	}
	for i := range x {
		x[i] /= peak
	}
	return math.Log(peak), true
}

// divideMessage leaves of the belief of a separator the message to the child, 0/0 being 0.
func divideMessage(belief, up []float64, logs bool) {
	for i, x := range up {
		switch {
		case logs && !math.IsInf(x, -1):
			belief[i] -= x
		case !logs && x != 0:
			belief[i] /= x
		}
	}
}
