package autodiff

import (
	"fmt"
	"slices"

	"github.com/belief-go/belief/internal/kernel"
)

// Transpose exchanges the last two axes. Given as many numbers as there are axes, it
// makes axis perm[i] of x axis i of the result.
func (x Var[T]) Transpose(perm ...int) Var[T] {
	t, in := x.Tape(), x.Node()
	rank := len(in.shape)
	order := t.ints.take(rank)
	for i := range rank {
		order[i] = i
	}
	if len(perm) == 0 && rank > 1 {
		order[rank-2], order[rank-1] = rank-1, rank-2
	} else {
		ok := len(perm) == rank && rank > 0
		for i, k := range perm {
			ok = ok && k >= 0 && k < rank && !slices.Contains(perm[:i], k)
		}
		if !ok {
			wrongShape("Transpose", fmt.Sprintf("its axes cannot become %v", slices.Clone(perm)), in)
		}
		copy(order, perm)
	}
	shape := t.ints.take(rank)
	for i, k := range order {
		shape[i] = in.shape[k]
	}
	n := t.Record(transposeOp[T]{}, shape, x)
	n.Ints = order
	clear(n.value)
	addTransposed(t, n.value, in.value, shape, order)
	return n.Var()
}

// A node of transposeOp keeps the order of the axes in Ints.
type transposeOp[T Float] struct{}

func (transposeOp[T]) Name() string { return "Transpose" }
func (transposeOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		addTransposed(n.tape, dx, n.grad, n.inputs[0].shape, inverse(n))
	}
}
func (transposeOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Transpose(inverse(n)...)) }

func inverse[T Float](n *Node[T]) []int {
	order := n.tape.ints.take(len(n.Ints))
	for i, k := range n.Ints {
		order[k] = i
	}
	return order
}

// addTransposed adds src, with its axes in that order, to dst, which has that shape.
func addTransposed[T Float](t *Tape[T], dst, src []T, shape, order []int) {
	if len(dst) == 0 {
		return
	}
	rank := len(shape)
	// The strides of src, in its own order and then in that of dst.
	own, strides, index := t.ints.take(rank), t.ints.take(rank), t.ints.take(rank)
	clear(index)
	for i, k := range order {
		own[k] = shape[i]
	}
	stride := 1
	for k := rank - 1; k >= 0; k-- {
		own[k], stride = stride, stride*own[k]
	}
	for i, k := range order {
		strides[i] = own[k]
	}
	rows, cols, down, right := 1, shape[rank-1], 0, strides[rank-1]
	if rank > 1 {
		rows, down = shape[rank-2], strides[rank-2]
	}
	at := 0
	for len(dst) > 0 {
		addStrided(dst[:rows*cols], src[at:], rows, cols, down, right)
		dst = dst[rows*cols:]
		for i := rank - 3; i >= 0; i-- {
			index[i]++
			at += strides[i]
			if index[i] < shape[i] {
				break
			}
			at -= strides[i] * index[i]
			index[i] = 0
		}
	}
}

// addStrided adds to a matrix without gaps one whose entries are some way apart.
func addStrided[T Float](dst, src []T, rows, cols, down, right int) {
	if right == 1 {
		for i := range rows {
			to := dst[i*cols : (i+1)*cols]
			kernel.Add(to, to, src[i*down:i*down+cols])
		}
		return
	}
	const side = 16 // of a tile, which stays in the first cache
	for i0 := 0; i0 < rows; i0 += side {
		for j0 := 0; j0 < cols; j0 += side {
			for i := i0; i < min(i0+side, rows); i++ {
				from := i*down + j0*right
				to := dst[i*cols+j0 : i*cols+min(j0+side, cols)]
				for j := range to {
					to[j] += src[from]
					from += right
				}
			}
		}
	}
}

// Reverse turns the order along an axis round; −1 is the last axis.
func (x Var[T]) Reverse(axis int) Var[T] {
	t, in := x.Tape(), x.Node()
	at, outer, along, inner := in.axis("Reverse", axis)
	n := x.like(reverseOp[T]{})
	n.Ints = t.ints.take(4)
	n.Ints[0], n.Ints[1], n.Ints[2], n.Ints[3] = at, outer, along, inner
	clear(n.value)
	n.addReversed(n.value, in.value)
	return n.Var()
}

// A node of reverseOp keeps in Ints the axis and how it splits the array.
type reverseOp[T Float] struct{}

func (n *Node[T]) addReversed(dst, src []T) {
	outer, along, inner := n.Ints[1], n.Ints[2], n.Ints[3]
	for i := range outer {
		for k := range along {
			to, from := (i*along+k)*inner, (i*along+along-1-k)*inner
			if inner == 1 {
				dst[to] += src[from]
			} else {
				kernel.Add(dst[to:to+inner], dst[to:to+inner], src[from:from+inner])
			}
		}
	}
}

func (reverseOp[T]) Name() string { return "Reverse" }
func (reverseOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		n.addReversed(dx, n.grad)
	}
}
func (reverseOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Reverse(n.Ints[0])) }
