package information

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/belief-go/belief"
)

// A Method says how a value was computed.
type Method uint8

// The methods.
const (
	ClosedForm Method = iota // a formula
	FiniteSum                // all terms
	Series                   // an infinite sum up to a tail that Error bounds
	Quadrature               // an integral with an estimate of its error
	Sampling                 // Monte Carlo
)

var methodNames = [...]string{"closed form", "finite sum", "series", "quadrature", "Monte Carlo"}

// String gives the method in words.
func (m Method) String() string {
	if int(m) < len(methodNames) {
		return methodNames[m]
	}
	return fmt.Sprintf("Method(%d)", m)
}

// A Value is an entropy or a divergence, in nats or as the function says, with what
// it is worth.
type Value struct {
	belief.Estimate
	Method Method
	Error  float64 // by how much a series or an integral may be wrong; an estimate
}

// Bits returns the value in bits instead of nats.
func (v Value) Bits() Value {
	v.Value, v.StdErr, v.Error = v.Value/math.Ln2, v.StdErr/math.Ln2, v.Error/math.Ln2
	return v
}

// MarshalJSON writes the value, its kind, method and errors.
func (v Value) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Value  belief.Number `json:"value"`
		Kind   belief.Kind   `json:"kind"`
		Method string        `json:"method"`
		StdErr belief.Number `json:"std_err"`
		Error  belief.Number `json:"error"`
	}{belief.Number(v.Value), v.Kind, v.Method.String(), belief.Number(v.StdErr), belief.Number(v.Error)})
}

// exact is a value that is the truth up to rounding.
func exact(value float64, m Method) Value {
	return Value{Estimate: belief.Estimate{Value: value}, Method: m}
}
