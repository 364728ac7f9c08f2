package montecarlo

import (
	"context"
	"errors"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

func square(x []float64) float64 { return x[0] * x[0] }

// A normal density from one twice as wide: the mean square is 1, the weights have
// E[w²] = 4/√7, and all errors are right.
func TestImportance(t *testing.T) {
	wide := dist.Product{dist.Normal{Mu: 0, Sigma: 2}}
	var plain, self, smooth, logZ []float64
	for seed := range uint64(100) {
		w, err := Importance{LogDensity: normal.LogProb, Proposal: wide, Draws: 2000, Seed: seed}.Sample(ctx)
		if err != nil || len(w.Warnings) > 0 {
			t.Fatalf("%+v, %v", w.Warnings, err)
		}
		a, err1 := w.Plain(square)
		b, err2 := w.SelfNormalized(square)
		c, err3 := w.Mean(square)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		plain, self, smooth = append(plain, off(a, 1)), append(self, off(b, 1)), append(smooth, off(c, 1))
		logZ = append(logZ, off(w.LogZ, 0))
		if math.Abs(w.ESS/2000*4/math.Sqrt(7)-1) > 0.1 || w.K > 0.3 {
			t.Errorf("%v", w)
		}
	}
	zScores(t, "plain", plain)
	zScores(t, "self-normalized", self)
	zScores(t, "smoothed", smooth)
	zScores(t, "log normalizer", logZ)
}

// A constant factor of the density, even one beyond float64, moves only what it
// should.
func TestImportanceFactor(t *testing.T) {
	wide := dist.Product{dist.Normal{Mu: 0, Sigma: 2}}
	one := Importance{LogDensity: normal.LogProb, Proposal: wide}
	two := Importance{LogDensity: func(x []float64) float64 { return normal.LogProb(x) - 2000 }, Proposal: wide}
	a, err1 := one.Sample(ctx)
	b, err2 := two.Sample(ctx)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	x, _ := a.Mean(square)
	y, _ := b.Mean(square)
	near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-10*(1+math.Abs(a)) }
	if !near(x.Value, y.Value) || !near(x.StdErr, y.StdErr) || math.Abs(a.K-b.K) > 1e-6 || !near(a.ESS, b.ESS) || !near(a.LogZ.Value, b.LogZ.Value+2000) {
		t.Errorf("%v %v, %v %v", x, y, a, b)
	}
	if z, _ := a.Mean(func(x []float64) float64 { return square(x) + 1000 }); math.Abs(z.Value-x.Value-1000) > 1e-9 || math.Abs(z.StdErr/x.StdErr-1) > 1e-9 {
		t.Errorf("%v of the square, %v with 1000 added", x, z)
	}
	// The mean of 1 under p̂ is its normalizer.
	if z, _ := a.Plain(func([]float64) float64 { return 1 }); !near(z.Value, math.Exp(a.LogZ.Value)) || !near(z.StdErr/z.Value, a.LogZ.StdErr) {
		t.Errorf("%v, log normalizer %v", z, a.LogZ)
	}
}

// A proposal of width 0.4 has weights with a tail of k = 1 − 0.4² and is warned of;
// one that is too far away is hopeless; one that is right is perfect.
func TestImportanceWarnings(t *testing.T) {
	for _, c := range []struct {
		name  string
		q     dist.Normal
		draws int
		codes []string
	}{
		{"narrow", dist.Normal{Mu: 0, Sigma: 0.4}, 100_000, []string{"pareto-k"}},
		{"far", dist.Normal{Mu: 8, Sigma: 1}, 10_000, []string{"pareto-k", "ess"}},
		{"few", dist.Normal{Mu: 0, Sigma: 2}, 20, []string{"few-draws", "ess"}},
		{"right", dist.Normal{Mu: 0, Sigma: 1}, 10_000, nil},
	} {
		w, err := Importance{LogDensity: normal.LogProb, Proposal: dist.Product{c.q}, Draws: c.draws}.Sample(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, v := range w.Warnings {
			codes = append(codes, v.Code)
		}
		if !cmp.Equal(codes, c.codes) {
			t.Errorf("%s: %v", c.name, w.Warnings)
		}
		if c.name == "narrow" && math.Abs(w.K-0.84) > 0.15 {
			t.Errorf("narrow: k is %v, want about 0.84", w.K)
		}
		if c.name == "right" && (math.Abs(w.ESS-1e4) > 1e-6 || w.LogZ.StdErr > 1e-12) {
			t.Errorf("right: %v, %v", w, w.LogZ)
		}
	}
	nowhere := Importance{LogDensity: func([]float64) float64 { return math.Inf(-1) }, Proposal: normal, Draws: 100}
	w, err := nowhere.Sample(ctx)
	if err != nil || !hasWarning(w.Warnings, "no-weight") || !math.IsInf(w.LogZ.Value, -1) || !math.IsInf(w.LogZ.StdErr, 1) || w.ESS != 0 {
		t.Errorf("no density: %+v, %v", w, err)
	}
	for name, f := range map[string]func(func([]float64) float64) (belief.Estimate, error){"mean": w.Mean, "self-normalized": w.SelfNormalized, "plain": w.Plain} {
		if e, err := f(square); err != nil || !math.IsInf(e.StdErr, 1) {
			t.Errorf("%s without weights: %v, %v", name, e, err)
		}
	}
	if _, err := w.Resample(3, newRand(1)); err == nil {
		t.Error("resampled nothing")
	}
}

// Draws of the weights' distribution have nearly the density's.
func TestResample(t *testing.T) {
	w, err := Importance{LogDensity: normal.LogProb, Proposal: dist.Product{dist.Normal{Mu: 0.5, Sigma: 2}}, Draws: 50_000}.Sample(ctx)
	if err != nil {
		t.Fatal(err)
	}
	x, err := w.Resample(5000, newRand(1))
	if err != nil || len(x) != 5000 {
		t.Fatal(err)
	}
	if gap, bound, ok := fits(x, normal[0].CDF); !ok {
		t.Errorf("off by %v, bound %v", gap, bound)
	}
	if gap, bound, ok := fits(w.Draws, normal[0].CDF); ok {
		t.Errorf("the proposal's draws pass too: %v, %v", gap, bound)
	}
}

func TestImportanceErrors(t *testing.T) {
	for name, s := range map[string]Importance{
		"no proposal": {LogDensity: normal.LogProb},
		"no density":  {Proposal: normal},
		"draws":       {LogDensity: normal.LogProb, Proposal: normal, Draws: -1},
	} {
		var config *belief.ConfigError
		if w, err := s.Sample(ctx); !errors.As(err, &config) || w != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	var large *belief.TooLargeError
	if _, err := (Importance{LogDensity: normal.LogProb, Proposal: normal, Draws: 1 << 60}).Sample(ctx); !errors.As(err, &large) {
		t.Errorf("huge sample: %v", err)
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		var point *PointError
		if _, err := (Importance{LogDensity: func([]float64) float64 { return bad }, Proposal: normal}).Sample(ctx); !errors.As(err, &point) {
			t.Errorf("density of %v: %v", bad, err)
		}
		w, err := Importance{LogDensity: normal.LogProb, Proposal: normal, Draws: 100}.Sample(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for name, f := range map[string]func(func([]float64) float64) (belief.Estimate, error){"mean": w.Mean, "self-normalized": w.SelfNormalized, "plain": w.Plain} {
			if e, err := f(func([]float64) float64 { return bad }); !errors.As(err, &point) || !math.IsNaN(e.Value) {
				t.Errorf("%s of %v: %v, %v", name, bad, e, err)
			}
		}
	}
}

func TestImportanceWorkersAndCancel(t *testing.T) {
	s := Importance{LogDensity: normal.LogProb, Proposal: dist.Product{dist.Normal{Mu: 0.5, Sigma: 2}}, Draws: 5000, Workers: 1}
	want, err := s.Sample(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s.Workers = 3
	if got, err := s.Sample(ctx); err != nil || !cmp.Equal(got, want) {
		t.Errorf("other draws with 3 workers, %v", err)
	}
	c, cancel := context.WithCancel(ctx)
	calls := 0
	s.Workers, s.LogDensity = 1, func(x []float64) float64 {
		if calls++; calls == 2500 {
			cancel()
		}
		return normal.LogProb(x)
	}
	if w, err := s.Sample(c); !errors.Is(err, context.Canceled) || w.Len() != 3*1024 || !cmp.Equal(w.Draws, want.Draws[:3*1024]) {
		t.Errorf("cancelled: %v, %v", w, err)
	}
	cancel()
	if w, err := s.Sample(c); !errors.Is(err, context.Canceled) || w.Len() != 0 || len(w.Warnings) == 0 {
		t.Errorf("cancelled before: %v, %v", w, err)
	}
}

func TestImportanceAllocations(t *testing.T) {
	s := Importance{LogDensity: normal.LogProb, Proposal: normal, Draws: 20 * 1024, Workers: 1}
	if n := patience.Allocations(3, func() { s.Sample(ctx) }); n > 150 {
		t.Errorf("%v allocations for 20 blocks", n)
	}
}
