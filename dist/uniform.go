package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
)

// Parameters.

// Uniform is the uniform distribution on the interval from a to b > a,
//
//	p(x) = 1/(b − a),  a ≤ x ≤ b.
type Uniform struct {
	Lower float64 // a, the lower end
	Upper float64 // b, the upper end
}

// NewUniform returns the distribution, or a [*ParameterError].
func NewUniform(lower, upper float64) (Uniform, error) {
	d := Uniform{lower, upper}
	return d, d.Validate()
}

// Validate implements [Univariate]. The width must be finite too.
func (d Uniform) Validate() error {
	return firstError(finite("uniform", "Lower", d.Lower), finite("uniform", "Upper", d.Upper),
		contOrdered("uniform", "Upper", d.Upper, d.Upper > d.Lower && !math.IsInf(d.Upper-d.Lower, 0), "greater than Lower by a finite width"))
}

// String returns "Uniform(Lower: …, Upper: …)".
func (d Uniform) String() string {
	return fmt.Sprintf("Uniform(Lower: %g, Upper: %g)", d.Lower, d.Upper)
}

// Support is the interval from a to b.
func (d Uniform) Support() Support { return Support{Lower: d.Lower, Upper: d.Upper} }

// Statistics.

// Mean returns the middle of the interval.
func (d Uniform) Mean() float64 { return 0.5*d.Lower + 0.5*d.Upper }

// Variance returns (b − a)²/12.
func (d Uniform) Variance() float64 { return (d.Upper - d.Lower) * (d.Upper - d.Lower) / 12 }

// Entropy returns log(b − a).
func (d Uniform) Entropy() float64 { return careful.Log(d.Upper - d.Lower) }

// Evaluation.

// LogProb implements [LogProber].
func (d Uniform) LogProb(x float64) float64 {
	if x >= d.Lower && x <= d.Upper {
		if width := d.Upper - d.Lower; width >= contTiny {
			return -math.Log(width)
		}
		return -careful.Log(d.Upper - d.Lower)
	}
	return uniformOutside(x)
}

// uniformOutside returns −Inf, and NaN at NaN.
func uniformOutside(x float64) float64 {
	if math.IsNaN(x) {
		return x
	}
	return math.Inf(-1)
}

// LogProbTo implements [Batcher].
func (d Uniform) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	level := -careful.Log(d.Upper - d.Lower)
	for i, v := range x {
		if dst[i] = level; !(v >= d.Lower && v <= d.Upper) {
			dst[i] = uniformOutside(v)
		}
	}
	return dst
}

// CDF implements [CDFer].
func (d Uniform) CDF(x float64) float64 {
	return max(0, min(1, (x-d.Lower)/(d.Upper-d.Lower)))
}

// LogCDF implements [CDFer].
func (d Uniform) LogCDF(x float64) float64 {
	if x > 0.5*d.Lower+0.5*d.Upper {
		return math.Log1p(-d.Survival(x))
	}
	if x > d.Lower {
		return contLogRatio(x-d.Lower, d.Upper-d.Lower)
	}
	return math.Log(d.CDF(x))
}

// Survival implements [CDFer].
func (d Uniform) Survival(x float64) float64 {
	return max(0, min(1, (d.Upper-x)/(d.Upper-d.Lower)))
}

// LogSurvival implements [LogSurvivaler].
func (d Uniform) LogSurvival(x float64) float64 {
	if x < 0.5*d.Lower+0.5*d.Upper {
		return math.Log1p(-d.CDF(x))
	}
	return careful.Log(d.Survival(x))
}

// Quantile implements [Quantiler].
func (d Uniform) Quantile(p float64) float64 {
	if !contProbability(p) {
		return math.NaN()
	}
	if p > 0.5 {
		return d.UpperQuantile(1 - p)
	}
	return d.Lower + p*(d.Upper-d.Lower)
}

// UpperQuantile implements [UpperQuantiler].
func (d Uniform) UpperQuantile(q float64) float64 {
	if !contProbability(q) {
		return math.NaN()
	}
	if q > 0.5 {
		return d.Quantile(1 - q)
	}
	return d.Upper - q*(d.Upper-d.Lower)
}

// Gradients.

// GradLogProb returns 0, and NaN outside the interval.
func (d Uniform) GradLogProb(x float64) float64 {
	if !(x >= d.Lower && x <= d.Upper) {
		return math.NaN()
	}
	return 0
}

// Params returns a and b.
func (d Uniform) Params() []float64 { return []float64{d.Lower, d.Upper} }

// ScoreTo implements [Scorer]: 1/(b − a) and −1/(b − a), NaN outside the interval.
func (d Uniform) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	if !(x >= d.Lower && x <= d.Upper) {
		return contNaN(dst)
	}
	dst[0], dst[1] = 1/(d.Upper-d.Lower), -1/(d.Upper-d.Lower)
	return dst
}

// Sampling.

// Rand stretches a number of [0, 1).
func (d Uniform) Rand(r *rand.Rand) float64 {
	if x := d.Lower + r.Float64()*(d.Upper-d.Lower); x <= d.Upper {
		return x
	}
	return d.Upper // beyond which the last digit may be rounded
}

// Fitting.

// FitUniform returns the distribution of greatest likelihood: the interval from the
// least to the greatest observation of positive weight. Weights may be nil. The
// error is a [*FitError]; observations that are all equal have no interval.
func FitUniform(x, w []float64) (Uniform, error) {
	line := Support{Lower: math.Inf(-1), Upper: math.Inf(1)}
	if _, err := checkSample("uniform", line, x, w); err != nil {
		return Uniform{}, err
	}
	low, high := contRange(x, w)
	return contFitted(Uniform{low, high}, "uniform", "the observations do not vary, or by more than a float64 holds")
}
