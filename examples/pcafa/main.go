// Pcafa shows what principal components and factors make of the same data: six tests that
// two talents decide, one of which also measures a lot of luck. The variance of luck is
// the largest there is, so the first principal component follows it. Factor analysis lets
// every test have noise of its own and finds the talents.
//
//	go run ./examples/pcafa
//
// See Bishop 2006, section 12.2.4, and Qiu Xipeng 2019, Neural Networks and Deep Learning,
// draft of 6 April 2019, section 9.1.1.
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
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/em/linear"
)

var tests = []string{"algebra", "geometry", "logic", "latin", "poetry", "dice"}

// talents is how much each test takes of the two talents, luck the deviation of its noise.
var (
	talents = [][2]float64{{3, 0}, {2.5, 0}, {2, 0.5}, {0, 3}, {0, 2.5}, {0.5, 0.5}}
	luck    = []float64{1, 1, 1, 1, 1, 10}
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// rows are the results of so many people.
func rows(n int) (*data.Table, error) {
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, 0, n*len(tests))
	for range n {
		numbers, words := r.NormFloat64(), r.NormFloat64()
		for j, w := range talents {
			x = append(x, 20+w[0]*numbers+w[1]*words+luck[j]*r.NormFloat64())
		}
	}
	return data.FromMatrix(x, len(tests), tests...)
}

func run(ctx context.Context, w io.Writer) error {
	table, err := rows(1000)
	if err != nil {
		return err
	}
	pca, err := linear.PCA{Components: 2}.Fit(ctx, table, em.Config{})
	if err != nil {
		return err
	}
	iso, err := linear.ProbabilisticPCA{Components: 2}.Fit(ctx, table, em.Config{})
	if err != nil {
		return err
	}
	factors, err := linear.FactorAnalysis{Factors: 2, Varimax: true}.Fit(ctx, table, em.Config{})
	if err != nil {
		return err
	}

	fmt.Fprintf(w, "%-10s %17s %17s %19s\n", "", "components", "factors", "noise: put in, found")
	for j, name := range tests {
		fmt.Fprintf(w, "%-10s %8.2f %8.2f %8.2f %8.2f %10.0f %8.2f\n", name, pca.Component(0)[j], pca.Component(1)[j],
			factors.Model.Loadings[2*j], factors.Model.Loadings[2*j+1], luck[j]*luck[j], factors.Model.Noise[j])
	}
	fmt.Fprintf(w, "\nspace of the talents found: by components %.3f, by factors %.3f (1 is all of it)\n",
		within(pca.Components, len(tests)), within(transposed(factors.Model.Loadings, 2), len(tests)))
	fmt.Fprintf(w, "%-26s %12s %12s\n", "", "nats", "BIC")
	fmt.Fprintf(w, "%-26s %12.1f %12.1f\n", "probabilistic PCA", iso.LogLikelihood, iso.BIC())
	fmt.Fprintf(w, "%-26s %12.1f %12.1f\n", "factor analysis", factors.LogLikelihood, factors.BIC())
	return nil
}

// within is the part of the directions of the talents that lies in the span of two rows:
// the mean squared cosine of the principal angles.
func within(span []float64, d int) float64 {
	planted := make([]float64, 2*d)
	for j, w := range talents {
		planted[j], planted[d+j] = w[0], w[1]
	}
	a, b := orthonormal(span, d), orthonormal(planted, d)
	sum := 0.0
	for i := range 2 {
		for j := range 2 {
			c := dot(a[i], b[j])
			sum += c * c
		}
	}
	return sum / 2
}

func orthonormal(rows []float64, d int) [2][]float64 {
	x, y := unit(rows[:d]), append([]float64(nil), rows[d:2*d]...)
	c := dot(x, y)
	for j := range y {
		y[j] -= c * x[j]
	}
	return [2][]float64{x, unit(y)}
}

func unit(x []float64) []float64 {
	n, out := math.Sqrt(dot(x, x)), make([]float64, len(x))
	for j, v := range x {
		out[j] = v / n
	}
	return out
}

func dot(x, y []float64) (s float64) {
	for j := range x {
		s += x[j] * y[j]
	}
	return s
}

func transposed(x []float64, columns int) []float64 {
	rows := len(x) / columns
	out := make([]float64, len(x))
	for i := range rows {
		for j := range columns {
			out[j*rows+i] = x[i*columns+j]
		}
	}
	return out
}
