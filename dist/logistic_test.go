package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestLogistic(t *testing.T) {
	fit := func(x, w []float64) (dist.Univariate, error) { return dist.FitLogistic(x, w) }
	for _, p := range [][]float64{{0, 1}, {-3, 0.01}, {1e3, 50}} {
		runContinuous(t, p, fit, continuousByName["Logistic"])
	}
}

func TestFitLogisticErrors(t *testing.T) {
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
		"too wide":              {[]float64{-math.MaxFloat64, math.MaxFloat64}, nil, -1},
	} {
		_, err := dist.FitLogistic(c.x, c.w)
		wantFitError(t, name, err, c.row)
	}
}

// TestLogisticMiddle: near one half the quantile is 4(p − ½), where the difference of
// logarithms may keep few digits.
func TestLogisticMiddle(t *testing.T) {
	for e := 1e-9; e < 1e-6; e *= 1.7 {
		p := 0.5 + e
		if got, want := (dist.Logistic{Scale: 1}).Quantile(p), 4*(p-0.5); math.Abs(got-want) > 1e-11*want {
			t.Errorf("Quantile(%v) is %v, want %v", p, got, want)
		}
	}
}
