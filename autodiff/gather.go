package autodiff

import (
	"fmt"

	"github.com/belief-go/belief/internal/kernel"
)

// Choosing rows and entries by their indices.

// An IndexError is the panic of an operation that is given an index outside of its
// array: the one at that position of the indices. It has to be from 0 to Bound − 1.
type IndexError struct {
	Op           string
	Position     int
	Index, Bound int
}

func (e *IndexError) Error() string {
	return fmt.Sprintf("autodiff: %s with index %d at position %d, which has to be at least 0 and below %d", e.Op, e.Index, e.Position, e.Bound)
}

func checkIndices(op string, indices []int, bound int) {
	for i, k := range indices {
		if k < 0 || k >= bound {
			panic(&IndexError{Op: op, Position: i, Index: k, Bound: bound})
		}
	}
}

// Gather returns the rows of x, its parts along the first axis, that the indices say:
// the vectors of words, in an embedding. The indices are copied.
func (x Var[T]) Gather(indices []int) Var[T] {
	t, in := x.Tape(), x.Node()
	_, _, along, width := in.axis("Gather", 0)
	checkIndices("Gather", indices, along)
	shape := t.ints.take(len(in.shape))
	copy(shape, in.shape)
	shape[0] = len(indices)
	n := t.Record(gatherOp[T]{}, shape, x)
	n.Ints = t.ints.take(1 + len(indices))
	n.Ints[0] = width
	copy(n.Ints[1:], indices)
	n.gather()
	return n.Var()
}

// Pick returns one entry of each row of the last axis: the log probabilities of
// labels, say. There are as many indices as rows, and they are copied.
func (x Var[T]) Pick(indices []int) Var[T] {
	t, in := x.Tape(), x.Node()
	rows, width := in.lastAxis("Pick")
	if len(indices) != rows {
		wrongShape("Pick", fmt.Sprintf("there are %d indices", len(indices)), in)
	}
	checkIndices("Pick", indices, width)
	n := t.Record(gatherOp[T]{}, in.shape[:len(in.shape)-1], x)
	n.Ints = t.ints.take(1 + rows)
	n.Ints[0] = 1
	for i, k := range indices {
		n.Ints[1+i] = i*width + k
	}
	n.gather()
	return n.Var()
}

// gatherOp takes blocks out of an array. Ints has the entries of a block, and the
// number of each block.
type gatherOp[T Float] struct{}

func (gatherOp[T]) Name() string { return "Gather" }

func (n *Node[T]) gather() {
	width, from := n.Ints[0], n.inputs[0].value
	if width == 1 {
		for i, k := range n.Ints[1:] {
			n.value[i] = from[k]
		}
		return
	}
	for i, k := range n.Ints[1:] {
		copy(n.value[i*width:(i+1)*width], from[k*width:])
	}
}

func (gatherOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		addBlocks(dx, n.grad, n.Ints)
	}
}

// addBlocks adds the blocks of src to those of dst whose numbers follow their size in
// blocks.
func addBlocks[T Float](dst, src []T, blocks []int) {
	width := blocks[0]
	if width == 1 {
		for i, k := range blocks[1:] {
			dst[k] += src[i]
		}
		return
	}
	for i, k := range blocks[1:] {
		to := dst[k*width : (k+1)*width]
		kernel.Add(to, to, src[i*width:(i+1)*width])
	}
}

func (gatherOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.scatter(n.inputs[0].shape, n.Ints)) }

// scatter is the way back of gatherOp: the blocks of x, added up in an array of that
// shape.
func (x Var[T]) scatter(shape, blocks []int) Var[T] {
	n := x.Tape().Record(scatterOp[T]{}, shape, x)
	n.Ints = blocks
	clear(n.value)
	addBlocks(n.value, x.n.value, blocks)
	return n.Var()
}

type scatterOp[T Float] struct{}

func (scatterOp[T]) Name() string { return "Scatter" }
func (scatterOp[T]) Backward(n *Node[T]) {
	dx := n.Add(0)
	if dx == nil {
		return
	}
	width := n.Ints[0]
	for i, k := range n.Ints[1:] {
		to := dx[i*width : (i+1)*width]
		kernel.Add(to, to, n.grad[k*width:(k+1)*width])
	}
}
func (scatterOp[T]) Chain(n *Node[T], grad Var[T]) {
	back := n.tape.Record(gatherOp[T]{}, n.inputs[0].shape, grad)
	back.Ints = n.Ints
	back.gather()
	n.Give(0, back.Var())
}
