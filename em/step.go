package em

import (
	"encoding/json"

	"github.com/belief-go/belief"
)

// A Step is where a fit stands after an iteration. The last one of a start has no M step:
// it finds the objective of the result.
type Step struct {
	Start     int // from 0
	Iteration int // of this start, from 1
	// Objective is what rises: the log-likelihood of the parameters before this
	// iteration's M step and, with a prior, the logarithm of its density. With batches it
	// is the sum over the pass, under parameters that change.
	Objective     float64
	LogLikelihood float64 // Objective without the prior
	// Gain is how much the objective rose since the last iteration, NaN in the first.
	Gain float64
	// Bound is the lower bound F(q, θ) after the M step, with the q of this iteration's
	// E step, and what the next objective will be at least; NaN if the model does not
	// know it, and with batches. The next Objective less this Bound is the gap,
	// KL(q ‖ p(z | x, θ)).
	Bound float64
	// Left is what all further iterations seem to gain, +Inf where unknown.
	Left      float64
	Converged bool
}

// MarshalJSON writes the fields, with null for NaN and "Inf" for infinity.
func (s Step) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Start         int           `json:"start"`
		Iteration     int           `json:"iteration"`
		Objective     belief.Number `json:"objective"`
		LogLikelihood belief.Number `json:"log_likelihood"`
		Gain          belief.Number `json:"gain"`
		Bound         belief.Number `json:"bound"`
		Left          belief.Number `json:"left"`
		Converged     bool          `json:"converged"`
	}{s.Start, s.Iteration, belief.Number(s.Objective), belief.Number(s.LogLikelihood), belief.Number(s.Gain), belief.Number(s.Bound), belief.Number(s.Left), s.Converged})
}

// A Start is what has become of one start.
type Start struct {
	Objective  float64 // NaN if it failed
	Iterations int     // with M steps
	Converged  bool
	Problem    string // why it failed; empty if it did not
}

// startForm is a Start in JSON.
type startForm struct {
	Objective  belief.Number `json:"objective"`
	Iterations int           `json:"iterations"`
	Converged  bool          `json:"converged"`
	Problem    string        `json:"problem,omitempty"`
}

// MarshalJSON writes the fields, with null for NaN.
func (s Start) MarshalJSON() ([]byte, error) {
	return json.Marshal(startForm{belief.Number(s.Objective), s.Iterations, s.Converged, s.Problem})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Start) UnmarshalJSON(text []byte) error {
	var f startForm
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	*s = Start{float64(f.Objective), f.Iterations, f.Converged, f.Problem}
	return nil
}
