package mcmc_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
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

// A run on a disk that is full fails, and goes on to the right draws when there is
// room again.
func TestFullDisk(t *testing.T) {
	run := func(dir string) (*mcmc.Run, error) {
		return mcmc.Sample(context.Background(), walk{1}, gauss, mcmc.Config{Chains: 2, Draws: 5000, KeepWarmUp: true, Seed: 3,
			Checkpoint: dir, CheckpointEvery: time.Millisecond})
	}
	const env = "BELIEF_TEST_FULL_DISK"
	if dir := os.Getenv(env); dir != "" {
		if _, err := run(dir); err != nil {
			fmt.Println("failed:", err)
			os.Exit(7)
		}
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("sh"); err != nil || runtime.GOOS == "windows" {
		t.Skip("no shell to limit the size of files")
	}
	dir := t.TempDir()
	cmd := exec.Command("sh", "-c", `ulimit -f 64; exec "$0" -test.run='^TestFullDisk$'`, self)
	cmd.Env = append(os.Environ(), env+"="+dir)
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 7 || !strings.Contains(string(out), "chain-") {
		t.Fatalf("with a limit on files: %v\n%s", err, out)
	}
	want, err := run("")
	if err != nil {
		t.Fatal(err)
	}
	got, err := run(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, sameRun); d != "" {
		t.Error(d)
	}
}

// Draws that only go to a sink do not pile up in front of a slow one.
func TestDiscardIsBounded(t *testing.T) {
	wide := mcmc.Func(100, func(x []float64) float64 { return -x[0] * x[0] })
	s := &slowSink{before: inUse()}
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	_, err := mcmc.Sample(ctx, walk{1}, wide, mcmc.Config{Draws: 1e7, Sink: s, Discard: true, Seed: 1})
	if !errors.Is(err, context.DeadlineExceeded) || s.draws == 0 {
		t.Fatalf("%d draws: %v", s.draws, err)
	}
	if s.most > s.before+100<<20 {
		t.Errorf("%d MB in use in front of a slow sink", (s.most-s.before)>>20)
	}
}

// inUse returns the bytes that are not garbage, whatever earlier tests left behind.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

type slowSink struct {
	draws.Draws
	draws        int
	before, most uint64
}

func (s *slowSink) Draw(int, bool, []float64, []float64) error {
	if s.draws++; s.draws%100 == 0 {
		time.Sleep(10 * time.Millisecond)
		s.most = max(s.most, inUse())
	}
	return nil
}

// Looking for a starting point ends with the context, as does a step that takes
// too long.
func TestCancelSlowTargets(t *testing.T) {
	for _, slowAt := range []int{0, 200} {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		calls := 0
		target := mcmc.GradFunc(20, func(x, grad []float64) float64 {
			if calls++; calls > slowAt {
				time.AfterFunc(20*time.Millisecond, cancel)
				time.Sleep(50 * time.Millisecond)
			}
			l := 0.0
			for i, v := range x {
				l, grad[i] = l-v*v/2, -v
			}
			return l
		})
		began := time.Now()
		c := mcmc.Config{Chains: 1}
		if slowAt > 0 {
			c.Start = [][]float64{make([]float64, 20)}
		}
		_, err := mcmc.NUTS{}.Run(ctx, target, c)
		if took := time.Since(began); !errors.Is(err, context.Canceled) || took > 5*time.Second {
			t.Errorf("slow from call %d on: %v after %v", slowAt, err, took)
		}
	}
}

// A reader that panics leaves no chain behind.
func TestPanicOfReader(t *testing.T) {
	before := runtime.NumGoroutine()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is lost")
			}
		}()
		for range mcmc.Steps(context.Background(), walk{1}, gauss, mcmc.Config{Draws: 1 << 30}) {
			panic("reader")
		}
	}()
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

// careless is a kernel with a mistake.
type careless struct{ walk }

func (c careless) Kernel(t *mcmc.Guard) (mcmc.Kernel, error) {
	k, err := c.walk.Kernel(t)
	return &carelessKernel{Kernel: k}, err
}

type carelessKernel struct {
	mcmc.Kernel
	steps int
}

func (k *carelessKernel) Step(r *rand.Rand, s *mcmc.State) (mcmc.Info, error) {
	if k.steps++; k.steps == 100 {
		panic("careless")
	}
	return k.Kernel.Step(r, s)
}

// A kernel that panics ends the run as one that fails does: with what there is.
func TestPanicOfKernel(t *testing.T) {
	run, err := mcmc.Sample(context.Background(), careless{walk{1}}, gauss, mcmc.Config{})
	var chain *mcmc.ChainError
	if !errors.As(err, &chain) || chain.Chain != 0 || chain.Step != 99 || !strings.Contains(err.Error(), "careless") {
		t.Fatal(err)
	}
	if n := run.Len(0); n != 99-50 {
		t.Errorf("%d draws", n)
	}
}

type named struct {
	mcmc.Target
	names []string
}

func (n named) Names() []string             { return n.names }
func (n named) QuantitiesTo(_, _ []float64) {}

type badClone struct{ mcmc.Target }

func (badClone) Clone() mcmc.Target { return nil }

func TestMistakesOfTargets(t *testing.T) {
	for name, c := range map[string]struct {
		s mcmc.Sampler
		t mcmc.Target
	}{
		"no target":   {walk{1}, nil},
		"no sampler":  {nil, gauss},
		"same names":  {walk{1}, named{gauss, []string{"a", "b", "a"}}},
		"empty names": {walk{1}, named{gauss, []string{"a", ""}}},
		"no clone":    {walk{1}, badClone{gauss}},
	} {
		_, err := mcmc.Sample(context.Background(), c.s, c.t, mcmc.Config{})
		if e := (*belief.ConfigError)(nil); !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
		}
	}
	nan := mcmc.Func(1, func([]float64) float64 { return math.NaN() })
	_, err := mcmc.Sample(context.Background(), walk{1}, nan, mcmc.Config{})
	if e := (*mcmc.StartError)(nil); !errors.As(err, &e) || e.NotANumber != 100 || !strings.Contains(err.Error(), "not a number") {
		t.Errorf("NaN everywhere: %v", err)
	}
}

// The kernels of a run that was cancelled can be taken further.
func TestKernelsOutliveTheRun(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	run, err := mcmc.Sample(ctx, walk{1}, gauss, mcmc.Config{Chains: 1})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	s := mcmc.State{X: []float64{1, 1}}
	if err := run.Kernels[0].Init(&s); err != nil || s.LogDensity != -1 {
		t.Errorf("log density %v: %v", s.LogDensity, err)
	}
}

// funnel diverges.
var funnel = mcmc.GradFunc(10, func(x, grad []float64) float64 {
	e := math.Exp(-x[0])
	l, s := -x[0]*x[0]/18, 0.0
	for i, v := range x[1:] {
		s += v * v
		grad[i+1] = -v * e
	}
	grad[0] = -x[0]/9 + e*s/2 - 4.5
	return l - e*s/2 - 4.5*x[0]
})

// Divergences are told of though thinning or a sink takes them away, and the
// summary knows the depth that trees may have.
func TestHiddenTrouble(t *testing.T) {
	for _, c := range []mcmc.Config{{Draws: 20, Thin: 50, Seed: 1}, {Sink: &draws.Draws{}, Discard: true, Seed: 1}} {
		run, err := mcmc.NUTS{}.Run(context.Background(), funnel, c)
		if err != nil {
			t.Fatal(err)
		}
		if s := run.Summary(); s.Converged || !strings.Contains(fmt.Sprint(s.Warnings), "diverged") {
			t.Errorf("%+v: converged %t, warnings %v", c, s.Converged, s.Warnings)
		}
	}
	run, err := mcmc.NUTS{MaxDepth: 2}.Run(context.Background(), funnel, mcmc.Config{Draws: 200, Chains: 1})
	if err != nil {
		t.Fatal(err)
	}
	if s := run.Summary(); run.MaxTreeDepth != 2 || s.Saturated == 0 {
		t.Errorf("depth at most %d, %d draws with it", run.MaxTreeDepth, s.Saturated)
	}
}

// Two runs do not share a directory, and a log that has changed is refused, as is a
// sampler with other settings.
func TestCheckpointIsOfOneRun(t *testing.T) {
	dir := t.TempDir()
	c := mcmc.Config{Chains: 1, Draws: 100, Checkpoint: dir}
	if runtime.GOOS == "linux" {
		long := mcmc.Config{Chains: 1, Draws: 1 << 20, Checkpoint: t.TempDir()} // still at work
		for range mcmc.Steps(context.Background(), walk{1}, gauss, long) {
			_, err := mcmc.Sample(context.Background(), walk{1}, gauss, long)
			if !errors.Is(err, mcmc.ErrInUse) {
				t.Errorf("a second run: %v", err)
			}
			break
		}
	}
	sample(t, gauss, c)
	path := filepath.Join(dir, "chain-1.draws")
	log, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	log[1000] ^= 1
	if err := os.WriteFile(path, log, 0o666); err != nil {
		t.Fatal(err)
	}
	_, err = mcmc.Sample(context.Background(), walk{1}, gauss, c)
	if e := (*mcmc.CheckpointError)(nil); !errors.As(err, &e) || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a log with one bit changed: %v", err)
	}

	c.Checkpoint = t.TempDir()
	if _, err := mcmc.Sample(context.Background(), mcmc.Metropolis{Scale: 0.01}, gauss, c); err != nil {
		t.Fatal(err)
	}
	_, err = mcmc.Sample(context.Background(), mcmc.Metropolis{Scale: 2}, gauss, c)
	if !errors.Is(err, mcmc.ErrOtherRun) {
		t.Errorf("another scale: %v", err)
	}
}
