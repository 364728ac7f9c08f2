package ladder

import (
	"fmt"
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/mcmc"
)

// Points that are exact draws from f_b are so after they have moved: between
// N(0, 1) and N(2, ½²), f_b is normal with precision (1 − b) + 4b and mean 8b over
// that. The mean of the squares and the mean are within 4.9 standard errors, where the
// moves are many enough for the points to have forgotten where they started.
func TestTransitionsKeepTheirDensity(t *testing.T) {
	base, err := dist.NewIsotropicNormal([]float64{0}, 1)
	if err != nil {
		t.Fatal(err)
	}
	end := dist.Normal{Mu: 2, Sigma: 0.5}
	target := mcmc.GradFunc(1, func(x, grad []float64) float64 {
		grad[0] = end.GradLogProb(x[0])
		return end.LogProb(x[0])
	})
	const n = 4000
	for _, sampler := range []mcmc.Sampler{nil, mcmc.NUTS{}} {
		for _, b := range []float64{0.1, 0.5, 1} {
			name := fmt.Sprintf("sampler %T, b = %g", sampler, b)
			precision := (1 - b) + 4*b
			mean, sd := 8*b/precision, 1/math.Sqrt(precision)
			path := &Bridge{Base: base, Target: target, Sampler: sampler}
			r := stream.New(5, name)
			x := make([]float64, n)
			for i := range x {
				x[i] = mean + sd*r.NormFloat64()
			}
			s, err := path.Start(x)
			if err != nil {
				t.Fatal(err)
			}
			weights := make([]float64, n)
			for i := range weights {
				weights[i] = 1. / n
			}
			for _, at := range []float64{0, b} {
				if err := path.Adapt(at, []*Points{s}, weights); err != nil {
					t.Fatal(err)
				}
			}
			for range 6 {
				if err := path.Move(r, s, b); err != nil {
					t.Fatal(err)
				}
			}
			var first, second, together float64
			for i := range n {
				z := (s.At(i)[0] - mean) / sd
				first += z / math.Sqrt(n)
				second += (z*z - 1) / math.Sqrt(2*n)
				together += z * (x[i] - mean) / sd / n
				wantBase, wantTarget := base.LogProb(s.At(i)), end.LogProb(s.At(i)[0])
				if s.base[i] != wantBase || s.target[i] != wantTarget {
					t.Fatalf("%s: point %d remembers %g and %g, its densities are %g and %g", name, i, s.base[i], s.target[i], wantBase, wantTarget)
				}
			}
			if math.Abs(first) > 4.9 || math.Abs(second) > 4.9 {
				t.Errorf("%s: mean %.1f and squares %.1f standard errors off", name, first, second)
			}
			if together > 0.5 {
				t.Errorf("%s: points have kept a correlation of %.2f with their starts", name, together)
			}
		}
	}
}
