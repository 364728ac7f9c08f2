package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestHalfCauchy(t *testing.T) {
	fit := func(x, w []float64) (dist.Univariate, error) { return dist.FitHalfCauchy(x, w) }
	for _, p := range [][]float64{{1}, {0.02}, {40}} {
		runSteep(t, p, 0, fit, continuousByName["HalfCauchy"])
	}
}

func TestFitHalfCauchyErrors(t *testing.T) {
	for name, c := range map[string]struct {
		x, w []float64
		row  int
	}{
		"nothing":         {nil, nil, -1},
		"no weight":       {[]float64{1, 2}, []float64{0, 0}, -1},
		"infinite weight": {[]float64{1, 2}, []float64{1, math.Inf(1)}, 1},
		"infinite value":  {[]float64{1, math.Inf(1)}, nil, 1},
		"negative":        {[]float64{1, -1}, nil, 1},
		"zeros":           {[]float64{0, 0, 0}, nil, -1},
	} {
		_, err := dist.FitHalfCauchy(c.x, c.w)
		wantFitError(t, name, err, c.row)
	}
}
