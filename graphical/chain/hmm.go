package chain

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
)

// An HMM is a hidden Markov model. It may be used concurrently as long as it does not
// change.
type HMM struct {
	// States are the names of the states; nil means their numbers.
	States []string
	// Columns are the names of the columns of what is observed. Nil means the columns of
	// the data, which must then be as many as the emission has.
	Columns    []string
	Initial    []float64 // S: p(z₀)
	Transition []float64 // S×S: row i is p(z_t | z_{t−1} = i)
	Emission   Emission
}

// Markov returns the arrays of the chain, no copy.
func (h *HMM) Markov() Markov { return Markov{Initial: h.Initial, Transition: h.Transition} }

// Validate says what is wrong: a [*belief.ConfigError] names the field and the row.
func (h *HMM) Validate() error {
	if err := h.Markov().Validate(); err != nil {
		return err
	}
	s := len(h.Initial)
	if h.Emission == nil {
		return &belief.ConfigError{Field: "Emission", Value: "nil", Want: "an emission"}
	}
	if err := h.Emission.Validate(); err != nil {
		return fmt.Errorf("emission: %w", err)
	}
	if n := h.Emission.States(); n != s {
		return &belief.ConfigError{Field: "Emission", Value: fmt.Sprintf("one of %d states", n), Want: fmt.Sprintf("one of %d states, as Initial has", s)}
	}
	if h.States != nil && len(h.States) != s {
		return &belief.ConfigError{Field: "States", Value: fmt.Sprintf("%d names", len(h.States)), Want: fmt.Sprintf("nil or %d names", s)}
	}
	if h.Columns != nil && len(h.Columns) != h.Emission.Dim() {
		return &belief.ConfigError{Field: "Columns", Value: fmt.Sprintf("%d names", len(h.Columns)), Want: fmt.Sprintf("nil or %d names", h.Emission.Dim())}
	}
	if err := checkNames("States", h.States); err != nil {
		return err
	}
	if err := checkNames("Columns", h.Columns); err != nil {
		return err
	}
	if err := checkDistributions("Initial", h.Initial, s); err != nil {
		return err
	}
	return checkDistributions("Transition", h.Transition, s)
}

// checkNames looks for names that are there twice.
func checkNames(field string, names []string) error {
	seen := make(map[string]bool, len(names))
	for i, name := range names {
		if seen[name] {
			return &belief.ConfigError{Field: fmt.Sprintf("%s[%d]", field, i), Value: fmt.Sprintf("%q", name), Want: "a name that no other has"}
		}
		seen[name] = true
	}
	return nil
}

// sumTolerance is how far the sum of probabilities may be from one: more than rounding
// does, less than a mistake in a table of four digits.
const sumTolerance = 1e-6

// checkDistributions looks at rows of n probabilities.
func checkDistributions(field string, p []float64, n int) error {
	for r := 0; r*n < len(p); r++ {
		name := field
		if len(p) > n {
			name = fmt.Sprintf("%s[%d]", field, r)
		}
		row := p[r*n : (r+1)*n]
		if i := firstBad(row); i >= 0 {
			return &belief.ConfigError{Field: fmt.Sprintf("%s[%d]", name, i), Value: row[i], Want: "a probability"}
		}
		sum := 0.0
		for _, v := range row {
			sum += v
		}
		if math.Abs(sum-1) > sumTolerance {
			return &belief.ConfigError{Field: name, Value: fmt.Sprintf("a row with the sum %v", sum), Want: "one with the sum 1"}
		}
	}
	return nil
}
