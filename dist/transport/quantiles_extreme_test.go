package transport

import (
	"math"
	"testing"
	"time"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/patience"
)

// Discrete distributions with many values take a bounded time, and Error covers what
// was left out. Where one distribution function is above the other, W_1 is the
// difference of the means.
func TestQuantilesManyValues(t *testing.T) {
	for _, c := range []struct {
		p    float64
		a, b dist.Univariate
		want float64
		tol  float64 // relative, of Error
	}{
		{1, dist.Poisson{Lambda: 1e6}, dist.Poisson{Lambda: 1e6 + 1000}, 1000, 1e-9},
		{1, dist.Poisson{Lambda: 1e12}, dist.Poisson{Lambda: 1e12 + 1e6}, 1e6, 1e-3},
		{1, dist.Geometric{P: 1e-9}, dist.Geometric{P: 2e-9}, 5e8, 1e-2},
		{1, dist.DiscreteUniform{Lower: 0, Upper: 1e9}, dist.DiscreteUniform{Lower: 0, Upper: 2e9}, 5e8, 1e-3},
		{2, dist.DiscreteUniform{Lower: 0, Upper: 1e9}, dist.DiscreteUniform{Lower: 0, Upper: 2e9}, 1e9 / math.Sqrt(3), 1e-3},
		{1, dist.BetaBinomial{N: 2000, Alpha: 0.5, Beta: 0.5}, dist.DiscreteUniform{Lower: 0, Upper: 0}, 1000, 1e-9},
		{1, dist.BetaBinomial{N: 1e6, Alpha: 0.5, Beta: 2}, dist.DiscreteUniform{Lower: 0, Upper: 0}, 2e5, 1e-3},
		{1, dist.Binomial{N: 1e12, P: 0.5}, dist.Binomial{N: 1e12, P: 0.500001}, 1e6, 1e-3},
		{1, dist.Poisson{Lambda: 1e6}, dist.Uniform{Lower: 0, Upper: 1}, 1e6 - 0.5, 1e-8},
		{1, dist.Affine{Base: dist.Bernoulli{P: 0.25}, Shift: 0, Scale: 1e12}, dist.DiscreteUniform{Lower: 0, Upper: 0}, 2.5e11, 1e-12},
	} {
		start := time.Now()
		got, err := Quantiles(c.p, c.a, c.b)
		patience.Within(t, start, 5*time.Second, "a distance between many values")
		if off := math.Abs(got.Value - c.want); err != nil || off > got.Error || got.Error > c.tol*c.want {
			t.Errorf("W_%g(%v, %v) = %v ± %g, want %v ± %g of it (%v)", c.p, c.a, c.b, got.Value, got.Error, c.want, c.tol, err)
		}
	}
}

// Heavy tails whose distance is finite have it, however slowly they fall; tiny masses
// count.
func TestQuantilesHeavy(t *testing.T) {
	for _, shape := range []float64{1.1, 1.01, 1.0005, 1.00001} {
		want := shape / (shape - 1)
		got, err := Quantiles(1, dist.Pareto{Scale: 1, Shape: shape}, dist.Pareto{Scale: 2, Shape: shape})
		if err != nil || !near(got.Value, want, 1e-6) || math.Abs(got.Value-want) > got.Error+1e-15*want {
			t.Errorf("shape %v: %v ± %v, want %v (%v)", shape, got.Value, got.Error, want, err)
		}
	}
	got, err := Quantiles(2, dist.Bernoulli{P: 1e-310}, dist.Bernoulli{P: 0})
	if err != nil || !near(got.Value, 1e-155, 1e-12) || got.Kind != belief.Exact {
		t.Errorf("a mass of 1e-310: %v (%v)", got, err)
	}
}
