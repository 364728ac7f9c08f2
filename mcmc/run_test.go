package mcmc_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief/mcmc"
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
	want := sample(t, gauss, mcmc.Config{Chains: 5, Draws: 500, Workers: 1})
	for _, workers := range []int{2, 3, 16} {
		got := sample(t, gauss, mcmc.Config{Chains: 5, Draws: 500, Workers: workers})
		if d := cmp.Diff(want, got, sameRun); d != "" {
			t.Errorf("%d workers: %s", workers, d)
		}
	}
	if cmp.Equal(want.Chains[0].Values, want.Chains[1].Values) {
		t.Error("two chains drew the same")
	}
	if other := sample(t, gauss, mcmc.Config{Chains: 5, Draws: 500, Seed: 1}); cmp.Equal(want.Chains[0].Values, other.Chains[0].Values) {
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
