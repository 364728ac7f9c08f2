package mcmc_test

import (
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/mcmctest"
)

// wide is a normal distribution around the target of the conformance suite.
func wide(t *testing.T) *dist.MultivariateNormal {
	t.Helper()
	d, err := dist.NewDiagonalNormal([]float64{1, -0.5, 0.2}, []float64{2, 1, 4})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// alone draws the third coordinate of that target, which stands alone.
func alone(dst []float64, r *rand.Rand, _ []float64) error {
	dst[0] = 0.2 + 2*r.NormFloat64()
	return nil
}

func TestSamplersConform(t *testing.T) {
	for name, c := range map[string]mcmctest.Case{
		"Metropolis":         {Sampler: mcmc.Metropolis{Scale: 0.8}, Draws: 10_000},
		"MetropolisHastings": {Sampler: mcmc.MetropolisHastings{Proposal: drift{}}, Draws: 10_000},
		"Independence":       {Sampler: mcmc.Independence{From: wide(t)}},
		"AdaptiveMetropolis": {Sampler: mcmc.AdaptiveMetropolis{}, Draws: 10_000},
		"Slice":              {Sampler: mcmc.Slice{}},
		"EllipticalSlice":    {Sampler: mcmc.EllipticalSlice{Prior: wide(t)}},
		"Ensemble":           {Sampler: mcmc.Ensemble{}, Draws: 400},
		"Tempering":          {Sampler: mcmc.Tempering{Levels: 3, Lowest: 0.1}},
		"Tempering, walks":   {Sampler: mcmc.Tempering{Levels: 3, Sampler: mcmc.AdaptiveMetropolis{}}, Draws: 10_000},
		"Gibbs of slices": {Sampler: mcmc.Gibbs{Scan: mcmc.RandomScan, Blocks: []mcmc.Block{
			{Of: []int{1}, Sampler: mcmc.Slice{}}, {Of: []int{2, 0}, Sampler: mcmc.Slice{}}}}, Draws: 8000},
		"Gibbs with NUTS and walks": {Sampler: mcmc.Gibbs{Blocks: []mcmc.Block{
			{Of: []int{1, 0}, Sampler: mcmc.NUTS{}}, {Of: []int{2}, Sampler: mcmc.AdaptiveMetropolis{}}}}},
		"Gibbs with draws": {Sampler: mcmc.Gibbs{Blocks: []mcmc.Block{
			{Of: []int{2}, Draw: alone}, {Of: []int{1, 0}, Sampler: mcmc.Slice{}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			mcmctest.Run(t, c)
		})
	}
}

// drift proposes steps that are pulled towards the origin, which are not symmetric.
type drift struct{}

func (drift) ProposeTo(dst []float64, r *rand.Rand, x []float64) {
	for i, v := range x {
		dst[i] = 0.9*v + 0.7*r.NormFloat64()
	}
}

func (drift) LogProb(y, x []float64) float64 {
	l := 0.0
	for i, v := range x {
		z := (y[i] - 0.9*v) / 0.7
		l -= z * z / 2
	}
	return l
}
