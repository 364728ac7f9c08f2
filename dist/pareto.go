package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
)

// Parameters.

// Pareto is the Pareto distribution of the first kind with scale s > 0 and shape
// α > 0,
//
//	p(x) = (α/x) (s/x)^α,  x ≥ s.
type Pareto struct {
	Scale float64 // s, the least value
	Shape float64 // α, the tail index
}

// NewPareto returns the distribution, or a [*ParameterError].
func NewPareto(scale, shape float64) (Pareto, error) {
	d := Pareto{scale, shape}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Pareto) Validate() error {
	return firstError(positive("Pareto", "Scale", d.Scale), positive("Pareto", "Shape", d.Shape))
}

// String returns "Pareto(Scale: …, Shape: …)".
func (d Pareto) String() string { return fmt.Sprintf("Pareto(Scale: %g, Shape: %g)", d.Scale, d.Shape) }

// Support is the half-line from s.
func (d Pareto) Support() Support { return Support{Lower: d.Scale, Upper: math.Inf(1)} }

// Statistics.

// Mean returns αs/(α − 1), and +Inf for α ≤ 1.
func (d Pareto) Mean() float64 {
	if d.Shape <= 1 {
		return math.Inf(1)
	}
	return d.Scale * (d.Shape / (d.Shape - 1))
}

// Variance returns αs² / ((α − 1)² (α − 2)), and +Inf for α ≤ 2.
func (d Pareto) Variance() float64 {
	if d.Shape <= 2 {
		return math.Inf(1)
	}
	unit := d.Scale / (d.Shape - 1)
	return unit * unit * (d.Shape / (d.Shape - 2))
}

// Entropy returns log(s/α) + 1 + 1/α.
func (d Pareto) Entropy() float64 { return contLogRatio(d.Scale, d.Shape) + 1 + 1/d.Shape }

// Evaluation.

// LogProb implements [LogProber].
func (d Pareto) LogProb(x float64) float64 { return d.logProb(x, contLogRatio(d.Shape, d.Scale)) }

// logProb has log(α/s) computed.
func (d Pareto) logProb(x, shift float64) float64 {
	if x < d.Scale {
		return math.Inf(-1)
	}
	return shift - (d.Shape+1)*contLogRatio(x, d.Scale)
}

// LogProbTo implements [Batcher].
func (d Pareto) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	shift := contLogRatio(d.Shape, d.Scale)
	batchTo(dst, x, func(dst, x, y, _ []float64) {
		for i, v := range x {
			y[i] = (v - d.Scale) / d.Scale
		}
		kernel.Log1p(y, y)
		for i, v := range x {
			if v < d.Scale || math.IsInf(y[i], 1) {
				dst[i] = d.logProb(v, shift)
			} else {
				dst[i] = shift - (d.Shape+1)*y[i]
			}
		}
	})
	return dst
}

// exponent returns α log(x/s), minus the logarithm of the survival function.
func (d Pareto) exponent(x float64) float64 {
	return d.Shape * contLogRatio(max(d.Scale, x), d.Scale)
}

// CDF implements [CDFer].
func (d Pareto) CDF(x float64) float64 { return 0 - math.Expm1(-d.exponent(x)) }

// LogCDF implements [CDFer].
func (d Pareto) LogCDF(x float64) float64 {
	if y := d.exponent(x); y >= contTiny || math.IsNaN(x) {
		return contLog1mExp(y)
	}
	return careful.Log(contLogRatio(max(d.Scale, x), d.Scale)) + careful.Log(d.Shape) // the product underflows
}

// Survival implements [CDFer].
func (d Pareto) Survival(x float64) float64 { return math.Exp(-d.exponent(x)) }

// LogSurvival implements [LogSurvivaler].
func (d Pareto) LogSurvival(x float64) float64 { return 0 - d.exponent(x) }

// Quantile implements [Quantiler].
func (d Pareto) Quantile(p float64) float64 {
	if !contProbability(p) {
		return math.NaN()
	}
	return d.Scale * math.Exp(contNegLog1m(p)/d.Shape)
}

// UpperQuantile implements [UpperQuantiler].
func (d Pareto) UpperQuantile(q float64) float64 {
	if !contProbability(q) {
		return math.NaN()
	}
	return d.Scale * math.Exp(contNegLog(q)/d.Shape)
}

// Gradients.

// GradLogProb returns −(α + 1)/x, NaN outside the support.
func (d Pareto) GradLogProb(x float64) float64 {
	if !(x >= d.Scale) {
		return math.NaN()
	}
	return -(d.Shape + 1) / x
}

// Params returns s and α.
func (d Pareto) Params() []float64 { return []float64{d.Scale, d.Shape} }

// ScoreTo implements [Scorer]: α/s and 1/α − log(x/s), NaN outside the support.
func (d Pareto) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	if !(x >= d.Scale) {
		return contNaN(dst)
	}
	dst[0], dst[1] = d.Shape/d.Scale, 1/d.Shape-contLogRatio(x, d.Scale)
	return dst
}

// Sampling.

// Rand takes the exponential of an exponential draw.
func (d Pareto) Rand(r *rand.Rand) float64 { return d.Scale * math.Exp(r.ExpFloat64()/d.Shape) }

// Fitting.

// FitPareto returns the distribution of greatest likelihood: s is the least
// observation of positive weight and 1/α the weighted mean of log(x/s) (Johnson,
// Kotz & Balakrishnan 1994, section 20.4). Weights may be nil. The error is a
// [*FitError]; observations that are all equal have no α.
func FitPareto(x, w []float64) (Pareto, error) {
	total, err := checkSample("Pareto", Pareto{}.Support(), x, w)
	if err != nil {
		return Pareto{}, err
	}
	if err := contZero("Pareto", x); err != nil {
		return Pareto{}, err
	}
	low, _ := contRange(x, w)
	mean := 0.0
	for i, v := range x {
		if share := weightAt(w, i) / total; share > 0 {
			mean += share * contLogRatio(v, low)
		}
	}
	return contFitted(Pareto{low, 1 / mean}, "Pareto", "the observations do not vary")
}
