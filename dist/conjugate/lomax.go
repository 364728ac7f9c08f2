package conjugate

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/special"
)

// lomax is the distribution of X − r for a Pareto distribution of X with scale r and
// shape k (Lomax 1954),
//
//	p(x) = (k/r) (1 + x/r)^(−k−1),  x ≥ 0.
//
// Taking r from a Pareto variate would cancel where x is far below r.
type lomax struct{ shape, rate float64 }

// Validate implements [dist.Univariate].
func (d lomax) Validate() error {
	return check(positive("Lomax", "Shape", d.shape), positive("Lomax", "Rate", d.rate))
}

// String returns "Lomax(Shape: …, Rate: …)".
func (d lomax) String() string { return fmt.Sprintf("Lomax(Shape: %g, Rate: %g)", d.shape, d.rate) }

// Support is the half-line from 0.
func (d lomax) Support() dist.Support { return dist.Support{Upper: math.Inf(1)} }

// Mean returns r/(k − 1), and +Inf for k ≤ 1.
func (d lomax) Mean() float64 {
	if d.shape <= 1 {
		return math.Inf(1)
	}
	return d.rate / (d.shape - 1)
}

// Variance returns kr² / ((k − 1)² (k − 2)), and +Inf for k ≤ 2.
func (d lomax) Variance() float64 {
	if d.shape <= 2 {
		return math.Inf(1)
	}
	return d.Mean() * d.Mean() * (d.shape / (d.shape - 2))
}

// Entropy returns log(r/k) + 1 + 1/k.
func (d lomax) Entropy() float64 { return math.Log(d.rate) - math.Log(d.shape) + 1 + 1/d.shape }

// rise returns log(1 + x/r).
func (d lomax) rise(x float64) float64 {
	if v := x / d.rate; !math.IsInf(v, 1) || math.IsInf(x, 1) {
		return math.Log1p(v)
	}
	return math.Log(x) - math.Log(d.rate)
}

// LogProb implements [dist.LogProber].
func (d lomax) LogProb(x float64) float64 {
	if x < 0 {
		return math.Inf(-1)
	}
	return math.Log(d.shape) - math.Log(d.rate) - (d.shape+1)*d.rise(x)
}

// exponent returns minus the logarithm of the survival function.
func (d lomax) exponent(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return d.shape * d.rise(x)
}

// CDF implements [dist.CDFer].
func (d lomax) CDF(x float64) float64 { return 0 - math.Expm1(-d.exponent(x)) }

// LogCDF implements [dist.CDFer].
func (d lomax) LogCDF(x float64) float64 { return special.Log1mExp(-d.exponent(x)) }

// Survival implements [dist.CDFer].
func (d lomax) Survival(x float64) float64 { return math.Exp(-d.exponent(x)) }

// Quantile implements [dist.Quantiler].
func (d lomax) Quantile(p float64) float64 {
	if !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	return d.rate * math.Expm1(-math.Log1p(-p)/d.shape)
}

// UpperQuantile implements [dist.UpperQuantiler].
func (d lomax) UpperQuantile(q float64) float64 {
	if !(q >= 0 && q <= 1) {
		return math.NaN()
	}
	return d.rate * math.Expm1(-math.Log(q)/d.shape)
}

// GradLogProb returns −(k + 1)/(r + x), NaN outside the support.
func (d lomax) GradLogProb(x float64) float64 {
	if !(x >= 0) {
		return math.NaN()
	}
	return -(d.shape + 1) / (d.rate + x)
}

// Rand inverts the distribution function at that of an exponential draw.
func (d lomax) Rand(r *rand.Rand) float64 { return d.rate * math.Expm1(r.ExpFloat64()/d.shape) }
