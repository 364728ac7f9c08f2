package transport

import (
	"context"
	"math"
)

// This file is the network simplex on the complete bipartite graph (Ahuja, Magnanti &
// Orlin 1993, sections 11.5 and 11.6). A basis is a spanning tree. Masses are counted
// in whole units, and every source has one unit more than its share, which one sink
// takes (Orden 1956): then no basis is degenerate, every pivot lowers the cost, and
// ties cannot make it run in circles. What the tree really carries is computed from
// the true masses in the end.

// A tree is a basis, rooted at node 0. Nodes 0, …, n−1 are sources and the others sinks.
type tree struct {
	n, m                int
	cost                []float64 // +Inf for arcs that must not enter
	parent, depth       []int32
	child, next, before []int32 // children in doubly linked lists, −1 at their ends
	flow                []int64 // on the arc between a node and its parent, whichever way
	potential           []float64
	stack               []int32
	row                 int // where pricing goes on
	rowsAtOnce          int
	pivots              int
}

// newTree returns the basis of the row minimum rule: source after source fills the
// cheapest sinks that have room.
func newTree(p *problem) *tree {
	n, m := p.n, p.m
	t := &tree{n: n, m: m, cost: p.cost, rowsAtOnce: max(1, int(math.Sqrt(float64(n)/float64(m))))}
	for _, s := range []*[]int32{&t.parent, &t.depth, &t.child, &t.next, &t.before} {
		*s = make([]int32, n+m)
		for i := range *s {
			(*s)[i] = -1
		}
	}
	t.flow, t.potential = make([]int64, n+m), make([]float64, n+m)
	a, b := units(p.a, n), units(p.b, n)
	for i := range a {
		a[i] = a[i]*int64(n+1) + 1
	}
	for j := range b {
		b[j] *= int64(n + 1)
	}
	b[m-1] += int64(n)
	type arc struct {
		source, sink int32
		flow         int64
	}
	arcs := make([]arc, 0, n+m-1)
	for i := range n {
		for a[i] > 0 {
			best := -1
			for j, room := range b {
				if room > 0 && (best < 0 || t.cost[i*m+j] < t.cost[i*m+best]) {
					best = j
				}
			}
			moved := min(a[i], b[best])
			a[i] -= moved
			b[best] -= moved
			arcs = append(arcs, arc{int32(i), int32(n + best), moved})
		}
	}
	// Hang the arcs from the root, breadth first, by lists of neighbours.
	first, rest := make([]int32, n+m), make([]int32, 2*len(arcs))
	for i := range first {
		first[i] = -1
	}
	for k, e := range arcs {
		rest[2*k], first[e.source] = first[e.source], int32(2*k)
		rest[2*k+1], first[e.sink] = first[e.sink], int32(2*k+1)
	}
	t.depth[0] = 0
	queue := []int32{0}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		for k := first[v]; k >= 0; k = rest[k] {
			e := arcs[k/2]
			w := e.source + e.sink - v
			if w != t.parent[v] {
				t.attach(w, v, e.flow)
				t.depth[w] = t.depth[v] + 1
				queue = append(queue, w)
			}
		}
	}
	return t
}

// units turns masses into whole numbers of at least one that sum to a fixed total,
// such that n+1 times that total is within an int64.
func units(mass []float64, n int) []int64 {
	total := int64(1) << 61 / int64(n+1)
	sum := 0.0
	for _, v := range mass {
		sum += v
	}
	out := make([]int64, len(mass))
	left, largest := total, 0
	for i, v := range mass {
		out[i] = max(1, int64(v/sum*float64(total)))
		left -= out[i]
		if out[i] > out[largest] {
			largest = i
		}
	}
	out[largest] += left
	return out
}

func (t *tree) attach(v, parent int32, flow int64) {
	t.parent[v], t.flow[v] = parent, flow
	t.before[v], t.next[v] = -1, t.child[parent]
	if t.next[v] >= 0 {
		t.before[t.next[v]] = v
	}
	t.child[parent] = v
}

func (t *tree) detach(v int32) {
	if t.before[v] >= 0 {
		t.next[t.before[v]] = t.next[v]
	} else {
		t.child[t.parent[v]] = t.next[v]
	}
	if t.next[v] >= 0 {
		t.before[t.next[v]] = t.before[v]
	}
}

// arcCost returns the cost of the arc from v to its parent.
func (t *tree) arcCost(v int32) float64 {
	w := t.parent[v]
	if int(v) < t.n {
		return t.cost[int(v)*t.m+int(w)-t.n]
	}
	return t.cost[int(w)*t.m+int(v)-t.n]
}

// reprice computes the potentials afresh: u of sources and −v of sinks, so that
// cost = u + v on every arc of the tree.
func (t *tree) reprice() {
	t.stack = append(t.stack[:0], 0)
	t.potential[0] = 0
	for len(t.stack) > 0 {
		v := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		for w := t.child[v]; w >= 0; w = t.next[w] {
			if int(w) < t.n {
				t.potential[w] = t.potential[v] + t.arcCost(w)
			} else {
				t.potential[w] = t.potential[v] - t.arcCost(w)
			}
			t.stack = append(t.stack, w)
		}
	}
}

// noise is the size of a reduced cost, relative to its terms, that rounding explains.
const noise = 16 * 0x1p-52

// entering returns the arc of least reduced cost in the next rows that have one, or
// false if none is left.
func (t *tree) entering() (source, sink int32, reduced float64, ok bool) {
	best, bestArc := 0.0, -1
	for scanned := 0; scanned < t.n; {
		for k := 0; k < t.rowsAtOnce && scanned < t.n; k++ {
			i := t.row
			if t.row++; t.row == t.n {
				t.row = 0
			}
			scanned++
			u := t.potential[i]
			sinks := t.potential[t.n:]
			for j, c := range t.cost[i*t.m : (i+1)*t.m] {
				r := c - u + sinks[j]
				if r < best && -r > noise*(math.Abs(c)+math.Abs(u)+math.Abs(sinks[j])) {
					best, bestArc = r, i*t.m+j
				}
			}
		}
		if bestArc >= 0 {
			return int32(bestArc / t.m), int32(t.n + bestArc%t.m), best, true
		}
	}
	return 0, 0, 0, false
}

// pivot lets the arc from source to sink enter the tree.
func (t *tree) pivot(source, sink int32, reduced float64) {
	// The flow rises on the arc, from the sink up to where both paths meet, and from
	// there down to the source. It falls on arcs that point against this.
	v, w := source, sink
	least, leaving, fromSource := int64(math.MaxInt64), int32(-1), false
	for v != w {
		if t.depth[v] >= t.depth[w] {
			if int(v) < t.n && t.flow[v] < least {
				least, leaving, fromSource = t.flow[v], v, true
			}
			v = t.parent[v]
		} else {
			if int(w) >= t.n && t.flow[w] <= least {
				least, leaving, fromSource = t.flow[w], w, false
			}
			w = t.parent[w]
		}
	}
	meet := v
	for v := source; v != meet; v = t.parent[v] {
		if int(v) < t.n {
			t.flow[v] -= least
		} else {
			t.flow[v] += least
		}
	}
	for w := sink; w != meet; w = t.parent[w] {
		if int(w) >= t.n {
			t.flow[w] -= least
		} else {
			t.flow[w] += least
		}
	}
	// Turn the path from the new arc to the leaving one round.
	node, parent, shift := sink, source, -reduced
	if fromSource {
		node, parent, shift = source, sink, reduced
	}
	top, flow := node, least
	for {
		up, old := t.parent[node], t.flow[node]
		t.detach(node)
		t.attach(node, parent, flow)
		if node == leaving {
			break
		}
		node, parent, flow = up, node, old
	}
	// Below the new arc, potentials and depths change.
	t.stack = append(t.stack[:0], top)
	for len(t.stack) > 0 {
		v := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.potential[v] += shift
		t.depth[v] = t.depth[t.parent[v]] + 1
		for w := t.child[v]; w >= 0; w = t.next[w] {
			t.stack = append(t.stack, w)
		}
	}
	t.pivots++
}

// pivotLimit is far beyond what problems take. Only rounding in the potentials could
// come near it.
func (t *tree) pivotLimit() int {
	return t.pivots + 1000 + 200*(t.n+t.m)*int(2+math.Log2(float64(t.n+t.m)))
}

// solve pivots until no arc lowers the cost, with potentials free of accumulated
// rounding, and says whether it came to that.
func (t *tree) solve(ctx context.Context, limit int) (bool, error) {
	t.reprice()
	for fresh := true; ; {
		i, j, reduced, ok := t.entering()
		switch {
		case !ok && fresh:
			return true, nil
		case !ok:
			t.reprice()
			fresh = true
			continue
		case t.pivots >= limit:
			t.reprice()
			return false, nil
		}
		fresh = false
		t.pivot(i, j, reduced)
		if t.pivots%64 == 0 && ctx.Err() != nil {
			t.reprice()
			return false, ctx.Err()
		}
	}
}

// carried returns what the arc between each node and its parent carries of the given
// masses: what its side of the tree has too much or needs, and zero where that is
// within rounding.
func (t *tree) carried(a, b []float64) []float64 {
	order := []int32{0}
	for k := 0; k < len(order); k++ {
		for w := t.child[order[k]]; w >= 0; w = t.next[w] {
			order = append(order, w)
		}
	}
	have, size := make([]float64, t.n+t.m), make([]float64, t.n+t.m)
	copy(have, a)
	copy(size, a)
	for j, v := range b {
		have[t.n+j], size[t.n+j] = -v, v
	}
	out := make([]float64, t.n+t.m)
	for k := len(order) - 1; k > 0; k-- {
		v := order[k]
		flow := have[v]
		if int(v) >= t.n {
			flow = -flow
		}
		if flow > noise*size[v] {
			out[v] = flow
		}
		have[t.parent[v]] += have[v]
		size[t.parent[v]] += size[v]
	}
	return out
}
