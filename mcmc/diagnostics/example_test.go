package diagnostics_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/mcmc/diagnostics"
)

// Four chains of an autoregression, one of which sits elsewhere.
func ExampleRHat() {
	r := rand.New(rand.NewPCG(1, 2))
	chains := make([][]float64, 4)
	for i := range chains {
		x := 0.0
		for range 1000 {
			x = 0.8*x + 0.6*r.NormFloat64()
			chains[i] = append(chains[i], x)
		}
	}
	fmt.Printf("R-hat %.2f, ESS %.0f of 4000\n", diagnostics.RHat(chains), diagnostics.ESSBulk(chains))
	for i := range chains[3] {
		chains[3][i]++
	}
	fmt.Printf("R-hat %.2f, ESS %.0f\n", diagnostics.RHat(chains), diagnostics.ESSBulk(chains))
	// Output:
	// R-hat 1.01, ESS 413 of 4000
	// R-hat 1.13, ESS 24
}

// Weights of a normal proposal for a Student distribution with three degrees of
// freedom: too narrow.
func ExamplePSIS() {
	r := rand.New(rand.NewPCG(1, 2))
	logWeights := make([]float64, 4000)
	for i := range logWeights {
		x := r.NormFloat64()
		logWeights[i] = -2*math.Log1p(x*x/3) + x*x/2
	}
	k := diagnostics.PSIS(logWeights, 1)
	fmt.Printf("k = %.2f, limit %.2f\n", k, diagnostics.ParetoLimit(len(logWeights)))
	// Output:
	// k = 0.73, limit 0.70
}

func ExamplePareto() {
	want := diagnostics.Pareto{K: 0.3, Sigma: 2}
	y := make([]float64, 1000)
	for i := range y {
		y[i] = want.Quantile((float64(i) + 0.5) / 1000)
	}
	fit := diagnostics.FitPareto(y)
	fmt.Printf("K = %.2f, Sigma = %.1f\n", fit.K, fit.Sigma)
	// Output:
	// K = 0.30, Sigma = 2.0
}
