package autodiff_test

import (
	"errors"
	"fmt"
	"math"

	"github.com/belief-go/belief/autodiff"
)

// Qiu (2019), section 4.5.3: f(x; w, b) = 1/(exp(−(wx + b)) + 1) of equation 4.68 on
// its graph of six functions, at x = 1 and w = b = 0. The values are those of figure
// 4.8, the derivatives of f in every node those of equations 4.80 to 4.84.
func Example() {
	var t autodiff.Tape[float64]
	x, w, b := t.Variable([]float64{1}), t.Variable([]float64{0}), t.Variable([]float64{0})
	h1 := x.Mul(w)
	h2 := h1.Add(b)
	h3 := h2.Scale(-1)
	h4 := h3.Exp()
	h5 := h4.Shift(1)
	h6 := h5.Pow(-1)
	t.Backward(h6)
	for i, h := range []autodiff.Var[float64]{h1, h2, h3, h4, h5, h6} {
		fmt.Printf("h%d = %.1f, df/dh%d = %5.2f\n", i+1, math.Abs(h.Number()), i+1, h.Grad()[0])
	}
	fmt.Println("df/dw =", w.Grad()[0])
	fmt.Println("df/db =", b.Grad()[0])
	// Output:
	// h1 = 0.0, df/dh1 =  0.25
	// h2 = 0.0, df/dh2 =  0.25
	// h3 = 0.0, df/dh3 = -0.25
	// h4 = 1.0, df/dh4 = -0.25
	// h5 = 2.0, df/dh5 = -0.25
	// h6 = 0.5, df/dh6 =  1.00
	// df/dw = 0.25
	// df/db = 0.25
}

// Arrays are broadcast: a row is added to each row of a matrix.
func ExampleVar() {
	var t autodiff.Tape[float64]
	x := t.Variable([]float64{1, 2, 3, 4, 5, 6}, 2, 3)
	row := t.Variable([]float64{10, 20, 30}, 3)
	y := x.Add(row)
	fmt.Println(y.Shape(), y.Value())
	t.Backward(y.Sum())
	fmt.Println(row.Grad())
	// Output:
	// [2 3] [11 22 33 14 25 36]
	// [2 2 2]
}

// The log density of a normal distribution with a covariance matrix, but for a
// constant, and its gradient in the matrix.
func ExampleVar_Cholesky() {
	var t autodiff.Tape[float64]
	cov := t.Variable([]float64{4, 2, 2, 5}, 2, 2)
	x := t.Constant([]float64{2, 1}, 2)
	l := cov.Cholesky()
	density := l.SolveLower(x).SumSquares().Scale(-0.5).Sub(l.Diagonal().Log().Sum())
	t.Backward(density)
	fmt.Println("L =", l.Value())
	fmt.Printf("log density = %.4f\n", density.Number())
	fmt.Printf("gradient = %.4f\n", cov.Grad())
	// Output:
	// L = [2 0 1 2]
	// log density = -1.8863
	// gradient = [-0.0312 0.0625 0.0625 -0.1250]
}

// inverse returns the sum of 1/x in either precision.
func inverse[T autodiff.Float](x ...T) (sum T, grad []T) {
	var t autodiff.Tape[T]
	v := t.Variable(x, len(x))
	y := v.Pow(-1).Sum()
	t.Backward(y)
	return y.Number(), append(grad, v.Grad()...)
}

func ExampleFloat() {
	fmt.Println(inverse[float64](3))
	fmt.Println(inverse[float32](3))
	// Output:
	// 0.3333333333333333 [-0.1111111111111111]
	// 0.33333334 [-0.11111111]
}

// One step of gradient descent.
func ExampleParam() {
	w := autodiff.NewParam[float64]("weights", 2)
	copy(w.Value, []float64{1, 2})
	var t autodiff.Tape[float64]
	for range 3 {
		t.Reset()
		w.ZeroGrad()
		loss := t.Param(w).Shift(-5).SumSquares()
		t.Backward(loss)
		fmt.Println(w.Value, loss.Number())
		for i, g := range w.Grad {
			w.Value[i] -= 0.25 * g
		}
	}
	// Output:
	// [1 2] 25
	// [3 3.5] 6.25
	// [4 4.25] 1.5625
}

// cube is an operation of another package: x³ of each entry.
type cube struct{}

func Cube(x autodiff.Var[float64]) autodiff.Var[float64] {
	n := x.Tape().Record(cube{}, x.Shape(), x)
	for i, v := range x.Value() {
		n.Value()[i] = v * v * v
	}
	return n.Var()
}

func (cube) Name() string { return "Cube" }

func (cube) Backward(n *autodiff.Node[float64]) {
	if dx := n.Add(0); dx != nil {
		for i, v := range n.Input(0).Value() {
			dx[i] += 3 * v * v * n.Grad()[i]
		}
	}
}

func ExampleOperation() {
	var t autodiff.Tape[float64]
	x := t.Variable([]float64{1, 2, 3}, 3)
	y := Cube(x)
	t.Backward(y.Sum())
	fmt.Println(y.Value(), x.Grad())
	// Output: [1 8 27] [3 12 27]
}

// smoothCube is a cube that can be differentiated twice.
type smoothCube struct{ cube }

func (smoothCube) Chain(n *autodiff.Node[float64], grad autodiff.Var[float64]) {
	n.Give(0, grad.Mul(n.Input(0).Var().Square().Scale(3)))
}

func ExampleChainer() {
	var t autodiff.Tape[float64]
	x := t.Variable([]float64{2})
	n := t.Record(smoothCube{}, nil, x)
	n.Value()[0] = 8
	slope := t.Gradient(n.Var(), x)[0]
	t.Backward(slope)
	fmt.Println(slope.Number(), x.Grad()[0]) // 3x² and 6x
	// Output: 12 12
}

// power is an operation with a parameter, which it keeps in the node: an operation
// without fields costs no memory.
type power struct{}

func (power) Name() string { return "Power" }

func (power) Backward(n *autodiff.Node[float64]) {
	if n.Wants(0) {
		n.Add(0)[0] += n.Factor * math.Pow(n.Input(0).Value()[0], n.Factor-1) * n.Grad()[0]
	}
}

func ExampleNode() {
	var t autodiff.Tape[float64]
	x := t.Variable([]float64{2})
	n := t.Record(power{}, x.Shape(), x)
	n.Factor = 10
	n.Value()[0] = math.Pow(2, 10)
	t.Backward(n.Var())
	fmt.Println(n.Var().Number(), x.Grad()[0])
	// Output: 1024 5120
}

// caught calls f and returns what it panics with.
func caught(f func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	f()
	return nil
}

func ExampleShapeError() {
	var t autodiff.Tape[float64]
	x, y := t.Variable(make([]float64, 6), 2, 3), t.Variable(make([]float64, 2), 2)
	err := caught(func() { x.Add(y) })
	var shape *autodiff.ShapeError
	fmt.Println(errors.As(err, &shape), err)
	// Output: true autodiff: Add of 2×3 and 2
}

func ExampleIndexError() {
	var t autodiff.Tape[float64]
	vectors := t.Variable(make([]float64, 6), 3, 2)
	err := caught(func() { vectors.Gather([]int{0, 7}) })
	var index *autodiff.IndexError
	fmt.Println(errors.As(err, &index), index.Index, index.Bound)
	// Output: true 7 3
}

func ExampleCholeskyError() {
	var t autodiff.Tape[float64]
	x := t.Variable([]float64{1, 2, 2, 1}, 2, 2)
	err := caught(func() { x.Cholesky() })
	var cholesky *autodiff.CholeskyError
	fmt.Println(errors.As(err, &cholesky), cholesky.Pivot, cholesky.Value)
	// Output: true 1 -3
}

func ExampleChainError() {
	var t autodiff.Tape[float64]
	x := t.Variable([]float64{2})
	err := caught(func() { t.Gradient(Cube(x), x) })
	fmt.Println(err)
	// Output: autodiff: Cube has no second derivative here
}
