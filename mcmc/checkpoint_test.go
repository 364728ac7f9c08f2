package mcmc_test

// Runs that go on from where they were interrupted.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief/mcmc"
)

func TestResume(t *testing.T) {
	base := mcmc.Config{Chains: 3, Draws: 3000, Thin: 2, Seed: 5, KeepWarmUp: true, WarmUp: 1000, CheckpointEvery: time.Nanosecond}
	want := sample(t, gauss, base)
	dir := t.TempDir()
	c := base
	c.Checkpoint = dir
	interruptions := 0
	for {
		// Interrupted by the target, after so many evaluations of all chains.
		ctx, cancel := context.WithCancel(context.Background())
		var calls atomic.Int64
		target := mcmc.Func(2, func(x []float64) float64 {
			if calls.Add(1) == 1500 {
				cancel()
			}
			return -(x[0]*x[0] + x[1]*x[1]) / 2
		})
		c.Workers = interruptions % 4
		got, err := mcmc.Sample(ctx, walk{1}, target, c)
		cancel()
		if errors.Is(err, context.Canceled) {
			if interruptions++; interruptions < 1000 {
				continue
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, sameRun); d != "" {
			t.Fatalf("after %d interruptions: %s", interruptions, d)
		}
		break
	}
	if interruptions < 3 {
		t.Errorf("the run was interrupted %d times", interruptions)
	}
	// A longer run goes on from the finished one, a shorter one cuts it.
	base.Draws = 4000
	want = sample(t, gauss, base)
	for _, draws := range []int{4000, 100} {
		c.Progress, c.Draws = nil, draws
		got, err := mcmc.Sample(context.Background(), walk{1}, gauss, c)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want.Chains {
			if d := cmp.Diff(want.Chains[i].Values[:2*draws], got.Chains[i].Values); d != "" {
				t.Errorf("%d draws, chain %d: %s", draws, i, d)
			}
		}
	}
}

func TestCheckpointErrors(t *testing.T) {
	dir := t.TempDir()
	c := mcmc.Config{Chains: 1, Draws: 100, Checkpoint: dir}
	sample(t, gauss, c)
	try := func(what string, want error, s mcmc.Sampler, target mcmc.Target, c mcmc.Config) {
		t.Helper()
		_, err := mcmc.Sample(context.Background(), s, target, c)
		if e := (*mcmc.CheckpointError)(nil); !errors.As(err, &e) || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	other := c
	other.Seed = 1
	try("another seed", mcmc.ErrOtherRun, walk{1}, gauss, other)
	try("another sampler", mcmc.ErrOtherRun, walk{2}, gauss, c)
	try("another target", mcmc.ErrOtherRun, walk{1}, mcmc.Func(2, func(x []float64) float64 { return -x[0] * x[0] }), c)
	try("another dimension", mcmc.ErrOtherRun, walk{1}, mcmc.Func(1, func([]float64) float64 { return 0 }), c)

	path := filepath.Join(dir, "chain-1.state")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 30, len(good) / 2, len(good) - 1} {
		if err := os.WriteFile(path, good[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		try(fmt.Sprint("truncated to ", n), nil, walk{1}, gauss, c)
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if err := os.WriteFile(path, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		try(fmt.Sprint("a bit of byte ", i), nil, walk{1}, gauss, c)
	}
	if err := os.WriteFile(path, good, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, "chain-1.draws"), 17); err != nil {
		t.Fatal(err)
	}
	try("a short log", nil, walk{1}, gauss, c)
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	c.Checkpoint = filepath.Join(dir, "file")
	try("a file instead of a directory", nil, walk{1}, gauss, c)
}
