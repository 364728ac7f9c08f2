package dist_test

import (
	"fmt"

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
