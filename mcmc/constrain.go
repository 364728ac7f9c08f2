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
// taken in the constrained coordinates as if each could vary alone. What the target
// can do, the new one can: [GradTarget], [Quantifier], [SplitTarget]. The error is that of the transform's Validate, or a
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
	c := &constrained{target: t, tr: tr, value: make([]float64, t.Dim())}
	return c.withAll(), nil
}

// withAll returns c as a target that can do all that its target can.
func (c *constrained) withAll() Target {
	split, isSplit := c.target.(SplitTarget)
	grad, isGrad := c.target.(GradTarget)
	if !isGrad {
		if isSplit {
			return &splitConstrained{c, split}
		}
		return c
	}
	g := &gradConstrained{c, grad, make([]float64, c.target.Dim())}
	if both, ok := c.target.(SplitGradTarget); ok {
		return &splitGradConstrained{g, both, make([]float64, c.target.Dim())}
	}
	return g
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

func (c *constrained) Clone() Target {
	d := &constrained{cloned(c.target), c.tr, slices.Clone(c.value)}
	return d.withAll()
}

type gradConstrained struct {
	*constrained
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

// The Jacobian belongs to the reference, which stays normalized in free space.

type splitConstrained struct {
	*constrained
	split SplitTarget
}

func (c *splitConstrained) LogSplit(x []float64) (reference, likelihood float64, err error) {
	c.tr.ForwardTo(c.value, x)
	reference, likelihood, err = c.split.LogSplit(c.value)
	return reference + c.tr.LogJacobian(x), likelihood, err
}

type splitGradConstrained struct {
	*gradConstrained
	split SplitGradTarget
	other []float64 // gradient of the likelihood in the constrained value
}

func (c *splitGradConstrained) LogSplit(x []float64) (reference, likelihood float64, err error) {
	s := splitConstrained{c.constrained, c.split}
	return s.LogSplit(x)
}

func (c *splitGradConstrained) LogSplitGrad(x, referenceGrad, likelihoodGrad []float64) (reference, likelihood float64, err error) {
	c.tr.ForwardTo(c.value, x)
	reference, likelihood, err = c.split.LogSplitGrad(c.value, c.gradient, c.other)
	if err != nil {
		return reference, likelihood, err
	}
	// Both gradients get that of the log Jacobian, which the likelihood gives back.
	c.tr.GradTo(referenceGrad, x, c.value, c.gradient)
	c.tr.GradTo(likelihoodGrad, x, c.value, c.other)
	clear(c.other)
	jacobian := c.other[:len(x)]
	c.tr.GradTo(jacobian, x, c.value, c.other)
	for i, v := range jacobian {
		likelihoodGrad[i] -= v
	}
	return reference + c.tr.LogJacobian(x), likelihood, nil
}
