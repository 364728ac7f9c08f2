package em

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/google/go-cmp/cmp"
)

func variationalSaved(t testing.TB, covariance Covariance, weights WeightPrior) (*BayesianGaussianModel, string) {
	t.Helper()
	x := bayesRandom(rand.New(rand.NewPCG(2, 2)), 20, 2, 2, 4)
	run, err := BayesianGaussianMixture{K: 2, Covariance: covariance, Weights: weights}.Fit(context.Background(), bayesTable(t, x, 2), Config{Iterations: 5})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(run.Model)
	if err != nil {
		t.Fatal(err)
	}
	return run.Model, string(text)
}

func TestVariationalRoundTrip(t *testing.T) {
	for _, covariance := range bayesShapes {
		for _, weights := range []WeightPrior{DirichletWeights, DirichletProcess} {
			m, text := variationalSaved(t, covariance, weights)
			var back BayesianGaussianModel
			if err := json.Unmarshal([]byte(text), &back); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(m, &back, cmp.AllowUnexported(BayesianGaussianModel{}, bayesianPrior{}, ellipses{})); diff != "" {
				t.Errorf("%v, %v: %s", covariance, weights, diff)
			}
			if err := back.Validate(); err != nil {
				t.Error(err)
			}
		}
	}
	if err := (&BayesianGaussianModel{}).Validate(); err == nil {
		t.Error("an empty model is valid")
	}
}

func TestVariationalRefusesFiles(t *testing.T) {
	_, text := variationalSaved(t, Full, DirichletWeights)
	for _, c := range []struct{ old, new, want string }{
		{`"covariance":"full"`, `"covariance":"thick"`, "thick"},
		{`"covariance":"full"`, `"covariance":"tied"`, "psi"},
		{`"kappa":[`, `"kappa":["a",`, "kappa"},
		{`"weights":"dirichlet"`, `"weights":"equal"`, "equal"},
		{`"kappa":[`, `"kappa":[1,`, "mu"},
		{`"kappa":[`, `"kappa":[-`, "kappa[0]"},
		{`"nu":[`, `"nu":[-`, "nu[0]"},
		{`"psi":[[`, `"psi":[[-`, "Psi of component 0"},
		{`"columns":["x1","x2"]`, `"columns":[]`, "at least one"},
		{`"columns":["x1","x2"]`, `"columns":["x1"]`, "Mu"},
		{`"origins":[[`, `"origins":[[1,`, "origins"},
	} {
		if !strings.Contains(text, c.old) {
			t.Fatalf("%s is not in %s", c.old, text)
		}
		var m BayesianGaussianModel
		err := json.Unmarshal([]byte(strings.Replace(text, c.old, c.new, 1)), &m)
		if !errors.As(err, new(*belief.ParseError)) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.new, err)
		}
	}
}

// Whatever is read can be asked.
func FuzzBayesianGaussianModel(f *testing.F) {
	for _, covariance := range bayesShapes {
		_, text := variationalSaved(f, covariance, WeightPrior(covariance%2))
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var m BayesianGaussianModel
		if json.Unmarshal([]byte(text), &m) != nil {
			return
		}
		x := make([]float64, len(m.Columns()))
		b := &Block{Rows: 1, Columns: len(x), X: m.RandTo(x, rand.New(rand.NewPCG(1, 1)))}
		if err := m.Expect(b, m.NewStatistics()); err != nil {
			t.Error(err)
		}
		if err := m.LogProbTo(make([]float64, 1), b); err != nil {
			t.Log(err)
		}
		if _, err := json.Marshal(&m); err != nil {
			t.Error(err)
		}
	})
}

func TestVariationalJSONColumnNames(t *testing.T) {
	run, err := BayesianGaussianMixture{}.Fit(context.Background(), bayesTable(t, []float64{1, 2, 3, 5, 4, 4}, 2), Config{Iterations: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "x1"} {
		run.Model.columns = []string{"x1", name}
		text, err := run.Model.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if err := new(BayesianGaussianModel).UnmarshalJSON(text); err == nil {
			t.Errorf("columns x1 and %q, and no error", name)
		}
	}
}
