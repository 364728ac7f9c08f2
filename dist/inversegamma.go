package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/special"
)

// Parameters.

// InverseGamma is the distribution of one over a gamma variate, with shape α > 0
// and scale β > 0,
//
//	p(x) = β^α/Γ(α) x^(−α−1) exp(−β/x),  x ≥ 0.
type InverseGamma struct {
	Shape float64 // α; moments of order α and above diverge
	Scale float64 // β, the rate of the gamma variate
}

// NewInverseGamma returns the distribution, or a [*ParameterError].
func NewInverseGamma(shape, scale float64) (InverseGamma, error) {
	d := InverseGamma{shape, scale}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d InverseGamma) Validate() error {
	return firstError(positive("inverse gamma", "Shape", d.Shape), positive("inverse gamma", "Scale", d.Scale))
}

// String returns "InverseGamma(Shape: …, Scale: …)".
func (d InverseGamma) String() string {
	return fmt.Sprintf("InverseGamma(Shape: %g, Scale: %g)", d.Shape, d.Scale)
}

// Support is the half-line from 0, where the density vanishes.
func (d InverseGamma) Support() Support { return Support{Upper: math.Inf(1)} }

// Statistics.

// Mean returns β/(α − 1), +Inf for α ≤ 1.
func (d InverseGamma) Mean() float64 {
	if d.Shape <= 1 {
		return math.Inf(1)
	}
	return d.Scale / (d.Shape - 1)
}

// Variance returns β²/((α − 1)²(α − 2)), +Inf for α ≤ 2.
func (d InverseGamma) Variance() float64 {
	if d.Shape <= 2 {
		return math.Inf(1)
	}
	mean := d.Mean()
	return mean * (mean / (d.Shape - 2))
}

// Entropy returns α + log β + log Γ(α) − (1 + α)ψ(α).
func (d InverseGamma) Entropy() float64 {
	return gammaEntropy(d.Shape) - 2*special.Digamma(d.Shape) + careful.Log(d.Scale)
}

// Evaluation.

// LogProb implements [LogProber]; see [Gamma.LogProb].
func (d InverseGamma) LogProb(x float64) float64 {
	if m := d.Scale / x; d.Shape < gammaWide && m >= gammaTiny && m <= math.MaxFloat64 && x <= math.MaxFloat64 && d.Scale >= 0x1p-1022 {
		return gammaNarrow(d.Shape, d.Shape+1, m) - math.Log(d.Scale) // as below, at less cost
	}
	k := newGammaKernel(d.Shape, 1)
	return d.logProb(x, &k, careful.Log(d.Scale))
}

// logProb has kernel and log β computed.
func (d InverseGamma) logProb(x float64, k *gammaKernel, logScale float64) float64 {
	m := d.Scale / x
	switch {
	case x <= 0 || math.IsInf(x, 1) || math.IsInf(m, 1):
		return math.Inf(-1)
	case m < gammaTiny:
		return k.atTiny(logScale-math.Log(x)) - logScale
	}
	return k.at(m) - logScale
}

// LogProbTo implements [Batcher].
func (d InverseGamma) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	k, logScale := newGammaKernel(d.Shape, 1), careful.Log(d.Scale)
	if k.wide {
		for i, v := range x {
			dst[i] = d.logProb(v, &k, logScale)
		}
		return dst
	}
	batchTo(dst, x, func(dst, x, y, z []float64) {
		for i, v := range x {
			z[i] = d.Scale / v
		}
		kernel.Log(y, z)
		for i, v := range x {
			if m := z[i]; m >= gammaTiny && m <= math.MaxFloat64 {
				dst[i] = k.power*y[i] - m + k.norm - logScale // as in gammaKernel.at
			} else {
				dst[i] = d.logProb(v, &k, logScale)
			}
		}
	})
	return dst
}

// tails returns the logarithms of CDF and survival.
func (d InverseGamma) tails(x float64) (logCDF, logSurvival float64) {
	m := d.Scale / x
	switch {
	case math.IsNaN(x):
		return x, x
	case x <= 0:
		return math.Inf(-1), 0
	case m < gammaTiny && !math.IsInf(x, 1):
		logSurvival, logCDF = gammaTinyTails(d.Shape, careful.Log(d.Scale)-math.Log(x))
	default:
		logSurvival, logCDF = gammaTails(d.Shape, m)
	}
	return logCDF, logSurvival
}

// CDF implements [CDFer].
func (d InverseGamma) CDF(x float64) float64 { return math.Exp(d.LogCDF(x)) }

// LogCDF implements [CDFer].
func (d InverseGamma) LogCDF(x float64) float64 {
	l, _ := d.tails(x)
	return l
}

// Survival implements [CDFer].
func (d InverseGamma) Survival(x float64) float64 {
	_, l := d.tails(x)
	return math.Exp(l)
}

// LogSurvival implements [LogSurvivaler].
func (d InverseGamma) LogSurvival(x float64) float64 {
	_, l := d.tails(x)
	return l
}

// Quantile implements [Quantiler] by Newton's method.
func (d InverseGamma) Quantile(p float64) float64 { return d.quantile(p, true) }

// UpperQuantile implements [UpperQuantiler].
func (d InverseGamma) UpperQuantile(q float64) float64 { return d.quantile(q, false) }

// quantile has upper say of which tail of the gamma variate p is.
func (d InverseGamma) quantile(p float64, upper bool) float64 {
	m, boost := gammaQuantile(d.Shape, p, upper)
	return boosted(d.Scale/m, -boost)
}

// Gradients.

// GradLogProb returns (β/x − α − 1)/x, NaN outside the support.
func (d InverseGamma) GradLogProb(x float64) float64 {
	if !(x >= 0) {
		return math.NaN()
	}
	return (d.Scale/x - d.Shape - 1) / x
}

// Params returns α and β.
func (d InverseGamma) Params() []float64 { return []float64{d.Shape, d.Scale} }

// ScoreTo implements [Scorer]: log(β/x) − ψ(α) and α/β − 1/x, NaN outside the
// support.
func (d InverseGamma) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	if !(x >= 0) {
		return contNaN(dst)
	}
	dst[0], dst[1] = -special.DigammaRest(d.Shape)-contLogRatio(x, d.Scale/d.Shape), d.Shape/d.Scale-1/x
	return dst
}

// Sampling.

// Rand divides by a gamma variate; see [Gamma.Rand].
func (d InverseGamma) Rand(r *rand.Rand) float64 {
	v, boost := randGamma(r, d.Shape)
	return boosted(d.Scale/v, -boost)
}

// Fitting.

// FitInverseGamma returns the distribution of greatest likelihood, which is that of
// the gamma distribution for 1/x; see [FitGamma]. Weights may be nil. The error is a
// [*FitError]; observations of zero, and those that are all equal, have no maximum.
func FitInverseGamma(x, w []float64) (InverseGamma, error) {
	total, err := checkSample("inverse gamma", InverseGamma{}.Support(), x, w)
	if err != nil {
		return InverseGamma{}, err
	}
	if err := contZero("inverse gamma", x); err != nil {
		return InverseGamma{}, err
	}
	low, high := contRange(x, w)
	if low == high {
		return InverseGamma{}, &FitError{"inverse gamma", -1, "the observations do not vary"}
	}
	inverse := make([]float64, len(x)) // in units of the greatest
	for i, v := range x {
		if weightAt(w, i) > 0 {
			inverse[i] = low / v
		}
	}
	shape, mean := gammaFit(inverse, w, total)
	return contFitted(InverseGamma{shape, shape / mean * low}, "inverse gamma", "the likelihood has no maximum that a float64 holds")
}
