package dist_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
	"github.com/belief-go/belief/internal/special"
)

// scaled divides by the sum.
func scaled(w []float64) []float64 {
	sum, out := 0.0, make([]float64, len(w))
	for _, v := range w {
		sum += v
	}
	for i, v := range w {
		out[i] = v / sum
	}
	return out
}

func TestMultivariateMixture(t *testing.T) {
	pair := func(p []float64) dist.Multivariate {
		return dist.Product{dist.Normal{Mu: p[0], Sigma: p[1]}, dist.Normal{Mu: p[2], Sigma: p[3]}}
	}
	normals := func(p []float64) dist.Multivariate {
		return dist.MultivariateMixture{Weights: scaled(p[:2]), Components: []dist.Multivariate{pair(p[2:6]), pair(p[6:])}}
	}
	disttest.RunMultivariate(t, disttest.MultivariateCase{
		Dist:    normals([]float64{0.3, 0.7, -2, 1, 0, 1, 2, 0.5, 1, 2}),
		New:     normals,
		Cube:    disttest.Box([]float64{-9, -15}, []float64{7, 17}),
		CubeTol: 1e-5,
		Projections: []disttest.Projection{{
			Name: "the first",
			Of:   func(x []float64) float64 { return x[0] },
			CDF: func(v float64) float64 {
				return 0.3*dist.Normal{Mu: -2, Sigma: 1}.CDF(v) + 0.7*dist.Normal{Mu: 2, Sigma: 0.5}.CDF(v)
			},
		}},
	})
	shares := func(p []float64) dist.Multivariate {
		return dist.MultivariateMixture{Weights: scaled(p[:2]), Components: []dist.Multivariate{dist.Dirichlet{Alpha: p[2:5]}, dist.Dirichlet{Alpha: p[5:]}}}
	}
	disttest.RunMultivariate(t, disttest.MultivariateCase{
		Dist:  shares([]float64{0.4, 0.6, 2, 3, 4, 9, 1, 2}),
		New:   shares,
		Chart: disttest.Simplex(3, 1),
		Cube:  stick,
	})
	disttest.RunMultivariate(t, disttest.MultivariateCase{
		Dist: dist.MultivariateMixture{Weights: []float64{0.5, 0.2, 0.3}, Components: []dist.Multivariate{
			dist.Multinomial{N: 5, P: []float64{0.1, 0.2, 0.7}}, dist.DirichletMultinomial{N: 5, Alpha: []float64{1, 2, 3}}, dist.Multinomial{N: 5, P: []float64{0.9, 0.1, 0}},
		}},
		Chart:   disttest.Simplex(3, 5),
		Integer: []bool{true},
		Values:  allCounts(5, 3),
	})
}

// Responsibilities are Bayes' rule, also where all densities underflow.
func TestResponsibilities(t *testing.T) {
	normal := func(mu float64) dist.Multivariate { return dist.Product{dist.Normal{Mu: mu, Sigma: 1}} }
	d, err := dist.NewMultivariateMixture([]dist.Multivariate{normal(-1), normal(1)}, []float64{0.25, 0.75})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-400, 400).Draw(t, "x")
		got := d.ResponsibilitiesTo(nil, []float64{x})
		odds := math.Log(3) + 2*x // of the second, from the two normal densities
		if want := special.Logistic(odds); !(math.Abs(got[1]-want) <= 1e-9*want+1e-300) || math.Abs(got[0]+got[1]-1) > 1e-15 {
			t.Fatalf("responsibilities %v, want %v", got, want)
		}
	})
	simplex := dist.MultivariateMixture{Weights: []float64{1}, Components: []dist.Multivariate{dist.Dirichlet{Alpha: []float64{1, 1}}}}
	if r := simplex.ResponsibilitiesTo(nil, []float64{1, 1}); !math.IsNaN(r[0]) {
		t.Errorf("responsibilities %v where the density is zero", r)
	}
	if g := simplex.GradLogProbTo(nil, []float64{1, 1}); !math.IsNaN(g[0]) {
		t.Errorf("gradient %v where the density is zero", g)
	}
	if h := d.Entropy(); !math.IsNaN(h) {
		t.Errorf("entropy %v", h)
	}
	if h := simplex.Entropy(); h != 0 {
		t.Errorf("entropy %v of one uniform component", h)
	}
}

// A component without weight is as if it were not there, whatever it is.
func TestMixtureWeightless(t *testing.T) {
	far := dist.Product{dist.Normal{Mu: 1e9, Sigma: 1}, dist.Cauchy{Location: 0, Scale: 1}}
	near := dist.Product{dist.Normal{Mu: 0, Sigma: 1}, dist.Normal{Mu: 0, Sigma: 1}}
	d := dist.MultivariateMixture{Weights: []float64{0, 1}, Components: []dist.Multivariate{far, near}}
	x := []float64{0.5, -1}
	if d.LogProb(x) != near.LogProb(x) || d.MeanTo(nil)[1] != 0 || d.CovarianceTo(nil).At(1, 1) != 1 {
		t.Errorf("%v, %v, %v", d.LogProb(x), d.MeanTo(nil), d.CovarianceTo(nil).At(1, 1))
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		if v := d.RandTo(nil, r); v[0] > 1e6 {
			t.Fatal("a draw from a component without weight")
		}
	}
}

func TestMixtureParameters(t *testing.T) {
	one := dist.Product{dist.Normal{Mu: 0, Sigma: 1}}
	for _, c := range []struct {
		w     []float64
		parts []dist.Multivariate
		param string
	}{
		{nil, nil, "number of weights"},
		{[]float64{1}, []dist.Multivariate{one, one}, "number of weights"},
		{[]float64{0.5, 0.4}, []dist.Multivariate{one, one}, "sum of Weights"},
		{[]float64{1.5, -0.5}, []dist.Multivariate{one, one}, "Weights[0]"},
		{[]float64{0.5, 0.5}, []dist.Multivariate{one, dist.Dirichlet{Alpha: []float64{1, 1}}}, "dimension of Components[1]"},
		{[]float64{0.5, 0.5}, []dist.Multivariate{one, dist.Dirichlet{Alpha: []float64{1, -1}}}, "Components[1].Alpha[1]"},
	} {
		var p *dist.ParameterError
		if _, err := dist.NewMultivariateMixture(c.parts, c.w); !errors.As(err, &p) || p.Parameter != c.param {
			t.Errorf("%v, want one of %s", err, c.param)
		}
	}
}
