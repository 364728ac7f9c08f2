package dist_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

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
	least := 10
	if testing.Short() {
		least = 1 // of a fifth of the samples
	}
	for name := range studentFits {
		if fitted[name] < least {
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
			Dist:   continuousByName[name](p),
			New:    func(p []float64) dist.Univariate { return continuousByName[name](p) },
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
