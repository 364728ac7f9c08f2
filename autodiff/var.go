package autodiff

import (
	"fmt"

	"github.com/belief-go/belief"
)

// A Var is an array on a tape. Its methods compute new ones; they panic with a
// *ShapeError if shapes do not fit, and if it is of another tape or an earlier step.
type Var[T Float] struct {
	n    *Node[T]
	step uint32
}

// node returns the node, after checking that it is of this step of t.
func (x Var[T]) node(t *Tape[T]) *Node[T] {
	switch {
	case x.n == nil:
		panic("autodiff: a Var that no tape has made")
	case x.n.tape != t:
		panic("autodiff: a Var of another tape")
	case x.step != t.step:
		panic("autodiff: a Var from before Reset")
	}
	return x.n
}

// Tape returns the tape of x.
func (x Var[T]) Tape() *Tape[T] {
	if x.n == nil {
		panic("autodiff: a Var that no tape has made")
	}
	return x.n.tape
}

// Node returns how operations see x.
func (x Var[T]) Node() *Node[T] { return x.node(x.Tape()) }

// Shape returns the dimensions, which must not be changed.
func (x Var[T]) Shape() []int { return x.Node().shape }

// Dim returns dimension i; −1 is the last one.
func (x Var[T]) Dim(i int) int {
	shape := x.Shape()
	if i < 0 {
		i += len(shape)
	}
	if i < 0 || i >= len(shape) {
		wrongShape("Dim", fmt.Sprintf("there is no dimension %d", i), x.n)
	}
	return shape[i]
}

// Value returns the entries, row-major. They must not be changed before Backward.
func (x Var[T]) Value() []T { return x.Node().value }

// Detach returns x as a constant, through which no gradient passes.
func (x Var[T]) Detach() Var[T] {
	n := x.Node()
	c := n.tape.node(leaf[T]{}, n.shape)
	c.value = n.value
	return c.Var()
}

// Number returns the only entry.
func (x Var[T]) Number() T {
	n := x.Node()
	if len(n.value) != 1 {
		wrongShape("Number", "it has more than one entry, or none", n)
	}
	return n.value[0]
}

// Grad returns the gradient that Backward has computed, in the order of Value; nil
// if the result does not depend on x, or x needs none.
func (x Var[T]) Grad() []T { return x.Node().grad }

// A Param is an array that outlives the steps, with its gradient: a weight of a
// model. A Fixed one is not learnt and has no gradient.
type Param[T Float] struct {
	Name  string
	Shape []int
	Value []T
	Grad  []T
	Fixed bool
}

// NewParam returns a parameter of zeros. One that would take more than 16 GiB panics
// with a *belief.TooLargeError.
func NewParam[T Float](name string, shape ...int) *Param[T] {
	n := size("Param", shape)
	if bytes := float64(n) * float64(bytesOf[T]()); bytes > defaultMemory {
		panic(&belief.TooLargeError{What: fmt.Sprintf("parameter %q", name), Bytes: bytes, Budget: defaultMemory})
	}
	return &Param[T]{Name: name, Shape: append([]int(nil), shape...), Value: make([]T, n), Grad: make([]T, n)}
}

// ZeroGrad sets the gradient to zero.
func (p *Param[T]) ZeroGrad() { clear(p.Grad) }
