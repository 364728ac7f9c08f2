package process

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/stream"
)

// BayesianOptimization looks for the minimum of a function that is expensive to
// evaluate, on a box. A Gaussian process is fitted to what has been seen, and the
// function evaluated next where an [Acquisition] promises most (Jones, Schonlau &
// Welch 1998; Snoek, Larochelle & Adams 2012). The zero value, but for the box, is
// expected improvement after a Latin hypercube, 30 evaluations in all.
type BayesianOptimization struct {
	Lower, Upper []float64 // the box
	Maximize     bool
	Evaluations  int // in all; 0: 30
	Initial      int // of the Latin hypercube, at most Evaluations; 0: 2d + 3
	// Acquisition chooses the points. It sees a minimization in any case, as Maximize
	// changes the sign of the values. Nil: ExpectedImprovement{}.
	Acquisition Acquisition
	// Kernel is that of the function with the box scaled to the unit cube and the
	// values to mean 0 and variance 1. Its hyperparameters are fitted before every
	// evaluation, with a normal prior of standard deviation 1 on their logarithms
	// about what is given here. Nil: a Matern kernel of ν = 5/2, σ = 1 and a length
	// scale of 0.4 √d for each coordinate.
	Kernel Kernel
	// Noisy says that evaluations have noise, whose size is fitted too. The best is
	// then where the mean of the posterior is least among what was evaluated.
	Noisy bool
	Seed  uint64
}

// An Evaluation is one value of the function.
type Evaluation struct {
	X     []float64
	Value float64 // NaN if it failed
	Err   error   // why it failed
}

// A Step is one evaluation of an optimization. Its slices are valid until the next.
type Step struct {
	Index int // from 0
	Evaluation
	Designed bool      // a point of the Latin hypercube, chosen without looking
	Score    float64   // of the acquisition function; NaN for a point chosen without it
	Best     []float64 // the best point so far; nil as long as all have failed
	// BestValue is the value observed there; NaN if there is none.
	BestValue float64
}

// An Optimum is the outcome of an optimization.
type Optimum struct {
	X           []float64 // the best point; nil if all evaluations failed
	Value       float64   // the value observed there
	Evaluations []Evaluation
	Failed      int // how many of them failed
	Warnings    []belief.Warning
}

// An EvaluationError says that a function returned no finite number.
type EvaluationError struct {
	X     []float64
	Value float64
}

// Error gives value and point.
func (e *EvaluationError) Error() string {
	return fmt.Sprintf("bayesian optimization: the function is %v at %.6g", e.Value, e.X)
}

// ErrAllFailed says that no evaluation of an optimization succeeded.
var ErrAllFailed = errors.New("bayesian optimization: every evaluation failed")

// Run optimizes f. An evaluation that returns an error, NaN or an infinity has
// failed: it is counted and kept, and the search goes on, taking the place for as bad
// as the worst value seen. The errors are [*belief.ConfigError] and others of the
// settings, [ErrAllFailed] together with the last cause, [*belief.TooLargeError] for
// too many evaluations, and that of the context; but for the settings there is an
// outcome besides.
//
// The global optimum is not guaranteed. The time between evaluations grows as the
// cube of their number: a few milliseconds for thirty in two dimensions, some tens
// of milliseconds for fifty in six.
func (b BayesianOptimization) Run(ctx context.Context, f func(ctx context.Context, x []float64) (float64, error)) (*Optimum, error) {
	if err := b.Validate(); err != nil {
		return nil, err
	}
	out := &Optimum{Value: math.NaN()}
	for step, err := range b.Steps(ctx, f) {
		if err != nil {
			return out, err
		}
		e := step.Evaluation
		e.X = slices.Clone(e.X)
		out.Evaluations = append(out.Evaluations, e)
		if e.Err != nil {
			out.Failed++
		}
		if step.Best != nil {
			out.X, out.Value = append(out.X[:0], step.Best...), step.BestValue
		}
	}
	if out.X == nil {
		return out, fmt.Errorf("%w: %w", ErrAllFailed, out.Evaluations[len(out.Evaluations)-1].Err)
	}
	if out.Failed > 0 {
		out.Warnings = append(out.Warnings, belief.Warning{Code: "failed-evaluations", Where: "bayesian optimization", Text: fmt.Sprintf("%d of %d evaluations failed", out.Failed, len(out.Evaluations))})
	}
	return out, nil
}

// Steps optimizes f one evaluation at a time. The sequence is single-use; breaking
// out of the loop ends the optimization, and an error ends the sequence.
func (b BayesianOptimization) Steps(ctx context.Context, f func(ctx context.Context, x []float64) (float64, error)) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		if err := b.Validate(); err != nil {
			yield(Step{}, err)
			return
		}
		s := newSearch(b)
		for k := range s.Evaluations {
			if err := ctx.Err(); err != nil {
				yield(Step{}, err)
				return
			}
			step := Step{Index: k, Score: math.NaN(), Designed: k < s.Initial}
			var point []float64
			if step.Designed {
				point = s.design[k*s.dim : (k+1)*s.dim]
			} else {
				var err error
				if point, step.Score, err = s.propose(ctx, k); err != nil {
					yield(Step{}, err)
					return
				}
			}
			x := s.unscale(point)
			value, err := f(ctx, slices.Clone(x))
			if err == nil && (math.IsNaN(value) || math.IsInf(value, 0)) {
				err = &EvaluationError{X: x, Value: value}
			}
			if err != nil {
				if ctx.Err() != nil {
					yield(Step{}, ctx.Err())
					return
				}
				value = math.NaN()
			}
			step.Evaluation = Evaluation{X: x, Value: value, Err: err}
			s.record(ctx, point, value)
			step.Best, step.BestValue = s.best()
			if !yield(step, nil) {
				return
			}
		}
	}
}

// Validate returns a [*belief.ConfigError], or the error of the kernel.
func (b BayesianOptimization) Validate() error {
	d := len(b.Lower)
	if d == 0 || len(b.Upper) != d {
		return &belief.ConfigError{Field: "Lower and Upper", Value: fmt.Sprintf("%d and %d long", d, len(b.Upper)), Want: "of the same positive length"}
	}
	for i, low := range b.Lower {
		if high := b.Upper[i]; !(low < high) || math.IsInf(low, 0) || math.IsInf(high, 0) {
			return &belief.ConfigError{Field: fmt.Sprintf("Lower[%d] and Upper[%d]", i, i), Value: fmt.Sprintf("%v and %v", low, high), Want: "finite and in ascending order"}
		}
	}
	if b.Evaluations < 0 {
		return &belief.ConfigError{Field: "Evaluations", Value: b.Evaluations, Want: "0 or positive"}
	}
	if b.Initial < 0 {
		return &belief.ConfigError{Field: "Initial", Value: b.Initial, Want: "0 or positive"}
	}
	if err := fits("initial design", float64(min(b.Initial, b.evaluations()))*float64(d), 1<<28, "take a smaller one"); err != nil {
		return err
	}
	if b.Acquisition != nil {
		if err := b.Acquisition.Validate(); err != nil {
			return err
		}
	}
	if b.Kernel != nil {
		return b.Kernel.Validate(d)
	}
	return nil
}

func (b BayesianOptimization) evaluations() int {
	if b.Evaluations == 0 {
		return 30
	}
	return b.Evaluations
}

// newSearch fills in the defaults and draws the design.
func newSearch(b BayesianOptimization) *search {
	d := len(b.Lower)
	b.Evaluations = b.evaluations()
	if b.Initial == 0 {
		b.Initial = 2*d + 3
	}
	b.Initial = min(b.Initial, b.Evaluations)
	if b.Acquisition == nil {
		b.Acquisition = ExpectedImprovement{}
	}
	if b.Kernel == nil {
		length := make([]float64, d)
		for i := range length {
			length[i] = 0.4 * math.Sqrt(float64(d))
		}
		b.Kernel = Matern{Nu: 2.5, Sigma: 1, Length: length}
	}
	s := &search{BayesianOptimization: b, dim: d, incumbent: -1}
	s.design = latinHypercube(b.Initial, d, stream.New(b.Seed, "bayesian-optimization-design"))
	return s
}
