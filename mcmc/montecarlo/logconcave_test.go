package montecarlo

import (
	"errors"
	"fmt"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// A shape is a density to draw from, with the settings that fit it.
type shape struct {
	d                dist.Univariate
	low, high, start float64
}

func (c shape) sampler(slopes bool) LogConcave {
	s := LogConcave{LogDensity: func(x float64) float64 { return c.d.LogProb(x) + 100 }, Lower: c.low, Upper: c.high, Start: c.start}
	if slopes {
		s.Slope = c.d.(dist.Grader).GradLogProb
	}
	return s
}

// Draws have the distribution, with derivatives and without, from good points to
// start at and from very bad ones; and nearly all come without an evaluation.
func TestLogConcave(t *testing.T) {
	for _, c := range []shape{
		{dist.Normal{Mu: 0, Sigma: 1}, 0, 0, 0},
		{dist.Normal{Mu: 0, Sigma: 1}, 0, 0, 1.7},
		{dist.Normal{Mu: 1e6, Sigma: 1}, -inf, inf, 0},
		{dist.Normal{Mu: 1e-6, Sigma: 1e-10}, -inf, inf, 0},
		{dist.Gamma{Shape: 2, Rate: 3}, 0, inf, 0},
		{dist.Gamma{Shape: 200, Rate: 3}, 0, inf, 0},
		{dist.Affine{Base: dist.Gamma{Shape: 2, Rate: 3}, Shift: 1, Scale: -1}, -inf, 1, 5},
		{dist.Beta{Alpha: 2, Beta: 5}, 0, 1, 0},
		{dist.Beta{Alpha: 200, Beta: 5000}, 0, 1, 0},
		{dist.Exponential{Rate: 2}, -inf, inf, 1},       // whose end is not told
		{dist.Uniform{Lower: 0.2, Upper: 0.7}, 0, 1, 0}, // nor here
		{dist.Logistic{Location: 0, Scale: 1}, -inf, inf, 0},
		{dist.Laplace{Location: 0.3, Scale: 1}, -inf, inf, 0},
		{dist.Gumbel{Location: 3, Scale: 1}, -inf, inf, 0},
	} {
		for _, slopes := range []bool{false, true} {
			name := fmt.Sprintf("%v, slopes %v", c.d, slopes)
			const n = 5000
			x, err := c.sampler(slopes).Sample(ctx, n)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if gap, bound, ok := fits(x, c.d.CDF); !ok {
				t.Errorf("%s: draws are off by %v, bound %v", name, gap, bound)
			}
			h, err := c.sampler(slopes).Hull()
			if err != nil {
				t.Fatal(err)
			}
			r := newRand(1)
			for range n {
				if _, err := h.Draw(r); err != nil {
					t.Fatal(err)
				}
			}
			if z := h.LogNormalizer(); h.Evaluations() > 250 || z.Kind != belief.UpperBound || !(z.Value > 100-1e-7 && z.Value < 100.1) {
				t.Errorf("%s: %d evaluations, log normalizer %v, want a little above 100", name, h.Evaluations(), z)
			}
			if len(h.points) > 64 || !slices.IsSortedFunc(h.points, func(p, q point) int { return int(math.Copysign(1, p.x-q.x)) }) {
				t.Errorf("%s: points %v", name, h.points)
			}
		}
	}
}

// With few points the envelope stays wide, and what is drawn is right because of what
// is rejected. Points that are left over from the way to a far mode make room.
func TestLogConcaveFewPoints(t *testing.T) {
	for _, c := range []struct {
		shape
		points int
		most   float64 // evaluations per draw
	}{
		{shape{dist.Normal{Mu: 0, Sigma: 1}, 0, 0, 0}, 4, 1},
		{shape{dist.Gumbel{Location: 3, Scale: 1}, 0, 0, 2}, 5, 1},
		{shape{dist.Gamma{Shape: 3, Rate: 1}, 0, inf, 2}, 4, 1.1},
		{shape{dist.Normal{Mu: 1e6, Sigma: 1}, 0, 0, 0}, 8, 0.6},
		{shape{dist.Normal{Mu: -1e6, Sigma: 1}, 0, 0, 0}, 8, 0.6},
	} {
		for _, slopes := range []bool{false, true} {
			s := c.sampler(slopes)
			s.Points = c.points
			h, err := s.Hull()
			if err != nil {
				t.Fatal(err)
			}
			r, x := newRand(4), make([]float64, 20_000)
			for i := range x {
				if x[i], err = h.Draw(r); err != nil {
					t.Fatal(err)
				}
			}
			if gap, bound, ok := fits(x, c.d.CDF); !ok {
				t.Errorf("%v, slopes %v: draws are off by %v, bound %v", c.d, slopes, gap, bound)
			}
			if n := float64(h.Evaluations()) / float64(len(x)); n > c.most || len(h.points) > c.points {
				t.Errorf("%v, slopes %v: %v evaluations per draw with %d points", c.d, slopes, n, len(h.points))
			}
		}
	}
}

// The envelope is nowhere below the density, its chords nowhere above, after any
// number of draws.
func TestHullBounds(t *testing.T) {
	for _, slopes := range []bool{false, true} {
		for _, c := range []shape{{dist.Gumbel{Location: 3, Scale: 1}, -inf, inf, 0}, {dist.Beta{Alpha: 2, Beta: 5}, 0, 1, 0}} {
			h, err := c.sampler(slopes).Hull()
			if err != nil {
				t.Fatal(err)
			}
			r := newRand(2)
			for k := range 200 {
				for i := range h.pieces {
					p := &h.pieces[i]
					if i > 0 && h.pieces[i-1].to != p.from {
						t.Fatalf("a gap from %v to %v", h.pieces[i-1].to, p.from)
					}
					for _, u := range []float64{0.01, 0.3, 0.7, 0.99} {
						x := p.from + u*(min(p.to, p.from+10)-p.from)
						if math.IsInf(p.from, -1) {
							x = p.to - 10*u
						}
						if l := h.s.LogDensity(x); l > p.at(x)+1e-9 || l < h.chord(x)-1e-9 {
							t.Fatalf("%v: after %d draws, at %v: log density %v, envelope %v, chord %v", c.d, k, x, l, p.at(x), h.chord(x))
						}
					}
				}
				if _, err := h.Draw(r); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// Densities that are not log-concave are refused, with the point.
func TestNotConcave(t *testing.T) {
	mixture, err := dist.NewMixture([]dist.Univariate{dist.Normal{Mu: -3, Sigma: 1}, dist.Normal{Mu: 3, Sigma: 1}}, []float64{0.5, 0.5})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []shape{
		{dist.Cauchy{Location: 0, Scale: 1}, -inf, inf, 0},
		{dist.StudentT{Nu: 4, Scale: 1}, -inf, inf, 0},
		{dist.Gamma{Shape: 0.5, Rate: 3}, 0, inf, 0},
		{mixture, -inf, inf, 0.5},
		{mixture, -inf, inf, 3},
		{dist.LogNormal{Mu: 0, Sigma: 1}, 0, inf, 1},
	} {
		for _, slopes := range []bool{false, true} {
			x, err := c.sampler(slopes).Sample(ctx, 20_000)
			var concavity *ConcavityError
			if !errors.As(err, &concavity) || x != nil {
				t.Errorf("%v, slopes %v: %v", c.d, slopes, err)
				continue
			}
			if l := c.d.LogProb(concavity.X) + 100; l != concavity.LogDensity {
				t.Errorf("%v: %v", c.d, err)
			}
		}
	}
	hole := func(x float64) float64 {
		if x > 0.2 && x < 0.5 {
			return -inf
		}
		return -0.5 * x * x
	}
	var concavity *ConcavityError
	if _, err := (LogConcave{LogDensity: hole}).Sample(ctx, 20_000); !errors.As(err, &concavity) {
		t.Errorf("hole: %v", err)
	}
}

func TestLogConcaveErrors(t *testing.T) {
	f := normal[0].LogProb
	flat := func(float64) float64 { return 0 }
	for name, s := range map[string]LogConcave{
		"no density":     {},
		"backwards":      {LogDensity: f, Lower: 2, Upper: 1},
		"NaN end":        {LogDensity: f, Lower: math.NaN(), Upper: 1},
		"two points":     {LogDensity: f, Points: 2},
		"many points":    {LogDensity: f, Points: 1 << 30},
		"start at zero":  {LogDensity: dist.Uniform{Lower: 5, Upper: 6}.LogProb},
		"flat for ever":  {LogDensity: flat},
		"grows for ever": {LogDensity: func(x float64) float64 { return x }},
		"flat, slopes":   {LogDensity: flat, Slope: flat},
	} {
		var config *belief.ConfigError
		if _, err := s.Sample(ctx, 10); !errors.As(err, &config) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var large *belief.TooLargeError
	if _, err := (LogConcave{LogDensity: f}).Sample(ctx, 1<<50); !errors.As(err, &large) {
		t.Errorf("huge sample: %v", err)
	}
	var config *belief.ConfigError
	if _, err := (LogConcave{LogDensity: f}).Sample(ctx, 0); !errors.As(err, &config) {
		t.Errorf("no draws: %v", err)
	}
	for _, bad := range []float64{math.NaN(), inf} {
		var point *PointError
		s := LogConcave{LogDensity: func(x float64) float64 {
			if x > 1.5 && x < 1.6 {
				return bad
			}
			return f(x)
		}}
		if _, err := s.Sample(ctx, 10_000); !errors.As(err, &point) {
			t.Errorf("density of %v: %v", bad, err)
		}
		s = LogConcave{LogDensity: f, Slope: func(x float64) float64 { return bad }}
		if _, err := s.Sample(ctx, 10); !errors.As(err, &point) {
			t.Errorf("slope of %v: %v", bad, err)
		}
	}
}

func TestLogConcaveWorkers(t *testing.T) {
	s := LogConcave{LogDensity: normal[0].LogProb, Seed: 3, Workers: 1}
	want, err := s.Sample(ctx, 5000)
	if err != nil {
		t.Fatal(err)
	}
	s.Workers = 3
	if got, err := s.Sample(ctx, 5000); err != nil || !slices.Equal(got, want) {
		t.Errorf("other draws with 3 workers, %v", err)
	}
}

func TestLogConcaveAllocations(t *testing.T) {
	h, err := LogConcave{LogDensity: normal[0].LogProb, Points: 8}.Hull()
	if err != nil {
		t.Fatal(err)
	}
	r := newRand(1)
	for range 1000 {
		h.Draw(r)
	}
	if n := patience.Allocations(10_000, func() { h.Draw(r) }); n > 0 {
		t.Errorf("%v allocations per draw", n)
	}
}

func BenchmarkLogConcave(b *testing.B) {
	h, err := LogConcave{LogDensity: normal[0].LogProb}.Hull()
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		h.Draw(r)
	}
}
