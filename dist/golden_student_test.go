package dist_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

// studentByName makes a distribution from its parameters.
var studentByName = map[string]func(p []float64) continuous{
	"Beta":         func(p []float64) continuous { return dist.Beta{Alpha: p[0], Beta: p[1]} },
	"StudentT":     func(p []float64) continuous { return dist.StudentT{Nu: p[0], Location: p[1], Scale: p[2]} },
	"HalfStudentT": func(p []float64) continuous { return dist.HalfStudentT{Nu: p[0], Scale: p[1]} },
	"VonMises":     func(p []float64) continuous { return dist.VonMises{Mu: p[0], Kappa: p[1]} },
}

type studentGolden struct {
	Dist                              string
	Params                            []float64
	Mean, Variance, Entropy, Circular belief.Number
	Points                            [][5]belief.Number // x, log p, CDF, log CDF, survival
	Lower, Upper                      [][2]belief.Number // probability, quantile from that side
}

// studentGoldens reads what testdata/student.py has computed.
func studentGoldens(t *testing.T) []studentGolden {
	t.Helper()
	data, err := os.ReadFile("testdata/student.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []studentGolden
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestStudentGoldens holds every number to relative 1e-10, with the exceptions that
// TestContinuousGoldens has, and one more: next to an end or a location other than
// zero, the last digit of x itself moves the tails.
func TestStudentGoldens(t *testing.T) {
	count := map[string]int{}
	for _, g := range studentGoldens(t) {
		d := studentByName[g.Dist](g.Params)
		near := func(what string, got float64, want belief.Number, floor float64) {
			t.Helper()
			capability, _, _ := strings.Cut(what, "(")
			count[g.Dist+" "+capability]++
			w := float64(want)
			if math.IsNaN(w) && math.IsNaN(got) || got == w {
				return
			}
			if !(math.Abs(got-w) <= 1e-10*max(math.Abs(w), floor, 1e-300)) {
				t.Errorf("%v: %s is %v, want %v (off by %.2g)", d, what, got, w, math.Abs(got/w-1))
			}
		}
		size := 0.0 // of what mean and quantile are a difference
		switch g.Dist {
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
		}
		for _, q := range g.Lower {
			near(fmt.Sprintf("Quantile(%v)", q[0]), d.Quantile(float64(q[0])), q[1], size)
		}
		for _, q := range g.Upper {
			near(fmt.Sprintf("UpperQuantile(%v)", q[0]), d.UpperQuantile(float64(q[0])), q[1], size)
		}
	}
	for name := range studentByName {
		for _, what := range []string{"mean", "variance", "entropy", "LogProb", "CDF", "LogCDF", "Survival", "Quantile", "UpperQuantile"} {
			if n := count[name+" "+what]; n < 20 {
				t.Errorf("%s has %d goldens of its %s", name, n, what)
			}
		}
	}
}

// TestStudentEdges looks at NaN, at the ends and outside of the support, and at
// LogProbTo.
func TestStudentEdges(t *testing.T) {
	for _, g := range studentGoldens(t) {
		d := studentByName[g.Dist](g.Params)
		s, nan := d.Support(), math.NaN()
		for name, v := range map[string]float64{
			"LogProb": d.LogProb(nan), "CDF": d.CDF(nan), "LogCDF": d.LogCDF(nan), "Survival": d.Survival(nan),
			"GradLogProb": d.GradLogProb(nan), "score": d.ScoreTo(nil, nan)[0], "UpperQuantile": d.UpperQuantile(nan),
			"UpperQuantile of 2": d.UpperQuantile(2), "Quantile of -1": d.Quantile(-1), "Quantile of NaN": d.Quantile(nan),
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
			equal("LogProb outside", d.LogProb(x), math.Inf(-1))
			if v := append(d.ScoreTo(nil, x), d.GradLogProb(x)); !math.IsNaN(v[0]) || !math.IsNaN(v[1]) || !math.IsNaN(v[len(v)-1]) {
				t.Errorf("%v: the gradient outside of the support is %v", d, v)
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
		if n := testing.AllocsPerRun(2, func() { d.LogProbTo(got, x) }); n != 0 {
			t.Errorf("%v: LogProbTo allocates %v times", d, n)
		}
	}
}

// TestStudentParameters holds every parameter to what it may be.
func TestStudentParameters(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, bad := range map[string][][]float64{
		"Beta":         {{0, 1}, {1, 0}, {-1, 1}, {1, -1}, {nan, 1}, {1, nan}, {inf, 1}, {1, inf}, {1e308, 1e308}},
		"StudentT":     {{0, 0, 1}, {-1, 0, 1}, {nan, 0, 1}, {inf, 0, 1}, {1, nan, 1}, {1, inf, 1}, {1, 0, 0}, {1, 0, -1}, {1, 0, nan}, {1, 0, inf}},
		"HalfStudentT": {{0, 1}, {1, 0}, {-1, 1}, {1, -1}, {nan, 1}, {1, nan}, {inf, 1}, {1, inf}},
		"VonMises":     {{3.2, 1}, {-3.2, 1}, {nan, 1}, {0, -1}, {0, nan}, {0, inf}},
	} {
		for _, p := range bad {
			err := studentByName[name](p).Validate()
			if e, ok := errors.AsType[*dist.ParameterError](err); !ok || e.Parameter == "" {
				t.Errorf("%s%v: the error is %v", name, p, err)
			}
		}
	}
}

// studentFits are the fits.
var studentFits = map[string]func(x, w []float64) (continuous, error){
	"Beta":         func(x, w []float64) (continuous, error) { return dist.FitBeta(x, w) },
	"StudentT":     func(x, w []float64) (continuous, error) { return dist.FitStudentT(x, w) },
	"HalfStudentT": func(x, w []float64) (continuous, error) { return dist.FitHalfStudentT(x, w) },
	"VonMises":     func(x, w []float64) (continuous, error) { return dist.FitVonMises(x, w) },
}

// TestStudentFitScore holds fits of few observations against the equation that a
// maximum solves.
func TestStudentFitScore(t *testing.T) {
	fitted := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(4, 12).Draw(t, "n")
		x, w := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i] = float64(rapid.IntRange(-1000, 1000).Draw(t, "x")) / 1024 * math.Pi
			w[i] = rapid.Float64Range(0.1, 2).Draw(t, "w")
		}
		for name, fit := range studentFits {
			y := append([]float64(nil), x...)
			for i := range y {
				switch name {
				case "Beta":
					y[i] = 0.5 + y[i]/7
				case "HalfStudentT":
					y[i] = math.Abs(y[i])
				case "StudentT":
					y[i] = math.Tan(y[i] / 2.2)
				}
			}
			d, err := fit(y, w)
			if err != nil {
				continue
			}
			fitted[name]++
			params := d.Params()
			for k := range params {
				sum, size, total := 0.0, 0.0, 0.0
				for i, v := range y {
					s := d.ScoreTo(nil, v)[k]
					sum, size, total = sum+w[i]*s, size+w[i]*math.Abs(s), total+w[i]
				}
				if !(math.Abs(sum) <= 1e-7*size+1e-10*total/math.Abs(params[k])) {
					t.Fatalf("%s: at the fit %v of %v the score %d is %v of %v", name, d, y, k, sum, size)
				}
			}
		}
	})
	for name := range studentFits {
		if fitted[name] < 10 {
			t.Errorf("%s was fitted %d times", name, fitted[name])
		}
	}
}

// TestStudentFitAnything holds that no data make a fit panic, hang, or return what is
// no distribution.
func TestStudentFitAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-3, 3), rapid.SampledFrom([]float64{0, 1, 1, -1, 0.5, 2, 5e-324, 1e-300, 1 - 1e-16, math.MaxFloat64, math.Pi, math.Inf(1), math.NaN()}))
		x := rapid.SliceOfN(value, 0, 6).Draw(t, "x")
		w := make([]float64, len(x))
		for i := range w {
			w[i] = rapid.SampledFrom([]float64{0, 1, 1e-300, 1e300, 0.5, math.MaxFloat64}).Draw(t, "w")
		}
		for name, fit := range studentFits {
			y := append([]float64(nil), x...)
			for i := range y {
				switch name {
				case "HalfStudentT":
					y[i] = math.Abs(y[i])
				case "Beta":
					y[i] = min(1, math.Abs(y[i]))
				}
			}
			for _, weights := range [][]float64{nil, w} {
				d, err := fit(y, weights)
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

// runStudent runs the conformance suite.
func runStudent(t *testing.T, name string, fitTol float64, sets ...[]float64) {
	t.Helper()
	for _, p := range sets {
		disttest.Run(t, disttest.Case{
			Dist:   studentByName[name](p),
			New:    func(p []float64) dist.Univariate { return studentByName[name](p) },
			Fit:    func(x, w []float64) (dist.Univariate, error) { return studentFits[name](x, w) },
			FitTol: fitTol,
		})
	}
}

func TestBeta(t *testing.T) {
	runStudent(t, "Beta", 0, []float64{0.4, 1.5}, []float64{1.2, 50}, []float64{30, 4.5})
}

func TestStudentT(t *testing.T) {
	runStudent(t, "StudentT", 0.2, []float64{5, 0, 1}, []float64{1.5, -3, 0.01}, []float64{12, 100, 20})
}

func TestHalfStudentT(t *testing.T) {
	runStudent(t, "HalfStudentT", 0.2, []float64{5, 1}, []float64{1.5, 0.01}, []float64{12, 20})
}

func TestVonMises(t *testing.T) {
	runStudent(t, "VonMises", 0, []float64{0.5, 0.3}, []float64{-3, 2}, []float64{1, 500})
}
