package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
)

// Parameters.

// LogNormal is the distribution of exp(Y) for a normal Y with mean μ and standard
// deviation σ > 0,
//
//	p(x) = exp(−z²/2) / (x σ √(2π)),  z = (log x − μ)/σ,  x > 0.
type LogNormal struct {
	Mu    float64 // mean of the logarithm
	Sigma float64 // standard deviation of the logarithm
}

// NewLogNormal returns the distribution, or a [*ParameterError].
func NewLogNormal(mu, sigma float64) (LogNormal, error) {
	d := LogNormal{mu, sigma}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d LogNormal) Validate() error {
	return firstError(finite("log-normal", "Mu", d.Mu), positive("log-normal", "Sigma", d.Sigma))
}

// String returns "LogNormal(Mu: …, Sigma: …)".
func (d LogNormal) String() string { return fmt.Sprintf("LogNormal(Mu: %g, Sigma: %g)", d.Mu, d.Sigma) }

// Support is the half-line from 0, where the density is zero.
func (d LogNormal) Support() Support { return Support{Upper: math.Inf(1)} }

// Statistics.

// Mean returns exp(μ + σ²/2).
func (d LogNormal) Mean() float64 { return math.Exp(d.Mu + 0.5*d.Sigma*d.Sigma) }

// Variance returns (exp(σ²) − 1) exp(2μ + σ²), written so that it overflows only
// where the variance does.
func (d LogNormal) Variance() float64 {
	square := d.Sigma * d.Sigma
	return -math.Expm1(-square) * math.Exp(2*(d.Mu+square))
}

// Entropy returns μ + ½ log(2πe) + log σ.
func (d LogNormal) Entropy() float64 { return d.Mu + 0.5 + halfLog2Pi + math.Log(d.Sigma) }

// Evaluation.

// LogProb implements [LogProber].
func (d LogNormal) LogProb(x float64) float64 {
	return d.logProb(x, 1/d.Sigma, math.Log(d.Sigma)+halfLog2Pi)
}

// logProb has what does not depend on x computed: 1/σ and ½ log(2πσ²).
func (d LogNormal) logProb(x, inverse, shift float64) float64 {
	l := math.Log(x)
	if !(x >= contTiny && x <= math.MaxFloat64) {
		if x <= 0 || math.IsInf(x, 1) {
			return math.Inf(-1)
		}
		l = careful.Log(x)
	}
	z := (l - d.Mu) * inverse
	return -0.5*z*z - l - shift
}

// LogProbTo implements [Batcher].
func (d LogNormal) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	inverse, shift := 1/d.Sigma, math.Log(d.Sigma)+halfLog2Pi
	batchTo(dst, x, func(dst, x, y, _ []float64) {
		copy(y, x)
		kernel.Log(y, y)
		for i, v := range x {
			if !(v >= contTiny && v <= math.MaxFloat64) {
				dst[i] = d.logProb(v, inverse, shift)
				continue
			}
			z := (y[i] - d.Mu) * inverse
			dst[i] = -0.5*z*z - y[i] - shift
		}
	})
	return dst
}

// standard returns z, −Inf for x ≤ 0.
func (d LogNormal) standard(x float64) float64 {
	if x <= 0 {
		return math.Inf(-1)
	}
	return (careful.Log(x) - d.Mu) / d.Sigma
}

// CDF implements [CDFer].
func (d LogNormal) CDF(x float64) float64 { return 0.5 * math.Erfc(-d.standard(x)/math.Sqrt2) }

// LogCDF implements [CDFer].
func (d LogNormal) LogCDF(x float64) float64 {
	if x <= 0 {
		return math.Inf(-1)
	}
	return logNormalCDF(d.standard(x))
}

// Survival implements [CDFer].
func (d LogNormal) Survival(x float64) float64 { return 0.5 * math.Erfc(d.standard(x)/math.Sqrt2) }

// LogSurvival implements [LogSurvivaler].
func (d LogNormal) LogSurvival(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return logNormalCDF(-d.standard(x))
}

// Quantile implements [Quantiler].
func (d LogNormal) Quantile(p float64) float64 {
	if !contProbability(p) {
		return math.NaN()
	}
	return math.Exp(d.Mu + d.Sigma*normalQuantile(p))
}

// UpperQuantile implements [UpperQuantiler].
func (d LogNormal) UpperQuantile(q float64) float64 {
	if !contProbability(q) {
		return math.NaN()
	}
	return math.Exp(d.Mu - d.Sigma*normalQuantile(q))
}

// Gradients.

// GradLogProb returns −(1 + z/σ)/x, NaN outside the support.
func (d LogNormal) GradLogProb(x float64) float64 {
	if !(x > 0) {
		return math.NaN()
	}
	return -(1 + d.standard(x)/d.Sigma) / x
}

// Params returns μ and σ.
func (d LogNormal) Params() []float64 { return []float64{d.Mu, d.Sigma} }

// ScoreTo implements [Scorer]: z/σ and (z² − 1)/σ, NaN outside the support.
func (d LogNormal) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	if !(x > 0) {
		return contNaN(dst)
	}
	z := d.standard(x)
	dst[0], dst[1] = z/d.Sigma, (z*z-1)/d.Sigma
	return dst
}

// Sampling.

// Rand takes the exponential of a normal draw.
func (d LogNormal) Rand(r *rand.Rand) float64 { return math.Exp(d.Mu + d.Sigma*r.NormFloat64()) }

// Fitting.

// FitLogNormal returns the distribution of greatest likelihood: [FitNormal] of the
// logarithms. Weights may be nil. The error is a [*FitError]; an observation of
// zero has no logarithm, and observations that are all equal have no σ.
func FitLogNormal(x, w []float64) (LogNormal, error) {
	if _, err := checkSample("log-normal", LogNormal{}.Support(), x, w); err != nil {
		return LogNormal{}, err
	}
	if err := contZero("log-normal", x); err != nil {
		return LogNormal{}, err
	}
	logs := make([]float64, len(x))
	for i, v := range x {
		logs[i] = careful.Log(v)
	}
	low, high := contRange(x, w)
	d, err := FitNormal(logs, w)
	if low == high {
		return LogNormal{}, &FitError{"log-normal", -1, "the observations do not vary"}
	}
	if err != nil {
		return LogNormal{}, &FitError{"log-normal", -1, "the logarithms of the observations do not vary"}
	}
	return LogNormal(d), nil
}
