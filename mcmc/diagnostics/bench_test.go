package diagnostics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/mcmc/draws"
)

// autoregressive returns chains of a first-order autoregression with variance 1.
func autoregressive(seed uint64, chains, n int, phi float64) [][]float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([][]float64, chains)
	for i := range out {
		x := r.NormFloat64()
		for range n {
			out[i] = append(out[i], x)
			x = phi*x + math.Sqrt(1-phi*phi)*r.NormFloat64()
		}
	}
	return out
}

// BenchmarkSummary is of 100 quantities in 4 chains of 1000 draws.
func BenchmarkSummary(b *testing.B) {
	d := draws.New(make([]string, 100), nil, 4, 1000)
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range d.Chains {
		for range 1000 * 100 {
			c.Values = append(c.Values, r.NormFloat64())
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		Summarize(d)
	}
}

// BenchmarkLong is of one quantity in 4 chains of a million draws.
func BenchmarkLong(b *testing.B) {
	chains := autoregressive(1, 4, 1_000_000, 0.9)
	b.ReportAllocs()
	for b.Loop() {
		newSample(chains).quantity("x", []float64{0.05, 0.5, 0.95})
	}
}
