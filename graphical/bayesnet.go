package graphical

import (
	"slices"

	"github.com/belief-go/belief"
)

// A BayesNet is a Bayesian network: a directed acyclic graph of discrete
// variables with one conditional distribution each. It is immutable.
type BayesNet struct {
	domain
	name       string
	cpds       []Conditional // by variable
	scopes     [][]*Variable // parents, then the variable itself
	children   [][]*Variable
	order      []*Variable // parents before children
	properties []Property
	warnings   []belief.Warning
	rowError   float64
}

// A Property is a free text that a file attaches to the network, to a variable
// or to a variable's table. It means nothing to inference.
type Property struct {
	Variable string // the variable's name; empty for the network
	OnTable  bool   // attached to the table rather than to the variable
	Text     string
}

// Name returns the network's name, which may be empty.
func (n *BayesNet) Name() string { return n.name }

// Properties returns the attached texts in order.
func (n *BayesNet) Properties() []Property { return n.properties }

// Warnings returns what was odd and accepted while the network was built.
func (n *BayesNet) Warnings() []belief.Warning { return n.warnings }

// RowError returns the most by which a row of a table misses one, 0 if none does by
// more than 1e-9.
func (n *BayesNet) RowError() float64 { return n.rowError }

// Conditional returns the distribution of v given its parents.
func (n *BayesNet) Conditional(v *Variable) Conditional { return n.cpds[n.must(v)] }

// Parents returns the parents of v, in the order of its table.
func (n *BayesNet) Parents(v *Variable) []*Variable { return n.cpds[n.must(v)].Parents() }

// Children returns the children of v, in the order of the variables.
func (n *BayesNet) Children(v *Variable) []*Variable { return n.children[n.must(v)] }

// must is Index for a variable that has to be the network's own.
func (n *BayesNet) must(v *Variable) int {
	i := n.Index(v)
	if i < 0 {
		panic("graphical: variable " + v.name + " is not of this network")
	}
	return i
}

// NumEdges returns the number of edges from parents to children.
func (n *BayesNet) NumEdges() int {
	edges := 0
	for _, c := range n.cpds {
		edges += len(c.Parents())
	}
	return edges
}

// NumParameters returns the number of free parameters of all conditional
// distributions, as a float64 because compact forms may stand for many.
func (n *BayesNet) NumParameters() float64 {
	sum := 0.0
	for _, c := range n.cpds {
		sum += c.NumParameters()
	}
	return sum
}

// NumFactors implements [Model]: one factor per variable.
func (n *BayesNet) NumFactors() int { return len(n.cpds) }

// Scope implements [Model]: the parents of variable i, then variable i.
func (n *BayesNet) Scope(i int) []*Variable { return n.scopes[i] }

// Factor implements [Model]: p(variable i | parents).
func (n *BayesNet) Factor(i int) (*Factor, error) { return n.cpds[i].Factor() }

// link computes scopes and children from the conditional distributions, leaving
// out what is missing in a network that will not be built.
func (n *BayesNet) link() {
	n.children = make([][]*Variable, len(n.vars))
	n.scopes = make([][]*Variable, len(n.vars))
	for i, c := range n.cpds {
		if c == nil {
			continue
		}
		n.scopes[i] = append(slices.Clip(c.Parents()), n.vars[i])
		for _, p := range c.Parents() {
			j := n.Index(p)
			n.children[j] = append(n.children[j], n.vars[i])
		}
	}
}

// TopologicalOrder returns the variables with parents before children, and
// otherwise in the order of their declaration as far as that allows.
func (n *BayesNet) TopologicalOrder() []*Variable { return n.order }

// sort puts the variables in topological order, or returns the names along a
// directed cycle, parent before child, the first also last. It is a depth-first
// search towards the parents, without recursion, so that long chains cannot
// exhaust the stack.
func (n *BayesNet) sort() (cycle []string) {
	const unseen, open, done = 0, 1, 2
	state := make([]byte, len(n.vars))
	type frame struct{ v, next int }
	var stack []frame
	for root := range n.vars {
		if state[root] != unseen {
			continue
		}
		state[root] = open
		stack = append(stack[:0], frame{root, 0})
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			parents := n.scopes[f.v]
			if f.next >= len(parents)-1 { // the last of a scope is the variable itself
				state[f.v] = done
				n.order = append(n.order, n.vars[f.v])
				stack = stack[:len(stack)-1]
				continue
			}
			p := n.Index(parents[f.next])
			f.next++
			switch state[p] {
			case unseen:
				state[p] = open
				stack = append(stack, frame{p, 0})
			case open:
				cycle = append(cycle, n.vars[p].name)
				for i := len(stack) - 1; stack[i].v != p; i-- {
					cycle = append(cycle, n.vars[stack[i].v].name)
				}
				return append(cycle, n.vars[p].name)
			}
		}
	}
	return nil
}
