package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mathext"

	"github.com/belief-go/belief/internal/careful"
)

// Parameters.

// HalfNormal is the distribution of |Y| for a normal Y with mean 0 and standard
// deviation σ > 0,
//
//	p(x) = √(2/π) exp(−x²/(2σ²)) / σ,  x ≥ 0.
type HalfNormal struct {
	Sigma float64 // σ, the scale
}

// NewHalfNormal returns the distribution, or a [*ParameterError].
func NewHalfNormal(sigma float64) (HalfNormal, error) {
	d := HalfNormal{sigma}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d HalfNormal) Validate() error { return firstError(positive("half-normal", "Sigma", d.Sigma)) }

// String returns "HalfNormal(Sigma: …)".
func (d HalfNormal) String() string { return fmt.Sprintf("HalfNormal(Sigma: %g)", d.Sigma) }

// Support is the half-line from 0.
func (d HalfNormal) Support() Support { return Support{Upper: math.Inf(1)} }

// Statistics.

// Mean returns σ √(2/π).
func (d HalfNormal) Mean() float64 { return d.Sigma * math.Sqrt(2/math.Pi) }

// Variance returns σ² (1 − 2/π).
func (d HalfNormal) Variance() float64 { return d.Sigma * d.Sigma * (1 - 2/math.Pi) }

// Entropy returns ½ log(πσ²/2) + ½.
func (d HalfNormal) Entropy() float64 { return 0.5 + halfLog2Pi - math.Ln2 + careful.Log(d.Sigma) }

// Evaluation.

// LogProb implements [LogProber].
func (d HalfNormal) LogProb(x float64) float64 {
	if x < 0 {
		return math.Inf(-1)
	}
	z := x / d.Sigma
	if d.Sigma < contTiny {
		return -0.5*z*z - careful.Log(d.Sigma) - halfLog2Pi + math.Ln2
	}
	return -0.5*z*z - math.Log(d.Sigma) - halfLog2Pi + math.Ln2
}

// LogProbTo implements [Batcher].
func (d HalfNormal) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	if d.Sigma < contTiny {
		return contEach(dst, x, d.LogProb)
	}
	inverse, shift := 1/d.Sigma, math.Log(d.Sigma)+halfLog2Pi-math.Ln2
	for i, v := range x {
		z := v * inverse
		dst[i] = -0.5*z*z - shift
		if v < 0 {
			dst[i] = math.Inf(-1)
		}
	}
	return dst
}

// CDF implements [CDFer].
func (d HalfNormal) CDF(x float64) float64 { return math.Erf(max(0, x) / (d.Sigma * math.Sqrt2)) }

// LogCDF implements [CDFer].
func (d HalfNormal) LogCDF(x float64) float64 {
	if x > d.Sigma {
		return math.Log1p(-d.Survival(x))
	}
	if x < 1e-100*d.Sigma { // the leading term, which may underflow
		return contLogRatio(max(0, x), d.Sigma) - halfLog2Pi + math.Ln2
	}
	return math.Log(d.CDF(x))
}

// Survival implements [CDFer].
func (d HalfNormal) Survival(x float64) float64 {
	return math.Erfc(max(0, x) / (d.Sigma * math.Sqrt2))
}

// LogSurvival implements [LogSurvivaler].
func (d HalfNormal) LogSurvival(x float64) float64 {
	if x < d.Sigma {
		return math.Log1p(-d.CDF(x))
	}
	return math.Ln2 + logNormalCDF(-x/d.Sigma)
}

// Quantile implements [Quantiler].
func (d HalfNormal) Quantile(p float64) float64 {
	switch {
	case !contProbability(p):
		return math.NaN()
	case p > 0.5:
		return d.UpperQuantile(1 - p) // the difference is exact
	}
	return d.Sigma * math.Sqrt2 * math.Erfinv(p)
}

// UpperQuantile implements [UpperQuantiler].
func (d HalfNormal) UpperQuantile(q float64) float64 {
	switch {
	case !contProbability(q):
		return math.NaN()
	case q > 0.5:
		return d.Quantile(1 - q)
	}
	if q > 0 && q < 1e-300 {
		return -d.Sigma * normalLogQuantile(careful.Log(q)-math.Ln2)
	}
	return -d.Sigma * mathext.NormalQuantile(0.5*q)
}

// Gradients.

// GradLogProb returns −x/σ², NaN outside the support.
func (d HalfNormal) GradLogProb(x float64) float64 {
	if !(x >= 0) {
		return math.NaN()
	}
	return -x / (d.Sigma * d.Sigma)
}

// Params returns σ.
func (d HalfNormal) Params() []float64 { return []float64{d.Sigma} }

// ScoreTo implements [Scorer]: (x²/σ² − 1)/σ, NaN outside the support.
func (d HalfNormal) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 1)
	if !(x >= 0) {
		return contNaN(dst)
	}
	z := x / d.Sigma
	dst[0] = (z*z - 1) / d.Sigma
	return dst
}

// Sampling.

// Rand takes the size of a normal draw.
func (d HalfNormal) Rand(r *rand.Rand) float64 { return d.Sigma * math.Abs(r.NormFloat64()) }

// Fitting.

// FitHalfNormal returns the distribution of greatest likelihood: σ² is the weighted
// mean square. Weights may be nil. The error is a [*FitError]; observations that
// are all zero have no σ.
func FitHalfNormal(x, w []float64) (HalfNormal, error) {
	total, err := checkSample("half-normal", HalfNormal{}.Support(), x, w)
	if err != nil {
		return HalfNormal{}, err
	}
	_, high := contRange(x, w)
	square := 0.0
	for i, v := range x {
		if weightAt(w, i) > 0 {
			square += weightAt(w, i) / total * (v / high) * (v / high) // in units of the greatest, so as not to overflow
		}
	}
	return contFitted(HalfNormal{high * math.Sqrt(square)}, "half-normal", "the observations are all zero")
}
