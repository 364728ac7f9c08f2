package montecarlo

import (
	"context"
	"errors"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 2)) }

var ctx = context.Background()

func exponential(x []float64) float64 { return math.Exp(x[0] / 2) }

// Means of exp(x/2) under a normal distribution, exp(1/8); the variances have closed
// forms too.
func TestExpectation(t *testing.T) {
	root, fourth := math.Sqrt(math.E), math.Pow(math.E, 0.25)
	minus := func(dst, x []float64) { dst[0] = -x[0] }
	control := []Control{{F: func(x []float64) float64 { return 1000 * x[0] }, Mean: 0}}
	for _, c := range []struct {
		name     string
		e        Expectation
		variance float64
	}{
		{"plain", Expectation{}, root - fourth},
		{"antithetic", Expectation{Antithetic: minus}, (1+root)/2 - fourth},
		{"control", Expectation{Controls: control}, root - 1.25*fourth},
		{"until", Expectation{StdErr: 0.005}, root - fourth},
	} {
		var z []float64
		for seed := range uint64(100) {
			c.e.Seed, c.e.Draws = seed, 8000
			if c.e.StdErr > 0 {
				c.e.Draws = 0
			}
			m, err := c.e.Of(ctx, normal, exponential)
			if err != nil || !m.Converged {
				t.Fatalf("%s: %+v, %v", c.name, m, err)
			}
			if math.Abs(m.Variance/c.variance-1) > 1 || math.Abs(m.Estimate.StdErr/math.Sqrt(m.Variance/float64(m.Draws))-1) > 1e-12 {
				t.Errorf("%s: variance %v, want %v; standard error %v", c.name, m.Variance, c.variance, m.Estimate.StdErr)
			}
			if c.e.StdErr > 0 && (m.Estimate.StdErr > c.e.StdErr || m.Estimate.StdErr < 0.9*c.e.StdErr) {
				t.Errorf("%s: standard error %v after %d draws", c.name, m.Estimate.StdErr, m.Draws)
			}
			z = append(z, off(m.Estimate, math.Sqrt(fourth)))
		}
		zScores(t, c.name, z)
		e := c.e
		e.Draws, e.Seed = 400_000, 1
		if m, _ := e.Of(ctx, normal, exponential); math.Abs(m.Variance/c.variance-1) > 0.03 && e.StdErr == 0 {
			t.Errorf("%s: variance %v, want %v", c.name, m.Variance, c.variance)
		}
	}
}

// The number of workers does not show, whatever the number of blocks.
func TestExpectationWorkers(t *testing.T) {
	for _, n := range []int{2, 4096, 50_001} {
		e := Expectation{Draws: n, Seed: 3, Workers: 1, Controls: []Control{{F: func(x []float64) float64 { return x[1] }, Mean: 1}}}
		d := dist.Product{dist.Normal{Mu: 0, Sigma: 1}, dist.Exponential{Rate: 1}}
		f := func(x []float64) float64 { return x[0] + x[1]*x[1] }
		want, err := e.Of(ctx, d, f)
		if err != nil || want.Draws != n {
			t.Fatalf("%v, %v", want, err)
		}
		for _, workers := range []int{2, 7} {
			e.Workers = workers
			if got, err := e.Of(ctx, d, f); err != nil || !cmp.Equal(got, want) {
				t.Errorf("%d draws, %d workers: %v, %v; want %v", n, workers, got, err, want)
			}
		}
	}
}

// No round takes the streams of another again.
func TestExpectationStreams(t *testing.T) {
	seen := map[float64]bool{}
	m, err := Expectation{StdErr: 0.005, Workers: 1}.Of(ctx, normal, func(x []float64) float64 {
		if seen[x[0]] {
			t.Fatalf("%v was drawn twice", x)
		}
		seen[x[0]] = true
		return exponential(x)
	})
	if err != nil || m.Draws != len(seen) || m.Draws < 3*blockDraws {
		t.Errorf("%v, %v", m, err)
	}
}

func TestExpectationErrors(t *testing.T) {
	one := func([]float64) float64 { return 1 }
	for name, c := range map[string]struct {
		e Expectation
		d Source
		f func([]float64) float64
	}{
		"no distribution":    {Expectation{}, nil, one},
		"no function":        {Expectation{}, normal, nil},
		"no dimension":       {Expectation{}, Func{Draw: func([]float64, *rand.Rand) {}}, one},
		"one draw":           {Expectation{Draws: 1}, normal, one},
		"negative draws":     {Expectation{Draws: -5}, normal, one},
		"NaN error":          {Expectation{StdErr: math.NaN()}, normal, one},
		"control without F":  {Expectation{Controls: []Control{{Mean: 1}}}, normal, one},
		"control of NaN":     {Expectation{Controls: []Control{{one, math.NaN()}}}, normal, one},
		"a hundred controls": {Expectation{Controls: make([]Control, 100)}, normal, one},
		"no Draw":            {Expectation{}, Func{N: 1}, one},
		"a huge dimension":   {Expectation{}, Func{N: 1 << 40, Draw: func([]float64, *rand.Rand) {}}, one},
	} {
		m, err := c.e.Of(ctx, c.d, c.f)
		var config *belief.ConfigError
		if !errors.As(err, &config) || !math.IsNaN(m.Estimate.Value) {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
	var parameter *dist.ParameterError
	if _, err := (Expectation{}).Of(ctx, dist.Product{dist.Normal{Sigma: -1}}, one); !errors.As(err, &parameter) {
		t.Errorf("a negative sigma: %v", err)
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		var point *PointError
		m, err := Expectation{Workers: 3}.Of(ctx, normal, func(x []float64) float64 {
			if x[0] > 3 {
				return bad
			}
			return 0
		})
		if !errors.As(err, &point) || !(point.X[0] > 3) || !math.IsNaN(m.Estimate.Value) {
			t.Errorf("f of %v: %v, %v", bad, m, err)
		}
	}
}

func TestExpectationWarnings(t *testing.T) {
	for _, c := range []struct {
		code string
		e    Expectation
		d    dist.Product
		f    func([]float64) float64
	}{
		{"heavy-tail", Expectation{}, dist.Product{dist.Cauchy{Scale: 1}}, func(x []float64) float64 { return x[0] }},
		{"constant", Expectation{StdErr: 1e-3}, normal, func(x []float64) float64 { return 0 }},
		{"stderr", Expectation{StdErr: 1e-6, Draws: 5000}, normal, exponential},
		{"controls", Expectation{Controls: []Control{{exponential, 1.13}, {exponential, 1.13}}}, normal, func(x []float64) float64 { return x[0] }},
	} {
		m, err := c.e.Of(ctx, c.d, c.f)
		if err != nil || len(m.Warnings) != 1 || !hasWarning(m.Warnings, c.code) || c.code == "stderr" && m.Converged {
			t.Errorf("want one warning %q, got %+v, %v", c.code, m, err)
		}
	}
	if m, err := (Expectation{}).Of(ctx, dist.Product{dist.StudentT{Nu: 5, Scale: 1}}, func(x []float64) float64 { return x[0] }); err != nil || len(m.Warnings) > 0 {
		t.Errorf("a finite variance: %+v, %v", m, err)
	}
}

// What was drawn before the context ended is returned.
func TestExpectationCancelled(t *testing.T) {
	c, cancel := context.WithCancel(ctx)
	calls := 0
	m, err := Expectation{Draws: 1 << 40, Workers: 1}.Of(c, normal, func(x []float64) float64 {
		if calls++; calls == 10_000 {
			cancel()
		}
		return x[0]
	})
	if !errors.Is(err, context.Canceled) || m.Draws != 3*blockDraws || m.Converged || !(math.Abs(off(m.Estimate, 0)) < 5) {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err := (Expectation{}).Of(c, normal, exponential); !errors.Is(err, context.Canceled) || !math.IsNaN(m.Estimate.Value) {
		t.Errorf("cancelled before: %+v, %v", m, err)
	}
}

func TestExpectationAllocations(t *testing.T) {
	e := Expectation{Draws: 10 * blockDraws, Workers: 1}
	if n := patience.Allocations(3, func() { e.Of(ctx, normal, exponential) }); n > 300 {
		t.Errorf("%v allocations for 10 blocks", n)
	}
}

func BenchmarkExpectation(b *testing.B) {
	for b.Loop() {
		Expectation{Draws: 10 * blockDraws, Workers: 1}.Of(ctx, normal, exponential)
	}
}
