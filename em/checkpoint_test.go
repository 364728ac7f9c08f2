package em

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist/expfam"
)

// checkpointRun is a fit of counts, which several starts have something to do with.
func checkpointRun(t testing.TB) (Mixture, *data.Table) {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, 6))
	x := make([]float64, 3000)
	for i := range x {
		x[i] = float64(rng.IntN(1 + 10*(i%3)))
	}
	table, err := data.FromMatrix(x, 2)
	if err != nil {
		t.Fatal(err)
	}
	return Mixture{K: 3, Family: expfam.Poisson{}, Smoothing: 0.5}, table
}

// engineInterrupted fits with a context that ends after some steps, or blocks, again and
// again, and returns what the last part returns, with the steps of all.
func engineInterrupted(t *testing.T, settings Mixture, src data.Source, c Config, every int) (*Run[*MixtureModel], []Step) {
	t.Helper()
	var steps []Step
	for part := 0; ; part++ {
		ctx, cancel := context.WithCancel(context.Background())
		c.Workers = part%3 + 1
		n := 0
		c.Progress = func(s Step) {
			steps = append(steps, s)
			if n++; n == every {
				cancel()
			}
		}
		run, err := settings.Fit(ctx, src, c)
		cancel()
		if err == nil {
			return run, steps
		}
		if err != context.Canceled || part > 1000 {
			t.Fatalf("part %d: %v", part, err)
		}
	}
}

func TestEngineResume(t *testing.T) {
	t.Parallel()
	settings, table := checkpointRun(t)
	for _, c := range []Config{
		{Seed: 1, Starts: 3, Iterations: 6},
		{Seed: 1, Iterations: 40, Tolerance: 1e-3},
		{Seed: 1, Starts: 2, Iterations: 3, Batch: 100},
		{Seed: 1, Starts: 2, Iterations: 4, Batch: 700, Decay: 1},
		{Seed: 1, Hard: true},
	} {
		want, wantSteps := engineInterrupted(t, settings, table, c, 1<<30)
		for _, every := range []int{2, 5} {
			c.Checkpoint = filepath.Join(t.TempDir(), "run")
			got, gotSteps := engineInterrupted(t, settings, table, c, every)
			if d := cmp.Diff(want, got, cmpopts.IgnoreFields(Run[*MixtureModel]{}, "Model")); d != "" {
				t.Errorf("%+v every %d: %s", c, every, d)
			}
			a, _ := want.Model.MarshalJSON()
			b, _ := got.Model.MarshalJSON()
			if !bytes.Equal(a, b) {
				t.Errorf("%+v every %d: another model", c, every)
			}
			if d := cmp.Diff(wantSteps, gotSteps, cmpopts.EquateNaNs()); d != "" {
				t.Errorf("%+v every %d: %s", c, every, d)
			}
			// A run that has ended is read, and not run again.
			if again, steps := engineInterrupted(t, settings, table, c, 1); len(steps) > 0 || again.Objective != want.Objective {
				t.Errorf("%d steps after the end", len(steps))
			}
		}
	}
}

// In the middle of a pass of batches, and by the clock.
func TestEngineResumeWithinAPass(t *testing.T) {
	_, table := checkpointRun(t)
	rows, err := NewRows(context.Background(), table, Config{}, RefuseMissing)
	if err != nil {
		t.Fatal(err)
	}
	x := table.Matrix()
	for i := range x {
		x[i] = float64(int(x[i]) & 1)
	}
	c := Config{Batch: 50, Iterations: 3, Seed: 9, CheckpointEvery: time.Nanosecond, Workers: 1}
	fit := func(ctx context.Context, cancel func(), after int) (*Run[*engineCounting], error) {
		return Fit(ctx, rows, func(context.Context, int) (*engineCounting, error) {
			return &engineCounting{pair: pair{0.4, 0.3, 0.6}, cancel: cancel, left: after}, nil
		}, c)
	}
	want, err := fit(context.Background(), nil, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	c.Checkpoint = filepath.Join(t.TempDir(), "run")
	for part := 0; ; part++ {
		ctx, cancel := context.WithCancel(context.Background())
		got, err := fit(ctx, cancel, 17)
		cancel()
		if err == nil {
			if got.Model.pair != want.Model.pair || part < 3 {
				t.Errorf("%+v after %d parts, want %+v", got.Model.pair, part, want.Model.pair)
			}
			if d := cmp.Diff(want.History, got.History); d != "" {
				t.Error(d)
			}
			break
		}
		if err != context.Canceled || part > 100 {
			t.Fatal(err)
		}
	}
}

// engineCounting cancels after some E steps of blocks.
type engineCounting struct {
	pair
	cancel func()
	left   int
}

func (m *engineCounting) Expect(b *Block, s *Statistics) error {
	if m.left--; m.left == 0 {
		m.cancel()
	}
	return m.pair.Expect(b, s)
}

func TestEngineCheckpointErrors(t *testing.T) {
	settings, table := checkpointRun(t)
	path := filepath.Join(t.TempDir(), "run")
	c := Config{Seed: 1, Iterations: 5, Checkpoint: path}
	if _, err := settings.Fit(context.Background(), table, c); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	isCheckpoint := func(err error) bool {
		var e *CheckpointError
		return errors.As(err, &e) && e.Path == c.Checkpoint
	}
	other := func(name string, change func(m *Mixture, c *Config, x []float64)) {
		t.Helper()
		m, c, x := settings, c, append([]float64(nil), table.Matrix()...)
		change(&m, &c, x)
		src, err := data.FromMatrix(x, 2)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Fit(context.Background(), src, c); !isCheckpoint(err) || !errors.Is(err, ErrOtherRun) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	other("seed", func(_ *Mixture, c *Config, _ []float64) { c.Seed++ })
	other("number of starts", func(_ *Mixture, c *Config, _ []float64) { c.Starts = 2 })
	other("number of iterations", func(_ *Mixture, c *Config, _ []float64) { c.Iterations++ })
	other("tolerance", func(_ *Mixture, c *Config, _ []float64) { c.Tolerance = 1e-3 })
	other("batch", func(_ *Mixture, c *Config, _ []float64) { c.Batch = 9 })
	other("decay", func(_ *Mixture, c *Config, _ []float64) { c.Decay = 0.8 })
	other("method", func(_ *Mixture, c *Config, _ []float64) { c.Hard = true })
	other("cell", func(_ *Mixture, _ *Config, x []float64) { x[2999]++ })
	for i := 0; i < len(good)-1; i += 37 {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := settings.Fit(context.Background(), table, c); !isCheckpoint(err) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	if err := os.WriteFile(path, good[:len(good)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := settings.Fit(context.Background(), table, c); !isCheckpoint(err) || !errors.Is(err, errDamaged) {
		t.Errorf("half a file: %v", err)
	}
	c.Checkpoint = filepath.Join(path, "below a file")
	if _, err := settings.Fit(context.Background(), table, c); !isCheckpoint(err) {
		t.Errorf("no directory: %v", err)
	}
	c.Checkpoint = t.TempDir()
	if _, err := settings.Fit(context.Background(), table, c); !isCheckpoint(err) {
		t.Errorf("a directory: %v", err)
	}
	// A checkpoint that can no longer be written ends the run.
	dir := t.TempDir()
	c.Checkpoint, c.CheckpointEvery = filepath.Join(dir, "gone", "run"), time.Nanosecond
	if err := os.Mkdir(filepath.Dir(c.Checkpoint), 0o700); err != nil {
		t.Fatal(err)
	}
	c.Progress = func(Step) { os.RemoveAll(filepath.Dir(c.Checkpoint)) }
	if _, err := settings.Fit(context.Background(), table, c); !isCheckpoint(err) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a directory that has gone: %v", err)
	}
}

// Breaking out of Steps saves, too.
func TestEngineBreakSaves(t *testing.T) {
	settings, table := checkpointRun(t)
	c := Config{Seed: 1, Iterations: 5, Tolerance: -1, Checkpoint: filepath.Join(t.TempDir(), "run")}
	var seen []int
	for range 3 {
		for s, err := range settings.Steps(context.Background(), table, c) {
			if err != nil {
				t.Fatal(err)
			}
			if seen = append(seen, s.Iteration); s.Iteration%2 == 0 {
				break
			}
		}
	}
	if d := cmp.Diff([]int{1, 2, 3, 4, 5, 6}, seen); d != "" {
		t.Error(d)
	}
}

// FuzzEngineCheckpoint puts the right checksum and run into whatever it is given, so that
// the checks behind them are tried too.
func FuzzEngineCheckpoint(f *testing.F) {
	settings, table := checkpointRun(f)
	path := filepath.Join(f.TempDir(), "run")
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	c := Config{Seed: 1, Starts: 2, Iterations: 3, Batch: 1000, Checkpoint: path, Progress: func(Step) {
		if n++; n == 6 {
			cancel()
		}
	}}
	if _, err := settings.Fit(ctx, table, c); err != context.Canceled {
		f.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	var file checkpointFile
	if err := json.Unmarshal(good, &file); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(file.State))
	c.Checkpoint, c.Progress = "", nil
	rows, begin, err := settings.begin(context.Background(), table, c)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, state []byte) {
		if !json.Valid(state) {
			return
		}
		r, err := newFit(context.Background(), rows, begin, c)
		if err != nil {
			t.Fatal(err)
		}
		again := checkpointFile{Form: checkpointForm, State: state}
		var compact bytes.Buffer
		if err := json.Compact(&compact, state); err != nil {
			t.Fatal(err)
		}
		again.State = compact.Bytes()
		again.SHA256 = again.sum()
		text, err := json.Marshal(again)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.resume(context.Background(), text); err != nil {
			return
		}
		timer := time.AfterFunc(3*time.Second, func() { panic(string(state)) })
		defer timer.Stop()
		if err := r.all(context.Background(), func(Step) bool { return true }); err != nil {
			t.Log(err) // an error is allowed, a panic is not
		}
	})
}
