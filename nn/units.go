package nn

import "github.com/belief-go/belief/autodiff"

// PReLU is a ReLU whose slope below zero is learnt, one for each of Units, or one for
// all if Units is 1 (He et al. 2015). It works along the last dimension.
type PReLU struct {
	Units int
	Start float64 // of the slopes; 0 means 0.25
}

// Validate checks the size.
func (p PReLU) Validate() error { return positive("PReLU", "Units", p.Units) }

// A PReLULayer is a PReLU with its slopes.
type PReLULayer[T Float] struct {
	PReLU
	Name  string
	Slope *autodiff.Param[T] // Units
}

// PReLU makes a parametric ReLU with the parameter name.slope.
func (n *Net[T]) PReLU(name string, p PReLU) *PReLULayer[T] {
	must(p.Validate())
	if p.Start == 0 {
		p.Start = 0.25
	}
	return &PReLULayer[T]{p, n.prefix + name, n.Param(name+".slope", Constant(p.Start), 1, 1, p.Units)}
}

// Forward applies the function.
func (l *PReLULayer[T]) Forward(x autodiff.Var[T]) autodiff.Var[T] {
	t := x.Tape()
	before := t.SetLabel(l.Name)
	y := x.PReLU(t.Param(l.Slope))
	t.SetLabel(before)
	return y
}

// Maxout is a layer whose every output is the largest of several linear functions of
// the inputs (Goodfellow et al. 2013).
type Maxout struct {
	In, Out, Pieces int
	Init            Init // by default Xavier
}

// Validate checks the sizes.
func (m Maxout) Validate() error {
	return positive("Maxout", "In", m.In, "Out", m.Out, "Pieces", m.Pieces)
}

// A MaxoutLayer is a Maxout with its weights.
type MaxoutLayer[T Float] struct {
	Maxout
	dense *DenseLayer[T]
}

// Maxout makes a layer with the parameters name.weight of In×(Out·Pieces), the pieces
// of an output beside each other, and name.bias.
func (n *Net[T]) Maxout(name string, m Maxout) *MaxoutLayer[T] {
	must(m.Validate())
	return &MaxoutLayer[T]{m, n.Dense(name, Dense{In: m.In, Out: m.Out * m.Pieces, Init: m.Init})}
}

// Forward takes x of …×In to …×Out.
func (l *MaxoutLayer[T]) Forward(x autodiff.Var[T]) autodiff.Var[T] {
	y := l.dense.Forward(x)
	rows := len(y.Value()) / (l.Out * l.Pieces)
	y = y.Reshape(rows, l.Out, l.Pieces).MaxAxis(2)
	shape := x.Shape()
	if len(shape) == 2 {
		return y
	}
	return y.Reshape(extended(y, shape[:len(shape)-1], l.Out)...)
}
