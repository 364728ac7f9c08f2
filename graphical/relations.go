package graphical

import "slices"

// Relatives of a variable in the directed graph. All walks keep their own stack,
// so that a chain of a million variables is no deeper than one of three.

// MarkovBlanket returns the variables that shield v from all others: its parents,
// its children and the other parents of its children (Pearl 1988, section 3.3.1),
// in the order of the variables. It panics if v is not of this network.
func (n *BayesNet) MarkovBlanket(v *Variable) []*Variable {
	own := n.must(v)
	var blanket []int
	add := func(vs []*Variable) {
		for _, u := range vs {
			if i := n.Index(u); i != own {
				blanket = append(blanket, i)
			}
		}
	}
	add(n.Parents(v))
	for _, c := range n.children[own] {
		add(n.scopes[n.Index(c)]) // the child and its parents
	}
	slices.Sort(blanket)
	var out []*Variable
	for _, i := range slices.Compact(blanket) {
		out = append(out, n.vars[i])
	}
	return out
}

// Ancestors returns the variables from which a directed path of at least one edge
// leads to one of vs, in the order of the variables. One of vs is among them only
// if it is an ancestor of another. It costs O(variables + edges) and panics if
// one of vs is not of this network.
func (n *BayesNet) Ancestors(vs ...*Variable) []*Variable {
	return n.reach(vs, func(i int) []*Variable { return n.cpds[i].Parents() })
}

// Descendants returns the variables to which a directed path of at least one edge
// leads from one of vs, in the order of the variables. It costs O(variables +
// edges) and panics if one of vs is not of this network.
func (n *BayesNet) Descendants(vs ...*Variable) []*Variable {
	return n.reach(vs, func(i int) []*Variable { return n.children[i] })
}

// reach returns what at least one step of next leads to from vs.
func (n *BayesNet) reach(vs []*Variable, next func(i int) []*Variable) []*Variable {
	reached := make([]bool, len(n.vars))
	var stack []int
	for _, v := range vs {
		stack = append(stack, n.must(v))
	}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, u := range next(i) {
			if j := n.Index(u); !reached[j] {
				reached[j] = true
				stack = append(stack, j)
			}
		}
	}
	var out []*Variable
	for i, yes := range reached {
		if yes {
			out = append(out, n.vars[i])
		}
	}
	return out
}
