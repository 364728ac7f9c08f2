package inference

import (
	"math"
	"slices"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/tensor"
)

// A node is one clique of a junction tree. Its axes are its variables, those
// shared with the parent first.
type node struct {
	vars    []int
	dims    []int
	shared  int     // leading axes that the parent has too
	entries float64 // of the clique's table, which is never held
	sepSize int     // entries of the separator to the parent

	inputs  []input // what the clique multiplies, largest first
	first   int     // the number of the first input among all of the tree's
	top     []int   // inputs that are not absorbed into another
	outputs []output

	up   *tensor.Plan // top inputs → message to the parent
	down *tensor.Plan // top inputs, message from the parent → direct outputs
}

// An input is a table or a child's message that a clique multiplies. Small inputs
// are absorbed: multiplied into a larger one first, at the cost of the larger one
// instead of that of the clique.
type input struct {
	child    int   // whose message it is, −1 for a static table
	table    int   // the static table, if child is −1
	axes     []int // of the clique, ascending
	strides  []int // along those axes
	size     int
	absorbed []int        // other inputs of the clique
	into     int          // the input that absorbs it, −1 for none
	absorb   *tensor.Plan // itself and the absorbed → their product, laid out as itself
}

// An output is what a clique's belief is summed to: the separator to a child, or
// the marginal of a variable. It is summed from the clique, or from a larger
// output that contains it.
type output struct {
	child    int // the child whose separator it is, −1 for none
	variable int // the variable whose marginal it is, if child is −1
	axes     []int
	size     int
	from     int // the output it is summed from, −1 for the clique itself
	plan     *tensor.Plan
}

// A carrier is the static table that takes in evidence on a variable.
type carrier struct {
	node, input         int
	outer, states, step int // the table is [outer][states][step] around the variable
}

// A staticTable is a product of factors of the model.
type staticTable struct {
	factors []int // of the problem; none for a table of ones
	vars    []int // the axes, in the order of data unless strides say otherwise
	strides []int // along vars; nil: dense row-major
	size    int
	data    []float64
	log     bool // data are logarithms
	bound   span
}

// A layout compiles the nodes of a tree.
type layout struct {
	t         *JunctionTree
	ct        *graphical.CliqueTree
	p         *problem
	axis      []int // of each variable in the node at hand, −1
	assigned  [][]int
	constants []int // factors of no variable
	refused   bool  // a table is too large to index
	variables int
	factors   int
	entries   float64
	words     float64 // float64s that tables and messages take
	kept      intArena
	temp      intArena // until the next node
}

// An intArena hands out slices of one large slice, because a tree has thousands of
// small ones.
type intArena struct{ buf, rest []int }

// take returns n zeros.
func (a *intArena) take(n int) []int {
	if n > len(a.rest) {
		a.buf = make([]int, max(n, 1024))
		a.rest = a.buf
	}
	out := a.rest[:n:n]
	a.rest = a.rest[n:]
	return out
}

// reset takes back all that was handed out.
func (a *intArena) reset() {
	clear(a.buf[:len(a.buf)-len(a.rest)])
	a.rest = a.buf
}

func newLayout(t *JunctionTree, ct *graphical.CliqueTree) *layout {
	l := &layout{t: t, ct: ct, p: t.problem, axis: make([]int, len(t.problem.vars)), assigned: make([][]int, len(t.nodes))}
	for v := range l.axis {
		l.axis[v] = -1
		if l.p.card[v] > 1 {
			l.variables++
		}
		t.carrier[v].node = -1
	}
	return l
}

// assignFactors gives every factor to the clique in which the first eliminated of
// its variables is eliminated. Factors of no variable are constants.
func (l *layout) assignFactors() {
	l.factors = len(l.p.factors)
	for i := range l.p.factors {
		best := -1
		for _, v := range l.p.scopes[i] {
			if l.p.card[v] > 1 && (best < 0 || l.ct.Home[v] < best) {
				best = l.ct.Home[v]
			}
		}
		if best < 0 {
			l.constants = append(l.constants, i)
			continue
		}
		l.assigned[best] = append(l.assigned[best], i)
	}
}

// enter sets the axes of a node, leave clears them.
func (l *layout) enter(n *node) {
	for a, v := range n.vars {
		l.axis[v] = a
	}
}

func (l *layout) leave(n *node) {
	for _, v := range n.vars {
		l.axis[v] = -1
	}
}

// layNode decides what a node multiplies and sums, and counts its memory, without
// touching a table.
func (l *layout) layNode(c int) {
	n := &l.t.nodes[c]
	n.vars, n.shared = l.ct.Cliques[c], l.ct.Shared[c]
	n.dims = l.kept.take(len(n.vars))
	n.entries, n.sepSize = 1, 1
	sep := 1.0
	for a, v := range n.vars {
		n.dims[a] = l.p.card[v]
		n.entries *= float64(n.dims[a])
		if a < n.shared {
			sep *= float64(n.dims[a])
		}
	}
	l.entries += n.entries
	l.t.work += 2 * n.entries
	l.words += 2 * sep
	if sep > math.MaxInt32 {
		l.refused = true
		return
	}
	n.sepSize = int(sep)
	l.enter(n)
	defer l.leave(n)
	l.layTables(n, c)
	for _, child := range l.t.children[c] {
		ch := &l.t.nodes[child]
		axes := l.kept.take(ch.shared)
		for i, v := range ch.vars[:ch.shared] {
			axes[i] = l.axis[v]
		}
		n.inputs = append(n.inputs, input{child: child, axes: axes, strides: l.dense(n.dims, axes), size: ch.sepSize})
	}
	slices.SortStableFunc(n.inputs, func(a, b input) int { return b.size - a.size })
	n.first = l.t.numInputs
	l.t.numInputs += len(n.inputs)
	l.absorb(n)
	l.layOutputs(n, c)
	for i, in := range n.inputs {
		if in.child >= 0 {
			continue
		}
		for k, a := range in.axes {
			l.carry(n, c, i, k, n.vars[a])
		}
	}
}

// countCarriers adds the copies of tables that evidence on every variable would
// take.
func (l *layout) countCarriers() {
	type place struct{ node, input int }
	seen := map[place]bool{}
	for _, c := range l.t.carrier {
		at := place{c.node, c.input}
		if c.node < 0 || seen[at] {
			continue
		}
		seen[at] = true
		if in := &l.t.nodes[c.node].inputs[c.input]; len(in.absorbed) == 0 {
			l.words += float64(in.size)
		}
	}
}

// carry makes input i of the node the carrier of evidence on v if it is the
// smallest static table that has v.
func (l *layout) carry(n *node, c, i, k, v int) {
	in := &n.inputs[i]
	old := &l.t.carrier[v]
	if old.node >= 0 && l.t.nodes[old.node].inputs[old.input].size <= in.size {
		return
	}
	states := l.p.card[v]
	*old = carrier{node: c, input: i, states: states, step: in.strides[k], outer: in.size / states / in.strides[k]}
}

// dense returns the strides of a dense row-major table over some axes, along those
// axes.
func (l *layout) dense(dims, axes []int) []int {
	s := l.kept.take(len(axes))
	stride := 1
	for i := len(axes) - 1; i >= 0; i-- {
		s[i] = stride
		stride *= dims[axes[i]]
	}
	return s
}

// subset says whether every element of the ascending list a is in the ascending
// list b.
func subset(a, b []int) bool {
	for _, x := range a {
		for len(b) > 0 && b[0] < x {
			b = b[1:]
		}
		if len(b) == 0 || b[0] != x {
			return false
		}
	}
	return true
}

// absorb decides, from the smallest input up, which inputs are multiplied into a
// larger one that contains them. An input as large as the clique gains nothing by
// absorbing.
func (l *layout) absorb(n *node) {
	for i := range n.inputs {
		n.inputs[i].into = -1
	}
	for i := len(n.inputs) - 1; i > 0; i-- {
		for j := i - 1; j >= 0; j-- {
			in, host := &n.inputs[i], &n.inputs[j]
			if float64(host.size) < n.entries && subset(in.axes, host.axes) {
				in.into = j
				host.absorbed = append(host.absorbed, i)
				break
			}
		}
	}
	for i := range n.inputs {
		in := &n.inputs[i]
		if in.into < 0 {
			n.top = append(n.top, i)
		}
		if len(in.absorbed) > 0 {
			l.words += float64(in.size)
		}
	}
}

// layOutputs lists the separators to the children and the marginals of the
// variables that the parent lacks, largest first, each to be summed from the
// smallest larger one that contains it.
func (l *layout) layOutputs(n *node, c int) {
	for _, in := range n.inputs {
		if in.child >= 0 {
			n.outputs = append(n.outputs, output{child: in.child, axes: in.axes, size: in.size, from: -1})
		}
	}
	for a := n.shared; a < len(n.vars); a++ {
		if n.dims[a] > 1 {
			n.outputs = append(n.outputs, output{child: -1, variable: n.vars[a], axes: []int{a}, size: n.dims[a], from: -1})
			l.words += float64(n.dims[a])
		}
	}
	slices.SortStableFunc(n.outputs, func(a, b output) int { return b.size - a.size })
	for i := range n.outputs {
		out := &n.outputs[i]
		for j := i - 1; j >= 0; j-- {
			if host := &n.outputs[j]; float64(host.size) <= n.entries/2 && subset(out.axes, host.axes) {
				out.from = j
				break
			}
		}
	}
}
