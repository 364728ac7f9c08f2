package density

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/belief-go/belief/internal/stream"
)

// directScore is the criterion by its definition, a loop over all pairs.
func directScore(x, w []float64, shape KernelShape, rule BandwidthRule, h float64) float64 {
	total := 0.0
	for i := range x {
		overlap, others, nearest := 0.0, 0.0, math.Inf(1)
		for j := range x {
			u := (x[i] - x[j]) / h
			if shape == Gaussian {
				overlap += w[j] * math.Exp(-0.25*u*u) / math.Sqrt(4*math.Pi)
			} else {
				overlap += w[j] * shape.overlap(u)
			}
			if j != i {
				others += w[j] / (1 - w[i]) * shape.value(u)
				nearest = min(nearest, 0.5*u*u)
			}
		}
		if rule == LeastSquares {
			total += w[i] * (overlap - 2*others) / h
			continue
		}
		if shape == Gaussian && others < 1e-200 {
			others = 0
			for j := range x {
				if u := (x[i] - x[j]) / h; j != i {
					others += w[j] / (1 - w[i]) * math.Exp(nearest-0.5*u*u-halfLog2Pi)
				}
			}
			total += w[i] * (nearest + math.Log(h) - math.Log(others))
			continue
		}
		total += w[i] * (math.Log(h) - math.Log(others))
	}
	return total
}

// A judged case has two modes, ties, weights or outliers.
func judgedCases() map[string][2][]float64 {
	r := stream.New(5, "judge")
	make2 := func(n int, f func(i int) (x, w float64)) [2][]float64 {
		var x, w []float64
		for i := range n {
			a, b := f(i)
			x, w = append(x, a), append(w, b)
		}
		return [2][]float64{x, w}
	}
	return map[string][2][]float64{
		"normal":   make2(160, func(int) (float64, float64) { return r.NormFloat64(), 1 }),
		"two":      make2(120, func(i int) (float64, float64) { return 1e6 + r.NormFloat64() + 8*float64(i%2), 1 }),
		"few":      make2(7, func(int) (float64, float64) { return r.NormFloat64(), 1 }),
		"rounded":  make2(90, func(int) (float64, float64) { return math.Round(20*r.NormFloat64()) / 10, 1 }),
		"weighted": make2(110, func(int) (float64, float64) { return r.ExpFloat64(), math.Pow(10, -6*r.Float64()) }),
		"outliers": make2(110, func(int) (float64, float64) { return r.NormFloat64() / r.NormFloat64(), 1 }),
	}
}

// The fast score is the direct one, and the choice is the minimum of the direct one on
// a fine grid.
func TestScoreJudge(t *testing.T) {
	ctx := context.Background()
	for name, c := range judgedCases() {
		s, err := newSample("test", c[0], c[1])
		if err != nil {
			t.Fatal(err)
		}
		for shape := Gaussian; shape <= Tophat; shape++ {
			for rule := LeastSquares; rule <= Likelihood; rule++ {
				what := fmt.Sprint(name, " ", shape, " ", rule)
				start := silverman(s) * shape.canonical(1)
				v := validator{z: [][]float64{s.x}, w: s.w, shape: shape, rule: rule, parts: make([]float64, len(s.x))}
				best := math.Inf(1)
				for k := -trials; k <= trials; k += 1 {
					h := start * math.Pow(trialStep, float64(k))
					got, err := v.score(ctx, h)
					want := directScore(s.x, s.w, shape, rule, h)
					if tol := 1e-11 * (math.Abs(want) + 1 + 1/h); err != nil || got != want && !(math.Abs(got-want) <= tol) {
						t.Errorf("%s at %v: %v, want %v (%v)", what, h, got, want, err)
					}
					best = min(best, want)
				}
				chosen, err := v.choose(ctx, start)
				if err != nil {
					t.Fatal(err)
				}
				here := directScore(s.x, s.w, shape, rule, chosen.h)
				slack := 1e-11 * (math.Abs(best) + 1)
				if !(here <= best+slack) {
					t.Errorf("%s: the score is %v at the choice %v and %v elsewhere", what, here, chosen.h, best)
				}
				if shape != Gaussian || len(chosen.warnings) > 0 {
					continue
				}
				for _, f := range []float64{0.9999, 1.0001} {
					if there := directScore(s.x, s.w, shape, rule, f*chosen.h); !(there >= here-slack) {
						t.Errorf("%s: the score is %v at the choice %v and %v next to it", what, here, chosen.h, there)
					}
				}
			}
		}
	}
}

// A misled walk goes on to the minimum, and to the wider where scores are infinite.
func TestDescend(t *testing.T) {
	valley := func(k float64) float64 {
		if k < -9 {
			return math.Inf(1)
		}
		return (k - 3) * (k - 3)
	}
	for _, k := range []int{-trials, -10, 0, 3, 7, trials} {
		if got := descend(valley, k); got != 3 {
			t.Errorf("from %d to %d, want 3", k, got)
		}
	}
	if got := descend(func(float64) float64 { return math.Inf(1) }, 2); got != trials {
		t.Errorf("where all is infinite, to %d", got)
	}
}

// The likelihood of a vector that is far from all others goes on falling as kernels
// get narrower, where exponentials have long been zero.
func TestFarVectors(t *testing.T) {
	c := newCloud([]float64{0, 0, 30, 40}, []float64{0.5, 0.5}, 2)
	v := validator{z: c.z, w: c.w, cloud: c, rule: Likelihood, parts: make([]float64, 2)}
	for _, h := range []float64{0.1, 1, 20} {
		want := 0.5*2500/(h*h) + 2*(halfLog2Pi+math.Log(h))
		if got, err := v.score(context.Background(), h); err != nil || math.Abs(got/want-1) > 1e-12 {
			t.Errorf("at %v: %v, want %v (%v)", h, got, want, err)
		}
	}
}

func BenchmarkCrossValidation(b *testing.B) {
	r := stream.New(1, "cross")
	for _, n := range []int{1000, 10000} {
		x := make([]float64, n)
		for i := range x {
			x[i] = r.NormFloat64()
		}
		for shape := Gaussian; shape <= Tophat; shape++ {
			for rule := LeastSquares; rule <= Likelihood; rule++ {
				b.Run(fmt.Sprint(n, "/", shape, "/", rule), func(b *testing.B) {
					for b.Loop() {
						if _, err := FitKernel(context.Background(), x, nil, KernelConfig{Shape: shape, Rule: rule, Workers: 1}); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
