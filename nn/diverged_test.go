package nn_test

import (
	"context"
	"errors"
	"math"
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

// spoiled is a trainer whose loss goes wrong in step 3.
func spoiled(spoil func(t *autodiff.Tape[float32], h autodiff.Var[float32]) autodiff.Var[float32]) nn.Trainer[float32] {
	net := nn.New[float32](1)
	hidden := net.Dense("hidden", nn.Dense{In: 1, Out: 3})
	out := net.Dense("out", nn.Dense{In: 3, Out: 1})
	mean := net.Fixed("mean", 1)
	return nn.Trainer[float32]{Net: net, Loss: func(t *autodiff.Tape[float32], b *nn.Batch[float32]) autodiff.Var[float32] {
		h := hidden.Forward(b.Input(t, 0, 1))
		mean.Value[0]++
		if b.Step == 3 {
			t.SetLabel("middle")
			h = spoil(t, h)
			t.SetLabel("")
		}
		return nn.SquaredError(out.Forward(h), b.Input(t, 1, 2))
	}}
}

// far is near h, with a large gradient.
func far(t *autodiff.Tape[float32], h autodiff.Var[float32]) autodiff.Var[float32] {
	return h.Sub(t.Constant(slices.Clone(h.Value()), h.Shape()...)).Scale(1e30).Add(h)
}

func TestDiverged(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		name  string
		spoil func(t *autodiff.Tape[float32], h autodiff.Var[float32]) autodiff.Var[float32]
		want  nn.DivergedError
		text  string
	}{
		{"the loss is NaN", func(t *autodiff.Tape[float32], h autodiff.Var[float32]) autodiff.Var[float32] {
			return h.Sub(h).Div(h.Sub(h))
		}, nn.DivergedError{Step: 3, Epoch: 2, What: "loss", Operation: "Div", Layer: "middle"}, `the loss is NaN; it began with Div in layer "middle"`},
		{"the loss is infinite", func(t *autodiff.Tape[float32], h autodiff.Var[float32]) autodiff.Var[float32] {
			return h.Mul(h).Scale(inf)
		}, nn.DivergedError{Step: 3, Epoch: 2, What: "loss", Operation: "Scale", Layer: "middle"}, `; it began with Scale`},
		{"a number is infinite", func(t *autodiff.Tape[float32], h autodiff.Var[float32]) autodiff.Var[float32] {
			return h.Add(t.Number(inf))
		}, nn.DivergedError{Step: 3, Epoch: 2, What: "loss", Operation: "leaf", Layer: "middle"}, `the data are not finite`},
		// √0 is fine, its derivative is not.
		{"the gradient is NaN", func(t *autodiff.Tape[float32], h autodiff.Var[float32]) autodiff.Var[float32] {
			return h.Sub(h).Sqrt().Add(h)
		}, nn.DivergedError{Step: 3, Epoch: 2, What: "gradient", Operation: "Sqrt", Layer: "middle", Parameter: "hidden.weight"}, `the gradient has the norm NaN; it began with Sqrt in layer "middle"; parameter "hidden.weight"`},
		{"the gradient is too large", func(t *autodiff.Tape[float32], h autodiff.Var[float32]) autodiff.Var[float32] {
			return far(t, h)
		}, nn.DivergedError{Step: 3, Epoch: 2, What: "gradient", Parameter: "hidden.weight"}, `parameter "hidden.weight"`},
	} {
		tr := spoiled(c.spoil)
		path := filepath.Join(t.TempDir(), "run")
		var after [][]float32
		for s, err := range tr.Steps(context.Background(), line(20), nn.Config{Batch: 10, Checkpoint: path, CheckpointEvery: time.Nanosecond}) {
			if err == nil {
				after = append(after, weightsOf(tr.Net))
				if s.Step > 2 {
					t.Errorf("%s: step %d is taken", c.name, s.Step)
				}
				continue
			}
			var got *nn.DivergedError
			if !errors.As(err, &got) {
				t.Fatalf("%s: %v", c.name, err)
			}
			if !strings.Contains(err.Error(), c.text) || !strings.Contains(err.Error(), path+" has the state after step 2") {
				t.Errorf("%s: %v", c.name, err)
			}
			plain := *got
			if plain.Value = 0; plain.CheckpointStep != 2 || plain.Checkpoint != path {
				t.Errorf("%s: checkpoint %s of step %d", c.name, plain.Checkpoint, plain.CheckpointStep)
			}
			plain.Checkpoint, plain.CheckpointStep = "", 0
			if d := cmp.Diff(c.want, plain); d != "" {
				t.Errorf("%s: %s", c.name, d)
			}
		}
		if len(after) != 2 || !slices.Equal(weightsOf(tr.Net), after[1]) {
			t.Errorf("%s: %d steps, weights %v, were %v", c.name, len(after), weightsOf(tr.Net), after)
		}
		if nn.GradientNorm(tr.Net.Params()) != 0 {
			t.Errorf("%s: gradients are left", c.name)
		}
		// A checkpoint of the state before goes on to the same error.
		if _, err := tr.Fit(context.Background(), line(20), nn.Config{Batch: 10, Checkpoint: path}); !errors.As(err, new(*nn.DivergedError)) {
			t.Errorf("%s, resumed: %v", c.name, err)
		}
	}
}

// Clipping saves a run from gradients whose squares are out of range.
func TestClippingBeforeDiverging(t *testing.T) {
	tr := spoiled(func(t *autodiff.Tape[float32], h autodiff.Var[float32]) autodiff.Var[float32] { return far(t, h) })
	tr.Clip.Norm = 1
	run, err := tr.Fit(context.Background(), line(20), nn.Config{Batch: 10, Steps: 5})
	if err != nil || run.Steps != 5 {
		t.Errorf("%+v, %v", run, err)
	}
}

func TestDivergedValidation(t *testing.T) {
	rows := line(20).Matrix()
	rows[7] = math.NaN()
	bad, err := data.FromMatrix(rows, 2)
	if err != nil {
		t.Fatal(err)
	}
	var got *nn.DivergedError
	run, err := regression[float64](nil).Fit(context.Background(), line(20), nn.Config{Validation: bad, Batch: 3})
	if !errors.As(err, &got) || got.Step != 7 || got.What != "validation" || got.Operation != "leaf" || !strings.Contains(err.Error(), "the data are not finite") {
		t.Errorf("%v", err)
	}
	if run.Steps != 7 {
		t.Errorf("%+v", run)
	}
	_, err = regression[float64](nil).Fit(context.Background(), line(20), nn.Config{Validate: func(context.Context) (float64, error) { return math.Inf(1), nil }})
	if !errors.As(err, &got) || !strings.Contains(err.Error(), "loss of the validation is +Inf") {
		t.Errorf("%v", err)
	}
	broken := errors.New("broken")
	_, err = regression[float64](nil).Fit(context.Background(), line(20), nn.Config{Validate: func(context.Context) (float64, error) { return 0, broken }})
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

// What is wrong with shapes, labels and settings within a loss is an error.
func TestPanicsOfALoss(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(t *autodiff.Tape[float32], h autodiff.Var[float32])
		is   func(err error) bool
	}{
		{"shape", func(t *autodiff.Tape[float32], h autodiff.Var[float32]) { h.Add(t.Constant(make([]float32, 7), 7)) },
			func(err error) bool { return errors.As(err, new(*autodiff.ShapeError)) }},
		{"second derivative", func(t *autodiff.Tape[float32], h autodiff.Var[float32]) { panic(&autodiff.ChainError{Op: "x"}) },
			func(err error) bool { return errors.As(err, new(*autodiff.ChainError)) }},
		{"label", func(t *autodiff.Tape[float32], h autodiff.Var[float32]) {
			h.CrossEntropy(slices.Repeat([]int{9}, 10), 0)
		},
			func(err error) bool { return errors.As(err, new(*autodiff.IndexError)) }},
		{"setting", func(t *autodiff.Tape[float32], h autodiff.Var[float32]) { nn.Dropout[float32](3) },
			func(err error) bool { return errors.As(err, new(*belief.ConfigError)) }},
	} {
		tr := spoiled(func(t *autodiff.Tape[float32], h autodiff.Var[float32]) autodiff.Var[float32] { c.f(t, h); return h })
		run, err := tr.Fit(context.Background(), line(20), nn.Config{Batch: 10})
		var at *nn.StepError
		if !errors.As(err, &at) || at.Step != 3 || at.Epoch != 2 || !c.is(err) || run.Steps != 2 || !strings.HasPrefix(err.Error(), "step 3 (epoch 2): ") {
			t.Errorf("%s: %v after %d steps", c.name, err, run.Steps)
		}
		// The mean counts the steps that were taken.
		if p, err := tr.Net.Lookup("mean"); err != nil || p.Value[0] != 2 {
			t.Errorf("%s: the fixed parameter is %v, want 2", c.name, p.Value)
		}
	}
	func() {
		defer func() {
			if v := recover(); v != "other" {
				t.Errorf("another panic becomes %v", v)
			}
		}()
		tr := spoiled(func(t *autodiff.Tape[float32], h autodiff.Var[float32]) autodiff.Var[float32] { panic("other") })
		tr.Fit(context.Background(), line(20), nn.Config{Batch: 10})
	}()
}

func TestLabelsThatAreNone(t *testing.T) {
	for _, v := range []float64{0.5, math.NaN(), math.Inf(1), 1e12} {
		src, err := data.FromMatrix([]float64{1, 2, v}, 1, "class")
		if err != nil {
			t.Fatal(err)
		}
		_, err = nn.Evaluate(context.Background(), src, nn.Config{}, func(tape *autodiff.Tape[float32], b *nn.Batch[float32]) float64 {
			b.Labels(0)
			return 0
		})
		var bad *data.ValueError
		if !errors.As(err, &bad) || bad.Column != "class" || bad.Row != 2 || !strings.Contains(err.Error(), "counted within the batch") {
			t.Errorf("label %v: %v", v, err)
		}
	}
}

// shortened has fewer rows than it says, or an error among them.
type shortened struct {
	data.Source
	after int
	err   error
}

func (s shortened) Pass(o data.Order) (data.Pass, error) {
	if s.after < 0 {
		return nil, s.err
	}
	p, err := data.Range(s.Source, 0, s.after).Pass(o)
	return broken{p, s.err}, err
}

type broken struct {
	data.Pass
	err error
}

func (b broken) Next(to *data.Batch) error {
	if err := b.Pass.Next(to); err != nil && b.err != nil {
		return b.err
	} else {
		return err
	}
}

func TestSourcesThatFail(t *testing.T) {
	lost := errors.New("lost")
	for _, c := range []struct {
		src  data.Source
		step int
		want string
	}{
		{shortened{line(20), 8, nil}, 3, "the source has only 8 rows and not 20"},
		{shortened{line(20), 8, lost}, 3, "lost"},
		{shortened{line(20), -1, lost}, 1, "lost"},
	} {
		run, err := regression[float64](nil).Fit(context.Background(), c.src, nn.Config{Batch: 4})
		var at *nn.StepError
		if !errors.As(err, &at) || at.Step != c.step || !strings.Contains(err.Error(), c.want) || run.Steps != c.step-1 {
			t.Errorf("%v after %d steps, want %q", err, run.Steps, c.want)
		}
	}
	if _, err := regression[float64](nil).Evaluate(context.Background(), shortened{line(20), 8, lost}, nn.Config{Batch: 4}); err != lost {
		t.Errorf("evaluation: %v", err)
	}
}
