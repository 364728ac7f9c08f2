package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
)

// Parameters.

// HalfCauchy is the distribution of |Y| for a Cauchy Y with location 0 and scale
// s > 0,
//
//	p(x) = 2 / (π s (1 + z²)),  z = x/s,  x ≥ 0.
type HalfCauchy struct {
	Scale float64 // s, the median
}

// NewHalfCauchy returns the distribution, or a [*ParameterError].
func NewHalfCauchy(scale float64) (HalfCauchy, error) {
	d := HalfCauchy{scale}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d HalfCauchy) Validate() error { return firstError(positive("half-Cauchy", "Scale", d.Scale)) }

// String returns "HalfCauchy(Scale: …)".
func (d HalfCauchy) String() string { return fmt.Sprintf("HalfCauchy(Scale: %g)", d.Scale) }

// Support is the half-line from 0.
func (d HalfCauchy) Support() Support { return Support{Upper: math.Inf(1)} }

// Statistics.

// Mean returns +Inf: it diverges.
func (d HalfCauchy) Mean() float64 { return math.Inf(1) }

// Variance returns +Inf: it diverges.
func (d HalfCauchy) Variance() float64 { return math.Inf(1) }

// Entropy returns log(2πs).
func (d HalfCauchy) Entropy() float64 { return math.Ln2 + logPi + careful.Log(d.Scale) }

// Evaluation.

// LogProb implements [LogProber].
func (d HalfCauchy) LogProb(x float64) float64 {
	if x < 0 {
		return math.Inf(-1)
	}
	z := x / d.Scale
	if d.Scale < contTiny || math.IsInf(z, 1) {
		return math.Ln2 + Cauchy{Scale: d.Scale}.logProbFar(x, z)
	}
	return math.Ln2 - logPi - math.Log(d.Scale) - cauchyLog(z)
}

// LogProbTo implements [Batcher].
func (d HalfCauchy) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	if d.Scale < contTiny {
		return contEach(dst, x, d.LogProb)
	}
	inverse, shift := 1/d.Scale, math.Ln2-logPi-math.Log(d.Scale)
	batchTo(dst, x, func(dst, x, y, _ []float64) {
		for i, v := range x {
			z := v * inverse
			y[i] = z * z
		}
		kernel.Log1p(y, y)
		for i, v := range x {
			if dst[i] = shift - y[i]; v < 0 || math.IsInf(y[i], 1) {
				dst[i] = d.LogProb(v) // outside, or where z² overflows
			}
		}
	})
	return dst
}

// CDF implements [CDFer].
func (d HalfCauchy) CDF(x float64) float64 { return math.Atan(max(0, x)/d.Scale) * (2 / math.Pi) }

// LogCDF implements [CDFer].
func (d HalfCauchy) LogCDF(x float64) float64 {
	if x > d.Scale {
		return math.Log1p(-d.Survival(x))
	}
	if x < 1e-100*d.Scale { // the leading term, which may underflow
		return contLogRatio(max(0, x), d.Scale) + math.Ln2 - logPi
	}
	return math.Log(d.CDF(x))
}

// Survival implements [CDFer].
func (d HalfCauchy) Survival(x float64) float64 {
	return math.Atan2(1, max(0, x)/d.Scale) * (2 / math.Pi)
}

// LogSurvival implements [LogSurvivaler].
func (d HalfCauchy) LogSurvival(x float64) float64 {
	if x < d.Scale {
		return math.Log1p(-d.CDF(x))
	}
	if x/d.Scale > 1e100 {
		return math.Ln2 - logPi - contLogFar(x, 0, d.Scale)
	}
	return math.Log(d.Survival(x))
}

// Quantile implements [Quantiler].
func (d HalfCauchy) Quantile(p float64) float64 {
	switch {
	case !contProbability(p):
		return math.NaN()
	case p > 0.5:
		return d.UpperQuantile(1 - p) // the difference is exact
	}
	return d.Scale * math.Tan(0.5*math.Pi*p)
}

// UpperQuantile implements [UpperQuantiler].
func (d HalfCauchy) UpperQuantile(q float64) float64 {
	switch {
	case !contProbability(q):
		return math.NaN()
	case q > 0.5:
		return d.Quantile(1 - q)
	}
	return d.Scale / math.Tan(0.5*math.Pi*q)
}

// Gradients.

// GradLogProb returns −2z / (s (1 + z²)), NaN outside the support.
func (d HalfCauchy) GradLogProb(x float64) float64 {
	if !(x >= 0) {
		return math.NaN()
	}
	slope, _ := cauchySlope(x / d.Scale)
	return -slope / d.Scale
}

// Params returns s.
func (d HalfCauchy) Params() []float64 { return []float64{d.Scale} }

// ScoreTo implements [Scorer]: (z² − 1) / (s (z² + 1)), NaN outside the support.
func (d HalfCauchy) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 1)
	if !(x >= 0) {
		return contNaN(dst)
	}
	_, rate := cauchySlope(x / d.Scale)
	dst[0] = rate / d.Scale
	return dst
}

// Sampling.

// Rand takes the tangent of a uniform angle.
func (d HalfCauchy) Rand(r *rand.Rand) float64 { return d.Scale * math.Tan(0.5*math.Pi*open(r)) }

// Fitting.

// FitHalfCauchy returns the distribution of greatest likelihood: the mean of
// s²/(s² + x²) is ½. Its left side grows with log s, in which Newton's method finds
// the one root. Weights may be nil. The error is a [*FitError]; there is no maximum
// if half of the weight is at zero.
func FitHalfCauchy(x, w []float64) (HalfCauchy, error) {
	total, err := checkSample("half-Cauchy", HalfCauchy{}.Support(), x, w)
	if err != nil {
		return HalfCauchy{}, err
	}
	zeros := 0.0
	for i, v := range x {
		if v == 0 {
			zeros += weightAt(w, i) / total
		}
	}
	if zeros >= 0.5*(1-1e-14) {
		return HalfCauchy{}, &FitError{"half-Cauchy", -1, "half of the weight is at zero, and the likelihood has no maximum"}
	}
	median := contMedian(contSorted(x, w, total))
	t := contRoot(func(t float64) (value, slope float64) {
		s := median * math.Exp(t)
		for i, v := range x {
			u := 1 / (1 + (v/s)*(v/s))
			value += weightAt(w, i) / total * (u - 0.5)
			slope += weightAt(w, i) / total * 2 * u * (1 - u)
		}
		return value, slope
	}, 0)
	return contFitted(HalfCauchy{median * math.Exp(t)}, "half-Cauchy", "the likelihood has no maximum that a float64 holds")
}
