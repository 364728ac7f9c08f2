package montecarlo

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
)

// An Inverse is the inverse of a distribution function: the least x with cdf(x) ≥ p.
// Draws of it are its values at uniform numbers (Qiu 2019, section 11.3.1). The
// Quantile method of any distribution is one.
type Inverse func(p float64) float64

// Quantile implements [dist.Quantiler].
func (q Inverse) Quantile(p float64) float64 { return q(p) }

// Rand implements [dist.Rander]. The uniform number is never 0 or 1.
func (q Inverse) Rand(r *rand.Rand) float64 { return q(open(r)) }

// InvertCDF inverts a distribution function numerically, continuous or not: it
// halves the set of float64 between lower and upper, which may be infinite, until
// one is left, which takes 64 evaluations of cdf. cdf must not decrease, and hold
// all the probability between lower and upper; both are checked at some points, and
// the error is a [*PointError] or a [*belief.ConfigError]. Where cdf turns out NaN
// later, so does the quantile.
func InvertCDF(cdf func(x float64) float64, lower, upper float64) (Inverse, error) {
	if !(lower < upper) {
		return nil, &belief.ConfigError{Field: "lower", Value: lower, Want: fmt.Sprintf("below upper, %v", upper)}
	}
	if cdf == nil {
		return nil, &belief.ConfigError{Field: "cdf", Value: "nil", Want: "a function"}
	}
	first, last := order(lower), order(upper)
	const probes = 64
	before := 0.0
	for k := range probes + 1 {
		x := unorder(first + (last-first)/probes*uint64(k))
		if k == probes {
			x = upper
		}
		p, err := valueAt("distribution function", cdf, x)
		if err != nil {
			return nil, err
		}
		if !(p >= before-1e-12 && p <= 1+1e-12) || k == probes && p < 1-1e-9 {
			return nil, &PointError{Function: "distribution function", X: []float64{x}, Value: p}
		}
		before = p
	}
	return func(p float64) float64 {
		if !(p >= 0 && p <= 1) {
			return math.NaN()
		}
		below, above := first, last // the quantile lies in [below, above]
		for below < above {
			middle := below + (above-below)/2
			switch c := cdf(unorder(middle)); {
			case c >= p:
				above = middle
			case c < p:
				below = middle + 1
			default:
				return math.NaN()
			}
		}
		return unorder(below)
	}, nil
}

// order maps float64 to integers of the same order; both zeros are one.
func order(x float64) uint64 {
	b := math.Float64bits(x + 0)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

func unorder(k uint64) float64 {
	if k>>63 != 0 {
		return math.Float64frombits(k &^ (1 << 63))
	}
	return math.Float64frombits(^k)
}
