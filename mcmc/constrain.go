package mcmc

import (
	"fmt"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist/transform"
)

// Constrain makes a target on free space of one on a constrained set: the log
// density gets the log Jacobian of the transform, the gradient is carried through
// it, and the draws hold the constrained values.
//
// The target's dimension is the transform's constrained one. Its gradient is
// taken in the constrained coordinates as if each could vary alone. A target
// without gradient gives one without; one that is a [Quantifier] or a [Cloner]
// stays so. The error is that of the transform's Validate, or a
// [*belief.ConfigError] if the dimensions differ.
//
//	// A scale must be positive, and the mean may be anything.
//	free, err := mcmc.Constrain(target, transform.Join{transform.Identity{}, transform.Positive{}})
func Constrain(t Target, tr transform.Transform) (Target, error) {
	if err := tr.Validate(); err != nil {
		return nil, err
	}
	if t.Dim() != tr.ConstrainedDim() {
		return nil, &belief.ConfigError{Field: "Transform", Value: fmt.Sprintf("of %d values", tr.ConstrainedDim()), Want: fmt.Sprintf("the target's %d", t.Dim())}
	}
	c := constrained{target: t, tr: tr, value: make([]float64, t.Dim())}
	if g, ok := t.(GradTarget); ok {
		return &gradConstrained{c, g, make([]float64, t.Dim())}, nil
	}
	return &c, nil
}

type constrained struct {
	target Target
	tr     transform.Transform
	value  []float64 // constrained
}

func (c *constrained) Dim() int { return c.tr.FreeDim() }

func (c *constrained) LogDensity(x []float64) (float64, error) {
	c.tr.ForwardTo(c.value, x)
	l, err := c.target.LogDensity(c.value)
	return l + c.tr.LogJacobian(x), err
}

func (c *constrained) Names() []string { return quantityNames(c.target) }

func (c *constrained) QuantitiesTo(dst, x []float64) {
	c.tr.ForwardTo(c.value, x)
	if q, ok := c.target.(Quantifier); ok {
		q.QuantitiesTo(dst, c.value)
		return
	}
	copy(dst, c.value)
}

func (c *constrained) clone() constrained {
	d := *c
	d.value = slices.Clone(c.value)
	if cl, ok := c.target.(Cloner); ok {
		d.target = cl.Clone()
	}
	return d
}

func (c *constrained) Clone() Target {
	d := c.clone()
	return &d
}

type gradConstrained struct {
	constrained
	withGrad GradTarget
	gradient []float64 // in the constrained value
}

func (c *gradConstrained) LogDensityGrad(x, grad []float64) (float64, error) {
	c.tr.ForwardTo(c.value, x)
	l, err := c.withGrad.LogDensityGrad(c.value, c.gradient)
	if err != nil {
		return l, err
	}
	c.tr.GradTo(grad, x, c.value, c.gradient)
	return l + c.tr.LogJacobian(x), nil
}

func (c *gradConstrained) Clone() Target {
	d := &gradConstrained{c.clone(), nil, slices.Clone(c.gradient)}
	d.withGrad = d.target.(GradTarget)
	return d
}
