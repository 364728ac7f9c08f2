package autodiff

import "fmt"

// A ChainError is the panic of Gradient when it meets an operation that has no second
// derivative.
type ChainError struct{ Op string }

func (e *ChainError) Error() string {
	return fmt.Sprintf("autodiff: %s has no second derivative here", e.Op)
}

// Gradient computes the gradient of y, a single number, in each of xs, as arrays of
// the tape that can be computed with and differentiated again. Where y does not
// depend on one of xs, its gradient is zero.
//
// The product of the Hessian with a vector v is one gradient more (Pearlmutter 1994):
//
//	g := t.Gradient(y, x)[0]
//	t.Backward(g.Mul(v).Sum()) // x.Grad() is H·v
func (t *Tape[T]) Gradient(y Var[T], xs ...Var[T]) []Var[T] {
	last := y.node(t)
	if len(last.value) != 1 {
		wrongShape("Gradient", "the gradient is that of a single number", last)
	}
	nodes := t.nodes[:t.used]
	for _, n := range nodes {
		n.onPath, n.adjoint = false, nil
	}
	for _, x := range xs {
		x.node(t).onPath = true
	}
	for _, n := range nodes[:last.id+1] {
		for _, in := range n.inputs {
			n.onPath = n.onPath || in.onPath
		}
	}
	if last.onPath {
		last.adjoint = t.ones(last.shape)
	}
	for i := last.id; i >= 0; i-- {
		n := t.nodes[i]
		if n.adjoint == nil || len(n.inputs) == 0 || !anyOnPath(n.inputs) {
			continue
		}
		chainer, ok := n.op.(Chainer[T])
		if !ok {
			panic(&ChainError{n.op.Name()})
		}
		chainer.Chain(n, n.adjoint.Var())
	}
	grads := t.vars.take(len(xs))
	for i, x := range xs {
		if x.n.adjoint == nil {
			x.n.adjoint = t.zeros(x.n.shape)
		}
		grads[i] = x.n.adjoint.Var()
	}
	return grads
}

func anyOnPath[T Float](nodes []*Node[T]) bool {
	for _, n := range nodes {
		if n.onPath {
			return true
		}
	}
	return false
}

func (t *Tape[T]) zeros(shape []int) *Node[T] {
	n := t.node(leaf[T]{}, shape)
	n.value = t.Scratch(size("Gradient", shape))
	return n
}

func (t *Tape[T]) ones(shape []int) *Node[T] {
	n := t.zeros(shape)
	for i := range n.value {
		n.value[i] = 1
	}
	return n
}
