package process_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist/process"
)

// weather is a chain of dry and wet days.
func weather() *process.MarkovChain {
	c, err := process.NewMarkovChain([]string{"dry", "wet"}, [][]float64{{0.9, 0.1}, {0.5, 0.5}})
	if err != nil {
		panic(err)
	}
	return c
}

func ExampleMarkovChain() {
	c := weather()
	fmt.Printf("in two days: %.2f\n", c.EvolveTo(nil, []float64{0, 1}, 2))
	fmt.Printf("in the long run: %.4f\n", c.Stationary()[0])
	gap, _ := c.SpectralGap()
	fmt.Printf("days until it rains: %.0f, spectral gap %.1f\n", c.HittingTimes(1)[0], gap)
	// Output:
	// in two days: [0.70 0.30]
	// in the long run: [0.8333 0.1667]
	// days until it rains: 10, spectral gap 0.6
}

func ExampleTransitionError() {
	_, err := process.NewMarkovChain([]string{"dry", "wet"}, [][]float64{{0.9, 0.1}, {0.5, 0.6}})
	var te *process.TransitionError
	fmt.Println(errors.As(err, &te), te.Row)
	fmt.Println(err)
	// Output:
	// true 1
	// markov chain: row 1 (wet) has 1.1; it must have the sum 1
}

// gambler is a gambler with up to three coins, who stops at none or three.
func gambler() *process.MarkovChain {
	c, err := process.NewMarkovChain(nil, [][]float64{{1, 0, 0, 0}, {0.6, 0, 0.4, 0}, {0, 0.6, 0, 0.4}, {0, 0, 0, 1}})
	if err != nil {
		panic(err)
	}
	return c
}

func ExampleClass() {
	for _, class := range gambler().Classes() {
		fmt.Printf("%v recurrent: %v, period %d\n", class.States, class.Recurrent, class.Period)
	}
	// Output:
	// [0] recurrent: true, period 1
	// [1 2] recurrent: false, period 2
	// [3] recurrent: true, period 1
}

func ExampleAbsorption() {
	a := gambler().Absorption()
	fmt.Printf("with one coin: ruined %.4f, won %.4f, after %.3f games\n", a.Prob[1][0], a.Prob[1][1], a.Steps[1])
	// Output: with one coin: ruined 0.7895, won 0.2105, after 1.842 games
}

func ExampleMixingTime() {
	t, err := weather().MixingTime(context.Background(), 0.01, 0)
	fmt.Printf("%d steps, then at distance %.4f, reached %v, %v\n", t.Steps, t.Distance, t.Reached, err)
	// Output: 5 steps, then at distance 0.0085, reached true, <nil>
}

func ExampleNotMixingError() {
	_, err := gambler().MixingTime(context.Background(), 0.01, 0)
	var ne *process.NotMixingError
	fmt.Println(errors.As(err, &ne), err)
	// Output: true markov chain: never mixes: it has 2 recurrent classes
}

func ExampleTransitionCounts() {
	counts, _ := process.NewTransitionCounts(2)
	_ = counts.Add([]int{0, 0, 1, 0, 0, 0}, 1)
	c, err := counts.Fit([]string{"dry", "wet"}, 0.5)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.2f %.2f\n", c.Prob(0, 1), c.Prob(1, 0))
	// Output: 0.30 0.75
}

func ExampleSimpleWalk() {
	w := process.SimpleWalk{Up: 0.5}
	fmt.Printf("back at the start after 10 steps: %.4f\n", math.Exp(w.LogProb(10, 0)))
	fmt.Println(w.RandTo(make([]int, 8), 0, rand.New(rand.NewPCG(1, 2)))[0])
	// Output:
	// back at the start after 10 steps: 0.2461
	// 0
}

func ExampleRuin() {
	roulette := process.SimpleWalk{Up: 18. / 37}
	r := roulette.Ruin(50, 100)
	fmt.Printf("ruined %.4f, doubled %.4f, after %.0f games\n", r.Ruin, r.Win, r.Steps)
	// Output: ruined 0.9372, doubled 0.0628, after 1618 games
}

func ExampleGaussianWalk() {
	w := process.GaussianWalk{Drift: 0.1, Sigma: 2}
	fmt.Println(w.Displacement(100))
	// Output: Normal(Mu: 10, Sigma: 20)
}

func ExamplePoissonProcess() {
	p := process.PoissonProcess{Rate: 3} // an hour
	fmt.Println(p.Count(2), p.Gap())
	busy := process.Superpose(p, process.PoissonProcess{Rate: 1})
	kept, _ := busy.Thin(0.25)
	fmt.Println(busy, kept)
	// Output:
	// Poisson(Lambda: 6) Exponential(Rate: 3)
	// PoissonProcess(Rate: 4) PoissonProcess(Rate: 1)
}

func ExampleInhomogeneousPoisson() {
	p := process.InhomogeneousPoisson{
		Rate:  func(t float64) float64 { return 2 * t },
		Bound: 20,
	}
	fmt.Printf("expected up to 10: %.6g\n", p.Mean(10).Value)
	// Output: expected up to 10: 100
}

func ExampleRateError() {
	p := process.InhomogeneousPoisson{Rate: func(t float64) float64 { return 2 * t }, Bound: 1}
	_, err := p.Sample(1000, rand.New(rand.NewPCG(1, 2)))
	var re *process.RateError
	fmt.Println(errors.As(err, &re), re.Rate > re.Bound)
	// Output: true true
}
