package em

// A part of what is missing in rows: a junction tree over the variables of the part, whose
// potentials are entries of the network's tables.

import (
	"context"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
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

// manyVariables make a part large: a good tree is then worth a search.
const manyVariables = 20

// networkSlots is how many rows may be worked on together.
const networkSlots = 16

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
			if len(vars) <= manyVariables {
				search.Restarts = -1 // there may be very many such parts
			}
			order, err := g.EliminationOrder(ctx, card, search)
			if err != nil {
				return nil, s.tooLarge(err, order, vars)
			}
			tree = g.CliqueTree(order.Vertices)
		}
		p.lay(tree, card)
		if need := networkSlots * float64(p.floats); need > s.entries {
			return nil, &belief.TooLargeError{What: "messages of the E step", Bytes: 8 * need, Budget: int64(8 * s.entries)}
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
