package autodiff_test

import (
	"fmt"

	"github.com/belief-go/belief/autodiff"
)

// Qiu (2019), figure 5.2: a convolution in the strict sense, which turns the kernel
// around first.
func ExampleVar_Conv() {
	var t autodiff.Tape[float64]
	x := t.Constant([]float64{
		1, 1, 1, 1, 1,
		-1, 0, -3, 0, 1,
		2, 1, 1, -1, 0,
		0, -1, 1, 2, 1,
		1, 2, 1, 1, 1,
	}, 1, 1, 5, 5)
	turned := t.Constant([]float64{
		-1, 0, 0,
		0, 0, 0,
		0, 0, 1,
	}, 1, 1, 3, 3)
	y := x.Conv(turned, autodiff.Window{}).Value()
	fmt.Println(y[:3])
	fmt.Println(y[3:6])
	fmt.Println(y[6:])
	// Output:
	// [0 -2 -1]
	// [2 2 4]
	// [-1 0 0]
}

// Qiu (2019), figures 5.1 and 5.4: the filter −1, 0, 1, turned around, with steps of
// two and with a zero at both ends.
func ExampleWindow() {
	var t autodiff.Tape[float64]
	turned := t.Constant([]float64{1, 0, -1}, 1, 1, 3)
	x := t.Constant([]float64{1, 1, 2, -1, 1, -2, 1}, 1, 1, 7)
	fmt.Println(x.Conv(turned, autodiff.Window{}).Value())
	x = t.Constant([]float64{1, 1, 2, -1, 1, -3, 1}, 1, 1, 7)
	fmt.Println(x.Conv(turned, autodiff.Window{Stride: [2]int{2}}).Value())
	fmt.Println(x.Conv(turned, autodiff.Window{Padding: [2]int{1}}).Value())
	// Output:
	// [-1 2 1 1 0]
	// [-1 1 0]
	// [-1 -1 2 1 2 0 -3]
}

// Qiu (2019), equation 5.45: from three numbers to five by the transposed matrix of a
// convolution, whose columns are the shifted kernel.
func ExampleVar_ConvTranspose() {
	var t autodiff.Tape[float64]
	z := t.Constant([]float64{1, 10, 100}, 1, 1, 3)
	w := t.Constant([]float64{1, 2, 3}, 1, 1, 3)
	fmt.Println(z.ConvTranspose(w, autodiff.Window{}).Value())
	// Steps of two, which the other way would be steps of one half.
	fmt.Println(z.ConvTranspose(w, autodiff.Window{Stride: [2]int{2}}).Value())
	// Output:
	// [1 12 123 230 300]
	// [1 2 13 20 130 200 300]
}

// Qiu (2019), figure 5.8.
func ExamplePool() {
	var t autodiff.Tape[float64]
	x := t.Variable([]float64{
		1, 0, 0, 0,
		1, 1, 0, 0,
		2, 1, 1, 1,
		0, 2, 3, 1,
	}, 1, 1, 4, 4)
	y := x.MaxPool(autodiff.Pool{Size: [2]int{2, 2}})
	fmt.Println(y.Value())
	t.Backward(y.Sum())
	for i := range 4 {
		fmt.Println(x.Grad()[4*i : 4*i+4])
	}
	fmt.Println(x.MeanPool(autodiff.Pool{}).Value())
	// Output:
	// [1 0 2 3]
	// [1 0 1 0]
	// [0 0 0 0]
	// [1 0 0 0]
	// [0 0 1 0]
	// [0.875]
}
