package nn_test

// Runs that go on from where they were interrupted.

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/nn"
)

// everything is a trainer with all that a resumed run must remember: dropout, a fixed
// parameter that changes in learning, a schedule, the optimizer's memory.
func everything[T nn.Float](seed uint64, o nn.Optimizer) nn.Trainer[T] {
	net := nn.New[T](seed)
	hidden := net.Dense("hidden", nn.Dense{In: 1, Out: 20, Activation: nn.Tanh})
	out := net.Dense("out", nn.Dense{In: 20, Out: 1})
	mean := net.Fixed("mean", 1)
	return nn.Trainer[T]{
		Net: net, Optimizer: o, Clip: nn.Clip{Norm: 1}, Schedule: nn.WarmUp{Steps: 5, Then: nn.CosineDecay{Steps: 40}}, Decay: nn.MatricesOnly[T],
		Loss: func(t *autodiff.Tape[T], b *nn.Batch[T]) autodiff.Var[T] {
			x, y := b.Input(t, 0, 1), b.Input(t, 1, 2)
			if t.Training {
				mean.Value[0] = 0.9*mean.Value[0] + 0.1*b.X[0]
			}
			h := nn.Dropout[T](0.3)(hidden.Forward(x.Add(t.Param(mean))))
			return nn.SquaredError(out.Forward(h), y)
		},
	}
}

// fitWithInterruptions cancels the run after so many steps, again and again, and
// returns the steps of all its parts.
func fitWithInterruptions[T nn.Float](t *testing.T, o nn.Optimizer, src data.Source, c nn.Config, every int) (*nn.Run, []T, []nn.Step) {
	t.Helper()
	var steps []nn.Step
	for part := 0; ; part++ {
		// The starting weights of a part do not matter after the first.
		tr := everything[T](7+uint64(part), o)
		c.Workers = part % 3
		ctx, cancel := context.WithCancel(context.Background())
		taken := 0
		c.Progress = func(s nn.Step) {
			steps = append(steps, s)
			if taken++; taken == every {
				cancel()
			}
		}
		run, err := tr.Fit(ctx, src, c)
		cancel()
		if err == nil {
			return run, weightsOf(tr.Net), steps
		}
		if err != context.Canceled || part > 100 {
			t.Fatalf("part %d: %v", part, err)
		}
	}
}

func testResume[T nn.Float](t *testing.T, o nn.Optimizer, src data.Source, c nn.Config, interruptions ...int) {
	t.Helper()
	want, wantWeights, wantSteps := fitWithInterruptions[T](t, o, src, c, 1000)
	for _, every := range interruptions {
		c.Checkpoint = filepath.Join(t.TempDir(), "run")
		got, gotWeights, gotSteps := fitWithInterruptions[T](t, o, src, c, every)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%T interrupted every %d steps: %s", o, every, d)
		}
		if !slices.Equal(wantWeights, gotWeights) {
			t.Errorf("%T interrupted every %d steps: other weights", o, every)
		}
		if d := cmp.Diff(wantSteps, gotSteps); d != "" {
			t.Errorf("%T interrupted every %d steps: %s", o, every, d)
		}
	}
}

func TestResume(t *testing.T) {
	c := nn.Config{Epochs: 4, Batch: 4, Seed: 3, Validation: line(9)}
	for _, o := range everyOptimizer {
		testResume[float32](t, o, line(30), c, 13)
	}
	testResume[float64](t, nn.Adam{}, line(30), c, 1, 7)
	c.Accumulate, c.ValidateEvery, c.EarlyStopping.Patience = 2, 3, 2
	testResume[float64](t, nn.AdamW{Rate: 0.1}, line(30), c, 2, 5)
	c = nn.Config{Steps: 17, Batch: 7, KeepOrder: true, ValidateEvery: 4, Validation: line(9), EarlyStopping: nn.EarlyStopping{Patience: 100}}
	testResume[float32](t, nn.SGD{Momentum: 0.9, Nesterov: true}, line(30), c, 7)
}

func TestSameBitsForAnyNumberOfWorkersOfATrainer(t *testing.T) {
	var want []float32
	for _, workers := range []int{1, 2, 5} {
		net := nn.New[float32](1)
		l := net.Dense("wide", nn.Dense{In: 300, Out: 300, Activation: nn.Tanh})
		tr := nn.Trainer[float32]{Net: net, Loss: func(t *autodiff.Tape[float32], b *nn.Batch[float32]) autodiff.Var[float32] {
			x := b.Input(t, 0, 300)
			return nn.SquaredError(nn.Dropout[float32](0.5)(l.Forward(x)), x)
		}}
		src := data.FromFunc(data.Numbers(slices.Collect(names(300))...), 500, func(i int, dst []float64) {
			for j := range dst {
				dst[j] = float64((i*31+j*17)%101)/101 - 0.5
			}
		})
		if _, err := tr.Fit(context.Background(), src, nn.Config{Steps: 4, Batch: 256, Workers: workers}); err != nil {
			t.Fatal(err)
		}
		if got := weightsOf(net); want == nil {
			want = got
		} else if !slices.Equal(got, want) {
			t.Errorf("other bits with %d workers", workers)
		}
	}
}

func names(n int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i := range n {
			if !yield("x" + string(rune('a'+i%26)) + string(rune('a'+i/26))) {
				return
			}
		}
	}
}

// Breaking out saves as cancelling does, and a finished run can be made longer.
func TestResumeAfterBreakAndLonger(t *testing.T) {
	src := line(30)
	c := nn.Config{Steps: 20, Batch: 4, Validation: line(9), EarlyStopping: nn.EarlyStopping{Patience: 100}}
	want, wantWeights, _ := fitWithInterruptions[float32](t, nn.Adam{Rate: 0.02}, src, c, 1000)
	c.Checkpoint = filepath.Join(t.TempDir(), "run")
	for s, err := range everything[float32](7, nn.Adam{Rate: 0.02}).Steps(context.Background(), src, c) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Step == 6 {
			break
		}
	}
	c.Steps = 11 // within the second epoch
	if run, _, _ := fitWithInterruptions[float32](t, nn.Adam{Rate: 0.02}, src, c, 1000); run.Steps != 11 {
		t.Errorf("%d steps", run.Steps)
	}
	c.Steps = 20
	for range 2 { // the second time nothing is left to do
		got, gotWeights, steps := fitWithInterruptions[float32](t, nn.Adam{Rate: 0.02}, src, c, 1000)
		if d := cmp.Diff(want, got); d != "" || !slices.Equal(wantWeights, gotWeights) {
			t.Errorf("other weights, or %s", d)
		}
		if len(steps) > 9 {
			t.Errorf("%d steps", len(steps))
		}
	}
	// The weights in the checkpoint are those of the last step.
	net := everything[float32](1, nil).Net
	if _, err := net.Load(c.Checkpoint); err != nil {
		t.Error(err)
	}
	c.Steps = 19
	if _, err := everything[float32](7, nn.Adam{Rate: 0.02}).Fit(context.Background(), src, c); err == nil || !strings.Contains(err.Error(), "beyond the steps") {
		t.Errorf("a shorter run: %v", err)
	}
}

// Cancelling within a validation loses neither the step nor the validation.
func TestCancelledValidation(t *testing.T) {
	c := nn.Config{Epochs: 2, Batch: 10, Checkpoint: filepath.Join(t.TempDir(), "run")}
	calls := 0
	ctx, cancel := context.WithCancel(context.Background())
	c.Validate = func(ctx context.Context) (float64, error) {
		if calls++; calls == 1 {
			cancel()
		}
		return float64(calls), ctx.Err()
	}
	var steps []nn.Step
	for s, err := range everything[float64](7, nil).Steps(ctx, line(30), c) {
		if err != nil {
			if err != context.Canceled || len(steps) != 3 || steps[2].Validation != nil {
				t.Errorf("%v after %d steps", err, len(steps))
			}
			continue
		}
		steps = append(steps, s)
	}
	run, err := everything[float64](7, nil).Fit(context.Background(), line(30), c)
	if err != nil || run.Steps != 6 || len(run.Validations) != 2 || run.Validations[0] != (nn.Validation{Step: 3, Loss: 2}) {
		t.Errorf("%+v, %v", run, err)
	}
}

func TestCheckpointsThatDoNotFit(t *testing.T) {
	src := line(30)
	path := filepath.Join(t.TempDir(), "run")
	base := nn.Config{Epochs: 1, Batch: 10, Validation: line(5), EarlyStopping: nn.EarlyStopping{Patience: 3}, Checkpoint: path, CheckpointEvery: time.Nanosecond}
	tr := everything[float32](7, nil)
	if _, err := tr.Fit(context.Background(), src, base); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	try := func(what string, want error, change func(*nn.Trainer[float32], *nn.Config)) {
		t.Helper()
		tr, c := everything[float32](8, nil), base
		if change != nil {
			change(&tr, &c)
		}
		before := weightsOf(tr.Net)
		_, err := tr.Fit(context.Background(), src, c)
		if e := (*nn.CheckpointError)(nil); !errors.As(err, &e) || e.Path != path || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v", what, err)
		}
		if !slices.Equal(weightsOf(tr.Net), before) {
			t.Errorf("%s: the net has changed", what)
		}
	}
	type trainer = nn.Trainer[float32]
	try("another seed", nn.ErrOtherRun, func(tr *trainer, c *nn.Config) { c.Seed = 1 })
	try("another batch", nn.ErrOtherRun, func(tr *trainer, c *nn.Config) { c.Batch = 11 })
	try("another order", nn.ErrOtherRun, func(tr *trainer, c *nn.Config) { c.KeepOrder = true })
	try("another accumulation", nn.ErrOtherRun, func(tr *trainer, c *nn.Config) { c.Accumulate = 2 })
	try("another patience", nn.ErrOtherRun, func(tr *trainer, c *nn.Config) { c.EarlyStopping.Patience = 2 })
	try("another validation", nn.ErrOtherRun, func(tr *trainer, c *nn.Config) { c.Validation = line(6) })
	try("other times of validation", nn.ErrOtherRun, func(tr *trainer, c *nn.Config) { c.ValidateEvery = 1 })
	try("another optimizer", nn.ErrOtherRun, func(tr *trainer, c *nn.Config) { tr.Optimizer = nn.AdamW{} })
	try("another rate", nn.ErrOtherRun, func(tr *trainer, c *nn.Config) { tr.Optimizer = nn.Adam{Rate: 0.1} })
	try("another schedule", nn.ErrOtherRun, func(tr *trainer, c *nn.Config) { tr.Schedule = nil })
	try("another clipping", nn.ErrOtherRun, func(tr *trainer, c *nn.Config) { tr.Clip.Value = 3 })
	try("another decay", nn.ErrOtherRun, func(tr *trainer, c *nn.Config) { tr.Decay = nil })
	try("another net", nn.ErrOtherRun, func(tr *trainer, c *nn.Config) { tr.Net.Dense("more", nn.Dense{In: 1, Out: 1}) })
	src = line(31)
	try("another source", nn.ErrOtherRun, nil)
	src = line(30)

	for _, n := range []int{0, 1, 8, 30, len(good) / 2, len(good) - 1} {
		if err := os.WriteFile(path, good[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		try("truncated", nil, nil)
	}
	for i := range good {
		if i%31 > 0 && i > 16 {
			continue
		}
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if err := os.WriteFile(path, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		try("a wrong bit", nil, nil)
	}
	if err := everything[float32](7, nil).Net.Save(path, nil); err != nil {
		t.Fatal(err)
	}
	try("weights alone", nil, nil)
}

// A checkpoint that cannot be written ends the run with what there is.
func TestCheckpointThatCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	tr := everything[float64](7, nil)
	before := weightsOf(tr.Net)
	c := nn.Config{Epochs: 2, Batch: 10, Checkpoint: filepath.Join(dir, "run"), CheckpointEvery: time.Nanosecond}
	c.Progress = func(s nn.Step) {
		if s.Step == 2 {
			os.RemoveAll(dir)
		}
	}
	run, err := tr.Fit(context.Background(), line(30), c)
	if e := (*nn.CheckpointError)(nil); !errors.As(err, &e) || !errors.Is(err, os.ErrNotExist) || run.Steps != 3 || slices.Equal(weightsOf(tr.Net), before) {
		t.Errorf("%+v, %v", run, err)
	}
	c.Progress = nil
	c.Checkpoint = string([]byte{'a', 0})
	if _, err := tr.Fit(context.Background(), line(30), c); !errors.As(err, new(*nn.CheckpointError)) {
		t.Errorf("a name that is none: %v", err)
	}
	var bad *belief.ConfigError
	if errors.As(err, &bad) {
		t.Error("no setting is wrong")
	}
}
