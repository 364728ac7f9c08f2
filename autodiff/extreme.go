package autodiff

import "slices"

// The larger and the smaller of two arrays, and choosing between arrays.

// Maximum returns the larger of each two entries of x and y, broadcast. Of two that
// are equal, that of x gets the gradient.
func (x Var[T]) Maximum(y Var[T]) Var[T] { return binary(x, y, maximumOp[T]{}) }

// Minimum returns the smaller of each two entries of x and y, broadcast. Of two that
// are equal, that of x gets the gradient.
func (x Var[T]) Minimum(y Var[T]) Var[T] { return binary(x, y, minimumOp[T]{}) }

type maximumOp[T Float] struct{}

func (maximumOp[T]) Name() string           { return "Maximum" }
func (op maximumOp[T]) Backward(n *Node[T]) { binaryBackward(n, op) }
func (maximumOp[T]) one(a, b T) T           { return max(a, b) }
func (maximumOp[T]) row(dst, a, b []T) {
	for i, v := range a {
		dst[i] = max(v, b[i])
	}
}
func (maximumOp[T]) grads(a, b, _, g T) (da, db T) {
	if a >= b {
		return g, 0
	}
	return 0, g
}
func (op maximumOp[T]) backRows(da, db, a, b, y, g []T) { chosenBack(op, da, db, a, b, g) }
func (op maximumOp[T]) Chain(n *Node[T], grad Var[T])   { chosenChain(n, op, grad) }

type minimumOp[T Float] struct{}

func (minimumOp[T]) Name() string           { return "Minimum" }
func (op minimumOp[T]) Backward(n *Node[T]) { binaryBackward(n, op) }
func (minimumOp[T]) one(a, b T) T           { return min(a, b) }
func (minimumOp[T]) row(dst, a, b []T) {
	for i, v := range a {
		dst[i] = min(v, b[i])
	}
}
func (minimumOp[T]) grads(a, b, _, g T) (da, db T) {
	if a <= b {
		return g, 0
	}
	return 0, g
}
func (op minimumOp[T]) backRows(da, db, a, b, y, g []T) { chosenBack(op, da, db, a, b, g) }
func (op minimumOp[T]) Chain(n *Node[T], grad Var[T])   { chosenChain(n, op, grad) }

func chosenBack[T Float, O binaryOp[T]](op O, da, db, a, b, g []T) {
	for i, v := range g {
		u, v := op.grads(a[i], b[i], 0, v)
		if da != nil {
			da[i] += u
		}
		if db != nil {
			db[i] += v
		}
	}
}

func chosenChain[T Float, O binaryOp[T]](n *Node[T], op O, grad Var[T]) {
	// Whether the first was chosen is what reaches it of a gradient of one.
	t := n.tape
	a, b := n.inputs[0].Var().BroadcastTo(n.shape...), n.inputs[1].Var().BroadcastTo(n.shape...)
	first := t.zeros(n.shape)
	for i, v := range a.n.value {
		first.value[i], _ = op.grads(v, b.n.value[i], 0, 1)
	}
	give(n, 0, Where(first.Var(), grad, t.Number(0)), false)
	give(n, 1, Where(first.Var(), t.Number(0), grad), false)
}

// Where returns the entries of x where mask is not zero, and those of y elsewhere, all
// broadcast. The mask gets no gradient. What is not chosen does not count, even if it
// is NaN or infinite.
func Where[T Float](mask, x, y Var[T]) Var[T] {
	t := mask.Tape()
	x.node(t)
	y.node(t)
	shape := broadcast("Where", x.n, y.n)
	x, y = x.BroadcastTo(shape...), y.BroadcastTo(shape...)
	shape = broadcast("Where", mask.node(t), x.n)
	x, y, mask = x.BroadcastTo(shape...), y.BroadcastTo(shape...), mask.BroadcastTo(shape...)
	n := t.Record(whereOp[T]{}, shape, mask, x, y)
	for i, v := range mask.n.value {
		if v != 0 {
			n.value[i] = x.n.value[i]
		} else {
			n.value[i] = y.n.value[i]
		}
	}
	return n.Var()
}

type whereOp[T Float] struct{}

func (whereOp[T]) Name() string { return "Where" }
func (whereOp[T]) Backward(n *Node[T]) {
	dx, dy := n.Add(1), n.Add(2)
	for i, v := range n.inputs[0].value {
		if v != 0 {
			if dx != nil {
				dx[i] += n.grad[i]
			}
		} else if dy != nil {
			dy[i] += n.grad[i]
		}
	}
}
func (whereOp[T]) Chain(n *Node[T], grad Var[T]) {
	mask, zero := n.inputs[0].Var(), n.tape.Number(0)
	n.Give(1, Where(mask, grad, zero))
	n.Give(2, Where(mask, zero, grad))
}

// MaskedFill returns x with value where mask, broadcast to the shape of x, is not
// zero, as attention hides positions from its softmax. The mask gets no gradient.
func (x Var[T]) MaskedFill(mask Var[T], value T) Var[T] {
	t := x.Tape()
	a, m := x.node(t), mask.node(t)
	if !slices.Equal(broadcast("MaskedFill", a, m), a.shape) {
		wrongShape("MaskedFill", "the mask has to be broadcast to the array", a, m)
	}
	n := t.Record(maskedFillOp[T]{}, a.shape, x, mask)
	n.Factor = value
	copy(n.value, a.value)
	r := rowsOf(t, n.shape, m, nil)
	spare := r.spare(t, 0)
	for i := range r.n {
		row := n.value[i*r.width:]
		for j, v := range r.row(0, m.value, spare) {
			if v != 0 {
				row[j] = value
			}
		}
		r.next()
	}
	return n.Var()
}

type maskedFillOp[T Float] struct{}

func (maskedFillOp[T]) Name() string { return "MaskedFill" }
func (maskedFillOp[T]) Backward(n *Node[T]) {
	dx := n.Add(0)
	if dx == nil {
		return
	}
	r := rowsOf(n.tape, n.shape, n.inputs[1], nil)
	spare := r.spare(n.tape, 0)
	for i := range r.n {
		from := i * r.width
		for j, v := range r.row(0, n.inputs[1].value, spare) {
			if v == 0 {
				dx[from+j] += n.grad[from+j]
			}
		}
		r.next()
	}
}
func (maskedFillOp[T]) Chain(n *Node[T], grad Var[T]) {
	n.Give(0, grad.MaskedFill(n.inputs[1].Var(), 0))
}
