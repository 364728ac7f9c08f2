package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

// TestDiscreteUpperQuantile holds upper quantiles of discrete distributions against
// their definition, and the far ones against the tail summed mass by mass.
func TestDiscreteUpperQuantile(t *testing.T) {
	weights, err := dist.NewCategorical([]float64{0, 0.5, 0, 0.25, 0.25 - 1e-20, 1e-20, 0})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []dist.Univariate{
		dist.Bernoulli{P: 0.3}, dist.Bernoulli{P: 1}, dist.Bernoulli{P: 1e-20}, weights,
		dist.Binomial{N: 1000, P: 0.1}, dist.Binomial{N: 7, P: 0}, dist.BetaBinomial{N: 300, Alpha: 0.5, Beta: 20},
		dist.DiscreteUniform{Lower: -3, Upper: 6}, dist.Geometric{P: 0.2}, dist.Geometric{P: 1}, dist.Geometric{P: 1e-300},
		dist.Hypergeometric{Population: 500, Successes: 60, Draws: 50}, dist.NegativeBinomial{R: 0.3, P: 0.05},
		dist.Poisson{Lambda: 0}, dist.Poisson{Lambda: 0.01}, dist.Poisson{Lambda: 1e6},
	} {
		u, ok := d.(dist.UpperQuantiler)
		if !ok {
			t.Fatalf("%v has no upper quantiles", d)
		}
		s := d.Support()
		for _, q := range []float64{5e-324, 1e-300, 1e-100, 1e-21, 1e-17, 1e-6, 0.25, 0.3, 0.5, 0.9, 1 - 1e-16} {
			x := u.UpperQuantile(q)
			below := math.Nextafter(x, s.Lower) // where numbers are further apart than one
			if math.Abs(x) < 1<<52 {
				below = x - 1
			}
			if !s.Contains(x) || !(d.Survival(x) <= q) || x > s.Lower && d.Survival(below) <= q {
				t.Errorf("%v: UpperQuantile(%v) = %v, where survival steps from %v to %v", d, q, x, d.Survival(below), d.Survival(x))
			}
		}
		for _, q := range []float64{-0.1, 1.1, math.NaN()} {
			if x := u.UpperQuantile(q); !math.IsNaN(x) {
				t.Errorf("%v: UpperQuantile(%v) = %v", d, q, x)
			}
		}
		if low, high := u.UpperQuantile(1), u.UpperQuantile(0); low != s.Lower || high != s.Upper {
			t.Errorf("%v: UpperQuantile(1) = %v, UpperQuantile(0) = %v", d, low, high)
		}
	}
	p, tail, x := dist.Poisson{Lambda: 3}, 0.0, 200.0
	for tail+math.Exp(p.LogProb(x)) <= 1e-50 {
		tail += math.Exp(p.LogProb(x))
		x--
	}
	if got := p.UpperQuantile(1e-50); got != x {
		t.Errorf("UpperQuantile(1e-50) of %v is %v, want %v", p, got, x)
	}
}
