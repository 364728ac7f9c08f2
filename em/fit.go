package em

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/belief-go/belief"
)

// A Run is what has become of a fit with a model of type M.
type Run[M any] struct {
	Model M // the best of all starts, the first of those that are equally good
	// Objective is what the best start reached, LogLikelihood the part of it that comes
	// from the data, both of the parameters of Model. Of a fit that was interrupted they
	// are those of the last E step, −Inf before the first, which the parameters have
	// improved upon since.
	Objective     float64
	LogLikelihood float64
	Weight        float64   // of the data: the number of rows or sequences if all count once
	Observations  float64   // the weight of all rows, also of those in sequences
	Iterations    int       // of the best start
	Converged     bool      // the best start did
	History       []float64 // the objective before every M step of the best start, and at its end
	Starts        []Start   // those that have ended
	Warnings      []belief.Warning
}

// Parameters is the number of free parameters of the model, −1 if it does not know it.
func (r *Run[M]) Parameters() int {
	if c, ok := any(r.Model).(Counted); ok {
		return c.Parameters()
	}
	return -1
}

// BIC is −2 L + p log n with p parameters and n the weight of all rows (Schwarz 1978);
// less is better. NaN if the model does not know p.
func (r *Run[M]) BIC() float64 {
	p := r.Parameters()
	if p < 0 {
		return math.NaN()
	}
	return -2*r.LogLikelihood + float64(p)*math.Log(r.Observations)
}

// AIC is −2 L + 2 p (Akaike 1974); less is better.
func (r *Run[M]) AIC() float64 {
	p := r.Parameters()
	if p < 0 {
		return math.NaN()
	}
	return -2*r.LogLikelihood + 2*float64(p)
}

// A Starter makes the model that a start, counted from 0, begins with. What it draws it
// has to draw from streams of the seed and the start. To go on from a model that is
// there, return it, or a copy of it, which the fit does not change.
type Starter[M any] func(ctx context.Context, start int) (M, error)

// An ObjectiveError says that the objective is no number that could be compared: NaN, or
// infinite because the data are impossible, or the likelihood has no bound.
type ObjectiveError struct {
	Start     int // from 0
	Iteration int // from 1
	Value     float64
}

// Error says what it may mean.
func (e *ObjectiveError) Error() string {
	why := "the model's E step has made a number of it that is none"
	switch {
	case math.IsInf(e.Value, -1):
		why = "the data are impossible under the model's parameters"
	case math.IsInf(e.Value, 1):
		why = "the likelihood has no bound; a component may have shrunk to a point"
	}
	return fmt.Sprintf("em: the objective of start %d is %v in iteration %d: %s", e.Start, e.Value, e.Iteration, why)
}

// Fit runs EM to its end. When ctx ends it returns the best so far, nil if there is
// nothing yet, and ctx's error. A start that fails is recorded in the run, and an error
// if no other succeeds.
func Fit[D any, M Model[D]](ctx context.Context, d Data[D], begin Starter[M], c Config) (*Run[M], error) {
	f, err := newFit(ctx, d, begin, c)
	if err != nil {
		return nil, err
	}
	if err = f.all(ctx, func(Step) bool { return true }); err == nil || ctx.Err() != nil && f.partial() {
		return f.run, err
	}
	return nil, err
}

// Steps runs EM an iteration at a time, as Fit does; breaking out ends it. The model of a
// start can be looked at through what begin returned.
func Steps[D any, M Model[D]](ctx context.Context, d Data[D], begin Starter[M], c Config) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		f, err := newFit(ctx, d, begin, c)
		if err == nil {
			err = f.all(ctx, func(s Step) bool { return yield(s, nil) })
		}
		if err != nil && !errors.Is(err, errBroken) {
			yield(Step{}, err)
		}
	}
}
