// Package distribution is the skeleton of a distribution: copy it, rename it,
// and keep the order of its sections. It compiles and is tested, so that what
// CONTRIBUTING.md says of it stays true. It lives outside package dist and has
// all that a distribution inside has.
package distribution

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
)

// Parameters.

// Rayleigh is the distribution of the length of a vector in the plane whose
// coordinates are independent normal variates of mean zero and standard deviation
// σ > 0,
//
//	p(x) = x/σ² exp(−x²/(2σ²)),  x ≥ 0
//
// (Johnson, Kotz & Balakrishnan 1994, section 18.10).
type Rayleigh struct {
	Sigma float64 // σ, which is the mode
}

// NewRayleigh returns the distribution, or a [*dist.ParameterError].
func NewRayleigh(sigma float64) (Rayleigh, error) {
	d := Rayleigh{sigma}
	return d, d.Validate()
}

// Validate implements [dist.Univariate]. Parameters that come from data go through
// it once; the other methods do not check again.
func (d Rayleigh) Validate() error {
	if !(d.Sigma > 0) || math.IsInf(d.Sigma, 1) {
		return &dist.ParameterError{Distribution: "rayleigh", Parameter: "Sigma", Value: d.Sigma, Want: "positive and finite"}
	}
	return nil
}

// String returns "Rayleigh(Sigma: …)".
func (d Rayleigh) String() string { return fmt.Sprintf("Rayleigh(Sigma: %g)", d.Sigma) }

// Support is x ≥ 0.
func (d Rayleigh) Support() dist.Support { return dist.Support{Lower: 0, Upper: math.Inf(1)} }

// Statistics.

// Mean returns σ √(π/2).
func (d Rayleigh) Mean() float64 { return d.Sigma * math.Sqrt(math.Pi/2) }

// Variance returns σ² (2 − π/2).
func (d Rayleigh) Variance() float64 { return d.Sigma * d.Sigma * (2 - math.Pi/2) }

// Entropy returns 1 + log(σ/√2) + γ/2, in nats.
func (d Rayleigh) Entropy() float64 {
	const halfGamma = 0.28860783245076643030 // of Euler's constant γ
	return 1 + math.Log(d.Sigma/math.Sqrt2) + halfGamma
}

// Evaluation.

// LogProb implements [dist.LogProber].
func (d Rayleigh) LogProb(x float64) float64 {
	if x < 0 || math.IsInf(x, 1) {
		return math.Inf(-1)
	}
	z := x / d.Sigma
	return math.Log(z/d.Sigma) - 0.5*z*z
}

// LogProbTo implements [dist.Batcher].
func (d Rayleigh) LogProbTo(dst, x []float64) []float64 {
	if dst == nil {
		dst = make([]float64, len(x))
	}
	if len(dst) != len(x) {
		panic(fmt.Sprintf("distribution: destination of length %d, want %d", len(dst), len(x)))
	}
	for i, v := range x {
		dst[i] = d.LogProb(v)
	}
	return dst
}

// exponent returns x²/(2σ²), minus the logarithm of the survival function.
func (d Rayleigh) exponent(x float64) float64 {
	z := max(x, 0) / d.Sigma
	return 0.5 * z * z
}

// CDF implements [dist.CDFer].
func (d Rayleigh) CDF(x float64) float64 { return -math.Expm1(-d.exponent(x)) }

// LogCDF implements [dist.CDFer].
func (d Rayleigh) LogCDF(x float64) float64 {
	if y := d.exponent(x); y > math.Ln2 {
		return math.Log1p(-math.Exp(-y)) // each form where it loses no digits
	} else {
		return math.Log(-math.Expm1(-y))
	}
}

// Survival implements [dist.CDFer].
func (d Rayleigh) Survival(x float64) float64 { return math.Exp(-d.exponent(x)) }

// Quantile implements [dist.Quantiler].
func (d Rayleigh) Quantile(p float64) float64 {
	if !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	return d.Sigma * math.Sqrt(-2*math.Log1p(-p))
}

// UpperQuantile implements [dist.UpperQuantiler].
func (d Rayleigh) UpperQuantile(q float64) float64 {
	if !(q >= 0 && q <= 1) {
		return math.NaN()
	}
	return d.Sigma * math.Sqrt(-2*math.Log(q))
}

// Gradients.

// GradLogProb returns 1/x − x/σ².
func (d Rayleigh) GradLogProb(x float64) float64 { return 1/x - x/d.Sigma/d.Sigma }

// Params returns σ.
func (d Rayleigh) Params() []float64 { return []float64{d.Sigma} }

// ScoreTo implements [dist.Scorer]: (x²/σ² − 2)/σ.
func (d Rayleigh) ScoreTo(dst []float64, x float64) []float64 {
	if dst == nil {
		dst = make([]float64, 1)
	}
	z := x / d.Sigma
	dst[0] = (z*z - 2) / d.Sigma
	return dst
}

// Sampling.

// Rand inverts a uniform number that is neither 0 nor 1.
func (d Rayleigh) Rand(r *rand.Rand) float64 {
	return d.UpperQuantile((float64(r.Uint64()>>11) + 0.5) / (1 << 53))
}

// Fitting.

// FitRayleigh returns the distribution of greatest likelihood, σ² = Σ w x² / (2 Σ w).
// Weights may be nil. The error is a [*dist.FitError].
func FitRayleigh(x, w []float64) (Rayleigh, error) {
	if w != nil && len(w) != len(x) {
		panic(fmt.Sprintf("distribution: %d weights for %d observations", len(w), len(x)))
	}
	sum, total := 0.0, 0.0
	for i, v := range x {
		weight := 1.0
		if w != nil {
			weight = w[i]
		}
		if !(v >= 0) || !(weight >= 0) || math.IsInf(v, 1) || math.IsInf(weight, 1) {
			return Rayleigh{}, &dist.FitError{Distribution: "rayleigh", Row: i, Problem: fmt.Sprintf("is %v with weight %v", v, weight)}
		}
		sum += weight * v * v
		total += weight
	}
	d := Rayleigh{math.Sqrt(0.5 * sum / total)}
	if d.Validate() != nil {
		return Rayleigh{}, &dist.FitError{Distribution: "rayleigh", Row: -1, Problem: "no positive observation has weight"}
	}
	return d, nil
}
