package dist_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// TestFitScale: the fit of observations times 2^e is the fit of the observations with
// its location and scale times 2^e, to the last digits, over all of float64.
func TestFitScale(t *testing.T) {
	x := []float64{1, 1.5, 1.25, 4, 0.25, -0.75, 1.0625, 0.5, 2.75, 0.875, 7, 1.375}
	w := []float64{1, 2, 1, 1, 0.5, 1, 1, 3, 1, 1, 1, 1}
	half := make([]float64, len(x))
	for i, v := range x {
		half[i] = math.Abs(v)
	}
	for _, c := range []struct {
		name string
		x    []float64
		fit  func(x, w []float64) (location, scale float64, err error)
	}{
		{"normal", x, func(x, w []float64) (float64, float64, error) {
			d, err := dist.FitNormal(x, w)
			return d.Mu, d.Sigma, err
		}},
		{"logistic", x, func(x, w []float64) (float64, float64, error) {
			d, err := dist.FitLogistic(x, w)
			return d.Location, d.Scale, err
		}},
		{"Student t", x, func(x, w []float64) (float64, float64, error) {
			d, err := dist.FitStudentT(x, w)
			return d.Location, d.Scale, err
		}},
		{"half-Student t", half, func(x, w []float64) (float64, float64, error) {
			d, err := dist.FitHalfStudentT(x, w)
			return 0, d.Scale, err
		}},
	} {
		m, s, err := c.fit(c.x, w)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []int{-1040, -1000, -600, -450, -399, 0, 399, 600, 1000, 1020} {
			scaled := make([]float64, len(c.x))
			for i, v := range c.x {
				scaled[i] = math.Ldexp(v, e)
			}
			gotM, gotS, err := c.fit(scaled, w)
			digits := 1e-7 // a fit ends where the next step would be below it
			if e < -1022 {
				digits = 1e-2 * math.Ldexp(1, -1030-e) // of subnormal numbers there are few
			}
			m, s := math.Ldexp(m, e), math.Ldexp(s, e)
			if err != nil || !(math.Abs(gotM-m) <= digits*s) || !(math.Abs(gotS-s) <= digits*s) {
				t.Errorf("%s at 2^%d: %v, %v, %v, want %v, %v", c.name, e, gotM, gotS, err, m, s)
			}
		}
	}
}

// TestFitWide gives fits observations at the ends of float64: what comes back is the
// distribution, or an error that says what is the matter.
func TestFitWide(t *testing.T) {
	const most = math.MaxFloat64
	for _, lambda := range []float64{1e308, most} {
		p, err := dist.FitPoisson([]float64{lambda, lambda}, nil)
		if err != nil || p.Lambda != lambda {
			t.Errorf("Poisson: %v, %v", p, err)
		}
		g, err := dist.FitGeometric([]float64{lambda, lambda}, nil)
		if err != nil || g.P != 1/lambda || g.Validate() != nil {
			t.Errorf("geometric: %v, %v", g, err)
		}
	}
	n, err := dist.FitNormal([]float64{-most, most}, nil)
	if err != nil || n.Mu != 0 || !(math.Abs(n.Sigma/most-1) < 1e-15) {
		t.Errorf("normal: %v, %v", n, err)
	}
	s, err := dist.FitStudentT([]float64{1e308, 1.5e308, 1.7e308, -1e308}, nil)
	if want, _ := dist.FitStudentT([]float64{1, 1.5, 1.7, -1}, nil); err != nil || !(math.Abs(s.Nu-want.Nu) <= 1e-7) || !(math.Abs(s.Scale/want.Scale-1e308) <= 1e301) {
		t.Errorf("Student t: %v, %v, want %v times 1e308", s, err, want)
	}
	for name, c := range map[string]struct {
		fit  func(x, w []float64) (dist.Univariate, error)
		x, w []float64
		want string
	}{
		"normal": {func(x, w []float64) (dist.Univariate, error) { return dist.FitNormal(x, w) },
			[]float64{0, 5e-324}, nil, "by more or less than"},
		"no spread": {func(x, w []float64) (dist.Univariate, error) { return dist.FitNormal(x, w) },
			[]float64{3, 3, 1e308}, []float64{1, 1, 0}, "do not vary"},
		"log-normal": {func(x, w []float64) (dist.Univariate, error) { return dist.FitLogNormal(x, w) },
			[]float64{1e300, math.Nextafter(1e300, 0)}, nil, "logarithms"},
		"negative binomial": {func(x, w []float64) (dist.Univariate, error) { return dist.FitNegativeBinomial(x, w) },
			[]float64{1, 1e300}, nil, "more than a float64 holds"},
		"Student t": {func(x, w []float64) (dist.Univariate, error) { return dist.FitStudentT(x, w) },
			[]float64{1e-300, 2e-300, 3e-300, 4e-300, 1e300}, nil, "span more"},
	} {
		d, err := c.fit(c.x, c.w)
		if _, ok := errors.AsType[*dist.FitError](err); !ok || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v, want %q", name, d, err, c.want)
		}
	}
	l, err := dist.FitLogNormal([]float64{0.2, 0.2, 0.2, 1e-320}, nil)
	if want := (3*math.Log(0.2) + math.Log(math.Ldexp(1e-320, 100)) - 100*math.Ln2) / 4; err != nil || !(math.Abs(l.Mu-want) <= 1e-12*math.Abs(want)) {
		t.Errorf("log-normal: %v, %v, want Mu %v", l, err, want)
	}
}

// TestFitStudentAway: a fit that the range of float64 stops says so, and does not
// return where it started or was stopped.
func TestFitStudentAway(t *testing.T) {
	x := []float64{1e-300, 1, 1e300}
	for _, fit := range studentFits {
		d, err := fit(x, nil)
		if _, ok := errors.AsType[*dist.FitError](err); !ok {
			t.Errorf("%v, %v", d, err)
		}
	}
	x = []float64{0.1, 0.4, 0.5, 0.7, 1, 1.3, 2, 3, 1e170} // the square overflows
	d, err := dist.FitHalfStudentT(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	for k, p := range d.Params() {
		sum := 0.0
		for _, v := range x {
			sum += d.ScoreTo(nil, v)[k] * p
		}
		if !(math.Abs(sum) <= 1e-6) {
			t.Errorf("%v: score %d is %v", d, k, sum)
		}
	}
}

// TestMissing: a matrix that is nil is the programmer's mistake, and a distribution
// that is nil an error that says so.
func TestMissing(t *testing.T) {
	for name, f := range map[string]func(){
		"normal":          func() { _, _ = dist.NewMultivariateNormal([]float64{0}, nil) },
		"from precision":  func() { _, _ = dist.NewMultivariateNormalFromPrecision([]float64{0}, nil) },
		"from Cholesky":   func() { _, _ = dist.NewMultivariateNormalFromCholesky([]float64{0}, nil) },
		"Student t":       func() { _, _ = dist.NewMultivariateStudentT(3, []float64{0}, nil) },
		"Wishart":         func() { _, _ = dist.NewWishart(3, nil) },
		"inverse Wishart": func() { _, _ = dist.NewInverseWishart(3, mat.Symmetric(nil)) },
	} {
		func() {
			defer func() {
				if text, ok := recover().(string); !ok || !strings.HasPrefix(text, "dist: ") {
					t.Errorf("%s: the panic is %q", name, text)
				}
			}()
			f()
		}()
	}
	_, product := dist.NewProduct(dist.Normal{Sigma: 1}, nil)
	_, mixture := dist.NewMultivariateMixture([]dist.Multivariate{nil}, []float64{1})
	for _, err := range []error{product, mixture} {
		if err == nil || !strings.Contains(err.Error(), "nil") || strings.Contains(err.Error(), "NaN") {
			t.Errorf("the error is %v", err)
		}
	}
}
