package mcmc_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/mcmc"
)

// What the driver adds to a step of a cheap kernel: the difference of the two.
func BenchmarkStep(b *testing.B) {
	b.Run("by=hand", func(b *testing.B) {
		k, _ := walk{1}.Kernel(mcmc.NewGuard(gauss))
		s := mcmc.State{X: []float64{0, 0}}
		if err := k.Init(&s); err != nil {
			b.Fatal(err)
		}
		r := rand.New(rand.NewPCG(1, 2))
		for b.Loop() {
			if _, err := k.Step(r, &s); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("by=driver", func(b *testing.B) {
		b.ReportAllocs()
		if _, err := mcmc.Sample(context.Background(), walk{1}, gauss, mcmc.Config{Chains: 1, Draws: b.N, WarmUp: mcmc.NoWarmUp}); err != nil {
			b.Fatal(err)
		}
	})
}
