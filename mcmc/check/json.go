package check

import (
	"encoding/json"

	"github.com/belief-go/belief"
)

// The score of a chain that does not move is infinite, and so may a quantity be. JSON
// has no word for that: a [belief.Number] has.

type scoreFields Score

type scoreJSON struct {
	*scoreFields
	Z, ESS belief.Number
}

// MarshalJSON writes all fields.
func (s Score) MarshalJSON() ([]byte, error) {
	return json.Marshal(scoreJSON{(*scoreFields)(&s), belief.Number(s.Z), belief.Number(s.ESS)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Score) UnmarshalJSON(data []byte) error {
	in := scoreJSON{scoreFields: (*scoreFields)(s)}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	s.Z, s.ESS = float64(in.Z), float64(in.ESS)
	return nil
}

type predictedFields Predicted

type predictedJSON struct {
	*predictedFields
	Observed, Mean, SD belief.Number
	Quantile           [3]belief.Number
}

// MarshalJSON writes all fields.
func (p Predicted) MarshalJSON() ([]byte, error) {
	out := predictedJSON{predictedFields: (*predictedFields)(&p), Observed: belief.Number(p.Observed), Mean: belief.Number(p.Mean), SD: belief.Number(p.SD)}
	for i, q := range p.Quantile {
		out.Quantile[i] = belief.Number(q)
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Predicted) UnmarshalJSON(data []byte) error {
	in := predictedJSON{predictedFields: (*predictedFields)(p)}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	p.Observed, p.Mean, p.SD = float64(in.Observed), float64(in.Mean), float64(in.SD)
	for i, q := range in.Quantile {
		p.Quantile[i] = float64(q)
	}
	return nil
}
