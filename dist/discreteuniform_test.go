package dist_test

import (
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestDiscreteUniform(t *testing.T) {
	runDiscrete(t, func(p []float64) (dist.DiscreteUniform, error) { return dist.NewDiscreteUniform(p[0], p[1]) },
		func(_, x, w []float64) (dist.DiscreteUniform, error) { return dist.FitDiscreteUniform(x, w) },
		[]float64{1, 6},
		[]float64{-20, 5},
		[]float64{0, 999})
}
