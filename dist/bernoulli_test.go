package dist_test

import (
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestBernoulli(t *testing.T) {
	runDiscrete(t, func(p []float64) (dist.Bernoulli, error) { return dist.NewBernoulli(p[0]) },
		func(_, x, w []float64) (dist.Bernoulli, error) { return dist.FitBernoulli(x, w) },
		[]float64{0.3},
		[]float64{0.5},
		[]float64{0.999})
}
