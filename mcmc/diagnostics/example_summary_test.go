package diagnostics_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/belief-go/belief/mcmc/diagnostics"
	"github.com/belief-go/belief/mcmc/draws"
)

// made returns draws of two quantities by four chains; those of tau hardly move.
func made() *draws.Draws {
	d := draws.New([]string{"mu", "tau"}, []string{draws.Divergent}, 4, 1000)
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range d.Chains {
		tau := 0.0
		for i := range 1000 {
			tau = 0.99*tau + 0.14*r.NormFloat64()
			c.Values = append(c.Values, 4+3*r.NormFloat64(), tau)
			divergent := 0.0
			if i%100 == 0 && tau < 0 {
				divergent = 1
			}
			c.Stats = append(c.Stats, divergent)
		}
	}
	return d
}

func ExampleSummary() {
	fmt.Print(diagnostics.Summarize(made()))
	// Output:
	// mean   mcse     sd     5%    50%    95%  ess_bulk  ess_tail   rhat
	// mu   3.998  0.047  3.005  -0.94  4.013  8.849      4150      3689  1.001
	// tau   0.08   0.30  0.922  -1.34   0.05   1.76         9        65  1.379
	// 4 chains of 1000 draws, 23 divergences
	// warning: tau (1.38): R-hat is above 1.01 for 1 of 2 quantities: chains do not agree yet, and their numbers are not to be trusted; draw longer, and if that does not help, look for several modes or write the model with other parameters
	// warning: tau (9): bulk ESS is below 400, 100 for each chain, for 1 of 2 quantities: means and medians are too rough to judge R-hat by; draw longer
	// warning: tau (65): tail ESS is below 400, 100 for each chain, for 1 of 2 quantities: the 5% and 95% quantiles and the spread are rough; draw longer
	// warning: 23 of 4000 draws (0.57%) ended in a divergence: the sampler cannot follow the density where it bends sharply, and what lies there is missing; write the model with other parameters, as a non-centered hierarchy, or raise the target acceptance towards 0.99; see too that the gradient is right (mcmc.CheckGradient) and that bounded parameters are transformed (mcmc.Constrain)
}

func ExampleConfig() {
	c := diagnostics.Config{Quantiles: []float64{0.025, 0.975}}
	s, err := c.Summarize(context.Background(), made())
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(s.Probabilities, s.Converged)
	for _, w := range s.Warnings {
		fmt.Println(w.Code, w.Where)
	}
	// Output:
	// [0.025 0.975] false
	// rhat tau (1.38)
	// ess-bulk tau (9)
	// ess-tail tau (65)
	// divergences
}

func ExampleQuantity() {
	q := diagnostics.Summarize(made()).Quantities[0]
	fmt.Printf("%s is %.2f ± %.2f; %.0f draws are worth %.0f\n", q.Name, q.Mean, q.MCSEMean, 4000.0, q.ESSBulk)
	// Output:
	// mu is 4.00 ± 0.05; 4000 draws are worth 4150
}
