package transport

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief"
)

// randomProblem has masses of n sources and m sinks, some of them zero.
func randomProblem(r *rand.Rand, n, m int) (a, b, cost []float64) {
	a, b, cost = make([]float64, n), make([]float64, m), make([]float64, n*m)
	for range 64 {
		a[r.IntN(n)]++
		b[r.IntN(m)]++
	}
	for k := range cost {
		cost[k] = r.NormFloat64()
	}
	return a, b, cost
}

// The bounds hold and close in on the exact cost as ε falls; the plan has the
// marginals.
func TestSinkhornBounds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 30 {
		a, b, cost := randomProblem(r, 2+r.IntN(8), 2+r.IntN(8))
		exact, err := Exact(context.Background(), a, b, cost)
		if err != nil {
			t.Fatal(err)
		}
		before := math.Inf(1)
		for _, epsilon := range []float64{1, 0.3, 0.1} {
			s, err := Sinkhorn{Epsilon: epsilon, Tolerance: 1e-6, MaxIterations: 100000}.Solve(context.Background(), a, b, cost)
			if err != nil || !s.Converged || s.Residual > 1e-6 || s.Epsilon != epsilon {
				t.Fatalf("trial %d, ε = %g: %+v, %v", trial, epsilon, s, err)
			}
			if s.Cost.Kind != belief.UpperBound || s.LowerBound.Kind != belief.LowerBound {
				t.Errorf("kinds %v and %v", s.Cost.Kind, s.LowerBound.Kind)
			}
			if s.Cost.Value < exact.Cost-1e-11 || s.LowerBound.Value > exact.Cost+1e-11 {
				t.Errorf("trial %d: %v is not between %v and %v", trial, exact.Cost, s.LowerBound, s.Cost)
			}
			// The entropic plan is worse by at most ε times the mutual information that
			// a plan can have, log n per unit of mass (Altschuler et al. 2017).
			if gap := s.Cost.Value - exact.Cost; gap > epsilon*math.Log(9)*64+1e-3 || gap > before+1e-3 {
				t.Errorf("trial %d, ε = %g: %g above the cheapest, before %g", trial, epsilon, gap, before)
			} else {
				before = gap
			}
			rows, cols := make([]float64, len(a)), make([]float64, len(b))
			for k, g := range s.Matrix {
				if !(g >= 0) {
					t.Fatalf("mass %v", g)
				}
				rows[k/len(b)] += g
				cols[k%len(b)] += g
				if slack := cost[k] - s.SourcePrice[k/len(b)] - s.SinkPrice[k%len(b)]; slack < -1e-14 {
					t.Errorf("prices are above the cost by %g", -slack)
				}
			}
			for i := range a {
				if math.Abs(rows[i]-a[i]) > 1e-12 {
					t.Errorf("source %d sends %v of %v", i, rows[i], a[i])
				}
			}
			for j := range b {
				if math.Abs(cols[j]-b[j]) > 1e-12 {
					t.Errorf("sink %d gets %v of %v", j, cols[j], b[j])
				}
			}
		}
	}
}

// Two by two has a closed form: γ₁₁ solves γ₁₁γ₂₂/(γ₁₂γ₂₁) = exp(−(c₁₁+c₂₂−c₁₂−c₂₁)/ε).
func TestSinkhornTwoByTwo(t *testing.T) {
	const epsilon = 0.5
	half := []float64{0.5, 0.5}
	s, err := Sinkhorn{Epsilon: epsilon, Tolerance: 1e-14}.Solve(context.Background(), half, half, []float64{0, 1, 1, 0})
	if err != nil {
		t.Fatal(err)
	}
	odds := math.Exp(1 / epsilon) // γ₁₁/γ₁₂
	if want := 0.5 * odds / (1 + odds); math.Abs(s.Matrix[0]-want) > 1e-13 || math.Abs(s.Matrix[3]-want) > 1e-13 {
		t.Errorf("plan %v, want %v on the diagonal", s.Matrix, want)
	}
}

// A tiny ε neither overflows nor stops: the answer is honest also when it has not
// converged.
func TestSinkhornHard(t *testing.T) {
	a, cost := randomPoints(40)
	exact, err := Exact(context.Background(), a, a, cost)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []Sinkhorn{{Epsilon: 1e-6, MaxIterations: 50}, {Epsilon: 1e-20, MaxIterations: 5}, {Epsilon: 1e6}, {MaxIterations: 1}} {
		got, err := s.Solve(context.Background(), a, a, cost)
		if err != nil {
			t.Fatal(err)
		}
		if !(got.Cost.Value >= exact.Cost*(1-1e-12)) || !(got.LowerBound.Value <= exact.Cost*(1+1e-12)) || math.IsInf(got.Cost.Value, 0) {
			t.Errorf("%+v: %v is not between %v and %v", s, exact.Cost, got.LowerBound, got.Cost)
		}
		if got.Converged != (s.Epsilon == 1e6) {
			t.Errorf("%+v: converged %v after %d", s, got.Converged, got.Iterations)
		}
	}
}

func TestSinkhornForbidden(t *testing.T) {
	inf := math.Inf(1)
	a, cost := []float64{1, 1}, []float64{inf, 2, 3, 1}
	s, err := Sinkhorn{Epsilon: 0.05}.Solve(context.Background(), a, a, cost)
	if err != nil || s.Matrix[0] != 0 || math.Abs(s.Cost.Value-5) > 0.3 || s.LowerBound.Value > 5+1e-12 {
		t.Errorf("one pair forbidden: %+v, %v", s, err)
	}
	var e *InfeasibleError
	if _, err := (Sinkhorn{}).Solve(context.Background(), a, a, []float64{inf, 2, inf, 1}); !errors.As(err, &e) || e.Mass != 1 || len(e.Sinks) != 1 || e.Sinks[0] != 1 {
		t.Errorf("a column forbidden: %v", err)
	}
	if _, err := (Sinkhorn{}).Solve(context.Background(), a, a, []float64{1, 2, inf, inf}); !errors.As(err, &e) || e.Sources[0] != 1 || len(e.Sources) != 1 {
		t.Errorf("a row forbidden: %v", err)
	}
}

func TestSinkhornEdges(t *testing.T) {
	ctx, one := context.Background(), []float64{1}
	var config *belief.ConfigError
	for _, s := range []Sinkhorn{{Epsilon: -1}, {Epsilon: math.NaN()}, {Epsilon: math.Inf(1)}, {Tolerance: -1}, {Tolerance: math.NaN()}, {Tolerance: 1}, {Tolerance: math.Inf(1)},
		{MaxIterations: -1}, {Epsilon: 1e308}, {Epsilon: 1e-310}, {Epsilon: 5e-324}, {Epsilon: 1e25}, {Epsilon: 1e-25}} {
		if _, err := s.Solve(ctx, one, one, one); !errors.As(err, &config) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if s, err := (Sinkhorn{}).Solve(ctx, []float64{0}, []float64{0}, one); err != nil || s.Cost.Value != 0 || !s.Converged {
		t.Errorf("no mass: %+v, %v", s, err)
	}
	if s, err := (Sinkhorn{}).Solve(ctx, one, one, []float64{0}); err != nil || s.Cost.Value != 0 || !s.Converged {
		t.Errorf("no cost: %+v, %v", s, err)
	}
	a, cost := randomPoints(20)
	s, err := Sinkhorn{Epsilon: 1e-3}.Solve(&countdown{ctx, 5}, a, a, cost)
	if !errors.Is(err, context.Canceled) || s.Converged || s.Iterations == 0 || !(s.LowerBound.Value < s.Cost.Value) {
		t.Errorf("cancelled: %v after %d, %v", s.Cost, s.Iterations, err)
	}
}
