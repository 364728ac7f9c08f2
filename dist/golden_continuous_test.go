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
