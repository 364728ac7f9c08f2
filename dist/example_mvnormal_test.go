package dist_test

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// Height in centimetres and weight in kilograms: what is known of the weight of a
// person who is 190 cm tall.
func ExampleMultivariateNormal() {
	cov := mat.NewSymDense(2, []float64{49, 63, 63, 144})
	d, err := dist.NewMultivariateNormal([]float64{175, 75}, cov)
	if err != nil {
		panic(err)
	}
	weight, err := d.Conditional([]int{0}, []float64{190})
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.2f, variance %.0f\n", weight.MeanTo(nil)[0], weight.VarianceTo(nil)[0])
	fmt.Printf("distance of (190, 75) from the mean: %.2f\n", d.Mahalanobis([]float64{190, 75}))

	cov.SetSym(0, 1, 105)
	_, err = dist.NewMultivariateNormal([]float64{175, 75}, cov)
	fmt.Println(err)
	// Output:
	// mean 94.29, variance 63
	// distance of (190, 75) from the mean: 3.24
	// multivariate normal: pivot 2 of Covariance is -81 and must be positive, for the matrix to be positive definite
}

// Two returns with heavy tails: given a crash of the first, the second is expected
// to follow, and its spread is wider than it was.
func ExampleMultivariateStudentT() {
	scale := mat.NewSymDense(2, []float64{1, 0.6, 0.6, 1})
	d, err := dist.NewMultivariateStudentT(3, []float64{0, 0}, scale)
	if err != nil {
		panic(err)
	}
	second, err := d.Conditional([]int{0}, []float64{-5})
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.1f, variance %.2f, before that %.2f\n",
		second.MeanTo(nil)[0], second.CovarianceTo(nil).At(0, 0), d.CovarianceTo(nil).At(1, 1))
	// Output:
	// mean -3.0, variance 8.96, before that 3.00
}

// The scatter matrix of ten standard normal vectors.
func ExampleWishart() {
	d, err := dist.NewWishart(10, mat.NewSymDense(2, []float64{1, 0, 0, 1}))
	if err != nil {
		panic(err)
	}
	x := d.RandTo(nil, rand.New(rand.NewPCG(1, 2)))
	fmt.Println("mean", d.MeanTo(nil), "symmetric", x[1] == x[2])
	fmt.Printf("log density of the mean %.4f\n", d.LogProb(d.MeanTo(nil)))
	// Output:
	// mean [10 0 0 10] symmetric true
	// log density of the mean -7.0175
}

// A prior of a covariance that expects variances of two.
func ExampleInverseWishart() {
	d, err := dist.NewInverseWishart(5, mat.NewSymDense(2, []float64{4, 1, 1, 4}))
	if err != nil {
		panic(err)
	}
	fmt.Println("mean", d.MeanTo(nil))
	fmt.Println("not positive definite:", d.LogProb([]float64{1, 2, 2, 1}))
	// Output:
	// mean [2 0.5 0.5 2]
	// not positive definite: -Inf
}

// Correlation matrices drawn uniformly, and drawn near the identity.
func ExampleLKJCholesky() {
	for _, eta := range []float64{1, 50} {
		d, err := dist.NewLKJCholesky(3, eta)
		if err != nil {
			panic(err)
		}
		r, mean := rand.New(rand.NewPCG(1, 2)), 0.0
		const n = 100000
		for range n {
			l := d.RandTo(nil, r)
			mean += l[3] * l[3] / n // the square of the correlation of the first two
		}
		fmt.Printf("η = %g: mean square correlation %.2f\n", eta, mean)
	}
	// Output:
	// η = 1: mean square correlation 0.25
	// η = 50: mean square correlation 0.01
}
