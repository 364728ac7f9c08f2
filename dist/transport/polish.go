package transport

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/belief-go/belief/internal/careful"
)

// This file goes over a plan whose prices do not prove it. In the tree of the simplex,
// arcs that carry nothing may be far more expensive than those that carry something,
// and what is cheap drowns in their rounding errors. Shortest paths from prices of zero
// mix only the costs that they have to.

// maxRounds is how often all pairs are looked at.
const maxRounds = 100

// proven says whether the gap is within the rounding of the cost and of more.
func (p *Plan) proven(cost []float64, m int, more float64) bool {
	size := 1e-2 * more
	for _, move := range p.Moves {
		size += move.Mass * math.Abs(cost[move.From*m+move.To])
	}
	return math.Abs(p.Gap) <= 1e-12*size
}

// polish looks for prices that prove the plan by the method of Bellman and Ford on its
// residual graph, where moves can be taken back, and changes the plan along cycles that
// lower its cost (Ahuja, Magnanti & Orlin 1993, sections 5.5 and 9.6). It says whether
// it came to an end.
func (p *Plan) polish(ctx context.Context, q *problem, a, b, cost []float64) bool {
	n, m := len(a), len(b)
	flow := p.Matrix(n, m)
	distance, from := make([]float64, n+m), make([]int, n+m)
	for rounds := 0; rounds < maxRounds; {
		clear(distance)
		for v := range from {
			from[v] = -1
		}
		cycle := -1
		for changed := true; changed && cycle < 0; rounds++ {
			if rounds >= maxRounds || ctx.Err() != nil {
				return false
			}
			changed = false
			relax := func(v, w int, c float64) {
				d := distance[v] + c
				if d < distance[w] && distance[w]-d > noise*(math.Abs(distance[v])+math.Abs(c)+math.Abs(distance[w])) {
					distance[w], from[w], changed = d, v, true
				}
			}
			for _, i := range q.rows {
				for _, j := range q.cols {
					if c := cost[i*m+j]; !math.IsInf(c, 1) {
						relax(i, n+j, c)
						if flow[i*m+j] > 0 {
							relax(n+j, i, -c)
						}
					}
				}
			}
			cycle = findCycle(from)
		}
		if cycle < 0 {
			p.settle(flow, q, distance, a, b, cost)
			value := 0.0 // in size; these prices are no larger than they have to be
			for i, u := range p.SourcePrice {
				value += a[i] * math.Abs(u)
			}
			for j, v := range p.SinkPrice {
				value += b[j] * math.Abs(v)
			}
			return p.proven(cost, m, value)
		}
		// Take what all backward moves of the cycle have.
		least := math.Inf(1)
		for w, first := cycle, true; first || w != cycle; w, first = from[w], false {
			if w < n {
				least = min(least, flow[w*m+from[w]-n])
			}
		}
		for w, first := cycle, true; first || w != cycle; w, first = from[w], false {
			if w < n {
				flow[w*m+from[w]-n] -= least
			} else {
				flow[from[w]*m+w-n] += least
			}
		}
	}
	return false
}

// findCycle returns a node of a cycle of predecessors, or −1.
func findCycle(from []int) int {
	seen := make([]int, len(from))
	for start := range from {
		for v := start; v >= 0 && seen[v] <= 0; v = from[v] {
			if seen[v] == -start-1 {
				return v
			}
			seen[v] = -start - 1
		}
		for v := start; v >= 0 && seen[v] == -start-1; v = from[v] {
			seen[v] = 1
		}
	}
	return -1
}

// settle reads moves and prices off a matrix and distances.
func (p *Plan) settle(flow []float64, q *problem, distance, a, b, cost []float64) {
	m := len(b)
	p.Moves = p.Moves[:0]
	var sum careful.Accumulator
	for k, mass := range flow {
		if mass > 0 {
			p.Moves = append(p.Moves, Move{k / m, k % m, mass})
			sum.Add(mass * cost[k])
		}
	}
	slices.SortFunc(p.Moves, func(x, y Move) int { return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To)) })
	p.Cost = sum.Sum()
	small := make([]float64, len(q.rows))
	for k, i := range q.rows {
		small[k] = -distance[i] / q.costUnit
	}
	var value float64
	p.SourcePrice, p.SinkPrice, value = q.duals(small, a, b, cost)
	p.Gap = p.Cost - value
}
