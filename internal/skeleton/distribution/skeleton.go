// Package distribution is the skeleton of a distribution: copy it, rename it,
// and keep the order of its sections. It compiles and is tested, so that what
// CONTRIBUTING.md says of it stays true.
package distribution

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Parameters.

// Logistic is the logistic distribution with location μ and scale s > 0,
//
//	p(x) = e^{−z} / (s (1 + e^{−z})²),  z = (x − μ)/s,
//
// over all real x (Johnson, Kotz & Balakrishnan 1995, chapter 23). It is an
// immutable value and safe for concurrent use.
type Logistic struct {
	Mu    float64 // location, which is mean, median and mode
	Scale float64 // s; must be positive
}

// A ParameterError says which parameter a distribution cannot have.
type ParameterError struct {
	Distribution, Parameter string
	Value                   float64
	Want                    string // what it must be
}

// Error names distribution, parameter and value.
func (e *ParameterError) Error() string {
	return fmt.Sprintf("%s: %s is %v and must be %s", e.Distribution, e.Parameter, e.Value, e.Want)
}

// Validate returns a [*ParameterError] if no such distribution exists. Parameters
// that come from data go through it once; the other methods do not check again.
func (d Logistic) Validate() error {
	if math.IsNaN(d.Mu) || math.IsInf(d.Mu, 0) {
		return &ParameterError{"logistic", "Mu", d.Mu, "finite"}
	}
	if !(d.Scale > 0) || math.IsInf(d.Scale, 1) {
		return &ParameterError{"logistic", "Scale", d.Scale, "finite and positive"}
	}
	return nil
}

// Statistics.

// Mean returns μ.
func (d Logistic) Mean() float64 { return d.Mu }

// Variance returns s²π²/3.
func (d Logistic) Variance() float64 { return d.Scale * d.Scale * math.Pi * math.Pi / 3 }

// Entropy returns 2 + log s, in nats.
func (d Logistic) Entropy() float64 { return 2 + math.Log(d.Scale) }

// Evaluation.

// LogProb returns log p(x). It is finite as long as z is.
func (d Logistic) LogProb(x float64) float64 {
	z := math.Abs(x-d.Mu) / d.Scale // p is symmetric, and e^{−|z|} cannot overflow
	return -z - math.Log(d.Scale) - 2*math.Log1p(math.Exp(-z))
}

// CDF returns P(X ≤ x), with full relative accuracy in the lower tail.
func (d Logistic) CDF(x float64) float64 {
	z := (x - d.Mu) / d.Scale
	if z > 0 {
		return 1 / (1 + math.Exp(-z))
	}
	e := math.Exp(z)
	return e / (1 + e)
}

// Quantile returns the x with CDF(x) = p, infinite at 0 and 1, and NaN for a p
// that is no probability.
func (d Logistic) Quantile(p float64) float64 {
	return d.Mu + d.Scale*(math.Log(p)-math.Log1p(-p))
}

// Sampling.

// Rand draws from the distribution by inversion of a uniform number that is
// neither 0 nor 1.
func (d Logistic) Rand(r *rand.Rand) float64 {
	return d.Quantile((float64(r.Uint64()>>11) + 0.5) / (1 << 53))
}
