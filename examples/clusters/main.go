// Clusters puts k-means against a mixture of normal distributions, where clusters are
// long and of unlike sizes.
//
//	go run ./examples/clusters
//
// k-means is a mixture of balls of one size, to which every row belongs or does not: it
// cuts long clusters where they are near each other. A mixture learns the shapes, and how
// sure it is of every row.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer) error {
	r := rand.New(rand.NewPCG(5, 1))
	const n = 1000
	x, truth := make([]float64, 0, 2*n), make([]int, n)
	for i := range n {
		if r.Float64() < 0.3 {
			truth[i] = 1
		}
		x = append(x, 6*r.NormFloat64(), r.NormFloat64()+5*float64(truth[i]))
	}
	rows, err := data.FromMatrix(x, 2, "along", "across")
	if err != nil {
		return err
	}
	means, err := em.KMeans{K: 2}.Fit(ctx, rows, em.Config{Seed: 1})
	if err != nil {
		return err
	}
	mixture, err := em.GaussianMixture{K: 2}.Fit(ctx, rows, em.Config{Seed: 1})
	if err != nil {
		return err
	}
	for _, c := range []struct {
		name  string
		model em.Clustering
	}{{"k-means", means.Model}, {"mixture", mixture.Model}} {
		labels, err := em.Labels(ctx, c.model, rows)
		if err != nil {
			return err
		}
		right := 0
		for i, label := range labels {
			if label == truth[i] {
				right++
			}
		}
		fmt.Fprintf(w, "%s  %5.1f %% of the rows in their cluster\n", c.name, 100*float64(max(right, n-right))/n)
	}
	choice, err := em.Select(ctx, rows, []int{1, 2, 3, 4}, em.BIC, func(ctx context.Context, k int) (*em.Run[*em.GaussianModel], error) {
		return em.GaussianMixture{K: k}.Fit(ctx, rows, em.Config{Seed: 1})
	})
	if err != nil {
		return err
	}
	for _, c := range choice.Candidates {
		fmt.Fprintf(w, "%d components  BIC %.1f\n", c.K, c.BIC)
	}
	fmt.Fprintf(w, "%d are chosen\n", choice.K)
	return nil
}
