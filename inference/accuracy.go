package inference

import (
	"encoding/json"
	"math"

	"github.com/belief-go/belief"
)

// Sampling says how a sampled answer was drawn. Fields that a method has no use
// for are zero unless they say otherwise.
type Sampling struct {
	Draws      int64   `json:"draws"`                     // that count: sweeps of all chains, weighted draws, or accepted ones
	Tried      int64   `json:"tried,omitempty"`           // of rejection sampling: draws in all
	Acceptance float64 `json:"acceptance_rate,omitempty"` // of rejection sampling; of Gibbs: of the jumps
	ESS        float64 `json:"-"`                         // of weights: (Σw)²/Σw²; of Gibbs: the least of the marginals
	ParetoK    float64 `json:"-"`                         // of weights; NaN if they are too few or there are none
	Chains     int     `json:"chains,omitempty"`
	BurnIn     int     `json:"burn_in,omitempty"` // sweeps dropped of every chain
	Updates    int64   `json:"updates,omitempty"` // of single variables and blocks, burn-in included
	Blocks     int     `json:"blocks,omitempty"`  // of variables drawn together
	MaxStdErr  float64 `json:"-"`                 // the largest of the marginals
	MaxRHat    float64 `json:"-"`                 // the largest of the marginals; NaN without chains
}

// MarshalJSON writes the fields, with numbers that JSON has no word for as
// [belief.Number] does.
func (s Sampling) MarshalJSON() ([]byte, error) {
	type plain Sampling
	return json.Marshal(struct {
		plain
		ESS       belief.Number `json:"ess"`
		ParetoK   belief.Number `json:"pareto_k"`
		MaxStdErr belief.Number `json:"max_mcse"`
		MaxRHat   belief.Number `json:"max_r_hat"`
	}{plain(s), belief.Number(s.ESS), belief.Number(s.ParetoK), belief.Number(s.MaxStdErr), belief.Number(s.MaxRHat)})
}

// Accuracy says what a sampled probability is worth.
type Accuracy struct {
	StdErr float64 `json:"mcse"` // Monte Carlo standard error
	// ESS is how many independent draws of the variable would have the same
	// error, p(1−p)/StdErr². It may exceed the number of draws; it is NaN where p
	// is 0 or 1.
	ESS  float64 `json:"ess"`
	RHat float64 `json:"r_hat"` // split R-hat between chains; NaN for methods without chains
}

// MarshalJSON writes numbers that JSON has no word for as [belief.Number] does.
func (a Accuracy) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		StdErr belief.Number `json:"mcse"`
		ESS    belief.Number `json:"ess"`
		RHat   belief.Number `json:"r_hat"`
	}{belief.Number(a.StdErr), belief.Number(a.ESS), belief.Number(a.RHat)})
}

// essOf returns how many independent draws have the standard error se.
func essOf(p, se float64) float64 {
	if se == 0 || p <= 0 || p >= 1 {
		return math.NaN()
	}
	return p * (1 - p) / (se * se)
}
