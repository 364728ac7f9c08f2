package autodiff

import (
	"math"

	"github.com/belief-go/belief/internal/kernel"
)

// Softmax and its relatives along the last axis, without overflow.

// lastAxis returns how many rows of the last axis there are, and their width.
func (n *Node[T]) lastAxis(op string) (rows, width int) {
	if len(n.shape) == 0 {
		wrongShape(op, "it has no axis", n)
	}
	_, rows, width, _ = n.axis(op, -1)
	return rows, width
}

// LogSumExp returns log Σeˣ along the last axis. Rows that are −Inf throughout give
// −Inf, with gradient zero.
func (x Var[T]) LogSumExp() Var[T] {
	t, in := x.Tape(), x.Node()
	rows, width := in.lastAxis("LogSumExp")
	n := t.Record(logSumExpOp[T]{}, in.shape[:len(in.shape)-1], x)
	if !n.needs {
		for i := range n.value {
			n.value[i] = kernel.LogSumExp(in.value[i*width : (i+1)*width])
		}
		return n.Var()
	}
	n.Saved = t.values.take(rows * width) // the softmax
	kernel.SoftmaxRows(rows, width, n.Saved, in.value, n.value)
	for i, y := range n.value {
		if math.IsInf(float64(y), -1) {
			clear(n.Saved[i*width : (i+1)*width])
		}
	}
	return n.Var()
}

type logSumExpOp[T Float] struct{}

func (logSumExpOp[T]) Name() string { return "LogSumExp" }
func (logSumExpOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		_, width := n.inputs[0].lastAxis("LogSumExp")
		for i, g := range n.grad {
			kernel.Axpy(g, n.Saved[i*width:(i+1)*width], dx[i*width:(i+1)*width])
		}
	}
}
func (logSumExpOp[T]) Chain(n *Node[T], grad Var[T]) {
	in := n.inputs[0]
	n.Give(0, in.Var().Softmax().Mul(in.keptAxis(grad, len(in.shape)-1)))
}

// Softmax returns eˣ/Σeˣ along the last axis. Rows that are −Inf throughout give NaN.
func (x Var[T]) Softmax() Var[T] {
	in := x.Node()
	rows, width := in.lastAxis("Softmax")
	n := x.like(softmaxOp[T]{})
	kernel.SoftmaxRows(rows, width, n.value, in.value, nil)
	return n.Var()
}

type softmaxOp[T Float] struct{}

func (softmaxOp[T]) Name() string { return "Softmax" }
func (softmaxOp[T]) Backward(n *Node[T]) {
	dx := n.Add(0)
	if dx == nil {
		return
	}
	rows, width := n.lastAxis("Softmax")
	for i := range rows {
		from, to := i*width, (i+1)*width
		addSoftmaxGrad(n.tape.part(), dx[from:to], n.value[from:to], n.grad[from:to])
	}
}

// addSoftmaxGrad adds y·(g − Σgy) to dx, by way of part.
func addSoftmaxGrad[T Float](part, dx, y, g []T) {
	sum := kernel.Dot(g, y)
	for len(y) > 0 {
		k := min(len(part), len(y))
		kernel.AddConst(-sum, part[:k], g[:k])
		kernel.MulAdd(dx[:k], part[:k], y[:k])
		dx, y, g = dx[k:], y[k:], g[k:]
	}
}

func (softmaxOp[T]) Chain(n *Node[T], grad Var[T]) {
	y, last := n.Var(), len(n.shape)-1
	sum := n.keptAxis(grad.Mul(y).SumAxis(last), last)
	n.Give(0, y.Mul(grad.Sub(sum)))
}

// LogSoftmax returns x − log Σeˣ along the last axis.
func (x Var[T]) LogSoftmax() Var[T] {
	in := x.Node()
	rows, width := in.lastAxis("LogSoftmax")
	n := x.like(logSoftmaxOp[T]{})
	for i := range rows {
		row := in.value[i*width : (i+1)*width]
		kernel.AddConst(-kernel.LogSumExp(row), n.value[i*width:(i+1)*width], row)
	}
	return n.Var()
}

type logSoftmaxOp[T Float] struct{}

func (logSoftmaxOp[T]) Name() string { return "LogSoftmax" }
func (logSoftmaxOp[T]) Backward(n *Node[T]) {
	dx := n.Add(0)
	if dx == nil {
		return
	}
	part := n.tape.part()
	rows, width := n.lastAxis("LogSoftmax")
	for i := range rows {
		from, to := i*width, (i+1)*width
		sum := kernel.Sum(n.grad[from:to])
		for ; from < to; from += len(part) {
			end := min(from+len(part), to)
			p := part[:end-from]
			kernel.Exp(p, n.value[from:end])
			kernel.Axpy(-sum, p, dx[from:end])
			kernel.Add(dx[from:end], dx[from:end], n.grad[from:end])
		}
	}
}
func (logSoftmaxOp[T]) Chain(n *Node[T], grad Var[T]) {
	last := len(n.shape) - 1
	sum := n.keptAxis(grad.SumAxis(last), last)
	n.Give(0, grad.Sub(n.Var().Exp().Mul(sum)))
}
