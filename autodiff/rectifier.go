package autodiff

import (
	"fmt"

	"github.com/belief-go/belief/internal/kernel"
)

// Activation functions that are linear piece by piece.

// ReLU returns max(x, 0) of each entry. Its slope at zero is taken as zero.
func (x Var[T]) ReLU() Var[T] { return x.LeakyReLU(0) }

// LeakyReLU returns x of entries above zero, and slope·x of the others.
func (x Var[T]) LeakyReLU(slope T) Var[T] {
	n := x.like(reluOp[T]{})
	n.Factor = slope
	kernel.ReLU(slope, n.value, x.n.value)
	return n.Var()
}

type reluOp[T Float] struct{}

func (reluOp[T]) Name() string { return "ReLU" }
func (reluOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		kernel.ReLUGrad(n.Factor, dx, n.inputs[0].value, n.grad)
	}
}
func (reluOp[T]) Chain(n *Node[T], grad Var[T]) {
	slope := float64(n.Factor)
	n.Give(0, grad.Mul(slopes(n, func(x, _ float64) float64 {
		if x > 0 {
			return 1
		}
		return slope
	})))
}

// PReLU returns x of entries above zero, and slope·x of the others, where the slopes
// are learnt (He, Zhang, Ren & Sun 2015) and broadcast.
func (x Var[T]) PReLU(slope Var[T]) Var[T] { return binary(x, slope, preluOp[T]{}) }

type preluOp[T Float] struct{}

func (preluOp[T]) Name() string           { return "PReLU" }
func (op preluOp[T]) Backward(n *Node[T]) { binaryBackward(n, op) }
func (preluOp[T]) one(x, slope T) T {
	if x > 0 {
		return x
	}
	return slope * x
}
func (op preluOp[T]) row(dst, x, slope []T) {
	for i, v := range x {
		dst[i] = op.one(v, slope[i])
	}
}
func (preluOp[T]) grads(x, slope, _, g T) (dx, dslope T) {
	if x > 0 {
		return g, 0
	}
	return slope * g, x * g
}
func (op preluOp[T]) backRows(dx, dslope, x, slope, y, g []T) {
	for i, v := range g {
		a, b := op.grads(x[i], slope[i], 0, v)
		if dx != nil {
			dx[i] += a
		}
		if dslope != nil {
			dslope[i] += b
		}
	}
}
func (preluOp[T]) Chain(n *Node[T], grad Var[T]) {
	x, slope := n.inputs[0].Var(), n.inputs[1].Var()
	above := step(x)
	if n.OnPath(0) {
		give(n, 0, Where(above, grad, grad.Mul(slope)), false)
	}
	if n.OnPath(1) {
		give(n, 1, Where(above, n.tape.Number(0), grad.Mul(x)), false)
	}
}

// step returns a constant that is 1 where x is above zero, else 0.
func step[T Float](x Var[T]) Var[T] {
	c := x.n.tape.zeros(x.n.shape)
	for i, v := range x.n.value {
		if v > 0 {
			c.value[i] = 1
		}
	}
	return c.Var()
}

// Clip returns each entry, but at least lo and at most hi. Its slope is one from lo to
// hi, both included.
func (x Var[T]) Clip(lo, hi T) Var[T] {
	if !(lo <= hi) {
		panic(fmt.Sprintf("autodiff: Clip to at least %v and at most %v", lo, hi))
	}
	n := x.like(clipOp[T]{})
	n.Saved = n.tape.values.take(2)
	n.Saved[0], n.Saved[1] = lo, hi
	for i, v := range x.n.value {
		n.value[i] = max(lo, min(v, hi))
	}
	return n.Var()
}

// HardTanh returns max(min(x, 1), −1) of each entry.
func (x Var[T]) HardTanh() Var[T] { return x.Clip(-1, 1) }

type clipOp[T Float] struct{}

func (clipOp[T]) Name() string { return "Clip" }
func (op clipOp[T]) Backward(n *Node[T]) {
	lo, hi := n.Saved[0], n.Saved[1]
	if dx := n.Add(0); dx != nil {
		for i, x := range n.inputs[0].value {
			if lo <= x && x <= hi {
				dx[i] += n.grad[i]
			}
		}
	}
}
func (op clipOp[T]) Chain(n *Node[T], grad Var[T]) {
	lo, hi := float64(n.Saved[0]), float64(n.Saved[1])
	n.Give(0, grad.Mul(slopes(n, func(x, _ float64) float64 {
		if lo <= x && x <= hi {
			return 1
		}
		return 0
	})))
}

// HardSigmoid returns max(min(x/4 + 1/2, 1), 0) of each entry, the logistic function
// by its tangent at zero.
func (x Var[T]) HardSigmoid() Var[T] {
	n := x.like(hardSigmoidOp[T]{})
	for i, v := range x.n.value {
		n.value[i] = max(0, min(v/4+0.5, 1))
	}
	return n.Var()
}

type hardSigmoidOp[T Float] struct{}

func (hardSigmoidOp[T]) Name() string        { return "HardSigmoid" }
func (hardSigmoidOp[T]) Backward(n *Node[T]) { eachBack(n, hardSigmoidSlope) }
func (hardSigmoidOp[T]) Chain(n *Node[T], grad Var[T]) {
	n.Give(0, grad.Mul(slopes(n, hardSigmoidSlope)))
}

func hardSigmoidSlope(x, _ float64) float64 {
	if -2 < x && x < 2 {
		return 0.25
	}
	return 0
}
