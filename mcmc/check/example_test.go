package check_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/transform"
	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/check"
	"github.com/belief-go/belief/mcmc/draws"
)

var ctx = context.Background()

// counts is a model of four counts: their rate has an exponential prior. believed is
// the mean of the prior that the posterior density is made with; 1 is right.
func counts(believed float64) check.Model[[]float64] {
	return check.Model[[]float64]{
		Names: []string{"rate"},
		Prior: func(r *rand.Rand) []float64 { return []float64{r.ExpFloat64()} },
		Simulate: func(r *rand.Rand, theta []float64) []float64 {
			y := make([]float64, 4)
			for i := range y {
				y[i] = dist.Poisson{Lambda: theta[0]}.Rand(r)
			}
			return y
		},
		Target: func(y []float64) (mcmc.Target, error) {
			sum := y[0] + y[1] + y[2] + y[3]
			density := mcmc.GradFunc(1, func(x, grad []float64) float64 {
				grad[0] = sum/x[0] - 4 - 1/believed
				return sum*math.Log(x[0]) - 4*x[0] - x[0]/believed
			})
			return mcmc.Constrain(density, transform.Positive{})
		},
		Position: func(theta []float64) []float64 { return []float64{math.Log(theta[0])} },
		Quantities: []check.Quantity[[]float64]{
			{Name: "largest", F: func(_, y []float64) float64 { return max(y[0], y[1], y[2], y[3]) }},
		},
	}
}

// quick is enough for an example.
var quick = mcmc.Config{WarmUp: 100, Draws: 250}

func ExampleModel() {
	m := counts(1)
	r := rand.New(rand.NewPCG(1, 2))
	theta := m.Prior(r)
	fmt.Println(len(theta), len(m.Simulate(r, theta)))
	// Output: 1 4
}

func ExampleQuantity() {
	q := check.Quantity[[]float64]{Name: "first", F: func(_, y []float64) float64 { return y[0] }}
	fmt.Println(q.Name, q.F(nil, []float64{3, 4}))
	// Output: first 3
}

func ExampleSBC() {
	for _, believed := range []float64{1, 0.1} {
		c := check.SBC[[]float64]{Model: counts(believed), Sampler: mcmc.NUTS{}, Config: quick, Simulations: 60, Seed: 1}
		report, err := c.Run(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(report.OK)
	}
	// Output:
	// true
	// false
}

func ExampleCalibration() {
	c := check.Calibration{Quantities: []check.Ranks{{Name: "rate", ChiSquareP: 0.4, ECDFP: 0.25, OK: true}}, Simulations: 200, Size: 100, Alarm: 0.01, OK: true}
	fmt.Print(c.String())
	// Output:
	// 200 simulations, 100 ranks, rate of false alarms 0.01
	// quantity  chi² p   ECDF p   verdict
	// rate      0.4      0.25     ok
}

func ExampleRanks() {
	c := check.SBC[[]float64]{Model: counts(0.1), Sampler: mcmc.NUTS{}, Config: quick, Simulations: 60, Seed: 1}
	report, err := c.Run(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	q := report.Quantities[0]
	fmt.Println(q.Name, q.OK, q.Shape)
	// Output: rate false ranks are too high: posterior draws are too low
}

func ExampleBand() {
	low, high, err := check.Band(200, 10, 0.05)
	fmt.Println(low[4], high[4], err) // of 200 uniform ranks, half are expected below 5
	// Output: 82 118 <nil>
}

func ExampleGeweke() {
	for _, believed := range []float64{1, 0.5} {
		report, err := check.Geweke[[]float64]{Model: counts(believed), Sampler: mcmc.NUTS{}, WarmUp: 200, Seed: 1}.Run(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(report.OK)
	}
	// Output:
	// true
	// false
}

func ExampleComparison() {
	c := check.Comparison{Alarm: 0.01, OK: true, Scores: []check.Score{{Name: "rate", Respect: "location", Z: 0.5, P: 0.62, OK: true}}}
	fmt.Print(c.String())
	// Output:
	// rate of false alarms 0.01
	// quantity  respect        z  p        verdict
	// rate      location    0.50  0.62     ok
}

func ExampleScore() {
	s := check.Score{Name: "rate", Respect: "spread", Z: -7}
	fmt.Printf("the %s of %s is %.0f standard errors too small\n", s.Respect, s.Name, -s.Z)
	// Output: the spread of rate is 7 standard errors too small
}

func ExamplePredictive() {
	// One count stands out.
	y := []float64{1, 0, 1, 30}
	m := counts(1)
	target, err := m.Target(y)
	if err != nil {
		fmt.Println(err)
		return
	}
	run, err := mcmc.NUTS{}.Run(ctx, target, mcmc.Config{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := check.Predictive[[]float64]{Model: m, Data: y}.Posterior(ctx, run.Draws)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.OK, report.Quantities[0].Name, report.Quantities[0].Surprising)
	// Output: false largest true
}

func ExamplePrediction() {
	report, err := check.Predictive[[]float64]{Model: counts(1), Data: []float64{1, 0, 2, 1}}.Prior(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Replicated, report.OK)
	// Output: 1000 true
}

func ExamplePredicted() {
	p := check.Predicted{Name: "largest", Observed: 30, Quantile: [3]float64{8, 12, 17}, Surprising: true}
	fmt.Printf("%s: %g, predicted %g to %g\n", p.Name, p.Observed, p.Quantile[0], p.Quantile[2])
	// Output: largest: 30, predicted 8 to 17
}

func ExampleSimulationError() {
	m := counts(1)
	m.Target = func([]float64) (mcmc.Target, error) { return nil, errors.New("no such posterior") }
	_, err := check.SBC[[]float64]{Model: m, Sampler: mcmc.NUTS{}}.Run(ctx)
	var simulation *check.SimulationError
	fmt.Println(errors.As(err, &simulation), simulation.Simulation)
	// Output: true 0
}

// Draws of any source do for predictive checks.
func ExamplePredictive_Posterior() {
	posterior := draws.New([]string{"rate"}, nil, 1, 100)
	for range 100 {
		posterior.Chains[0].Values = append(posterior.Chains[0].Values, 1.2)
	}
	report, err := check.Predictive[[]float64]{Model: counts(1), Data: []float64{1, 0, 2, 1}}.Posterior(ctx, posterior)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Replicated, report.OK)
	// Output: 100 true
}
