package em_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

// twoHills draws rows from a mixture that the examples then find again.
func twoHills(n int) *data.Table {
	m, err := em.NewGaussianModel(em.GaussianParameters{
		Columns:     []string{"length", "width"},
		Weights:     []float64{0.3, 0.7},
		Means:       [][]float64{{0, 0}, {6, 4}},
		Covariances: [][][]float64{{{1, 0}, {0, 1}}, {{2, 1}, {1, 1}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = m.RandTo(nil, r)
	}
	table, err := data.FromRows(rows, m.Columns()...)
	if err != nil {
		log.Fatal(err)
	}
	return table
}

func ExampleGaussianMixture() {
	ctx := context.Background()
	rows := twoHills(5000)
	fit, err := em.GaussianMixture{K: 2}.Fit(ctx, rows, em.Config{Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("converged:", fit.Converged)
	for k, w := range fit.Model.Weights {
		fmt.Printf("%.1f at [%.0f %.0f]\n", w, math.Abs(fit.Model.Means[k][0]), math.Abs(fit.Model.Means[k][1]))
	}
	labels, err := em.Labels(ctx, fit.Model, rows)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("rows:", len(labels))
	// Unordered output:
	// converged: true
	// 0.7 at [6 4]
	// 0.3 at [0 0]
	// rows: 5000
}

func ExampleGaussianModel() {
	fit, err := em.GaussianMixture{K: 2}.Fit(context.Background(), twoHills(5000), em.Config{Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	// How wide is one that is 7 long?
	width, err := fit.Model.Conditional(map[string]float64{"length": 7})
	if err != nil {
		log.Fatal(err)
	}
	mix, err := width.Mixture()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.1f\n", mix.MeanTo(nil))
	// Output:
	// [4.5]
}

func ExampleGaussianParameters() {
	m, err := em.NewGaussianModel(em.GaussianParameters{
		Columns:    []string{"height"},
		Covariance: em.Spherical,
		Weights:    []float64{0.5, 0.5},
		Means:      [][]float64{{165}, {178}},
		Variances:  [][]float64{{49}, {64}},
	})
	if err != nil {
		log.Fatal(err)
	}
	text, err := json.Marshal(m.Values())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	// Output:
	// {"columns":["height"],"covariance":"spherical","weights":[0.5,0.5],"means":[[165],[178]],"variances":[[49],[64]]}
}

func ExampleGaussianPrior() {
	// Three components for five rows: without a prior they shrink to points.
	rows := twoHills(5)
	fit, err := em.GaussianMixture{K: 3, Prior: &em.GaussianPrior{}}.Fit(context.Background(), rows, em.Config{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(fit.Converged, len(fit.Model.Warnings()))
	// Output:
	// true 0
}

func ExampleGaussianInit() {
	fit, err := em.GaussianMixture{K: 2, Init: em.RandomStart}.Fit(context.Background(), twoHills(1000), em.Config{Starts: 3})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(fit.Starts), fit.Converged)
	// Output:
	// 3 true
}

func ExampleCovariance() {
	for _, c := range []em.Covariance{em.Full, em.Tied, em.Diagonal, em.Spherical} {
		fit, err := em.GaussianMixture{K: 2, Covariance: c}.Fit(context.Background(), twoHills(1000), em.Config{})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(c, fit.Parameters())
	}
	// Output:
	// full 11
	// tied 8
	// diagonal 9
	// spherical 7
}
