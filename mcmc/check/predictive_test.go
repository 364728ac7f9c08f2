package check

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/draws"
)

// statistics are functions of the data, and one that looks at the parameters too.
var statistics = []Quantity[[]float64]{
	{"largest", func(_, y []float64) float64 { return slices.Max(y) }},
	{"sum", func(_, y []float64) float64 {
		s := 0.0
		for _, v := range y {
			s += v
		}
		return s
	}},
	{"distance", func(theta, y []float64) float64 {
		s := 0.0
		for _, v := range y {
			s += (v - theta[0]) * (v - theta[0])
		}
		return s
	}},
}

// posterior draws exactly from the posterior of the mean, in chains.
func posterior(y []float64, chains, n int) *draws.Draws {
	target, err := mean(2, 1).Target(y)
	if err != nil {
		panic(err)
	}
	run, err := mcmc.Sample(ctx, exact{}, target, mcmc.Config{Chains: chains, Draws: n, WarmUp: mcmc.NoWarmUp, Seed: 1})
	if err != nil {
		panic(err)
	}
	return run.Draws
}

// The probability of a larger sum under the posterior has a closed form, and so has
// that under the prior.
func TestPredictive(t *testing.T) {
	m := mean(2, 1)
	m.Quantities = statistics
	for _, y := range [][]float64{{1, 2, 3}, {-1, 0, 0.5}, {4, 4.2, 3.7}} {
		sum := y[0] + y[1] + y[2]
		precision := 1.0/4 + 3
		above := func(mu, variance float64) float64 { return 0.5 * math.Erfc((sum-mu)/math.Sqrt(2*variance)) }
		c := Predictive[[]float64]{Model: m, Data: y, Draws: 20_000, Seed: 3}
		report, err := c.Posterior(ctx, posterior(y, 4, 5000))
		if err != nil {
			t.Fatal(err)
		}
		q := report.Quantities[1]
		if z := (q.P.Value - above(3*sum/precision, 9/precision+3)) / q.P.StdErr; q.Observed != sum || math.Abs(z) > 5 || report.Replicated != 20_000 {
			t.Errorf("posterior: %+v is %.1f standard errors off", q, z)
		}
		if sd := math.Sqrt(9/precision + 3); math.Abs(q.SD/sd-1) > 0.03 || math.Abs(q.Mean-3*sum/precision) > 5*sd/100 ||
			math.Abs(q.Quantile[2]-q.Quantile[0]-2*1.6449*sd) > 0.2 || math.Abs(q.Quantile[1]-q.Mean) > 0.1 {
			t.Errorf("posterior: %+v", q)
		}
		report, err = c.Prior(ctx)
		if err != nil {
			t.Fatal(err)
		}
		q = report.Quantities[1]
		if z := (q.P.Value - above(0, 9*4+3)) / q.P.StdErr; math.Abs(z) > 5 {
			t.Errorf("prior: %+v is %.1f standard errors off", q, z)
		}
	}
}

// Data that the model could not have made are surprising, and other data are not.
func TestPredictiveVerdict(t *testing.T) {
	m := mean(2, 1)
	m.Quantities = statistics
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name string
		y    []float64
		want []bool // surprising: largest, sum, distance
	}{
		{"right", m.Simulate(r, m.Prior(r)), []bool{false, false, false}},
		{"far apart", []float64{-9, 1, 9}, []bool{true, false, true}},
		{"too near", []float64{1, 1.001, 1.002}, []bool{false, false, false}}, // the mean takes up half of it
	} {
		report, err := Predictive[[]float64]{Model: m, Data: c.y}.Posterior(ctx, posterior(c.y, 2, 1000))
		if err != nil {
			t.Fatal(err)
		}
		ok := true
		for j, want := range c.want {
			ok = ok && !want
			if q := report.Quantities[j]; q.Surprising != want {
				t.Errorf("%s: %+v", c.name, q)
			}
		}
		if report.OK != ok {
			t.Errorf("%s: %v", c.name, report)
		}
	}
	// Under the prior, a sum that is six standard deviations away.
	if report, err := (Predictive[[]float64]{Model: m, Data: []float64{12, 12, 13}}).Prior(ctx); err != nil || !report.Quantities[1].Surprising || report.Quantities[1].P.Value != 0 || !(report.Quantities[1].P.StdErr > 0) {
		t.Errorf("%v, %v", report, err)
	}
	// Equal values count half.
	m.Quantities = []Quantity[[]float64]{{"one", func(_, _ []float64) float64 { return 1 }}}
	if report, err := (Predictive[[]float64]{Model: m, Data: []float64{1}}).Prior(ctx); err != nil || report.Quantities[0].P.Value != 0.5 || !report.OK {
		t.Errorf("%v, %v", report, err)
	}
}

func TestPredictiveWorkersAndCancel(t *testing.T) {
	m := mean(2, 1)
	m.Quantities = statistics
	c := Predictive[[]float64]{Model: m, Data: []float64{1, 2, 3}, Draws: 100, Workers: 1}
	post := posterior(c.Data, 3, 200)
	want, err := c.Posterior(ctx, post)
	if err != nil || want.Replicated < 99 || want.Replicated > 102 {
		t.Fatalf("%v, %v", want, err)
	}
	c.Workers = 3
	if got, err := c.Posterior(ctx, post); err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v with 3 workers, %v with one; %v", got, want, err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if got, err := c.Prior(stopped); err != context.Canceled || got != nil {
		t.Errorf("cancelled: %v, %v", got, err)
	}
}

func TestPredictiveErrors(t *testing.T) {
	good := mean(2, 1)
	good.Quantities = statistics
	y := []float64{1, 2, 3}
	post := posterior(y, 1, 50)
	for name, change := range map[string]func(c *Predictive[[]float64]){
		"no simulation":   func(c *Predictive[[]float64]) { c.Model.Simulate = nil },
		"no quantities":   func(c *Predictive[[]float64]) { c.Model.Quantities = nil },
		"no quantity":     func(c *Predictive[[]float64]) { c.Model.Quantities = []Quantity[[]float64]{{Name: "q"}} },
		"tail":            func(c *Predictive[[]float64]) { c.Tail = 0.6 },
		"many draws":      func(c *Predictive[[]float64]) { c.Draws = 1 << 40 },
		"fewer than none": func(c *Predictive[[]float64]) { c.Draws = -1 },
	} {
		c := Predictive[[]float64]{Model: good, Data: y}
		change(&c)
		var config *belief.ConfigError
		if _, err := c.Prior(ctx); !errors.As(err, &config) {
			t.Errorf("%s, prior: %v", name, err)
		}
		if _, err := c.Posterior(ctx, post); !errors.As(err, &config) {
			t.Errorf("%s, posterior: %v", name, err)
		}
	}
	c := Predictive[[]float64]{Model: good, Data: y}
	var config *belief.ConfigError
	for _, none := range []*draws.Draws{nil, draws.New([]string{"theta"}, nil, 2, 0)} {
		if _, err := c.Posterior(ctx, none); !errors.As(err, &config) {
			t.Errorf("no draws: %v", err)
		}
	}
	c.Model.Prior = nil
	if _, err := c.Prior(ctx); !errors.As(err, &config) {
		t.Errorf("no prior: %v", err)
	}
	c.Model.Quantities = []Quantity[[]float64]{{"q", func(theta, y []float64) float64 { return math.NaN() }}}
	var simulation *SimulationError
	if _, err := c.Posterior(ctx, post); !errors.As(err, &simulation) {
		t.Errorf("NaN: %v", err)
	}
}
