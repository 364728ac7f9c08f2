package process

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
)

// PoissonProcess is the process of events on t > 0 that happen independently of each
// other at a constant rate λ ≥ 0: numbers in intervals are Poisson, gaps exponential.
type PoissonProcess struct {
	Rate float64 // λ, expected events in a unit of time
}

// NewPoissonProcess returns the process, or a [*dist.ParameterError].
func NewPoissonProcess(rate float64) (PoissonProcess, error) {
	p := PoissonProcess{rate}
	return p, p.Validate()
}

// Validate returns a [*dist.ParameterError] unless the rate is finite and not
// negative.
func (p PoissonProcess) Validate() error { return checkRate(p.Rate) }

func checkRate(rate float64) error {
	if !(rate >= 0) || math.IsInf(rate, 1) {
		return &dist.ParameterError{Distribution: "poisson process", Parameter: "Rate", Value: rate, Want: "zero or positive, and finite"}
	}
	return nil
}

// maxEvents is how many events a slice may be expected to take.
const maxEvents = 1e7

// Count returns the distribution of the number of events in an interval of the given
// length.
func (p PoissonProcess) Count(length float64) dist.Poisson {
	return dist.Poisson{Lambda: p.Rate * length}
}

// Gap returns the distribution of the time between events, for a positive rate.
func (p PoissonProcess) Gap() dist.Exponential { return dist.Exponential{Rate: p.Rate} }

// Arrival returns the distribution of the time of the k-th event, k ≥ 1, for a
// positive rate.
func (p PoissonProcess) Arrival(k int) dist.Gamma {
	return dist.Gamma{Shape: float64(k), Rate: p.Rate}
}

// Events returns the events up to a time in ascending order, drawn gap by gap. It
// needs no memory, however many they are.
func (p PoissonProcess) Events(until float64, r *rand.Rand) iter.Seq[float64] {
	return func(yield func(float64) bool) {
		if !(p.Rate > 0) {
			return
		}
		for t := r.ExpFloat64() / p.Rate; t <= until; t += r.ExpFloat64() / p.Rate {
			if !yield(t) {
				return
			}
		}
	}
}

// Sample returns the events up to a time in ascending order. The error is a
// [*belief.TooLargeError] if more than 1e7 are to be expected, and a
// [*belief.ConfigError] for a time that is not finite.
func (p PoissonProcess) Sample(until float64, r *rand.Rand) ([]float64, error) {
	if err := checkUntil(until, p.Rate); err != nil {
		return nil, err
	}
	return slices.Collect(p.Events(until, r)), nil
}

func checkUntil(until, rate float64) error {
	if math.IsNaN(until) || math.IsInf(until, 0) {
		return &belief.ConfigError{Field: "until", Value: until, Want: "finite"}
	}
	return fits("events of a Poisson process", rate*until, 8*maxEvents, "take less time, or the events one by one")
}

// LogLikelihood returns the log density of exactly these events up to a time, n log
// λ − λ until (Daley & Vere-Jones 2003, An introduction to the theory of point
// processes, section 2.1): −Inf if one of them is outside of (0, until].
func (p PoissonProcess) LogLikelihood(events []float64, until float64) float64 {
	if inside, first := inWindow(events, until); !inside {
		return first
	}
	if len(events) == 0 {
		return -p.Rate * until
	}
	return float64(len(events))*careful.Log(p.Rate) - p.Rate*until
}

// inWindow says whether all events are in (0, until], and else the log density: NaN if
// one of them is, and −Inf if not.
func inWindow(events []float64, until float64) (bool, float64) {
	for _, t := range events {
		if math.IsNaN(t) {
			return false, t
		}
		if !(t > 0 && t <= until) {
			return false, math.Inf(-1)
		}
	}
	return true, 0
}

// FitPoissonProcess returns the process of greatest likelihood for the events up to a
// time: their number divided by the time. The error is a [*dist.FitError].
func FitPoissonProcess(events []float64, until float64) (PoissonProcess, error) {
	if !(until > 0) || math.IsInf(until, 1) {
		return PoissonProcess{}, &dist.FitError{Distribution: "poisson process", Row: -1, Problem: fmt.Sprintf("the time is %v", until)}
	}
	for i, t := range events {
		if !(t > 0 && t <= until) {
			return PoissonProcess{}, &dist.FitError{Distribution: "poisson process", Row: i, Problem: fmt.Sprintf("is at %v, outside of 0 to %v", t, until)}
		}
	}
	p := PoissonProcess{float64(len(events)) / until}
	if p.Validate() != nil {
		return PoissonProcess{}, &dist.FitError{Distribution: "poisson process", Row: -1, Problem: fmt.Sprintf("the time %v is too short for a finite rate", until)}
	}
	return p, nil
}

// Superpose returns the process of the events of all: their rates add up.
func Superpose(all ...PoissonProcess) PoissonProcess {
	var sum PoissonProcess
	for _, p := range all {
		sum.Rate += p.Rate
	}
	return sum
}

// Thin returns the process of the events that are kept, each with the given
// probability and independently of the others. Those that are not kept are an
// independent process. The error is a [*dist.ParameterError].
func (p PoissonProcess) Thin(keep float64) (PoissonProcess, error) {
	if !(keep >= 0 && keep <= 1) {
		return PoissonProcess{}, &dist.ParameterError{Distribution: "poisson process", Parameter: "keep", Value: keep, Want: "between 0 and 1"}
	}
	return PoissonProcess{p.Rate * keep}, nil
}

// String returns "PoissonProcess(Rate: …)".
func (p PoissonProcess) String() string { return fmt.Sprintf("PoissonProcess(Rate: %g)", p.Rate) }
