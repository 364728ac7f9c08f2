package autodiff

import (
	"math"

	"github.com/belief-go/belief/internal/kernel"
)

// Exp returns eˣ of each entry.
func (x Var[T]) Exp() Var[T] {
	n := x.Tape().Record(expOp[T]{}, x.Shape(), x)
	if len(n.value) == 1 {
		n.value[0] = T(math.Exp(float64(x.n.value[0])))
	} else {
		kernel.Exp(n.value, x.n.value)
	}
	return n.Var()
}

type expOp[T Float] struct{}

func (expOp[T]) Name() string { return "Exp" }
func (expOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		kernel.MulAdd(dx, n.grad, n.value)
	}
}
func (expOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Mul(n.Var())) }

// Tanh returns the hyperbolic tangent of each entry.
func (x Var[T]) Tanh() Var[T] {
	n := x.Tape().Record(tanhOp[T]{}, x.Shape(), x)
	if len(n.value) == 1 {
		n.value[0] = T(math.Tanh(float64(x.n.value[0])))
	} else {
		kernel.Tanh(n.value, x.n.value)
	}
	return n.Var()
}

type tanhOp[T Float] struct{}

func (tanhOp[T]) Name() string { return "Tanh" }
func (tanhOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		kernel.TanhGrad(dx, n.value, n.grad)
	}
}
func (tanhOp[T]) Chain(n *Node[T], grad Var[T]) {
	y := n.Var()
	n.Give(0, grad.Mul(y.Mul(y).Neg().Shift(1)))
}
