package em

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/datadir"
)

// The posteriors of scikit-learn, from the same starts; its bounds lack constants, so
// their differences are compared.
func TestVariationalAgainstScikitLearn(t *testing.T) {
	text, err := os.ReadFile("testdata/variational.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		X     [][]float64
		Prior struct {
			Concentration, Kappa, Nu float64
			Mu                       []float64
			Psi                      [][]float64
		}
		Cases []struct {
			Means, Mu, Psi, Responsibilities [][]float64
			Concentrations, Kappa, Nu        []float64
			Bound                            float64
		}
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	table, err := data.FromRows(golden.X)
	if err != nil {
		t.Fatal(err)
	}
	agree := func(what string, got, want []float64) {
		t.Helper()
		for i := range want {
			if !(math.Abs(got[i]-want[i]) <= 2e-5*(1+math.Abs(want[i]))) {
				t.Errorf("%s: %v, want %v", what, got, want)
				return
			}
		}
	}
	var bounds []float64
	for _, c := range golden.Cases {
		p := golden.Prior
		g := BayesianGaussianMixture{K: len(c.Means), Means: c.Means, Concentration: p.Concentration, Mu: p.Mu, Kappa: p.Kappa, Nu: p.Nu, Psi: append(p.Psi[0], p.Psi[1]...)}
		run, err := g.Fit(context.Background(), table, Config{Tolerance: 1e-14, Iterations: 20000})
		if err != nil {
			t.Fatal(err)
		}
		m := run.Model
		agree("concentrations", m.Concentrations(), c.Concentrations)
		for j := range c.Means {
			agree("mu", m.Mu(j), c.Mu[j])
			agree("kappa", []float64{m.Kappa(j)}, c.Kappa[j:j+1])
			agree("nu", []float64{m.Nu(j)}, c.Nu[j:j+1])
			agree("psi", m.Psi(j), c.Psi[j])
		}
		shares, err := Responsibilities(context.Background(), m, data.Range(table, 0, 3))
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range c.Responsibilities {
			agree("responsibilities", shares[i*g.K:(i+1)*g.K], row)
		}
		bounds = append(bounds, run.Objective-c.Bound)
	}
	for _, b := range bounds {
		if math.Abs(b-bounds[0]) > 1e-8 {
			t.Errorf("bounds less scikit-learn's: %v", bounds)
		}
	}
}

// Bishop 2006, figure 10.6: of six components for Old Faithful two stay, whose rows are
// those of the two clusters.
func TestVariationalFaithful(t *testing.T) {
	src, err := data.ReadCSVFile(datadir.Path(t, "tables", "faithful.csv"), data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	scaling, err := data.Standardize(src)
	if err != nil {
		t.Fatal(err)
	}
	scaled, err := scaling.Apply(src)
	if err != nil {
		t.Fatal(err)
	}
	for _, weights := range []WeightPrior{DirichletWeights, DirichletProcess} {
		run, err := BayesianGaussianMixture{K: 6, Weights: weights, Concentration: 1e-3}.Fit(context.Background(), scaled, Config{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		t.Log(run.Objective, run.Iterations, run.Converged, run.Model.Counts())
		if n := run.Model.EffectiveComponents(); n != 2 {
			t.Errorf("%v: %d components are left: %v", weights, n, run.Model.Weights())
		}
	}
}
