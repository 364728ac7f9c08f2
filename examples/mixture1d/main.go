// Mixture1d learns a mixture of two normal distributions on a line, and shows where it
// stands after the iterations of the book's figure.
//
//	go run ./examples/mixture1d
//
// This is algorithm 11.3 of Qiu Xipeng, Neural Networks and Deep Learning, 2019, with the
// E step of equation 11.104 and the M step of equations 11.109 to 11.111; figure 11.14
// shows iterations 1, 4, 8, 12 and 16. The book does not give its data. These are 500
// draws of 0.4 N(6, 0.8²) + 0.6 N(9.5, 1²), from a start that has both components near
// each other.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer) error {
	truth, err := dist.NewMixture([]dist.Univariate{dist.Normal{Mu: 6, Sigma: 0.8}, dist.Normal{Mu: 9.5, Sigma: 1}}, []float64{0.4, 0.6})
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(11, 3))
	x := make([]float64, 500)
	for i := range x {
		x[i] = truth.Rand(r)
	}
	rows, err := data.FromMatrix(x, 1, "x")
	if err != nil {
		return err
	}
	start, err := em.NewGaussianModel(em.GaussianParameters{
		Columns: []string{"x"}, Covariance: em.Spherical, Weights: []float64{0.5, 0.5},
		Means: [][]float64{{8}, {8.5}}, Variances: [][]float64{{1}, {1}}})
	if err != nil {
		return err
	}
	mixture := em.GaussianMixture{K: 2, Covariance: em.Spherical, Start: start}
	show := func(what string, m *em.GaussianModel, ll float64) {
		fmt.Fprintf(w, "%-10s", what)
		for k, weight := range m.Weights {
			fmt.Fprintf(w, "  %.3f N(%5.3f, %.3f²)", weight, m.Means[k][0], math.Sqrt(m.CovarianceTo(nil, k).At(0, 0)))
		}
		fmt.Fprintf(w, "  log-likelihood %.3f\n", ll)
	}
	for _, n := range []int{1, 4, 8, 12, 16} {
		fit, err := mixture.Fit(ctx, rows, em.Config{Iterations: n, Tolerance: -1})
		if err != nil {
			return err
		}
		if n == 1 {
			show("start", start, fit.History[0])
		}
		show(fmt.Sprintf("step %d", n), fit.Model, fit.LogLikelihood)
	}
	fit, err := mixture.Fit(ctx, rows, em.Config{})
	if err != nil {
		return err
	}
	show("converged", fit.Model, fit.LogLikelihood)
	return nil
}
