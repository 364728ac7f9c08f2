package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestCauchy(t *testing.T) {
	fit := func(x, w []float64) (dist.Univariate, error) { return dist.FitCauchy(x, w) }
	for _, p := range [][]float64{{0, 1}, {-3, 0.01}, {100, 20}} {
		runSteep(t, p, p[0], fit, continuousByName["Cauchy"])
	}
}

func TestFitCauchyErrors(t *testing.T) {
	for name, c := range map[string]struct {
		x, w []float64
		row  int
	}{
		"nothing":               {nil, nil, -1},
		"no weight":             {[]float64{1, 2}, []float64{0, 0}, -1},
		"infinite weight":       {[]float64{1, 2}, []float64{1, math.Inf(1)}, 1},
		"infinite value":        {[]float64{1, math.Inf(1)}, nil, 1},
		"one value":             {[]float64{3, 3, 3}, nil, -1},
		"one value with weight": {[]float64{3, 4, 3}, []float64{1, 0, 2}, -1},
		"half at one value":     {[]float64{1, 1, 2, 3}, nil, -1},
	} {
		_, err := dist.FitCauchy(c.x, c.w)
		wantFitError(t, name, err, c.row)
	}
}
