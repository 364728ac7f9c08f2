package autodiff

import (
	"fmt"

	"github.com/belief-go/belief/internal/kernel"
)

// Parts of arrays along an axis.

// Slice returns the part of x from index from up to, but without, index to along an
// axis; −1 is the last axis. Along the first axis nothing is copied.
func (x Var[T]) Slice(axis, from, to int) Var[T] {
	in := x.Node()
	at, outer, along, inner := in.axis("Slice", axis)
	if from < 0 || from > to || to > along {
		wrongShape("Slice", fmt.Sprintf("there is no part from %d to %d along axis %d", from, to, axis), in)
	}
	shape := in.tape.ints.take(len(in.shape))
	copy(shape, in.shape)
	shape[at] = to - from
	return x.part(shape, at, outer, from*inner, along*inner)
}

// Row returns part i of x along the first axis, without that axis. Nothing is copied.
func (x Var[T]) Row(i int) Var[T] {
	in := x.Node()
	_, _, along, inner := in.axis("Row", 0)
	if i < 0 || i >= along {
		panic(&IndexError{Op: "Row", Index: i, Bound: along})
	}
	return x.part(in.shape[1:], 0, 1, i*inner, along*inner)
}

// Split returns x in equal parts along an axis.
func (x Var[T]) Split(axis, parts int) []Var[T] {
	in := x.Node()
	_, _, along, _ := in.axis("Split", axis)
	if parts < 1 || along%parts != 0 {
		wrongShape("Split", fmt.Sprintf("axis %d has no %d equal parts", axis, parts), in)
	}
	all := in.tape.vars.take(parts)
	for i := range all {
		all[i] = x.Slice(axis, i*along/parts, (i+1)*along/parts)
	}
	return all
}

// part returns an array of the given shape from outer blocks of block entries, from
// entry from on of each.
func (x Var[T]) part(shape []int, axis, outer, from, block int) Var[T] {
	t := x.n.tape
	var n *Node[T]
	if outer == 1 {
		n = t.view(sliceOp[T]{}, shape, x.n, x.n.value[from:from+size("Slice", shape)])
	} else {
		n = t.Record(sliceOp[T]{}, shape, x)
		width := len(n.value) / max(outer, 1)
		for i := range outer {
			copy(n.value[i*width:(i+1)*width], x.n.value[i*block+from:])
		}
	}
	n.Ints = t.ints.take(4)
	n.Ints[0], n.Ints[1], n.Ints[2], n.Ints[3] = axis, outer, from, block
	return n.Var()
}

// view returns a node that shares its values with another one.
func (t *Tape[T]) view(op Operation[T], shape []int, in *Node[T], value []T) *Node[T] {
	n := t.node(op, shape)
	n.pair[0] = in
	n.inputs, n.needs, n.value = n.pair[:1], in.needs, value
	return n
}

// A node of sliceOp keeps in Ints the axis and the arguments of part.
type sliceOp[T Float] struct{}

func (sliceOp[T]) Name() string { return "Slice" }
func (sliceOp[T]) Backward(n *Node[T]) {
	dx := n.Add(0)
	if dx == nil {
		return
	}
	outer, from, block := n.Ints[1], n.Ints[2], n.Ints[3]
	width := len(n.value) / max(outer, 1)
	for i := range outer {
		to := dx[i*block+from : i*block+from+width]
		kernel.Add(to, to, n.grad[i*width:(i+1)*width])
	}
}
func (sliceOp[T]) Chain(n *Node[T], grad Var[T]) {
	n.Give(0, grad.within(n.inputs[0].shape, n.Ints))
}

// within is the way back of part: x, with zeros around it.
func (x Var[T]) within(shape, place []int) Var[T] {
	n := x.Tape().Record(withinOp[T]{}, shape, x)
	n.Ints = place
	outer, from, block := place[1], place[2], place[3]
	width := len(x.n.value) / max(outer, 1)
	clear(n.value)
	for i := range outer {
		copy(n.value[i*block+from:], x.n.value[i*width:(i+1)*width])
	}
	return n.Var()
}

type withinOp[T Float] struct{}

func (withinOp[T]) Name() string { return "Slice" }
func (withinOp[T]) Backward(n *Node[T]) {
	dx := n.Add(0)
	if dx == nil {
		return
	}
	outer, from, block := n.Ints[1], n.Ints[2], n.Ints[3]
	width := len(dx) / max(outer, 1)
	for i := range outer {
		to := dx[i*width : (i+1)*width]
		kernel.Add(to, to, n.grad[i*block+from:i*block+from+width])
	}
}
func (withinOp[T]) Chain(n *Node[T], grad Var[T]) {
	n.Give(0, grad.part(n.inputs[0].shape, n.Ints[0], n.Ints[1], n.Ints[2], n.Ints[3]))
}
