package dist_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/patience"
)

// A continuous is what every distribution of these files can do.
type continuous interface {
	dist.Univariate
	dist.LogSurvivaler
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
	"Beta":         func(p []float64) continuous { return dist.Beta{Alpha: p[0], Beta: p[1]} },
	"StudentT":     func(p []float64) continuous { return dist.StudentT{Nu: p[0], Location: p[1], Scale: p[2]} },
	"HalfStudentT": func(p []float64) continuous { return dist.HalfStudentT{Nu: p[0], Scale: p[1]} },
	"VonMises":     func(p []float64) continuous { return dist.VonMises{Mu: p[0], Kappa: p[1]} },
}

// goldens reads what testdata/continuous.py and student.py have computed.
func goldens(t *testing.T) (rows []continuousGolden) {
	t.Helper()
	for _, file := range []string{"testdata/continuous.json", "testdata/student.json"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var more []continuousGolden
		if err := json.Unmarshal(data, &more); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, more...)
	}
	for i := range rows {
		g := &rows[i]
		for _, q := range g.Quantiles {
			g.Lower = append(g.Lower, [2]belief.Number{q[0], q[1]})
			g.Upper = append(g.Upper, [2]belief.Number{q[0], q[2]})
		}
	}
	return rows
}

type continuousGolden struct {
	Dist                              string
	Params                            []float64
	Mean, Variance, Entropy, Circular belief.Number
	Points                            [][5]belief.Number // x, log p, CDF, log CDF, survival
	Quantiles                         [][3]belief.Number // p, quantile, upper quantile
	Lower, Upper                      [][2]belief.Number // probability, quantile from that side
}

// TestContinuousGoldens holds every number to relative 1e-10. Where the size of a
// result hides a larger one that it is the difference of, the larger one counts:
// log p and entropy are sums of logarithms that may cancel, and are held to 1e-12
// near zero; mean and quantile are location plus a multiple of scale, and are held
// to 1e-14 of the location where those cancel. Next to an end or a location other
// than zero, the last digit of x itself moves the tails.
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
		case "StudentT":
			size = 1e-4 * math.Abs(g.Params[1])
		case "VonMises":
			size = 1e-4
		}
		near("mean", d.Mean(), g.Mean, size)
		near("variance", d.Variance(), g.Variance, 0)
		near("entropy", d.Entropy(), g.Entropy, 1e-2)
		if v, ok := d.(dist.VonMises); ok {
			near("circular variance", v.CircularVariance(), g.Circular, 0)
			if v.CircularMean() != v.Mu {
				t.Errorf("%v: circular mean %v", d, v.CircularMean())
			}
		}
		for _, p := range g.Points {
			x := float64(p[0])
			near(fmt.Sprintf("LogProb(%v)", x), d.LogProb(x), p[1], 1e-2)
			near(fmt.Sprintf("CDF(%v)", x), d.CDF(x), p[2], 0)
			near(fmt.Sprintf("LogCDF(%v)", x), d.LogCDF(x), p[3], 0)
			near(fmt.Sprintf("Survival(%v)", x), d.Survival(x), p[4], 0)
			if sf := float64(p[4]); sf > 1e-300 && sf < 0.5 {
				near(fmt.Sprintf("LogSurvival(%v)", x), d.LogSurvival(x), belief.Number(math.Log(sf)), 0)
			}
		}
		for _, q := range g.Lower {
			near(fmt.Sprintf("Quantile(%v)", q[0]), d.Quantile(float64(q[0])), q[1], size)
		}
		for _, q := range g.Upper {
			near(fmt.Sprintf("UpperQuantile(%v)", q[0]), d.UpperQuantile(float64(q[0])), q[1], size)
		}
	}
	for name := range continuousByName {
		for _, what := range []string{"mean", "variance", "entropy", "LogProb", "CDF", "LogCDF", "Survival", "LogSurvival", "Quantile", "UpperQuantile"} {
			if n := count[name+" "+what]; n < 20 {
				t.Errorf("%s has %d goldens of its %s", name, n, what)
			}
		}
	}
}

// TestContinuousEdges looks at NaN, at the ends and outside of the support, and at
// LogProbTo.
func TestContinuousEdges(t *testing.T) {
	for _, g := range goldens(t) {
		d := continuousByName[g.Dist](g.Params)
		s, nan := d.Support(), math.NaN()
		for name, v := range map[string]float64{
			"LogProb": d.LogProb(nan), "CDF": d.CDF(nan), "LogCDF": d.LogCDF(nan), "Survival": d.Survival(nan),
			"GradLogProb": d.GradLogProb(nan), "score": d.ScoreTo(nil, nan)[0], "UpperQuantile": d.UpperQuantile(nan),
			"UpperQuantile of 2": d.UpperQuantile(2), "UpperQuantile of -1": d.UpperQuantile(-1),
			"Quantile of -1": d.Quantile(-1), "Quantile of NaN": d.Quantile(nan),
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
		equal("Survival(Inf)", d.Survival(math.Inf(1)), 0)
		equal("Quantile(0)", d.Quantile(0), s.Lower)
		equal("Quantile(1)", d.Quantile(1), s.Upper)
		equal("UpperQuantile(0)", d.UpperQuantile(0), s.Upper)
		equal("UpperQuantile(1)", d.UpperQuantile(1), s.Lower)
		for _, x := range []float64{s.Lower - 1, s.Upper + 1} {
			if math.IsInf(x, 0) {
				continue
			}
			below := 0.0
			if x < s.Lower {
				below = 1
			}
			equal("LogProb outside", d.LogProb(x), math.Inf(-1))
			equal("CDF outside", d.CDF(x), 1-below)
			equal("LogCDF outside", d.LogCDF(x), math.Log(1-below))
			equal("Survival outside", d.Survival(x), below)
			for _, v := range append(d.ScoreTo(nil, x), d.GradLogProb(x)) {
				if !math.IsNaN(v) {
					t.Errorf("%v: a gradient outside of the support is %v", d, v)
				}
			}
		}
		x := []float64{math.Inf(-1), math.Inf(1), nan, 0, -1, s.Lower, s.Upper, 0.5}
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
		if n := patience.Allocations(2, func() { d.LogProbTo(got, x) }); n != 0 {
			t.Errorf("%v: LogProbTo allocates %v times", d, n)
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
		"Beta":       {{1e308, 1e308}},
		"StudentT":   {{0, 0, 1}, {-1, 0, 1}, {1, 0, 0}, {1, 0, -1}},
		"VonMises":   {{3.2, 1}, {-3.2, 1}, {0, -1}},
		"Triangular": {{1, 1, 1}, {0, 2, 1}, {0, -1, 1}, {-huge, 0, huge}},
	}
	for name := range continuousByName {
		switch name {
		case "HalfNormal", "HalfCauchy", "Exponential", "ChiSquared":
			bad[name] = [][]float64{{0}, {-1}}
		case "Weibull", "Pareto", "Gamma", "InverseGamma", "Beta", "HalfStudentT":
			bad[name] = append(bad[name], []float64{0, 1}, []float64{1, 0}, []float64{-1, 1}, []float64{1, -1})
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
