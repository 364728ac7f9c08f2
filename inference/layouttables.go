// The static tables of a clique: which of its factors are multiplied once, when the
// tree is compiled, and which serve where they lie.

package inference

import (
	"math"
	"slices"
)

// mostGrouped bounds a table made of several factors, unless it is no larger than
// they are.
const mostGrouped = 1 << 20

// layTables groups the node's factors into static tables. A factor joins a group
// if that does not make the group much larger than its parts or than an eighth of
// the clique, because a table multiplied in once is one less to multiply by in
// every query.
func (l *layout) layTables(n *node, c int) {
	type group struct {
		axes    []int
		entries float64
		factors []int
	}
	var groups []group
	covered := make([]bool, len(n.vars))
	var order []group
	for _, f := range l.assigned[c] {
		list := l.kept.take(len(l.p.scopes[f]))[:0]
		for _, v := range l.p.scopes[f] {
			if l.p.card[v] > 1 {
				list = append(list, l.axis[v])
			}
		}
		slices.Sort(list)
		e := 1.0
		for _, a := range list {
			e *= float64(n.dims[a])
			covered[a] = true
		}
		order = append(order, group{list, e, []int{f}})
	}
	slices.SortStableFunc(order, func(a, b group) int { return int(math.Copysign(1, b.entries-a.entries)) })
next:
	for _, f := range order {
		for i := range groups {
			g := &groups[i]
			if subset(f.axes, g.axes) {
				g.factors = append(g.factors, f.factors...)
				continue next
			}
			joint := union(g.axes, f.axes)
			e := 1.0
			for _, a := range joint {
				e *= float64(n.dims[a])
			}
			if e <= max(g.entries+f.entries, min(n.entries/8, mostGrouped)) {
				g.axes, g.entries, g.factors = joint, e, append(g.factors, f.factors...)
				continue next
			}
		}
		groups = append(groups, f)
	}
	for a, v := range n.vars[n.shared:] {
		if a += n.shared; !covered[a] && n.dims[a] > 1 && l.t.carrier[v].node < 0 {
			groups = append(groups, group{axes: []int{a}, entries: float64(n.dims[a])}) // ones, to carry evidence
		}
	}
	for _, g := range groups {
		if g.entries > math.MaxInt32 {
			l.refused = true
			l.words += g.entries
			return
		}
		in := input{child: -1, table: len(l.t.tables), axes: g.axes, strides: l.dense(n.dims, g.axes), size: int(g.entries)}
		table := staticTable{factors: g.factors, size: in.size}
		for _, a := range g.axes {
			table.vars = append(table.vars, n.vars[a])
		}
		if vars, strides := l.asGiven(g.factors, n.entries); vars != nil {
			// One factor whose table serves as it is, in its own order.
			table.strides = strides
			in.strides = l.kept.take(len(g.axes))
			for k, v := range vars {
				in.strides[slices.Index(g.axes, l.axis[v])] = strides[k]
			}
		} else {
			l.words += g.entries
		}
		l.t.tables = append(l.t.tables, table)
		n.inputs = append(n.inputs, in)
	}
}

// asGiven says whether a single factor's table can be used where it lies: it is
// whole, and the clique is not so much larger that a better order of its axes
// would pay.
func (l *layout) asGiven(factors []int, clique float64) (vars, strides []int) {
	if len(factors) != 1 {
		return nil, nil
	}
	_, vars, strides = l.p.strides(factors[0])
	full := 1
	for _, v := range l.p.scopes[factors[0]] {
		full *= l.p.vars[v].NumStates()
	}
	if l.p.entries(vars) != float64(full) || clique > 2*float64(full) && !l.inOrder(vars) {
		return nil, nil
	}
	return vars, strides
}

// inOrder says whether variables come in the order of the node's axes.
func (l *layout) inOrder(vars []int) bool {
	return slices.IsSortedFunc(vars, func(a, b int) int { return l.axis[a] - l.axis[b] })
}

// union merges two ascending lists.
func union(a, b []int) []int {
	out := make([]int, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case a[0] > b[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}
