package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
)

// Parameters.

// Laplace is the double exponential distribution with location m and scale b > 0,
//
//	p(x) = exp(−|z|) / (2b),  z = (x − m)/b.
type Laplace struct {
	Location float64 // m, the mean and the median
	Scale    float64 // b, the mean distance from m
}

// NewLaplace returns the distribution, or a [*ParameterError].
func NewLaplace(location, scale float64) (Laplace, error) {
	d := Laplace{location, scale}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Laplace) Validate() error {
	return firstError(finite("Laplace", "Location", d.Location), positive("Laplace", "Scale", d.Scale))
}

// String returns "Laplace(Location: …, Scale: …)".
func (d Laplace) String() string {
	return fmt.Sprintf("Laplace(Location: %g, Scale: %g)", d.Location, d.Scale)
}

// Support is the real line.
func (d Laplace) Support() Support { return Support{Lower: math.Inf(-1), Upper: math.Inf(1)} }

// Statistics.

// Mean returns m.
func (d Laplace) Mean() float64 { return d.Location }

// Variance returns 2b².
func (d Laplace) Variance() float64 { return 2 * d.Scale * d.Scale }

// Entropy returns 1 + log(2b).
func (d Laplace) Entropy() float64 { return 1 + math.Ln2 + careful.Log(d.Scale) }

// Evaluation.

// LogProb implements [LogProber].
func (d Laplace) LogProb(x float64) float64 {
	if d.Scale < contTiny {
		return -math.Abs((x-d.Location)/d.Scale) - math.Ln2 - careful.Log(d.Scale)
	}
	return -math.Abs((x-d.Location)/d.Scale) - math.Ln2 - math.Log(d.Scale)
}

// LogProbTo implements [Batcher].
func (d Laplace) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	if d.Scale < contTiny {
		return contEach(dst, x, d.LogProb)
	}
	inverse, shift := 1/d.Scale, math.Ln2+math.Log(d.Scale)
	for i, v := range x {
		dst[i] = -math.Abs((v-d.Location)*inverse) - shift
	}
	return dst
}

// laplaceCDF is the distribution function at location 0 and scale 1.
func laplaceCDF(z float64) float64 {
	if z < 0 {
		return 0.5 * math.Exp(z)
	}
	return 1 - 0.5*math.Exp(-z)
}

// CDF implements [CDFer].
func (d Laplace) CDF(x float64) float64 { return laplaceCDF((x - d.Location) / d.Scale) }

// LogCDF implements [CDFer].
func (d Laplace) LogCDF(x float64) float64 {
	z := (x - d.Location) / d.Scale
	if z < 0 {
		return z - math.Ln2
	}
	return math.Log1p(-0.5 * math.Exp(-z))
}

// Survival implements [CDFer].
func (d Laplace) Survival(x float64) float64 { return laplaceCDF(-(x - d.Location) / d.Scale) }

// LogSurvival implements [LogSurvivaler].
func (d Laplace) LogSurvival(x float64) float64 {
	return Laplace{Scale: d.Scale}.LogCDF(d.Location - x)
}

// laplaceQuantile inverts laplaceCDF.
func laplaceQuantile(p float64) float64 {
	switch {
	case !contProbability(p):
		return math.NaN()
	case p < 0.5:
		return careful.Log(2 * p)
	}
	return contNegLog(2 * (1 - p))
}

// Quantile implements [Quantiler].
func (d Laplace) Quantile(p float64) float64 { return d.Location + d.Scale*laplaceQuantile(p) }

// UpperQuantile implements [UpperQuantiler].
func (d Laplace) UpperQuantile(q float64) float64 { return d.Location - d.Scale*laplaceQuantile(q) }

// Gradients.

// GradLogProb returns −sign(z)/b, and 0 at the kink.
func (d Laplace) GradLogProb(x float64) float64 { return -laplaceSign(x-d.Location) / d.Scale }

// laplaceSign returns the sign of v, 0 at 0 and NaN at NaN.
func laplaceSign(v float64) float64 {
	if v == 0 || math.IsNaN(v) {
		return v
	}
	return math.Copysign(1, v)
}

// Params returns m and b.
func (d Laplace) Params() []float64 { return []float64{d.Location, d.Scale} }

// ScoreTo implements [Scorer]: sign(z)/b, 0 at the kink, and (|z| − 1)/b.
func (d Laplace) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	z := (x - d.Location) / d.Scale
	dst[0], dst[1] = laplaceSign(z)/d.Scale, (math.Abs(z)-1)/d.Scale
	return dst
}

// Sampling.

// Rand gives an exponential draw a random sign.
func (d Laplace) Rand(r *rand.Rand) float64 {
	e := r.ExpFloat64()
	if r.Uint64()&1 == 0 {
		e = -e
	}
	return d.Location + d.Scale*e
}

// Fitting.

// FitLaplace returns the distribution of greatest likelihood: m is the weighted
// median, the least if there are several, and b the weighted mean distance from it
// (Johnson, Kotz & Balakrishnan 1995, section 24.5). Weights may be nil. The error
// is a [*FitError]; observations that are all equal have no b.
func FitLaplace(x, w []float64) (Laplace, error) {
	total, err := checkSample("Laplace", Laplace{}.Support(), x, w)
	if err != nil {
		return Laplace{}, err
	}
	values, shares := contSorted(x, w, total)
	m, b := contMedian(values, shares), 0.0
	for i, v := range values {
		b += shares[i] * math.Abs(v-m)
	}
	return contFitted(Laplace{m, b}, "Laplace", "the observations do not vary, or by more than a float64 holds")
}
