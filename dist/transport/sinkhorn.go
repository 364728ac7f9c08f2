package transport

import (
	"context"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
)

// Sinkhorn solves transport problems approximately, by minimizing
//
//	Σ γ_ij c_ij + ε Σ γ_ij log(γ_ij / (a_i b_j))
//
// with alternating scalings (Sinkhorn 1964, Cuturi 2013) of logarithms, so that a small
// ε neither overflows nor underflows. The zero value has the defaults.
type Sinkhorn struct {
	// Epsilon is the weight ε of the entropy, in units of the cost; 0: a hundredth of
	// the largest cost in size. The plan is about ε·log(n) above the cheapest, and
	// takes about 1/ε iterations.
	Epsilon float64
	// Tolerance is the mass, as a share of all, by which the marginals of an iterate
	// may be wrong in all; 0: 1e-8.
	Tolerance     float64
	MaxIterations int // 0: 10,000
}

// An Approximate is an answer of [Sinkhorn]. The cost of the cheapest plan lies between
// LowerBound and Cost.
type Approximate struct {
	// Cost is that of Matrix, a plan that has the marginals and so is an upper bound.
	// If a correction of the marginals would use a forbidden pair, that much is left
	// out of the plan, and the cost is an approximation.
	Cost       belief.Estimate
	LowerBound belief.Estimate // the value of the prices
	// Matrix is the plan, rounded to the marginals (Altschuler, Weed & Rigollet 2017,
	// algorithm 2), row after row.
	Matrix                 []float64
	SourcePrice, SinkPrice []float64 // feasible dual potentials, u_i + v_j ≤ c_ij
	Epsilon                float64   // as it was used
	Iterations             int
	Residual               float64 // wrong mass of the last iterate, before rounding, as a share of all
	Converged              bool    // Residual is within Tolerance at Epsilon
}

// Solve moves the masses a to the masses b under the cost matrix of len(a) rows and
// len(b) columns. Inputs and errors are those of [Exact], and a [*belief.ConfigError];
// but only a source or sink all of whose pairs are forbidden is an [*InfeasibleError]
// here, and other problems without a plan do not converge. When ctx ends, the answer so
// far comes with its error.
func (s Sinkhorn) Solve(ctx context.Context, a, b, cost []float64) (Approximate, error) {
	if err := s.check(); err != nil {
		return Approximate{}, err
	}
	p, err := newProblem(a, b, cost, 16)
	if err != nil {
		return Approximate{}, err
	}
	if err := p.checkReach(); err != nil {
		return Approximate{}, err
	}
	largest := 0.0
	for _, c := range p.cost {
		if !math.IsInf(c, 1) {
			largest = max(largest, math.Abs(c))
		}
	}
	epsilon := s.Epsilon / p.costUnit
	if epsilon == 0 {
		epsilon = 0.01 * largest
	}
	if epsilon == 0 {
		epsilon = 1 // all costs are zero
	}
	out := Approximate{Epsilon: epsilon * p.costUnit}
	f := newScaling(p)
	if p.n > 0 && p.m > 0 {
		err = s.iterate(ctx, f, epsilon, largest, &out)
	} else {
		out.Converged = true
	}
	var value float64
	out.SourcePrice, out.SinkPrice, value = p.duals(f.source, a, b, cost)
	out.LowerBound = belief.Estimate{Value: value, Kind: belief.LowerBound}
	out.Matrix = make([]float64, len(a)*len(b))
	out.Cost = f.round(out.Matrix, epsilon, len(b), cost)
	return out, err
}

func (s Sinkhorn) check() error {
	if !(s.Epsilon >= 0) || math.IsInf(s.Epsilon, 1) {
		return &belief.ConfigError{Field: "Epsilon", Value: s.Epsilon, Want: "nonnegative and finite"}
	}
	if !(s.Tolerance >= 0) {
		return &belief.ConfigError{Field: "Tolerance", Value: s.Tolerance, Want: "nonnegative"}
	}
	if s.MaxIterations < 0 {
		return &belief.ConfigError{Field: "MaxIterations", Value: s.MaxIterations, Want: "nonnegative"}
	}
	return nil
}

// checkReach refuses sources and sinks that have no allowed pair.
func (p *problem) checkReach() error {
	open := make([]bool, p.m)
	for i := range p.n {
		any := false
		for j, c := range p.cost[i*p.m : (i+1)*p.m] {
			if !math.IsInf(c, 1) {
				any, open[j] = true, true
			}
		}
		if !any {
			return &InfeasibleError{Sources: p.rows[i : i+1], Mass: p.a[i] * p.massUnit}
		}
	}
	for j, ok := range open {
		if !ok {
			e := &InfeasibleError{Sources: p.rows, Mass: p.b[j] * p.massUnit}
			e.Sinks = append(append(e.Sinks, p.cols[:j]...), p.cols[j+1:]...)
			return e
		}
	}
	return nil
}

// A scaling is the iterate γ_ij = a_i b_j exp((source_i + sink_j − c_ij)/ε).
type scaling struct {
	*problem
	source, sink []float64
	logA, logB   []float64
	peak, sum    []float64 // scratch, one per sink
}

func newScaling(p *problem) *scaling {
	s := &scaling{p, make([]float64, p.n), make([]float64, p.m), make([]float64, p.n), make([]float64, p.m), make([]float64, p.m), make([]float64, p.m)}
	for i, v := range p.a {
		s.logA[i] = careful.Log(v)
	}
	for j, v := range p.b {
		s.logB[j] = careful.Log(v)
	}
	return s
}

// iterate lowers ε in steps of four from the size of the cost, as the potentials of a
// larger ε are a good start for a smaller one.
func (s Sinkhorn) iterate(ctx context.Context, f *scaling, target, largest float64, out *Approximate) error {
	tolerance, limit := s.Tolerance, s.MaxIterations
	if tolerance == 0 {
		tolerance = 1e-8
	}
	if limit == 0 {
		limit = 10000
	}
	total := careful.Sum(f.a)
	const early = 10 // iterations at each larger ε
	f.updateSinks(max(target, largest))
	for epsilon, round := max(target, largest), 0; out.Iterations < limit; round++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if round == early && epsilon > target {
			epsilon, round = max(target, epsilon/4), 0
		}
		out.Residual = f.updateSources(epsilon) / total
		if epsilon == target && round > 0 && out.Residual <= tolerance {
			out.Converged = true
			return nil
		}
		f.updateSinks(epsilon)
		out.Iterations++
	}
	return nil
}

// updateSources makes the rows right, and returns by how much mass they were wrong.
func (f *scaling) updateSources(epsilon float64) float64 {
	wrong, inverse := 0.0, 1/epsilon
	for i := range f.n {
		row := f.cost[i*f.m : (i+1)*f.m]
		peak := math.Inf(-1)
		for j, c := range row {
			peak = max(peak, f.logB[j]+(f.sink[j]-c)*inverse)
		}
		sum := 0.0
		for j, c := range row {
			sum += math.Exp(f.logB[j] + (f.sink[j]-c)*inverse - peak)
		}
		next := -epsilon * (peak + math.Log(sum))
		wrong += f.a[i] * math.Abs(math.Expm1((f.source[i]-next)*inverse))
		f.source[i] = next
	}
	return wrong
}

// updateSinks makes the columns right.
func (f *scaling) updateSinks(epsilon float64) {
	inverse := 1 / epsilon
	for j := range f.m {
		f.peak[j], f.sum[j] = math.Inf(-1), 0
	}
	for i := range f.n {
		for j, c := range f.cost[i*f.m : (i+1)*f.m] {
			f.peak[j] = max(f.peak[j], f.logA[i]+(f.source[i]-c)*inverse)
		}
	}
	for i := range f.n {
		for j, c := range f.cost[i*f.m : (i+1)*f.m] {
			f.sum[j] += math.Exp(f.logA[i] + (f.source[i]-c)*inverse - f.peak[j])
		}
	}
	for j := range f.m {
		f.sink[j] = -epsilon * (f.peak[j] + math.Log(f.sum[j]))
	}
}

// round writes the plan with its marginals put right to dst and returns its cost: rows
// and then columns that have too much are scaled down, and what is missing is spread
// in proportion.
func (f *scaling) round(dst []float64, epsilon float64, width int, cost []float64) belief.Estimate {
	rows, cols := make([]float64, f.n), make([]float64, f.m)
	at := func(i, j int) *float64 { return &dst[f.rows[i]*width+f.cols[j]] }
	for i := range f.n {
		for j := range f.m {
			g := math.Exp(f.logA[i] + f.logB[j] + (f.source[i]+f.sink[j]-f.cost[i*f.m+j])/epsilon)
			*at(i, j) = min(g, 1) // where it has not converged, it may be far too large
			rows[i] += *at(i, j)
		}
	}
	for i := range f.n {
		shrink := 1.0
		if rows[i] > f.a[i] {
			shrink = f.a[i] / rows[i]
		}
		for j := range f.m {
			*at(i, j) *= shrink
			cols[j] += *at(i, j)
		}
	}
	clear(rows)
	for j := range f.m {
		if cols[j] > f.b[j] {
			for i := range f.n {
				*at(i, j) *= f.b[j] / cols[j]
			}
			cols[j] = f.b[j]
		}
		for i := range f.n {
			rows[i] += *at(i, j)
		}
	}
	missing := 0.0
	for i := range f.n {
		rows[i] = max(0, f.a[i]-rows[i])
		missing += rows[i]
	}
	out, sum := belief.Estimate{Kind: belief.UpperBound}, careful.Accumulator{}
	for i := range f.n {
		for j := range f.m {
			c := cost[f.rows[i]*width+f.cols[j]]
			if missing > 0 {
				if extra := rows[i] * (max(0, f.b[j]-cols[j]) / missing); !math.IsInf(c, 1) {
					*at(i, j) += extra
				} else if extra > 0 {
					out.Kind = belief.Approximation
				}
			}
			g := at(i, j)
			*g *= f.massUnit
			if *g > 0 && !math.IsInf(c, 1) {
				sum.Add(*g * c)
			}
		}
	}
	out.Value = sum.Sum()
	return out
}
