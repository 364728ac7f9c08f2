package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
)

// Parameters.

// Normal is the normal distribution with mean μ and standard deviation σ > 0,
//
//	p(x) = exp(−z²/2) / (σ √(2π)),  z = (x − μ)/σ.
type Normal struct {
	Mu    float64 // mean
	Sigma float64 // standard deviation
}

// NewNormal returns the distribution, or a [*ParameterError].
func NewNormal(mu, sigma float64) (Normal, error) {
	d := Normal{mu, sigma}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Normal) Validate() error {
	return firstError(finite("normal", "Mu", d.Mu), positive("normal", "Sigma", d.Sigma))
}

// String returns "Normal(Mu: …, Sigma: …)".
func (d Normal) String() string { return fmt.Sprintf("Normal(Mu: %g, Sigma: %g)", d.Mu, d.Sigma) }

// Support is the real line.
func (d Normal) Support() Support { return Support{Lower: math.Inf(-1), Upper: math.Inf(1)} }

// Statistics.

// Mean returns μ.
func (d Normal) Mean() float64 { return d.Mu }

// Variance returns σ².
func (d Normal) Variance() float64 { return d.Sigma * d.Sigma }

// Entropy returns ½ log(2πe) + log σ.
func (d Normal) Entropy() float64 { return 0.5 + halfLog2Pi + careful.Log(d.Sigma) }

// Evaluation.

// LogProb implements [LogProber].
func (d Normal) LogProb(x float64) float64 {
	z := (x - d.Mu) / d.Sigma
	if d.Sigma < contTiny {
		return -0.5*z*z - careful.Log(d.Sigma) - halfLog2Pi
	}
	return -0.5*z*z - math.Log(d.Sigma) - halfLog2Pi
}

// LogProbTo implements [Batcher].
func (d Normal) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	if d.Sigma < contTiny {
		return contEach(dst, x, d.LogProb)
	}
	inverse, shift := 1/d.Sigma, math.Log(d.Sigma)+halfLog2Pi
	for i, v := range x {
		z := (v - d.Mu) * inverse
		dst[i] = -0.5*z*z - shift
	}
	return dst
}

// CDF implements [CDFer].
func (d Normal) CDF(x float64) float64 { return 0.5 * math.Erfc(-(x-d.Mu)/(d.Sigma*math.Sqrt2)) }

// LogCDF implements [CDFer].
func (d Normal) LogCDF(x float64) float64 { return logNormalCDF((x - d.Mu) / d.Sigma) }

// Survival implements [CDFer].
func (d Normal) Survival(x float64) float64 { return 0.5 * math.Erfc((x-d.Mu)/(d.Sigma*math.Sqrt2)) }

// LogSurvival implements [LogSurvivaler].
func (d Normal) LogSurvival(x float64) float64 { return logNormalCDF((d.Mu - x) / d.Sigma) }

// Quantile implements [Quantiler].
func (d Normal) Quantile(p float64) float64 {
	if !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	return d.Mu + d.Sigma*normalQuantile(p)
}

// UpperQuantile implements [UpperQuantiler].
func (d Normal) UpperQuantile(q float64) float64 {
	if !(q >= 0 && q <= 1) {
		return math.NaN()
	}
	return d.Mu - d.Sigma*normalQuantile(q)
}

// Gradients.

// GradLogProb returns −(x − μ)/σ².
func (d Normal) GradLogProb(x float64) float64 { return -(x - d.Mu) / (d.Sigma * d.Sigma) }

// Params returns μ and σ.
func (d Normal) Params() []float64 { return []float64{d.Mu, d.Sigma} }

// ScoreTo implements [Scorer]: (x − μ)/σ² and (z² − 1)/σ.
func (d Normal) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	z := (x - d.Mu) / d.Sigma
	dst[0], dst[1] = z/d.Sigma, (z*z-1)/d.Sigma
	return dst
}

// Sampling.

// Rand draws by the ziggurat method of math/rand/v2.
func (d Normal) Rand(r *rand.Rand) float64 { return d.Mu + d.Sigma*r.NormFloat64() }

// Fitting.

// FitNormal returns the distribution of greatest likelihood: the weighted mean and
// the root of the weighted mean square deviation (Bishop 2006, equations 2.121 and
// 2.122). Weights may be nil. The error is a [*FitError]; observations that are
// all equal have no σ.
func FitNormal(x, w []float64) (Normal, error) {
	total, err := checkSample("normal", Normal{}.Support(), x, w)
	if err != nil {
		return Normal{}, err
	}
	e := contExponent(x, w)
	if e > -contSquares && e < contSquares {
		e = 0
	}
	low, high := contRange(x, w)
	x = contScaled(x, w, e)
	mean := 0.0
	for i, v := range x {
		mean += weightAt(w, i) / total * v
	}
	square := 0.0
	for i, v := range x {
		square += weightAt(w, i) / total * (v - mean) * (v - mean)
	}
	d := Normal{min(max(math.Ldexp(mean, e), low), high), math.Ldexp(math.Sqrt(square), e)}
	if low == high {
		return Normal{}, &FitError{"normal", -1, "the observations do not vary"}
	}
	if d.Validate() != nil {
		return Normal{}, &FitError{"normal", -1, "the observations vary by more or less than a float64 holds"}
	}
	return d, nil
}
