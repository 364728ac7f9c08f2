package nn

import (
	"math"

	"github.com/belief-go/belief"
)

// EarlyStopping ends a run when validation gets no better, and gives the net the
// weights it had when it was best (Prechelt 1998; Qiu 2019, section 7.7.3). The zero
// value does not.
type EarlyStopping struct {
	// Patience is the number of validations in a row without a better one that end
	// the run; 0 means that there is no early stopping.
	Patience int `json:"patience,omitempty"`
	// MinDelta is by how much less a loss has to be to count as better.
	MinDelta float64 `json:"min_delta,omitempty"`
}

func (e EarlyStopping) validate(validates bool) error {
	switch {
	case e.Patience < 0:
		return &belief.ConfigError{Field: "EarlyStopping.Patience", Value: e.Patience, Want: "at least 0"}
	case e.Patience > 0 && !validates:
		return &belief.ConfigError{Field: "EarlyStopping.Patience", Value: e.Patience, Want: "used with Validation or Validate"}
	}
	return within("EarlyStopping.MinDelta", e.MinDelta, math.MaxFloat64)
}

// judged takes note of a validation.
func (r *training[T]) judged(v Validation) {
	at, e := &r.at, r.config.EarlyStopping
	at.Validations = append(at.Validations, v)
	if at.Best < 0 || v.Loss < at.Validations[at.Best].Loss-e.MinDelta {
		at.Best, at.Worse = len(at.Validations)-1, 0
		if e.Patience > 0 {
			r.best = snapshot(r.best, r.params)
		}
		return
	}
	at.Worse++
	at.Stopped = e.Patience > 0 && at.Worse >= e.Patience
}
