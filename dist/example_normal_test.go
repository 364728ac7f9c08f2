package dist_test

import (
	"fmt"

	"github.com/belief-go/belief/dist"
)

// Heights of 1.75 m in the mean: how likely is one above 1.9 m?
func ExampleNormal() {
	d := dist.Normal{Mu: 1.75, Sigma: 0.07}
	fmt.Printf("%.4f\n", d.Survival(1.9))
	fmt.Printf("%.3f\n", d.Quantile(0.99))
	// Output:
	// 0.0161
	// 1.913
}

// Far out, the probability is too small for a float64, and its logarithm is not.
func ExampleLogSurvivaler() {
	var d dist.LogSurvivaler = dist.Normal{Sigma: 1}
	fmt.Println(dist.Normal{Sigma: 1}.Survival(50))
	fmt.Printf("%.3f\n", d.LogSurvival(50))
	// Output:
	// 0
	// -1254.831
}
