package nn_test

import (
	"fmt"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/nn"
)

// A convolutional network for digits.
func ExampleConv2D() {
	net := nn.New[float32](1)
	model := nn.Sequence[float32]{
		net.Conv2D("c1", nn.Conv2D{In: 1, Out: 8, Kernel: [2]int{5}, Padding: [2]int{2}, Activation: nn.ReLU}),
		nn.MaxPool[float32](nn.Pool{Size: [2]int{2}}),
		net.Conv2D("c2", nn.Conv2D{In: 8, Out: 16, Kernel: [2]int{3}, Stride: [2]int{2}, Padding: [2]int{1}, Activation: nn.ReLU}),
		nn.Flatten[float32](),
		net.Dense("out", nn.Dense{In: 16 * 7 * 7, Out: 10}),
	}
	var t autodiff.Tape[float32]
	x := t.Constant(make([]float32, 3*28*28), 3, 1, 28, 28)
	for _, layer := range model {
		x = layer.Forward(x)
		fmt.Println(autodiff.FormatShape(x.Shape()))
	}
	fmt.Println(net.Size(), "weights")
	// Output:
	// 3×8×28×28
	// 3×8×14×14
	// 3×16×7×7
	// 3×784
	// 3×10
	// 9226 weights
}

// Moving averages of a sequence, of five steps and of three that are two apart.
func ExampleConv1D() {
	var t autodiff.Tape[float64]
	x := t.Constant([]float64{0, 0, 0, 30, 0, 0, 0, 0}, 1, 1, 8)
	for _, c := range []nn.Conv1D{
		{In: 1, Out: 1, Kernel: 5, Padding: 2, Init: nn.Constant(1. / 5)},
		{In: 1, Out: 1, Kernel: 3, Dilation: 2, Padding: 2, Init: nn.Constant(1. / 3)},
	} {
		fmt.Println(nn.New[float64](1).Conv1D("mean", c).Forward(x).Value())
	}
	// Output:
	// [0 6 6 6 6 6 0 0]
	// [0 10 0 10 0 10 0 0]
}

// The generator of a small DCGAN: from noise to images.
func ExampleConvTranspose2D() {
	net := nn.New[float32](1)
	generator := nn.Sequence[float32]{
		net.Dense("project", nn.Dense{In: 64, Out: 128 * 7 * 7, Activation: nn.ReLU}),
		nn.Images[float32](128, 7, 7),
		net.ConvTranspose2D("up1", nn.ConvTranspose2D{In: 128, Out: 64, Kernel: [2]int{4}, Stride: [2]int{2}, Padding: [2]int{1}, Activation: nn.ReLU}),
		net.ConvTranspose2D("up2", nn.ConvTranspose2D{In: 64, Out: 1, Kernel: [2]int{4}, Stride: [2]int{2}, Padding: [2]int{1}, Activation: nn.Tanh}),
	}
	var t autodiff.Tape[float32]
	images := generator.Forward(t.Constant(make([]float32, 5*64), 5, 64))
	fmt.Println(autodiff.FormatShape(images.Shape()))
	// Output: 5×1×28×28
}

// Each number spreads the kernel; the lengths 5 and 6 both shrink to 3 by steps of two.
func ExampleConvTranspose1D() {
	var t autodiff.Tape[float64]
	x := t.Constant([]float64{1, 0, 10}, 1, 1, 3)
	for extra := range 2 {
		c := nn.ConvTranspose1D{In: 1, Out: 1, Kernel: 3, Stride: 2, Padding: 1, Extra: extra, Init: nn.Constant(1)}
		fmt.Println(nn.New[float64](1).ConvTranspose1D("up", c).Forward(x).Value())
	}
	// Output:
	// [1 1 0 10 10]
	// [1 1 0 10 10 10]
}

// A layer's weights have the form that its field says.
func ExampleConvLayer() {
	net := nn.New[float32](1)
	down := net.Conv2D("down", nn.Conv2D{In: 4, Out: 6, Kernel: [2]int{3, 5}, Groups: 2})
	up := net.ConvTranspose2D("up", nn.ConvTranspose2D{In: 6, Out: 4, Kernel: [2]int{3, 5}, Groups: 2})
	fmt.Println(down.Weight.Name, down.Weight.Shape, down.Bias.Shape)
	fmt.Println(up.Weight.Name, up.Weight.Shape, up.Bias.Shape)
	// Output:
	// down.weight [6 2 3 5] [6]
	// up.weight [6 2 3 5] [4]
}

func ExamplePool() {
	var t autodiff.Tape[float64]
	x := t.Constant([]float64{1, 2, 6, 5, 4, 0}, 1, 1, 6)
	fmt.Println(nn.MaxPool[float64](nn.Pool{Size: [2]int{2}})(x).Value())
	fmt.Println(nn.MeanPool[float64](nn.Pool{Size: [2]int{3}, Stride: [2]int{1}})(x).Value())
	fmt.Println(nn.GlobalMeanPool[float64]()(x).Value())
	// Output:
	// [2 6 4]
	// [3 4.333333333333333 5 3]
	// [3]
}

// Each column of a batch gets mean 0 and variance 1 in learning. With Momentum 1 the
// running values are those of the last batch.
func ExampleBatchNorm() {
	net := nn.New[float64](1)
	norm := net.BatchNorm("norm", nn.BatchNorm{Channels: 2, Momentum: 1, Epsilon: 1e-12})
	t := autodiff.Tape[float64]{Training: true}
	batch := []float64{1, 10, 3, 30}
	fmt.Printf("%.3f\n", norm.Forward(t.Constant(batch, 2, 2)).Value())
	t.Training = false
	fmt.Printf("%.3f\n", norm.Forward(t.Constant(batch, 2, 2)).Value())
	// Output:
	// [-1.000 -1.000 1.000 1.000]
	// [-0.707 -0.707 0.707 0.707]
}

// The running values are saved with the weights and not learnt.
func ExampleBatchNormLayer() {
	net := nn.New[float32](1)
	norm := net.BatchNorm("norm", nn.BatchNorm{Channels: 3})
	for _, p := range []*autodiff.Param[float32]{norm.Scale, norm.Shift, norm.Mean, norm.Variance} {
		fmt.Println(p.Name, p.Value, p.Fixed)
	}
	// Output:
	// norm.scale [1 1 1] false
	// norm.shift [0 0 0] false
	// norm.mean [0 0 0] true
	// norm.variance [1 1 1] true
}

// Each row gets mean 0 and variance 1.
func ExampleLayerNorm() {
	net := nn.New[float64](1)
	norm := net.LayerNorm("norm", nn.LayerNorm{Shape: []int{4}, Epsilon: 1e-12})
	var t autodiff.Tape[float64]
	x := t.Constant([]float64{1, 1, 3, 3, -20, 20, 20, -20}, 2, 4)
	fmt.Printf("%.3f\n", norm.Forward(x).Value())
	// Output: [-1.000 -1.000 1.000 1.000 -1.000 1.000 1.000 -1.000]
}

func ExampleLayerNormLayer() {
	net := nn.New[float32](1)
	norm := net.LayerNorm("norm", nn.LayerNorm{Shape: []int{2, 3}})
	fmt.Println(norm.Scale.Name, norm.Scale.Shape, norm.Shift.Name, norm.Shift.Shape)
	// Output: norm.scale [2 3] norm.shift [2 3]
}
