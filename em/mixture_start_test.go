package em

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// Components of very different sizes are found from nearly every seed: the objective is
// that which a fit from the truth ends at.
func TestMixtureStartsAtAllScales(t *testing.T) {
	for _, rates := range [][]float64{{1, 10, 1000}, {0.5, 5, 2e4}} {
		var x []float64
		var parts [][]any
		rng := rand.New(rand.NewPCG(1, 2))
		for _, r := range rates {
			parts = append(parts, []any{dist.Poisson{Lambda: r}})
			for range 300 {
				x = append(x, dist.Poisson{Lambda: r}.Rand(rng))
			}
		}
		src := mixtureTable(t, data.Numbers("x"), x, nil)
		truth, err := NewMixture([]float64{0.25, 0.25, 0.5}, parts...)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Mixture{Start: truth}.Fit(context.Background(), src, Config{})
		if err != nil {
			t.Fatal(err)
		}
		missed := 0
		for seed := range uint64(20) {
			run, err := Mixture{K: 3, Family: expfam.Poisson{}}.Fit(context.Background(), src, Config{Seed: seed})
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(run.Objective-want.Objective) > 0.01 {
				missed++
			}
		}
		if missed > 1 {
			t.Errorf("rates %v: %d of 20 seeds miss %v", rates, missed, want.Objective)
		}
	}
}
