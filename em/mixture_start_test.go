package em

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
	"github.com/belief-go/belief/internal/kernel"
)

// Components of very different sizes are found from nearly every seed: the objective is
// that which a fit from the truth ends at.
func TestMixtureStartsAtAllScales(t *testing.T) {
	t.Parallel()
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
		for seed := range uint64(10) {
			run, err := Mixture{K: 3, Family: expfam.Poisson{}}.Fit(context.Background(), src, Config{Seed: seed})
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(run.Objective-want.Objective) > 0.01 {
				missed++
			}
		}
		if missed > 1 {
			t.Errorf("rates %v: %d of 10 seeds miss %v", rates, missed, want.Objective)
		}
	}
}

// Ten thousand categories take the memory of a few tables, in starts and in steps.
func TestMixtureOfManyCategories(t *testing.T) {
	if testing.Short() {
		t.Skip("too long under the race detector (-short)")
	}
	t.Parallel()
	const k = 10_000
	names, x := make([]string, k), make([]float64, k)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	for i := range x {
		x[i] = float64(i)
	}
	src := mixtureTable(t, []data.Column{{Name: "x", Categories: names}}, x, nil)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run, err := Mixture{K: 2, Smoothing: 1}.Fit(context.Background(), src, Config{Iterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	lp, err := LogProb(context.Background(), run.Model, src)
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if taken := (after.TotalAlloc - before.TotalAlloc) >> 20; taken > 300 {
		t.Errorf("%d MiB were taken", taken)
	}
	if sum := kernel.Sum(lp); math.Abs(sum-run.LogLikelihood) > 1e-9*math.Abs(sum) {
		t.Errorf("the log-likelihood of rows adds up to %v, of the fit to %v", sum, run.LogLikelihood)
	}
}
