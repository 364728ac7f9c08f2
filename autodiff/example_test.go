package autodiff_test

import (
	"fmt"

	"github.com/belief-go/belief/autodiff"
)

func ExampleTape() {
	var t autodiff.Tape[float64]
	x := t.Variable([]float64{1, 2, 3}, 3)
	y := x.Mul(x).Sum()
	t.Backward(y)
	fmt.Println(y.Number(), x.Grad())
	// Output: 14 [2 4 6]
}

// Of a product, only one factor is differentiated.
func ExampleVar_Detach() {
	var t autodiff.Tape[float64]
	x := t.Variable([]float64{3})
	t.Backward(x.Mul(x.Detach()))
	fmt.Println(x.Grad())
	// Output: [3]
}

// The product of a Hessian with a vector is one gradient more.
func ExampleTape_Gradient() {
	var t autodiff.Tape[float64]
	x := t.Variable([]float64{1, 2}, 2)
	v := t.Constant([]float64{1, 0}, 2)
	y := x.Mul(x).Mul(x).Sum() // Σ x³
	g := t.Gradient(y, x)[0]
	t.Backward(g.Mul(v).Sum())
	fmt.Println(g.Value(), x.Grad())
	// Output: [3 12] [6 0]
}
