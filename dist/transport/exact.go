package transport

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/belief-go/belief/internal/careful"
)

// A Move is mass that goes from a source to a sink.
type Move struct {
	From, To int
	Mass     float64
}

// A Plan is a solution of a transport problem with the proof of its worth.
type Plan struct {
	Cost  float64 // Σ mass · cost of the moves
	Moves []Move  // of positive mass, by source and then sink; at most n + m − 1

	// SourcePrice and SinkPrice are the dual potentials u and v: u_i + v_j ≤ c_ij for
	// all pairs, with equality, up to rounding, where something moves.
	SourcePrice, SinkPrice []float64
	// Gap is Cost less the value of the potentials, which no plan can go below: zero
	// up to rounding of an optimal plan.
	Gap       float64
	Pivots    int
	Converged bool // no pair is left that would lower the cost, and Gap is within its rounding
}

// Matrix returns the plan of n sources and m sinks as a matrix, row after row.
func (p Plan) Matrix(n, m int) []float64 {
	out := make([]float64, n*m)
	for _, move := range p.Moves {
		out[move.From*m+move.To] += move.Mass
	}
	return out
}

// Exact returns a cheapest plan that moves the masses a of the sources to the masses b
// of the sinks, by the network simplex; cost has len(a) rows and len(b) columns, one
// row after the other. A cost of +Inf forbids a pair. Total masses may differ by a
// relative 1e-9, and then b counts relative to a's total; masses below 1e-9 of the total
// that only a forbidden pair could carry are dropped. When ctx ends, the plan so far
// comes with its error; it is empty if it still uses forbidden pairs.
//
// Costs and the total mass must be at most 1e150 in size, so that nothing overflows.
// Errors: [*InputError], [*MassError], [*InfeasibleError], [*belief.TooLargeError] for
// more than 2^28 pairs. Wrong lengths panic.
func Exact(ctx context.Context, a, b, cost []float64) (Plan, error) {
	p, err := newProblem(a, b, cost, 8)
	if err != nil {
		return Plan{}, err
	}
	if err := ctx.Err(); err != nil {
		return Plan{}, err
	}
	if p.n == 0 || p.m == 0 {
		u, v, _ := p.duals(nil, a, b, cost)
		return Plan{SourcePrice: u, SinkPrice: v, Converged: true}, nil
	}
	t := newTree(p)
	var lift []float64
	if p.forbidden {
		if lift, err = t.avoidForbidden(ctx, p); err != nil {
			return Plan{Pivots: t.pivots}, err
		}
	}
	converged, err := t.solve(ctx, t.pivotLimit())
	plan := t.plan(p, lift, a, b, cost)
	plan.Converged = converged
	if converged && !plan.proven(cost, len(b), 0) {
		plan.Converged = plan.polish(ctx, p, a, b, cost)
	}
	return plan, err
}

// avoidForbidden is the first phase: it minimizes the mass on forbidden pairs. From
// then on pairs whose reduced cost is positive cannot be part of any plan, and are kept
// out; what forbidden pairs are left in the tree carry nothing and cost nothing. It
// returns the potentials of the phase.
func (t *tree) avoidForbidden(ctx context.Context, p *problem) ([]float64, error) {
	real := t.cost
	t.cost = make([]float64, len(real))
	for k, c := range real {
		if math.IsInf(c, 1) {
			t.cost[k] = 1
		}
	}
	if _, err := t.solve(ctx, math.MaxInt); err != nil { // whole numbers need no limit
		return nil, err
	}
	flow, stuck := t.carried(p.a, p.b), 0.0
	for v := 1; v < t.n+t.m; v++ {
		if t.arcCost(int32(v)) == 1 {
			stuck += flow[v]
		}
	}
	lift := slices.Clone(t.potential)
	if stuck > massTol {
		return nil, t.infeasible(p, lift)
	}
	for k, c := range real {
		// The costs are zeros and ones, and the potentials exact.
		if t.cost[k]-lift[k/t.m]+lift[t.n+k%t.m] > 0 {
			c = math.Inf(1)
		}
		t.cost[k] = c
	}
	for v := 1; v < t.n+t.m; v++ {
		if w := int(t.parent[v]); v < t.n {
			t.free(v*t.m + w - t.n)
		} else {
			t.free(w*t.m + v - t.n)
		}
	}
	return lift, nil
}

func (t *tree) free(arc int) {
	if math.IsInf(t.cost[arc], 1) {
		t.cost[arc] = 0
	}
}

// infeasible finds the sources at or above a level of the potential that have most
// mass beyond the sinks at or above it: what is allowed leads up only.
func (t *tree) infeasible(p *problem, lift []float64) error {
	worst := &InfeasibleError{}
	levels := slices.Compact(slices.Sorted(slices.Values(lift[:t.n])))
	for _, level := range levels {
		e := &InfeasibleError{}
		for i := range t.n {
			if lift[i] >= level {
				e.Sources = append(e.Sources, p.rows[i])
				e.Mass += p.a[i]
			}
		}
		for j := range t.m {
			if lift[t.n+j] >= level {
				e.Sinks = append(e.Sinks, p.cols[j])
				e.Mass -= p.b[j]
			}
		}
		slices.Sort(e.Sources)
		if e.Mass > worst.Mass {
			worst = e
		}
	}
	worst.Mass *= p.massUnit
	return worst
}

// plan reads the moves and the prices off the tree.
func (t *tree) plan(p *problem, lift, a, b, cost []float64) Plan {
	out := Plan{Pivots: t.pivots}
	var sum careful.Accumulator
	for v, mass := range t.carried(p.a, p.b) {
		if mass == 0 {
			continue
		}
		i, j := v, int(t.parent[v])-t.n
		if v >= t.n {
			i, j = int(t.parent[v]), v-t.n
		}
		i, j, mass = p.rows[i], p.cols[j], mass*p.massUnit
		if c := cost[i*len(b)+j]; !math.IsInf(c, 1) {
			out.Moves = append(out.Moves, Move{i, j, mass})
			sum.Add(mass * c)
		}
	}
	slices.SortFunc(out.Moves, func(x, y Move) int {
		return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
	})
	out.Cost = sum.Sum()
	var value float64
	out.SourcePrice, out.SinkPrice, value = p.duals(t.lifted(p, lift), a, b, cost)
	out.Gap = out.Cost - value
	return out
}

// lifted returns the prices of the sources. Those of the first phase, times a number
// that is large enough, make them feasible for the pairs that were kept out, and add
// nothing to the value.
func (t *tree) lifted(p *problem, lift []float64) []float64 {
	if lift == nil {
		return t.potential[:t.n]
	}
	times := 0.0
	for k, c := range p.cost {
		i, j := k/t.m, t.n+k%t.m
		slack := lift[j] - lift[i]
		if math.IsInf(c, 1) || slack <= 0 {
			continue
		}
		times = max(times, (t.potential[i]-t.potential[j]-c)/slack)
	}
	out := make([]float64, t.n)
	for i := range out {
		out[i] = t.potential[i] + times*lift[i]
	}
	return out
}
