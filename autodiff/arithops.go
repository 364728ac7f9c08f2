package autodiff

import "github.com/belief-go/belief/internal/kernel"

// The elementwise operations of two arrays. Their Backward also handles rows that
// were repeated; Chain lets SumTo do that.

type addOp[T Float] struct{}

func (addOp[T]) Name() string { return "Add" }
func (op addOp[T]) Backward(n *Node[T]) {
	if n.alike() {
		n.pass(0, n.grad)
		n.pass(1, n.grad)
	} else {
		binaryBackward(n, op)
	}
}
func (addOp[T]) one(a, b T) T                  { return a + b }
func (addOp[T]) row(dst, a, b []T)             { kernel.Add(dst, a, b) }
func (addOp[T]) grads(_, _, _, g T) (da, db T) { return g, g }
func (addOp[T]) backRows(da, db, _, _, _, g []T) {
	if da != nil {
		kernel.Add(da, da, g)
	}
	if db != nil {
		kernel.Add(db, db, g)
	}
}

func (addOp[T]) Chain(n *Node[T], grad Var[T]) {
	give(n, 0, grad, false)
	give(n, 1, grad, false)
}

// give gives a gradient that has the shape of n, summed to that of input i.
func give[T Float](n *Node[T], i int, grad Var[T], negative bool) {
	if !n.OnPath(i) {
		return
	}
	grad = grad.SumTo(n.inputs[i].shape...)
	if negative {
		grad = grad.Scale(-1)
	}
	n.Give(i, grad)
}

type subOp[T Float] struct{}

func (subOp[T]) Name() string                  { return "Sub" }
func (op subOp[T]) Backward(n *Node[T])        { binaryBackward(n, op) }
func (subOp[T]) one(a, b T) T                  { return a - b }
func (subOp[T]) row(dst, a, b []T)             { kernel.Sub(dst, a, b) }
func (subOp[T]) grads(_, _, _, g T) (da, db T) { return g, -g }
func (subOp[T]) backRows(da, db, _, _, _, g []T) {
	if da != nil {
		kernel.Add(da, da, g)
	}
	if db != nil {
		kernel.Sub(db, db, g)
	}
}

func (subOp[T]) Chain(n *Node[T], grad Var[T]) {
	give(n, 0, grad, false)
	give(n, 1, grad, true)
}

type mulOp[T Float] struct{}

func (mulOp[T]) Name() string { return "Mul" }
func (op mulOp[T]) Backward(n *Node[T]) {
	if n.alike() {
		n.passProduct(0, n.grad, n.inputs[1].value)
		n.passProduct(1, n.grad, n.inputs[0].value)
	} else {
		binaryBackward(n, op)
	}
}
func (mulOp[T]) one(a, b T) T                  { return a * b }
func (mulOp[T]) row(dst, a, b []T)             { kernel.Mul(dst, a, b) }
func (mulOp[T]) grads(a, b, _, g T) (da, db T) { return g * b, g * a }
func (mulOp[T]) backRows(da, db, a, b, _, g []T) {
	if da != nil {
		kernel.MulAdd(da, g, b)
	}
	if db != nil {
		kernel.MulAdd(db, g, a)
	}
}

func (mulOp[T]) Chain(n *Node[T], grad Var[T]) {
	a, b := n.inputs[0].Var(), n.inputs[1].Var()
	if n.OnPath(0) {
		give(n, 0, grad.Mul(b), false)
	}
	if n.OnPath(1) {
		give(n, 1, grad.Mul(a), false)
	}
}

type divOp[T Float] struct{}

func (divOp[T]) Name() string                  { return "Div" }
func (op divOp[T]) Backward(n *Node[T])        { binaryBackward(n, op) }
func (divOp[T]) one(a, b T) T                  { return a / b }
func (divOp[T]) row(dst, a, b []T)             { kernel.Div(dst, a, b) }
func (divOp[T]) grads(_, b, y, g T) (da, db T) { return g / b, -g * y / b }
func (divOp[T]) backRows(da, db, _, b, y, g []T) {
	for i, v := range g {
		v /= b[i]
		if da != nil {
			da[i] += v
		}
		if db != nil {
			db[i] -= v * y[i]
		}
	}
}

func (divOp[T]) Chain(n *Node[T], grad Var[T]) {
	b := n.inputs[1].Var()
	grad = grad.Div(b)
	give(n, 0, grad, false)
	if n.OnPath(1) {
		give(n, 1, grad.Mul(n.Var()), true)
	}
}

// Scale returns c·x.
func (x Var[T]) Scale(c T) Var[T] {
	n := x.like(scaleOp[T]{})
	n.Factor = c
	if len(n.value) == 1 {
		n.value[0] = c * x.n.value[0]
	} else {
		kernel.Scale(c, n.value, x.n.value)
	}
	return n.Var()
}

type scaleOp[T Float] struct{}

func (scaleOp[T]) Name() string { return "Scale" }
func (scaleOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		kernel.Axpy(n.Factor, n.grad, dx)
	}
}
func (scaleOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Scale(n.Factor)) }

// Shift returns x + c.
func (x Var[T]) Shift(c T) Var[T] {
	n := x.like(shiftOp[T]{})
	if len(n.value) == 1 {
		n.value[0] = x.n.value[0] + c
	} else {
		kernel.AddConst(c, n.value, x.n.value)
	}
	return n.Var()
}

type shiftOp[T Float] struct{}

func (shiftOp[T]) Name() string { return "Shift" }
func (shiftOp[T]) Backward(n *Node[T]) {
	n.pass(0, n.grad)
}
func (shiftOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad) }

// Neg returns −x.
func (x Var[T]) Neg() Var[T] { return x.Scale(-1) }
