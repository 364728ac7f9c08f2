package linear_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/em/linear"
)

// marks are those of 400 pupils in five subjects, which talents for numbers and for words
// decide, and luck, of which there is most in music; some were ill.
func marks() *data.Table {
	r := rand.New(rand.NewPCG(2, 1))
	w := [5][2]float64{{8, 2}, {6, 3}, {2, 8}, {3, 7}, {4, 4}}
	luck := [5]float64{5, 4, 5, 4, 15}
	x := make([]float64, 0, 2000)
	for range 400 {
		numbers, words := r.NormFloat64(), r.NormFloat64()
		for j := range w {
			v := 50 + w[j][0]*numbers + w[j][1]*words + luck[j]*r.NormFloat64()
			if r.Float64() < 0.05 {
				v = math.NaN()
			}
			x = append(x, v)
		}
	}
	t, err := data.FromMatrix(x, 5, "algebra", "physics", "latin", "history", "music")
	if err != nil {
		panic(err)
	}
	return t
}

func ExampleFactorAnalysis() {
	for k := 1; k <= 2; k++ {
		fit, err := linear.FactorAnalysis{Factors: k, Varimax: true}.Fit(context.Background(), marks(), em.Config{})
		if err != nil {
			panic(err)
		}
		fmt.Printf("%d factors: BIC %.0f, converged %t\n", k, fit.BIC(), fit.Converged)
		if k == 2 {
			for j, name := range fit.Model.Names {
				fmt.Printf("%-8s loadings %5.1f, noise %5.1f\n", name, fit.Model.Loadings[2*j:2*j+2], fit.Model.Noise[j])
			}
		}
	}
	// Output:
	// 1 factors: BIC 13425, converged true
	// 2 factors: BIC 13316, converged true
	// algebra  loadings [  1.8   7.4], noise  28.1
	// physics  loadings [  3.6   5.7], noise  18.2
	// latin    loadings [  8.2   1.6], noise  24.6
	// history  loadings [  7.2   3.0], noise  14.2
	// music    loadings [  4.0   5.2], noise 208.9
}

func ExampleProbabilisticPCA() {
	fit, err := linear.ProbabilisticPCA{Components: 1}.Fit(context.Background(), skills(), em.Config{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.4f nats, noise %.2f\n", fit.LogLikelihood, fit.Model.Noise[0])
	// Output:
	// -1023.1891 nats, noise 0.98
}

func ExampleFactorModel() {
	fit, err := linear.FactorAnalysis{Factors: 2}.Fit(context.Background(), marks(), em.Config{})
	if err != nil {
		panic(err)
	}
	// Good at algebra and bad at latin; the other marks are not known.
	row := &em.Block{Rows: 1, Columns: 5, X: []float64{65, math.NaN(), 40, math.NaN(), math.NaN()}}
	full := make([]float64, 5)
	if err := fit.Model.ImputeTo(full, row); err != nil {
		panic(err)
	}
	fmt.Printf("expected: %.0f\n", full)
	// Output:
	// expected: [65 55 40 48 53]
}
