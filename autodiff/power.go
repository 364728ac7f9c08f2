package autodiff

import (
	"math"

	"github.com/belief-go/belief/internal/kernel"
)

// Powers of each entry, and its absolute value.

// Square returns x² of each entry.
func (x Var[T]) Square() Var[T] {
	n := x.like(squareOp[T]{})
	if len(n.value) == 1 {
		n.value[0] = x.n.value[0] * x.n.value[0]
	} else {
		kernel.Mul(n.value, x.n.value, x.n.value)
	}
	return n.Var()
}

type squareOp[T Float] struct{}

func (squareOp[T]) Name() string { return "Square" }
func (squareOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		for i, x := range n.inputs[0].value {
			dx[i] += n.grad[i] * (x + x)
		}
	}
}
func (squareOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Mul(n.inputs[0].Var().Scale(2))) }

// Sqrt returns the square root of each entry. Its slope is infinite at zero.
func (x Var[T]) Sqrt() Var[T] { return x.vector(sqrtOp[T]{}, math.Sqrt, kernel.Sqrt[T]) }

type sqrtOp[T Float] struct{}

func (sqrtOp[T]) Name() string { return "Sqrt" }
func (sqrtOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		for i, y := range n.value {
			dx[i] += n.grad[i] / (y + y)
		}
	}
}
func (sqrtOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Div(n.Var().Scale(2))) }

// Pow returns xᶜ of each entry. If c is not whole, negative entries give NaN.
func (x Var[T]) Pow(c T) Var[T] {
	n := x.like(powOp[T]{})
	n.Factor = c
	for i, v := range x.n.value {
		n.value[i] = T(math.Pow(float64(v), float64(c)))
	}
	return n.Var()
}

type powOp[T Float] struct{}

func (powOp[T]) Name() string { return "Pow" }
func (powOp[T]) Backward(n *Node[T]) {
	c := float64(n.Factor)
	if dx := n.Add(0); dx != nil && c != 0 {
		for i, x := range n.inputs[0].value {
			dx[i] += n.grad[i] * T(c*math.Pow(float64(x), c-1))
		}
	}
}
func (powOp[T]) Chain(n *Node[T], grad Var[T]) {
	if c := n.Factor; c != 0 {
		n.Give(0, grad.Mul(n.inputs[0].Var().Pow(c-1).Scale(c)))
	}
}

// Abs returns the absolute value of each entry. Its slope at zero is taken as zero.
func (x Var[T]) Abs() Var[T] { return x.each(absOp[T]{}, math.Abs) }

type absOp[T Float] struct{}

func (absOp[T]) Name() string                  { return "Abs" }
func (absOp[T]) Backward(n *Node[T])           { eachBack(n, signOf) }
func (absOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Mul(slopes(n, signOf))) }

func signOf(x, _ float64) float64 {
	if x == 0 {
		return 0
	}
	return math.Copysign(1, x)
}
