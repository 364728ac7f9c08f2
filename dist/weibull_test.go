package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestWeibull(t *testing.T) {
	fit := func(x, w []float64) (dist.Univariate, error) { return dist.FitWeibull(x, w) }
	for _, p := range [][]float64{{1, 2}, {1.7, 0.1}, {60, 3}} {
		runContinuous(t, p, fit, continuousByName["Weibull"])
	}
	for _, p := range [][]float64{{0.2, 1}, {0.5, 2}, {0.8, 30}} {
		runSteep(t, p, 0, fit, continuousByName["Weibull"])
	}
}

func TestFitWeibullErrors(t *testing.T) {
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
		"negative":              {[]float64{1, -1}, nil, 1},
		"zero":                  {[]float64{1, 0}, nil, 1},
	} {
		_, err := dist.FitWeibull(c.x, c.w)
		wantFitError(t, name, err, c.row)
	}
}
