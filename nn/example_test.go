package nn_test

import (
	"fmt"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/nn"
)

func ExampleNet() {
	net := nn.New[float32](1)
	hidden := net.Dense("hidden", nn.Dense{In: 784, Out: 400, Activation: nn.Tanh})
	out := net.Dense("out", nn.Dense{In: 400, Out: 10})

	var t autodiff.Tape[float32]
	x := t.Constant(make([]float32, 2*784), 2, 784)
	logits := out.Forward(hidden.Forward(x))
	fmt.Println(logits.Shape(), net.Size())
	for _, p := range net.Params() {
		fmt.Println(p.Name, p.Shape)
	}
	// Output:
	// [2 10] 318010
	// hidden.weight [784 400]
	// hidden.bias [400]
	// out.weight [400 10]
	// out.bias [10]
}
