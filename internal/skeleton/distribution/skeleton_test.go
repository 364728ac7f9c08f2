package distribution

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/floats/scalar"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"github.com/belief-go/belief/internal/stream"
)

func ExampleLogistic() {
	d := Logistic{Mu: 1, Scale: 2}
	fmt.Printf("p(X ≤ 3) = %.4f, median %.1f\n", d.CDF(3), d.Quantile(0.5))
	// Output: p(X ≤ 3) = 0.7311, median 1.0
}

// Values in closed form: at z = ±log 3 the CDF is 3/4 and 1/4, the density
// 3/(16 s); far out the lower tail is e^z.
func TestKnownValues(t *testing.T) {
	d := Logistic{Mu: -2, Scale: 0.5}
	up, down := -2+0.5*math.Log(3), -2-0.5*math.Log(3)
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"CDF up", d.CDF(up), 0.75},
		{"CDF down", d.CDF(down), 0.25},
		{"LogProb up", d.LogProb(up), math.Log(3.0 / 8)},
		{"LogProb down", d.LogProb(down), math.Log(3.0 / 8)},
		{"CDF far out", d.CDF(-2 - 350), math.Exp(-700)},
		{"LogProb far out", d.LogProb(-2 - 1e6), -2e6 + math.Ln2},
		{"Quantile", d.Quantile(0.75), up},
		{"Mean", d.Mean(), -2},
		{"Variance", d.Variance(), distuv.Logistic{Mu: -2, S: 0.5}.Variance()},
		{"Entropy", Logistic{Scale: 1}.Entropy(), 2},
	} {
		if !scalar.EqualWithinRel(c.got, c.want, 1e-14) {
			t.Errorf("%s is %v, want %v", c.what, c.got, c.want)
		}
	}
	if p := d.Quantile(1.5); !math.IsNaN(p) {
		t.Errorf("Quantile(1.5) = %v", p)
	}
}

// The distribution function and its inverse undo each other, and its slope is
// the density.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Logistic{rapid.Float64Range(-5, 5).Draw(t, "mu"), rapid.Float64Range(0.1, 10).Draw(t, "scale")}
		p := rapid.Float64Range(1e-6, 0.999).Draw(t, "p")
		x := d.Quantile(p)
		// x = μ + s z loses what μ/s is larger than z, here fifty roundings.
		if got := d.CDF(x); !scalar.EqualWithinRel(got, p, 1e-13) {
			t.Fatalf("CDF(Quantile(%v)) = %v", p, got)
		}
		// A central difference with step h errs by h²/6 and by a rounding of the
		// CDF over h and the density: 2e-9 and 1e-9 here.
		slope := fd.Derivative(d.CDF, x, &fd.Settings{Formula: fd.Central, Step: 1e-4 * d.Scale})
		if want := math.Exp(d.LogProb(x)); !scalar.EqualWithinRel(slope, want, 1e-8) {
			t.Fatalf("the slope of CDF at %v is %v, the density %v", x, slope, want)
		}
	})
}

func TestValidate(t *testing.T) {
	if err := (Logistic{Scale: 1}).Validate(); err != nil {
		t.Error(err)
	}
	for _, d := range []Logistic{{0, 0}, {0, -1}, {0, math.NaN()}, {0, math.Inf(1)}, {math.NaN(), 1}, {math.Inf(1), 1}} {
		if e := new(ParameterError); !errors.As(d.Validate(), &e) || e.Want == "" {
			t.Errorf("%+v: error %v", d, d.Validate())
		}
	}
}

// Kolmogorov–Smirnov: √n·D exceeds 2.69 with probability 1e-6. The same test
// refuses a sampler whose scale is a fifth too large.
func TestRand(t *testing.T) {
	const n, limit = 20000, 2.69
	d := Logistic{Mu: 3, Scale: 2}
	distance := func(sampler Logistic, r *rand.Rand) float64 {
		u := make([]float64, n)
		for i := range u {
			u[i] = d.CDF(sampler.Rand(r))
		}
		slices.Sort(u)
		worst := 0.0
		for i, u := range u {
			worst = max(worst, u-float64(i)/n, float64(i+1)/n-u)
		}
		return worst * math.Sqrt(n)
	}
	if got := distance(d, stream.New(1, "skeleton")); got > limit {
		t.Errorf("√n·D = %.2f, more than %v", got, limit)
	}
	if got := distance(Logistic{3, 2.4}, stream.New(1, "skeleton")); got <= limit {
		t.Errorf("a broken sampler passes with √n·D = %.2f", got)
	}
}
