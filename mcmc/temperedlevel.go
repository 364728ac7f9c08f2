package mcmc

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
)

// One level of a ladder of temperatures: the target reference × likelihood^β and
// the kernel that explores it. A target that is not split is all likelihood.

// A level belongs to one kernel of Tempering.
type level struct {
	beta        float64
	kernel      Kernel
	densityOnly bool
	view        *tempered
	state       State
}

// newLevel makes the kernel of a level.
func newLevel(t *Guard, s Sampler, beta float64, split bool) (*level, error) {
	n := t.Dim()
	l := &level{beta: beta, state: State{X: make([]float64, n)}}
	l.view = &tempered{target: t, split: split, beta: &l.beta, last: make([]float64, n)}
	for i := range n {
		l.view.last[i] = math.NaN()
	}
	var target Target = l.view
	if hasSplitGrad(t, split) {
		target = &gradTempered{l.view, make([]float64, n)}
	}
	var err error
	if l.kernel, err = s.Kernel(NewGuard(target)); err != nil {
		return nil, err
	}
	_, l.densityOnly = l.kernel.(densityKernel)
	return l, nil
}

// hasSplitGrad tells whether levels have gradients.
func hasSplitGrad(t *Guard, split bool) bool {
	if split {
		_, ok := t.Target().(SplitGradTarget)
		return ok
	}
	return t.HasGrad()
}

// begin makes the inner state that of a replica.
func (l *level) begin(x []float64, reference, likelihood float64) error {
	copy(l.state.X, x)
	if l.densityOnly {
		l.state.LogDensity = reference + heated(l.beta, likelihood)
		return nil
	}
	if err := l.kernel.Init(&l.state); err != nil {
		return err
	}
	if len(l.state.Aux) > 0 {
		return &belief.ConfigError{Field: "Sampler", Value: fmt.Sprintf("with a %T", l.kernel), Want: "one whose kernels carry nothing but the point from step to step"}
	}
	return nil
}

// finish writes the inner state to a replica. Its factors are mostly known: it has
// not moved, or stands at the last point that was evaluated.
func (l *level) finish(x []float64, reference, likelihood *float64) (err error) {
	switch {
	case slices.Equal(x, l.state.X):
		return nil
	case slices.Equal(l.view.last, l.state.X):
		*reference, *likelihood = l.view.reference, l.view.likelihood
	default:
		*reference, *likelihood, err = l.view.evaluate(l.state.X)
	}
	copy(x, l.state.X)
	return err
}

// heated returns β l, also where l is −Inf: a density to the power of 0 is 1.
func heated(beta, l float64) float64 {
	if beta == 0 {
		return 0
	}
	return beta * l
}

// tempered is the target of a level. It remembers the last point.
type tempered struct {
	target                *Guard
	split                 bool
	beta                  *float64
	last                  []float64
	reference, likelihood float64
}

// Dim implements [Target].
func (t *tempered) Dim() int { return t.target.Dim() }

func (t *tempered) evaluate(x []float64) (reference, likelihood float64, err error) {
	if t.split {
		reference, likelihood, err = t.target.LogSplit(x)
	} else {
		likelihood, err = t.target.LogDensity(x)
	}
	copy(t.last, x)
	t.reference, t.likelihood = reference, likelihood
	return reference, likelihood, err
}

// LogDensity implements [Target].
func (t *tempered) LogDensity(x []float64) (float64, error) {
	reference, likelihood, err := t.evaluate(x)
	return reference + heated(*t.beta, likelihood), err
}

// gradTempered has memory for a gradient.
type gradTempered struct {
	*tempered
	likelihoodGrad []float64
}

// LogDensityGrad implements [GradTarget].
func (t *gradTempered) LogDensityGrad(x, grad []float64) (float64, error) {
	var err error
	if t.split {
		t.reference, t.likelihood, err = t.target.LogSplitGrad(x, grad, t.likelihoodGrad)
	} else {
		clear(grad)
		t.likelihood, err = t.target.LogDensityGrad(x, t.likelihoodGrad)
	}
	copy(t.last, x)
	if err != nil {
		return math.NaN(), err
	}
	if beta := *t.beta; beta != 0 {
		for i, g := range t.likelihoodGrad {
			grad[i] += beta * g
		}
	}
	return t.reference + heated(*t.beta, t.likelihood), nil
}
