package dist_test

import (
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestBinomial(t *testing.T) {
	runDiscrete(t, func(p []float64) (dist.Binomial, error) { return dist.NewBinomial(p[0], p[1]) },
		func(p, x, w []float64) (dist.Binomial, error) { return dist.FitBinomial(p[0], x, w) },
		[]float64{10, 0.3},
		[]float64{1, 0.5},
		[]float64{40, 0.97},
		[]float64{1000, 0.4},
		[]float64{1e5, 0.001})
}
