package nn_test

import (
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/nn"
)

// digits is a small convolutional network, and how it learns.
type digits struct {
	net   *nn.Net[float32]
	model nn.Sequence[float32]
	adam  *nn.Descent[float32]
	tape  autodiff.Tape[float32]
	x     []float32
	y     []int
}

func newDigits(tb testing.TB, seed uint64, channels, workers int) *digits {
	d := &digits{net: nn.New[float32](seed), tape: autodiff.Tape[float32]{Workers: workers, Training: true}}
	d.model = nn.Sequence[float32]{
		d.net.Conv2D("c1", nn.Conv2D{In: 1, Out: channels, Kernel: [2]int{5}, Padding: [2]int{2}, NoBias: true}),
		d.net.BatchNorm("n1", nn.BatchNorm{Channels: channels}),
		nn.Func[float32](autodiff.Var[float32].ReLU),
		nn.MaxPool[float32](nn.Pool{Size: [2]int{2}}),
		d.net.Conv2D("c2", nn.Conv2D{In: channels, Out: 2 * channels, Kernel: [2]int{5}, Padding: [2]int{2}, Activation: nn.ReLU}),
		nn.MaxPool[float32](nn.Pool{Size: [2]int{2}}),
		nn.Flatten[float32](),
		d.net.Dense("out", nn.Dense{In: 2 * channels * 7 * 7, Out: 10}),
	}
	adam, err := nn.NewDescent(d.net.Params(), nn.Adam{Rate: 2e-3})
	if err != nil {
		tb.Fatal(err)
	}
	adam.Workers = workers
	d.adam = adam
	return d
}

// forward reads the images of these rows.
func (d *digits) forward(images *data.Images, rows []int) autodiff.Var[float32] {
	d.tape.Reset()
	d.x, d.y = d.x[:0], d.y[:0]
	for _, i := range rows {
		for _, p := range images.Image(i) {
			d.x = append(d.x, float32(p)/255)
		}
		d.y = append(d.y, int(images.Labels()[i]))
	}
	return d.model.Forward(d.tape.Constant(d.x, len(rows), 1, 28, 28))
}

// learn takes a step and returns the loss.
func (d *digits) learn(images *data.Images, rows []int, scale float64) float64 {
	loss := d.forward(images, rows).CrossEntropy(d.y, 0).Mean()
	d.tape.Backward(loss)
	d.adam.Step(scale)
	return float64(loss.Number())
}

// accuracy is the share of images that are recognized.
func (d *digits) accuracy(images *data.Images) float64 {
	d.tape.Training = false
	right := 0
	for from := 0; from < images.Rows(); from += 200 {
		var rows []int
		for i := from; i < min(from+200, images.Rows()); i++ {
			rows = append(rows, i)
		}
		scores := d.forward(images, rows).Value()
		for i, y := range d.y {
			row := scores[10*i : 10*i+10]
			if slices.Index(row, slices.Max(row)) == y {
				right++
			}
		}
	}
	d.tape.Training = true
	return float64(right) / float64(images.Rows())
}

// A convolutional network recognizes most of ten drawn digits after a few steps, which
// go to the same bits for any number
// of workers.
func TestConvLearnsDigits(t *testing.T) {
	images := data.Digits(600, 1)
	train, test := images.Slice(0, 500), images.Slice(500, 600)
	var want []float32
	for workers := 1; workers <= 3; workers++ {
		d := newDigits(t, 1, 4, workers)
		r := stream.New(2, "order")
		steps := 5
		if workers == 2 {
			steps = 60
		}
		for step := range steps {
			d.learn(train, r.Perm(500)[:50], 1)
			if step == 4 {
				var got []float32
				for _, p := range d.net.Params() {
					got = append(got, p.Value...)
				}
				if workers == 1 {
					want = got
				} else if !slices.Equal(got, want) {
					t.Errorf("%d workers learn other bits", workers)
				}
			}
		}
		if workers == 2 {
			if a := d.accuracy(test); a < 0.6 {
				t.Errorf("%.1f %% of new digits are recognized", 100*a)
			}
		}
	}
}

// TestSlowMNIST runs with BELIEF_SLOW=1: a convolutional network of 11,000 weights
// recognizes 98.5 % of the test images after three epochs.
func TestSlowMNIST(t *testing.T) {
	if os.Getenv("BELIEF_SLOW") == "" {
		t.Skip("slow: set BELIEF_SLOW=1, or make slow-nn")
	}
	train, test, err := data.MNIST(datadir.Path(t, "mnist"))
	if err != nil {
		t.Fatal(err)
	}
	const batch, epochs = 100, 3
	d := newDigits(t, 1, 8, 0)
	decay := nn.LinearDecay{Steps: epochs * train.Rows() / batch}
	start := time.Now()
	for epoch := range epochs {
		order := stream.New(3, "order", uint64(epoch)).Perm(train.Rows())
		sum := 0.0
		for i := 0; i < len(order); i += batch {
			sum += d.learn(train, order[i:i+batch], decay.Scale(d.adam.Steps()))
		}
		accuracy := d.accuracy(test)
		t.Logf("epoch %d: %.0f s, loss %.4f, accuracy %.2f %% ± %.2f %%", epoch+1, time.Since(start).Seconds(), sum*batch/float64(len(order)),
			100*accuracy, 100*math.Sqrt(accuracy*(1-accuracy)/float64(test.Rows())))
		if epoch == epochs-1 && accuracy < 0.985 {
			t.Errorf("accuracy %v, want 0.985", accuracy)
		}
	}
}
