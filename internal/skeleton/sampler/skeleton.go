// Package sampler is the skeleton of a Markov chain sampler: a kernel with init
// and step, and a state that holds only what the next step needs. Copy it,
// rename it, and put in your own step.
package sampler

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// A Target is a density on ℝⁿ, known up to a constant factor.
type Target interface {
	Dim() int
	// LogDensity returns the logarithm of the density at x, in nats. An error
	// that wraps ErrReject makes the sampler reject x; any other ends the run.
	LogDensity(x []float64) (float64, error)
}

// ErrReject says that the density cannot be computed at a point, and that the
// point is to be treated as one of density zero.
var ErrReject = errors.New("the point is rejected")

// Metropolis is random-walk Metropolis: x' ~ N(x, Scale²·I) is accepted with
// probability min(1, p(x')/p(x)) (Metropolis et al. 1953). A step costs one
// evaluation of the density.
type Metropolis struct {
	Scale float64 // of the proposal; 0 means 2.38/√n (Roberts, Gelman & Gilks 1997)
}

// A State is where a chain stands. It belongs to one goroutine.
type State struct {
	X          []float64 // valid until the next step
	LogDensity float64   // at X
	proposal   []float64
}

// A StartError says why a chain cannot start at a point.
type StartError struct {
	LogDensity float64
	Err        error // what LogDensity returned; may be nil
}

// Error tells what the density was.
func (e *StartError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("the chain cannot start: %v", e.Err)
	}
	return fmt.Sprintf("the chain cannot start where the log density is %v", e.LogDensity)
}

// Unwrap returns the cause.
func (e *StartError) Unwrap() error { return e.Err }

// Init makes the state of a chain that starts at x, which it copies. The error
// is a [*StartError].
func (k Metropolis) Init(t Target, x []float64) (State, error) {
	if len(x) != t.Dim() {
		panic("sampler: the start has not the target's dimension")
	}
	l, err := t.LogDensity(x)
	if err != nil || math.IsNaN(l) || math.IsInf(l, 0) {
		return State{}, &StartError{l, err}
	}
	return State{append([]float64(nil), x...), l, make([]float64, len(x))}, nil
}

// Step moves the chain once and reports whether the proposal was accepted. It
// allocates nothing. A density of NaN or +Inf ends the run.
func (k Metropolis) Step(r *rand.Rand, t Target, s *State) (accepted bool, err error) {
	scale := k.Scale
	if scale == 0 {
		scale = 2.38 / math.Sqrt(float64(len(s.X)))
	}
	for i, x := range s.X {
		s.proposal[i] = x + scale*r.NormFloat64()
	}
	u := r.Float64() // drawn in any case, so that a rejection leaves the stream where an acceptance does
	l, err := t.LogDensity(s.proposal)
	switch {
	case errors.Is(err, ErrReject):
		return false, nil
	case err != nil:
		return false, err
	case math.IsNaN(l) || math.IsInf(l, 1):
		return false, fmt.Errorf("the log density is %v at %v", l, s.proposal)
	case math.Log(u) >= l-s.LogDensity:
		return false, nil
	}
	s.X, s.proposal, s.LogDensity = s.proposal, s.X, l
	return true, nil
}
