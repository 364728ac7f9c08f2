package diagnostics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestPSISEdges lists weights that no distribution is fitted to, and zeros.
func TestPSISEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	repeat := func(v float64, n int) []float64 { return slices.Repeat([]float64{v}, n) }
	half := slices.Concat(repeat(0, 50), repeat(1, 50))
	for _, c := range []struct {
		name    string
		weights []float64
		want    float64
	}{
		{"none", nil, inf},
		{"few", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}, inf},
		{"equal", repeat(-3, 100), -inf},
		{"equal in the tail", half, inf},
		{"all zero", repeat(-inf, 100), inf},
		{"four not zero", slices.Concat(repeat(-inf, 100), []float64{1, 2, 3, 4}), inf},
		{"NaN", slices.Concat(half, []float64{nan}), nan},
		{"infinite", slices.Concat(half, []float64{inf}), nan},
		{"quarter of the tail tied with the cutoff", slices.Concat(repeat(0, 98), []float64{1, 2}), inf},
	} {
		w := slices.Clone(c.weights)
		if k := PSIS(w, 0); !near(k, c.want, 0) {
			t.Errorf("%s: k is %g, want %g", c.name, k, c.want)
		}
		for i := range w {
			if !near(w[i], c.weights[i], 0) {
				t.Errorf("%s: weight %d has changed from %g to %g", c.name, i, c.weights[i], w[i])
			}
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a negative relative efficiency is accepted")
		}
	}()
	PSIS(half, -1)
}

// TestPSISZeros shows that weights of zero count as draws but are not fitted.
func TestPSISZeros(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	w := make([]float64, 1000)
	for i := range w {
		w[i] = math.Inf(-1)
		if i%50 == 0 {
			w[i] = r.NormFloat64()
		}
	}
	before := slices.Clone(w)
	k := PSIS(w, 1)
	if math.IsInf(k, 0) || math.IsNaN(k) {
		t.Fatalf("k is %g", k)
	}
	changed := 0
	for i := range w {
		if math.IsInf(before[i], -1) != math.IsInf(w[i], -1) || math.IsNaN(w[i]) {
			t.Errorf("weight %d went from %g to %g", i, before[i], w[i])
		}
		if w[i] != before[i] {
			changed++
		}
	}
	if changed != 18 { // all of twenty but the cutoff and the largest, which bound them
		t.Errorf("%d weights have changed, want 18", changed)
	}
}

// TestFitPareto fits exact quantiles of known distributions. The prior moves K
// towards 1/2 by 10/(n + 10) of the way, and the estimate has a bias of order 1/n.
func TestFitPareto(t *testing.T) {
	const n = 10000
	for _, want := range []Pareto{{-0.5, 1}, {0, 2}, {0.3, 1e-3}, {0.7, 1}, {1.5, 10}} {
		y := make([]float64, n)
		for i := range y {
			y[i] = want.Quantile((float64(i) + 0.5) / n)
		}
		got := FitPareto(y)
		if math.Abs(got.K-want.K) > 0.005 || !near(got.Sigma, want.Sigma, 0.005) {
			t.Errorf("fitted %+v to quantiles of %+v", got, want)
		}
	}
	for _, y := range [][]float64{nil, {1, 2, 3, 4}, {0, 0, 0, 0, 1, 2}, {-1, 1, 2, 3, 4, 5}, {1, 2, 3, 4, math.Inf(1)}, {math.NaN(), 1, 2, 3, 4}} {
		if got := FitPareto(y); !math.IsInf(got.K, 1) {
			t.Errorf("fitted %+v to %v", got, y)
		}
	}
}

// TestPSISShape recovers the known shape of ratios of exponential densities,
// k = 1 − λ of a target with rate λ and a proposal with rate 1. The standard error of
// k from 190 tail values is near (1 + k)/√190 ≤ 0.13; the limit is five of them.
func TestPSISShape(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for _, rate := range []float64{0.2, 0.5, 0.8} {
		w := make([]float64, 4000)
		for i := range w {
			w[i] = (1 - rate) * r.ExpFloat64()
		}
		if k := PSIS(w, 1); math.Abs(k-(1-rate)) > 0.65*(2-rate)/1.8 {
			t.Errorf("rate %g: k is %g", rate, k)
		}
	}
}

func TestESSWeights(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		weights []float64
		want    float64
	}{
		{[]float64{5, 5, 5, 5}, 4},
		{[]float64{-1000, -1000 + math.Log(3)}, 1.6},
		{[]float64{1000, -inf}, 1},
		{[]float64{-inf, -inf}, math.NaN()},
		{[]float64{1, math.NaN()}, math.NaN()},
		{nil, math.NaN()},
	} {
		if got := ESSWeights(c.weights); !near(got, c.want, 1e-12) { // -1000 + log 3 is rounded
			t.Errorf("ESS of %v is %g, want %g", c.weights, got, c.want)
		}
	}
}

func TestParetoLimit(t *testing.T) {
	for s, want := range map[int]float64{10: 0, 100: 0.5, 1000: 2.0 / 3, 10000: 0.7} {
		if got := ParetoLimit(s); !near(got, want, 1e-14) {
			t.Errorf("the limit for %d draws is %g, want %g", s, got, want)
		}
	}
}
