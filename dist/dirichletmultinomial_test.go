package dist_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

func TestDirichletMultinomial(t *testing.T) {
	for _, c := range []struct {
		n     int
		alpha []float64
		tol   float64 // of fitted shapes
	}{
		{5, []float64{1, 2, 3}, 0.2}, {100, []float64{2, 5, 1.5}, 0},
		{12, []float64{0.1, 0.3, 1, 2}, 0}, {100000, []float64{0.8, 3, 7}, 0}, {4, []float64{20, 1, 1, 1, 5}, 1},
	} {
		k := len(c.alpha)
		d := dist.DirichletMultinomial{N: float64(c.n), Alpha: c.alpha}
		suite := disttest.MultivariateCase{
			Dist:    d,
			Chart:   disttest.Simplex(k, float64(c.n)),
			Integer: []bool{true},
			New:     func(p []float64) dist.Multivariate { return dist.DirichletMultinomial{N: float64(c.n), Alpha: p} },
			Fit:     func(x, w []float64) (dist.Multivariate, error) { return dist.FitDirichletMultinomial(k, x, w) },
			FitTol:  c.tol,
		}
		if c.n < 1000 { // whose distribution functions are quick
			suite.Projections = firstComponent(d.Marginal(0))
		}
		if c.n < 20 {
			suite.Values = allCounts(c.n, k)
		}
		disttest.RunMultivariate(t, suite)
	}
}

// Pólya's urn has the probability of a sequence of draws; here all of them are of
// one colour.
func TestDirichletMultinomialUrn(t *testing.T) {
	for _, alpha := range [][]float64{{1, 1}, {3, 1e-9}, {1e8, 1}, {0.01, 0.01}, {2, 3}, {1e-9, 1}} {
		for _, n := range []float64{1, 2, 7, 30, 2000} {
			want := 0.0
			for i := range int(n) {
				want += -math.Log1p(alpha[1] / (alpha[0] + float64(i)))
			}
			got := dist.DirichletMultinomial{N: n, Alpha: alpha}.LogProb([]float64{n, 0})
			if !(math.Abs(got-want) <= 1e-11*math.Abs(want)) {
				t.Errorf("shapes %v, %v trials: log mass %v, want %v", alpha, n, got, want)
			}
		}
	}
}

// TestDirichletMultinomialTiny draws with shapes whose gamma variates are no
// float64 even as logarithms.
func TestDirichletMultinomialTiny(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	d := dist.DirichletMultinomial{N: 10, Alpha: []float64{5e-324, 5e-324, 5e-324, 5e-324}}
	const n = 20000
	var count [4]float64
	for range n {
		x := d.RandTo(nil, r)
		for i, v := range x {
			if v != 0 && v != 10 {
				t.Fatalf("draw %v", x)
			}
			count[i] += v / 10 / n
		}
	}
	for i, share := range count {
		if math.Abs(share-0.25) > math.Sqrt(math.Log(8/1e-6)/(2*n)) { // Hoeffding at 1e-6
			t.Errorf("component %d has everything in a share %v of the draws", i, share)
		}
	}
}

func TestFitDirichletMultinomialRefuses(t *testing.T) {
	for name, x := range map[string][]float64{
		"no spread":        {2, 3, 2, 3, 3, 2},
		"multinomial":      {5, 5, 6, 4, 4, 6, 5, 5},
		"one outcome each": {5, 0, 0, 5, 5, 0},
		"never":            {5, 0, 5, 0},
		"one trial each":   {1, 0, 0, 1, 1, 0},
	} {
		var want *dist.FitError
		if d, err := dist.FitDirichletMultinomial(2, x, nil); !errors.As(err, &want) {
			t.Errorf("%s: %v, %v", name, d, err)
		}
	}
}
