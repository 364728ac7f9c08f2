package dist_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

// This file runs the conformance suite on the continuous distributions of location,
// scale and shape, and holds their fits against the equation that a maximum solves
// and against data of all kinds.

// TestContinuousSuite runs the suite, on heavy tails and poles too.
func TestContinuousSuite(t *testing.T) {
	real := [][]float64{{0, 1}, {-3, 0.01}, {1e3, 50}}
	scale := [][]float64{{1}, {0.01}, {300}}
	for name, sets := range map[string][][]float64{
		"Normal":       real,
		"Cauchy":       {{0, 1}, {-3, 0.01}, {100, 20}},
		"Laplace":      real,
		"Logistic":     real,
		"Gumbel":       real,
		"Uniform":      {{0, 1}, {-3, -2.99}, {-1e3, 5e3}},
		"LogNormal":    {{0, 1}, {-3, 0.01}, {2, 0.5}, {1, 3}},
		"HalfNormal":   scale,
		"HalfCauchy":   scale,
		"Exponential":  scale,
		"ChiSquared":   {{0.2}, {1}, {2}, {4.5}, {50}},
		"Gamma":        {{0.1, 3}, {0.5, 2}, {0.8, 30}, {1, 2}, {2.5, 0.1}, {60, 3}, {1e5, 2}},
		"InverseGamma": {{0.4, 1}, {1, 2}, {2.1, 30}, {6.5, 0.1}, {60, 3}, {1e5, 2}},
		"Weibull":      {{0.2, 1}, {0.5, 2}, {0.8, 30}, {1, 2}, {1.7, 0.1}, {60, 3}},
		"Pareto":       {{1, 0.3}, {2, 1}, {0.5, 1.9}, {1, 3}, {0.1, 20}, {50, 8}},
	} {
		if testing.Short() {
			sets = sets[:1]
		}
		for _, p := range sets {
			runContinuous(t, p, func(x, w []float64) (dist.Univariate, error) { return continuousFits[name].fit(x, w) }, continuousByName[name])
		}
	}
}

// runContinuous runs the conformance suite.
func runContinuous(t *testing.T, params []float64, fit func(x, w []float64) (dist.Univariate, error), make func(p []float64) continuous) {
	t.Helper()
	disttest.Run(t, disttest.Case{Dist: make(params), New: func(p []float64) dist.Univariate { return make(p) }, Fit: fit})
}

// continuousFits are the fits of distributions on the line or on a half-line; smooth
// says that the score at the fit must vanish, positive that there are no values
// below zero, and zero that there may be some at zero; single that one value alone
// has a fit.
var continuousFits = map[string]struct {
	fit                            func(x, w []float64) (continuous, error)
	smooth, positive, zero, single bool
}{
	"Normal":       {fit: func(x, w []float64) (continuous, error) { return dist.FitNormal(x, w) }, smooth: true},
	"Gamma":        {fit: func(x, w []float64) (continuous, error) { return dist.FitGamma(x, w) }, smooth: true, positive: true},
	"InverseGamma": {fit: func(x, w []float64) (continuous, error) { return dist.FitInverseGamma(x, w) }, smooth: true, positive: true},
	"ChiSquared":   {fit: func(x, w []float64) (continuous, error) { return dist.FitChiSquared(x, w) }, smooth: true, positive: true, single: true},
	"Uniform":      {fit: func(x, w []float64) (continuous, error) { return dist.FitUniform(x, w) }},
	"LogNormal":    {fit: func(x, w []float64) (continuous, error) { return dist.FitLogNormal(x, w) }, smooth: true, positive: true},
	"Cauchy":       {fit: func(x, w []float64) (continuous, error) { return dist.FitCauchy(x, w) }, smooth: true},
	"HalfNormal":   {fit: func(x, w []float64) (continuous, error) { return dist.FitHalfNormal(x, w) }, smooth: true, positive: true, zero: true, single: true},
	"HalfCauchy":   {fit: func(x, w []float64) (continuous, error) { return dist.FitHalfCauchy(x, w) }, smooth: true, positive: true, zero: true, single: true},
	"Laplace":      {fit: func(x, w []float64) (continuous, error) { return dist.FitLaplace(x, w) }},
	"Logistic":     {fit: func(x, w []float64) (continuous, error) { return dist.FitLogistic(x, w) }, smooth: true},
	"Exponential":  {fit: func(x, w []float64) (continuous, error) { return dist.FitExponential(x, w) }, smooth: true, positive: true, zero: true, single: true},
	"Weibull":      {fit: func(x, w []float64) (continuous, error) { return dist.FitWeibull(x, w) }, smooth: true, positive: true},
	"Pareto":       {fit: func(x, w []float64) (continuous, error) { return dist.FitPareto(x, w) }, positive: true},
	"Gumbel":       {fit: func(x, w []float64) (continuous, error) { return dist.FitGumbel(x, w) }, smooth: true},
}

// wantFitError holds the error of a fit against the type and, if row is not −2, the
// observation that it must name.
func wantFitError(t *testing.T, what string, err error, row int) {
	t.Helper()
	if e, ok := errors.AsType[*dist.FitError](err); !ok || row != -2 && e.Row != row {
		t.Errorf("%s: the error is %v", what, err)
	}
}

// TestContinuousFitErrors gives every fit data that determine no distribution.
func TestContinuousFitErrors(t *testing.T) {
	const huge = math.MaxFloat64
	for name, c := range continuousFits {
		for _, bad := range []struct {
			what    string
			x, w    []float64
			row     int
			applies bool
		}{
			{"nothing", nil, nil, -1, true},
			{"no weight", []float64{1, 2}, []float64{0, 0}, -1, true},
			{"infinite weight", []float64{1, 2}, []float64{1, math.Inf(1)}, 1, true},
			{"negative weight", []float64{1, 2}, []float64{1, -1}, 1, true},
			{"infinite value", []float64{1, math.Inf(1)}, nil, 1, true},
			{"NaN", []float64{1, math.NaN()}, nil, 1, true},
			{"one value", []float64{3, 3, 3}, nil, -1, !c.single},
			{"one value that rounds", []float64{0.115625, 0.115625, 0.115625}, []float64{1, 2, 2}, -1, !c.single},
			{"one value with weight", []float64{3, 4, 3}, []float64{1, 0, 2}, -1, !c.single},
			{"negative", []float64{1, -1}, nil, 1, c.positive},
			{"zero", []float64{1, 0}, nil, 1, c.positive && !c.zero},
			{"zeros", []float64{0, 0, 0}, nil, -1, c.zero},
			{"too wide", []float64{-huge, huge}, nil, -1, !c.positive && name != "Normal" && name != "Logistic"},
			{"half at one value", []float64{1, 1, 2, 3}, nil, -1, name == "Cauchy"},
		} {
			if bad.applies {
				_, err := c.fit(bad.x, bad.w)
				wantFitError(t, name+", "+bad.what, err, bad.row)
			}
		}
	}
}

// TestContinuousFitScore holds fits of few and ill-assorted observations against
// the equation that a maximum solves: the weighted scores sum to zero.
func TestContinuousFitScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 12).Draw(t, "n")
		x, w := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i] = float64(rapid.IntRange(-3000, 3000).Draw(t, "x")) / 64 // nearly equal ones have few digits to give
			w[i] = rapid.Float64Range(0.1, 2).Draw(t, "w")
		}
		for name, c := range continuousFits {
			y := append([]float64(nil), x...)
			for i := range y {
				if c.positive {
					y[i] = 0.1 + math.Abs(y[i])
				}
			}
			d, err := c.fit(y, w)
			if err != nil || !c.smooth {
				continue // degenerate data are looked at elsewhere
			}
			params := d.Params()
			sum, size, total := make([]float64, len(params)), make([]float64, len(params)), 0.0
			for i, v := range y {
				total += w[i]
				for k, g := range d.ScoreTo(nil, v) {
					sum[k] += w[i] * g
					size[k] += w[i] * math.Abs(g)
				}
			}
			for k := range sum {
				// The second term is for scores that vanish one by one.
				if !(math.Abs(sum[k]) <= 1e-7*size[k]+1e-10*total/params[len(params)-1]) {
					t.Fatalf("%s: at the fit %v of %v the score %d is %v of %v", name, d, y, k, sum[k], size[k])
				}
			}
		}
	})
}

// TestContinuousFitAnything holds that no data make a fit panic, hang, or return
// what is no distribution.
func TestContinuousFitAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 1, 1, -1, 2, math.SmallestNonzeroFloat64, math.MaxFloat64, math.Inf(1), math.NaN()})), 0, 6).Draw(t, "x")
		w := make([]float64, len(x))
		for i := range w {
			w[i] = rapid.SampledFrom([]float64{0, 1, 1e-300, 1e300, 0.5, math.MaxFloat64}).Draw(t, "w")
		}
		for name, c := range continuousFits {
			y := append([]float64(nil), x...)
			for i := range y {
				if c.positive {
					y[i] = math.Abs(y[i])
				}
			}
			for _, weights := range [][]float64{nil, w} {
				d, err := c.fit(y, weights)
				if _, ok := errors.AsType[*dist.FitError](err); err != nil && !ok {
					t.Fatalf("%s: the error is %v", name, err)
				}
				if err == nil && d.Validate() != nil {
					t.Fatalf("%s: fitted %v to %v", name, d, y)
				}
			}
		}
	})
}
