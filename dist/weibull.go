package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mathext"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
)

// Parameters.

// Weibull is the Weibull distribution with shape k > 0 and scale λ > 0,
//
//	p(x) = (k/λ) z^(k−1) exp(−z^k),  z = x/λ,  x ≥ 0.
type Weibull struct {
	Shape float64 // k; below 1 the hazard falls with x, above 1 it grows
	Scale float64 // λ
}

// NewWeibull returns the distribution, or a [*ParameterError].
func NewWeibull(shape, scale float64) (Weibull, error) {
	d := Weibull{shape, scale}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Weibull) Validate() error {
	return firstError(positive("Weibull", "Shape", d.Shape), positive("Weibull", "Scale", d.Scale))
}

// String returns "Weibull(Shape: …, Scale: …)".
func (d Weibull) String() string {
	return fmt.Sprintf("Weibull(Shape: %g, Scale: %g)", d.Shape, d.Scale)
}

// Support is the half-line from 0, where the density is infinite for k < 1 and zero
// for k > 1.
func (d Weibull) Support() Support { return Support{Upper: math.Inf(1)} }

// Statistics.

// Mean returns λ Γ(1 + 1/k).
func (d Weibull) Mean() float64 { return d.Scale * math.Gamma(1+1/d.Shape) }

// Variance returns λ² (Γ(1 + 2/k) − Γ(1 + 1/k)²), by the ratio of the two terms,
// whose logarithm for large k is a series without cancellation.
func (d Weibull) Variance() float64 {
	mean := d.Mean()
	return mean * mean * math.Expm1(weibullRatio(1/d.Shape))
}

// weibullRatio returns log(Γ(1 + 2h) / Γ(1 + h)²) for h > 0. For small h it sums
// the difference of the Taylor series of log Γ (Abramowitz & Stegun 1964, 6.1.33).
func weibullRatio(h float64) float64 {
	if h > 0.1 {
		two, _ := math.Lgamma(1 + 2*h)
		one, _ := math.Lgamma(1 + h)
		return two - 2*one
	}
	sum, single, double := 0.0, h, 2*h
	for j := 2.0; j < 30; j++ {
		single *= -h
		double *= -2 * h
		sum += mathext.Zeta(j, 1) / j * (2*single - double)
	}
	return sum
}

// Entropy returns γ (1 − 1/k) + log(λ/k) + 1.
func (d Weibull) Entropy() float64 {
	return eulerGamma*(1-1/d.Shape) + contLogRatio(d.Scale, d.Shape) + 1
}

// Evaluation.

// LogProb implements [LogProber].
func (d Weibull) LogProb(x float64) float64 {
	if d.Shape < contTiny || d.Scale < contTiny {
		return d.logProb(x, careful.Log(d.Shape)-careful.Log(d.Scale))
	}
	return d.logProb(x, math.Log(d.Shape)-math.Log(d.Scale))
}

// logProb has log(k/λ) computed.
func (d Weibull) logProb(x, shift float64) float64 {
	switch {
	case x < 0 || math.IsInf(x, 1):
		return math.Inf(-1)
	case d.Shape == 1:
		return shift - x/d.Scale // 0 log 0 is 0 here
	}
	l := contLogRatio(x, d.Scale)
	return shift + (d.Shape-1)*l - math.Exp(d.Shape*l)
}

// LogProbTo implements [Batcher].
func (d Weibull) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	shift := careful.Log(d.Shape) - careful.Log(d.Scale)
	if d.Shape == 1 {
		return contEach(dst, x, func(v float64) float64 { return d.logProb(v, shift) })
	}
	batchTo(dst, x, func(dst, x, y, z []float64) {
		for i, v := range x { // as in contLogRatio
			if difference := v - d.Scale; math.Abs(difference) <= 0.5*d.Scale {
				y[i], z[i] = difference/d.Scale, 1
			} else {
				y[i], z[i] = 0, v/d.Scale
			}
		}
		kernel.Log1p(y, y)
		kernel.Log(z, z)
		kernel.Add(y, y, z)
		kernel.Scale(d.Shape, z, y)
		kernel.Exp(z, z)
		for i, v := range x {
			if dst[i] = shift + (d.Shape-1)*y[i] - z[i]; !(math.Abs(y[i]) < 690) {
				dst[i] = d.logProb(v, shift) // beyond the range of ratios, or at an end
			}
		}
	})
	return dst
}

// power returns z^k, zero for x < 0.
func (d Weibull) power(x float64) float64 {
	return math.Exp(d.Shape * contLogRatio(max(0, x), d.Scale))
}

// CDF implements [CDFer].
func (d Weibull) CDF(x float64) float64 { return 0 - math.Expm1(-d.power(x)) }

// LogCDF implements [CDFer].
func (d Weibull) LogCDF(x float64) float64 {
	l := d.Shape * contLogRatio(max(0, x), d.Scale)
	if l < -40 {
		return l // the next term, −z^k/2, is below the last digit
	}
	return contLog1mExp(math.Exp(l))
}

// Survival implements [CDFer].
func (d Weibull) Survival(x float64) float64 { return math.Exp(-d.power(x)) }

// LogSurvival implements [LogSurvivaler].
func (d Weibull) LogSurvival(x float64) float64 { return 0 - d.power(x) }

// Quantile implements [Quantiler].
func (d Weibull) Quantile(p float64) float64 {
	if !contProbability(p) {
		return math.NaN()
	}
	return d.Scale * math.Pow(contNegLog1m(p), 1/d.Shape)
}

// UpperQuantile implements [UpperQuantiler].
func (d Weibull) UpperQuantile(q float64) float64 {
	if !contProbability(q) {
		return math.NaN()
	}
	return d.Scale * math.Pow(contNegLog(q), 1/d.Shape)
}

// Gradients.

// GradLogProb returns (k − 1 − k z^k)/x, NaN outside the support.
func (d Weibull) GradLogProb(x float64) float64 {
	switch {
	case !(x >= 0):
		return math.NaN()
	case d.Shape == 1:
		return -1 / d.Scale
	}
	return (d.Shape - 1 - d.Shape*d.power(x)) / x
}

// Params returns k and λ.
func (d Weibull) Params() []float64 { return []float64{d.Shape, d.Scale} }

// ScoreTo implements [Scorer]: 1/k + (1 − z^k) log z and (k/λ)(z^k − 1), NaN outside
// the support.
func (d Weibull) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	if !(x >= 0) {
		return contNaN(dst)
	}
	l := contLogRatio(x, d.Scale)
	excess := math.Expm1(d.Shape * l)
	dst[0], dst[1] = 1/d.Shape-excess*l, d.Shape/d.Scale*excess
	return dst
}

// Sampling.

// Rand inverts the survival function.
func (d Weibull) Rand(r *rand.Rand) float64 {
	return d.Scale * math.Pow(-math.Log(open(r)), 1/d.Shape)
}

// Fitting.

// FitWeibull returns the distribution of greatest likelihood: Newton's method for k
// with λ^k, the weighted mean of x^k, put in (Johnson, Kotz & Balakrishnan 1994,
// section 21.4). Weights may be nil. The error is a [*FitError]; observations of
// zero, and those that are all equal, have no maximum.
func FitWeibull(x, w []float64) (Weibull, error) {
	total, err := checkSample("Weibull", Weibull{}.Support(), x, w)
	if err != nil {
		return Weibull{}, err
	}
	if err := contZero("Weibull", x); err != nil {
		return Weibull{}, err
	}
	low, high := contRange(x, w)
	width := contLogRatio(high, low)
	if width == 0 {
		return Weibull{}, &FitError{"Weibull", -1, "the observations do not vary"}
	}
	// Logarithms from the greatest down, in units of their range.
	logs := make([]float64, len(x))
	for i, v := range x {
		if weightAt(w, i) > 0 {
			logs[i] = contLogRatio(v, high) / width
		}
	}
	k, logMean := contExtremeShape(logs, w, total)
	d := Weibull{k / width, high * math.Exp(logMean/k*width)}
	return contFitted(d, "Weibull", "the likelihood has no maximum that a float64 holds")
}
