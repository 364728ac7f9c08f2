package em_test

import (
	"context"
	"fmt"
	"math"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

// A missing cell gets what the others of its row let one expect.
func ExampleImpute() {
	nan := math.NaN()
	table, err := data.FromRows([][]float64{{1, 2}, {2, 3.9}, {3, 6.2}, {4, 7.8}, {5, nan}}, "a", "b")
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	run, err := em.GaussianMixture{K: 1}.Fit(ctx, table, em.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	whole, err := em.Impute(ctx, run.Model, table)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f\n", whole.Row(4))
	// Output: [5.0 9.9]
}
