package dist_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

// runDiscrete runs the suite for sets of parameters.
func runDiscrete[D dist.Univariate](t *testing.T, make func(p []float64) (D, error), fit func(p, x, w []float64) (D, error), sets ...[]float64) {
	t.Helper()
	for _, p := range sets {
		d, err := make(p)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(d.String(), func(t *testing.T) {
			c := disttest.Case{Dist: d}
			if _, ok := any(d).(dist.Scorer); ok {
				c.New = func(p []float64) dist.Univariate {
					d, _ := make(p) // not checked, because differences leave the whole numbers
					return d
				}
			}
			if fit != nil {
				c.Fit = func(x, w []float64) (dist.Univariate, error) { return fit(p, x, w) }
			}
			disttest.Run(t, c)
		})
	}
}

// TestDiscreteValidate gives each constructor parameters that no distribution has.
func TestDiscreteValidate(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, f := range map[string]func() error{
		"bernoulli below":       func() error { _, err := dist.NewBernoulli(-0.1); return err },
		"bernoulli NaN":         func() error { _, err := dist.NewBernoulli(nan); return err },
		"binomial fraction":     func() error { _, err := dist.NewBinomial(2.5, 0.1); return err },
		"binomial negative":     func() error { _, err := dist.NewBinomial(-1, 0.1); return err },
		"binomial infinite":     func() error { _, err := dist.NewBinomial(inf, 0.1); return err },
		"binomial p":            func() error { _, err := dist.NewBinomial(3, 1.1); return err },
		"geometric zero":        func() error { _, err := dist.NewGeometric(0); return err },
		"negative binomial r":   func() error { _, err := dist.NewNegativeBinomial(0, 0.5); return err },
		"negative binomial p":   func() error { _, err := dist.NewNegativeBinomial(1, 0); return err },
		"poisson negative":      func() error { _, err := dist.NewPoisson(-1); return err },
		"poisson infinite":      func() error { _, err := dist.NewPoisson(inf); return err },
		"hypergeometric K":      func() error { _, err := dist.NewHypergeometric(5, 6, 1); return err },
		"hypergeometric n":      func() error { _, err := dist.NewHypergeometric(5, 1, 6); return err },
		"hypergeometric NaN":    func() error { _, err := dist.NewHypergeometric(nan, 1, 6); return err },
		"uniform order":         func() error { _, err := dist.NewDiscreteUniform(2, 1); return err },
		"uniform fraction":      func() error { _, err := dist.NewDiscreteUniform(0.5, 1); return err },
		"uniform infinite":      func() error { _, err := dist.NewDiscreteUniform(0, inf); return err },
		"beta-binomial alpha":   func() error { _, err := dist.NewBetaBinomial(3, 0, 1); return err },
		"beta-binomial beta":    func() error { _, err := dist.NewBetaBinomial(3, 1, inf); return err },
		"categorical none":      func() error { _, err := dist.NewCategorical(nil); return err },
		"categorical sum":       func() error { _, err := dist.NewCategorical([]float64{0.5, 0.4}); return err },
		"categorical negative":  func() error { _, err := dist.NewCategorical([]float64{1.5, -0.5}); return err },
		"categorical NaN":       func() error { _, err := dist.NewCategorical([]float64{nan, 1}); return err },
		"categorical zero":      func() error { return dist.Categorical{}.Validate() },
		"fit binomial n":        func() error { _, err := dist.FitBinomial(-1, []float64{0}, nil); return err },
		"fit beta-binomial n":   func() error { _, err := dist.FitBetaBinomial(0.5, []float64{0}, nil); return err },
		"fit hypergeometric n":  func() error { _, err := dist.FitHypergeometric(3, 4, []float64{0}, nil); return err },
		"fit categorical count": func() error { _, err := dist.FitCategorical(0, []float64{0}, nil); return err },
	} {
		var want *dist.ParameterError
		if err := f(); !errors.As(err, &want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDiscreteFitRefuses gives each fit data without a greatest likelihood.
func TestDiscreteFitRefuses(t *testing.T) {
	for name, f := range map[string]func() error{
		"binomial above n":       func() error { _, err := dist.FitBinomial(3, []float64{4}, nil); return err },
		"binomial no trials":     func() error { _, err := dist.FitBinomial(0, []float64{0}, nil); return err },
		"bernoulli two":          func() error { _, err := dist.FitBernoulli([]float64{2}, nil); return err },
		"geometric fraction":     func() error { _, err := dist.FitGeometric([]float64{0.5}, nil); return err },
		"poisson negative":       func() error { _, err := dist.FitPoisson([]float64{-1}, nil); return err },
		"poisson infinite":       func() error { _, err := dist.FitPoisson([]float64{math.Inf(1)}, nil); return err },
		"negative binomial even": func() error { _, err := dist.FitNegativeBinomial([]float64{2, 2, 2}, nil); return err },
		"negative binomial zero": func() error { _, err := dist.FitNegativeBinomial([]float64{0, 0}, nil); return err },
		"beta-binomial ends":     func() error { _, err := dist.FitBetaBinomial(5, []float64{0, 5, 5}, nil); return err },
		"beta-binomial even":     func() error { _, err := dist.FitBetaBinomial(5, []float64{2, 3, 2}, nil); return err },
		"hypergeometric never":   func() error { _, err := dist.FitHypergeometric(5, 4, []float64{4, 0}, nil); return err },
		"uniform weightless":     func() error { _, err := dist.FitDiscreteUniform([]float64{1}, []float64{0}); return err },
		"categorical class":      func() error { _, err := dist.FitCategorical(2, []float64{2}, nil); return err },
	} {
		var want *dist.FitError
		if err := f(); !errors.As(err, &want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDiscreteCertain looks at distributions that have one value only.
func TestDiscreteCertain(t *testing.T) {
	one, err := dist.NewCategorical([]float64{0, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		d dist.Univariate
		x float64
	}{
		{dist.Bernoulli{P: 0}, 0}, {dist.Bernoulli{P: 1}, 1},
		{dist.Binomial{N: 0, P: 0.5}, 0}, {dist.Binomial{N: 7, P: 0}, 0}, {dist.Binomial{N: 70, P: 1}, 70},
		{dist.Geometric{P: 1}, 0}, {dist.NegativeBinomial{R: 2.5, P: 1}, 0}, {dist.Poisson{Lambda: 0}, 0},
		{dist.Hypergeometric{Population: 9, Successes: 9, Draws: 4}, 4}, {dist.Hypergeometric{}, 0},
		{dist.Hypergeometric{Population: 9, Successes: 5, Draws: 9}, 5}, {dist.Hypergeometric{Population: 9, Draws: 4}, 0},
		{dist.DiscreteUniform{Lower: -4, Upper: -4}, -4}, {dist.BetaBinomial{N: 0, Alpha: 2, Beta: 3}, 0}, {one, 2},
	} {
		s := c.d.Support()
		for what, v := range map[string]bool{
			"support":  s.Lower == c.x && s.Upper == c.x,
			"LogProb":  c.d.LogProb(c.x) == 0 && math.IsInf(c.d.LogProb(c.x+1), -1) && math.IsInf(c.d.LogProb(c.x-1), -1),
			"CDF":      c.d.CDF(c.x) == 1 && c.d.CDF(c.x-1) == 0 && c.d.LogCDF(c.x) == 0,
			"Survival": c.d.Survival(c.x) == 0 && c.d.Survival(c.x-1) == 1,
			"Quantile": c.d.Quantile(0) == c.x && c.d.Quantile(0.3) == c.x && c.d.Quantile(1) == c.x,
			"moments":  c.d.Mean() == c.x && c.d.Variance() == 0 && math.Abs(c.d.Entropy()) == 0,
			"Rand":     c.d.Rand(r) == c.x,
			"Validate": c.d.Validate() == nil,
		} {
			if !v {
				t.Errorf("%v: %s is wrong", c.d, what)
			}
		}
	}
}

// TestDiscreteRoundTrip: the quantile of the distribution function is the value
// itself, for any parameters.
func TestDiscreteRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := func(name string) float64 { return rapid.Float64Range(1e-3, 0.999).Draw(t, name) }
		n := math.Floor(math.Exp(rapid.Float64Range(0, 20).Draw(t, "log n")))
		shape := func(name string) float64 { return math.Exp(rapid.Float64Range(-7, 14).Draw(t, name)) }
		var d dist.Univariate
		switch rapid.IntRange(0, 6).Draw(t, "kind") {
		case 0:
			d = dist.Binomial{N: n, P: unit("p")}
		case 1:
			d = dist.Geometric{P: unit("p")}
		case 2:
			d = dist.NegativeBinomial{R: shape("r"), P: unit("p")}
		case 3:
			d = dist.Poisson{Lambda: shape("lambda")}
		case 4:
			d = dist.Hypergeometric{Population: n, Successes: math.Floor(n * unit("K")), Draws: math.Floor(n * unit("n"))}
		case 5:
			d = dist.DiscreteUniform{Lower: -n, Upper: n}
		case 6:
			d = dist.BetaBinomial{N: n, Alpha: shape("a"), Beta: shape("b")}
		}
		x := d.Quantile(unit("at"))
		c := d.CDF(x)
		if below := d.CDF(x - 1); c < 1 && below < c && d.Quantile(c) != x {
			t.Fatalf("%v: Quantile(CDF(%v)) = %v", d, x, d.Quantile(c))
		}
		if m := math.Exp(d.LogProb(x)); math.Abs(c-d.CDF(x-1)-m) > 1e-11 {
			t.Fatalf("%v: at %v the mass is %v, the CDF steps by %v", d, x, m, c-d.CDF(x-1))
		}
		if h := d.Entropy(); !(h >= 0) || math.IsInf(h, 0) {
			t.Fatalf("%v: entropy %v", d, h)
		}
	})
}

// TestDiscreteExtreme asks everything of distributions at the limits of their
// parameters: it must end, and not with NaN.
func TestDiscreteExtreme(t *testing.T) {
	const most = 1 << 53
	r := rand.New(rand.NewPCG(5, 6))
	for _, d := range []dist.Univariate{
		dist.Binomial{N: most, P: 0.5}, dist.Binomial{N: most, P: 1e-300}, dist.Binomial{N: most, P: 1 - 1e-16},
		dist.Geometric{P: 1e-300}, dist.Geometric{P: 1 - 1e-16},
		dist.NegativeBinomial{R: 1e-300, P: 0.5}, dist.NegativeBinomial{R: 1e-9, P: 1e-200}, dist.NegativeBinomial{R: 1e200, P: 0.5},
		dist.NegativeBinomial{R: 1e15, P: 1e-15}, dist.NegativeBinomial{R: 0.5, P: 1e-100},
		dist.Poisson{Lambda: 5e-324}, dist.Poisson{Lambda: 1e15}, dist.Poisson{Lambda: 1e100},
		dist.Hypergeometric{Population: most, Successes: most / 2, Draws: most / 2},
		dist.Hypergeometric{Population: most, Successes: most - 1, Draws: most - 1},
		dist.DiscreteUniform{Lower: -most / 2, Upper: most / 2},
		dist.BetaBinomial{N: most, Alpha: 1, Beta: 1}, dist.BetaBinomial{N: most, Alpha: 1e-5, Beta: 1e-5},
		dist.BetaBinomial{N: most, Alpha: 1e9, Beta: 1e3}, dist.BetaBinomial{N: 100, Alpha: 1e-300, Beta: 1e-300},
	} {
		if err := d.Validate(); err != nil {
			t.Error(err)
		}
		x := d.Quantile(0.3)
		for _, v := range []float64{x, d.LogProb(x), d.CDF(x), d.LogCDF(x), d.Survival(x), d.Entropy(), d.Mean(), d.Rand(r), d.Quantile(1e-300), d.Quantile(1 - 1e-16)} {
			if math.IsNaN(v) {
				t.Errorf("%v: NaN at %v: %v", d, x, fmt.Sprint(d.LogProb(x), d.CDF(x), d.LogCDF(x), d.Survival(x), d.Entropy(), d.Mean()))
				break
			}
		}
	}
}
