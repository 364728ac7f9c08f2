package transport

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/belief-go/belief"
)

// Where all stays in place, no rounding error moves.
func TestExactStays(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	x, a := make([]float64, 60), make([]float64, 60)
	for i := range x {
		x[i], a[i] = r.NormFloat64(), r.Float64()
	}
	cost, err := Costs(1, x, x, 1)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Exact(context.Background(), a, a, cost)
	if err != nil || p.Cost != 0 || len(p.Moves) != len(x) {
		t.Errorf("cost %v in %d moves, %v", p.Cost, len(p.Moves), err)
	}
	var xs, thirds []float64
	for i, v := range x {
		xs, thirds = append(xs, v, v, v), append(thirds, a[i]/3, a[i]/3, a[i]/3)
	}
	if cost, err = Costs(1, xs, x, 1); err != nil {
		t.Fatal(err)
	}
	p, err = Exact(context.Background(), thirds, a, cost)
	if err != nil || p.Cost != 0 || len(p.Moves) != len(xs) {
		t.Errorf("thirds: cost %v in %d moves, %v", p.Cost, len(p.Moves), err)
	}
	// Masses that are the same but for rounding count relative to the sources.
	p, err = Exact(context.Background(), []float64{1}, []float64{1 + 5e-10}, []float64{1})
	if err != nil || p.Cost != 1 || p.Gap != 0 {
		t.Errorf("a sink of 1 + 5e-10: %+v, %v", p, err)
	}
}

func TestExactErrors(t *testing.T) {
	ctx, inf, nan := context.Background(), math.Inf(1), math.NaN()
	one := []float64{1}
	for _, c := range []struct {
		a, b, cost []float64
		as         any
	}{
		{one, []float64{1.1}, one, new(*MassError)},
		{one, []float64{0}, one, new(*MassError)},
		{[]float64{-1}, []float64{-1}, one, new(*InputError)},
		{[]float64{nan}, one, one, new(*InputError)},
		{[]float64{inf}, []float64{inf}, one, new(*InputError)},
		{one, one, []float64{nan}, new(*InputError)},
		{one, one, []float64{-inf}, new(*InputError)},
		{one, one, []float64{1e200}, new(*InputError)},
		{one, one, []float64{inf}, new(*InfeasibleError)},
	} {
		if _, err := Exact(ctx, c.a, c.b, c.cost); err == nil || !errors.As(err, c.as) || err.Error() == "" {
			t.Errorf("Exact(%v, %v, %v): error %v is no %T", c.a, c.b, c.cost, err, c.as)
		}
		if _, err := (Sinkhorn{}).Solve(ctx, c.a, c.b, c.cost); err == nil || !errors.As(err, c.as) {
			t.Errorf("Sinkhorn(%v, %v, %v): error %v is no %T", c.a, c.b, c.cost, err, c.as)
		}
	}
	var large *belief.TooLargeError
	if err := checkSize(1<<15, 1<<15, 8); !errors.As(err, &large) {
		t.Errorf("a matrix of 8 GiB: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a matrix of the wrong length did not panic")
		}
	}()
	_, _ = Exact(ctx, one, one, nil)
}

// randomPoints is a problem of n points to n others in the plane.
func randomPoints(n int) (masses, cost []float64) {
	r := rand.New(rand.NewPCG(5, 1))
	x, y := make([]float64, 2*n), make([]float64, 2*n)
	for i := range x {
		x[i], y[i] = r.NormFloat64(), r.NormFloat64()+1
	}
	masses = make([]float64, n)
	for i := range masses {
		masses[i] = 1 / float64(n)
	}
	cost, _ = Costs(2, x, y, 2)
	return masses, cost
}

func TestExactLargeAndCancelled(t *testing.T) {
	a, cost := randomPoints(500)
	start := time.Now()
	p, err := Exact(context.Background(), a, a, cost)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	checkPlan(t, p, a, a, cost)
	if len(p.Moves) != 500 {
		t.Errorf("%d moves, an assignment has 500", len(p.Moves))
	}
	t.Logf("500×500 in %v, %d pivots, gap %g", took, p.Pivots, p.Gap)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Exact(ctx, a, a, cost); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	// One that ends on the way leaves a plan with an honest gap.
	slow := &countdown{Context: context.Background(), left: 3}
	part, err := Exact(slow, a, a, cost)
	if !errors.Is(err, context.Canceled) || part.Converged || !(part.Gap > 0) || part.Cost-part.Gap > p.Cost*(1+1e-12) || part.Cost < p.Cost {
		t.Errorf("cancelled on the way: cost %v, gap %v, best %v, error %v", part.Cost, part.Gap, p.Cost, err)
	}
}

// countdown is a context that ends after being asked some times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

func BenchmarkExact500(b *testing.B) {
	a, cost := randomPoints(500)
	for b.Loop() {
		if _, err := Exact(context.Background(), a, a, cost); err != nil {
			b.Fatal(err)
		}
	}
}

// Costs that are nothing beside others decide where the others do not.
func TestExactTinyCosts(t *testing.T) {
	one := []float64{1, 1, 1}
	for _, unit := range []float64{1e-200, 1e-20, 1e-17, 1e-3} {
		plan, err := Exact(context.Background(), one, one, []float64{unit, 1, 1, 1, unit, 2 * unit, 1, unit, 3 * unit})
		if want := 4 * unit; err != nil || !plan.Converged || math.Abs(plan.Cost-want) > 1e-14*want || math.Abs(plan.Gap) > 1e-14*want {
			t.Errorf("unit %g: cost %v with gap %v, converged %v, want %v (%v)", unit, plan.Cost, plan.Gap, plan.Converged, want, err)
		}
	}
}

// Points that hardly move: what they cost is far below what else could be done, and
// the prices prove it nevertheless.
func TestExactHardlyMoves(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	const n = 300
	mass, x, y := make([]float64, n), make([]float64, 2*n), make([]float64, 2*n)
	for k := range x {
		mass[k/2] = 1 + r.Float64()
		x[k] = r.NormFloat64()
		y[k] = x[k] + 1e-6*r.NormFloat64()
	}
	cost, err := Costs(2, x, y, 2)
	if err != nil {
		t.Fatal(err)
	}
	want := 0.0
	for i, m := range mass {
		want += m * cost[i*n+i]
	}
	plan, err := Exact(context.Background(), mass, mass, cost)
	if err != nil || !plan.Converged || !near(plan.Cost, want, 1e-12) || math.Abs(plan.Gap) > 1e-10*want {
		t.Errorf("cost %v with gap %v, converged %v, want %v (%v)", plan.Cost, plan.Gap, plan.Converged, want, err)
	}
}

// Assignments whose costs lie on all scales are the cheapest of all 120.
func TestExactScattered(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	const n = 5
	one := []float64{1, 1, 1, 1, 1}
	for range 300 {
		cost := make([]float64, n*n)
		for k := range cost {
			cost[k] = float64(1+r.IntN(9)) * math.Pow(10, float64(-10*r.IntN(20)))
		}
		best := math.Inf(1)
		var assign func(row int, used [n]bool, sum float64)
		assign = func(row int, used [n]bool, sum float64) {
			if row == n {
				best = min(best, sum)
				return
			}
			for j := range n {
				if !used[j] {
					next := used
					next[j] = true
					assign(row+1, next, sum+cost[row*n+j])
				}
			}
		}
		assign(0, [n]bool{}, 0)
		plan, err := Exact(context.Background(), one, one, cost)
		if err != nil || !plan.Converged || !near(plan.Cost, best, 1e-13) || math.Abs(plan.Gap) > 1e-12*best {
			t.Errorf("%v: cost %v with gap %v, converged %v, want %v (%v)", cost, plan.Cost, plan.Gap, plan.Converged, best, err)
		}
	}
}
