package autodiff

import (
	"slices"

	"github.com/belief-go/belief/internal/kernel"
)

// An Operation says how the result of a computation passes its gradient on. One
// without fields costs nothing; one with fields is allocated once, by its layer, and
// keeps what it needs in the node. One that also has a Chain method can be
// differentiated twice.
type Operation[T Float] interface {
	// Name is what errors call the operation.
	Name() string
	// Backward adds to the gradients of the inputs of n, for each that wants it,
	// what n.Grad() makes of it.
	Backward(n *Node[T])
}

// A Chainer is an Operation that can write its own chain rule down on the tape.
type Chainer[T Float] interface {
	Operation[T]
	// Chain calls n.Give for each input on the path with the gradient that it gets
	// from grad, that of n, computed by operations of the tape.
	Chain(n *Node[T], grad Var[T])
}

// A Node is the place of an array on its tape, as operations see it.
type Node[T Float] struct {
	// Saved, Ints and Factor are for the operation to keep what Backward needs;
	// TakeInts and Tape.Scratch give memory for it.
	Saved  []T
	Ints   []int
	Factor T

	tape        *Tape[T]
	id          int
	step        uint32
	needs       bool // a gradient
	onPath      bool // between the inputs and the result of Gradient
	op          Operation[T]
	inputs      []*Node[T]
	shape       []int
	value, grad []T
	label       string
	param       *Param[T]
	adjoint     *Node[T] // gradient as an array of the tape

	// Memory for what most nodes have: one or two inputs, or a single number.
	pair               [2]*Node[T]
	number, numberGrad [1]T
}

// Tape returns the tape.
func (n *Node[T]) Tape() *Tape[T] { return n.tape }

// Var returns the array.
func (n *Node[T]) Var() Var[T] { return Var[T]{n, n.step} }

// Shape returns the dimensions, which must not be changed.
func (n *Node[T]) Shape() []int { return n.shape }

// Value returns the entries.
func (n *Node[T]) Value() []T { return n.value }

// Grad returns the gradient that has come together, within Backward.
func (n *Node[T]) Grad() []T { return n.grad }

// Input returns input i.
func (n *Node[T]) Input(i int) *Node[T] { return n.inputs[i] }

// Wants reports whether input i wants a gradient.
func (n *Node[T]) Wants(i int) bool { return n.inputs[i].needs }

// Into returns the gradient of the node to write to. If it is fresh, it holds
// anything and has to be set; if not, what is new has to be added.
func (n *Node[T]) Into() (grad []T, fresh bool) {
	if n.grad != nil {
		return n.grad, false
	}
	if n.param != nil {
		n.grad = n.param.Grad
		return n.grad, false
	}
	if len(n.value) == 1 {
		n.numberGrad[0] = 0
		n.grad = n.numberGrad[:]
		return n.grad, false
	}
	n.grad = n.tape.grads.take(len(n.value))
	return n.grad, true
}

// Add returns the gradient of input i to add to, and nil if nobody wants it.
func (n *Node[T]) Add(i int) []T {
	x := n.inputs[i]
	if !x.needs {
		return nil
	}
	grad, fresh := x.Into()
	if fresh {
		clear(grad)
	}
	return grad
}

// pass adds g, which has the shape of input i, to its gradient.
func (n *Node[T]) pass(i int, g []T) {
	x := n.inputs[i]
	if !x.needs {
		return
	}
	if grad, fresh := x.Into(); fresh {
		copy(grad, g)
	} else {
		kernel.Add(grad, grad, g)
	}
}

// passProduct adds the products of g and s to the gradient of input i.
func (n *Node[T]) passProduct(i int, g, s []T) {
	x := n.inputs[i]
	if !x.needs {
		return
	}
	if grad, fresh := x.Into(); fresh {
		kernel.Mul(grad, g, s)
	} else {
		kernel.MulAdd(grad, g, s)
	}
}

// addNumber adds to the gradient of a single number.
func (n *Node[T]) addNumber(g T) {
	switch {
	case !n.needs:
	case n.grad != nil:
		n.grad[0] += g
	case n.param != nil:
		n.grad = n.param.Grad
		n.grad[0] += g
	default:
		n.numberGrad[0] = g
		n.grad = n.numberGrad[:]
	}
}

// TakeInts returns memory of this step for whole numbers.
func (n *Node[T]) TakeInts(count int) []int { return n.tape.ints.take(count) }

// OnPath reports, within Chain, whether input i needs to be given a gradient.
func (n *Node[T]) OnPath(i int) bool { return n.inputs[i].onPath }

// Give adds to the gradient of input i, within Chain. It panics with a *ShapeError
// unless it has the shape of the input.
func (n *Node[T]) Give(i int, grad Var[T]) {
	x := n.inputs[i]
	if !x.onPath {
		return
	}
	if g := grad.node(n.tape); !slices.Equal(g.shape, x.shape) {
		wrongShape("a gradient that "+n.op.Name()+" gives", "", g, x)
	}
	if x.adjoint != nil {
		grad = x.adjoint.Var().Add(grad)
	}
	x.adjoint = grad.node(n.tape)
}
