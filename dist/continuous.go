package dist

import (
	"math"
	"slices"

	"github.com/belief-go/belief/internal/careful"
)

// What the continuous distributions of location, scale and shape share.

const eulerGamma = 0.57721566490153286061 // Euler's constant γ

// contProbability says whether p is a probability; NaN is none.
func contProbability(p float64) bool { return p >= 0 && p <= 1 }

// contOrdered checks a parameter against another one.
func contOrdered(dist, param string, v float64, ok bool, want string) *ParameterError {
	if ok {
		return nil
	}
	return &ParameterError{dist, param, v, want}
}

// contNaN fills a gradient that does not exist.
func contNaN(dst []float64) []float64 {
	for i := range dst {
		dst[i] = math.NaN()
	}
	return dst
}

// contNegLog returns −log p, and +0 rather than −0 at one.
func contNegLog(p float64) float64 { return 0 - careful.Log(p) }

// contNegLog1m returns −log(1 − p).
func contNegLog1m(p float64) float64 { return 0 - math.Log1p(-p) }

// contLog1mExp returns log(1 − exp(−y)) for y ≥ 0. It changes form at log 2, as
// either loses digits on the other's side (Mächler 2012).
func contLog1mExp(y float64) float64 {
	if y < math.Ln2 {
		return careful.Log(-math.Expm1(-y))
	}
	return math.Log1p(-math.Exp(-y))
}

// contLogRatio returns log(x/s) for x ≥ 0 and s > 0. Near one it takes the
// difference first, which is exact, and it does not overflow with the ratio.
func contLogRatio(x, s float64) float64 {
	if difference := x - s; math.Abs(difference) <= 0.5*s {
		return math.Log1p(difference / s)
	}
	if ratio := x / s; ratio > 1e-300 && ratio < 1e300 {
		return math.Log(ratio)
	}
	return careful.Log(x) - careful.Log(s)
}

// contTiny is the least normal number. Below it math.Log is wrong, and one over a
// number may overflow.
const contTiny = 0x1p-1022

// contLogFar returns log(|x − m|/s) where the ratio overflows.
func contLogFar(x, m, s float64) float64 {
	return careful.Log(math.Abs(0.5*x-0.5*m)) + math.Ln2 - careful.Log(s)
}

// contEach is LogProbTo for a distribution that has nothing to compute in advance.
func contEach(dst, x []float64, logProb func(x float64) float64) []float64 {
	for i, v := range x {
		dst[i] = logProb(v)
	}
	return dst
}

// contFitted returns the fit, or the error for one that is no distribution.
func contFitted[D Univariate](d D, name, problem string) (D, error) {
	if d.Validate() != nil {
		var none D
		return none, &FitError{name, -1, problem}
	}
	return d, nil
}

// contZero looks for an observation at zero, which a density that is zero or
// infinite there cannot be fitted to.
func contZero(dist string, x []float64) error {
	for i, v := range x {
		if v <= 0 {
			return &FitError{dist, i, "is 0, where the likelihood has no maximum"}
		}
	}
	return nil
}

// contRange returns the least and the greatest observation of positive weight.
func contRange(x, w []float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for i, v := range x {
		if weightAt(w, i) > 0 {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

// contExponent returns a power of two that the observations of positive weight come
// near to but not up to.
func contExponent(x, w []float64) int {
	low, high := contRange(x, w)
	_, e := math.Frexp(max(math.Abs(low), math.Abs(high)))
	return e
}

// contScaled returns the observations over 2^e, and zero in place of those without
// weight; for e = 0 it returns x itself.
func contScaled(x, w []float64, e int) []float64 {
	if e == 0 {
		return x
	}
	scaled := make([]float64, len(x))
	for i, v := range x {
		if weightAt(w, i) > 0 {
			scaled[i] = math.Ldexp(v, -e)
		}
	}
	return scaled
}

// contSquares is the power of two beyond which squares of deviations, which may be
// 2^53 times less than the observations, might leave the range of float64.
const contSquares = 400

// contSorted returns the observations of positive weight in order, with the
// weights that go with them as shares of total.
func contSorted(x, w []float64, total float64) (values, shares []float64) {
	order := make([]int, 0, len(x))
	for i := range x {
		if weightAt(w, i) > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return 0
	})
	values, shares = make([]float64, len(order)), make([]float64, len(order))
	for k, i := range order {
		values[k], shares[k] = x[i], weightAt(w, i)/total
	}
	return values, shares
}

// contMedian returns the least of the sorted values up to which the shares hold
// half of the weight.
func contMedian(values, shares []float64) float64 {
	sum := 0.0
	for i, v := range values {
		if sum += shares[i]; sum >= 0.5*(1-1e-14) {
			return v
		}
	}
	return values[len(values)-1]
}

// contHeaviest returns the largest share that one of the sorted values has.
func contHeaviest(values, shares []float64) float64 {
	most, sum := 0.0, 0.0
	for i := range values {
		if i > 0 && values[i] != values[i-1] {
			sum = 0
		}
		sum += shares[i]
		most = max(most, sum)
	}
	return most
}

// contRoot returns the root of an increasing function, which returns value and
// slope. It brackets the root by doubled steps and then takes Newton's steps,
// halving the bracket instead when one leaves it (Press et al. 2007, section 9.4).
// It returns NaN if it finds no root within ±2000 of the start.
func contRoot(f func(t float64) (value, slope float64), start float64) float64 {
	low, high := math.Inf(-1), math.Inf(1)
	t, step := start, 1.0
	for range 200 {
		value, slope := f(t)
		switch {
		case math.IsNaN(value) || math.Abs(t-start) > 2000:
			return math.NaN()
		case value < 0:
			low = t
		case value > 0:
			high = t
		default:
			return t
		}
		next := t - value/slope
		switch {
		case math.IsInf(high, 1):
			next = t + step
			step *= 2
		case math.IsInf(low, -1):
			next = t - step
			step *= 2
		case !(next > low && next < high):
			next = 0.5 * (low + high)
		}
		if math.Abs(next-t) <= 1e-15*(1+math.Abs(t)) {
			return next
		}
		t = next
	}
	return t
}

// contExtremeShape returns the k > 0 at which the likelihood of a Weibull
// distribution of exp(l), or of a Gumbel distribution of −l, is greatest, the
// scale being at its best for each k (Johnson, Kotz & Balakrishnan 1994, section
// 21.4): the mean of l under weights w exp(kl), less that under w, is 1/k. The
// greatest l must be zero. It also returns the logarithm of the mean of exp(kl).
func contExtremeShape(l, w []float64, total float64) (k, logMean float64) {
	mean := 0.0
	for i, v := range l {
		mean += weightAt(w, i) / total * v
	}
	sums := func(k float64) (zero, one, two float64) {
		for i, v := range l {
			e := weightAt(w, i) / total * math.Exp(k*v)
			zero += e
			one += e * v
			two += e * v * v
		}
		return zero, one, two
	}
	t := contRoot(func(t float64) (value, slope float64) {
		k := math.Exp(t)
		zero, one, two := sums(k)
		tilted := one / zero
		return k*(tilted-mean) - 1, k*(tilted-mean) + k*k*(two/zero-tilted*tilted)
	}, -math.Log(-mean))
	k = math.Exp(t)
	zero, _, _ := sums(k)
	return k, math.Log(zero)
}
