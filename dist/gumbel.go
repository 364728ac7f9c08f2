package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
)

// Parameters.

// Gumbel is the extreme value distribution of greatest values (type I) with
// location m and scale b > 0,
//
//	p(x) = exp(−z − exp(−z)) / b,  z = (x − m)/b.
type Gumbel struct {
	Location float64 // m, the mode
	Scale    float64 // b
}

// NewGumbel returns the distribution, or a [*ParameterError].
func NewGumbel(location, scale float64) (Gumbel, error) {
	d := Gumbel{location, scale}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Gumbel) Validate() error {
	return firstError(finite("Gumbel", "Location", d.Location), positive("Gumbel", "Scale", d.Scale))
}

// String returns "Gumbel(Location: …, Scale: …)".
func (d Gumbel) String() string {
	return fmt.Sprintf("Gumbel(Location: %g, Scale: %g)", d.Location, d.Scale)
}

// Support is the real line.
func (d Gumbel) Support() Support { return Support{Lower: math.Inf(-1), Upper: math.Inf(1)} }

// Statistics.

// Mean returns m + γb, γ being Euler's constant.
func (d Gumbel) Mean() float64 { return d.Location + eulerGamma*d.Scale }

// Variance returns π²b²/6.
func (d Gumbel) Variance() float64 { return d.Scale * d.Scale * (math.Pi * math.Pi / 6) }

// Entropy returns log b + γ + 1.
func (d Gumbel) Entropy() float64 { return careful.Log(d.Scale) + eulerGamma + 1 }

// Evaluation.

// LogProb implements [LogProber].
func (d Gumbel) LogProb(x float64) float64 {
	z := (x - d.Location) / d.Scale
	if z < -1000 {
		return math.Inf(-1) // where −z is lost beside exp(−z), which overflows
	}
	if d.Scale < contTiny {
		return -z - math.Exp(-z) - careful.Log(d.Scale)
	}
	return -z - math.Exp(-z) - math.Log(d.Scale)
}

// LogProbTo implements [Batcher].
func (d Gumbel) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	if d.Scale < contTiny {
		return contEach(dst, x, d.LogProb)
	}
	inverse, shift := 1/d.Scale, math.Log(d.Scale)
	batchTo(dst, x, func(dst, x, y, z []float64) {
		for i, v := range x {
			y[i] = (d.Location - v) * inverse
		}
		kernel.Exp(z, y)
		for i, v := range y {
			if dst[i] = v - z[i] - shift; v > 1000 {
				dst[i] = math.Inf(-1) // as in LogProb
			}
		}
	})
	return dst
}

// CDF implements [CDFer].
func (d Gumbel) CDF(x float64) float64 { return math.Exp(d.LogCDF(x)) }

// LogCDF implements [CDFer].
func (d Gumbel) LogCDF(x float64) float64 { return 0 - math.Exp(-(x-d.Location)/d.Scale) }

// Survival implements [CDFer].
func (d Gumbel) Survival(x float64) float64 { return 0 - math.Expm1(d.LogCDF(x)) }

// LogSurvival implements [LogSurvivaler].
func (d Gumbel) LogSurvival(x float64) float64 {
	z := (x - d.Location) / d.Scale
	if z > 40 {
		return -z // the next term is below the last digit
	}
	return contLog1mExp(math.Exp(-z))
}

// Quantile implements [Quantiler].
func (d Gumbel) Quantile(p float64) float64 {
	if !contProbability(p) {
		return math.NaN()
	}
	return d.Location - d.Scale*math.Log(contNegLog(p))
}

// UpperQuantile implements [UpperQuantiler].
func (d Gumbel) UpperQuantile(q float64) float64 {
	if !contProbability(q) {
		return math.NaN()
	}
	return d.Location - d.Scale*math.Log(contNegLog1m(q))
}

// Gradients.

// GradLogProb returns (exp(−z) − 1)/b.
func (d Gumbel) GradLogProb(x float64) float64 {
	return math.Expm1(-(x-d.Location)/d.Scale) / d.Scale
}

// Params returns m and b.
func (d Gumbel) Params() []float64 { return []float64{d.Location, d.Scale} }

// ScoreTo implements [Scorer]: (1 − exp(−z))/b and (z (1 − exp(−z)) − 1)/b.
func (d Gumbel) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	z := (x - d.Location) / d.Scale
	e := -math.Expm1(-z)
	dst[0], dst[1] = e/d.Scale, (z*e-1)/d.Scale
	return dst
}

// Sampling.

// Rand takes the logarithm of an exponential draw that is not zero.
func (d Gumbel) Rand(r *rand.Rand) float64 {
	e := r.ExpFloat64()
	for e == 0 {
		e = r.ExpFloat64()
	}
	return d.Location - d.Scale*math.Log(e)
}

// Fitting.

// FitGumbel returns the distribution of greatest likelihood: exp(−x) has a Weibull
// distribution of shape 1/b, which Newton's method finds with m at its best for
// each b (Johnson, Kotz & Balakrishnan 1995, section 22.9). Weights may be nil. The
// error is a [*FitError]; observations that are all equal have no b.
func FitGumbel(x, w []float64) (Gumbel, error) {
	total, err := checkSample("Gumbel", Gumbel{}.Support(), x, w)
	if err != nil {
		return Gumbel{}, err
	}
	low, high := contRange(x, w)
	width := high - low
	if width == 0 || math.IsInf(width, 1) {
		return Gumbel{}, &FitError{"Gumbel", -1, "the observations do not vary, or by more than a float64 holds"}
	}
	// Distances from the least, in units of the range.
	logs := make([]float64, len(x))
	for i, v := range x {
		if weightAt(w, i) > 0 {
			logs[i] = (low - v) / width
		}
	}
	k, logMean := contExtremeShape(logs, w, total)
	return contFitted(Gumbel{low - width/k*logMean, width / k}, "Gumbel", "the likelihood has no maximum that a float64 holds")
}
