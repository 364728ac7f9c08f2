package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
)

// Parameters.

// Exponential is the exponential distribution with rate λ > 0,
//
//	p(x) = λ exp(−λx),  x ≥ 0.
type Exponential struct {
	Rate float64 // λ, one over the mean
}

// NewExponential returns the distribution, or a [*ParameterError].
func NewExponential(rate float64) (Exponential, error) {
	d := Exponential{rate}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Exponential) Validate() error { return firstError(positive("exponential", "Rate", d.Rate)) }

// String returns "Exponential(Rate: …)".
func (d Exponential) String() string { return fmt.Sprintf("Exponential(Rate: %g)", d.Rate) }

// Support is the half-line from 0.
func (d Exponential) Support() Support { return Support{Upper: math.Inf(1)} }

// Statistics.

// Mean returns 1/λ.
func (d Exponential) Mean() float64 { return 1 / d.Rate }

// Variance returns 1/λ².
func (d Exponential) Variance() float64 { return 1 / d.Rate / d.Rate }

// Entropy returns 1 − log λ.
func (d Exponential) Entropy() float64 { return 1 - careful.Log(d.Rate) }

// Evaluation.

// LogProb implements [LogProber].
func (d Exponential) LogProb(x float64) float64 {
	if x < 0 {
		return math.Inf(-1)
	}
	if d.Rate < contTiny {
		return careful.Log(d.Rate) - d.Rate*x
	}
	return math.Log(d.Rate) - d.Rate*x
}

// LogProbTo implements [Batcher].
func (d Exponential) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	shift := careful.Log(d.Rate)
	for i, v := range x {
		dst[i] = shift - d.Rate*v
		if v < 0 {
			dst[i] = math.Inf(-1)
		}
	}
	return dst
}

// CDF implements [CDFer].
func (d Exponential) CDF(x float64) float64 { return 0 - math.Expm1(-d.Rate*max(0, x)) }

// LogCDF implements [CDFer].
func (d Exponential) LogCDF(x float64) float64 {
	if y := d.Rate * max(0, x); y >= contTiny || math.IsNaN(x) {
		return contLog1mExp(y)
	}
	return careful.Log(max(0, x)) + careful.Log(d.Rate) // the product underflows
}

// Survival implements [CDFer].
func (d Exponential) Survival(x float64) float64 { return math.Exp(-d.Rate * max(0, x)) }

// LogSurvival implements [LogSurvivaler].
func (d Exponential) LogSurvival(x float64) float64 { return 0 - d.Rate*max(0, x) }

// Quantile implements [Quantiler].
func (d Exponential) Quantile(p float64) float64 {
	if !contProbability(p) {
		return math.NaN()
	}
	return contNegLog1m(p) / d.Rate
}

// UpperQuantile implements [UpperQuantiler].
func (d Exponential) UpperQuantile(q float64) float64 {
	if !contProbability(q) {
		return math.NaN()
	}
	return contNegLog(q) / d.Rate
}

// Gradients.

// GradLogProb returns −λ, NaN outside the support.
func (d Exponential) GradLogProb(x float64) float64 {
	if !(x >= 0) {
		return math.NaN()
	}
	return -d.Rate
}

// Params returns λ.
func (d Exponential) Params() []float64 { return []float64{d.Rate} }

// ScoreTo implements [Scorer]: 1/λ − x, NaN outside the support.
func (d Exponential) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 1)
	if !(x >= 0) {
		return contNaN(dst)
	}
	dst[0] = 1/d.Rate - x
	return dst
}

// Sampling.

// Rand draws by the ziggurat method of math/rand/v2.
func (d Exponential) Rand(r *rand.Rand) float64 { return r.ExpFloat64() / d.Rate }

// Fitting.

// FitExponential returns the distribution of greatest likelihood: 1/λ is the
// weighted mean. Weights may be nil. The error is a [*FitError]; observations that
// are all zero have no λ.
func FitExponential(x, w []float64) (Exponential, error) {
	total, err := checkSample("exponential", Exponential{}.Support(), x, w)
	if err != nil {
		return Exponential{}, err
	}
	mean := 0.0
	for i, v := range x {
		mean += weightAt(w, i) / total * v
	}
	return contFitted(Exponential{1 / mean}, "exponential", "the observations are all zero, or too near to it")
}
