package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestNegativeBinomial(t *testing.T) {
	runDiscrete(t, func(p []float64) (dist.NegativeBinomial, error) { return dist.NewNegativeBinomial(p[0], p[1]) },
		func(_, x, w []float64) (dist.NegativeBinomial, error) { return dist.FitNegativeBinomial(x, w) },
		[]float64{3, 0.4},
		[]float64{0.5, 0.02},
		[]float64{2.5, 0.6},
		[]float64{50, 0.3})
}

// The convention: failures before the r-th success, at r = 1 those of the geometric
// distribution.
func TestNegativeBinomialCountsFailures(t *testing.T) {
	d := dist.NegativeBinomial{R: 3, P: 0.5}
	if got := math.Exp(d.LogProb(0)); math.Abs(got-0.125) > 1e-15 {
		t.Errorf("P(0) = %v, want p³", got)
	}
	one, g := dist.NegativeBinomial{R: 1, P: 0.3}, dist.Geometric{P: 0.3}
	for x := 0.0; x < 50; x++ {
		if a, b := one.LogProb(x), g.LogProb(x); math.Abs(a-b) > 1e-13*math.Abs(b) {
			t.Errorf("at %v the log probability is %v, the geometric one %v", x, a, b)
		}
	}
}
