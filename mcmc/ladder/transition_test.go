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

// The random walk has the covariance of the particles, shrunk as the comment has it,
// and its scale follows what was accepted.
func TestWalk(t *testing.T) {
	base, err := dist.NewIsotropicNormal([]float64{0, 0}, 1)
	if err != nil {
		t.Fatal(err)
	}
	path := &Bridge{Base: base, Target: mcmc.Func(2, base.LogProb)}
	s, err := path.Start([]float64{0, 0, 2, 1, 0, 1, 9, 9})
	if err != nil {
		t.Fatal(err)
	}
	w := fitWalk(nil, []*Points{s}, []float64{0.25, 0.5, 0.25, 0})
	// Mean (1, ¾), variances 1 and 3/16, covariance ¼; ESS 8/3, of which 4/7 is kept.
	a, b, d := w.lower[0], w.lower[1], w.lower[2]
	for i, c := range [][2]float64{{a * a, 1}, {a * b, 0.25 * 4 / 7}, {b*b + d*d, 3. / 16}, {w.scale, 2.38 / math.Sqrt2}} {
		if math.Abs(c[0]-c[1]) > 1e-12 {
			t.Errorf("%d: %g, want %g", i, c[0], c[1])
		}
	}
	for _, accept := range []float64{0, 0.3, 1} {
		s.accept, s.proposals = 10*accept, 10
		next := fitWalk(w, []*Points{s}, []float64{0.25, 0.5, 0.25, 0})
		if want := w.scale * math.Exp(2*(accept-0.3)); math.Abs(next.scale-want) > 1e-12 || s.proposals != 0 {
			t.Errorf("acceptance %g: scale %g, want %g", accept, next.scale, want)
		}
	}
	got := make([]float64, 2)
	w.step(got, []float64{1, 1}, []float64{1, 2})
	if x, y := 1+w.scale*a, 1+w.scale*(b+2*d); math.Abs(got[0]-x) > 1e-12 || math.Abs(got[1]-y) > 1e-12 {
		t.Errorf("step to %v, want %g, %g", got, x, y)
	}
}
