package dist_test

import (
	"fmt"

	"github.com/belief-go/belief/dist"
)

// Far out, the probability is too small for a float64, and its logarithm is not.
func ExampleLogSurvivaler() {
	var d dist.LogSurvivaler = dist.Normal{Sigma: 1}
	fmt.Println(dist.Normal{Sigma: 1}.Survival(50))
	fmt.Printf("%.3f\n", d.LogSurvival(50))
	// Output:
	// 0
	// -1254.831
}
