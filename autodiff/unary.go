package autodiff

import (
	"math"

	"github.com/belief-go/belief/internal/kernel"
)

// What the elementwise functions of one array have in common.

// each computes f of every entry.
func (x Var[T]) each(op Operation[T], f func(float64) float64) Var[T] {
	n := x.like(op)
	for i, v := range x.n.value {
		n.value[i] = T(f(float64(v)))
	}
	return n.Var()
}

// vector computes f of every entry, by a kernel unless there is only one.
func (x Var[T]) vector(op Operation[T], f func(float64) float64, all func(dst, src []T)) Var[T] {
	n := x.like(op)
	if len(n.value) == 1 {
		n.value[0] = T(f(float64(x.n.value[0])))
	} else {
		all(n.value, x.n.value)
	}
	return n.Var()
}

// eachBack adds to the gradient of the input what an elementwise function with this
// slope, at x where it is y, makes of that of n.
func eachBack[T Float](n *Node[T], slope func(x, y float64) float64) {
	dx := n.Add(0)
	if dx == nil {
		return
	}
	for i, x := range n.inputs[0].value {
		dx[i] += n.grad[i] * T(slope(float64(x), float64(n.value[i])))
	}
}

// slopes returns the slopes as a constant, for functions whose slope is constant
// piece by piece.
func slopes[T Float](n *Node[T], slope func(x, y float64) float64) Var[T] {
	c := n.tape.zeros(n.shape)
	for i, x := range n.inputs[0].value {
		c.value[i] = T(slope(float64(x), float64(n.value[i])))
	}
	return c.Var()
}

// Exp returns eˣ of each entry.
func (x Var[T]) Exp() Var[T] { return x.vector(expOp[T]{}, math.Exp, kernel.Exp[T]) }

type expOp[T Float] struct{}

func (expOp[T]) Name() string { return "Exp" }
func (expOp[T]) Backward(n *Node[T]) {
	n.passProduct(0, n.grad, n.value)
}
func (expOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Mul(n.Var())) }

// Expm1 returns eˣ − 1 of each entry, also of those next to zero.
func (x Var[T]) Expm1() Var[T] { return x.vector(expm1Op[T]{}, math.Expm1, kernel.Expm1[T]) }

type expm1Op[T Float] struct{}

func (expm1Op[T]) Name() string { return "Expm1" }
func (expm1Op[T]) Backward(n *Node[T]) {
	eachBack(n, func(x, _ float64) float64 { return math.Exp(x) })
}
func (expm1Op[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Mul(n.inputs[0].Var().Exp())) }

// Log returns the natural logarithm of each entry.
func (x Var[T]) Log() Var[T] { return x.vector(logOp[T]{}, math.Log, kernel.Log[T]) }

type logOp[T Float] struct{}

func (logOp[T]) Name() string { return "Log" }
func (logOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		for i, x := range n.inputs[0].value {
			dx[i] += n.grad[i] / x
		}
	}
}
func (logOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Div(n.inputs[0].Var())) }

// Log1p returns log(1 + x) of each entry, also of those next to zero.
func (x Var[T]) Log1p() Var[T] { return x.vector(log1pOp[T]{}, math.Log1p, kernel.Log1p[T]) }

type log1pOp[T Float] struct{}

func (log1pOp[T]) Name() string { return "Log1p" }
func (log1pOp[T]) Backward(n *Node[T]) {
	eachBack(n, func(x, _ float64) float64 { return 1 / (1 + x) })
}
func (log1pOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Div(n.inputs[0].Var().Shift(1))) }

// Sin returns the sine of each entry.
func (x Var[T]) Sin() Var[T] { return x.each(sinOp[T]{}, math.Sin) }

type sinOp[T Float] struct{}

func (sinOp[T]) Name() string { return "Sin" }
func (sinOp[T]) Backward(n *Node[T]) {
	eachBack(n, func(x, _ float64) float64 { return math.Cos(x) })
}
func (sinOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Mul(n.inputs[0].Var().Cos())) }

// Cos returns the cosine of each entry.
func (x Var[T]) Cos() Var[T] { return x.each(cosOp[T]{}, math.Cos) }

type cosOp[T Float] struct{}

func (cosOp[T]) Name() string { return "Cos" }
func (cosOp[T]) Backward(n *Node[T]) {
	eachBack(n, func(x, _ float64) float64 { return -math.Sin(x) })
}
func (cosOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Mul(n.inputs[0].Var().Sin().Neg())) }
