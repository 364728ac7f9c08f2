package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestLogNormal(t *testing.T) {
	fit := func(x, w []float64) (dist.Univariate, error) { return dist.FitLogNormal(x, w) }
	for _, p := range [][]float64{{0, 1}, {-3, 0.01}, {2, 0.5}, {1, 3}} {
		runContinuous(t, p, fit, continuousByName["LogNormal"])
	}
}

func TestFitLogNormalErrors(t *testing.T) {
	for name, c := range map[string]struct {
		x, w []float64
		row  int
	}{
		"nothing":               {nil, nil, -1},
		"no weight":             {[]float64{1, 2}, []float64{0, 0}, -1},
		"infinite weight":       {[]float64{1, 2}, []float64{1, math.Inf(1)}, 1},
		"infinite value":        {[]float64{1, math.Inf(1)}, nil, 1},
		"one value":             {[]float64{3, 3, 3}, nil, -1},
		"one value that rounds": {[]float64{0.115625, 0.115625, 0.115625}, []float64{1, 2, 2}, -1},
		"one value with weight": {[]float64{3, 4, 3}, []float64{1, 0, 2}, -1},
		"negative":              {[]float64{1, -1}, nil, 1},
		"zero":                  {[]float64{1, 0}, nil, 1},
	} {
		_, err := dist.FitLogNormal(c.x, c.w)
		wantFitError(t, name, err, c.row)
	}
}
