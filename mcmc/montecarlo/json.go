package montecarlo

import (
	"encoding/json"

	"github.com/belief-go/belief"
)

// Weights of zero, shapes of the tail that are unknown, and variances of a single
// draw are not finite, and JSON has no word for that: a [belief.Number] has.

type weightedFields Weighted

type weightedJSON struct {
	*weightedFields
	Draws      []belief.Number
	LogWeights []belief.Number
	Smoothed   []belief.Number
	K          belief.Number
}

// MarshalJSON writes all fields.
func (w Weighted) MarshalJSON() ([]byte, error) {
	return json.Marshal(weightedJSON{(*weightedFields)(&w), convert[belief.Number](w.Draws), convert[belief.Number](w.LogWeights), convert[belief.Number](w.Smoothed), belief.Number(w.K)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (w *Weighted) UnmarshalJSON(data []byte) error {
	in := weightedJSON{weightedFields: (*weightedFields)(w)}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	w.Draws, w.LogWeights, w.Smoothed, w.K = convert[float64](in.Draws), convert[float64](in.LogWeights), convert[float64](in.Smoothed), float64(in.K)
	return nil
}

func convert[B, A ~float64](in []A) []B {
	if in == nil {
		return nil
	}
	out := make([]B, len(in))
	for i, v := range in {
		out[i] = B(v)
	}
	return out
}

type meanFields Mean

type meanJSON struct {
	*meanFields
	Variance belief.Number
}

// MarshalJSON writes all fields.
func (m Mean) MarshalJSON() ([]byte, error) {
	return json.Marshal(meanJSON{(*meanFields)(&m), belief.Number(m.Variance)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (m *Mean) UnmarshalJSON(data []byte) error {
	in := meanJSON{meanFields: (*meanFields)(m)}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	m.Variance = float64(in.Variance)
	return nil
}
