package check

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime/debug"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/mcmc"
)

// A Model is a joint distribution of parameters and data of type D, together with
// the density of the posterior that a sampler gets. Its functions must be safe for
// concurrent use.
type Model[D any] struct {
	// Names are those of the parameters, which are the quantities that the draws
	// of the target hold, in their order.
	Names []string
	// Prior draws parameters.
	Prior func(r *rand.Rand) []float64
	// Simulate draws data given parameters, which it must not keep.
	Simulate func(r *rand.Rand, theta []float64) D
	// Target is the posterior of the data. It may live on free space and be a
	// [mcmc.Quantifier].
	Target func(data D) (mcmc.Target, error)
	// Position finds the point of the target at which the parameters are theta:
	// the inverse of QuantitiesTo. Geweke's test starts there. nil: theta itself.
	Position func(theta []float64) []float64
	// Quantities are looked at beside the parameters.
	Quantities []Quantity[D]
}

// A Quantity is a number that parameters and data have, such as the log likelihood
// or the largest observation.
type Quantity[D any] struct {
	Name string
	F    func(theta []float64, data D) float64
}

// A SimulationError says which simulation of a check failed.
type SimulationError struct {
	Simulation int       // from 0
	Theta      []float64 // the parameters that it began with
	Err        error
	Stack      string // of a panic in the model's functions, empty if it was none
}

// failed puts an error down to a simulation.
func failed(simulation int, theta []float64, err error) error {
	e := &SimulationError{Simulation: simulation, Theta: slices.Clone(theta), Err: err}
	if p := (*panicError)(nil); errors.As(err, &p) {
		e.Stack = p.stack
	}
	return e
}

// A panicError is a panic of one of the model's functions.
type panicError struct {
	function string
	cause    error
	stack    string
}

func (e *panicError) Error() string { return fmt.Sprintf("panic in %s: %v", e.function, e.cause) }
func (e *panicError) Unwrap() error { return e.cause }

// recovered makes a panic of the named function an error.
func recovered(function string, err *error) {
	if p := recover(); p != nil {
		cause, ok := p.(error)
		if !ok {
			cause = fmt.Errorf("%v", p)
		}
		*err = &panicError{function, cause, string(debug.Stack())}
	}
}

// Error tells simulation, parameters and cause.
func (e *SimulationError) Error() string {
	return fmt.Sprintf("check: simulation %d, with parameters %v: %v", e.Simulation, e.Theta, e.Err)
}

// Unwrap returns the cause.
func (e *SimulationError) Unwrap() error { return e.Err }

// validate looks for what is missing; target says whether that is needed.
func (m *Model[D]) validate(target bool) error {
	missing := func(field string) error {
		return &belief.ConfigError{Field: "Model." + field, Value: "nil", Want: "a function"}
	}
	switch {
	case len(m.Names) == 0:
		return &belief.ConfigError{Field: "Model.Names", Value: m.Names, Want: "a name for each parameter"}
	case m.Prior == nil:
		return missing("Prior")
	case m.Simulate == nil:
		return missing("Simulate")
	case target && m.Target == nil:
		return missing("Target")
	}
	for _, q := range m.Quantities {
		if q.F == nil {
			return missing("Quantities " + q.Name)
		}
	}
	return nil
}

// names are those of parameters and quantities.
func (m *Model[D]) names() []string {
	out := slices.Clone(m.Names)
	for _, q := range m.Quantities {
		out = append(out, q.Name)
	}
	return out
}

// draw takes parameters from the prior and data from them.
func (m *Model[D]) draw(r *rand.Rand) (theta []float64, data D, err error) {
	if theta, err = m.prior(r); err != nil {
		return nil, data, err
	}
	if len(theta) != len(m.Names) {
		return theta, data, &belief.ConfigError{Field: "Model.Prior", Value: fmt.Sprintf("of %d values", len(theta)), Want: fmt.Sprintf("of %d, as there are names", len(m.Names))}
	}
	data, err = m.simulate(r, theta)
	return theta, data, err
}

func (m *Model[D]) prior(r *rand.Rand) (theta []float64, err error) {
	defer recovered("Prior", &err)
	return m.Prior(r), nil
}

func (m *Model[D]) simulate(r *rand.Rand, theta []float64) (data D, err error) {
	defer recovered("Simulate", &err)
	return m.Simulate(r, theta), nil
}

func (m *Model[D]) target(data D) (t mcmc.Target, err error) {
	defer recovered("Target", &err)
	return m.Target(data)
}

// position is the point of the target at theta.
func (m *Model[D]) position(theta []float64) (x []float64, err error) {
	if m.Position == nil {
		return theta, nil
	}
	defer recovered("Position", &err)
	return m.Position(theta), nil
}

func (q *Quantity[D]) of(theta []float64, data D) (v float64, err error) {
	defer recovered(q.Name, &err)
	return q.F(theta, data), nil
}

// valuesTo writes parameters and quantities to dst.
func (m *Model[D]) valuesTo(dst, theta []float64, data D) (err error) {
	copy(dst, theta)
	for i := range m.Quantities {
		if dst[len(theta)+i], err = m.Quantities[i].of(theta, data); err != nil {
			return err
		}
	}
	for i, v := range dst {
		if math.IsNaN(v) {
			return fmt.Errorf("quantity %q is NaN at parameters %v", m.names()[i], theta)
		}
	}
	return nil
}

// checkAlarm fills in the default of a rate of false alarms.
func checkAlarm(alarm *float64) error {
	if *alarm == 0 {
		*alarm = 0.01
	}
	if !(*alarm > 0 && *alarm < 1) {
		return &belief.ConfigError{Field: "Alarm", Value: *alarm, Want: "between 0 and 1"}
	}
	return nil
}

// setCount fills in the default of a count and holds it to its bounds.
func setCount(field string, n *int, usual, least, most int) error {
	if *n == 0 {
		*n = usual
	}
	if *n < least || *n > most {
		return &belief.ConfigError{Field: field, Value: *n, Want: fmt.Sprintf("between %d and %d, or 0 for %d", least, most, usual)}
	}
	return nil
}
