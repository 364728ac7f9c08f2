package mcmc_test

// How runs tell what is wrong.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/draws"
)

func TestConfigErrors(t *testing.T) {
	for _, c := range []struct {
		field string
		c     mcmc.Config
		t     mcmc.Target
	}{
		{"Chains", mcmc.Config{Chains: -1}, gauss},
		{"WarmUp", mcmc.Config{WarmUp: -2}, gauss},
		{"Draws", mcmc.Config{Draws: -1}, gauss},
		{"Draws", mcmc.Config{Draws: 1 << 60}, gauss},
		{"Draws", mcmc.Config{Draws: 1 << 33, Thin: 1 << 33}, gauss},
		{"Thin", mcmc.Config{Thin: -1}, gauss},
		{"Chains", mcmc.Config{Chains: 1 << 40}, gauss},
		{"Start", mcmc.Config{Start: [][]float64{{1, 2}, {3, 4}}}, gauss},
		{"Start[0]", mcmc.Config{Start: [][]float64{{1}}}, gauss},
		{"Start[1][0]", mcmc.Config{Chains: 2, Start: [][]float64{{1, 2}, {math.NaN(), 0}}}, gauss},
		{"Workers", mcmc.Config{Workers: -1}, gauss},
		{"WarmUp", mcmc.Config{WarmUp: 1 << 50}, gauss},
		{"Memory", mcmc.Config{Memory: -1}, gauss},
		{"ProgressEvery", mcmc.Config{ProgressEvery: -1}, gauss},
		{"CheckpointEvery", mcmc.Config{CheckpointEvery: -1}, gauss},
		{"Discard", mcmc.Config{Discard: true}, gauss},
		{"Target.Dim", mcmc.Config{}, mcmc.Func(0, func([]float64) float64 { return 0 })},
	} {
		_, err := mcmc.Sample(context.Background(), walk{1}, c.t, c.c)
		if e := (*belief.ConfigError)(nil); !errors.As(err, &e) || e.Field != c.field {
			t.Errorf("%+v: %v, want a complaint of %s", c.c, err, c.field)
		}
	}
	_, err := mcmc.Sample(context.Background(), walk{1}, gauss, mcmc.Config{Draws: 1 << 32})
	if e := (*belief.TooLargeError)(nil); !errors.As(err, &e) || e.Bytes != 8*4*4*(1<<32) {
		t.Errorf("too many draws: %v", err)
	}
}

// What is wrong with a target reaches the user with the point.
func TestBadTargets(t *testing.T) {
	at := func(l float64) mcmc.Target {
		return mcmc.Func(2, func(x []float64) float64 {
			if x[0] > 1 {
				return l
			}
			return -x[0] * x[0] / 2
		})
	}
	run := sample(t, at(math.NaN()), mcmc.Config{Start: [][]float64{{0, 0}}})
	if run.Reports[0].NotANumber == 0 || len(run.Warnings) != 4 || run.Warnings[0].Code != "not-a-number" {
		t.Errorf("a target with NaN: %v", run.Warnings)
	}
	for i := range run.Chains {
		for j := range run.Len(i) {
			if run.Row(i, j)[0] > 1 {
				t.Fatal("a draw where the density is NaN")
			}
		}
	}
	if run := sample(t, at(math.Inf(-1)), mcmc.Config{Start: [][]float64{{0, 0}}}); len(run.Warnings) != 0 {
		t.Errorf("a target with −Inf: %v", run.Warnings)
	}

	boom := mcmc.Func(2, func(x []float64) float64 {
		if x[0] > 1 {
			panic("boom")
		}
		return 0
	})
	other := errors.New("the file is gone")
	for name, c := range map[string]struct {
		t    mcmc.Target
		text string
		is   error
	}{
		"+Inf":  {at(math.Inf(1)), "the log density is +Inf", mcmc.ErrPositiveInfinity},
		"panic": {boom, "panic: boom", nil},
		"error": {failing{other}, "the file is gone", other},
	} {
		run, err := mcmc.Sample(context.Background(), walk{1}, c.t, mcmc.Config{Start: [][]float64{{0, 0}}, WarmUp: mcmc.NoWarmUp})
		var chain *mcmc.ChainError
		var target *mcmc.TargetError
		if !errors.As(err, &chain) || !errors.As(err, &target) || !strings.Contains(err.Error(), c.text) || target.X[0] <= 1 || chain.WarmUp {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v is not %v", name, err, c.is)
		}
		if (name == "panic") != strings.Contains(target.Stack, "runerrors_test.go") {
			t.Errorf("%s: the stack is %q", name, target.Stack)
		}
		if n := run.Len(0); n != chain.Step {
			t.Errorf("%s: %d draws before the failure at step %d of chain %d", name, n, chain.Step, chain.Chain)
		}
	}

	nowhere := mcmc.Func(2, func([]float64) float64 { return math.Inf(-1) })
	for _, start := range [][][]float64{nil, {{1, 2}}} {
		_, err := mcmc.Sample(context.Background(), walk{1}, nowhere, mcmc.Config{Start: start})
		if e := (*mcmc.StartError)(nil); !errors.As(err, &e) || e.Given != (start != nil) || len(e.X) != 2 {
			t.Errorf("no start: %v", err)
		}
	}
}

// failing returns an error beyond a line, and rejects beyond another.
type failing struct{ err error }

func (failing) Dim() int { return 2 }
func (f failing) LogDensity(x []float64) (float64, error) {
	if x[0] > 1 {
		return 0, f.err
	}
	if x[0] < -1 {
		return 0, fmt.Errorf("beyond the line: %w", mcmc.ErrReject)
	}
	return 0, nil
}

func TestSinkErrors(t *testing.T) {
	full := errors.New("disk full")
	s := &fullSink{left: 100, err: full}
	run, err := mcmc.Sample(context.Background(), walk{1}, gauss, mcmc.Config{Sink: s, Discard: true, Draws: 1e6})
	if !errors.Is(err, full) || s.ended != 1 || run.Len(0) != 0 {
		t.Errorf("error %v, ended %d times, %d draws", err, s.ended, run.Len(0))
	}
}

type fullSink struct {
	draws.Draws
	left, ended int
	err         error
}

func (s *fullSink) Draw(int, bool, []float64, []float64) error {
	if s.left--; s.left < 0 {
		return s.err
	}
	return nil
}
func (s *fullSink) End() error { s.ended++; return nil }
