package autodiff

import (
	"fmt"

	"github.com/belief-go/belief/internal/kernel"
)

// Reductions along one axis, which the result does not have any more. Axis −1 is the
// last one.

// axis returns how an array splits around an axis: blocks before it, entries along it,
// and entries after it, next to each other.
func (n *Node[T]) axis(op string, axis int) (at, outer, along, inner int) {
	at = axis
	if at < 0 {
		at += len(n.shape)
	}
	if at < 0 || at >= len(n.shape) {
		wrongShape(op, fmt.Sprintf("there is no axis %d", axis), n)
	}
	outer, inner = 1, 1
	for _, d := range n.shape[:at] {
		outer *= d
	}
	for _, d := range n.shape[at+1:] {
		inner *= d
	}
	return at, outer, n.shape[at], inner
}

// without returns the shape without an axis.
func (n *Node[T]) without(axis int) []int {
	shape := n.tape.ints.take(len(n.shape) - 1)
	copy(shape, n.shape[:axis])
	copy(shape[axis:], n.shape[axis+1:])
	return shape
}

// keptAxis returns y, of the shape of n without an axis, with a dimension of 1 there.
func (n *Node[T]) keptAxis(y Var[T], axis int) Var[T] {
	shape := n.tape.ints.take(len(n.shape))
	copy(shape, n.shape)
	shape[axis] = 1
	return y.Reshape(shape...)
}

// SumAxis sums along an axis.
func (x Var[T]) SumAxis(axis int) Var[T] {
	t, in := x.Tape(), x.Node()
	at, outer, along, inner := in.axis("SumAxis", axis)
	n := t.Record(sumAxisOp[T]{}, in.without(at), x)
	n.Ints = t.ints.take(4)
	n.Ints[0], n.Ints[1], n.Ints[2], n.Ints[3] = at, outer, along, inner
	if inner == 1 {
		for i := range outer {
			n.value[i] = kernel.Sum(in.value[i*along : (i+1)*along])
		}
		return n.Var()
	}
	clear(n.value)
	for i := range outer {
		kernel.SumRows(along, inner, n.value[i*inner:(i+1)*inner], in.value[i*along*inner:(i+1)*along*inner])
	}
	return n.Var()
}

type sumAxisOp[T Float] struct{}

func (sumAxisOp[T]) Name() string { return "SumAxis" }
func (sumAxisOp[T]) Backward(n *Node[T]) {
	dx := n.Add(0)
	if dx == nil {
		return
	}
	outer, along, inner := n.Ints[1], n.Ints[2], n.Ints[3]
	for i := range outer {
		block := dx[i*along*inner : (i+1)*along*inner]
		if inner == 1 {
			kernel.AddConst(n.grad[i], block, block)
		} else {
			kernel.AddRow(along, inner, block, n.grad[i*inner:(i+1)*inner])
		}
	}
}
func (sumAxisOp[T]) Chain(n *Node[T], grad Var[T]) {
	in := n.inputs[0]
	n.Give(0, in.keptAxis(grad, n.Ints[0]).BroadcastTo(in.shape...))
}

// MeanAxis returns the means along an axis.
func (x Var[T]) MeanAxis(axis int) Var[T] {
	y := x.SumAxis(axis)
	return y.Scale(1 / T(y.n.Ints[2]))
}

// MaxAxis returns the largest entries along an axis. Of equal ones the first gets the
// gradient.
func (x Var[T]) MaxAxis(axis int) Var[T] {
	t, in := x.Tape(), x.Node()
	at, outer, along, inner := in.axis("MaxAxis", axis)
	if along == 0 {
		wrongShape("MaxAxis", fmt.Sprintf("there is nothing along axis %d", axis), in)
	}
	n := t.Record(maxAxisOp[T]{}, in.without(at), x)
	n.Ints = t.ints.take(1 + outer*inner) // the axis and where the largest are
	n.Ints[0] = at
	for i := range outer {
		for j := range inner {
			best := i*along*inner + j
			largest := in.value[best]
			for k := 1; k < along; k++ {
				if v := in.value[(i*along+k)*inner+j]; v > largest || v != v && largest == largest {
					best, largest = (i*along+k)*inner+j, v
				}
			}
			n.value[i*inner+j], n.Ints[1+i*inner+j] = largest, best
		}
	}
	return n.Var()
}

// Max returns the largest of all entries.
func (x Var[T]) Max() Var[T] { return x.Reshape(-1).MaxAxis(0) }

type maxAxisOp[T Float] struct{}

func (maxAxisOp[T]) Name() string { return "MaxAxis" }
func (maxAxisOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		for i, best := range n.Ints[1:] {
			dx[best] += n.grad[i]
		}
	}
}
func (maxAxisOp[T]) Chain(n *Node[T], grad Var[T]) {
	in := n.inputs[0]
	chosen := n.tape.zeros(in.shape)
	for _, best := range n.Ints[1:] {
		chosen.value[best] = 1
	}
	n.Give(0, chosen.Var().Mul(in.keptAxis(grad, n.Ints[0])))
}
