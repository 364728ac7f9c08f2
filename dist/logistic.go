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

// Logistic is the logistic distribution with location m and scale s > 0,
//
//	p(x) = exp(−z) / (s (1 + exp(−z))²),  z = (x − m)/s.
type Logistic struct {
	Location float64 // m, the mean and the median
	Scale    float64 // s
}

// NewLogistic returns the distribution, or a [*ParameterError].
func NewLogistic(location, scale float64) (Logistic, error) {
	d := Logistic{location, scale}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Logistic) Validate() error {
	return firstError(finite("logistic", "Location", d.Location), positive("logistic", "Scale", d.Scale))
}

// String returns "Logistic(Location: …, Scale: …)".
func (d Logistic) String() string {
	return fmt.Sprintf("Logistic(Location: %g, Scale: %g)", d.Location, d.Scale)
}

// Support is the real line.
func (d Logistic) Support() Support { return Support{Lower: math.Inf(-1), Upper: math.Inf(1)} }

// Statistics.

// Mean returns m.
func (d Logistic) Mean() float64 { return d.Location }

// Variance returns π²s²/3.
func (d Logistic) Variance() float64 { return d.Scale * d.Scale * (math.Pi * math.Pi / 3) }

// Entropy returns log s + 2.
func (d Logistic) Entropy() float64 { return careful.Log(d.Scale) + 2 }

// Evaluation.

// LogProb implements [LogProber].
func (d Logistic) LogProb(x float64) float64 {
	z := math.Abs(x-d.Location) / d.Scale
	if d.Scale < 1e-300 || d.Scale > 1e300 {
		return logisticLog(z) - careful.Log(d.Scale)
	}
	e := 1 + math.Exp(-z)
	return -z - math.Log(d.Scale*e*e) // one logarithm for both
}

// logisticLog is the log density at location 0 and scale 1, which is even. It is
// never above −2 log 2, beside which the rounding of 1 + exp(−|z|) is nothing.
func logisticLog(z float64) float64 {
	z = math.Abs(z)
	return -z - 2*math.Log(1+math.Exp(-z))
}

// LogProbTo implements [Batcher].
func (d Logistic) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	if d.Scale < contTiny {
		return contEach(dst, x, d.LogProb)
	}
	inverse, shift := 1/d.Scale, math.Log(d.Scale)
	batchTo(dst, x, func(dst, x, y, z []float64) {
		for i, v := range x {
			y[i] = -math.Abs((v - d.Location) * inverse)
		}
		kernel.Softplus(z, y)
		for i, v := range y {
			dst[i] = v - 2*z[i] - shift // as in logisticLog
		}
	})
	return dst
}

// CDF implements [CDFer].
func (d Logistic) CDF(x float64) float64 { return special.Logistic((x - d.Location) / d.Scale) }

// LogCDF implements [CDFer].
func (d Logistic) LogCDF(x float64) float64 {
	return special.LogLogistic((x - d.Location) / d.Scale)
}

// Survival implements [CDFer].
func (d Logistic) Survival(x float64) float64 { return special.Logistic(-(x - d.Location) / d.Scale) }

// LogSurvival implements [LogSurvivaler].
func (d Logistic) LogSurvival(x float64) float64 {
	return Logistic{Scale: d.Scale}.LogCDF(d.Location - x)
}

// logisticQuantile is the quantile at location 0 and scale 1.
func logisticQuantile(p float64) float64 {
	if !contProbability(p) {
		return math.NaN()
	}
	return special.Logit(p)
}

// Quantile implements [Quantiler].
func (d Logistic) Quantile(p float64) float64 { return d.Location + d.Scale*logisticQuantile(p) }

// UpperQuantile implements [UpperQuantiler].
func (d Logistic) UpperQuantile(q float64) float64 { return d.Location - d.Scale*logisticQuantile(q) }

// Gradients.

// GradLogProb returns −tanh(z/2)/s.
func (d Logistic) GradLogProb(x float64) float64 {
	return -math.Tanh(0.5*(x-d.Location)/d.Scale) / d.Scale
}

// Params returns m and s.
func (d Logistic) Params() []float64 { return []float64{d.Location, d.Scale} }

// ScoreTo implements [Scorer]: tanh(z/2)/s and (z tanh(z/2) − 1)/s.
func (d Logistic) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	z := (x - d.Location) / d.Scale
	t := math.Tanh(0.5 * z)
	dst[0], dst[1] = t/d.Scale, (z*t-1)/d.Scale
	return dst
}

// Sampling.

// Rand inverts the distribution function.
func (d Logistic) Rand(r *rand.Rand) float64 {
	u := open(r)
	return d.Location + d.Scale*math.Log(u/(1-u))
}

// Fitting.

// FitLogistic returns the distribution of greatest likelihood. In a = 1/s and
// b = m/s the likelihood is log-concave (Burridge 1981), so that Newton's method
// with halved steps finds its one maximum. Weights may be nil. The error is a
// [*FitError]; observations that are all equal have no s.
func FitLogistic(x, w []float64) (Logistic, error) {
	total, err := checkSample("logistic", Logistic{}.Support(), x, w)
	if err != nil {
		return Logistic{}, err
	}
	e := contExponent(x, w)
	if e > -contSquares && e < contSquares {
		e = 0
	}
	x = contScaled(x, w, e)
	start, err := FitNormal(x, w)
	if err != nil {
		return Logistic{}, &FitError{"logistic", -1, "the observations do not vary, or by less than a float64 holds"}
	}
	// Observations are standardized first; the start has their variance.
	a, b := math.Pi/math.Sqrt(3), 0.0
	likelihood := func(a, b float64) float64 {
		sum := math.Log(a)
		for i, v := range x {
			sum += weightAt(w, i) / total * logisticLog(a*(v-start.Mu)/start.Sigma-b)
		}
		return sum
	}
	best := likelihood(a, b)
	for range 100 {
		ga, gb, aa, ab, bb := 1/a, 0.0, 1/(a*a), 0.0, 0.0 // the gradient, and the Hessian less its sign
		for i, v := range x {
			y, share := (v-start.Mu)/start.Sigma, weightAt(w, i)/total
			t := math.Tanh(0.5 * (a*y - b))
			h := 0.5 * share * (1 - t*t)
			ga -= share * t * y
			gb += share * t
			aa += h * y * y
			ab -= h * y
			bb += h
		}
		det := aa*bb - ab*ab
		da, db := (bb*ga-ab*gb)/det, (aa*gb-ab*ga)/det
		if math.Abs(da)+math.Abs(db) < 1e-8*a { // the next step would be its square
			a, b = a+da, b+db
			break
		}
		step, next := 1.0, math.Inf(-1)
		for ; step > 1e-12; step /= 2 {
			if a+step*da > 0 {
				if next = likelihood(a+step*da, b+step*db); next >= best-1e-12*(1+math.Abs(best)) { // sums are no finer
					break
				}
			}
		}
		if step <= 1e-12 {
			break
		}
		a, b, best = a+step*da, b+step*db, next
	}
	return contFitted(Logistic{math.Ldexp(start.Mu+start.Sigma*b/a, e), math.Ldexp(start.Sigma/a, e)}, "logistic", "the likelihood has no maximum that a float64 holds")
}
