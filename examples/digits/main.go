// Digits teaches a network with one hidden layer to read handwritten digits, and
// prints how many of those it has never seen it reads wrongly after each pass.
//
//	go run ./examples/digits                digits that are made up
//	go run ./examples/digits -data DIR      those of MNIST, from its four IDX files
//
// The network is 784–128–10 with rectified linear units and dropout, the loss the
// cross-entropy of the softmax (Qiu Xipeng 2019, Neural Networks and Deep Learning,
// draft of 6 April 2019, sections 3.3 and 4.2–4.4), the optimizer Adam.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/nn"
)

func main() {
	dir := flag.String("data", "", "the folder of MNIST's files; without it the digits are made up")
	epochs := flag.Int("epochs", 3, "passes over the digits")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *dir, *epochs); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer, dir string, epochs int) error {
	train, test := data.Digits(10_000, 1), data.Digits(2_000, 2)
	if dir != "" {
		var err error
		if train, test, err = data.MNIST(dir); err != nil {
			return err
		}
	}

	net := nn.New[float32](1)
	model := nn.Sequence[float32]{
		net.Dense("hidden", nn.Dense{In: 784, Out: 128, Activation: nn.ReLU}),
		nn.Dropout[float32](0.2),
		net.Dense("out", nn.Dense{In: 128, Out: 10}),
	}
	trainer := nn.Trainer[float32]{
		Net: net,
		Loss: func(t *autodiff.Tape[float32], b *nn.Batch[float32]) autodiff.Var[float32] {
			return nn.CrossEntropy(model.Forward(b.Input(t, 0, 784)), b.Labels(784), 0)
		},
	}
	accuracy := func(t *autodiff.Tape[float32], b *nn.Batch[float32]) float64 {
		return nn.Accuracy(model.Forward(b.Input(t, 0, 784)), b.Labels(784))
	}
	report := func(pass int) error {
		right, err := nn.Evaluate(ctx, test, nn.Config{Batch: 500}, accuracy)
		fmt.Fprintf(w, "after pass %d  %4.1f %% wrong\n", pass, 100*(1-right))
		return err
	}
	fmt.Fprintf(w, "%d digits to learn from, %d to be tested with, %d weights\n", train.Rows(), test.Rows(), net.Size())
	epoch := 1
	for step, err := range trainer.Steps(ctx, train, nn.Config{Epochs: epochs, Batch: 64, Seed: 1}) {
		if err != nil {
			return err
		}
		if step.Epoch > epoch {
			if err := report(epoch); err != nil {
				return err
			}
			epoch = step.Epoch
		}
	}
	return report(epoch)
}
