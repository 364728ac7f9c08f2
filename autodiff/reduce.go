package autodiff

import (
	"math"
	"slices"

	"github.com/belief-go/belief/internal/kernel"
)

// Sum returns the sum of all entries.
func (x Var[T]) Sum() Var[T] {
	n := x.Tape().Record(sumOp[T]{}, nil, x)
	n.value[0] = kernel.Sum(x.n.value)
	return n.Var()
}

type sumOp[T Float] struct{}

func (sumOp[T]) Name() string { return "Sum" }
func (sumOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		kernel.AddConst(n.grad[0], dx, dx)
	}
}
func (sumOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.BroadcastTo(n.inputs[0].shape...)) }

// Mean returns the mean of all entries.
func (x Var[T]) Mean() Var[T] { return x.Sum().Scale(1 / T(len(x.Value()))) }

// SumSquares returns the sum of the squares of all entries.
func (x Var[T]) SumSquares() Var[T] {
	n := x.Tape().Record(sumSquaresOp[T]{}, nil, x)
	n.value[0] = kernel.SumSquares(x.n.value)
	return n.Var()
}

type sumSquaresOp[T Float] struct{}

func (sumSquaresOp[T]) Name() string { return "SumSquares" }
func (sumSquaresOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		kernel.Axpy(2*n.grad[0], n.inputs[0].value, dx)
	}
}
func (sumSquaresOp[T]) Chain(n *Node[T], grad Var[T]) {
	n.Give(0, n.inputs[0].Var().Mul(grad.Scale(2)))
}

// Dot returns the inner product of two arrays of one shape, a single number.
func (x Var[T]) Dot(y Var[T]) Var[T] {
	t := x.Tape()
	a, b := x.node(t), y.node(t)
	if !slices.Equal(a.shape, b.shape) {
		wrongShape("Dot", "", a, b)
	}
	n := t.Record(dotOp[T]{}, nil, x, y)
	n.value[0] = kernel.Dot(a.value, b.value)
	return n.Var()
}

type dotOp[T Float] struct{}

func (dotOp[T]) Name() string { return "Dot" }
func (dotOp[T]) Backward(n *Node[T]) {
	if da := n.Add(0); da != nil {
		kernel.Axpy(n.grad[0], n.inputs[1].value, da)
	}
	if db := n.Add(1); db != nil {
		kernel.Axpy(n.grad[0], n.inputs[0].value, db)
	}
}
func (dotOp[T]) Chain(n *Node[T], grad Var[T]) {
	if n.OnPath(0) {
		n.Give(0, n.inputs[1].Var().Mul(grad))
	}
	if n.OnPath(1) {
		n.Give(1, n.inputs[0].Var().Mul(grad))
	}
}

// SumTo sums over the dimensions that have to be repeated for an array of the given
// shape to get that of x. It is the way back from broadcasting.
func (x Var[T]) SumTo(shape ...int) Var[T] {
	if slices.Equal(x.Shape(), shape) {
		return x
	}
	n := repeated("SumTo", sumToOp[T]{}, shape, x, x.Shape(), shape)
	clear(n.value)
	addRepeated(n.tape, x.n.shape, n, n.value, x.n.value)
	return n.Var()
}

type sumToOp[T Float] struct{}

func (sumToOp[T]) Name() string { return "SumTo" }
func (sumToOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		repeat(n.tape, n.inputs[0].shape, n, n.grad, dx)
	}
}
func (sumToOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.BroadcastTo(n.inputs[0].shape...)) }

// BroadcastTo repeats x along missing dimensions, and those of 1, to get the shape.
func (x Var[T]) BroadcastTo(shape ...int) Var[T] {
	if slices.Equal(x.Shape(), shape) {
		return x
	}
	n := repeated("BroadcastTo", broadcastOp[T]{}, shape, x, shape, x.Shape())
	clear(n.value)
	repeat(n.tape, n.shape, x.n, x.n.value, n.value)
	return n.Var()
}

type broadcastOp[T Float] struct{}

func (broadcastOp[T]) Name() string { return "BroadcastTo" }
func (broadcastOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		addRepeated(n.tape, n.shape, n.inputs[0], dx, n.grad)
	}
}
func (broadcastOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.SumTo(n.inputs[0].shape...)) }

// repeated records an operation between a large shape and a small one that is
// repeated to it.
func repeated[T Float](name string, op Operation[T], shape []int, x Var[T], large, small []int) *Node[T] {
	extra := len(large) - len(small)
	ok := extra >= 0
	for i := 0; ok && i < len(small); i++ {
		ok = small[i] == 1 || small[i] == large[extra+i]
	}
	if !ok {
		panic(&ShapeError{Op: name, Shapes: [][]int{slices.Clone(x.Shape()), slices.Clone(shape)}})
	}
	t := x.Tape()
	kept := t.ints.take(len(shape))
	copy(kept, shape)
	return t.Record(op, kept, x)
}

// addRepeated adds to small, which has the shape of n, all of large that repeats it.
func addRepeated[T Float](t *Tape[T], shape []int, n *Node[T], small, large []T) {
	r := rowsOf(t, shape, n, nil)
	for i := range r.n {
		from := large[i*r.width : (i+1)*r.width]
		if r.inner[0] {
			to := small[r.at[0] : r.at[0]+r.width]
			kernel.Add(to, to, from)
		} else {
			small[r.at[0]] += kernel.Sum(from)
		}
		r.next()
	}
}

// repeat adds to large, which has the given shape, the small array that n's shape is of.
func repeat[T Float](t *Tape[T], shape []int, n *Node[T], small, large []T) {
	r := rowsOf(t, shape, n, nil)
	for i := range r.n {
		to := large[i*r.width : (i+1)*r.width]
		if r.inner[0] {
			kernel.Add(to, to, small[r.at[0]:r.at[0]+r.width])
		} else {
			kernel.AddConst(small[r.at[0]], to, to)
		}
		r.next()
	}
}

// Reshape returns the same entries in another shape; one dimension may be −1 and
// becomes what the others leave.
func (x Var[T]) Reshape(shape ...int) Var[T] {
	t := x.Tape()
	in := x.node(t)
	kept := t.ints.take(len(shape))
	copy(kept, shape)
	known, open := 1, -1
	for i, d := range shape {
		switch {
		case d == -1 && open < 0:
			open = i
		case d < 0 || d > 0 && known > math.MaxInt/16/d:
			panic(&ShapeError{Op: "Reshape", Shapes: [][]int{slices.Clone(in.shape), slices.Clone(shape)}})
		default:
			known *= d
		}
	}
	if open >= 0 && known > 0 {
		kept[open] = len(in.value) / known
		known *= kept[open]
	}
	if known != len(in.value) || open >= 0 && kept[open] < 0 {
		panic(&ShapeError{Op: "Reshape", Shapes: [][]int{slices.Clone(in.shape), slices.Clone(shape)}})
	}
	return t.view(reshapeOp[T]{}, kept, in, in.value).Var()
}

type reshapeOp[T Float] struct{}

func (reshapeOp[T]) Name() string { return "Reshape" }
func (reshapeOp[T]) Backward(n *Node[T]) {
	n.pass(0, n.grad)
}
func (reshapeOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Reshape(n.inputs[0].shape...)) }
