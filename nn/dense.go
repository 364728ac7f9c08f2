package nn

import "github.com/belief-go/belief/autodiff"

// Dense is a fully connected layer, y = f(x·W + b), with W of In×Out.
type Dense struct {
	In, Out    int
	Activation Activation // f; by default none
	NoBias     bool
	Init       Init // of W; by default He for ReLU and LeakyReLU, else Xavier
}

// Validate checks the sizes and the activation.
func (d Dense) Validate() error {
	if err := d.Activation.Validate(); err != nil {
		return err
	}
	return positive("Dense", "In", d.In, "Out", d.Out)
}

// A DenseLayer is a Dense with its weights.
type DenseLayer[T Float] struct {
	Dense
	Name   string
	Weight *autodiff.Param[T] // In×Out
	Bias   *autodiff.Param[T] // Out; nil without
	f      function
}

// Dense makes a fully connected layer with the parameters name.weight and name.bias,
// which starts at zero.
func (n *Net[T]) Dense(name string, d Dense) *DenseLayer[T] {
	must(d.Validate())
	f, _ := d.Activation.parse()
	l := &DenseLayer[T]{Dense: d, Name: n.prefix + name, f: f}
	l.Weight = n.Param(name+".weight", f.init(d.Init), d.In, d.Out, d.In, d.Out)
	if !d.NoBias {
		l.Bias = n.Param(name+".bias", Constant(0), d.In, d.Out, d.Out)
	}
	return l
}

// Forward takes x of …×In to …×Out, in 2·In·Out operations for each row.
func (l *DenseLayer[T]) Forward(x autodiff.Var[T]) autodiff.Var[T] {
	t := x.Tape()
	before := t.SetLabel(l.Name)
	var y autodiff.Var[T]
	if l.Bias != nil {
		y = x.Affine(t.Param(l.Weight), t.Param(l.Bias))
	} else {
		y = x.MatMul(t.Param(l.Weight))
	}
	y = apply(l.f, y)
	t.SetLabel(before)
	return y
}
