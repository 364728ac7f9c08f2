package process

import (
	"encoding/json"

	"github.com/belief-go/belief"
)

// Outcomes as JSON, which has no NaN, no infinities and no errors of its own.

// MarshalJSON writes point, value and, if it failed, the error's text.
func (e Evaluation) MarshalJSON() ([]byte, error) {
	out := struct {
		X     []float64     `json:"x"`
		Value belief.Number `json:"value"`
		Err   string        `json:"error,omitempty"`
	}{X: e.X, Value: belief.Number(e.Value)}
	if e.Err != nil {
		out.Err = e.Err.Error()
	}
	return json.Marshal(out)
}

// MarshalJSON writes the best point with its value, and all evaluations.
func (o Optimum) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		X           []float64        `json:"x"`
		Value       belief.Number    `json:"value"`
		Evaluations []Evaluation     `json:"evaluations"`
		Failed      int              `json:"failed"`
		Warnings    []belief.Warning `json:"warnings,omitempty"`
	}{o.X, belief.Number(o.Value), o.Evaluations, o.Failed, o.Warnings})
}

// MarshalJSON writes where the start ended.
func (s HyperparameterStart) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Index                 int           `json:"index"`
		LogTheta              []float64     `json:"log_theta"`
		LogMarginalLikelihood belief.Number `json:"log_marginal_likelihood"`
		Iterations            int           `json:"iterations"`
		Converged             bool          `json:"converged"`
	}{s.Index, s.LogTheta, belief.Number(s.LogMarginalLikelihood), s.Iterations, s.Converged})
}
