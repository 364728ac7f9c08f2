package dist_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

// truncated makes a truncated distribution that exists.
func truncated(t *testing.T, base dist.Univariate, lower, upper float64) dist.Truncated {
	t.Helper()
	d, err := dist.NewTruncated(base, lower, upper)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestTruncatedSuite runs the suite in the middle and in either tail, near and
// beyond what a probability can be.
func TestTruncatedSuite(t *testing.T) {
	inf := math.Inf(1)
	for i, c := range []struct {
		base         dist.Univariate
		lower, upper float64
	}{
		{dist.Normal{Sigma: 1}, -1, 2},
		{dist.Normal{Sigma: 1}, 30, 31},
		{dist.Normal{Sigma: 1}, -40, -39},
		{dist.Normal{Sigma: 1}, 8, inf},
		{dist.Normal{Sigma: 1}, 1e4, inf},
		{dist.Normal{Sigma: 1}, -1001, -1000},
		{dist.ChiSquared{Nu: 3}, 9000, inf},
		{dist.Normal{Mu: 3, Sigma: 2}, -inf, -110},
		{dist.Normal{Sigma: 1}, 0.1, 0.1 + 1e-6},
		{dist.Normal{Sigma: 1}, -1e6, 1e6},
		{dist.Gamma{Shape: 0.3, Rate: 2}, 0, 1},
		{dist.Gamma{Shape: 10, Rate: 2}, 1e-20, 1e-19},
		{dist.Beta{Alpha: 0.4, Beta: 2}, 0, 0.7},
		{dist.StudentT{Nu: 3, Scale: 1}, 1e4, inf},
		{dist.Cauchy{Scale: 2}, -5, 1e5},
		{dist.Laplace{Scale: 1}, -3, 800},
		{dist.Gumbel{Scale: 1}, 800, inf},
		{dist.Uniform{Lower: 0, Upper: 4}, -1, 1},
		{dist.Poisson{Lambda: 4}, 2, 9},
		{dist.Poisson{Lambda: 4}, 900.5, inf},
		{dist.Binomial{N: 40, P: 0.3}, 3, 3},
		{dist.Geometric{P: 0.1}, 1e4, inf},
	} {
		if testing.Short() && i%4 > 0 {
			continue
		}
		disttest.Run(t, disttest.Case{Dist: truncated(t, c.base, c.lower, c.upper), NoNew: true}) // see TestTruncatedScores
	}
}

// TestTruncatedGoldens holds every number to relative 1e-10; the entropy and log p,
// which may vanish, to 1e-11 near zero, and quantiles also to what the distribution
// function makes of their last digits.
func TestTruncatedGoldens(t *testing.T) {
	data, err := os.ReadFile("testdata/truncated.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Dist                             string
		Params                           []float64
		Lower, Upper                     belief.Number
		LogMass, Mean, Variance, Entropy float64
		Points                           [][5]float64 // x, log p, CDF, log CDF, survival
		Quantiles                        [][3]float64 // p, quantile, upper quantile
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	points, quantiles := 0, 0
	for _, g := range rows {
		var base dist.Univariate
		if g.Dist == "Poisson" {
			base = dist.Poisson{Lambda: g.Params[0]}
		} else {
			base = continuousByName[g.Dist](g.Params)
		}
		d := truncated(t, base, float64(g.Lower), float64(g.Upper))
		near := func(what string, got, want, floor float64) {
			t.Helper()
			if !(math.Abs(got-want) <= 1e-10*max(math.Abs(want), floor)) {
				t.Errorf("%v: %s is %v, want %v (off by %.2g)", d, what, got, want, math.Abs(got/want-1))
			}
		}
		near("LogMass", d.LogMass(), g.LogMass, 0)
		near("mean", d.Mean(), g.Mean, 0)
		near("variance", d.Variance(), g.Variance, 0)
		near("entropy", d.Entropy(), g.Entropy, 0.1)
		for _, p := range g.Points {
			points++
			near(fmt.Sprintf("LogProb(%v)", p[0]), d.LogProb(p[0]), p[1], 0.1)
			near(fmt.Sprintf("CDF(%v)", p[0]), d.CDF(p[0]), p[2], 0)
			near(fmt.Sprintf("LogCDF(%v)", p[0]), d.LogCDF(p[0]), p[3], 0)
			near(fmt.Sprintf("Survival(%v)", p[0]), d.Survival(p[0]), p[4], 0)
		}
		for _, q := range g.Quantiles {
			quantiles++
			near(fmt.Sprintf("Quantile(%v)", q[0]), d.Quantile(q[0]), q[1], 0)
			near(fmt.Sprintf("UpperQuantile(%v)", q[0]), d.UpperQuantile(q[0]), q[2], 0)
		}
	}
	if points < 100 || quantiles < 60 {
		t.Errorf("%d points and %d quantiles", points, quantiles)
	}
}

// TestTruncatedErrors asks for what does not exist, or not in float64.
func TestTruncatedErrors(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	normal := dist.Normal{Sigma: 1}
	for name, c := range map[string]struct {
		base         dist.Univariate
		lower, upper float64
	}{
		"bad base":                {dist.Normal{}, 0, 1},
		"empty":                   {normal, 1, 1},
		"reversed":                {normal, 2, 1},
		"NaN below":               {normal, nan, 1},
		"NaN above":               {normal, 0, nan},
		"at infinity":             {normal, inf, inf},
		"outside":                 {dist.Gamma{Shape: 1, Rate: 1}, -2, -1},
		"between whole numbers":   {dist.Poisson{Lambda: 4}, 2.1, 2.9},
		"log beyond float64":      {normal, 1e160, 1e161},
		"nothing left of nothing": {dist.Truncated{}, 0, 1},
		"integers without digits": {dist.Poisson{Lambda: 4}, 1e7, inf},
	} {
		d, err := dist.NewTruncated(c.base, c.lower, c.upper)
		if _, ok := errors.AsType[*dist.ParameterError](err); !ok {
			t.Errorf("%s: %v, error %v", name, d, err)
		}
	}
	// Beyond its quartile by 605 powers of ten, a half-Cauchy distribution is one of
	// density ∝ 1/x².
	far := truncated(t, dist.HalfCauchy{Scale: 1e-300}, 1e305, 1e306)
	if want := 1e305 * math.Ln10 / 0.9; math.Abs(far.Mean()-want) > 1e-9*want || math.Abs(far.Quantile(0.5)-1e305*2/1.1) > 1e293 {
		t.Errorf("mean %v, want %v; median %v", far.Mean(), want, far.Quantile(0.5))
	}
	beta := dist.Beta{Alpha: 2, Beta: 2}
	for _, c := range []struct {
		lower, upper float64
		parameter    string
	}{{30, inf, "Lower"}, {nan, 1, "Lower"}, {-5, -3, "Upper"}, {0.5, 0.2, "Upper"}, {0.5, nan, "Upper"}, {3, 2, "Upper"}} {
		_, err := dist.NewTruncated(beta, c.lower, c.upper)
		if e, ok := errors.AsType[*dist.ParameterError](err); !ok || e.Parameter != c.parameter {
			t.Errorf("between %v and %v: %v", c.lower, c.upper, err)
		}
	}
	observed := must(dist.NewEmpirical([]float64{1, 2.5}, nil))
	for _, base := range []dist.Univariate{nil, observed} {
		_, err := dist.NewTruncated(base, 0, 2)
		if _, ok := errors.AsType[*belief.ConfigError](err); !ok {
			t.Errorf("base %v: %v", base, err)
		}
	}
}

// TestTruncatedMoments looks at those that the tails make infinite, and at those
// that truncation makes finite.
func TestTruncatedMoments(t *testing.T) {
	inf := math.Inf(1)
	cauchy := dist.Cauchy{Scale: 1}
	for _, c := range []struct {
		d              dist.Truncated
		mean, variance float64
	}{
		{truncated(t, cauchy, 0, inf), inf, inf},
		{truncated(t, cauchy, -inf, 3), -inf, inf},
		{truncated(t, cauchy, -inf, inf), math.NaN(), math.NaN()},
		{truncated(t, cauchy, -1, 1), 0, 4/math.Pi - 1},
		{truncated(t, cauchy, 0, 1e6), math.Log1p(1e12) / (2 * math.Atan(1e6)), 0},
		{truncated(t, dist.InverseGamma{Shape: 1, Scale: 1}, 0, inf), inf, inf},
		{truncated(t, dist.Pareto{Scale: 1, Shape: 1.5}, 2, inf), 6, inf},
		{truncated(t, dist.StudentT{Nu: 2.1, Scale: 1}, -inf, inf), 0, 21},
		{truncated(t, dist.DiscreteUniform{Lower: 0, Upper: 1e9}, 1, 1e8), (1e8 + 1) / 2, (1e16 - 1) / 12},
	} {
		if v := c.d.Mean(); !(math.Abs(v-c.mean) <= 1e-9*max(1, math.Abs(c.mean))) && v != c.mean && !(math.IsNaN(v) && math.IsNaN(c.mean)) {
			t.Errorf("%v: mean %v, want %v", c.d, v, c.mean)
		}
		if v := c.d.Variance(); c.variance != 0 && !(math.Abs(v-c.variance) <= 1e-9*c.variance) && v != c.variance && !(math.IsNaN(v) && math.IsNaN(c.variance)) {
			t.Errorf("%v: variance %v, want %v", c.d, v, c.variance)
		}
	}
}

// TestTruncatedNextToEnd holds quantiles next to a cut through the middle to the
// distance from it that the density there makes of the probability.
func TestTruncatedNextToEnd(t *testing.T) {
	inf := math.Inf(1)
	for _, base := range []dist.Univariate{
		dist.Normal{Sigma: 1}, dist.Laplace{Scale: 1}, dist.Logistic{Scale: 1}, dist.Cauchy{Scale: 1}, dist.StudentT{Nu: 3, Scale: 1},
	} {
		above, below := truncated(t, base, 0, inf), truncated(t, base, -inf, 0)
		height := math.Exp(above.LogProb(0))
		for _, p := range []float64{1e-8, 1e-12, 1e-16, 1e-100, 1e-300} {
			x, y := above.Quantile(p), below.UpperQuantile(p)
			if !(math.Abs(x*height/p-1) <= 1e-12+2*p) || y != -x {
				t.Errorf("%v: Quantile(%v) is %v, mirrored %v, want %v", base, p, x, y, p/height)
			}
			if got := above.CDF(x); !(math.Abs(got/p-1) <= 1e-12) {
				t.Errorf("%v: CDF(Quantile(%v)) is %v", base, p, got)
			}
		}
	}
}

// A sloped is a distribution with a gradient and without LogSurvival.
type sloped struct {
	dist.Univariate
	dist.Grader
}

// TestTruncatedOwn truncates distributions that know less than those of the package.
func TestTruncatedOwn(t *testing.T) {
	inf := math.Inf(1)
	normal := dist.Normal{Sigma: 1}
	d := truncated(t, sloped{normal, normal}, 1e5, inf) // no LogSurvival
	if got, want := d.Variance(), 1e-10*(1-6e-10); math.Abs(got/want-1) > 1e-10 {
		t.Errorf("variance %v, want %v", got, want)
	}
	mirrored := dist.Affine{Base: normal, Scale: -1}
	if got, want := truncated(t, mirrored, 38, inf).Mean(), truncated(t, normal, 38, inf).Mean(); math.Abs(got-want) > 1e-12*want {
		t.Errorf("mean %v mirrored, want %v", got, want)
	}
	mixed := must(dist.NewMixture([]dist.Univariate{normal, dist.Normal{Mu: 1000, Sigma: 1}}, []float64{0.5, 0.5}))
	if two, err := dist.NewTruncated(mixed, 450, 700); err == nil { // two tails, neither of which is all
		t.Errorf("%v", two)
	}
	if got := truncated(t, mixed, 45, inf).Mean(); math.Abs(got-1000) > 1e-9 {
		t.Errorf("the mean of what is left is %v", got)
	}
}
