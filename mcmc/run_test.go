package mcmc_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/draws"
)

// walk is a random walk whose scale is learnt: the least that a run must carry
// from step to step. Aux counts steps, so that nothing of a state may be lost.
type walk struct{ Scale float64 }

func (walk) WarmUp() int { return 50 }

func (w walk) Kernel(t *mcmc.Guard) (mcmc.Kernel, error) {
	return &walkKernel{t: t, scale: w.Scale, to: make([]float64, t.Dim())}, nil
}

type walkKernel struct {
	t     *mcmc.Guard
	scale float64
	to    []float64
}

func (k *walkKernel) Init(s *mcmc.State) (err error) {
	s.Aux = []float64{0}
	s.LogDensity, err = k.t.LogDensity(s.X)
	return err
}

func (k *walkKernel) Step(r *rand.Rand, s *mcmc.State) (mcmc.Info, error) {
	for i, x := range s.X {
		k.to[i] = x + k.scale*r.NormFloat64()*(1+0.01*math.Sin(s.Aux[0]))
	}
	l, err := k.t.LogDensity(k.to)
	if err != nil {
		return mcmc.Info{}, err
	}
	s.Aux[0]++
	accept := math.Min(1, math.Exp(l-s.LogDensity))
	if r.Float64() < accept {
		copy(s.X, k.to)
		s.LogDensity = l
	}
	return mcmc.Info{Accept: accept}, nil
}

func (k *walkKernel) BeginWarmUp(int) {}
func (k *walkKernel) Tune(_ *mcmc.State, i mcmc.Info) error {
	k.scale *= math.Exp(0.1 * (i.Accept - 0.44))
	return nil
}
func (k *walkKernel) EndWarmUp(*mcmc.State) error { return nil }
func (k *walkKernel) MarshalBinary() ([]byte, error) {
	return binary.LittleEndian.AppendUint64(nil, math.Float64bits(k.scale)), nil
}
func (k *walkKernel) UnmarshalBinary(b []byte) error {
	k.scale = math.Float64frombits(binary.LittleEndian.Uint64(b))
	return nil
}
func (k *walkKernel) Describe() []string { return []string{fmt.Sprint("Scale = ", k.scale)} }

var gauss = mcmc.Func(2, func(x []float64) float64 { return -(x[0]*x[0] + x[1]*x[1]) / 2 })

func sample(t *testing.T, target mcmc.Target, c mcmc.Config) *mcmc.Run {
	t.Helper()
	run, err := mcmc.Sample(context.Background(), walk{1}, target, c)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestSampleShape(t *testing.T) {
	run := sample(t, gauss, mcmc.Config{Chains: 3, Draws: 700, Thin: 2, KeepWarmUp: true, Seed: 1})
	for i, c := range run.Chains {
		if run.Len(i) != 700 || len(c.Stats) != 1400 || len(c.WarmUp) != 100 || len(c.WarmUpStats) != 100 {
			t.Errorf("chain %d: %d draws, %d statistics, %d and %d of the warm-up", i, run.Len(i), len(c.Stats), len(c.WarmUp), len(c.WarmUpStats))
		}
		if len(c.Comments) != 1 || !strings.HasPrefix(c.Comments[0], "Scale = ") {
			t.Errorf("chain %d: comments %q", i, c.Comments)
		}
		if r := run.Reports[i]; r.Steps != 1450 || r.Evaluations != 1451 || r.Gradients != 0 || len(r.Start) != 2 {
			t.Errorf("chain %d: report %+v", i, r)
		}
	}
	if d := cmp.Diff([]string{"x[1]", "x[2]"}, run.Names); d != "" {
		t.Error(d)
	}
	// The log density of a row is that of the row's values.
	for j := range 700 {
		x, l := run.Row(1, j), run.Chains[1].Stats[2*j]
		if want := -(x[0]*x[0] + x[1]*x[1]) / 2; l != want {
			t.Fatalf("draw %d: lp__ %v at %v, want %v", j, l, x, want)
		}
	}
}

// A thinned run has every other draw of the one that is not.
func TestThinning(t *testing.T) {
	all := sample(t, gauss, mcmc.Config{Chains: 1, Draws: 200, Seed: 3})
	thin := sample(t, gauss, mcmc.Config{Chains: 1, Draws: 100, Thin: 2, Seed: 3})
	for i := range 100 {
		if d := cmp.Diff(all.Row(0, 2*i+1), thin.Row(0, i)); d != "" {
			t.Fatalf("draw %d: %s", i, d)
		}
	}
}

func TestWorkersDoNotShow(t *testing.T) {
	want := sample(t, gauss, mcmc.Config{Chains: 5, Draws: 2000, Workers: 1})
	for _, workers := range []int{2, 3, 16} {
		got := sample(t, gauss, mcmc.Config{Chains: 5, Draws: 2000, Workers: workers})
		if d := cmp.Diff(want, got, sameRun); d != "" {
			t.Errorf("%d workers: %s", workers, d)
		}
	}
	if cmp.Equal(want.Chains[0].Values, want.Chains[1].Values) {
		t.Error("two chains drew the same")
	}
	if other := sample(t, gauss, mcmc.Config{Chains: 5, Draws: 2000, Seed: 1}); cmp.Equal(want.Chains[0].Values, other.Chains[0].Values) {
		t.Error("two seeds drew the same")
	}
}

func TestStepsOrder(t *testing.T) {
	run := sample(t, gauss, mcmc.Config{Chains: 3, Draws: 20, KeepWarmUp: true})
	i := 0
	for s, err := range mcmc.Steps(context.Background(), walk{1}, gauss, mcmc.Config{Chains: 3, Draws: 20, KeepWarmUp: true}) {
		if err != nil {
			t.Fatal(err)
		}
		row := i / 3
		want := run.Chains[i%3].Values
		if row < 50 {
			want = run.Chains[i%3].WarmUp
		} else {
			row -= 50
		}
		if s.Chain != i%3 || s.Iteration != row || s.WarmUp != (i < 150) || !cmp.Equal(s.Values, want[2*row:2*row+2]) || (s.Comments != nil) != (i >= 150 && i < 153) {
			t.Fatalf("step %d: %+v", i, s)
		}
		i++
	}
	if i != 210 {
		t.Errorf("%d steps, want 210", i)
	}
}

// Steps never runs far ahead of its reader, who may leave at any time.
func TestStepsBreak(t *testing.T) {
	before := runtime.NumGoroutine()
	n := 0
	for range mcmc.Steps(context.Background(), walk{1}, gauss, mcmc.Config{Draws: 1 << 30, Chains: 3}) {
		if n++; n == 10 {
			break
		}
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var last mcmc.Progress
	run, err := mcmc.Sample(ctx, walk{1}, gauss, mcmc.Config{Draws: 1 << 22, ProgressEvery: time.Millisecond, Progress: func(p mcmc.Progress) {
		last = p
		for _, c := range p.Chains {
			if c.Step < 5000 {
				return
			}
		}
		cancel()
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	n := run.Len(0)
	for i := range run.Chains {
		if run.Len(i) != n {
			t.Errorf("chain %d has %d draws and chain 0 %d", i, run.Len(i), n)
		}
	}
	if n < 4000 || n >= 1<<22 {
		t.Errorf("%d draws", n)
	}
	if !last.Done || last.Chains[0].Steps != 1<<22+50 || last.Chains[0].WarmUp {
		t.Errorf("last progress %+v", last)
	}
}

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
		if (name == "panic") != strings.Contains(target.Stack, "run_test.go") {
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

func TestResume(t *testing.T) {
	base := mcmc.Config{Chains: 3, Draws: 3000, Thin: 2, Seed: 5, KeepWarmUp: true, WarmUp: 1000, CheckpointEvery: time.Nanosecond}
	want := sample(t, gauss, base)
	dir := t.TempDir()
	c := base
	c.Checkpoint = dir
	c.ProgressEvery = time.Millisecond
	interruptions := 0
	for {
		ctx, cancel := context.WithCancel(context.Background())
		first := -1
		c.Progress = func(p mcmc.Progress) {
			if first < 0 {
				first = p.Chains[0].Step
			} else if p.Chains[0].Step > first {
				cancel()
			}
		}
		c.Workers = interruptions % 4
		got, err := mcmc.Sample(ctx, walk{1}, gauss, c)
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
	if interruptions == 0 {
		t.Error("the run was never interrupted")
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

// Steps do not allocate once the blocks have gone round.
func TestSteadyStateAllocations(t *testing.T) {
	var before, after runtime.MemStats
	n := 0
	for range mcmc.Steps(context.Background(), walk{1}, gauss, mcmc.Config{Chains: 1, Draws: 400_000}) {
		switch n++; n {
		case 100_000:
			runtime.ReadMemStats(&before)
		case 400_000:
			runtime.ReadMemStats(&after)
		}
	}
	if per := float64(after.Mallocs-before.Mallocs) / 300_000; per > 0.1 {
		t.Errorf("%.2f allocations per step", per)
	}
}
