package autodiff

import "github.com/belief-go/belief/internal/kernel"

// Affine returns x·w + b, for x of …×k, w of k×n and b of n, in one operation: 2·k·n
// additions and multiplications for each row of x, and twice as many in Backward.
func (x Var[T]) Affine(w, b Var[T]) Var[T] {
	t := x.Tape()
	in, weights, bias := x.node(t), w.node(t), b.node(t)
	rank := len(in.shape)
	if rank == 0 || len(weights.shape) != 2 || len(bias.shape) != 1 ||
		in.shape[rank-1] != weights.shape[0] || weights.shape[1] != bias.shape[0] {
		wrongShape("Affine", "", in, weights, bias)
	}
	k, n := weights.shape[0], weights.shape[1]
	rows := 1
	for _, d := range in.shape[:rank-1] {
		rows *= d
	}
	shape := t.ints.take(rank)
	copy(shape, in.shape[:rank-1])
	shape[rank-1] = n
	y := t.Record(affineOp[T]{}, shape, x, w, b)
	y.Ints = t.ints.take(3)
	y.Ints[0], y.Ints[1], y.Ints[2] = rows, n, k
	for i := range rows {
		copy(y.value[i*n:(i+1)*n], bias.value)
	}
	kernel.Gemm(false, false, rows, n, k, 1, in.value, k, weights.value, n, 1, y.value, n, t.Workers)
	return y.Var()
}

// A node of affineOp keeps in Ints the numbers of rows, of outputs and of inputs.
type affineOp[T Float] struct{}

func (affineOp[T]) Name() string { return "Affine" }
func (affineOp[T]) Backward(y *Node[T]) {
	rows, n, k := y.Ints[0], y.Ints[1], y.Ints[2]
	in, weights, workers := y.inputs[0], y.inputs[1], y.tape.Workers
	if in.needs {
		dx, beta := into(in)
		kernel.Gemm(false, true, rows, k, n, 1, y.grad, n, weights.value, n, beta, dx, k, workers)
	}
	if weights.needs {
		dw, beta := into(weights)
		kernel.Gemm(true, false, k, n, rows, 1, in.value, k, y.grad, n, beta, dw, n, workers)
	}
	if db := y.Add(2); db != nil {
		kernel.SumRows(rows, n, db, y.grad)
	}
}
func (affineOp[T]) Chain(y *Node[T], grad Var[T]) {
	rows, n, k := y.Ints[0], y.Ints[1], y.Ints[2]
	in, w := y.inputs[0].Var(), y.inputs[1].Var()
	grad = grad.Reshape(rows, n)
	if y.OnPath(0) {
		y.Give(0, grad.MatMulT(w).Reshape(in.n.shape...))
	}
	if y.OnPath(1) {
		y.Give(1, in.Reshape(rows, k).TMatMul(grad))
	}
	if y.OnPath(2) {
		y.Give(2, grad.SumAxis(0))
	}
}
