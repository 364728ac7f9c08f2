package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/kernel"
)

// BatchNorm makes the numbers of each channel have mean 0 and variance 1, and then
// γ·x + β with a learnt γ and β of the channel (Ioffe & Szegedy 2015, algorithm 1; Qiu
// 2019, eq. 7.44 to 7.46). In learning these are the mean and the variance over the
// batch and all places; otherwise they are running ones, which learning keeps.
type BatchNorm struct {
	Channels int     // or units, if the input is batch × units
	Momentum float64 // the share of a batch in the running mean and variance; 0 means 0.1
	Epsilon  float64 // is added to the variance; 0 means 1e-5
	NoAffine bool    // leaves out γ and β
}

// Validate checks the settings.
func (b BatchNorm) Validate() error {
	if !(b.Momentum >= 0 && b.Momentum <= 1) {
		return &belief.ConfigError{Field: "BatchNorm.Momentum", Value: b.Momentum, Want: "between 0 and 1"}
	}
	if err := validEpsilon("BatchNorm", b.Epsilon); err != nil {
		return err
	}
	return positive("BatchNorm", "Channels", b.Channels)
}

func validEpsilon(layer string, eps float64) error {
	if !(eps >= 0 && eps <= 1) || eps > 0 && eps < 1e-30 {
		return &belief.ConfigError{Field: layer + ".Epsilon", Value: eps, Want: "0, or between 1e-30 and 1"}
	}
	return nil
}

// A BatchNormLayer is a BatchNorm with its parameters.
type BatchNormLayer[T Float] struct {
	BatchNorm
	Name           string
	Scale, Shift   *autodiff.Param[T] // γ and β; nil without
	Mean, Variance *autodiff.Param[T] // running; Fixed
}

// BatchNorm makes a batch normalization with the parameters name.scale, name.shift,
// name.mean and name.variance.
func (n *Net[T]) BatchNorm(name string, b BatchNorm) *BatchNormLayer[T] {
	must(b.Validate())
	if b.Momentum == 0 {
		b.Momentum = 0.1
	}
	if b.Epsilon == 0 {
		b.Epsilon = 1e-5
	}
	l := &BatchNormLayer[T]{BatchNorm: b, Name: n.prefix + name}
	if !b.NoAffine {
		l.Scale = n.Param(name+".scale", Constant(1), 1, 1, b.Channels)
		l.Shift = n.Param(name+".shift", Constant(0), 1, 1, b.Channels)
	}
	l.Mean, l.Variance = n.Fixed(name+".mean", b.Channels), n.Fixed(name+".variance", b.Channels)
	for i := range l.Variance.Value {
		l.Variance.Value[i] = 1
	}
	return l
}

// Forward takes batch × Channels × … to the same. In learning it also moves the
// running mean and variance towards those of the batch, the variance multiplied by
// n/(n−1) for n numbers in a channel. A batch of one number a channel becomes β, and
// leaves the running variance as it is.
func (l *BatchNormLayer[T]) Forward(x autodiff.Var[T]) autodiff.Var[T] {
	t, shape := x.Tape(), x.Shape()
	if len(shape) < 2 || shape[1] != l.Channels {
		panic(&autodiff.ShapeError{Op: "BatchNorm", Shapes: [][]int{slices.Clone(shape)}, Text: fmt.Sprintf("it takes batch × %d × …", l.Channels)})
	}
	before := t.SetLabel(l.Name)
	defer t.SetLabel(before)
	g := groups{shape[0], shape[1], autodiff.Size(shape[2:])}
	if t.Training {
		y, minusMean, variance := standardize(x, g, T(l.Epsilon))
		if n := g.outer * g.inner; n > 0 {
			keep, take := T(1-l.Momentum), T(l.Momentum)
			kernel.Scale(keep, l.Mean.Value, l.Mean.Value)
			kernel.Axpy(-take, minusMean, l.Mean.Value)
			if n > 1 {
				kernel.Scale(keep, l.Variance.Value, l.Variance.Value)
				kernel.Axpy(take*T(float64(n)/float64(n-1)), variance, l.Variance.Value)
			}
		}
		if l.Scale == nil {
			return y
		}
		return affine(y, g, t.Param(l.Scale), t.Param(l.Shift))
	}
	// Both steps are one: x·s + (β − mean·s) with s = γ/√(variance + ε).
	inverse, minusMean := t.Scratch(g.n), t.Scratch(g.n)
	for i, v := range l.Variance.Value {
		inverse[i] = T(1 / math.Sqrt(float64(v)+l.Epsilon))
		minusMean[i] = -l.Mean.Value[i]
	}
	scale := t.Constant(inverse, g.n)
	if l.Scale != nil {
		scale = scale.Mul(t.Param(l.Scale))
	}
	shift := t.Constant(minusMean, g.n).Mul(scale)
	if l.Shift != nil {
		shift = shift.Add(t.Param(l.Shift))
	}
	return affine(x, g, scale, shift)
}

// LayerNorm makes the numbers of each row of a batch have mean 0 and variance 1, and
// then γ·x + β with a learnt γ and β of their place (Ba, Kiros & Hinton 2016; Qiu 2019,
// eq. 7.49 to 7.51). A row is what the last dimensions hold, which Shape gives; those
// before them may be batch, or batch × time.
type LayerNorm struct {
	Shape    []int
	Epsilon  float64 // is added to the variance; 0 means 1e-5
	NoAffine bool    // leaves out γ and β
}

// Validate checks the settings.
func (l LayerNorm) Validate() error {
	if len(l.Shape) == 0 {
		return &belief.ConfigError{Field: "LayerNorm.Shape", Value: l.Shape, Want: "the last dimensions"}
	}
	for _, d := range l.Shape {
		if err := positive("LayerNorm", "Shape", d); err != nil {
			return err
		}
	}
	return validEpsilon("LayerNorm", l.Epsilon)
}

// A LayerNormLayer is a LayerNorm with its parameters.
type LayerNormLayer[T Float] struct {
	LayerNorm
	Name         string
	Scale, Shift *autodiff.Param[T] // γ and β, of Shape; nil without
}

// LayerNorm makes a layer normalization with the parameters name.scale and name.shift.
func (n *Net[T]) LayerNorm(name string, l LayerNorm) *LayerNormLayer[T] {
	must(l.Validate())
	if l.Epsilon == 0 {
		l.Epsilon = 1e-5
	}
	l.Shape = slices.Clone(l.Shape)
	layer := &LayerNormLayer[T]{LayerNorm: l, Name: n.prefix + name}
	if !l.NoAffine {
		layer.Scale = n.Param(name+".scale", Constant(1), 1, 1, l.Shape...)
		layer.Shift = n.Param(name+".shift", Constant(0), 1, 1, l.Shape...)
	}
	return layer
}

// Forward takes … × Shape to the same.
func (l *LayerNormLayer[T]) Forward(x autodiff.Var[T]) autodiff.Var[T] {
	t, shape := x.Tape(), x.Shape()
	rows := len(shape) - len(l.Shape)
	if rows < 0 || !slices.Equal(shape[rows:], l.Shape) {
		panic(&autodiff.ShapeError{Op: "LayerNorm", Shapes: [][]int{slices.Clone(shape)}, Text: "its last dimensions are not " + autodiff.FormatShape(l.Shape)})
	}
	before := t.SetLabel(l.Name)
	defer t.SetLabel(before)
	y := x
	if len(l.Shape) > 1 {
		y = y.Reshape(autodiff.Size(shape[:rows]), autodiff.Size(l.Shape))
	}
	y = y.Normalize(T(l.Epsilon))
	if len(l.Shape) > 1 {
		y = y.Reshape(shape...)
	}
	if l.Scale == nil {
		return y
	}
	return y.Mul(t.Param(l.Scale)).Add(t.Param(l.Shift))
}
