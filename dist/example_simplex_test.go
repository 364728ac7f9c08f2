package dist_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
)

// What is known of the shares of three parties, and of the first against the others.
func ExampleDirichlet() {
	d, err := dist.NewDirichlet([]float64{8, 5, 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f\n", d.MeanTo(nil))
	fmt.Printf("%.3f\n", d.LogProb([]float64{0.5, 0.3, 0.2}))
	both, err := d.Aggregate([]int{0, 1, 1})
	fmt.Println(both, err)
	_, err = dist.NewDirichlet([]float64{8, -5, 2})
	fmt.Println(err)
	// Output:
	// [0.533 0.333 0.133]
	// 2.211
	// Dirichlet(Alpha: [8 7]) <nil>
	// Dirichlet: Alpha[1] is -5 and must be positive and finite
}

// Shapes from shares that were observed.
func ExampleFitDirichlet() {
	truth := dist.Dirichlet{Alpha: []float64{4, 2, 1}}
	r := rand.New(rand.NewPCG(1, 2))
	var x []float64
	for range 5000 {
		x = append(x, truth.RandTo(nil, r)...)
	}
	fit, err := dist.FitDirichlet(3, x, nil)
	fmt.Printf("%.1f %v\n", fit.Alpha, err)
	// Output: [4.0 2.0 1.0] <nil>
}

// Six throws of a die that show each face once.
func ExampleMultinomial() {
	d, err := dist.NewMultinomial(6, []float64{1. / 6, 1. / 6, 1. / 6, 1. / 6, 1. / 6, 1. / 6})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4f\n", math.Exp(d.LogProb([]float64{1, 1, 1, 1, 1, 1})))
	fmt.Println(d.LogProb([]float64{1, 1, 1, 1, 1, 2})) // seven throws
	fmt.Printf("%.3f\n", d.Marginal(0).P)
	// Output:
	// 0.0154
	// -Inf
	// 0.167
}

// With all shapes one, all vectors of counts are equally likely.
func ExampleDirichletMultinomial() {
	d := dist.DirichletMultinomial{N: 3, Alpha: []float64{1, 1, 1}}
	fmt.Printf("%.2f %.2f\n", math.Exp(d.LogProb([]float64{3, 0, 0})), math.Exp(d.LogProb([]float64{1, 1, 1})))
	fmt.Printf("%.4f\n", math.Exp(d.Entropy()))
	// Output:
	// 0.10 0.10
	// 10.0000
}

// Two numbers that do not depend on each other.
func ExampleProduct() {
	d := dist.Product{dist.Normal{Mu: 0, Sigma: 1}, dist.Poisson{Lambda: 4}}
	fmt.Println(d)
	fmt.Println(d.MeanTo(nil))
	// Output:
	// Product(Normal(Mu: 0, Sigma: 1) × Poisson(Lambda: 4))
	// [0 4]
}

// Which of two coins was thrown, if it showed heads six times?
func ExampleMultivariateMixture() {
	fair := dist.Multinomial{N: 6, P: []float64{0.5, 0.5}}
	loaded := dist.Multinomial{N: 6, P: []float64{0.75, 0.25}}
	d, err := dist.NewMultivariateMixture([]dist.Multivariate{fair, loaded}, []float64{0.9, 0.1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f\n", d.ResponsibilitiesTo(nil, []float64{6, 0}))
	fmt.Printf("%.2f\n", d.MeanTo(nil))
	// Output:
	// [0.441 0.559]
	// [3.15 2.85]
}
