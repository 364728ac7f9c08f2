package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
)

const logPi = 1.1447298858494001741 // log π

// Parameters.

// Cauchy is the Cauchy distribution with location m and scale s > 0,
//
//	p(x) = 1 / (π s (1 + z²)),  z = (x − m)/s.
type Cauchy struct {
	Location float64 // m, the median
	Scale    float64 // s, half the distance of the quartiles
}

// NewCauchy returns the distribution, or a [*ParameterError].
func NewCauchy(location, scale float64) (Cauchy, error) {
	d := Cauchy{location, scale}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Cauchy) Validate() error {
	return firstError(finite("Cauchy", "Location", d.Location), positive("Cauchy", "Scale", d.Scale))
}

// String returns "Cauchy(Location: …, Scale: …)".
func (d Cauchy) String() string {
	return fmt.Sprintf("Cauchy(Location: %g, Scale: %g)", d.Location, d.Scale)
}

// Support is the real line.
func (d Cauchy) Support() Support { return Support{Lower: math.Inf(-1), Upper: math.Inf(1)} }

// Statistics.

// Mean returns NaN: there is none.
func (d Cauchy) Mean() float64 { return math.NaN() }

// Variance returns NaN: there is none.
func (d Cauchy) Variance() float64 { return math.NaN() }

// Entropy returns log(4πs).
func (d Cauchy) Entropy() float64 { return 2*math.Ln2 + logPi + careful.Log(d.Scale) }

// Evaluation.

// LogProb implements [LogProber].
func (d Cauchy) LogProb(x float64) float64 {
	z := (x - d.Location) / d.Scale
	if d.Scale < contTiny || math.IsInf(z, 0) {
		return d.logProbFar(x, z)
	}
	return -logPi - math.Log(d.Scale) - cauchyLog(z)
}

// logProbFar is LogProb where z overflows or s is subnormal.
func (d Cauchy) logProbFar(x, z float64) float64 {
	if math.IsInf(z, 0) {
		return -logPi - careful.Log(d.Scale) - 2*contLogFar(x, d.Location, d.Scale)
	}
	return -logPi - careful.Log(d.Scale) - cauchyLog(z)
}

// cauchyLog returns log(1 + z²) also where z² overflows.
func cauchyLog(z float64) float64 {
	if z = math.Abs(z); z > 1e10 {
		return 2 * math.Log(z)
	}
	return math.Log1p(z * z)
}

// LogProbTo implements [Batcher].
func (d Cauchy) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	if d.Scale < contTiny {
		return contEach(dst, x, d.LogProb)
	}
	inverse, shift := 1/d.Scale, -logPi-math.Log(d.Scale)
	batchTo(dst, x, func(dst, x, y, _ []float64) {
		for i, v := range x {
			z := (v - d.Location) * inverse
			y[i] = z * z
		}
		kernel.Log1p(y, y)
		for i, v := range x {
			if dst[i] = shift - y[i]; math.IsInf(y[i], 1) {
				dst[i] = d.LogProb(v) // where z² overflows
			}
		}
	})
	return dst
}

// cauchyCDF is the distribution function at location 0 and scale 1: the angle, over
// π, under which the point (0, 1) sees the half-line below z.
func cauchyCDF(z float64) float64 { return math.Atan2(1, -z) / math.Pi }

// CDF implements [CDFer].
func (d Cauchy) CDF(x float64) float64 { return cauchyCDF((x - d.Location) / d.Scale) }

// LogCDF implements [CDFer].
func (d Cauchy) LogCDF(x float64) float64 {
	z := (x - d.Location) / d.Scale
	if z > 0 {
		return math.Log1p(-cauchyCDF(-z))
	}
	if z < -1e100 { // the leading term, which may underflow
		return -logPi - contLogFar(x, d.Location, d.Scale)
	}
	return math.Log(cauchyCDF(z))
}

// Survival implements [CDFer].
func (d Cauchy) Survival(x float64) float64 { return cauchyCDF(-(x - d.Location) / d.Scale) }

// LogSurvival implements [LogSurvivaler].
func (d Cauchy) LogSurvival(x float64) float64 { return Cauchy{Scale: d.Scale}.LogCDF(d.Location - x) }

// cauchyQuantile inverts cauchyCDF. Each branch starts from a difference that is
// exact.
func cauchyQuantile(p float64) float64 {
	switch {
	case !contProbability(p):
		return math.NaN()
	case p < 0.25:
		return -1 / math.Tan(math.Pi*p)
	case p > 0.75:
		return 1 / math.Tan(math.Pi*(1-p))
	}
	return math.Tan(math.Pi * (p - 0.5))
}

// Quantile implements [Quantiler].
func (d Cauchy) Quantile(p float64) float64 { return d.Location + d.Scale*cauchyQuantile(p) }

// UpperQuantile implements [UpperQuantiler].
func (d Cauchy) UpperQuantile(q float64) float64 { return d.Location - d.Scale*cauchyQuantile(q) }

// Gradients.

// GradLogProb returns −2z / (s (1 + z²)).
func (d Cauchy) GradLogProb(x float64) float64 {
	slope, _ := cauchySlope((x - d.Location) / d.Scale)
	return -slope / d.Scale
}

// cauchySlope returns 2z/(1 + z²) and (z² − 1)/(z² + 1) without overflow.
func cauchySlope(z float64) (slope, rate float64) {
	if math.Abs(z) > 1 {
		inverse := 1 / z
		square := inverse * inverse
		return 2 * inverse / (1 + square), (1 - square) / (1 + square)
	}
	return 2 * z / (1 + z*z), (z*z - 1) / (z*z + 1)
}

// Params returns m and s.
func (d Cauchy) Params() []float64 { return []float64{d.Location, d.Scale} }

// ScoreTo implements [Scorer]: 2z / (s (1 + z²)) and (z² − 1) / (s (z² + 1)).
func (d Cauchy) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	slope, rate := cauchySlope((x - d.Location) / d.Scale)
	dst[0], dst[1] = slope/d.Scale, rate/d.Scale
	return dst
}

// Sampling.

// Rand takes the tangent of a uniform angle.
func (d Cauchy) Rand(r *rand.Rand) float64 {
	return d.Location + d.Scale*math.Tan(math.Pi*(open(r)-0.5))
}

// Fitting.

// FitCauchy returns the distribution of greatest likelihood. There is exactly one
// if no value has half of the weight (Copas 1975). As a function of the point (m, s)
// of the hyperbolic half-plane (McCullagh 1996), −log p(x) is a Busemann function,
// convex along geodesics, and Newton's method in that geometry, with steps of at
// most one and halved where they do not gain, finds the minimum. Weights may be nil.
// The error is a [*FitError].
func FitCauchy(x, w []float64) (Cauchy, error) {
	total, err := checkSample("Cauchy", Cauchy{}.Support(), x, w)
	if err != nil {
		return Cauchy{}, err
	}
	values, shares := contSorted(x, w, total)
	if contHeaviest(values, shares) >= 0.5*(1-1e-14) {
		return Cauchy{}, &FitError{"Cauchy", -1, "one value has half of the weight, and the likelihood no maximum"}
	}
	away, m := make([]float64, len(values)), contMedian(values, shares)
	for i, v := range values {
		away[i] = math.Abs(v - m)
	}
	s := contMedian(contSorted(away, shares, 1)) // not zero, as no value has half of the weight
	cost := func(m, s float64) float64 {
		sum := math.Log(s)
		for i, v := range values {
			sum += shares[i] * cauchyLog((v-m)/s)
		}
		return sum
	}
	best := cost(m, s)
	for range 1000 {
		// Each term of the cost has, in units of s, gradient (−sin t, cos t) and
		// Hessian v vᵀ for v = (cos t, sin t), where tan(t/2) = z.
		var gm, gs, mm, ms, ss float64
		for i, v := range values {
			sin, rate := cauchySlope((v - m) / s)
			cos := -rate
			gm -= shares[i] * sin
			gs += shares[i] * cos
			mm += shares[i] * cos * cos
			ms += shares[i] * cos * sin
			ss += shares[i] * sin * sin
		}
		det := mm*ss - ms*ms
		dm, ds := (ms*gs-ss*gm)/det, (ms*gm-mm*gs)/det
		switch size := math.Hypot(dm, ds); {
		case math.IsNaN(size) || math.IsInf(size, 1): // the Hessian is singular
			size = math.Hypot(gm, gs)
			dm, ds = -gm/size, -gs/size
		case size > 1:
			dm, ds = dm/size, ds/size
		}
		if math.Hypot(dm, ds) < 1e-8 { // the next step would be its square
			m, s = m+s*dm, s*math.Exp(ds)
			break
		}
		step, next := 1.0, math.Inf(1)
		for ; step > 1e-12; step /= 2 {
			if next = cost(m+step*s*dm, s*math.Exp(step*ds)); next <= best+1e-12*(1+math.Abs(best)) { // sums are no finer
				break
			}
		}
		if step <= 1e-12 {
			break
		}
		m, s, best = m+step*s*dm, s*math.Exp(step*ds), next
	}
	return contFitted(Cauchy{m, s}, "Cauchy", "the likelihood has no maximum that a float64 holds")
}
