package nn

import "github.com/belief-go/belief/autodiff"

// Embedding is a table of Size vectors of Dim numbers, learnt.
type Embedding struct {
	Size, Dim int
	Init      Init // by default Normal(1/√Dim)
}

// Validate checks the sizes.
func (e Embedding) Validate() error { return positive("Embedding", "Size", e.Size, "Dim", e.Dim) }

// An EmbeddingLayer is an Embedding with its vectors.
type EmbeddingLayer[T Float] struct {
	Embedding
	Name   string
	Weight *autodiff.Param[T] // Size×Dim
}

// Embedding makes a table with the parameter name.weight.
func (n *Net[T]) Embedding(name string, e Embedding) *EmbeddingLayer[T] {
	must(e.Validate())
	start := e.Init
	if start == nil {
		start = LeCun{}
	}
	return &EmbeddingLayer[T]{e, n.prefix + name, n.Param(name+".weight", start, e.Dim, e.Size, e.Size, e.Dim)}
}

// Lookup returns the vectors of the symbols, of shape …×Dim where symbols has that
// shape; without a shape it is a list. A symbol that is not in 0 … Size−1 panics.
func (l *EmbeddingLayer[T]) Lookup(t *autodiff.Tape[T], symbols []int, shape ...int) autodiff.Var[T] {
	before := t.SetLabel(l.Name)
	y := t.Param(l.Weight).Gather(symbols)
	if len(shape) > 0 {
		y = y.Reshape(extended(y, shape, l.Dim)...)
	}
	t.SetLabel(before)
	return y
}

// Logits returns the inner product of each row of x, of …×Dim, with every vector: the
// output layer whose weights are tied to the table (Press & Wolf 2017; Inan, Khosravi
// & Socher 2017).
func (l *EmbeddingLayer[T]) Logits(x autodiff.Var[T]) autodiff.Var[T] {
	t := x.Tape()
	before := t.SetLabel(l.Name)
	y := x.MatMulT(t.Param(l.Weight))
	t.SetLabel(before)
	return y
}
