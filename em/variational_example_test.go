package em_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

// twoClusters are rows about (0, 0) and (6, 3).
func twoClusters() *data.Table {
	r := rand.New(rand.NewPCG(1, 2))
	var rows [][]float64
	for i := range 120 {
		far := float64(i % 3 / 2)
		rows = append(rows, []float64{6*far + r.NormFloat64(), 3*far + r.NormFloat64()})
	}
	table, err := data.FromRows(rows, "a", "b")
	if err != nil {
		panic(err)
	}
	return table
}

// Of six components two are left; the bound of the evidence compares models.
func ExampleBayesianGaussianMixture() {
	ctx := context.Background()
	for _, k := range []int{1, 6} {
		run, err := em.BayesianGaussianMixture{K: k, Concentration: 1e-3}.Fit(ctx, twoClusters(), em.Config{Seed: 1})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("of %d components %d are left, evidence at least exp(%.0f)\n", k, run.Model.EffectiveComponents(), run.Objective)
	}
	// Output:
	// of 1 components 1 are left, evidence at least exp(-487)
	// of 6 components 2 are left, evidence at least exp(-443)
}

func ExampleBayesianGaussianModel() {
	run, err := em.BayesianGaussianMixture{K: 2}.Fit(context.Background(), twoClusters(), em.Config{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	m := run.Model
	for j, w := range m.Weights() {
		fmt.Printf("%.2f of the rows, a about %.1f, b about %.1f, ν %.0f\n", w, m.Mu(j)[0], m.Mu(j)[1], m.Nu(j))
	}
	// Output:
	// 0.67 of the rows, a about -0.1, b about 0.1, ν 82
	// 0.33 of the rows, a about 5.9, b about 2.9, ν 42
}

func ExampleWeightPrior() {
	run, err := em.BayesianGaussianMixture{K: 6, Weights: em.DirichletProcess, Concentration: 0.01}.Fit(context.Background(), twoClusters(), em.Config{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(em.DirichletProcess, run.Model.EffectiveComponents())
	// Output: dirichlet-process 2
}
