package sampler

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/mcmctest"
)

func ExampleWalk() {
	normal := mcmc.Func(1, func(x []float64) float64 { return -x[0] * x[0] / 2 })
	run, err := mcmc.Sample(context.Background(), Walk{}, normal, mcmc.Config{Draws: 500})
	fmt.Println(run, err)
	// Output: draws: 4 chains × 500 iterations × 1 quantities <nil>
}

// The suite holds for every setting that behaves differently.
func TestWalk(t *testing.T) {
	mcmctest.Run(t, mcmctest.Case{Sampler: Walk{}, Draws: 20000})
	mcmctest.Run(t, mcmctest.Case{Sampler: Walk{Scale: 1}, Draws: 20000})
}

func TestConfigErrors(t *testing.T) {
	for _, scale := range []float64{-1, math.NaN(), math.Inf(1)} {
		_, err := Walk{scale}.Kernel(mcmc.NewGuard(mcmctest.Normal()))
		if e := (*belief.ConfigError)(nil); !errors.As(err, &e) || e.Field != "Scale" {
			t.Errorf("scale %v: %v", scale, err)
		}
	}
}
