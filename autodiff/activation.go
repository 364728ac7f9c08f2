package autodiff

import (
	"math"

	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/special"
)

// Smooth activation functions.

// Tanh returns the hyperbolic tangent of each entry.
func (x Var[T]) Tanh() Var[T] { return x.vector(tanhOp[T]{}, math.Tanh, kernel.Tanh[T]) }

type tanhOp[T Float] struct{}

func (tanhOp[T]) Name() string { return "Tanh" }
func (tanhOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		kernel.TanhGrad(dx, n.value, n.grad)
	}
}
func (tanhOp[T]) Chain(n *Node[T], grad Var[T]) {
	n.Give(0, grad.Mul(n.Var().Square().Neg().Shift(1)))
}

// Sigmoid returns the logistic function 1/(1 + e⁻ˣ) of each entry.
func (x Var[T]) Sigmoid() Var[T] {
	return x.vector(sigmoidOp[T]{}, special.Logistic, kernel.Sigmoid[T])
}

type sigmoidOp[T Float] struct{}

func (sigmoidOp[T]) Name() string { return "Sigmoid" }
func (sigmoidOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		kernel.SigmoidGrad(dx, n.value, n.grad)
	}
}
func (sigmoidOp[T]) Chain(n *Node[T], grad Var[T]) {
	y := n.Var()
	n.Give(0, grad.Mul(y.Sub(y.Square())))
}

// Softplus returns log(1 + eˣ) of each entry.
func (x Var[T]) Softplus() Var[T] {
	return x.vector(softplusOp[T]{}, special.Softplus, kernel.Softplus[T])
}

type softplusOp[T Float] struct{}

func (softplusOp[T]) Name() string { return "Softplus" }
func (softplusOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		addSigmoid(n, dx, 1)
	}
}
func (softplusOp[T]) Chain(n *Node[T], grad Var[T]) {
	n.Give(0, grad.Mul(n.inputs[0].Var().Sigmoid()))
}

// addSigmoid adds to dx the gradient times the logistic function of sign·x.
func addSigmoid[T Float](n *Node[T], dx []T, sign T) {
	x := n.inputs[0].value
	if len(x) == 1 {
		dx[0] += n.grad[0] * T(special.Logistic(float64(sign*x[0])))
		return
	}
	part := n.tape.part()
	for from := 0; from < len(x); from += len(part) {
		to := min(from+len(part), len(x))
		s := part[:to-from]
		kernel.Scale(sign, s, x[from:to])
		kernel.Sigmoid(s, s)
		kernel.MulAdd(dx[from:to], n.grad[from:to], s)
	}
}

// LogSigmoid returns log(1/(1 + e⁻ˣ)) of each entry.
func (x Var[T]) LogSigmoid() Var[T] {
	n := x.like(logSigmoidOp[T]{})
	if len(n.value) == 1 {
		n.value[0] = T(special.LogLogistic(float64(x.n.value[0])))
	} else {
		kernel.Scale(-1, n.value, x.n.value)
		kernel.Softplus(n.value, n.value)
		kernel.Scale(-1, n.value, n.value)
	}
	return n.Var()
}

type logSigmoidOp[T Float] struct{}

func (logSigmoidOp[T]) Name() string { return "LogSigmoid" }
func (logSigmoidOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		addSigmoid(n, dx, -1)
	}
}
func (logSigmoidOp[T]) Chain(n *Node[T], grad Var[T]) {
	n.Give(0, grad.Mul(n.inputs[0].Var().Neg().Sigmoid()))
}

// Swish returns x·σ(βx) of each entry, where σ is the logistic function
// (Ramachandran, Zoph & Le 2017). With β = 1 it is also called SiLU. A β that is
// learnt is x.Mul(x.Mul(beta).Sigmoid()).
func (x Var[T]) Swish(beta T) Var[T] {
	n := x.like(swishOp[T]{})
	n.Factor = beta
	n.Saved = n.tape.values.take(len(n.value)) // σ(βx)
	if len(n.value) == 1 {
		n.Saved[0] = T(special.Logistic(float64(beta * x.n.value[0])))
	} else {
		kernel.Scale(beta, n.Saved, x.n.value)
		kernel.Sigmoid(n.Saved, n.Saved)
	}
	kernel.Mul(n.value, x.n.value, n.Saved)
	return n.Var()
}

type swishOp[T Float] struct{}

func (swishOp[T]) Name() string { return "Swish" }
func (swishOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		for i, s := range n.Saved {
			dx[i] += n.grad[i] * (s + n.Factor*n.value[i]*(1-s))
		}
	}
}
func (swishOp[T]) Chain(n *Node[T], grad Var[T]) {
	s := n.inputs[0].Var().Scale(n.Factor).Sigmoid()
	n.Give(0, grad.Mul(s.Add(n.Var().Scale(n.Factor).Mul(s.Neg().Shift(1)))))
}

// ELU returns x of entries above zero, and alpha·(eˣ − 1) of the others (Clevert,
// Unterthiner & Hochreiter 2016).
func (x Var[T]) ELU(alpha T) Var[T] {
	n := x.like(eluOp[T]{})
	n.Factor = alpha
	for i, v := range x.n.value {
		if !(v > 0) {
			v = alpha * T(math.Expm1(float64(v)))
		}
		n.value[i] = v
	}
	return n.Var()
}

type eluOp[T Float] struct{}

func (eluOp[T]) Name() string { return "ELU" }
func (eluOp[T]) Backward(n *Node[T]) {
	alpha := float64(n.Factor)
	eachBack(n, func(x, _ float64) float64 {
		if x > 0 {
			return 1
		}
		return alpha * math.Exp(x)
	})
}
func (eluOp[T]) Chain(n *Node[T], grad Var[T]) {
	above := step(n.inputs[0].Var())
	n.Give(0, grad.Mul(Where(above, n.tape.Number(1), n.Var().Shift(n.Factor))))
}
