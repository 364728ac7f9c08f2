package dist_test

import (
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestPoisson(t *testing.T) {
	runDiscrete(t, func(p []float64) (dist.Poisson, error) { return dist.NewPoisson(p[0]) },
		func(_, x, w []float64) (dist.Poisson, error) { return dist.FitPoisson(x, w) },
		[]float64{0.01},
		[]float64{3.5},
		[]float64{10},
		[]float64{300})
}
