package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestGeometric(t *testing.T) {
	runDiscrete(t, func(p []float64) (dist.Geometric, error) { return dist.NewGeometric(p[0]) },
		func(_, x, w []float64) (dist.Geometric, error) { return dist.FitGeometric(x, w) },
		[]float64{0.3},
		[]float64{0.01},
		[]float64{0.999})
}

// The convention: failures before the first success, so that zero has probability p.
func TestGeometricCountsFailures(t *testing.T) {
	d := dist.Geometric{P: 0.25}
	if got := math.Exp(d.LogProb(0)); math.Abs(got-0.25) > 1e-15 {
		t.Errorf("P(0) = %v, want p", got)
	}
	if d.Mean() != 3 {
		t.Errorf("the mean is %v, want (1−p)/p = 3", d.Mean())
	}
}
