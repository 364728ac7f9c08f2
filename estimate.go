package belief

import (
	"encoding/json"
	"fmt"
	"math"
)

// A Kind says what a number is worth as a statement about the truth.
type Kind uint8

// The kinds of estimates, from the strongest statement to the weakest.
const (
	Exact         Kind = iota // the truth, up to rounding
	LowerBound                // the truth is at least this
	UpperBound                // the truth is at most this
	Sampled                   // a random estimate; its standard error is known
	Approximation             // close, one hopes; nothing is guaranteed
)

var kindNames = [...]string{"exact", "lower bound", "upper bound", "sampled", "approximation"}

// String gives the kind in words.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", k)
}

// MarshalText writes the kind in words.
func (k Kind) MarshalText() ([]byte, error) {
	if int(k) >= len(kindNames) {
		return nil, fmt.Errorf("belief: no kind %d", k)
	}
	return []byte(kindNames[k]), nil
}

// UnmarshalText reads the words of String.
func (k *Kind) UnmarshalText(text []byte) error {
	for i, name := range kindNames {
		if name == string(text) {
			*k = Kind(i)
			return nil
		}
	}
	return &UnknownNameError{Kind: "kind of estimate", Name: string(text), Suggestions: kindNames[:]}
}

// An Estimate is a number together with what it is worth. The zero value is an
// exact zero.
type Estimate struct {
	Value  float64
	Kind   Kind
	StdErr float64 // standard error, if Kind is Sampled
}

// String gives the value with its standard error or kind.
func (e Estimate) String() string {
	switch e.Kind {
	case Exact:
		return fmt.Sprintf("%.6g", e.Value)
	case Sampled:
		return fmt.Sprintf("%.6g ± %.2g", e.Value, e.StdErr)
	default:
		return fmt.Sprintf("%.6g (%v)", e.Value, e.Kind)
	}
}

// MarshalJSON writes value, kind and, for sampled ones, standard error.
func (e Estimate) MarshalJSON() ([]byte, error) {
	out := struct {
		Value  Number  `json:"value"`
		Kind   Kind    `json:"kind"`
		StdErr *Number `json:"std_err,omitempty"`
	}{Value: Number(e.Value), Kind: e.Kind}
	if e.Kind == Sampled {
		se := Number(e.StdErr)
		out.StdErr = &se
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *Estimate) UnmarshalJSON(data []byte) error {
	var in struct {
		Value  Number `json:"value"`
		Kind   Kind   `json:"kind"`
		StdErr Number `json:"std_err"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*e = Estimate{Value: float64(in.Value), Kind: in.Kind, StdErr: float64(in.StdErr)}
	return nil
}

// A Number is a float64 that JSON can carry whatever its value: NaN becomes
// null, infinities become "Inf" and "-Inf", and everything else is written with
// as many digits as it takes to read the same bits back.
type Number float64

// MarshalJSON implements [json.Marshaler].
func (n Number) MarshalJSON() ([]byte, error) {
	switch f := float64(n); {
	case math.IsNaN(f):
		return []byte("null"), nil
	case math.IsInf(f, 1):
		return []byte(`"Inf"`), nil
	case math.IsInf(f, -1):
		return []byte(`"-Inf"`), nil
	default:
		return json.Marshal(f)
	}
}

// UnmarshalJSON implements [json.Unmarshaler].
func (n *Number) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case "null":
		*n = Number(math.NaN())
	case `"Inf"`:
		*n = Number(math.Inf(1))
	case `"-Inf"`:
		*n = Number(math.Inf(-1))
	default:
		return json.Unmarshal(data, (*float64)(n))
	}
	return nil
}
