package dist_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

// allCounts lists the vectors of k whole numbers with total n.
func allCounts(n, k int) [][]float64 {
	if k == 1 {
		return [][]float64{{float64(n)}}
	}
	var out [][]float64
	for first := range n + 1 {
		for _, rest := range allCounts(n-first, k-1) {
			out = append(out, append([]float64{float64(first)}, rest...))
		}
	}
	return out
}

// firstComponent holds that of the draws against its distribution.
func firstComponent(marginal dist.Univariate) []disttest.Projection {
	return []disttest.Projection{{Name: "the first component", Of: func(x []float64) float64 { return x[0] }, CDF: marginal.CDF}}
}

func TestMultinomial(t *testing.T) {
	for _, c := range []struct {
		n int
		p []float64
	}{
		{5, []float64{0.2, 0.3, 0.5}}, {1, []float64{0.1, 0.9}}, {100, []float64{0.25, 0.25, 0.5}},
		{12, []float64{0, 0.3, 0.3, 0.4}}, {100000, []float64{0.01, 0.09, 0.9}}, {3, []float64{0.05, 0.05, 0.1, 0.2, 0.2, 0.4}},
	} {
		k := len(c.p)
		d := dist.Multinomial{N: float64(c.n), P: c.p}
		suite := disttest.MultivariateCase{
			Dist:    d,
			Chart:   disttest.Simplex(k, float64(c.n)),
			Integer: []bool{true},
			New: func(p []float64) dist.Multivariate { // the parameters are shares
				sum := 0.0
				for _, v := range p {
					sum += v
				}
				q := make([]float64, k)
				for i, v := range p {
					q[i] = v / sum
				}
				return dist.Multinomial{N: float64(c.n), P: q}
			},
			Fit:         func(x, w []float64) (dist.Multivariate, error) { return dist.FitMultinomial(k, x, w) },
			Projections: firstComponent(d.Marginal(0)),
		}
		if c.n < 20 {
			suite.Values = allCounts(c.n, k)
		}
		if slices.Min(c.p) == 0 { // where the score has a jump
			suite.New = nil
		}
		disttest.RunMultivariate(t, suite)
	}
}

func TestMultinomialEdges(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		n       float64
		p, x    []float64
		logProb float64
	}{
		{0, []float64{0.5, 0.5}, []float64{0, 0}, 0},
		{0, []float64{0.5, 0.5}, []float64{1, 0}, -inf},
		{3, []float64{0, 1}, []float64{0, 3}, 0},
		{3, []float64{0, 1}, []float64{1, 2}, -inf},
		{3, []float64{0, 1}, []float64{3, 0}, -inf},
		{3, []float64{0.5, 0.5}, []float64{1.5, 1.5}, -inf},
		{3, []float64{0.5, 0.5}, []float64{-1, 4}, -inf},
		{3, []float64{0.5, 0.5}, []float64{2, 2}, -inf},
		{3, []float64{0.5, 0.5}, []float64{math.NaN(), 2}, math.NaN()},
		{1, []float64{1}, []float64{1}, 0},
	} {
		got := dist.Multinomial{N: c.n, P: c.p}.LogProb(c.x)
		if got != c.logProb && !(math.IsNaN(got) && math.IsNaN(c.logProb)) {
			t.Errorf("Multinomial(%v, %v) at %v has log mass %v, want %v", c.n, c.p, c.x, got, c.logProb)
		}
	}
}

// Draws of 2^53 trials take as long as draws of one, and obey the total.
func TestMultinomialMany(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	p := make([]float64, 1000)
	for i := range p {
		p[i] = 1e-3
	}
	d, err := dist.NewMultinomial(1<<53, p)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		x := d.RandTo(nil, r)
		sum := 0.0
		for _, v := range x {
			sum += v
		}
		if l := d.LogProb(x); sum != d.N || math.IsNaN(l) || math.IsInf(l, 0) {
			t.Fatalf("the counts sum to %v, log mass %v", sum, l)
		}
	}
	dm := dist.DirichletMultinomial{N: 1 << 53, Alpha: p}
	for range 20 {
		x := dm.RandTo(nil, r)
		if l := dm.LogProb(x); math.IsNaN(l) || math.IsInf(l, 0) {
			t.Fatalf("log mass %v of %v", l, x)
		}
	}
}

func TestCountsAggregate(t *testing.T) {
	m, err := dist.Multinomial{N: 3, P: []float64{0.25, 0.25, 0.5}}.Aggregate([]int{0, 1, 0})
	if err != nil || !slices.Equal(m.P, []float64{0.75, 0.25}) || m.N != 3 {
		t.Errorf("%v, %v", m, err)
	}
	dm, err := dist.DirichletMultinomial{N: 3, Alpha: []float64{1, 2, 3}}.Aggregate([]int{1, 1, 0})
	if err != nil || !slices.Equal(dm.Alpha, []float64{3, 3}) {
		t.Errorf("%v, %v", dm, err)
	}
	var want *dist.ParameterError
	if _, err := (dist.DirichletMultinomial{N: 3, Alpha: []float64{1, 2}}).Aggregate([]int{0, 0}); !errors.As(err, &want) {
		t.Error(err)
	}
}

func TestFitCountsRefuse(t *testing.T) {
	nan := math.NaN()
	for name, x := range map[string][]float64{
		"fraction": {0.5, 1.5}, "negative": {-1, 3}, "totals differ": {1, 2, 1, 3}, "no trials": {0, 0}, "none": {}, "NaN": {nan, 1},
		"infinite": {math.Inf(1), 0}, "huge": {1 << 53, 1 << 53},
	} {
		var want *dist.FitError
		if d, err := dist.FitMultinomial(2, x, nil); !errors.As(err, &want) {
			t.Errorf("multinomial %s: %v, %v", name, d, err)
		}
		if d, err := dist.FitDirichletMultinomial(2, x, nil); !errors.As(err, &want) {
			t.Errorf("Dirichlet-multinomial %s: %v, %v", name, d, err)
		}
	}
}
