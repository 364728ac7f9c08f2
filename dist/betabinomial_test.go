package dist_test

import (
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestBetaBinomial(t *testing.T) {
	runDiscrete(t, func(p []float64) (dist.BetaBinomial, error) { return dist.NewBetaBinomial(p[0], p[1], p[2]) },
		func(p, x, w []float64) (dist.BetaBinomial, error) { return dist.FitBetaBinomial(p[0], x, w) },
		[]float64{10, 2, 3},
		[]float64{50, 0.3, 0.8},
		[]float64{7, 1, 1},
		[]float64{200, 20, 5})
}
