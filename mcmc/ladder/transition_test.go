package ladder

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

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
				if err := path.Adapt(at, []*Points{s}, weights, []int{0}); err != nil {
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
	weights := []float64{0.25, 0.5, 0.25, 0}
	w, apart := fitWalks(nil, []*Points{s}, weights, []int{0}, false)
	if apart != nil {
		t.Error("a lone population has nobody to learn from")
	}
	// Mean (1, ¾), variances 1 and 3/16, covariance ¼; ESS 8/3, of which 4/7 is kept.
	a, b, d := w.lower[0], w.lower[1], w.lower[2]
	for i, c := range [][2]float64{{a * a, 1}, {a * b, 0.25 * 4 / 7}, {b*b + d*d, 3. / 16}, {w.scale, 2.38 / math.Sqrt2}} {
		if math.Abs(c[0]-c[1]) > 1e-12 {
			t.Errorf("%d: %g, want %g", i, c[0], c[1])
		}
	}
	for _, accept := range []float64{0, 0.3, 1} {
		s.score = score{accept: 12 * accept, jump: 12 * 0.8 * accept, proposals: 12} // three times
		next, _ := fitWalks(w, []*Points{s}, weights, []int{0}, false)
		if want := w.scale * math.Exp(2*(accept-0.3)); math.Abs(next.scale-want) > 1e-12 || s.score.proposals != 0 {
			t.Errorf("acceptance %g: scale %g, want %g", accept, next.scale, want)
		}
		// Half the mean of squared jumps per coordinate is lost of the correlation.
		if want := 1 - 0.2*accept; math.Abs(next.keep-want) > 1e-12 || math.Abs(next.kept-want*want*want) > 1e-12 {
			t.Errorf("acceptance %g: a move keeps %g, all keep %g, want %g", accept, next.keep, next.kept, want)
		}
	}
	got := make([]float64, 2)
	w.step(got, []float64{1, 1}, []float64{1, 2})
	if x, y := 1+w.scale*a, 1+w.scale*(b+2*d); math.Abs(got[0]-x) > 1e-12 || math.Abs(got[1]-y) > 1e-12 {
		t.Errorf("step to %v, want %g, %g", got, x, y)
	}
}

// Transitions are so many that half of the correlation is gone.
func TestMovesOfWalk(t *testing.T) {
	for _, c := range []struct {
		keep  float64
		least int
		want  int
	}{{0, 1, 1}, {0, 5, 5}, {0.5, 1, 1}, {0.51, 1, 2}, {0.9, 5, 7}, {0.99, 5, 69}, {0.999, 5, 100}, {1, 5, 100}, {math.NaN(), 5, 100}} {
		if got := (&walk{keep: c.keep}).moves(c.least); got != c.want {
			t.Errorf("a move that keeps %g: %d moves, want %d", c.keep, got, c.want)
		}
	}
}

// Each population has the walk that the particles of the others would have taught if
// they were alone.
func TestWalksOfOthers(t *testing.T) {
	for _, d := range []int{3, maxDense + 1} {
		base := wideBase(t, d)
		path := &Bridge{Base: base, Target: mcmc.Func(d, base.LogProb)}
		r := stream.New(1, "others")
		var batches []*Points
		var weights []float64
		for range 4 {
			s, err := path.Draw(r, 6)
			if err != nil {
				t.Fatal(err)
			}
			batches = append(batches, s)
			for range 6 {
				weights = append(weights, r.Float64()/12)
			}
		}
		_, apart := fitWalks(nil, batches, weights, []int{0, 0, 1, 2}, d > maxDense)
		for g, without := range [][2]int{{0, 2}, {2, 3}, {3, 4}} {
			rest := append(append([]*Points(nil), batches[:without[0]]...), batches[without[1]:]...)
			its := append(append([]float64(nil), weights[:6*without[0]]...), weights[6*without[1]:]...)
			sum := 0.0
			for _, w := range its {
				sum += w
			}
			for i := range its {
				its[i] /= sum
			}
			want, _ := fitWalks(nil, rest, its, make([]int, len(rest)), d > maxDense)
			if diff := cmp.Diff(want.lower, apart[g].lower, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Errorf("%d dimensions, population %d (-want +got):\n%s", d, g, diff)
			}
			if entries := d * (d + 1) / 2; d <= maxDense && len(want.lower) != entries || d > maxDense && len(want.lower) != d {
				t.Errorf("%d dimensions: %d entries", d, len(want.lower))
			}
			k := &rung{walk: want, apart: apart}
			if k.walkOf(0) != want || k.walkOf(g+1) != apart[g] {
				t.Errorf("population %d has another's walk", g)
			}
		}
	}
}

// Beyond thirty dimensions gradients are used, if both ends have one.
func TestSamplerByDefault(t *testing.T) {
	normal := func(x, grad []float64) float64 {
		sum := 0.0
		for i, v := range x {
			sum -= v * v / 2
			grad[i] = -v
		}
		return sum
	}
	for _, c := range []struct {
		d    int
		base func(d int) Base
		with bool // gradient
		want mcmc.Sampler
	}{
		{30, func(d int) Base { return wideBase(t, d) }, true, nil},
		{31, func(d int) Base { return wideBase(t, d) }, true, mcmc.NUTS{}},
		{31, func(d int) Base { return wideBase(t, d) }, false, nil},
		{31, func(d int) Base { return flat{wideBase(t, d)} }, true, nil},
	} {
		var target mcmc.Target = mcmc.GradFunc(c.d, normal)
		if !c.with {
			target = mcmc.Func(c.d, func(x []float64) float64 { return normal(x, make([]float64, c.d)) })
		}
		path := &Bridge{Base: c.base(c.d), Target: target}
		if got := path.sampler(); got != c.want {
			t.Errorf("%d dimensions, gradient %v: %T, want %T", c.d, c.with, got, c.want)
		}
		if c.want == nil {
			continue
		}
		got, err := SMC(background, path, SMCConfig{Particles: 64, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		within(t, "NUTS by default", got.LogZ, 31*0.9189385332046727, 1)
		for _, s := range got.Steps {
			if s.Moves > 2 {
				t.Errorf("%d moves of NUTS at %g", s.Moves, s.Beta)
			}
		}
	}
}

// A flat is a base without gradient.
type flat struct{ Base }
