package transport

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

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
	// takes about 1/ε iterations. It must be within a factor of 1e24 of the largest
	// cost, or float64 cannot tell its plan from that of zero or infinity.
	Epsilon float64
	// Tolerance is the mass, as a share of all, by which the marginals of an iterate
	// may be wrong in all, below one; 0: 1e-8.
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
	// Converged says that Residual is within Tolerance at Epsilon, and the bounds no
	// further apart than they are for the plan that is sought.
	Converged bool
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
	switch {
	case largest == 0:
		epsilon = 1 // of no effect: all costs are zero
	case s.Epsilon == 0:
		epsilon = 0.01 * largest
	case !(epsilon >= largest/widest && epsilon <= largest*widest):
		return Approximate{}, &belief.ConfigError{Field: "Epsilon", Value: s.Epsilon,
			Want: fmt.Sprintf("within a factor of 1e24 of the largest cost, %g", largest*p.costUnit)}
	}
	out := Approximate{Epsilon: epsilon * p.costUnit}
	if largest == 0 && s.Epsilon > 0 {
		out.Epsilon = s.Epsilon
	}
	f := newScaling(p)
	if p.n > 0 && p.m > 0 {
		err = s.iterate(ctx, f, epsilon, largest, &out)
	} else {
		out.Converged = true
	}
	var value float64
	out.SourcePrice, out.SinkPrice, value = p.duals(f.prices(epsilon, largest), a, b, cost)
	out.LowerBound = belief.Estimate{Value: value, Kind: belief.LowerBound}
	out.Matrix = make([]float64, len(a)*len(b))
	out.Cost, out.Residual = f.round(out.Matrix, epsilon, len(b), cost)
	// The iterate says itself how far its rows are off, but only the plan can say it of
	// both sides. At its fixed point the prices give away at most ε·log(1/a_i), and
	// rounding to the marginals moves twice the residual.
	tolerance := s.tolerance()
	gap := (out.Cost.Value - value) / p.massUnit / p.costUnit
	slack := epsilon*(1-slices.Min(append(f.logA, 0))) + (8*tolerance+1e-12)*largest
	out.Converged = out.Converged && out.Residual <= tolerance && gap <= slack
	return out, err
}

// widest is the greatest ratio of ε and the largest cost, either way.
const widest = 1e24

func (s Sinkhorn) tolerance() float64 {
	if s.Tolerance == 0 {
		return 1e-8
	}
	return s.Tolerance
}

func (s Sinkhorn) check() error {
	if !(s.Epsilon >= 0) || math.IsInf(s.Epsilon, 1) {
		return &belief.ConfigError{Field: "Epsilon", Value: s.Epsilon, Want: "nonnegative and finite"}
	}
	if !(s.Tolerance >= 0 && s.Tolerance < 1) {
		return &belief.ConfigError{Field: "Tolerance", Value: s.Tolerance, Want: "nonnegative and below one"}
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

// A scaling is the iterate γ_ij = a_i b_j exp((source_i + sink_j − c_ij)/ε + sourceLog_i
// + sinkLog_j). The potentials come in two parts because those of a small ε have digits
// that their sums with the costs would lose (Schmitzer 2019, Stabilized sparse scaling
// algorithms, section 3.1, has the split for the sake of range).
type scaling struct {
	*problem
	source, sink       []float64 // in units of the cost
	sourceLog, sinkLog []float64 // the rest, in units of ε
	logA, logB         []float64
	peak, sum          []float64 // scratch, one per sink
}

func newScaling(p *problem) *scaling {
	s := &scaling{problem: p}
	for _, v := range []*[]float64{&s.source, &s.sourceLog, &s.logA} {
		*v = make([]float64, p.n)
	}
	for _, v := range []*[]float64{&s.sink, &s.sinkLog, &s.logB, &s.peak, &s.sum} {
		*v = make([]float64, p.m)
	}
	for i, v := range p.a {
		s.logA[i] = careful.Log(v)
	}
	for j, v := range p.b {
		s.logB[j] = careful.Log(v)
	}
	return s
}

// surplus returns u + v − c, rounded once where the sum is about c.
func surplus(u, v, c float64) float64 {
	sum := u + v
	t := sum - u
	return (sum - c) + ((u - (sum - t)) + (v - t))
}

// absorb moves as much as it can of the logarithm of a potential to the part in units
// of the cost.
func absorb(price, log *float64, epsilon float64) {
	if move := epsilon * *log; math.Abs(*log) > 1 {
		next := *price + move
		*log = surplus(*price, move, next) / epsilon
		*price = next
	}
}

// prices returns the potentials of the sources, up to a constant. Without forbidden
// pairs good ones differ by at most twice the largest cost, and what differs by more is
// rounding.
func (f *scaling) prices(epsilon, largest float64) []float64 {
	most := 2 * largest
	if f.forbidden {
		most *= float64(f.n + f.m)
	}
	out := make([]float64, f.n)
	for i, u := range f.source {
		u += epsilon*f.sourceLog[i] - f.source[0] - epsilon*f.sourceLog[0]
		out[i] = min(most, max(-most, u))
	}
	return out
}

// iterate lowers ε in steps of four from the size of the cost, as the potentials of a
// larger ε are a good start for a smaller one.
func (s Sinkhorn) iterate(ctx context.Context, f *scaling, target, largest float64, out *Approximate) error {
	tolerance, limit := s.tolerance(), s.MaxIterations
	if limit == 0 {
		limit = 10000
	}
	total := careful.Sum(f.a)
	const early = 10 // iterations at each larger ε
	epsilon, round := max(target, largest), 0
	defer func() { f.rescale(epsilon / target) }()
	f.updateSinks(epsilon)
	for ; out.Iterations < limit; round++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if round == early && epsilon > target {
			next := max(target, epsilon/4)
			f.rescale(epsilon / next)
			epsilon, round = next, 0
		}
		wrong := f.updateSources(epsilon) / total
		if epsilon == target && round > 0 && wrong <= tolerance {
			out.Converged = true
			return nil
		}
		f.updateSinks(epsilon)
		out.Iterations++
	}
	return nil
}

// rescale goes over to an ε that is smaller by a factor.
func (f *scaling) rescale(factor float64) {
	floats.Scale(factor, f.sourceLog)
	floats.Scale(factor, f.sinkLog)
}

// updateSources makes the rows right, and returns by how much mass they were wrong.
func (f *scaling) updateSources(epsilon float64) float64 {
	wrong, inverse := 0.0, 1/epsilon
	for i := range f.n {
		row, u := f.cost[i*f.m:(i+1)*f.m], f.source[i]
		peak := math.Inf(-1)
		for j, c := range row {
			peak = max(peak, f.logB[j]+f.sinkLog[j]+surplus(u, f.sink[j], c)*inverse)
		}
		sum := 0.0
		for j, c := range row {
			sum += math.Exp(f.logB[j] + f.sinkLog[j] + surplus(u, f.sink[j], c)*inverse - peak)
		}
		next := -(peak + math.Log(sum))
		wrong += f.a[i] * math.Abs(math.Expm1(f.sourceLog[i]-next))
		f.sourceLog[i] = next
		absorb(&f.source[i], &f.sourceLog[i], epsilon)
	}
	return wrong
}

// updateSinks makes the columns right.
func (f *scaling) updateSinks(epsilon float64) {
	inverse := 1 / epsilon
	for j := range f.m {
		f.peak[j], f.sum[j] = math.Inf(-1), 0
	}
	for i, u := range f.source {
		own := f.logA[i] + f.sourceLog[i]
		for j, c := range f.cost[i*f.m : (i+1)*f.m] {
			f.peak[j] = max(f.peak[j], own+surplus(u, f.sink[j], c)*inverse)
		}
	}
	for i, u := range f.source {
		own := f.logA[i] + f.sourceLog[i]
		for j, c := range f.cost[i*f.m : (i+1)*f.m] {
			f.sum[j] += math.Exp(own + surplus(u, f.sink[j], c)*inverse - f.peak[j])
		}
	}
	for j := range f.m {
		f.sinkLog[j] = -(f.peak[j] + math.Log(f.sum[j]))
		absorb(&f.sink[j], &f.sinkLog[j], epsilon)
	}
}

// round writes the plan with its marginals put right to dst and returns its cost: rows
// and then columns that have too much are scaled down, and what is missing is spread
// in proportion. The second value is the wrong mass before that, as a share of all.
func (f *scaling) round(dst []float64, epsilon float64, width int, cost []float64) (belief.Estimate, float64) {
	rows, cols := make([]float64, f.n), make([]float64, f.m)
	at := func(i, j int) *float64 { return &dst[f.rows[i]*width+f.cols[j]] }
	for i := range f.n {
		for j := range f.m {
			g := math.Exp(f.logA[i] + f.logB[j] + f.sourceLog[i] + f.sinkLog[j] + surplus(f.source[i], f.sink[j], f.cost[i*f.m+j])/epsilon)
			*at(i, j) = min(g, 1) // where it has not converged, it may be far too large
			rows[i] += *at(i, j)
			cols[j] += *at(i, j)
		}
	}
	wrong, total := 0.0, 0.0
	for i, v := range rows {
		wrong += math.Abs(v - f.a[i])
		total += f.a[i]
	}
	for j, v := range cols {
		wrong += math.Abs(v - f.b[j])
	}
	if total > 0 {
		wrong /= total
	}
	clear(cols)
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
	return out, wrong
}
