package autodiff

import (
	"math"

	"github.com/belief-go/belief/internal/kernel"
)

// Normalize subtracts from each row of the last axis its mean, and divides by
// √(variance + eps), where the variance is that of the row's n entries around their
// mean, with n below the sum (Ba, Kiros & Hinton 2016). A row of equal entries becomes
// zero if eps is above zero.
func (x Var[T]) Normalize(eps T) Var[T] {
	t, in := x.Tape(), x.Node()
	rows, width := in.lastAxis("Normalize")
	n := x.like(normalizeOp[T]{})
	n.Factor = eps
	n.Saved = t.values.take(rows) // 1/√(variance + eps)
	for i := range rows {
		from, to := in.value[i*width:(i+1)*width], n.value[i*width:(i+1)*width]
		kernel.AddConst(-kernel.Sum(from)/T(width), to, from)
		// What rounding has left of the mean goes too: it may be all there is.
		kernel.AddConst(-kernel.Sum(to)/T(width), to, to)
		n.Saved[i] = 1 / T(math.Sqrt(float64(kernel.SumSquares(to)/T(width)+eps)))
		kernel.Scale(n.Saved[i], to, to)
	}
	return n.Var()
}

type normalizeOp[T Float] struct{}

func (normalizeOp[T]) Name() string { return "Normalize" }
func (normalizeOp[T]) Backward(n *Node[T]) {
	dx := n.Add(0)
	if dx == nil {
		return
	}
	rows, width := n.lastAxis("Normalize")
	for i := range rows {
		from, to := i*width, (i+1)*width
		y, g, d, s := n.value[from:to], n.grad[from:to], dx[from:to], n.Saved[i]
		// s·(g − mean(g) − y·mean(g·y))
		mean, slope := kernel.Sum(g)/T(width), kernel.Dot(g, y)/T(width)
		kernel.Axpy(s, g, d)
		kernel.Axpy(-s*slope, y, d)
		kernel.AddConst(-s*mean, d, d)
	}
}
func (normalizeOp[T]) Chain(n *Node[T], grad Var[T]) {
	x, y, last := n.inputs[0].Var(), n.Var(), len(n.shape)-1
	mean := func(v Var[T]) Var[T] { return n.keptAxis(v.MeanAxis(last), last) }
	s := mean(x.Sub(mean(x)).Square()).Shift(n.Factor).Pow(-0.5)
	n.Give(0, s.Mul(grad.Sub(mean(grad)).Sub(y.Mul(mean(grad.Mul(y))))))
}
