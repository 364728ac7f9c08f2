package check

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/mcmc"
)

var short = mcmc.Config{WarmUp: 100, Draws: 250}

// Right models and samplers pass, wrong ones are refused, with a rate of false alarms
// of 1e-6, and what is wrong is said.
func TestSBC(t *testing.T) {
	for _, c := range []struct {
		name    string
		model   Model[[]float64]
		sampler mcmc.Sampler
		n       int    // simulations
		shape   string // of the parameter's ranks, if wrong
	}{
		{"right", mean(2, 1), exact{}, 200, ""},
		{"right, NUTS", mean(2, 1), mcmc.NUTS{}, 60, ""},
		{"right scale, NUTS", scale(1), mcmc.NUTS{}, 60, ""},
		{"prior too narrow", mean(0.7, 1), exact{}, 200, "too narrow"},
		{"noise too small", mean(2, 0.5), exact{}, 200, "too narrow"},
		{"noise too large", mean(2, 2.5), exact{}, 300, "too wide"},
		{"no Jacobian, NUTS", scale(0), mcmc.NUTS{}, 120, "too low"},
		{"sampler too low", mean(2, 1), exact{shift: -0.6}, 200, "too low"},
		{"sampler too high", mean(2, 1), exact{shift: 0.6}, 200, "too high"},
		{"sampler too wide", mean(2, 1), exact{wider: 1}, 200, "too wide"},
	} {
		report, err := SBC[[]float64]{Model: c.model, Sampler: c.sampler, Config: short, Simulations: c.n, Alarm: alarm, Seed: 1}.Run(ctx)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		q := report.Quantities[0]
		if report.OK != (c.shape == "") || c.shape != "" && (q.OK || !strings.Contains(q.Shape, c.shape)) {
			t.Errorf("%s:\n%v", c.name, report)
		}
		if c.shape != "" && min(q.ChiSquareP, q.ECDFP) > alarm/4 || len(q.Ranks) != c.n {
			t.Errorf("%s: both tests together: %v", c.name, report)
		}
	}
}

// A sampler that does not look at the data gives uniform ranks of its parameter if it
// draws from the prior; the log likelihood tells it.
func TestSBCPrior(t *testing.T) {
	m := mean(2, 1)
	m.Target = func([]float64) (mcmc.Target, error) { return &normalTarget{0, 2}, nil }
	report, err := SBC[[]float64]{Model: m, Sampler: exact{}, Config: short, Alarm: alarm}.Run(ctx)
	if err != nil || !report.Quantities[0].OK || report.Quantities[1].OK || report.OK {
		t.Errorf("%v, %v", report, err)
	}
}

// The rate of false alarms is what it is said to be.
func TestSBCRate(t *testing.T) {
	const runs, rate = 60, 0.2
	refused := 0
	for seed := range uint64(runs) {
		report, err := SBC[[]float64]{Model: mean(2, 1), Sampler: exact{}, Config: mcmc.Config{WarmUp: mcmc.NoWarmUp, Draws: 60}, Simulations: 60, Ranks: 20, Alarm: rate, Seed: seed}.Run(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if !report.OK {
			refused++
		}
	}
	if d := (dist.Binomial{N: runs, P: rate}); float64(refused) > d.Quantile(1-alarm) || refused == 0 {
		t.Errorf("%d of %d right models are refused at a rate of %v", refused, runs, rate)
	}
}

// Draws that are too much alike are repeated with thinning, and told of where that
// does not help.
func TestSBCCorrelated(t *testing.T) {
	c := SBC[[]float64]{Model: mean(2, 1), Sampler: exact{stay: 0.8}, Config: mcmc.Config{WarmUp: 20, Draws: 200}, Simulations: 200, Ranks: 50, Alarm: alarm}
	if report, err := c.Run(ctx); err != nil || !report.OK || len(report.Warnings) > 0 {
		t.Errorf("thinned: %v %v, %v", report, report.Warnings, err)
	}
	c.Sampler = exact{stay: 0.999}
	report, err := c.Run(ctx)
	if err != nil || report.OK || len(report.Warnings) != 1 || report.Warnings[0].Code != "correlated" {
		t.Errorf("stuck: %v %v, %v", report, report.Warnings, err)
	}
}

// Ranks of discrete quantities are uniform because ties are broken at random.
func TestSBCDiscrete(t *testing.T) {
	m := mean(2, 1)
	m.Quantities = []Quantity[[]float64]{
		{"rounded", func(theta, _ []float64) float64 { return math.Round(theta[0]) }},
		{"infinite", func(theta, _ []float64) float64 {
			if theta[0] > 0 {
				return math.Inf(1)
			}
			return theta[0]
		}},
	}
	if report, err := (SBC[[]float64]{Model: m, Sampler: exact{}, Config: short, Alarm: alarm}).Run(ctx); err != nil || !report.OK {
		t.Errorf("%v, %v", report, err)
	}
}

func TestSBCWorkersAndCancel(t *testing.T) {
	c := SBC[[]float64]{Model: mean(2, 1), Sampler: exact{}, Config: short, Simulations: 50, Workers: 1}
	want, err := c.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c.Workers = 3
	if got, err := c.Run(ctx); err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v with 3 workers, %v with one; %v", got, want, err)
	}
	stopped, cancel := context.WithCancel(ctx)
	simulate, calls := c.Model.Simulate, 0
	c.Workers, c.Model.Simulate = 1, func(r *rand.Rand, theta []float64) []float64 {
		if calls++; calls == 21 {
			cancel()
		}
		return simulate(r, theta)
	}
	if got, err := c.Run(stopped); !errors.Is(err, context.Canceled) || got.Simulations != 20 || !cmp.Equal(got.Quantities[0].Ranks, want.Quantities[0].Ranks[:20]) {
		t.Errorf("cancelled: %v, %v", got, err)
	}
}

func TestSBCErrors(t *testing.T) {
	for name, change := range map[string]func(c *SBC[[]float64]){
		"no names":       func(c *SBC[[]float64]) { c.Model.Names = nil },
		"no prior":       func(c *SBC[[]float64]) { c.Model.Prior = nil },
		"no simulation":  func(c *SBC[[]float64]) { c.Model.Simulate = nil },
		"no target":      func(c *SBC[[]float64]) { c.Model.Target = nil },
		"no quantity":    func(c *SBC[[]float64]) { c.Model.Quantities = []Quantity[[]float64]{{Name: "q"}} },
		"no sampler":     func(c *SBC[[]float64]) { c.Sampler = nil },
		"simulations":    func(c *SBC[[]float64]) { c.Simulations = 1 << 40 },
		"ranks":          func(c *SBC[[]float64]) { c.Ranks = 1 },
		"alarm":          func(c *SBC[[]float64]) { c.Alarm = 2 },
		"draws":          func(c *SBC[[]float64]) { c.Config.Draws = 3 },
		"discarded":      func(c *SBC[[]float64]) { c.Config.Discard = true },
		"names too many": func(c *SBC[[]float64]) { c.Model.Names = []string{"a", "b"} },
	} {
		c := SBC[[]float64]{Model: mean(2, 1), Sampler: exact{}, Config: short, Simulations: 3}
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
		"sampler": func(m *Model[[]float64]) {
			m.Target = func([]float64) (mcmc.Target, error) {
				return mcmc.GradFunc(1, func(x, grad []float64) float64 { panic(broken) }), nil
			}
		},
	} {
		c := SBC[[]float64]{Model: mean(2, 1), Sampler: mcmc.NUTS{}, Config: short, Simulations: 3}
		change(&c.Model)
		var simulation *SimulationError
		if report, err := c.Run(ctx); !errors.As(err, &simulation) || simulation.Simulation != 0 || len(simulation.Theta) != 1 || report != nil || name != "NaN quantity" && !errors.Is(err, broken) {
			t.Errorf("%s: %v, %v", name, report, err)
		}
	}
}
