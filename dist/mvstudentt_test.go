package dist_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

func studentT(nu float64, mu, lower []float64) *dist.MultivariateStudentT {
	return must(dist.NewMultivariateStudentT(nu, mu, symmetric(lower)))
}

func TestMultivariateStudentTSuite(t *testing.T) {
	for _, c := range []struct {
		nu         float64
		mu, matrix []float64
	}{
		{30, []float64{-3}, []float64{4}},
		{0.8, []float64{1, 2}, []float64{2, 0.8, 0.5}},
		{5.5, []float64{0, 10, -1}, []float64{1, 0.3, 4, -0.2, 1, 2}},
		{1.5, []float64{1, 2, 3, 4, 5}, []float64{1, 0.5, 1, 0.2, 0.5, 1, 0.1, 0.2, 0.5, 1, 0, 0, 0, 0.7, 1}},
	} {
		n := len(c.mu)
		d := studentT(c.nu, c.mu, c.matrix)
		last := distuv.StudentsT{Mu: c.mu[n-1], Sigma: math.Sqrt(c.matrix[len(c.matrix)-1]), Nu: c.nu}
		k := disttest.MultivariateCase{
			Dist: d, New: func(p []float64) dist.Multivariate { return studentT(p[0], p[1:1+n], p[1+n:]) },
			Projections: []disttest.Projection{
				element(n-1, last.CDF),
				{Name: "the distance", Of: d.Mahalanobis, CDF: func(v float64) float64 {
					return mathext.RegIncBeta(float64(n)/2, c.nu/2, v*v/(v*v+c.nu)) // an F variate
				}},
			},
			HeavyTails: c.nu <= 8, FitTol: 0.1,
		}
		// With ν known and with ν fitted.
		nu := c.nu
		if n == 2 || n == 3 {
			nu = 0
		}
		k.Fit = func(x, w []float64) (dist.Multivariate, error) { return dist.FitMultivariateStudentT(n, nu, x, w) }
		disttest.RunMultivariate(t, k)
	}
}

// TestMultivariateStudentTChainRule: joint = marginal × conditional.
func TestMultivariateStudentTChainRule(t *testing.T) {
	d := studentT(2.5, []float64{0, 10, -1}, []float64{1, 0.3, 4, -0.2, 1, 2})
	x := []float64{1.5, 7, -3}
	for _, given := range [][]int{{0}, {1}, {2}, {0, 1}, {2, 0}, {2, 1}} {
		var values, rest []float64
		taken := map[int]bool{}
		for _, i := range given {
			values = append(values, x[i])
			taken[i] = true
		}
		for i, v := range x {
			if !taken[i] {
				rest = append(rest, v)
			}
		}
		marginal, conditional := must(d.Marginal(given)), must(d.Conditional(given, values))
		if got, want := marginal.LogProb(values)+conditional.LogProb(rest), d.LogProb(x); math.Abs(got-want) > 1e-12 {
			t.Errorf("given %v: %v, want %v", given, got, want)
		}
	}
}

// TestMultivariateStudentTFit: at the fit the score vanishes, and normal data have
// the largest ν there is.
func TestMultivariateStudentTFit(t *testing.T) {
	truth := studentT(4, []float64{1, 2}, []float64{2, 0.8, 0.5})
	r := rand.New(rand.NewPCG(4, 4))
	var x, w []float64
	for range 200 {
		x = append(x, truth.RandTo(nil, r)...)
		w = append(w, r.Float64())
	}
	for _, nu := range []float64{0, 1, 7} {
		d := must(dist.FitMultivariateStudentT(2, nu, x, w))
		sum := make([]float64, 6)
		for i := range w {
			for k, v := range d.ScoreTo(nil, x[2*i:2*i+2]) {
				sum[k] += w[i] * v
			}
		}
		for k, v := range sum {
			if math.Abs(v) > 1e-6 && (k > 0 || nu == 0) {
				t.Errorf("ν %v: the score of parameter %d of %v is %v", nu, k, d, v)
			}
		}
	}
	normal := fullNormal([]float64{1, 2}, []float64{2, 0.8, 0.5})
	var y []float64
	for i := range 40 { // a grid of quantiles has lighter tails than any t
		u := dist.Normal{Sigma: 1}.Quantile((float64(i) + 0.5) / 40)
		v := dist.Normal{Sigma: 1}.Quantile((float64(i*17%40) + 0.5) / 40)
		y = append(y, u, v)
	}
	if d := must(dist.FitMultivariateStudentT(2, 0, y, nil)); d.Nu() != 1e4 {
		t.Errorf("a normal sample has the fit %v", d)
	}
	// A t distribution with many degrees of freedom is the normal one.
	many := studentT(1e15, []float64{1, 2}, []float64{2, 0.8, 0.5})
	for _, p := range [][]float64{{1, 2}, {0, 5}, {10, 2}} {
		if got, want := many.LogProb(p), normal.LogProb(p); math.Abs(got-want) > 1e-12*(1+math.Abs(want)) {
			t.Errorf("ν = 1e15 at %v: %v, want %v", p, got, want)
		}
	}
	if got, want := many.Entropy(), normal.Entropy(); math.Abs(got-want) > 1e-12 {
		t.Errorf("ν = 1e15: entropy %v, want %v", got, want)
	}
}

func TestMultivariateStudentTErrors(t *testing.T) {
	good := studentT(3, []float64{1, 2}, []float64{1, 0, 1})
	for _, c := range []struct {
		err  error
		want string
	}{
		{second(dist.NewMultivariateStudentT(0, []float64{1}, symmetric([]float64{1}))), "Nu is 0 and must be positive"},
		{second(dist.NewMultivariateStudentT(1, nil, symmetric([]float64{1}))), "the length of Mu is 0"},
		{second(dist.NewMultivariateStudentT(1, []float64{1}, symmetric([]float64{1, 0, 1}))), "the size of Scale is 2"},
		{second(dist.NewMultivariateStudentT(1, []float64{1}, symmetric([]float64{math.NaN()}))), "Scale[0,0] is NaN"},
		{second(dist.NewMultivariateStudentT(1, []float64{1, 2}, symmetric([]float64{1, -1, 1}))), "pivot 2 of Scale is 0"},
		{second(good.Marginal([]int{})), "the number of indices is 0"},
		{second(good.Marginal([]int{5})), "index 0 is 5"},
		{second(good.Conditional([]int{0, 1}, []float64{1, 1})), "less than 2"},
		{second(good.Conditional([]int{0}, []float64{1e200})), "the squared distance of the values is +Inf"},
		{second(dist.FitMultivariateStudentT(1, -1, []float64{1, 2}, nil)), "Nu is -1"},
	} {
		var p *dist.ParameterError
		if !errors.As(c.err, &p) || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, want %q", c.err, c.want)
		}
	}
	for _, x := range [][]float64{{1, 1, 2, 2, 3, 3}, {1, 1, 2, 3}, {1e200, 1, 2, 5, 3, -1}} {
		var f *dist.FitError
		if _, err := dist.FitMultivariateStudentT(2, 0, x, nil); !errors.As(err, &f) {
			t.Errorf("%v: error %v", x, err)
		}
	}
}
