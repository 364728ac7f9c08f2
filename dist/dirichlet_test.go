package dist_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

// stick maps the unit cube onto the simplex by breaking pieces off a stick.
func stick(free, u []float64) float64 {
	left, logDet := 1.0, 0.0
	for i, v := range u {
		logDet += math.Log(left)
		free[i] = left * v
		left *= 1 - v
	}
	return logDet
}

func TestDirichlet(t *testing.T) {
	for _, alpha := range [][]float64{{2, 3, 4}, {0.5, 0.7}, {20, 30, 1.5, 8}, {400, 900, 100}, {0.4, 6, 2, 1, 1}} {
		d := dist.Dirichlet{Alpha: alpha}
		c := disttest.MultivariateCase{
			Dist:  d,
			Chart: disttest.Simplex(len(alpha), 1),
			New:   func(p []float64) dist.Multivariate { return dist.Dirichlet{Alpha: p} },
			Fit: func(x, w []float64) (dist.Multivariate, error) {
				return dist.FitDirichlet(len(alpha), x, w)
			},
			Projections: firstComponent(d.Marginal(0)),
		}
		if slices.Min(alpha) >= 1 && len(alpha) == 3 && slices.Max(alpha) < 100 {
			c.Cube = stick
		}
		if alpha[0] == 0.4 { // estimated from draws, of which few lie far from zero
			c.FitTol = 0.1
		}
		disttest.RunMultivariate(t, c)
	}
}

func TestDirichletEdges(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		alpha, x []float64
		want     float64
	}{
		{[]float64{2, 3}, []float64{0, 1}, -inf},
		{[]float64{0.5, 3}, []float64{0, 1}, inf},
		{[]float64{1, 3}, []float64{0, 1}, math.Log(3)},
		{[]float64{0.5, 2, 2}, []float64{0, 0, 1}, -inf}, // vanishing meets diverging
		{[]float64{1, 1, 1}, []float64{0, 0, 1}, math.Ln2},
		{[]float64{1, 60}, []float64{0, 1}, math.Log(60)},
		{[]float64{1, 60}, []float64{1, 0}, -inf},
		{[]float64{0.5, 60}, []float64{0, 1}, inf},
		{[]float64{1, 6e4}, []float64{0, 1}, math.Log(6e4)},
		{[]float64{1, 6e4}, []float64{1, 0}, -inf},
		{[]float64{0.5, 6e4}, []float64{0, 1}, inf},
		{[]float64{0.5, 6e4, 1e4}, []float64{0, 1, 0}, -inf},
		{[]float64{1, 1}, []float64{0.5, 0.5 + 2e-8}, -inf},
		{[]float64{1, 1}, []float64{0.5, 0.5 + 0.5e-8}, 0},
		{[]float64{1, 1}, []float64{-0.5, 1.5}, -inf},
		{[]float64{1, 1}, []float64{math.NaN(), 1}, math.NaN()},
	} {
		got := dist.Dirichlet{Alpha: c.alpha}.LogProb(c.x)
		if !(got == c.want || math.Abs(got-c.want) < 1e-12 || math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("Dirichlet(%v) at %v has log density %v, want %v", c.alpha, c.x, got, c.want)
		}
	}
	for _, x := range [][]float64{{0.5, 0.6}, {-1, 2}, {math.NaN(), 1}} {
		d := dist.Dirichlet{Alpha: []float64{2, 3}}
		if g, s := d.GradLogProbTo(nil, x), d.ScoreTo(nil, x); !math.IsNaN(g[0]) || !math.IsNaN(s[1]) {
			t.Errorf("off the simplex at %v the gradients are %v and %v", x, g, s)
		}
	}
}

// TestDirichletSmall draws where gamma variates underflow: the draws are corners,
// in proportion to the shapes, and never NaN or nothing.
func TestDirichletSmall(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, alpha := range [][]float64{{1e-3, 3e-3}, {1e-12, 3e-12}, {1e-300, 3e-300}, {5e-324, 3 * 5e-324}} {
		d, err := dist.NewDirichlet(alpha)
		if err != nil {
			t.Fatal(err)
		}
		const n = 20000
		sum := 0.0
		for range n {
			x := d.RandTo(nil, r)
			if !(math.Abs(x[0]+x[1]-1) <= 1e-12) || x[0] < 0 || x[1] < 0 {
				t.Fatalf("%v: draw %v", d, x)
			}
			sum += x[0]
		}
		// Hoeffding's bound for numbers in [0, 1] at 1e-6.
		if got, slack := sum/n, math.Sqrt(math.Log(2/1e-6)/(2*n)); !(math.Abs(got-0.25) <= slack) {
			t.Errorf("%v: the mean of %d draws is %v, want 0.25 ± %v", d, n, got, slack)
		}
	}
}

// TestDirichletAggregate draws, adds components and looks at their distribution.
func TestDirichletAggregate(t *testing.T) {
	d := dist.Dirichlet{Alpha: []float64{1, 2, 3, 4}}
	got, err := d.Aggregate([]int{1, 0, 1, 2})
	if err != nil || !slices.Equal(got.Alpha, []float64{2, 4, 4}) {
		t.Errorf("aggregated to %v, %v", got, err)
	}
	for _, group := range [][]int{{0, 0, 0, 0}, {0, 2, 0, 2}, {0, -1, 1, 0}, {0, 1, 2, 4}} {
		var want *dist.ParameterError
		if _, err := d.Aggregate(group); !errors.As(err, &want) {
			t.Errorf("groups %v: %v", group, err)
		}
	}
}

// The fit's likelihood is stationary: at it, the mean score is zero.
func TestFitDirichlet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(2, 5).Draw(t, "k")
		alpha := make([]float64, k)
		for i := range alpha {
			alpha[i] = math.Exp(rapid.Float64Range(-2, 12).Draw(t, "log alpha"))
		}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		d := dist.Dirichlet{Alpha: alpha}
		const n = 50
		var x []float64
		for range n {
			row := d.RandTo(nil, r)
			if slices.Min(row) < 1e-280 {
				t.Skip("a component underflows")
			}
			x = append(x, row...)
		}
		fit, err := dist.FitDirichlet(k, x, nil)
		if err != nil {
			t.Fatal(err)
		}
		mean := make([]float64, k)
		for i := range n {
			for j, s := range fit.ScoreTo(nil, x[i*k:(i+1)*k]) {
				mean[j] += s * fit.Alpha[j] / n
			}
		}
		for j, m := range mean {
			if !(math.Abs(m) <= 1e-7*(1+1e-6*fit.Alpha[j])) {
				t.Fatalf("fitted %v to draws from %v, and component %d has the mean score %v", fit, d, j, m)
			}
		}
	})
}

func TestFitDirichletRefuses(t *testing.T) {
	for name, x := range map[string][]float64{
		"equal":           {0.2, 0.8, 0.2, 0.8},
		"one":             {0.2, 0.8},
		"none":            {},
		"zero":            {0.2, 0.8, 0, 1},
		"off the simplex": {0.2, 0.7, 0.3, 0.7},
		"infinite":        {math.Inf(1), 0.7, 0.3, 0.7},
	} {
		var want *dist.FitError
		if fit, err := dist.FitDirichlet(2, x, nil); !errors.As(err, &want) {
			t.Errorf("%s: %v, %v", name, fit, err)
		}
	}
	var want *dist.ParameterError
	if _, err := dist.FitDirichlet(1, []float64{1}, nil); !errors.As(err, &want) {
		t.Error(err)
	}
}

func TestSimplexParameters(t *testing.T) {
	for _, c := range []struct {
		err   error
		param string
	}{
		{errOf(dist.NewDirichlet([]float64{1, 2, 3, 0})), "Alpha[3]"},
		{errOf(dist.NewDirichlet([]float64{1, math.NaN()})), "Alpha[1]"},
		{errOf(dist.NewDirichlet([]float64{1})), "number of components"},
		{errOf(dist.NewDirichlet([]float64{1e308, 1e308})), "sum of Alpha"},
		{errOf(dist.NewMultinomial(1.5, []float64{1})), "N"},
		{errOf(dist.NewMultinomial(3, nil)), "number of outcomes"},
		{errOf(dist.NewMultinomial(3, []float64{0.5, -0.1, 0.6})), "P[1]"},
		{errOf(dist.NewMultinomial(3, []float64{0.5, 0.4})), "sum of P"},
		{errOf(dist.NewMultinomial(3, []float64{0.5, math.NaN()})), "P[1]"},
		{errOf(dist.NewDirichletMultinomial(-1, []float64{1, 1})), "N"},
		{errOf(dist.NewDirichletMultinomial(1, []float64{1, math.Inf(1)})), "Alpha[1]"},
	} {
		var got *dist.ParameterError
		if !errors.As(c.err, &got) || got.Parameter != c.param {
			t.Errorf("%v, want one of %s", c.err, c.param)
		}
	}
	alpha := []float64{1, 2}
	d, err := dist.NewDirichlet(alpha)
	alpha[0] = 5
	if err != nil || d.Alpha[0] != 1 {
		t.Error("the constructor does not copy")
	}
}

func errOf[T any](_ T, err error) error { return err }

// TestSimplexExtreme asks everything of distributions at the limits of their
// parameters: it must end, and not with NaN.
func TestSimplexExtreme(t *testing.T) {
	const most = 1 << 53
	r := rand.New(rand.NewPCG(5, 6))
	shapes := [][]float64{
		{1e-307, 1e-307}, {1e-300, 1}, {1e300, 1e300}, {1e-300, 1e300}, {1e-3, 1e8}, {1e15, 1e15, 1}, {0.1, 1e-17, 3}, {1e290, 1},
	}
	var all []dist.Multivariate
	for _, alpha := range shapes {
		d, err := dist.NewDirichlet(alpha)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
		for _, n := range []float64{0, 1, 7, 1e6, most} {
			all = append(all, dist.DirichletMultinomial{N: n, Alpha: alpha})
		}
	}
	for _, p := range [][]float64{{1}, {0, 1}, {1e-300, 1}, {1 - 1e-16, 1e-16}, {0.5, 0.25, 0.25}} {
		for _, n := range []float64{0, 1, 7, 1e6, most} {
			all = append(all, dist.Multinomial{N: n, P: p})
		}
	}
	for _, d := range all {
		k := d.Dim()
		x := d.RandTo(nil, r)
		cov := d.CovarianceTo(nil)
		values := append(d.MeanTo(nil), x...)
		values = append(values, d.LogProb(x), d.Entropy(), cov.At(0, 0), cov.At(k-1, 0))
		for i, v := range values {
			if math.IsNaN(v) || i < 2*k && v < 0 {
				t.Errorf("%v: number %d of mean, draw, log probability, entropy and covariance is %v", d, i, v)
				break
			}
		}
	}
}

// Any values on the simplex are fitted or refused, and not with NaN.
func TestFitDirichletAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 4).Draw(t, "rows")
		var x, w []float64
		for range n {
			e := rapid.Float64Range(-320, 0).Draw(t, "exponent")
			v := math.Pow(10, e)
			x = append(x, v, 1-v)
			w = append(w, rapid.SampledFrom([]float64{0, 1e-300, 1, 3, 1e300}).Draw(t, "weight"))
		}
		fit, err := dist.FitDirichlet(2, x, w)
		var refused *dist.FitError
		if err != nil && !errors.As(err, &refused) || err == nil && fit.Validate() != nil {
			t.Fatal(fit, err)
		}
	})
}

// Any counts are fitted or refused, and not with NaN.
func TestFitCountsAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]float64{1, 2, 10, 1e6, 1 << 53}).Draw(t, "n")
		var x, w []float64
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			v := math.Floor(n * rapid.Float64Range(0, 1).Draw(t, "share"))
			x = append(x, v, n-v)
			w = append(w, rapid.SampledFrom([]float64{0, 1e-300, 1, 3, 1e300}).Draw(t, "weight"))
		}
		fit, err := dist.FitDirichletMultinomial(2, x, w)
		var refused *dist.FitError
		if err != nil && !errors.As(err, &refused) || err == nil && fit.Validate() != nil {
			t.Fatal(fit, err)
		}
		plain, err := dist.FitMultinomial(2, x, w)
		if err != nil && !errors.As(err, &refused) || err == nil && plain.Validate() != nil {
			t.Fatal(plain, err)
		}
	})
}
