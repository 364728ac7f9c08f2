package process

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/dist"
)

// Enumeration of all paths of up to 12 steps.
func TestSimpleWalkByEnumeration(t *testing.T) {
	for _, up := range []float64{0, 0.3, 0.5, 1} {
		w, err := NewSimpleWalk(up)
		if err != nil {
			t.Fatal(err)
		}
		prob := map[int]float64{0: 1}
		for n := range 13 {
			mean, square := 0.0, 0.0
			for x := -n - 1; x <= n+1; x++ {
				if got := math.Exp(w.LogProb(n, x)); math.Abs(got-prob[x]) > 1e-14 {
					t.Errorf("up %v: %v at %d after %d steps, want %v", up, got, x, n, prob[x])
				}
				mean += prob[x] * float64(x)
				square += prob[x] * float64(x*x)
			}
			if math.Abs(w.Mean(n)-mean) > 1e-13 || math.Abs(w.Variance(n)-(square-mean*mean)) > 1e-12 {
				t.Errorf("up %v: mean %v and variance %v after %d steps, want %v and %v", up, w.Mean(n), w.Variance(n), n, mean, square-mean*mean)
			}
			next := map[int]float64{}
			for x, p := range prob {
				next[x+1] += p * up
				next[x-1] += p * (1 - up)
			}
			prob = next
		}
	}
}

// Next to no drift, and for barriers too far for powers of ρ.
func TestRuinExtremes(t *testing.T) {
	for _, k := range []struct {
		up          float64
		start, goal int
		want        Ruin
		tol         float64
	}{
		{0.5, 3, 10, Ruin{0.7, 0.3, 21}, 1e-15},
		{0.5 + 1e-12, 300, 1000, Ruin{0.7, 0.3, 210000}, 1e-8},
		{0.25, 5000, 10000, Ruin{1, 0, 10000}, 1e-15}, // win underflows
		{0.75, 5000, 10000, Ruin{0, 1, 10000}, 1e-15},
		{0, 2, 5, Ruin{1, 0, 2}, 0},
		{1, 2, 5, Ruin{0, 1, 3}, 0},
		{0, 5, 5, Ruin{0, 1, 0}, 0},
		{1, 0, 5, Ruin{1, 0, 0}, 0},
		{5e-324, 1, 3, Ruin{1, 0, 1}, 1e-15},
	} {
		got := SimpleWalk{k.up}.Ruin(k.start, k.goal)
		if !near(got.Ruin, k.want.Ruin, k.tol) || !near(got.Win, k.want.Win, k.tol) || !near(got.Steps, k.want.Steps, k.tol) {
			t.Errorf("up %v from %d to %d: %+v, want %+v", k.up, k.start, k.goal, got, k.want)
		}
	}
	// On both sides of where the series takes over from the difference.
	for _, up := range []float64{0.5 + 1e-7, 0.501, 0.5062, 0.5063, 0.49, 0.4937, 0.4938} {
		for i := range 41 {
			p, d := exactRuin(up, i, 40)
			got := SimpleWalk{up}.Ruin(i, 40)
			if !near(got.Win, p, 1e-13) || !near(got.Steps, d, 1e-12) {
				t.Errorf("up %v from %d: %+v, want win %v in %v steps", up, i, got, p, d)
			}
		}
	}
}

// A walk seen in a mirror takes as long, also where what is left of the way is a
// difference of large numbers.
func TestRuinMirrored(t *testing.T) {
	const up, goal = 0.5 + 0x1p-22, 4_000_000 // 1 − up is exact
	for _, i := range []int{1, 2, 1000, 1_999_999, 2_000_000, 3_999_998, 3_999_999} {
		a, b := SimpleWalk{up}.Ruin(i, goal), SimpleWalk{1 - up}.Ruin(goal-i, goal)
		if !near(a.Steps, b.Steps, 1e-13) || !near(a.Win, b.Ruin, 1e-14) {
			t.Errorf("from %d: %+v, in the mirror %+v", i, a, b)
		}
	}
}

func TestEverRuined(t *testing.T) {
	for _, k := range []struct {
		up    float64
		start int
		want  float64
	}{{0.5, 100, 1}, {0.4, 3, 1}, {0.75, 3, 1.0 / 27}, {1, 0, 1}, {1, 1, 0}, {0, 5, 1}, {0.8, 10, math.Pow(4, -10)}} {
		if got := (SimpleWalk{k.up}).EverRuined(k.start); !near(got, k.want, 1e-13) {
			t.Errorf("up %v from %d: %v, want %v", k.up, k.start, got, k.want)
		}
	}
}

// The share of steps up, and the end of a Gaussian walk, are normal to a good
// approximation: five standard errors have a false-alarm rate of 6e-7.
func TestWalksSampled(t *testing.T) {
	const n = 100_001
	r := rand.New(rand.NewPCG(6, 1))
	w := SimpleWalk{0.3}
	path := w.RandTo(make([]int, n), 7, r)
	z := func(w SimpleWalk) float64 { return (float64(path[n-1]-7) - w.Mean(n-1)) / math.Sqrt(w.Variance(n-1)) }
	if path[0] != 7 || math.Abs(z(w)) > 5 {
		t.Errorf("simple walk from %d is %v standard errors off", path[0], z(w))
	}
	if math.Abs(z(SimpleWalk{0.29})) < 5 {
		t.Error("a walk that is off by 0.01 is accepted")
	}
	for k := 1; k < n; k++ {
		if d := path[k] - path[k-1]; d != 1 && d != -1 {
			t.Fatalf("a step of %d", d)
		}
	}
	g, err := NewGaussianWalk(0.25, 2)
	if err != nil {
		t.Fatal(err)
	}
	gp := g.RandTo(make([]float64, n), -1, r)
	if gp[0] != -1 {
		t.Errorf("Gaussian walk begins at %v", gp[0])
	}
	fit, err := FitGaussianWalk(gp)
	if err != nil {
		t.Fatal(err)
	}
	if zm, zs := (fit.Drift-0.25)/2*math.Sqrt(n), (fit.Sigma-2)/2*math.Sqrt(2*n); math.Abs(zm) > 5 || math.Abs(zs) > 5 {
		t.Errorf("fitted %+v, %v and %v standard errors off", fit, zm, zs)
	}
	if fit.LogLikelihood(gp) < g.LogLikelihood(gp) {
		t.Error("the fit has a smaller likelihood than the truth")
	}
	if d := g.Displacement(4); d != (dist.Normal{Mu: 1, Sigma: 4}) {
		t.Errorf("after 4 steps %v", d)
	}
	if got, want := g.LogLikelihood([]float64{0, 1}), (dist.Normal{Mu: 0.25, Sigma: 2}).LogProb(1); got != want {
		t.Errorf("log likelihood %v, want %v", got, want)
	}
}

func TestWalkErrors(t *testing.T) {
	var pe *dist.ParameterError
	for _, up := range []float64{-0.1, 1.1, math.NaN()} {
		if _, err := NewSimpleWalk(up); !errors.As(err, &pe) {
			t.Errorf("up %v: %v", up, err)
		}
	}
	for _, k := range [][2]float64{{math.Inf(1), 1}, {0, 0}, {0, math.NaN()}, {math.NaN(), 1}, {0, math.Inf(1)}} {
		if _, err := NewGaussianWalk(k[0], k[1]); !errors.As(err, &pe) {
			t.Errorf("drift and sigma %v: %v", k, err)
		}
	}
	var fe *dist.FitError
	for _, path := range [][]float64{nil, {1}, {1, 2}, {1, 2, 3, 4}, {1, 2, math.NaN(), 3}} {
		if _, err := FitGaussianWalk(path); !errors.As(err, &fe) {
			t.Errorf("path %v: %v", path, err)
		}
	}
}
