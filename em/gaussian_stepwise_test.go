package em

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/data"
)

// Batches come near the greatest likelihood, far from the origin too: of about 20,000 nats
// no more than 20 are left.
func TestEngineBatchesOfGaussians(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	x := make([]float64, 8000)
	for i := range x {
		x[i] = 1e6 + rng.NormFloat64() + float64(i/2%3)*4
	}
	table, err := data.FromMatrix(x, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []Covariance{Full, Tied, Diagonal, Spherical} {
		g := GaussianMixture{K: 3, Covariance: form}
		all, err := g.Fit(context.Background(), table, Config{Seed: 2})
		if err != nil {
			t.Fatal(err)
		}
		batches, err := g.Fit(context.Background(), table, Config{Seed: 2, Batch: 400, Iterations: 15})
		if err != nil {
			t.Fatal(err)
		}
		if short := all.LogLikelihood - batches.LogLikelihood; short > 20 || short < -1e-6 {
			t.Errorf("%v: %v with batches, %v without", form, batches.LogLikelihood, all.LogLikelihood)
		}
	}
}
