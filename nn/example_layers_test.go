package nn_test

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/nn"
)

func ExampleActivation() {
	var t autodiff.Tape[float64]
	x := t.Constant([]float64{-2, 0, 2}, 3)
	for _, a := range []nn.Activation{nn.ReLU, nn.HardLogistic, nn.LeakyReLU(0.1), "elu:2"} {
		fmt.Printf("%-14s %.3f\n", a, nn.Activate(a, x).Value())
	}
	fmt.Println(nn.Activation("rely").Validate())
	// Output:
	// relu           [0.000 0.000 2.000]
	// hard-logistic  [0.000 0.500 1.000]
	// leaky-relu:0.1 [-0.200 0.000 2.000]
	// elu:2          [-1.729 0.000 2.000]
	// setting Activation is "rely"; it must be the name of an activation, such as relu or elu:1
}

// Settings that make no sense are found before there is a layer.
func ExampleDense() {
	var bad *belief.ConfigError
	err := nn.Dense{In: 784}.Validate()
	fmt.Println(errors.As(err, &bad), err)
	// Output: true setting Dense.Out is 0; it must be 1 or more
}

func ExampleDenseLayer() {
	net := nn.New[float64](1)
	l := net.Dense("sum", nn.Dense{In: 3, Out: 1, Init: nn.Constant(1)})
	l.Bias.Value[0] = 0.5

	var t autodiff.Tape[float64]
	fmt.Println(l.Forward(t.Constant([]float64{1, 2, 3}, 1, 3)).Value())
	// Output: [6.5]
}

// A layer of one's own is a function or a type with Forward.
func ExampleLayer() {
	square := nn.Func[float64](autodiff.Var[float64].Square)
	var l nn.Layer[float64] = nn.Sequence[float64]{square, square}

	var t autodiff.Tape[float64]
	fmt.Println(l.Forward(t.Constant([]float64{3}, 1)).Value())
	// Output: [81]
}

func ExampleSequence() {
	net := nn.New[float32](1)
	model := nn.Sequence[float32]{
		net.Dense("hidden", nn.Dense{In: 20, Out: 8, Activation: nn.Tanh}),
		nn.Dropout[float32](0.5),
		net.Dense("out", nn.Dense{In: 8, Out: 2}),
	}
	t := autodiff.Tape[float32]{Training: true, Rand: rand.New(rand.NewPCG(1, 2))}
	fmt.Println(model.Forward(t.Constant(make([]float32, 3*20), 3, 20)).Shape())
	// Output: [3 2]
}

func ExampleFunc() {
	halve := nn.Func[float64](func(x autodiff.Var[float64]) autodiff.Var[float64] { return x.Scale(0.5) })
	var t autodiff.Tape[float64]
	fmt.Println(halve.Forward(t.Number(3)).Number())
	// Output: 1.5
}

// The output layer of a language model shares the vectors of its input.
func ExampleEmbedding() {
	net := nn.New[float32](1)
	table := net.Embedding("symbols", nn.Embedding{Size: 65, Dim: 16})

	var t autodiff.Tape[float32]
	x := table.Lookup(&t, []int{3, 1, 4, 1, 5, 9}, 2, 3) // two sequences of three
	fmt.Println(x.Shape(), table.Logits(x).Shape(), net.Size())
	// Output: [2 3 16] [2 3 65] 1040
}

func ExampleEmbeddingLayer() {
	net := nn.New[float64](1)
	table := net.Embedding("symbols", nn.Embedding{Size: 2, Dim: 2})
	copy(table.Weight.Value, []float64{1, 2, 3, 4})

	var t autodiff.Tape[float64]
	fmt.Println(table.Lookup(&t, []int{1, 1, 0}).Value())
	// Output: [3 4 3 4 1 2]
}

func ExamplePReLU() {
	net := nn.New[float64](1)
	l := net.PReLU("p", nn.PReLU{Units: 2, Start: 0.5})

	var t autodiff.Tape[float64]
	fmt.Println(l.Forward(t.Constant([]float64{-1, 1, -2, -4}, 2, 2)).Value())
	// Output: [-0.5 1 -1 -2]
}

// The slopes are learnt: their gradient sums what is below zero.
func ExamplePReLULayer() {
	net := nn.New[float64](1)
	l := net.PReLU("p", nn.PReLU{Units: 2})

	var t autodiff.Tape[float64]
	t.Backward(l.Forward(t.Constant([]float64{-1, 1, -2, -4}, 2, 2)).Sum())
	fmt.Println(l.Slope.Grad)
	// Output: [-3 -4]
}

func ExampleMaxout() {
	net := nn.New[float64](1)
	l := net.Maxout("m", nn.Maxout{In: 1, Out: 1, Pieces: 2})
	copy(net.Params()[0].Value, []float64{1, -1}) // max(x, −x)

	var t autodiff.Tape[float64]
	fmt.Println(l.Forward(t.Constant([]float64{-3, 2}, 2, 1)).Value())
	// Output: [3 2]
}

func ExampleMaxoutLayer() {
	net := nn.New[float32](1)
	l := net.Maxout("m", nn.Maxout{In: 4, Out: 3, Pieces: 5})
	fmt.Println(l.Out, net.Params()[0].Shape)
	// Output: 3 [4 15]
}

// printInit shows four weights from two numbers to two.
func printInit(init nn.Init) {
	w := make([]float64, 4)
	init.Draw(rand.New(rand.NewPCG(1, 2)), w, 2, 2)
	fmt.Printf("%.2f\n", w)
}

func ExampleConstant() {
	printInit(nn.Constant(0.1))
	// Output: [0.10 0.10 0.10 0.10]
}

func ExampleNormal() {
	printInit(nn.Normal(1))
	// Output: [0.38 0.07 0.20 -1.13]
}

func ExampleUniform() {
	printInit(nn.Uniform(1))
	// Output: [0.35 -0.08 0.02 -0.14]
}

func ExampleXavier() {
	printInit(nn.Xavier{})
	// Output: [0.43 -0.09 0.02 -0.17]
}

func ExampleHe() {
	printInit(nn.He{})
	// Output: [0.38 0.07 0.20 -1.13]
}

func ExampleLeCun() {
	printInit(nn.LeCun{})
	// Output: [0.27 0.05 0.14 -0.80]
}

func ExampleOrthogonal() {
	printInit(nn.Orthogonal{})
	// Output: [0.88 0.47 0.47 -0.88]
}

// An Init of one's own.
func ExampleInit() {
	printInit(identity{})
	// Output: [1.00 0.00 0.00 1.00]
}

type identity struct{}

func (identity) Draw(_ *rand.Rand, w []float64, in, _ int) {
	for i := range in {
		w[i*len(w)/in+i] = 1
	}
}

// Functions of one's own can be written for both precisions.
func ExampleFloat() {
	fmt.Println(weights(nn.New[float32](1)), weights(nn.New[float64](1)))
	// Output: 12 12
}

func weights[T nn.Float](net *nn.Net[T]) int {
	net.Dense("d", nn.Dense{In: 3, Out: 3})
	return net.Size()
}
