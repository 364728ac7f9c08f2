package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestGamma(t *testing.T) {
	fit := func(x, w []float64) (dist.Univariate, error) { return dist.FitGamma(x, w) }
	for _, p := range [][]float64{{1, 2}, {2.5, 0.1}, {60, 3}} {
		runContinuous(t, p, fit, continuousByName["Gamma"])
	}
	for _, p := range [][]float64{{0.2, 1}, {0.5, 2}, {0.8, 30}} {
		runSteep(t, p, 0, fit, continuousByName["Gamma"])
	}
}

func TestInverseGamma(t *testing.T) {
	fit := func(x, w []float64) (dist.Univariate, error) { return dist.FitInverseGamma(x, w) }
	for _, p := range [][]float64{{6.5, 0.1}, {60, 3}} {
		runContinuous(t, p, fit, continuousByName["InverseGamma"])
	}
	for _, p := range [][]float64{{0.4, 1}, {1, 2}, {2.1, 30}} {
		runSteep(t, p, 0, fit, continuousByName["InverseGamma"])
	}
}

func TestChiSquared(t *testing.T) {
	fit := func(x, w []float64) (dist.Univariate, error) { return dist.FitChiSquared(x, w) }
	for _, p := range [][]float64{{2}, {4.5}, {50}} {
		runContinuous(t, p, fit, continuousByName["ChiSquared"])
	}
	for _, p := range [][]float64{{0.5}, {1}} {
		runSteep(t, p, 0, fit, continuousByName["ChiSquared"])
	}
}

func TestFitGammaErrors(t *testing.T) {
	for name, fit := range map[string]func(x, w []float64) error{
		"gamma":         func(x, w []float64) error { _, err := dist.FitGamma(x, w); return err },
		"inverse gamma": func(x, w []float64) error { _, err := dist.FitInverseGamma(x, w); return err },
		"chi-squared":   func(x, w []float64) error { _, err := dist.FitChiSquared(x, w); return err },
	} {
		for what, c := range map[string]struct {
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
			err := fit(c.x, c.w)
			if name == "chi-squared" && (what == "one value" || what == "one value with weight") {
				if err != nil {
					t.Errorf("%s, %s: %v", name, what, err) // a single value tells ν
				}
				continue
			}
			wantFitError(t, name+", "+what, err, c.row)
		}
	}
}
