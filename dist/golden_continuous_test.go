package dist_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

// A continuous is what every distribution of these files can do.
type continuous interface {
	dist.Univariate
	dist.UpperQuantiler
	dist.Grader
	dist.Scorer
	dist.Batcher
}

// continuousByName makes a distribution from its parameters.
var continuousByName = map[string]func(p []float64) continuous{
	"Normal":       func(p []float64) continuous { return dist.Normal{Mu: p[0], Sigma: p[1]} },
	"Gamma":        func(p []float64) continuous { return dist.Gamma{Shape: p[0], Rate: p[1]} },
	"InverseGamma": func(p []float64) continuous { return dist.InverseGamma{Shape: p[0], Scale: p[1]} },
	"ChiSquared":   func(p []float64) continuous { return dist.ChiSquared{Nu: p[0]} },
	"Uniform":      func(p []float64) continuous { return dist.Uniform{Lower: p[0], Upper: p[1]} },
	"LogNormal":    func(p []float64) continuous { return dist.LogNormal{Mu: p[0], Sigma: p[1]} },
	"Cauchy":       func(p []float64) continuous { return dist.Cauchy{Location: p[0], Scale: p[1]} },
	"HalfNormal":   func(p []float64) continuous { return dist.HalfNormal{Sigma: p[0]} },
	"HalfCauchy":   func(p []float64) continuous { return dist.HalfCauchy{Scale: p[0]} },
	"Laplace":      func(p []float64) continuous { return dist.Laplace{Location: p[0], Scale: p[1]} },
	"Logistic":     func(p []float64) continuous { return dist.Logistic{Location: p[0], Scale: p[1]} },
	"Exponential":  func(p []float64) continuous { return dist.Exponential{Rate: p[0]} },
	"Weibull":      func(p []float64) continuous { return dist.Weibull{Shape: p[0], Scale: p[1]} },
	"Pareto":       func(p []float64) continuous { return dist.Pareto{Scale: p[0], Shape: p[1]} },
	"Gumbel":       func(p []float64) continuous { return dist.Gumbel{Location: p[0], Scale: p[1]} },
	"Triangular":   func(p []float64) continuous { return dist.Triangular{Lower: p[0], Mode: p[1], Upper: p[2]} },
}

// goldens reads what testdata/continuous.py has computed.
func goldens(t *testing.T) []continuousGolden {
	t.Helper()
	data, err := os.ReadFile("testdata/continuous.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []continuousGolden
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

type continuousGolden struct {
	Dist                    string
	Params                  []float64
	Mean, Variance, Entropy belief.Number
	Points                  [][5]belief.Number // x, log p, CDF, log CDF, survival
	Quantiles               [][3]belief.Number // p, quantile, upper quantile
}

// TestContinuousGoldens holds every number to relative 1e-10. Where the size of a
// result hides a larger one that it is the difference of, the larger one counts:
// log p and entropy are sums of logarithms that may cancel, and are held to 1e-12
// near zero; mean and quantile are location plus a multiple of scale, and are held
// to 1e-14 of the location where those cancel.
func TestContinuousGoldens(t *testing.T) {
	count := map[string]int{}
	for _, g := range goldens(t) {
		d := continuousByName[g.Dist](g.Params)
		near := func(what string, got float64, want belief.Number, floor float64) {
			t.Helper()
			capability, _, _ := strings.Cut(what, "(")
			count[g.Dist+" "+capability]++
			w := float64(want)
			if math.IsNaN(w) && math.IsNaN(got) || got == w {
				return
			}
			// Numbers below 1e-300 lose digits to underflow.
			if !(math.Abs(got-w) <= 1e-10*max(math.Abs(w), floor, 1e-300)) {
				t.Errorf("%v: %s is %v, want %v (off by %.2g)", d, what, got, w, math.Abs(got/w-1))
			}
		}
		size := 0.0
		switch g.Dist {
		case "Normal", "Uniform", "Cauchy", "Laplace", "Logistic", "Gumbel", "Triangular":
			size = 1e-4 * math.Abs(g.Params[0])
		}
		near("mean", d.Mean(), g.Mean, size)
		near("variance", d.Variance(), g.Variance, 0)
		near("entropy", d.Entropy(), g.Entropy, 1e-2)
		for _, p := range g.Points {
			x := float64(p[0])
			near(fmt.Sprintf("LogProb(%v)", x), d.LogProb(x), p[1], 1e-2)
			near(fmt.Sprintf("CDF(%v)", x), d.CDF(x), p[2], 0)
			near(fmt.Sprintf("LogCDF(%v)", x), d.LogCDF(x), p[3], 0)
			near(fmt.Sprintf("Survival(%v)", x), d.Survival(x), p[4], 0)
		}
		for _, q := range g.Quantiles {
			p := float64(q[0])
			near(fmt.Sprintf("Quantile(%v)", p), d.Quantile(p), q[1], size)
			near(fmt.Sprintf("UpperQuantile(%v)", p), d.UpperQuantile(p), q[2], size)
		}
	}
	for name := range continuousByName {
		for _, what := range []string{"mean", "variance", "entropy", "LogProb", "CDF", "LogCDF", "Survival", "Quantile", "UpperQuantile"} {
			if n := count[name+" "+what]; n < 20 {
				t.Errorf("%s has %d goldens of its %s", name, n, what)
			}
		}
	}
}

// TestContinuousBatch holds LogProbTo against LogProb, inside and outside of the
// support, and against allocation.
func TestContinuousBatch(t *testing.T) {
	for _, g := range goldens(t) {
		d := continuousByName[g.Dist](g.Params)
		x := []float64{math.Inf(-1), math.Inf(1), math.NaN(), 0, -1, d.Support().Lower, d.Support().Upper}
		for _, p := range g.Points {
			x = append(x, float64(p[0]))
		}
		got := d.LogProbTo(nil, x)
		for i, v := range x {
			want := d.LogProb(v)
			if got[i] != want && !(math.Abs(got[i]-want) <= 1e-12*(1+math.Abs(want))) && !(math.IsNaN(want) && math.IsNaN(got[i])) {
				t.Errorf("%v: LogProbTo at %v is %v, LogProb %v", d, v, got[i], want)
			}
		}
		if n := testing.AllocsPerRun(2, func() { d.LogProbTo(got, x) }); n != 0 {
			t.Errorf("%v: LogProbTo allocates %v times", d, n)
		}
	}
}

// TestContinuousEdges looks at NaN and at what lies outside of the support.
func TestContinuousEdges(t *testing.T) {
	for _, g := range goldens(t) {
		d := continuousByName[g.Dist](g.Params)
		s, nan := d.Support(), math.NaN()
		for name, v := range map[string]float64{
			"LogProb": d.LogProb(nan), "CDF": d.CDF(nan), "LogCDF": d.LogCDF(nan), "Survival": d.Survival(nan),
			"GradLogProb": d.GradLogProb(nan), "score": d.ScoreTo(nil, nan)[0], "UpperQuantile": d.UpperQuantile(nan),
			"UpperQuantile of 2": d.UpperQuantile(2), "UpperQuantile of -1": d.UpperQuantile(-1),
		} {
			if !math.IsNaN(v) {
				t.Errorf("%v: %s at NaN is %v", d, name, v)
			}
		}
		equal := func(what string, got, want float64) {
			t.Helper()
			if got != want {
				t.Errorf("%v: %s is %v, want %v", d, what, got, want)
			}
		}
		equal("LogCDF(-Inf)", d.LogCDF(math.Inf(-1)), math.Inf(-1))
		equal("LogCDF(Inf)", d.LogCDF(math.Inf(1)), 0)
		equal("Survival(-Inf)", d.Survival(math.Inf(-1)), 1)
		equal("Quantile(0)", d.Quantile(0), s.Lower)
		equal("Quantile(1)", d.Quantile(1), s.Upper)
		equal("UpperQuantile(0)", d.UpperQuantile(0), s.Upper)
		equal("UpperQuantile(1)", d.UpperQuantile(1), s.Lower)
		if !math.IsInf(s.Lower, 0) {
			below := s.Lower - 1
			equal("CDF below", d.CDF(below), 0)
			equal("LogCDF below", d.LogCDF(below), math.Inf(-1))
			equal("Survival below", d.Survival(below), 1)
			if v := append(d.ScoreTo(nil, below), d.GradLogProb(below)); !math.IsNaN(v[0]) || !math.IsNaN(v[len(v)-1]) {
				t.Errorf("%v: the gradient outside of the support is %v", d, v)
			}
		}
		if !math.IsInf(s.Upper, 0) {
			equal("CDF above", d.CDF(s.Upper+1), 1)
			equal("Survival above", d.Survival(s.Upper+1), 0)
		}
	}
}

// TestContinuousParameters holds every parameter to what it may be.
func TestContinuousParameters(t *testing.T) {
	good := map[string][]float64{}
	for _, g := range goldens(t) {
		good[g.Dist] = g.Params
	}
	huge, inf := math.MaxFloat64, math.Inf(1)
	bad := map[string][][]float64{
		"Uniform":    {{1, 1}, {2, 1}, {-huge, huge}},
		"Triangular": {{1, 1, 1}, {0, 2, 1}, {0, -1, 1}, {-huge, 0, huge}},
	}
	for name := range continuousByName {
		switch name {
		case "HalfNormal", "HalfCauchy", "Exponential", "ChiSquared":
			bad[name] = [][]float64{{0}, {-1}}
		case "Weibull", "Pareto", "Gamma", "InverseGamma":
			bad[name] = [][]float64{{0, 1}, {1, 0}, {-1, 1}, {1, -1}}
		case "Normal", "LogNormal", "Cauchy", "Laplace", "Logistic", "Gumbel":
			bad[name] = [][]float64{{0, 0}, {0, -1}}
		}
		for i := range good[name] {
			for _, v := range []float64{math.NaN(), inf, -inf} {
				p := append([]float64(nil), good[name]...)
				p[i] = v
				bad[name] = append(bad[name], p)
			}
		}
		for _, p := range bad[name] {
			err := continuousByName[name](p).Validate()
			if e, ok := errors.AsType[*dist.ParameterError](err); !ok || e.Parameter == "" || !strings.EqualFold(strings.NewReplacer("-", "", " ", "").Replace(e.Distribution), name) {
				t.Errorf("%s%v: the error is %v", name, p, err)
			}
		}
	}
}

// runContinuous runs the conformance suite.
func runContinuous(t *testing.T, params []float64, fit func(x, w []float64) (dist.Univariate, error), make func(p []float64) continuous) {
	t.Helper()
	disttest.Run(t, disttest.Case{Dist: make(params), New: func(p []float64) dist.Univariate { return make(p) }, Fit: fit})
}

// steep is a testing.T that leaves out what fixed panels and steps cannot tell of a
// density with a pole or a tail of many decades.
type steep struct{ *testing.T }

func (s steep) Errorf(format string, args ...any) {
	s.Helper()
	text := fmt.Sprintf(format, args...)
	for _, left := range []string{"the density integrates", "the entropy is", "GradLogProb("} {
		if strings.Contains(text, left) {
			return
		}
	}
	s.Error(text)
}

// runSteep runs the suite on such a density, and in place of what it leaves out
// integrates in the logarithm of the distance from origin, where the density is
// smooth, and differentiates with steps in proportion to that distance.
func runSteep(t *testing.T, params []float64, origin float64, fit func(x, w []float64) (dist.Univariate, error), make func(p []float64) continuous) {
	t.Helper()
	d := make(params)
	disttest.Run(steep{t}, disttest.Case{Dist: d, New: func(p []float64) dist.Univariate { return make(p) }, Fit: fit})
	information := func(x float64) float64 { return -d.LogProb(x) * math.Exp(d.LogProb(x)) }
	entropy := quad.Fixed(information, d.Quantile(0.4), d.Quantile(0.6), 60, nil, 0)
	for _, side := range []float64{-1, 1} {
		low, high := d.Quantile(1e-12), d.Quantile(0.4)
		if side > 0 {
			low, high = d.Quantile(0.6), d.UpperQuantile(1e-12)
		}
		a, b := math.Log(math.Abs(low-origin)), math.Log(math.Abs(high-origin))
		for k := range 64 { // panels
			from, to := a+(b-a)*float64(k)/64, a+(b-a)*float64(k+1)/64
			sign := math.Copysign(1, low-origin)
			x := func(t float64) float64 { return origin + sign*math.Exp(t) }
			integral := func(f func(x float64) float64) float64 {
				return math.Abs(to-from) / (to - from) * quad.Fixed(func(t float64) float64 { return sign * math.Exp(t) * f(x(t)) }, min(from, to), max(from, to), 40, nil, 0)
			}
			mass := integral(func(x float64) float64 { return math.Exp(d.LogProb(x)) })
			entropy += integral(information)
			want := d.CDF(x(to)) - d.CDF(x(from))
			if side > 0 {
				want = d.Survival(x(from)) - d.Survival(x(to))
			}
			if !(math.Abs(mass-want) <= 1e-9*want+1e-25) {
				t.Errorf("%v: the density integrates to %v between %v and %v, the CDF says %v", d, mass, x(from), x(to), want)
			}
		}
	}
	if h := d.Entropy(); !(math.Abs(h-entropy) <= 1e-8*(1+math.Abs(h))) {
		t.Errorf("%v: the entropy is %v, the integral %v", d, h, entropy)
	}
	for _, p := range []float64{1e-6, 0.001, 0.11, 0.37, 0.61, 0.97, 0.999} {
		x := d.Quantile(p)
		h := min(1e-3*math.Abs(x-origin), 0.01*(x-d.Support().Lower))
		f := d.LogProb
		want := (8*(f(x+h)-f(x-h)) - (f(x+2*h) - f(x-2*h))) / (12 * h)
		if got := d.GradLogProb(x); !(math.Abs(got-want) <= 1e-7*math.Abs(want)+1e-15*(1+math.Abs(f(x)))/h) {
			t.Errorf("%v: GradLogProb(%v) = %v, differences say %v", d, x, got, want)
		}
	}
}

// wantFitError holds the error of a fit against the type and, if row is not −2, the
// observation that it must name.
func wantFitError(t *testing.T, what string, err error, row int) {
	t.Helper()
	if e, ok := errors.AsType[*dist.FitError](err); !ok || row != -2 && e.Row != row {
		t.Errorf("%s: the error is %v", what, err)
	}
}

// continuousFits are the fits of distributions on the line or on a half-line; smooth
// says that the score at the fit must vanish.
var continuousFits = map[string]struct {
	fit              func(x, w []float64) (continuous, error)
	smooth, positive bool
}{
	"Normal":       {func(x, w []float64) (continuous, error) { return dist.FitNormal(x, w) }, true, false},
	"Gamma":        {func(x, w []float64) (continuous, error) { return dist.FitGamma(x, w) }, true, true},
	"InverseGamma": {func(x, w []float64) (continuous, error) { return dist.FitInverseGamma(x, w) }, true, true},
	"ChiSquared":   {func(x, w []float64) (continuous, error) { return dist.FitChiSquared(x, w) }, true, true},
	"Uniform":      {fit: func(x, w []float64) (continuous, error) { return dist.FitUniform(x, w) }},
	"LogNormal":    {func(x, w []float64) (continuous, error) { return dist.FitLogNormal(x, w) }, true, true},
	"Cauchy":       {func(x, w []float64) (continuous, error) { return dist.FitCauchy(x, w) }, true, false},
	"HalfNormal":   {func(x, w []float64) (continuous, error) { return dist.FitHalfNormal(x, w) }, true, true},
	"HalfCauchy":   {func(x, w []float64) (continuous, error) { return dist.FitHalfCauchy(x, w) }, true, true},
	"Laplace":      {fit: func(x, w []float64) (continuous, error) { return dist.FitLaplace(x, w) }},
	"Logistic":     {func(x, w []float64) (continuous, error) { return dist.FitLogistic(x, w) }, true, false},
	"Exponential":  {func(x, w []float64) (continuous, error) { return dist.FitExponential(x, w) }, true, true},
	"Weibull":      {func(x, w []float64) (continuous, error) { return dist.FitWeibull(x, w) }, true, true},
	"Pareto":       {fit: func(x, w []float64) (continuous, error) { return dist.FitPareto(x, w) }, positive: true},
	"Gumbel":       {func(x, w []float64) (continuous, error) { return dist.FitGumbel(x, w) }, true, false},
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
