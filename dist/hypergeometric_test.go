package dist_test

import (
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestHypergeometric(t *testing.T) {
	runDiscrete(t, func(p []float64) (dist.Hypergeometric, error) { return dist.NewHypergeometric(p[0], p[1], p[2]) },
		func(p, x, w []float64) (dist.Hypergeometric, error) { return dist.FitHypergeometric(p[0], p[2], x, w) },
		[]float64{20, 8, 5},
		[]float64{100, 90, 95},
		[]float64{1000, 300, 500},
		[]float64{1e6, 20, 1e5})
}
