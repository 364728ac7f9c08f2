package transport

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
)

// Two coins, a fifth of whose mass has to move: the bounds hold for every ε that is
// allowed, and an answer that says to have converged is as near as ε and the tolerance
// have it.
func TestSinkhornScales(t *testing.T) {
	a, b := []float64{0.5, 0.5}, []float64{0.3, 0.7}
	for _, unit := range []float64{1, 1e-300, 1e150, 3e-310} {
		cost := []float64{0, unit, unit, 0}
		for e := -24; e <= 24; e++ {
			epsilon := math.Pow10(e)
			got, err := Sinkhorn{Epsilon: unit * epsilon}.Solve(context.Background(), a, b, cost)
			if unit*epsilon == 0 || unit*epsilon > 0.9e24*unit || unit*epsilon < 1.1e-24*unit {
				continue // rounding decides whether it is out of range
			}
			if err != nil {
				t.Fatalf("ε = %g·%g: %v", unit, epsilon, err)
			}
			upper, lower := got.Cost.Value/unit, got.LowerBound.Value/unit
			if !(upper >= 0.2-1e-13) || !(lower <= 0.2+1e-13) || !(upper <= 0.5+1e-13) || !(lower >= -1) {
				t.Errorf("ε = %g·%g: 0.2 is not between %v and %v", unit, epsilon, lower, upper)
			}
			if got.Converged && upper > 0.2+epsilon*math.Ln2+1e-7 {
				t.Errorf("ε = %g·%g: converged at %v", unit, epsilon, upper)
			}
			if !got.Converged {
				t.Errorf("ε = %g·%g: residual %g after %d", unit, epsilon, got.Residual, got.Iterations)
			}
		}
	}
	var config *belief.ConfigError
	if _, err := (Sinkhorn{Epsilon: 1e300}).Solve(context.Background(), a, b, []float64{0, 1e-300, 1e-300, 0}); !errors.As(err, &config) {
		t.Errorf("ε = 1e300 at costs of 1e-300: %v", err)
	}
	if _, err := (Sinkhorn{Epsilon: 1e-3}).Solve(context.Background(), a, b, []float64{0, 1e150, 1e150, 0}); !errors.As(err, &config) {
		t.Errorf("ε = 1e-3 at costs of 1e150: %v", err)
	}
}

// Bounds hold at any ε for a plan with many pairs, and nothing converges that has no
// right to.
func TestSinkhornScalesMany(t *testing.T) {
	a, cost := randomPoints(20)
	exact, err := Exact(context.Background(), a, a, cost)
	if err != nil {
		t.Fatal(err)
	}
	largest := 0.0
	for _, c := range cost {
		largest = max(largest, c)
	}
	for e := -22; e <= 24; e += 2 {
		epsilon := math.Pow10(e)
		got, err := Sinkhorn{Epsilon: epsilon, MaxIterations: 400}.Solve(context.Background(), a, a, cost)
		if err != nil {
			t.Fatal(err)
		}
		if !(got.Cost.Value >= exact.Cost*(1-1e-12)) || !(got.LowerBound.Value <= exact.Cost*(1+1e-12)) ||
			!(got.Cost.Value <= largest) || !(got.LowerBound.Value >= -4*largest) {
			t.Errorf("ε = %g: %v is not between %v and %v", epsilon, exact.Cost, got.LowerBound, got.Cost)
		}
		if got.Converged && got.Cost.Value > exact.Cost+epsilon*math.Log(20)+1e-6*largest {
			t.Errorf("ε = %g: converged at %v, the cheapest is %v", epsilon, got.Cost.Value, exact.Cost)
		}
		if e >= 0 && !got.Converged {
			t.Errorf("ε = %g: residual %g", epsilon, got.Residual)
		}
	}
}
