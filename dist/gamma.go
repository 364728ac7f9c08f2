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

// Gamma is the gamma distribution with shape α > 0 and rate β > 0,
//
//	p(x) = β^α/Γ(α) x^(α−1) exp(−βx),  x ≥ 0.
type Gamma struct {
	Shape float64 // α
	Rate  float64 // β, one over the scale
}

// NewGamma returns the distribution, or a [*ParameterError].
func NewGamma(shape, rate float64) (Gamma, error) {
	d := Gamma{shape, rate}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Gamma) Validate() error {
	return firstError(positive("gamma", "Shape", d.Shape), positive("gamma", "Rate", d.Rate))
}

// String returns "Gamma(Shape: …, Rate: …)".
func (d Gamma) String() string { return fmt.Sprintf("Gamma(Shape: %g, Rate: %g)", d.Shape, d.Rate) }

// Support is the half-line from 0, where the density is infinite for α < 1 and zero
// for α > 1.
func (d Gamma) Support() Support { return Support{Upper: math.Inf(1)} }

// Statistics.

// Mean returns α/β.
func (d Gamma) Mean() float64 { return d.Shape / d.Rate }

// Variance returns α/β².
func (d Gamma) Variance() float64 { return d.Shape / d.Rate / d.Rate }

// Entropy returns α − log β + log Γ(α) + (1 − α)ψ(α).
func (d Gamma) Entropy() float64 { return gammaEntropy(d.Shape) - careful.Log(d.Rate) }

// Evaluation.

// LogProb implements [LogProber]. For large shapes it takes Loader's expansion,
// whose terms do not cancel (Loader 2000).
func (d Gamma) LogProb(x float64) float64 {
	if m := d.Rate * x; d.Shape < gammaWide && m >= gammaTiny && m <= math.MaxFloat64 && d.Rate >= 0x1p-1022 {
		return gammaNarrow(d.Shape, d.Shape-1, m) + math.Log(d.Rate) // as below, at less cost
	}
	k := newGammaKernel(d.Shape, -1)
	return d.logProb(x, &k, careful.Log(d.Rate))
}

// logProb has kernel and log β computed.
func (d Gamma) logProb(x float64, k *gammaKernel, logRate float64) float64 {
	m := d.Rate * x
	switch {
	case x < 0 || math.IsInf(m, 1):
		return math.Inf(-1)
	case x == 0:
		switch {
		case d.Shape < 1:
			return math.Inf(1)
		case d.Shape > 1:
			return math.Inf(-1)
		}
		return logRate
	case m < gammaTiny:
		return k.atTiny(careful.Log(x)+logRate) + logRate
	}
	l := k.at(m) + logRate
	if d.Shape > gammaPrecise {
		// The kernel has slope n/m − 1 at m, whose own rounding then tells.
		l += math.FMA(d.Rate, x, -m) * ((k.power - m) / m)
	}
	return l
}

// LogProbTo implements [Batcher].
func (d Gamma) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	k, logRate := newGammaKernel(d.Shape, -1), careful.Log(d.Rate)
	if k.wide {
		for i, v := range x {
			dst[i] = d.logProb(v, &k, logRate)
		}
		return dst
	}
	batchTo(dst, x, func(dst, x, y, _ []float64) {
		for i, v := range x {
			y[i] = d.Rate * v
		}
		kernel.Log(y, y)
		for i, v := range x {
			if m := d.Rate * v; m >= gammaTiny && m <= math.MaxFloat64 {
				dst[i] = k.power*y[i] - m + k.norm + logRate // as in gammaKernel.at
			} else {
				dst[i] = d.logProb(v, &k, logRate)
			}
		}
	})
	return dst
}

// tails returns the logarithms of CDF and survival.
func (d Gamma) tails(x float64) (logCDF, logSurvival float64) {
	m := d.Rate * x
	switch {
	case math.IsNaN(x):
		return x, x
	case x <= 0:
		return math.Inf(-1), 0
	case m < gammaTiny:
		return gammaTinyTails(d.Shape, careful.Log(x)+careful.Log(d.Rate))
	}
	return gammaTails(d.Shape, m)
}

// CDF implements [CDFer].
func (d Gamma) CDF(x float64) float64 { return math.Exp(d.LogCDF(x)) }

// LogCDF implements [CDFer].
func (d Gamma) LogCDF(x float64) float64 {
	l, _ := d.tails(x)
	return l
}

// Survival implements [CDFer].
func (d Gamma) Survival(x float64) float64 {
	_, l := d.tails(x)
	return math.Exp(l)
}

// LogSurvival implements [LogSurvivaler].
func (d Gamma) LogSurvival(x float64) float64 {
	_, l := d.tails(x)
	return l
}

// Quantile implements [Quantiler] by Newton's method.
func (d Gamma) Quantile(p float64) float64 { return d.quantile(p, false) }

// UpperQuantile implements [UpperQuantiler].
func (d Gamma) UpperQuantile(q float64) float64 { return d.quantile(q, true) }

func (d Gamma) quantile(p float64, upper bool) float64 {
	m, boost := gammaQuantile(d.Shape, p, upper)
	return boosted(m/d.Rate, boost)
}

// Gradients.

// GradLogProb returns (α − 1)/x − β, NaN outside the support.
func (d Gamma) GradLogProb(x float64) float64 {
	switch {
	case !(x >= 0):
		return math.NaN()
	case d.Shape == 1:
		return -d.Rate
	}
	return (d.Shape-1)/x - d.Rate
}

// Params returns α and β.
func (d Gamma) Params() []float64 { return []float64{d.Shape, d.Rate} }

// ScoreTo implements [Scorer]: log βx − ψ(α) and α/β − x, NaN outside the support.
func (d Gamma) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	if !(x >= 0) {
		return contNaN(dst)
	}
	dst[0], dst[1] = contLogRatio(x, d.Shape/d.Rate)-special.DigammaRest(d.Shape), d.Shape/d.Rate-x
	return dst
}

// Sampling.

// Rand draws by rejection from the cube of a normal variable (Marsaglia & Tsang
// 2000). A shape below one is raised by one, and the draw multiplied with a power
// of a uniform number, whose logarithm keeps it from underflowing early.
func (d Gamma) Rand(r *rand.Rand) float64 {
	if d.Shape == 1 {
		return r.ExpFloat64() / d.Rate
	}
	v, boost := randGamma(r, d.Shape)
	return boosted(v/d.Rate, boost)
}

// Fitting.

// FitGamma returns the distribution of greatest likelihood. With the rate at its
// best, which makes the mean that of the data, the shape solves
//
//	log α − ψ(α) = log mean(x) − mean(log x)
//
// by Newton's method in log α (Minka 2002, Estimating a gamma distribution). Weights
// may be nil. The error is a [*FitError]; observations of zero, and those that are
// all equal, have no maximum.
func FitGamma(x, w []float64) (Gamma, error) {
	total, err := checkSample("gamma", Gamma{}.Support(), x, w)
	if err != nil {
		return Gamma{}, err
	}
	if err := contZero("gamma", x); err != nil {
		return Gamma{}, err
	}
	if low, high := contRange(x, w); low == high {
		return Gamma{}, &FitError{"gamma", -1, "the observations do not vary"}
	}
	shape, mean := gammaFit(x, w, total)
	return contFitted(Gamma{shape, shape / mean}, "gamma", "the likelihood has no maximum that a float64 holds")
}

// gammaFit returns the shape of greatest likelihood, and the weighted mean.
func gammaFit(x, w []float64, total float64) (shape, mean float64) {
	for i, v := range x {
		mean += weightAt(w, i) / total * v
	}
	excess := 0.0 // the mean of x/x̄ − 1 − log(x/x̄), in which nothing cancels
	for i, v := range x {
		if weight := weightAt(w, i); weight > 0 {
			excess += weight / total * (discDeviance(mean, v) / mean)
		}
	}
	t := contRoot(func(t float64) (value, slope float64) {
		a := math.Exp(t)
		gap := -special.DigammaRest(a)
		return math.Log(excess / gap), special.TrigammaRest(a) / gap
	}, -math.Log(2*excess))
	return math.Exp(t), mean
}
