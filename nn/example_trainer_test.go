package nn_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/nn"
)

// Digits are told apart by a net with one hidden layer.
func ExampleTrainer() {
	net := nn.New[float32](1)
	hidden := net.Dense("hidden", nn.Dense{In: 784, Out: 64, Activation: nn.ReLU})
	out := net.Dense("out", nn.Dense{In: 64, Out: 10})
	logits := func(t *autodiff.Tape[float32], b *nn.Batch[float32]) autodiff.Var[float32] {
		return out.Forward(hidden.Forward(b.Input(t, 0, 784)))
	}
	trainer := nn.Trainer[float32]{Net: net, Optimizer: nn.Adam{Rate: 3e-3}, Loss: func(t *autodiff.Tape[float32], b *nn.Batch[float32]) autodiff.Var[float32] {
		return nn.CrossEntropy(logits(t, b), b.Labels(784), 0)
	}}

	ctx := context.Background()
	if _, err := trainer.Fit(ctx, data.Digits(3000, 1), nn.Config{Epochs: 3, Seed: 1}); err != nil {
		panic(err)
	}
	right, err := nn.Evaluate(ctx, data.Digits(1000, 2), nn.Config{}, func(t *autodiff.Tape[float32], b *nn.Batch[float32]) float64 {
		return nn.Accuracy(logits(t, b), b.Labels(784))
	})
	fmt.Println("more than 90 % right:", right > 0.9, err)
	// Output: more than 90 % right: true <nil>
}

// The steps are a sequence. The body of the loop is the callback.
func ExampleTrainer_Steps() {
	net := nn.New[float64](1)
	w := net.Param("w", nn.Constant(0), 1, 1)
	trainer := nn.Trainer[float64]{
		Net: net, Optimizer: nn.SGD{Rate: 0.25},
		Loss: func(t *autodiff.Tape[float64], b *nn.Batch[float64]) autodiff.Var[float64] {
			return nn.SquaredError(b.Input(t, 0, 1), t.Param(w))
		},
	}
	src, err := data.FromMatrix([]float64{1, 3}, 1)
	if err != nil {
		panic(err)
	}
	for s, err := range trainer.Steps(context.Background(), src, nn.Config{}) {
		if err != nil {
			panic(err)
		}
		fmt.Printf("step %d, epoch %d: loss %.4f, gradient %.4f\n", s.Step, s.Epoch, s.Loss, s.GradientNorm)
		if s.GradientNorm < 1 {
			break
		}
	}
	fmt.Println(w.Value[0])
	// Output:
	// step 1, epoch 1: loss 5.0000, gradient 4.0000
	// step 2, epoch 2: loss 2.0000, gradient 2.0000
	// step 3, epoch 3: loss 1.2500, gradient 1.0000
	// step 4, epoch 4: loss 1.0625, gradient 0.5000
	// 1.875
}

// mean is a trainer that learns the mean of a column.
func mean() nn.Trainer[float64] {
	net := nn.New[float64](1)
	w := net.Param("w", nn.Constant(0), 1, 1)
	return nn.Trainer[float64]{Net: net, Optimizer: nn.SGD{Rate: 0.25}, Loss: func(t *autodiff.Tape[float64], b *nn.Batch[float64]) autodiff.Var[float64] {
		return nn.SquaredError(b.Input(t, 0, 1), t.Param(w))
	}}
}

// numbers is a source with one column.
func numbers(x ...float64) data.Source {
	src, err := data.FromMatrix(x, 1)
	if err != nil {
		panic(err)
	}
	return src
}

// A run goes on from its checkpoint, here because it is to be longer.
func ExampleConfig() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	c := nn.Config{Steps: 3, Seed: 1, Checkpoint: filepath.Join(dir, "run.safetensors")}
	if _, err := mean().Fit(context.Background(), numbers(1, 3), c); err != nil {
		panic(err)
	}
	c.Steps = 5
	for s, err := range mean().Steps(context.Background(), numbers(1, 3), c) {
		fmt.Println(s.Step, s.Loss, err)
	}
	// Output:
	// 4 1.0625 <nil>
	// 5 1.015625 <nil>
}

func ExampleStep() {
	for s, err := range mean().Steps(context.Background(), numbers(1, 3), nn.Config{Epochs: 1, Validation: numbers(2)}) {
		fmt.Printf("%+v %+v %v\n", s.Rate, *s.Validation, err)
	}
	// Output: 0.25 {Step:1 Loss:1} <nil>
}

func ExampleRun() {
	run, err := mean().Fit(context.Background(), numbers(1, 3), nn.Config{Epochs: 3})
	fmt.Println(run.Steps, run.Epochs, run.Losses, err)
	// Output: 3 3 [5 2 1.25] <nil>
}

// What is learnt from 1 and 3 fits 1.2 best on the way.
func ExampleEarlyStopping() {
	trainer := mean()
	run, err := trainer.Fit(context.Background(), numbers(1, 3), nn.Config{Validation: numbers(1.2), EarlyStopping: nn.EarlyStopping{Patience: 2}})
	fmt.Println(run.Steps, run.Stopped, run.Best.Step, trainer.Net.Params()[0].Value, err)
	// Output: 3 true 1 [1] <nil>
}

func ExampleValidation() {
	run, err := mean().Fit(context.Background(), numbers(1, 3), nn.Config{Epochs: 2, Validation: numbers(2)})
	fmt.Println(run.Validations, err)
	// Output: [{1 1} {2 0.25}] <nil>
}

func ExampleBatch() {
	src, err := data.FromMatrix([]float64{
		0.5, 0.25, 1,
		0.75, 1, 0}, 3, "x1", "x2", "class")
	if err != nil {
		panic(err)
	}
	sum, err := nn.Evaluate(context.Background(), src, nn.Config{}, func(t *autodiff.Tape[float32], b *nn.Batch[float32]) float64 {
		x := b.Input(t, 0, 2)
		fmt.Println(b.Rows, x.Shape(), x.Value(), b.Labels(2))
		return float64(x.Mean().Number())
	})
	fmt.Println(sum, err)
	// Output:
	// 2 [2 2] [0.5 0.25 0.75 1] [1 0]
	// 0.625 <nil>
}

func ExampleDivergedError() {
	trainer := mean()
	trainer.Optimizer = nn.SGD{Rate: 1e20}
	_, err := trainer.Fit(context.Background(), numbers(1, 3), nn.Config{})
	var diverged *nn.DivergedError
	if errors.As(err, &diverged) {
		fmt.Println(diverged.Step, diverged.What, diverged.Value, math.IsInf(diverged.Value, 1))
	}
	_, err = mean().Fit(context.Background(), numbers(1, math.NaN()), nn.Config{})
	fmt.Println(err)
	// Output:
	// 9 loss +Inf true
	// step 1 (epoch 1): the loss is NaN; the data are not finite
}

func ExampleStepError() {
	trainer := mean()
	trainer.Loss = func(t *autodiff.Tape[float64], b *nn.Batch[float64]) autodiff.Var[float64] {
		return b.Input(t, 0, 1).MatMul(t.Constant(make([]float64, 6), 2, 3)).Sum()
	}
	_, err := trainer.Fit(context.Background(), numbers(1, 3), nn.Config{})
	var at *nn.StepError
	fmt.Println(errors.As(err, &at), at.Step)
	// Output: true 1
}

func ExampleCheckpointError() {
	_, err := mean().Fit(context.Background(), numbers(1, 3), nn.Config{Steps: 1, Checkpoint: filepath.Join("no", "such", "directory")})
	var lost *nn.CheckpointError
	fmt.Println(errors.As(err, &lost), errors.Is(err, os.ErrNotExist))
	// Output: true true
}
