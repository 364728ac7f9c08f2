package mcmc

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief"
)

// The three ways in which Gibbs updates a block.

// newUpdate returns the update of a block; one of its ways is given.
func newUpdate(k *gibbs, b Block) (update, error) {
	switch {
	case b.Draw != nil:
		return &drawn{of: b.Of, draw: b.Draw, values: make([]float64, len(b.Of))}, nil
	case b.Values != nil:
		return newEnumerated(b)
	}
	view := &conditional{of: b.Of, joint: k}
	var target Target = view
	if k.target.HasGrad() {
		target = &gradConditional{*view, make([]float64, len(k.x))}
	}
	inner, err := b.Sampler.Kernel(NewGuard(target))
	if err != nil {
		return nil, err
	}
	w := &within{of: b.Of, inner: inner, state: State{X: make([]float64, len(b.Of))}}
	_, w.densityOnly = inner.(densityKernel)
	return w, nil
}

// drawn is a block that is drawn from its full conditional by a user's function.
type drawn struct {
	of     []int
	draw   func(dst []float64, r *rand.Rand, x []float64) error
	values []float64
}

func (*drawn) kernel() Kernel { return nil }

func (b *drawn) step(r *rand.Rand, k *gibbs) (Info, error) {
	if err := b.call(r, k.x); err != nil {
		return Info{}, err
	}
	for i, v := range b.values {
		if v-v != 0 {
			return Info{}, proposalError(k.x, b.values, fmt.Errorf("the full conditional of coordinate %d drew %v", b.of[i], v))
		}
	}
	for i, c := range b.of {
		k.x[c] = b.values[i]
	}
	k.known = false
	return Info{Accept: 1}, nil
}

// call gives errors and panics the point.
func (b *drawn) call(r *rand.Rand, x []float64) (err error) {
	defer recoveredProposal(x, b.values, &err)
	if err := b.draw(b.values, r, x); err != nil {
		return proposalError(x, b.values, err)
	}
	return nil
}

// enumerated is a block that is drawn from its full conditional, which is
// evaluated at all combinations of values.
type enumerated struct {
	of       []int
	values   []float64
	odometer []int
	logs     []float64 // of the density at every combination; the last coordinate runs fastest
}

func newEnumerated(b Block) (*enumerated, error) {
	if len(b.Values) == 0 {
		return nil, &belief.ConfigError{Field: "Values", Value: b.Values, Want: "one value or more"}
	}
	n := 1
	for range b.Of {
		if n *= len(b.Values); n > mostCombinations {
			return nil, &belief.TooLargeError{
				What: "block of a Gibbs sampler", Bytes: 8 * math.Pow(float64(len(b.Values)), float64(len(b.Of))), Budget: 8 * mostCombinations,
				Advice: "smaller blocks have fewer combinations",
			}
		}
	}
	sorted := slices.Sorted(slices.Values(b.Values))
	for i, v := range sorted {
		if v-v != 0 || i > 0 && v == sorted[i-1] {
			return nil, &belief.ConfigError{Field: "Values", Value: v, Want: "finite, and there once"}
		}
	}
	return &enumerated{of: b.Of, values: b.Values, odometer: make([]int, len(b.Of)), logs: make([]float64, n)}, nil
}

func (*enumerated) kernel() Kernel { return nil }

func (b *enumerated) step(r *rand.Rand, k *gibbs) (Info, error) {
	highest := math.Inf(-1)
	clear(b.odometer)
	for i := range b.logs {
		b.set(k.x, b.odometer)
		l, err := k.target.LogDensity(k.x)
		if err != nil {
			return Info{}, err
		}
		b.logs[i] = l
		highest = max(highest, l)
		for j := len(b.odometer) - 1; j >= 0; j-- {
			if b.odometer[j]++; b.odometer[j] < len(b.values) {
				break
			}
			b.odometer[j] = 0
		}
	}
	u := r.Float64()
	if math.IsInf(highest, -1) {
		return Info{}, proposalError(k.start, k.x, fmt.Errorf("the target has density zero at all %d combinations of values of coordinates %v", len(b.logs), b.of))
	}
	sum := 0.0
	for _, l := range b.logs {
		sum += math.Exp(l - highest)
	}
	pick, left := -1, u*sum
	for i, l := range b.logs {
		if p := math.Exp(l - highest); p > 0 {
			pick = i // the last that is possible, should rounding leave something over
			if left -= p; left < 0 {
				break
			}
		}
	}
	k.density, k.known = b.logs[pick], true
	for j := len(b.odometer) - 1; j >= 0; j-- {
		b.odometer[j] = pick % len(b.values)
		pick /= len(b.values)
	}
	b.set(k.x, b.odometer)
	return Info{Accept: 1}, nil
}

// set writes a combination of values into x.
func (b *enumerated) set(x []float64, combination []int) {
	for j, c := range b.of {
		x[c] = b.values[combination[j]]
	}
}

// within is a block that is updated by the kernel of a sampler.
type within struct {
	of          []int
	inner       Kernel
	densityOnly bool
	state       State
}

func (b *within) kernel() Kernel { return b.inner }

// begin makes the inner state that of the block in k.x.
func (b *within) begin(k *gibbs) error {
	for i, c := range b.of {
		b.state.X[i] = k.x[c]
	}
	if b.densityOnly {
		if err := k.find(); err != nil {
			return err
		}
		b.state.LogDensity = k.density
		return nil
	}
	if err := b.inner.Init(&b.state); err != nil {
		return err
	}
	if len(b.state.Aux) > 0 {
		return &belief.ConfigError{Field: "Blocks", Value: fmt.Sprintf("with a %T", b.inner), Want: "updated by kernels that carry nothing but the point from step to step"}
	}
	return nil
}

func (b *within) step(r *rand.Rand, k *gibbs) (Info, error) {
	if err := b.begin(k); err != nil {
		return Info{}, err
	}
	info, err := b.inner.Step(r, &b.state)
	if err != nil {
		return Info{}, err
	}
	if t, ok := b.inner.(Tuner); ok && k.learning {
		if err := t.Tune(&b.state, info); err != nil {
			return Info{}, err
		}
	}
	for i, c := range b.of {
		k.x[c] = b.state.X[i]
	}
	k.density, k.known = b.state.LogDensity, true
	return info, nil
}

// conditional is the density of a block given the other coordinates, up to a
// factor: the joint density as a function of the block.
type conditional struct {
	of    []int
	joint *gibbs
}

// Dim implements [Target].
func (c *conditional) Dim() int { return len(c.of) }

// LogDensity implements [Target].
func (c *conditional) LogDensity(x []float64) (float64, error) {
	for i, j := range c.of {
		c.joint.x[j] = x[i]
	}
	return c.joint.target.LogDensity(c.joint.x)
}

// gradConditional has memory for the joint gradient.
type gradConditional struct {
	conditional
	all []float64
}

// LogDensityGrad implements [GradTarget].
func (c *gradConditional) LogDensityGrad(x, grad []float64) (float64, error) {
	for i, j := range c.of {
		c.joint.x[j] = x[i]
	}
	l, err := c.joint.target.LogDensityGrad(c.joint.x, c.all)
	for i, j := range c.of {
		grad[i] = c.all[j]
	}
	return l, err
}
