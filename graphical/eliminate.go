package graphical

import (
	"context"
	"math/rand/v2"
	"slices"
)

// An eliminator plays the elimination game on a graph, again and again.
type eliminator struct {
	g      *Graph
	states []float64
	work   float64 // steps made in all tries
	added  int     // edges added in the current try

	fill0, weighted0 []float64 // at the start

	// The state of the current try.
	adj      [][]int32 // neighbours, some of them gone
	dead     []int32   // how many of them are gone
	gone     []bool
	pool     []int32
	fill     []float64 // missing edges among the neighbours
	weighted []float64 // the same, each times the states at both ends
	sum      []float64 // of the neighbours' states
	heap     vertexHeap
	mark     []int32
	stamp    int32
	touched  []int32
	touch    []int32
	round    int32
}

func newEliminator(ctx context.Context, g *Graph, states []int) (*eliminator, error) {
	n := g.Len()
	e := &eliminator{
		g: g, states: make([]float64, n), fill0: make([]float64, n), weighted0: make([]float64, n),
		adj: make([][]int32, n), dead: make([]int32, n), gone: make([]bool, n), fill: make([]float64, n), weighted: make([]float64, n), sum: make([]float64, n),
		mark: make([]int32, n), touch: make([]int32, n),
	}
	for v, k := range states {
		e.states[v] = float64(k)
	}
	// Triangles, each found once: from every edge to what both ends have in common
	// among the vertices of higher degree, which is O(m·√m) however large a hub is.
	above := func(u, v int32) bool {
		du, dv := len(g.adj[u]), len(g.adj[v])
		return du > dv || du == dv && u > v
	}
	higher := make([][]int32, n)
	for v, nbrs := range g.adj {
		for _, u := range nbrs {
			if above(u, int32(v)) {
				higher[v] = append(higher[v], u)
			}
		}
	}
	edges, inner := make([]float64, n), make([]float64, n) // among the neighbours
	for v := range n {
		if v&63 == 63 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		e.stamp++
		for _, u := range higher[v] {
			e.mark[u] = e.stamp
		}
		for _, u := range higher[v] {
			for _, w := range higher[u] {
				if e.mark[w] == e.stamp {
					edges[v]++
					edges[u]++
					edges[w]++
					inner[v] += e.states[u] * e.states[w]
					inner[u] += e.states[v] * e.states[w]
					inner[w] += e.states[v] * e.states[u]
				}
			}
			e.work += float64(len(higher[u]))
		}
	}
	for v, nbrs := range g.adj {
		total, squares, d := 0.0, 0.0, float64(len(nbrs))
		for _, u := range nbrs {
			total += e.states[u]
			squares += e.states[u] * e.states[u]
		}
		e.fill0[v] = d*(d-1)/2 - edges[v]
		e.weighted0[v] = (total*total-squares)/2 - inner[v]
	}
	return e, nil
}

// reset copies the graph for another try; lists grow in place when edges come.
func (e *eliminator) reset() {
	need := 0
	for _, a := range e.g.adj {
		need += len(a) + len(a)/2 + 4
	}
	if cap(e.pool) < need {
		e.pool = make([]int32, need)
	}
	pool := e.pool[:cap(e.pool)]
	for v, a := range e.g.adj {
		room := len(a) + len(a)/2 + 4
		e.adj[v] = append(pool[:0:room], a...)
		pool = pool[room:]
		e.sum[v] = 0
		for _, u := range a {
			e.sum[v] += e.states[u]
		}
	}
	clear(e.dead)
	clear(e.gone)
	copy(e.fill, e.fill0)
	copy(e.weighted, e.weighted0)
}

// run makes one try. It is given up, and complete is false, when a clique has
// more than limit entries or the total reaches bound.
func (e *eliminator) run(ctx context.Context, h Heuristic, ties *rand.Rand, limit, bound float64) (o *Order, complete bool, err error) {
	n := len(e.states)
	e.reset()
	e.added = 0
	e.heap.reset(n, ties)
	for v := range n {
		e.heap.key[v] = e.key(h, v)
		if ties == nil {
			e.heap.tie[v] = e.size(v)
		}
	}
	e.heap.build()
	o = &Order{Heuristic: h, Vertices: make([]int, 0, n)}
	for step := range n {
		if step&255 == 255 && ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
		v := e.heap.pop()
		e.work += stepWork
		entries := e.size(v)
		o.Vertices = append(o.Vertices, v)
		o.Total += entries
		o.Width = max(o.Width, e.degree(int32(v)))
		if entries > o.Entries {
			o.Entries = entries
			o.Largest = append(o.Largest[:0], v)
			for _, u := range e.living(int32(v)) {
				o.Largest = append(o.Largest, int(u))
			}
		}
		if entries > limit || o.Total >= bound {
			return o, false, nil
		}
		e.eliminate(v)
		for _, u := range e.touched {
			e.heap.key[u] = e.key(h, int(u))
			if ties == nil {
				e.heap.tie[u] = e.size(int(u))
			}
			e.heap.fix(u)
		}
	}
	return o, true, nil
}

// enough is a size beyond which it does not matter how large a table is.
const enough = 1e100

// size is the number of table entries of v and its neighbours, or a lower bound
// over enough.
func (e *eliminator) size(v int) float64 {
	n := e.states[v]
	for _, u := range e.adj[v] {
		if e.gone[u] {
			continue
		}
		if n *= e.states[u]; n > enough {
			break
		}
	}
	return n
}

// degree is the number of neighbours that are not gone.
func (e *eliminator) degree(v int32) int { return len(e.adj[v]) - int(e.dead[v]) }

// living drops the neighbours that are gone from the list of v, and returns it.
func (e *eliminator) living(v int32) []int32 {
	if e.dead[v] > 0 {
		e.work += float64(len(e.adj[v]))
		e.adj[v] = slices.DeleteFunc(e.adj[v], func(u int32) bool { return e.gone[u] })
		e.dead[v] = 0
	}
	return e.adj[v]
}

func (e *eliminator) key(h Heuristic, v int) float64 {
	switch {
	case e.fill[v] == 0:
		return -1
	case h == MinWeight:
		return e.size(v)
	case h == WeightedMinFill:
		return e.weighted[v]
	default:
		return e.fill[v]
	}
}

// eliminate joins the neighbours of v and removes v, and lists the vertices whose
// key may have changed. Fill counts are kept by differences: a new edge a–b fills
// a gap among the neighbours of every common neighbour, and opens one at a for
// every neighbour of a that b lacks, and the other way round.
func (e *eliminator) eliminate(v int) {
	e.round++
	e.touched = e.touched[:0]
	around := e.living(int32(v))
	total := 0.0
	for _, u := range around {
		e.touching(u)
		total += e.states[u]
	}
	for i, a := range around {
		if e.fill[v] == 0 {
			break // all joined already
		}
		e.stamp++
		e.mark[a] = e.stamp
		for _, x := range e.adj[a] {
			e.mark[x] = e.stamp
		}
		e.work += float64(len(e.adj[a]) + len(around))
		for _, b := range around[i+1:] {
			if e.mark[b] == e.stamp {
				continue
			}
			weight := e.states[a] * e.states[b]
			common, commonSum := 0, 0.0
			for _, w := range e.adj[b] {
				if e.mark[w] != e.stamp || e.gone[w] {
					continue
				}
				common++
				commonSum += e.states[w]
				e.fill[w]--
				e.weighted[w] -= weight
				e.touching(w)
			}
			e.work += float64(len(e.adj[b]))
			e.fill[a] += float64(e.degree(a) - common)
			e.fill[b] += float64(e.degree(b) - common)
			e.weighted[a] += e.states[b] * (e.sum[a] - commonSum)
			e.weighted[b] += e.states[a] * (e.sum[b] - commonSum)
			e.adj[a] = append(e.adj[a], b)
			e.adj[b] = append(e.adj[b], a)
			e.sum[a] += e.states[b]
			e.sum[b] += e.states[a]
			e.mark[b] = e.stamp
			e.added++
		}
	}
	// Now v and its neighbours are a clique; the gaps that involve v go with it.
	e.gone[v] = true
	for _, u := range around {
		e.fill[u] -= float64(e.degree(u) - len(around))
		e.weighted[u] -= e.states[v] * (e.sum[u] - e.states[v] - (total - e.states[u]))
		e.sum[u] -= e.states[v]
		if e.dead[u]++; int(e.dead[u]) > len(e.adj[u])/2 {
			e.living(u) // seldom, so that a hub's list is not searched for every leaf
		}
	}
	e.work += float64(4 * len(e.touched))
}

// touching lists u, once a round, unless it is gone.
func (e *eliminator) touching(u int32) {
	if e.touch[u] != e.round && e.heap.pos[u] >= 0 {
		e.touch[u] = e.round
		e.touched = append(e.touched, u)
	}
}
