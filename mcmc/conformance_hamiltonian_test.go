package mcmc_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/mcmctest"
)

func TestHamiltonianConformance(t *testing.T) {
	for name, s := range map[string]mcmc.Sampler{
		"NUTS":           mcmc.NUTS{},
		"NUTS diagonal":  mcmc.NUTS{Tuning: mcmc.Tuning{Metric: mcmc.DiagonalMetric}},
		"NUTS low rank":  mcmc.NUTS{Tuning: mcmc.Tuning{Metric: mcmc.LowRankMetric}},
		"dual averaging": mcmc.NUTS{Tuning: mcmc.Tuning{DualAveraging: true}},
		"HMC":            mcmc.HMC{},
		"HMC 5 steps":    mcmc.HMC{Steps: 5},
	} {
		t.Run(name, func(t *testing.T) { mcmctest.Run(t, mcmctest.Case{Sampler: s, Draws: 1500}) })
	}
}

// ExampleHMC fixes what NUTS would find: the length of the trajectories.
func ExampleHMC() {
	target := mcmc.GradFunc(1, func(x, grad []float64) float64 {
		grad[0] = -x[0]
		return -0.5 * x[0] * x[0]
	})
	run, err := mcmc.Sample(context.Background(), mcmc.HMC{Length: 1}, target, mcmc.Config{Chains: 1, Draws: 2000, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	mean := 0.0
	for i := range run.Len(0) {
		mean += run.Row(0, i)[0] / float64(run.Len(0))
	}
	fmt.Println(math.Abs(mean) < 0.15)
	// Output: true
}
