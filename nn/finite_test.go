package nn_test

// Numbers that are not finite reach neither the net nor its files.

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/nn"
)

// The rate of the last step is too large: there is no loss after it that would tell.
func TestWeightsThatWouldNotBeFinite(t *testing.T) {
	tr := regression[float32](nn.SGD{Rate: 1e30})
	tr.Schedule = nn.ScheduleFunc(func(t int) float64 {
		if t == 2 {
			return 1e30
		}
		return 1e-32
	})
	path := filepath.Join(t.TempDir(), "run")
	var before []float32
	c := nn.Config{Steps: 3, Batch: 10, Checkpoint: path, CheckpointEvery: time.Nanosecond, Progress: func(nn.Step) { before = weightsOf(tr.Net) }}
	run, err := tr.Fit(context.Background(), line(20), c)
	var got *nn.DivergedError
	if !errors.As(err, &got) || got.Step != 3 || got.Epoch != 2 || got.What != "parameter" || got.Parameter != "line.weight" ||
		got.Checkpoint != path || got.CheckpointStep != 2 || !math.IsInf(math.Abs(got.Value), 0) {
		t.Fatalf("%+v, %v", got, err)
	}
	if !strings.Contains(err.Error(), `step 3 (epoch 2): a number would become `) || !strings.Contains(err.Error(), `parameter "line.weight"`) {
		t.Error(err)
	}
	if run.Steps != 2 || !slices.Equal(weightsOf(tr.Net), before) {
		t.Errorf("%d steps, weights %v, want %v", run.Steps, weightsOf(tr.Net), before)
	}
	// The last good checkpoint goes on to the same step.
	if _, err := tr.Fit(context.Background(), line(20), c); !errors.As(err, &got) || got.Step != 3 {
		t.Error(err)
	}
}

// A sum of finite weights that is out of range is no reason to stop.
func TestLargeWeightsAreFinite(t *testing.T) {
	net := nn.New[float32](1)
	large := net.Param("large", nn.Constant(3e38), 1, 1, 2)
	tr := nn.Trainer[float32]{Net: net, Optimizer: nn.SGD{Rate: 0.1}, Loss: func(t *autodiff.Tape[float32], b *nn.Batch[float32]) autodiff.Var[float32] {
		return t.Param(large).Scale(1e-38).Sum()
	}}
	if run, err := tr.Fit(context.Background(), nil, nn.Config{Steps: 2}); err != nil || run.Steps != 2 {
		t.Error(err)
	}
}

func TestRunningVarianceThatWouldNotBeFinite(t *testing.T) {
	rows := line(20).Matrix()
	rows[2*15] = 1e20
	src, err := data.FromMatrix(rows, 2)
	if err != nil {
		t.Fatal(err)
	}
	net := nn.New[float32](1)
	norm := net.BatchNorm("norm", nn.BatchNorm{Channels: 1})
	l := net.Dense("line", nn.Dense{In: 1, Out: 1})
	tr := nn.Trainer[float32]{Net: net, Loss: func(t *autodiff.Tape[float32], b *nn.Batch[float32]) autodiff.Var[float32] {
		return nn.SquaredError(l.Forward(norm.Forward(b.Input(t, 0, 1))), b.Input(t, 1, 2))
	}}
	_, err = tr.Fit(context.Background(), src, nn.Config{Batch: 10, KeepOrder: true})
	var got *nn.DivergedError
	if !errors.As(err, &got) || got.Step != 2 || got.Parameter != "norm.variance" {
		t.Errorf("%v", err)
	}
	if v := norm.Variance.Value[0]; v-v != 0 {
		t.Errorf("the variance is %v", v)
	}
}

func TestWritingNumbersThatAreNotFinite(t *testing.T) {
	net := nn.New[float64](1)
	net.Dense("a", nn.Dense{In: 2, Out: 2})
	path := filepath.Join(t.TempDir(), "weights")
	if err := net.Save(path, nil); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		net.Params()[0].Value[3] = v
		var bad *nn.TensorError
		if err := net.Save(path, nil); !errors.As(err, &bad) || bad.Name != "a.weight" || !strings.Contains(err.Error(), "place 3") {
			t.Errorf("%v: %v", v, err)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, good) {
			t.Errorf("%v: the file has changed, %v", v, err)
		}
	}
	// Neither does a cancelled run write them.
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	tr := regression[float64](nil)
	tr.Net.Params()[0].Value[0] = math.NaN()
	run := filepath.Join(t.TempDir(), "run")
	if _, err := tr.Fit(ctx, line(3), nn.Config{Checkpoint: run}); !errors.As(err, new(*nn.TensorError)) {
		t.Error(err)
	}
	if _, err := os.Stat(run); !errors.Is(err, os.ErrNotExist) {
		t.Error("there is a checkpoint:", err)
	}
}

// Two trainers take turns, as those of a generator and a discriminator do. The steps of
// one must not see the gradients that the other has left.
func TestTrainersThatTakeTurns(t *testing.T) {
	net := nn.New[float64](1)
	d := net.Within("d").Param("w", nn.Constant(1), 1, 1)
	g := net.Within("g").Param("w", nn.Constant(1), 1, 1)
	trainer := func(of string) nn.Trainer[float64] {
		return nn.Trainer[float64]{Net: net.Within(of), Optimizer: nn.SGD{Rate: 0.25}, Loss: func(t *autodiff.Tape[float64], b *nn.Batch[float64]) autodiff.Var[float64] {
			if of == "d" {
				return t.Param(d)
			}
			return t.Param(d).Scale(100).Add(t.Param(g))
		}}
	}
	c := nn.Config{Steps: 3, Accumulate: 2}
	turn := 0
	for _, err := range trainer("d").Steps(context.Background(), nil, c) {
		if err != nil {
			t.Fatal(err)
		}
		turn++
		// Another trainer of g goes a step, through d.
		if _, err := trainer("g").Fit(context.Background(), nil, nn.Config{Steps: 1}); err != nil {
			t.Fatal(err)
		}
		if want := 1 - 0.25*float64(turn); d.Value[0] != want || g.Value[0] != want {
			t.Errorf("after turn %d the weights are %v and %v, want %v", turn, d.Value, g.Value, want)
		}
	}
}

// A tape's memory, and what a loss does to fixed parameters before it panics.
func TestTooLargeWithinALoss(t *testing.T) {
	for _, c := range []struct {
		what  string
		value any
	}{{"too large", &belief.TooLargeError{What: "array"}}, {"another", "other"}} {
		net := nn.New[float32](1)
		norm := net.BatchNorm("norm", nn.BatchNorm{Channels: 1})
		tr := nn.Trainer[float32]{Net: net, Loss: func(t *autodiff.Tape[float32], b *nn.Batch[float32]) autodiff.Var[float32] {
			norm.Forward(b.Input(t, 0, 1))
			panic(c.value)
		}}
		before := weightsOf(net)
		func() {
			defer func() {
				if v := recover(); (v != nil) != (c.value == "other") {
					t.Errorf("%s: panic %v", c.what, v)
				}
			}()
			_, err := tr.Fit(context.Background(), line(20), nn.Config{})
			var at *nn.StepError
			if !errors.As(err, &at) || at.Step != 1 || !errors.As(err, new(*belief.TooLargeError)) {
				t.Errorf("%s: %v", c.what, err)
			}
		}()
		if !slices.Equal(weightsOf(net), before) {
			t.Errorf("%s: the net is %v, was %v", c.what, weightsOf(net), before)
		}
	}
}

func TestStepsCanBeUsedOnce(t *testing.T) {
	steps := regression[float64](nil).Steps(context.Background(), line(20), nn.Config{Steps: 2})
	for _, err := range steps {
		if err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for _, err := range steps {
		if n++; err == nil || !strings.Contains(err.Error(), "has been used") {
			t.Errorf("the second time: %v", err)
		}
	}
	if n != 1 {
		t.Errorf("%d elements the second time, want an error", n)
	}
}

func TestErrorsOfValidations(t *testing.T) {
	nan := func(context.Context) (float64, error) { return math.NaN(), nil }
	lost := errors.New("lost")
	weightless, err := data.NewTable(data.Numbers("x", "y"), line(3).Matrix(), make([]float64, 3))
	if err != nil {
		t.Fatal(err)
	}
	try := func(c nn.Config) error {
		_, err := regression[float64](nil).Fit(context.Background(), line(20), c)
		return err
	}
	var far *nn.DivergedError
	// 20 rows in batches of 10: the second step ends the first epoch.
	for _, want := range [][3]int{{0, 2, 1}, {1, 1, 1}, {3, 3, 2}, {4, 4, 2}} {
		if err := try(nn.Config{Batch: 10, ValidateEvery: want[0], Validate: nan}); !errors.As(err, &far) || far.Step != want[1] || far.Epoch != want[2] {
			t.Errorf("every %d: %v", want[0], err)
		}
	}
	var at *nn.StepError
	if err := try(nn.Config{Batch: 10, Validate: func(context.Context) (float64, error) { return 0, lost }}); !errors.As(err, &at) || !errors.Is(err, lost) || at.Step != 2 || at.Epoch != 1 {
		t.Error(err)
	}
	var bad *belief.ConfigError
	if err := try(nn.Config{Batch: 10, Validation: weightless}); !errors.As(err, &bad) || bad.Field != "Validation" || errors.As(err, &far) {
		t.Error(err)
	}
	if _, err := regression[float64](nil).Evaluate(context.Background(), weightless, nn.Config{}); !errors.As(err, &bad) || bad.Field != "source" {
		t.Error(err)
	}
	_, err = regression[float64](nil).Fit(context.Background(), unclosable{line(20), lost}, nn.Config{Batch: 10})
	if !errors.As(err, &at) || !errors.Is(err, lost) || at.Step != 2 || at.Epoch != 1 {
		t.Error(err)
	}
}

// unclosable has passes that end in an error.
type unclosable struct {
	data.Source
	err error
}

type unclosablePass struct {
	data.Pass
	err error
}

func (u unclosable) Pass(o data.Order) (data.Pass, error) {
	p, err := u.Source.Pass(o)
	return unclosablePass{p, u.err}, err
}

func (u unclosablePass) Close() error { return u.err }
