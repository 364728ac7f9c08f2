package autodiff

import (
	"slices"

	"github.com/belief-go/belief/internal/kernel"
)

// Add returns x + y, broadcast.
func (x Var[T]) Add(y Var[T]) Var[T] { return binary(x, y, addOp[T]{}) }

// Sub returns x − y, broadcast.
func (x Var[T]) Sub(y Var[T]) Var[T] { return binary(x, y, subOp[T]{}) }

// Mul returns the product of the entries of x and y, broadcast.
func (x Var[T]) Mul(y Var[T]) Var[T] { return binary(x, y, mulOp[T]{}) }

// Div returns the quotient of the entries of x and y, broadcast.
func (x Var[T]) Div(y Var[T]) Var[T] { return binary(x, y, divOp[T]{}) }

// binaryOp is an elementwise operation of two arrays.
type binaryOp[T Float] interface {
	Operation[T]
	one(a, b T) T
	row(dst, a, b []T)
	// grads returns the derivatives in a and b times g, where y is the value.
	grads(a, b, y, g T) (da, db T)
	// backRows adds to the gradients da and db of rows a and b, either of which may
	// be nil.
	backRows(da, db, a, b, y, g []T)
}

func binary[T Float, O binaryOp[T]](x, y Var[T], op O) Var[T] {
	a := x.Node()
	t := a.tape
	b := y.node(t)
	shape, count := a.shape, len(a.value)
	if !slices.Equal(shape, b.shape) {
		shape = broadcast(op.Name(), a, b)
		count = size(op.Name(), shape)
	}
	n := t.node(op, shape)
	n.pair[0], n.pair[1] = a, b
	n.inputs, n.needs = n.pair[:], a.needs || b.needs
	if len(a.value) == 1 && len(b.value) == 1 {
		n.number[0] = op.one(a.value[0], b.value[0])
		n.value = n.number[:]
		return n.Var()
	}
	n.take(count)
	switch {
	case len(a.value) == len(n.value) && len(b.value) == len(n.value):
		op.row(n.value, a.value, b.value)
	default:
		r := rowsOf(t, n.shape, a, b)
		spareA, spareB := r.spare(t, 0), r.spare(t, 1)
		for i := range r.n {
			from := i * r.width
			op.row(n.value[from:from+r.width], r.row(0, a.value, spareA), r.row(1, b.value, spareB))
			r.next()
		}
	}
	return n.Var()
}

// alike reports whether two inputs have all the entries of the result, and there are
// several.
func (n *Node[T]) alike() bool {
	return len(n.value) > 1 && len(n.inputs[0].value) == len(n.value) && len(n.inputs[1].value) == len(n.value)
}

// binaryBackward is Backward of a binaryOp.
func binaryBackward[T Float, O binaryOp[T]](n *Node[T], op O) {
	a, b := n.inputs[0], n.inputs[1]
	if len(n.value) == 1 {
		ga, gb := op.grads(a.value[0], b.value[0], n.value[0], n.grad[0])
		a.addNumber(ga)
		b.addNumber(gb)
		return
	}
	da, db := n.Add(0), n.Add(1)
	switch {
	case len(a.value) == len(n.value) && len(b.value) == len(n.value):
		op.backRows(da, db, a.value, b.value, n.value, n.grad)
	default:
		r := rowsOf(n.tape, n.shape, a, b)
		spareA, spareB := r.spare(n.tape, 0), r.spare(n.tape, 1)
		scratchA, scratchB := r.spare(n.tape, 0), r.spare(n.tape, 1)
		for i := range r.n {
			from, to := i*r.width, (i+1)*r.width
			toA, sumA := r.gradRow(0, da, scratchA)
			toB, sumB := r.gradRow(1, db, scratchB)
			op.backRows(toA, toB, r.row(0, a.value, spareA), r.row(1, b.value, spareB), n.value[from:to], n.grad[from:to])
			if sumA {
				da[r.at[0]] += kernel.Sum(toA)
			}
			if sumB {
				db[r.at[1]] += kernel.Sum(toB)
			}
			r.next()
		}
	}
}

// gradRow returns where the gradient of a row of array k goes: its own place, or
// scratch that is to be summed.
func (r *rows[T]) gradRow(k int, grad, scratch []T) (to []T, summed bool) {
	switch {
	case grad == nil:
		return nil, false
	case r.inner[k]:
		return grad[r.at[k] : r.at[k]+r.width], false
	}
	clear(scratch)
	return scratch, true
}
