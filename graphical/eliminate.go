package graphical

import (
	"context"
	"math/rand/v2"
)

// An eliminator plays the elimination game on a graph, again and again.
type eliminator struct {
	g      *Graph
	states []float64
	work   float64 // steps made in all tries
	added  int     // edges added in the current try

	fill0, weighted0 []float64 // at the start

	// The state of the current try.
	adj      [][]int32
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

func newEliminator(g *Graph, states []int) *eliminator {
	n := g.Len()
	e := &eliminator{
		g: g, states: make([]float64, n), fill0: make([]float64, n), weighted0: make([]float64, n),
		adj: make([][]int32, n), fill: make([]float64, n), weighted: make([]float64, n), sum: make([]float64, n),
		mark: make([]int32, n), touch: make([]int32, n),
	}
	for v, k := range states {
		e.states[v] = float64(k)
	}
	for v, nbrs := range g.adj {
		e.stamp++
		total, squares, inner := 0.0, 0.0, 0.0
		edges := 0
		for _, u := range nbrs {
			e.mark[u] = e.stamp
			total += e.states[u]
			squares += e.states[u] * e.states[u]
		}
		for _, u := range nbrs {
			for _, w := range g.adj[u] {
				if e.mark[w] == e.stamp && w > u {
					edges++
					inner += e.states[u] * e.states[w]
				}
			}
			e.work += float64(len(g.adj[u]))
		}
		d := len(nbrs)
		e.fill0[v] = float64(d*(d-1)/2 - edges)
		e.weighted0[v] = (total*total-squares)/2 - inner
	}
	return e
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
		o.Width = max(o.Width, len(e.adj[v]))
		if entries > o.Entries {
			o.Entries = entries
			o.Largest = append(o.Largest[:0], v)
			for _, u := range e.adj[v] {
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

// size is the number of table entries of v and its neighbours.
func (e *eliminator) size(v int) float64 {
	n := e.states[v]
	for _, u := range e.adj[v] {
		n *= e.states[u]
	}
	return n
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
	around := e.adj[v]
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
				if e.mark[w] != e.stamp {
					continue
				}
				common++
				commonSum += e.states[w]
				e.fill[w]--
				e.weighted[w] -= weight
				e.touching(w)
			}
			e.work += float64(len(e.adj[b]))
			e.fill[a] += float64(len(e.adj[a]) - common)
			e.fill[b] += float64(len(e.adj[b]) - common)
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
	for _, u := range around {
		e.fill[u] -= float64(len(e.adj[u]) - len(around))
		e.weighted[u] -= e.states[v] * (e.sum[u] - e.states[v] - (total - e.states[u]))
		e.sum[u] -= e.states[v]
		list := e.adj[u]
		for k, w := range list {
			if int(w) == v {
				list[k] = list[len(list)-1]
				e.adj[u] = list[:len(list)-1]
				e.work += float64(k)
				break
			}
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
