package mcmc_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/diagnostics"
)

// Every walker of an ensemble makes a chain of the draws, in memory, as steps and
// after resuming.
func TestAssemblyRuns(t *testing.T) {
	ctx := context.Background()
	c := mcmc.Config{Chains: 2, Draws: 300, Thin: 2, WarmUp: 50, KeepWarmUp: true, Seed: 1}
	want, err := mcmc.Sample(ctx, mcmc.Ensemble{}, gauss, c)
	if err != nil {
		t.Fatal(err)
	}
	if len(want.Chains) != 20 || len(want.Reports) != 2 {
		t.Fatalf("%d chains and %d reports", len(want.Chains), len(want.Reports))
	}
	for i := range want.Chains {
		x := want.Row(i, 299)
		walker, l := want.Kernels[i/10].(mcmc.Assembly).Walker(&want.Reports[i/10].End, i%10)
		stats := want.Chains[i].Stats
		if !cmp.Equal(x, walker) || stats[len(stats)-2] != l || l != -(x[0]*x[0]+x[1]*x[1])/2 {
			t.Errorf("chain %d ends at %v with lp__ %v, and its walker at %v with %v", i, x, stats[len(stats)-2], walker, l)
		}
	}
	n := 0
	for s, err := range mcmc.Steps(ctx, mcmc.Ensemble{}, gauss, c) {
		if err != nil {
			t.Fatal(err)
		}
		chain, row := n%20, n/20
		table := want.Chains[chain].WarmUp
		if row >= 50 {
			table, row = want.Chains[chain].Values, row-50
		}
		if s.Chain != chain || s.Iteration != row || !cmp.Equal(s.Values, table[2*row:2*row+2]) {
			t.Fatalf("step %d: %+v", n, s)
		}
		n++
	}
	if n != 20*350 {
		t.Errorf("%d steps", n)
	}

	c.Checkpoint, c.CheckpointEvery, c.ProgressEvery = t.TempDir(), time.Nanosecond, time.Millisecond
	stop, cancel := context.WithCancel(ctx)
	c.Progress = func(p mcmc.Progress) {
		if p.Chains[0].Step > 100 {
			cancel()
		}
	}
	if _, err := mcmc.Sample(stop, mcmc.Ensemble{}, gauss, c); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	cancel()
	c.Progress = nil
	got, err := mcmc.Sample(ctx, mcmc.Ensemble{}, gauss, c)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, sameRun); d != "" {
		t.Error(d)
	}
}

// Standard errors that take walkers for chains are right: over 100 runs the mean
// square of the z-scores is near 1, and a fifth of its standard deviation, 0.14, is
// what the walkers' dependence is seen to cost. The bounds are five deviations away.
func TestAssemblyErrors(t *testing.T) {
	sum := 0.0
	const runs = 100
	for seed := range uint64(runs) {
		run, err := mcmc.Sample(context.Background(), mcmc.Ensemble{}, gauss, mcmc.Config{Chains: 1, WarmUp: 200, Draws: 500, Thin: 1, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		x, _ := run.Column("x[1]")
		mean := 0.0
		for _, c := range x {
			for _, v := range c {
				mean += v / float64(len(x)*len(c))
			}
		}
		z := mean / diagnostics.MCSEMean(x)
		sum += z * z
	}
	if ratio := sum / runs; !(ratio > 0.9-5*0.14 && ratio < 0.9+5*0.14) || math.IsNaN(sum) {
		t.Errorf("mean square of z-scores %.2f", ratio)
	}
}

// With default settings an ensemble converges on normal targets; with a draw for
// every step it does not.
func TestEnsembleDefaults(t *testing.T) {
	t.Parallel()
	for n, seeds := range map[int]uint64{1: 1, 5: 2} {
		target := mcmc.Func(n, func(x []float64) float64 {
			l := 0.0
			for _, v := range x {
				l -= v * v / 2
			}
			return l
		})
		for seed := range seeds {
			run, err := mcmc.Sample(context.Background(), mcmc.Ensemble{}, target, mcmc.Config{Seed: seed})
			if err != nil {
				t.Fatal(err)
			}
			if s := run.Summary(); !s.Converged || run.Reports[0].Steps != 21_000 || run.Len(0) != 1000 {
				t.Errorf("%d dimensions, seed %d: %d draws from %d steps, %v", n, seed, run.Len(0), run.Reports[0].Steps, s.Warnings)
			}
		}
		if n < 5 {
			continue
		}
		run, err := mcmc.Sample(context.Background(), mcmc.Ensemble{}, target, mcmc.Config{Thin: 1})
		if err != nil {
			t.Fatal(err)
		}
		if s := run.Summary(); s.Converged || run.Reports[0].Steps != 2000 {
			t.Errorf("%d dimensions: %d steps, converged %v", n, run.Reports[0].Steps, s.Converged)
		}
	}
}
