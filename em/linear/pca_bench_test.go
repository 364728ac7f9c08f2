package linear

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

// peerData are rows of 50 signals of falling strength in noise: n×784, as
// scripts/bench-em makes them.
func peerData(n, d int) *data.Table {
	r := rand.New(rand.NewPCG(1, 2))
	const k = 50
	w := make([]float64, k*d)
	for i := range w {
		w[i] = r.NormFloat64() / float64(1+i/d)
	}
	x := make([]float64, n*d)
	for i := range n {
		row := x[i*d : (i+1)*d]
		for j := range row {
			row[j] = r.NormFloat64()
		}
		for f := range k {
			z := r.NormFloat64()
			for j := range row {
				row[j] += z * w[f*d+j]
			}
		}
	}
	t, err := data.FromMatrix(x, d)
	if err != nil {
		panic(err)
	}
	return t
}

// The aim: 50 components of 10000×784 on one thread at least as fast as scikit-learn's
// full solver.
func BenchmarkPCA(b *testing.B) {
	t := peerData(10_000, 784)
	noise := make([]float64, 10_000*784)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range noise {
		noise[i] = r.NormFloat64()
	}
	plain, err := data.FromMatrix(noise, 784)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		src  *data.Table
		s    PCA
	}{
		{"full", t, PCA{Components: 50}},
		{"full/noise", plain, PCA{Components: 50}},
		{"randomized", t, PCA{Components: 50, Solver: Randomized}},
		{"all", t, PCA{}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := c.s.Fit(context.Background(), c.src, em.Config{Workers: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
