package dist_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

// bare has no capability beyond those of a Univariate.
type bare struct{ dist.Univariate }

func TestProduct(t *testing.T) {
	two := dist.Product{dist.Normal{Mu: 1, Sigma: 2}, dist.Exponential{Rate: 3}}
	disttest.RunMultivariate(t, disttest.MultivariateCase{
		Dist: two,
		New: func(p []float64) dist.Multivariate {
			return dist.Product{dist.Normal{Mu: p[0], Sigma: p[1]}, dist.Exponential{Rate: p[2]}}
		},
		Cube: disttest.Box([]float64{-19, 0}, []float64{21, 12}),
		Projections: []disttest.Projection{
			{Name: "the first", Of: func(x []float64) float64 { return x[0] }, CDF: two[0].CDF},
			{Name: "the second", Of: func(x []float64) float64 { return x[1] }, CDF: two[1].CDF},
		},
	})
	disttest.RunMultivariate(t, disttest.MultivariateCase{
		Dist:    dist.Product{bare{dist.Poisson{Lambda: 4}}, dist.Normal{Mu: 0, Sigma: 1}, dist.Bernoulli{P: 0.3}, dist.Uniform{Lower: 0, Upper: 2}},
		Integer: []bool{true, false, true, false},
	})
}

// The density is that of the factors, also where one of them is zero.
func TestProductLogProb(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := dist.Product{dist.Normal{Mu: 1, Sigma: 2}, dist.Exponential{Rate: 3}, bare{dist.Binomial{N: 5, P: 0.2}}}
		rows := rapid.IntRange(0, 600).Draw(t, "rows")
		r := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "seed")))
		var x, want []float64
		for range rows {
			row := d.RandTo(nil, r)
			if r.IntN(10) == 0 {
				row[r.IntN(3)] = -1
			}
			x = append(x, row...)
			want = append(want, d[0].LogProb(row[0])+d[1].LogProb(row[1])+d[2].LogProb(row[2]))
		}
		for i, l := range d.LogProbTo(nil, x) {
			if one := d.LogProb(x[3*i : 3*i+3]); one != want[i] && !(math.Abs(one-want[i]) < 1e-12) || l != one && !(math.Abs(l-one) < 1e-12) {
				t.Fatalf("row %d: %v alone, %v in a batch, want %v", i, one, l, want[i])
			}
		}
	})
	// A zero is stronger than a pole.
	pole := dist.Product{dist.Uniform{Lower: 0, Upper: 1}, dist.Weibull{Shape: 0.5, Scale: 1}}
	for _, x := range [][]float64{{2, 0}, {0.5, 0}} {
		want := math.Inf(-1)
		if x[0] < 1 {
			want = math.Inf(1)
		}
		if got, batch := pole.LogProb(x), pole.LogProbTo(nil, x)[0]; got != want || batch != want {
			t.Errorf("at %v: %v and %v, want %v", x, got, batch, want)
		}
	}
}

func TestProductParts(t *testing.T) {
	d := dist.Product{dist.Normal{Mu: 1, Sigma: 2}, bare{dist.Normal{Mu: 0, Sigma: 1}}, dist.Poisson{Lambda: 3}}
	if diff := cmp.Diff([]float64{1, 2, 3}, d.Params()); diff != "" {
		t.Error(diff)
	}
	g := d.GradLogProbTo(nil, []float64{2, 1, 3})
	if g[0] != -0.25 || !math.IsNaN(g[1]) || !math.IsNaN(g[2]) {
		t.Errorf("gradient %v", g)
	}
	for _, c := range []struct {
		factors []dist.Univariate
		param   string
	}{
		{nil, "number of factors"},
		{[]dist.Univariate{dist.Normal{Mu: 0, Sigma: 1}, dist.Normal{Mu: 0, Sigma: -1}}, "[1].Sigma"},
	} {
		var p *dist.ParameterError
		if _, err := dist.NewProduct(c.factors...); !errors.As(err, &p) || p.Parameter != c.param {
			t.Errorf("%v, want one of %s", err, c.param)
		}
	}
}
