package check

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/mcmc"
)

// walk is a random walk that may forget to reject: always, or where it goes up.
type walk struct {
	sd    float64
	wrong string
}

func (walk) WarmUp() int { return 1 }

func (w walk) Kernel(g *mcmc.Guard) (mcmc.Kernel, error) {
	return &walkKernel{w, g, make([]float64, g.Dim())}, nil
}

type walkKernel struct {
	walk
	g  *mcmc.Guard
	to []float64
}

func (k *walkKernel) Init(s *mcmc.State) (err error) {
	s.LogDensity, err = k.g.LogDensity(s.X)
	return err
}

func (k *walkKernel) Step(r *rand.Rand, s *mcmc.State) (mcmc.Info, error) {
	for i, x := range s.X {
		k.to[i] = x + k.sd*r.NormFloat64()
	}
	l, err := k.g.LogDensity(k.to)
	if err != nil {
		return mcmc.Info{}, err
	}
	u := math.Log(r.Float64())
	if u < l-s.LogDensity || k.wrong == "up" && k.to[0] > s.X[0] && u < l-s.LogDensity+1 || k.wrong == "half" && 2*u < l-s.LogDensity {
		copy(s.X, k.to)
		s.LogDensity = l
	}
	return mcmc.Info{}, nil
}

// Right models and samplers pass, wrong ones are refused, with a rate of false alarms
// of 1e-6.
func TestGeweke(t *testing.T) {
	for _, c := range []struct {
		name    string
		model   Model[[]float64]
		sampler mcmc.Sampler
		draws   int
		ok      bool
	}{
		{"right", mean(2, 1), exact{}, 0, true},
		{"right, NUTS", mean(2, 1), mcmc.NUTS{}, 0, true},
		{"right scale, NUTS", scale(1), mcmc.NUTS{}, 0, true},
		{"right, random walk", mean(2, 1), walk{sd: 1}, 20_000, true},
		{"prior too narrow", mean(1.2, 1), exact{}, 0, false},
		{"noise too small", mean(2, 0.7), exact{}, 10_000, false},
		{"noise too large", mean(2, 2), exact{}, 10_000, false},
		{"no Jacobian, NUTS", scale(0), mcmc.NUTS{}, 4000, false},
		{"sampler too high", mean(2, 1), exact{shift: 0.3}, 10_000, false},
		{"sampler too wide", mean(2, 1), exact{wider: 0.3}, 10_000, false},
		{"sampler up", mean(2, 1), walk{1, "up"}, 20_000, false},
		{"sampler of the square root", mean(2, 1), walk{1, "half"}, 20_000, false},
	} {
		report, err := Geweke[[]float64]{Model: c.model, Sampler: c.sampler, Draws: c.draws, WarmUp: 200, Alarm: alarm, Seed: 1}.Run(ctx)
		if err != nil || report.OK != c.ok || c.ok && len(report.Warnings) > 0 {
			t.Errorf("%s: %v\n%v", c.name, err, report)
		}
	}
}

// The scores of right models are standard normal.
func TestGewekeScores(t *testing.T) {
	const runs = 25
	sum, n := 0.0, 0
	for seed := range uint64(runs) {
		report, err := Geweke[[]float64]{Model: mean(2, 1), Sampler: exact{}, Draws: 2000, Seed: seed}.Run(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range report.Scores[:2] { // of the parameter: location and spread are uncorrelated
			sum += s.Z * s.Z
			n++
		}
	}
	// 50 squares of scores: their sum is chi-square, within 15 and 115 but for 1e-6.
	if n != 50 || sum < 15 || sum > 115 {
		t.Errorf("the squares of %d scores sum to %.1f", n, sum)
	}
}

// A chain that does not move is refused, not passed as one without errors.
func TestGewekeStuck(t *testing.T) {
	report, err := Geweke[[]float64]{Model: mean(2, 1), Sampler: walk{sd: 0}, Draws: 400, Chains: 1}.Run(ctx)
	if err != nil || report.OK {
		t.Errorf("%v, %v", report, err)
	}
	report, err = Geweke[[]float64]{Model: mean(2, 1), Sampler: walk{sd: 0.05}, Draws: 400}.Run(ctx)
	if err != nil || len(report.Warnings) != 1 || report.Warnings[0].Code != "short" {
		t.Errorf("%v, %v", report, err)
	}
}

func TestGewekeWorkersAndCancel(t *testing.T) {
	c := Geweke[[]float64]{Model: scale(1), Sampler: mcmc.NUTS{}, Draws: 500, WarmUp: 100, Workers: 1}
	want, err := c.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c.Workers = 3
	if got, err := c.Run(ctx); err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v with 3 workers, %v with one; %v", got, want, err)
	}
	for _, when := range []int{1, 300, 700} {
		stopped, cancel := context.WithCancel(ctx)
		c, calls := c, 0
		simulate := c.Model.Simulate
		c.Workers, c.Model.Simulate = 1, func(r *rand.Rand, theta []float64) []float64 {
			if calls++; calls == when {
				cancel()
			}
			return simulate(r, theta)
		}
		if got, err := c.Run(stopped); err != context.Canceled || got != nil {
			t.Errorf("cancelled: %v, %v", got, err)
		}
		cancel()
	}
}

func TestGewekeErrors(t *testing.T) {
	for name, change := range map[string]func(c *Geweke[[]float64]){
		"no prior":   func(c *Geweke[[]float64]) { c.Model.Prior = nil },
		"no sampler": func(c *Geweke[[]float64]) { c.Sampler = nil },
		"draws":      func(c *Geweke[[]float64]) { c.Draws = 1 << 40 },
		"chains":     func(c *Geweke[[]float64]) { c.Chains = 400 },
		"steps":      func(c *Geweke[[]float64]) { c.Steps = -1 },
		"warm-up":    func(c *Geweke[[]float64]) { c.WarmUp = -1 },
		"alarm":      func(c *Geweke[[]float64]) { c.Alarm = math.NaN() },
		"position":   func(c *Geweke[[]float64]) { c.Model.Position = func([]float64) []float64 { return make([]float64, 2) } },
		"names":      func(c *Geweke[[]float64]) { c.Model.Names = []string{"a", "b"} },
	} {
		c := Geweke[[]float64]{Model: mean(2, 1), Sampler: exact{}, Draws: 400}
		change(&c)
		var config *belief.ConfigError
		if report, err := c.Run(ctx); !errors.As(err, &config) || report != nil {
			t.Errorf("%s: %v, %v", name, report, err)
		}
	}
	broken := errors.New("broken")
	for name, change := range map[string]func(m *Model[[]float64]){
		"NaN quantity": func(m *Model[[]float64]) { m.Quantities[0].F = func(_, _ []float64) float64 { return math.NaN() } },
		"target":       func(m *Model[[]float64]) { m.Target = func([]float64) (mcmc.Target, error) { return nil, broken } },
		"no density": func(m *Model[[]float64]) {
			m.Target = func([]float64) (mcmc.Target, error) {
				return mcmc.Func(1, func([]float64) float64 { return math.Inf(-1) }), nil
			}
		},
	} {
		c := Geweke[[]float64]{Model: mean(2, 1), Sampler: walk{sd: 1}, Draws: 400}
		change(&c.Model)
		var simulation *SimulationError
		if report, err := c.Run(ctx); !errors.As(err, &simulation) || report != nil || name == "target" && !errors.Is(err, broken) {
			t.Errorf("%s: %v, %v", name, report, err)
		}
	}
}
