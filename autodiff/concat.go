package autodiff

import (
	"fmt"
	"slices"

	"github.com/belief-go/belief/internal/kernel"
)

// Concat joins arrays along an axis, which must be alike in all others; −1 is the last
// axis.
func Concat[T Float](axis int, xs ...Var[T]) Var[T] {
	if len(xs) == 0 {
		panic("autodiff: Concat of nothing")
	}
	t, first := xs[0].Tape(), xs[0].Node()
	at, outer, _, inner := first.axis("Concat", axis)
	shape := t.ints.take(len(first.shape))
	copy(shape, first.shape)
	shape[at] = 0
	for _, x := range xs {
		s := x.node(t).shape
		if len(s) != len(shape) || !slices.Equal(s[:at], shape[:at]) || !slices.Equal(s[at+1:], shape[at+1:]) {
			wrongShape("Concat", fmt.Sprintf("along axis %d", axis), first, x.n)
		}
		shape[at] += s[at]
	}
	return concat(t, shape, at, outer, inner, xs)
}

// Stack joins arrays of one shape along a new axis of the result; −1 is the last one.
func Stack[T Float](axis int, xs ...Var[T]) Var[T] {
	if len(xs) == 0 {
		panic("autodiff: Stack of nothing")
	}
	t, first := xs[0].Tape(), xs[0].Node()
	at := axis
	if at < 0 {
		at += len(first.shape) + 1
	}
	if at < 0 || at > len(first.shape) {
		wrongShape("Stack", fmt.Sprintf("the result has no axis %d", axis), first)
	}
	for _, x := range xs {
		if !slices.Equal(x.node(t).shape, first.shape) {
			wrongShape("Stack", "", first, x.n)
		}
	}
	shape := t.ints.take(len(first.shape) + 1)
	copy(shape, first.shape[:at])
	shape[at] = len(xs)
	copy(shape[at+1:], first.shape[at:])
	outer, inner := 1, 1
	for _, d := range shape[:at] {
		outer *= d
	}
	for _, d := range shape[at+1:] {
		inner *= d
	}
	return concat(t, shape, at, outer, inner, xs)
}

// concat puts arrays next to each other in each of outer blocks.
func concat[T Float](t *Tape[T], shape []int, axis, outer, inner int, xs []Var[T]) Var[T] {
	n := t.Record(concatOp[T]{}, shape, xs...)
	n.Ints = t.ints.take(3)
	n.Ints[0], n.Ints[1], n.Ints[2] = axis, outer, inner
	block := shape[axis] * inner
	from := 0
	for _, x := range n.inputs {
		width := len(x.value) / max(outer, 1)
		for i := range outer {
			copy(n.value[i*block+from:], x.value[i*width:(i+1)*width])
		}
		from += width
	}
	return n.Var()
}

// A node of concatOp keeps in Ints the axis, the blocks before it and the entries
// after it.
type concatOp[T Float] struct{}

func (concatOp[T]) Name() string { return "Concat" }
func (concatOp[T]) Backward(n *Node[T]) {
	outer := n.Ints[1]
	block := n.shape[n.Ints[0]] * n.Ints[2]
	from := 0
	for k, x := range n.inputs {
		width := len(x.value) / max(outer, 1)
		if dx := n.Add(k); dx != nil {
			for i := range outer {
				to := dx[i*width : (i+1)*width]
				kernel.Add(to, to, n.grad[i*block+from:i*block+from+width])
			}
		}
		from += width
	}
}
func (concatOp[T]) Chain(n *Node[T], grad Var[T]) {
	axis, outer, inner := n.Ints[0], n.Ints[1], n.Ints[2]
	from := 0
	for k, x := range n.inputs {
		width := len(x.value) / max(outer, 1)
		if n.OnPath(k) {
			n.Give(k, grad.part(x.shape, axis, outer, from, n.shape[axis]*inner))
		}
		from += width
	}
}
