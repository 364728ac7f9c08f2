package dist_test

import (
	"errors"
	"fmt"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

// must is for parameters that are right.
func must[D any](d D, err error) D {
	if err != nil {
		panic(err)
	}
	return d
}

// symmetric makes a matrix from its lower triangle, row by row.
func symmetric(lower []float64) *mat.SymDense {
	n := int(math.Sqrt(float64(2 * len(lower))))
	a := mat.NewSymDense(n, nil)
	k := 0
	for i := range n {
		for j := range i + 1 {
			a.SetSym(i, j, lower[k])
			k++
		}
	}
	return a
}

// triangle makes a lower triangular matrix from its rows.
func triangle(lower []float64) *mat.TriDense {
	n := int(math.Sqrt(float64(2 * len(lower))))
	a := mat.NewTriDense(n, mat.Lower, nil)
	k := 0
	for i := range n {
		for j := range i + 1 {
			a.SetTri(i, j, lower[k])
			k++
		}
	}
	return a
}

func fullNormal(mu, lower []float64) *dist.MultivariateNormal {
	return must(dist.NewMultivariateNormal(mu, symmetric(lower)))
}

// vectorFit hides the type of a fit from the suite.
func vectorFit[D dist.Multivariate](n int, fit func(n int, x, w []float64) (D, error)) func(x, w []float64) (dist.Multivariate, error) {
	return func(x, w []float64) (dist.Multivariate, error) { return fit(n, x, w) }
}

// element projects onto one element.
func element(i int, cdf func(float64) float64) disttest.Projection {
	return disttest.Projection{Name: fmt.Sprintf("element %d", i), Of: func(x []float64) float64 { return x[i] }, CDF: cdf}
}

func TestMultivariateNormalSuite(t *testing.T) {
	for _, c := range []struct{ mu, cov []float64 }{
		{[]float64{-3}, []float64{4}},
		{[]float64{1, 2}, []float64{2, 0.8, 0.5}},
		{[]float64{0, 10, -1}, []float64{1, 0.3, 4, -0.2, 1, 2}},
		{[]float64{0, 0, 5, 1, 2}, []float64{1, 0.5, 1, 0.2, 0.5, 1, 0.1, 0.2, 0.5, 1, 0, 0, 0, 0.7, 1}},
	} {
		n := len(c.mu)
		d := fullNormal(c.mu, c.cov)
		variances := d.VarianceTo(nil)
		distance := dist.Normal{Sigma: 1} // of Mahalanobis, for n = 1
		k := disttest.MultivariateCase{
			Dist: d, New: func(p []float64) dist.Multivariate { return fullNormal(p[:n], p[n:]) },
			Fit: vectorFit(n, dist.FitMultivariateNormal), FitTol: 0.08,
			Projections: []disttest.Projection{element(n-1, dist.Normal{Mu: c.mu[n-1], Sigma: math.Sqrt(variances[n-1])}.CDF)},
		}
		switch n {
		case 1:
			k.Projections = append(k.Projections, disttest.Projection{Name: "the distance", Of: d.Mahalanobis,
				CDF: func(v float64) float64 { return 1 - 2*distance.Survival(v) }})
		case 2:
			k.Projections = append(k.Projections, disttest.Projection{Name: "the distance", Of: d.Mahalanobis,
				CDF: func(v float64) float64 { return 1 - math.Exp(-v*v/2) }})
		}
		if n <= 3 {
			var lower, upper []float64
			for i, m := range c.mu {
				lower, upper = append(lower, m-8.5*math.Sqrt(variances[i])), append(upper, m+8.5*math.Sqrt(variances[i]))
			}
			k.Cube = disttest.Box(lower, upper)
			k.CubeTol = 1e-5 // what 44 points a side can do
		}
		disttest.RunMultivariate(t, k)
	}
}

func TestDiagonalNormalSuite(t *testing.T) {
	for _, c := range []struct{ mu, sigma []float64 }{
		{[]float64{-3}, []float64{0.5}}, {[]float64{1, 2}, []float64{2, 0.8}}, {[]float64{1, 2, 3, 4}, []float64{1, 2, 3, 0.1}},
	} {
		n := len(c.mu)
		disttest.RunMultivariate(t, disttest.MultivariateCase{
			Dist: must(dist.NewDiagonalNormal(c.mu, c.sigma)),
			New:  func(p []float64) dist.Multivariate { return must(dist.NewDiagonalNormal(p[:n], p[n:])) },
			Fit:  vectorFit(n, dist.FitDiagonalNormal),
		})
		disttest.RunMultivariate(t, disttest.MultivariateCase{
			Dist: must(dist.NewIsotropicNormal(c.mu, c.sigma[0])),
			New:  func(p []float64) dist.Multivariate { return must(dist.NewIsotropicNormal(p[:n], p[n])) },
			Fit:  vectorFit(n, dist.FitIsotropicNormal),
		})
	}
}

// TestNormalForms: the three forms agree where they mean the same.
func TestNormalForms(t *testing.T) {
	mu, x := []float64{1, -2, 0.5}, []float64{0.3, -1, 2}
	iso := must(dist.NewIsotropicNormal(mu, 1.5))
	diag := must(dist.NewDiagonalNormal(mu, []float64{1.5, 1.5, 1.5}))
	whole := must(dist.NewMultivariateNormal(mu, iso.CovarianceTo(nil)))
	precise := must(dist.NewMultivariateNormalFromPrecision(mu, iso.PrecisionTo(nil)))
	factor := must(dist.NewMultivariateNormalFromCholesky(mu, iso.CholeskyTo(nil)))
	for _, d := range []*dist.MultivariateNormal{diag, whole, precise, factor} {
		if a, b := d.LogProb(x), iso.LogProb(x); math.Abs(a-b) > 1e-13 {
			t.Errorf("%v: %v, want %v", d, a, b)
		}
		if a, b := d.Mahalanobis(x), iso.Mahalanobis(x); math.Abs(a-b) > 1e-13 {
			t.Errorf("%v: distance %v, want %v", d, a, b)
		}
		if a, b := d.Entropy(), iso.Entropy(); math.Abs(a-b) > 1e-13 {
			t.Errorf("%v: entropy %v, want %v", d, a, b)
		}
		if !mat.EqualApprox(d.CovarianceTo(nil), iso.CovarianceTo(nil), 1e-13) || !mat.EqualApprox(d.PrecisionTo(nil), iso.PrecisionTo(nil), 1e-13) || !mat.EqualApprox(d.CholeskyTo(nil), iso.CholeskyTo(nil), 1e-13) {
			t.Errorf("%v: covariance, precision or factor differ", d)
		}
		m, c := must(d.Marginal([]int{2, 0})), must(d.Conditional([]int{1}, []float64{7}))
		im, ic := must(iso.Marginal([]int{2, 0})), must(iso.Conditional([]int{1}, []float64{7}))
		if a, b := m.LogProb(x[:2]), im.LogProb(x[:2]); math.Abs(a-b) > 1e-13 {
			t.Errorf("%v: marginal %v, want %v", d, a, b)
		}
		if a, b := c.LogProb(x[:2]), ic.LogProb(x[:2]); math.Abs(a-b) > 1e-13 {
			t.Errorf("%v: conditional %v, want %v", d, a, b)
		}
	}
}

// TestNormalChainRule: joint = marginal × conditional, for any split, of random
// covariances.
func TestNormalChainRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(t, "n")
		entry := rapid.Float64Range(-2, 2)
		// Small enough that the condition number stays below 1e6.
		lower := rapid.SliceOfN(rapid.Float64Range(-0.5, 0.5), n*(n+1)/2, n*(n+1)/2).Draw(t, "lower")
		for i := range n {
			lower[i*(i+1)/2+i] = math.Exp(lower[i*(i+1)/2+i])
		}
		mu, x := rapid.SliceOfN(entry, n, n).Draw(t, "mu"), rapid.SliceOfN(entry, n, n).Draw(t, "x")
		d := must(dist.NewMultivariateNormalFromCholesky(mu, triangle(lower)))
		order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5}[:n]).Draw(t, "order")
		given := order[:rapid.IntRange(1, n-1).Draw(t, "given")]
		var values, rest []float64
		for _, i := range given {
			values = append(values, x[i])
		}
		for i := range n {
			if !slices.Contains(given, i) {
				rest = append(rest, x[i])
			}
		}
		marginal := must(d.Marginal(given))
		conditional := must(d.Conditional(given, values))
		want := d.LogProb(x)
		got := marginal.LogProb(values) + conditional.LogProb(rest)
		if math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
			t.Fatalf("%v and %v, together %v, want %v", marginal, conditional, got, want)
		}
	})
}

func TestMultivariateNormalErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	good := fullNormal([]float64{1, 2}, []float64{1, 0, 1})
	upper := mat.NewTriDense(2, mat.Upper, []float64{1, 2, 0, 1})
	for _, c := range []struct {
		err  error
		want string
	}{
		{second(dist.NewMultivariateNormal(nil, &mat.SymDense{})), "multivariate normal: the length of Mu is 0 and must be at least 1"},
		{second(dist.NewMultivariateNormal([]float64{1}, symmetric([]float64{1, 0, 1}))), "the size of Covariance is 2 and must be 1, the length of Mu"},
		{second(dist.NewMultivariateNormal([]float64{1, nan}, symmetric([]float64{1, 0, 1}))), "Mu[1] is NaN"},
		{second(dist.NewMultivariateNormal([]float64{1, 0}, symmetric([]float64{1, inf, 1}))), "Covariance[1,0] is +Inf and must be finite"},
		{second(dist.NewMultivariateNormal([]float64{1, 0}, symmetric([]float64{1, 2, 1}))), "pivot 2 of Covariance is -3 and must be positive, for the matrix to be positive definite"},
		{second(dist.NewMultivariateNormal([]float64{1, 0}, symmetric([]float64{0, 0, 1}))), "pivot 1 of Covariance is 0"},
		{second(dist.NewMultivariateNormal([]float64{1, 0, 0}, symmetric([]float64{4, 4, 5, 2, 2, 1}))), "pivot 3 of Covariance is 0"},
		// Positive definite, but by the last digit only.
		{second(dist.NewMultivariateNormal([]float64{1, 0}, symmetric([]float64{1, 1, 1 + 0x1p-52}))), "pivot 2 of Covariance is 2.2"},
		{second(dist.NewMultivariateNormalFromPrecision([]float64{1, 0}, symmetric([]float64{1, 2, 1}))), "pivot 1 of Precision is -3"},
		{second(dist.NewMultivariateNormalFromCholesky([]float64{1, 0}, triangle([]float64{1, 2, 0}))), "Cholesky[1,1] is 0 and must be positive"},
		{second(dist.NewMultivariateNormalFromCholesky([]float64{1, 0}, triangle([]float64{1, nan, 1}))), "Cholesky[1,0] is NaN"},
		{second(dist.NewMultivariateNormalFromCholesky([]float64{1, 0}, upper)), "a lower triangular matrix"},
		{second(dist.NewDiagonalNormal([]float64{1, 0}, []float64{1, 0})), "diagonal normal: Sigma[1] is 0 and must be positive"},
		{second(dist.NewDiagonalNormal([]float64{1, 0}, []float64{1})), "the size of Sigma is 1 and must be 2"},
		{second(dist.NewDiagonalNormal(nil, nil)), "the length of Mu is 0"},
		{second(dist.NewIsotropicNormal(nil, 1)), "the length of Mu is 0"},
		{second(dist.NewIsotropicNormal([]float64{inf}, 1)), "isotropic normal: Mu[0] is +Inf"},
		{second(dist.NewIsotropicNormal([]float64{1}, nan)), "Sigma is NaN"},
		{second(good.Marginal(nil)), "the number of indices is 0"},
		{second(good.Marginal([]int{2})), "index 0 is 2 and must be between 0 and 1"},
		{second(good.Marginal([]int{0, 0})), "index 1 is 0 and must be different"},
		{second(good.Conditional([]int{-1}, []float64{1})), "index 0 is -1"},
		{second(good.Conditional([]int{1, 0}, []float64{1, 1})), "must be less than 2"},
		{second(good.Conditional([]int{1}, []float64{inf})), "value 0 is +Inf"},
	} {
		var p *dist.ParameterError
		if !errors.As(c.err, &p) || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, want %q", c.err, c.want)
		}
	}
}

// second drops what comes with an error.
func second[D any](_ D, err error) error { return err }

func TestMultivariateNormalFitErrors(t *testing.T) {
	line := []float64{0, 0, 0, 1, 2, 1, 2, 4, 2, 3, 6, 3, 4, 8, 9}
	for _, c := range []struct {
		err  error
		row  int
		want string
	}{
		{second(dist.FitMultivariateNormal(3, line, nil)), -1, "element 1 does not vary, or is a linear function of those before it"},
		{second(dist.FitMultivariateNormal(3, line[:9], nil)), -1, "3 observations of length 3"},
		{second(dist.FitMultivariateNormal(2, []float64{1, 1, 1, 2, 1, 3}, nil)), -1, "element 0 does not vary"},
		{second(dist.FitMultivariateNormal(2, []float64{1, 1e200, -1, -1e200, 1, 3}, nil)), -1, "more than float64 holds"},
		{second(dist.FitMultivariateNormal(2, []float64{1, 1, 1, math.Inf(1), 1, 3}, nil)), 1, "is +Inf in element 1"},
		{second(dist.FitMultivariateNormal(1, []float64{1, 2}, []float64{1, math.NaN()})), 1, "has weight NaN"},
		{second(dist.FitMultivariateNormal(1, []float64{1, 2}, []float64{1e308, 1e308})), -1, "the weights sum to more"},
		{second(dist.FitMultivariateNormal(2, []float64{1, 2, 3, 5, 8, 0}, []float64{1, 1, 0})), -1, "singular"},
		{second(dist.FitDiagonalNormal(2, []float64{1, 2, 1, 3}, nil)), -1, "element 0 does not vary"},
		{second(dist.FitDiagonalNormal(1, []float64{1e200, -1e200}, nil)), -1, "more than float64 holds"},
		{second(dist.FitIsotropicNormal(2, []float64{1, 2, 1, 2}, nil)), -1, "do not vary"},
	} {
		var f *dist.FitError
		if !errors.As(c.err, &f) || f.Row != c.row || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, want %q in row %d", c.err, c.want, c.row)
		}
	}
}

// TestLargeNormal: a thousand dimensions with covariances ρ^|i−j|, whose determinant
// and inverse are known in closed form.
func TestLargeNormal(t *testing.T) {
	const n, rho = 1000, 0.6
	cov := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			cov.SetSym(i, j, math.Pow(rho, float64(i-j)))
		}
	}
	d := must(dist.NewMultivariateNormal(make([]float64, n), cov))
	x := d.RandTo(nil, rand.New(rand.NewPCG(1, 2)))
	want := dist.Normal{Sigma: 1}.LogProb(x[0])
	for i := 1; i < n; i++ {
		want += dist.Normal{Mu: rho * x[i-1], Sigma: math.Sqrt(1 - rho*rho)}.LogProb(x[i])
	}
	if got := d.LogProb(x); math.Abs(got-want) > 1e-10*math.Abs(want) {
		t.Errorf("log density %v, want %v", got, want)
	}
	many := slices.Concat(x, x, x)
	if got := d.LogProbTo(nil, many); math.Abs(got[2]-want) > 1e-10*math.Abs(want) {
		t.Errorf("log density in a batch %v, want %v", got[2], want)
	}
	g := d.GradLogProbTo(nil, x)
	for i := 1; i < n-1; i++ {
		if want := -((1+rho*rho)*x[i] - rho*(x[i-1]+x[i+1])) / (1 - rho*rho); math.Abs(g[i]-want) > 1e-10*(1+math.Abs(want)) {
			t.Fatalf("gradient %v at %d, want %v", g[i], i, want)
		}
	}
	small := must(d.Marginal([]int{3, 4, 5}))
	for name, f := range map[string]func(){
		"LogProb": func() { d.LogProb(x) }, "GradLogProbTo": func() { d.GradLogProbTo(g, x) }, "a short LogProb": func() { small.LogProb(x[:3]) },
	} {
		if a := patience.Allocations(10, f); a > 0 {
			t.Errorf("%s allocates %v times", name, a)
		}
	}
	defer func() {
		if p := recover(); p == nil {
			t.Error("a dense matrix of 80 GB is made")
		}
	}()
	must(dist.NewIsotropicNormal(make([]float64, 1e5), 1)).CovarianceTo(nil)
}
