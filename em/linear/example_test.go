package linear_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/em/linear"
)

// skills are pilots: how well they fly and how much they like to (after the lecture of
// Zhang Weinan on principal components), both driven by what they are made of.
func skills() *data.Table {
	r := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, 0, 400)
	for range 200 {
		z := r.NormFloat64()
		x = append(x, 50+8*z+r.NormFloat64(), 30+6*z+r.NormFloat64())
	}
	t, err := data.FromMatrix(x, 2, "skill", "joy")
	if err != nil {
		panic(err)
	}
	return t
}

func ExamplePCA() {
	m, err := linear.PCA{Components: 1}.Fit(context.Background(), skills(), em.Config{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("direction %.2f explains %.0f %% of the variance\n", m.Component(0), 100*m.Ratio()[0])
	// Output:
	// direction [0.81 0.59] explains 99 % of the variance
}

func ExamplePCAModel() {
	m, err := linear.PCA{Components: 1}.Fit(context.Background(), skills(), em.Config{})
	if err != nil {
		panic(err)
	}
	row := &em.Block{Rows: 1, Columns: 2, X: []float64{58, 37}}
	score, back := make([]float64, 1), make([]float64, 2)
	if err := m.TransformTo(score, row); err != nil {
		panic(err)
	}
	m.InverseTo(back, score, 1)
	fmt.Printf("score %.1f, which stands for %.1f\n", score, back)
	// Output:
	// score [10.9], which stands for [58.6 36.2]
}

func ExampleSolver() {
	for _, s := range []linear.Solver{linear.Full, linear.Randomized} {
		m, err := linear.PCA{Components: 1, Solver: s}.Fit(context.Background(), skills(), em.Config{})
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s: variance %.4f\n", s, m.ExplainedVariance[0])
	}
	// Output:
	// full: variance 97.0360
	// randomized: variance 97.0360
}

func ExampleTransformer() {
	var m linear.Transformer
	m, err := linear.PCA{Components: 1, Whiten: true}.Fit(context.Background(), skills(), em.Config{})
	if err != nil {
		panic(err)
	}
	z, err := linear.Transform(context.Background(), m, skills())
	if err != nil {
		panic(err)
	}
	sum := 0.0
	for _, v := range z {
		sum += v * v
	}
	fmt.Printf("%d rows become %d number each, of variance %.3f\n", len(z)/m.Dim(), m.Dim(), sum/float64(len(z)))
	// Output:
	// 200 rows become 1 number each, of variance 1.000
}
