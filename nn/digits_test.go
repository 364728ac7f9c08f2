package nn_test

import (
	"context"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/nn"
)

// reader is a small convolutional network for digits.
type reader struct {
	model   nn.Sequence[float32]
	trainer nn.Trainer[float32]
}

func newReader(channels int) *reader {
	net := nn.New[float32](1)
	r := &reader{model: nn.Sequence[float32]{
		nn.Images[float32](1, 28, 28),
		net.Conv2D("c1", nn.Conv2D{In: 1, Out: channels, Kernel: [2]int{5}, Padding: [2]int{2}, NoBias: true}),
		net.BatchNorm("n1", nn.BatchNorm{Channels: channels}),
		nn.Func[float32](autodiff.Var[float32].ReLU),
		nn.MaxPool[float32](nn.Pool{Size: [2]int{2}}),
		net.Conv2D("c2", nn.Conv2D{In: channels, Out: 2 * channels, Kernel: [2]int{5}, Padding: [2]int{2}, Activation: nn.ReLU}),
		nn.MaxPool[float32](nn.Pool{Size: [2]int{2}}),
		nn.Flatten[float32](),
		net.Dense("out", nn.Dense{In: 2 * channels * 7 * 7, Out: 10}),
	}}
	r.trainer = nn.Trainer[float32]{
		Net:       net,
		Optimizer: nn.Adam{Rate: 2e-3},
		Loss: func(t *autodiff.Tape[float32], b *nn.Batch[float32]) autodiff.Var[float32] {
			return nn.CrossEntropy(r.model.Forward(b.Input(t, 0, 784)), b.Labels(784), 0)
		},
	}
	return r
}

func (r *reader) accuracy(t *testing.T, images *data.Images) float64 {
	right, err := nn.Evaluate(context.Background(), images, nn.Config{Batch: 200}, func(t *autodiff.Tape[float32], b *nn.Batch[float32]) float64 {
		return nn.Accuracy(r.model.Forward(b.Input(t, 0, 784)), b.Labels(784))
	})
	if err != nil {
		t.Fatal(err)
	}
	return right
}

// A convolutional network recognizes most of ten drawn digits after a few steps, and
// learns the same bits with any number of workers.
func TestConvLearnsDigits(t *testing.T) {
	images := data.Digits(600, 1)
	train, test := images.Slice(0, 500), images.Slice(500, 600)
	learnt := func(steps, workers int) (*reader, []float32) {
		r := newReader(4)
		if _, err := r.trainer.Fit(context.Background(), train, nn.Config{Steps: steps, Batch: 50, Seed: 2, Workers: workers}); err != nil {
			t.Fatal(err)
		}
		var weights []float32
		for _, p := range r.trainer.Net.Params() {
			weights = append(weights, p.Value...)
		}
		return r, weights
	}
	_, want := learnt(5, 1)
	for workers := 2; workers <= 3; workers++ {
		if _, got := learnt(5, workers); !slices.Equal(got, want) {
			t.Errorf("%d workers learn other bits", workers)
		}
	}
	r, _ := learnt(60, 2)
	if a := r.accuracy(t, test); a < 0.6 {
		t.Errorf("%.1f %% of new digits are recognized", 100*a)
	}
}

// TestSlowMNIST runs with BELIEF_SLOW=1: a convolutional network of 24,000 weights
// recognizes 98.5 % of the test images.
func TestSlowMNIST(t *testing.T) {
	if os.Getenv("BELIEF_SLOW") == "" {
		t.Skip("slow: set BELIEF_SLOW=1, or make slow-nn")
	}
	train, test, err := data.MNIST(datadir.Path(t, "mnist"))
	if err != nil {
		t.Fatal(err)
	}
	const batch, epochs = 100, 4
	r := newReader(12)
	r.trainer.Schedule = nn.LinearDecay{Steps: epochs * train.Rows() / batch}
	epoch := 1
	report := func() float64 {
		a := r.accuracy(t, test)
		t.Logf("epoch %d: accuracy %.2f %% ± %.2f %%", epoch, 100*a, 100*math.Sqrt(a*(1-a)/float64(test.Rows())))
		return a
	}
	for step, err := range r.trainer.Steps(context.Background(), train, nn.Config{Epochs: epochs, Batch: batch, Seed: 3}) {
		if err != nil {
			t.Fatal(err)
		}
		if step.Epoch > epoch {
			report()
			epoch = step.Epoch
		}
	}
	if a := report(); a < 0.985 {
		t.Errorf("accuracy %v, want 0.985", a)
	}
}
