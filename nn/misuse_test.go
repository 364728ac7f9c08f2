package nn_test

// What is asked for and is not there, or cannot be.

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/nn"
)

func panicText(f func()) (text string) {
	defer func() { text, _ = recover().(string) }()
	f()
	return ""
}

func TestColumnsThatAreNot(t *testing.T) {
	_, err := nn.Evaluate(context.Background(), line(3), nn.Config{}, func(tape *autodiff.Tape[float32], b *nn.Batch[float32]) float64 {
		for _, c := range [][2]int{{2, 9}, {-1, 1}, {1, 0}, {1, 3}, {-1, 2}, {0, 3}, {3, 5}, {-2, 0}} {
			if text := panicText(func() { b.Input(tape, c[0], c[1]) }); !strings.HasPrefix(text, "nn: input of the columns") {
				t.Errorf("input %v: %q", c, text)
			}
		}
		for _, c := range []int{-1, 2, 9} {
			if text := panicText(func() { b.Labels(c) }); !strings.HasPrefix(text, "nn: labels of column") {
				t.Errorf("labels %d: %q", c, text)
			}
		}
		if x := b.Input(tape, 2, 2); x.Dim(1) != 0 || x.Dim(0) != 3 {
			t.Errorf("no columns are %v", x.Shape())
		}
		return 0
	})
	if err != nil {
		t.Error(err)
	}
}

// All losses of no rows are 0.
func TestLossesOfAnEmptyBatch(t *testing.T) {
	var tape autodiff.Tape[float64]
	x := tape.Variable(nil, 0, 3)
	y := tape.Constant(nil, 0, 3)
	for name, loss := range map[string]autodiff.Var[float64]{
		"CrossEntropy": nn.CrossEntropy(x, nil, 0), "CrossEntropy, smoothed": nn.CrossEntropy(x, nil, 0.1),
		"BinaryCrossEntropy": nn.BinaryCrossEntropy(x, y), "SquaredError": nn.SquaredError(x, y), "AbsoluteError": nn.AbsoluteError(x, y),
		"Huber": nn.Huber(x, y, 1), "Hinge": nn.Hinge(x, y), "Perceptron": nn.Perceptron(x, y),
	} {
		if loss.Number() != 0 {
			t.Errorf("%s is %v", name, loss.Number())
		}
	}
}

func TestReservedNames(t *testing.T) {
	for _, f := range []func(n *nn.Net[float32]){
		func(n *nn.Net[float32]) { n.Dense("checkpoint/a", nn.Dense{In: 1, Out: 1}) },
		func(n *nn.Net[float32]) { n.Within("checkpoint/b").Fixed("x", 1) },
	} {
		if text := panicText(func() { f(nn.New[float32](1)) }); !strings.HasPrefix(text, "nn: a parameter \"checkpoint/") {
			t.Errorf("%q", text)
		}
	}
	nn.New[float32](1).Dense("checkpoint", nn.Dense{In: 1, Out: 1})
}

// Where a checkpoint cannot be is seen before the first step.
func TestCheckpointsThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ path, want string }{
		{filepath.Join(dir, "none", "run"), "no such file"},
		{dir, "it is a directory"},
	} {
		run, err := regression[float64](nil).Fit(context.Background(), line(20), nn.Config{Checkpoint: c.path, Progress: func(s nn.Step) {
			t.Errorf("%s: step %d is taken", c.want, s.Step)
		}})
		var bad *nn.CheckpointError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "remove it") {
			t.Errorf("%+v, %v, want %q", run, err, c.want)
		}
	}
	// Trying leaves nothing behind.
	if _, err := regression[float64](nil).Fit(context.Background(), line(20), nn.Config{Checkpoint: filepath.Join(dir, "run")}); err != nil {
		t.Error(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
}

func TestCheckpointOfWeightedRows(t *testing.T) {
	w := make([]float64, 20)
	for i := range w {
		w[i] = 1
	}
	weighted, err := data.NewTable(data.Numbers("x", "y"), line(20).Matrix(), w)
	if err != nil {
		t.Fatal(err)
	}
	c := nn.Config{Checkpoint: filepath.Join(t.TempDir(), "run"), Epochs: 1}
	if _, err := regression[float64](nil).Fit(context.Background(), line(20), c); err != nil {
		t.Fatal(err)
	}
	if _, err := regression[float64](nil).Fit(context.Background(), weighted, c); !errors.Is(err, nn.ErrOtherRun) {
		t.Error(err)
	}
	if _, err := regression[float64](nil).Fit(context.Background(), line(20), c); err != nil {
		t.Error(err)
	}
}
