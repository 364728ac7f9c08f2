package density

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"github.com/belief-go/belief/dist"
)

// The distribution function of a kernel estimate of one number, the sum of those of
// the kernels, and its inverse. Both tails are summed from their own end.

var standard = dist.Normal{Mu: 0, Sigma: 1}

// CDF implements [dist.CDFer].
func (k *Kernel) CDF(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case math.IsInf(x, 0):
		return max(0, math.Copysign(1, x))
	}
	return min(1, k.tail(x, false))
}

// Survival implements [dist.CDFer].
func (k *Kernel) Survival(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case math.IsInf(x, 0):
		return max(0, math.Copysign(1, -x))
	}
	return min(1, k.tail(x, true))
}

// tail returns the probability below x, or above it. It begins with the observations
// that are furthest on that side, whose kernels count in full, and ends where the
// weight of the others times the tail of the next kernel is negligible.
func (k *Kernel) tail(x float64, upper bool) float64 {
	xs, ws := k.s.x, k.s.w
	reach := 1.0
	if k.shape == Gaussian {
		reach = 8.5 // beyond it the kernel counts in full but for 1e-17
	}
	if upper {
		i := firstAbove(xs, x+reach*k.h)
		sum := k.from[i]
		for i--; i >= 0; i-- {
			term := k.shape.cdf((xs[i] - x) / k.h)
			if term*k.before[i+1] <= negligible*sum {
				break
			}
			sum += ws[i] * term
		}
		return sum
	}
	i := firstFrom(xs, x-reach*k.h)
	sum := k.before[i]
	for ; i < len(xs); i++ {
		term := k.shape.cdf((x - xs[i]) / k.h)
		if term*k.from[i] <= negligible*sum {
			break
		}
		sum += ws[i] * term
	}
	return sum
}

// LogCDF implements [dist.CDFer].
func (k *Kernel) LogCDF(x float64) float64 {
	cdf := k.CDF(x)
	switch {
	case cdf > 0.5:
		return math.Log1p(-k.Survival(x))
	case cdf > 1e-290 || k.shape != Gaussian || math.IsInf(x, 0) || math.IsNaN(x):
		return math.Log(cdf)
	}
	// Relative to the kernel of the least observation, which has the largest tail.
	largest, sum := standard.LogCDF((x-k.s.x[0])/k.h), 0.0
	if math.IsInf(largest, -1) {
		return largest // less than float64 has logarithms for
	}
	for i, v := range k.s.x {
		term := math.Exp(standard.LogCDF((x-v)/k.h) - largest)
		if term*k.from[i] <= negligible*sum {
			break
		}
		sum += k.s.w[i] * term
	}
	return largest + math.Log(sum)
}

// Quantile implements [dist.Quantiler].
func (k *Kernel) Quantile(p float64) float64 {
	switch {
	case !(p >= 0 && p <= 1):
		return math.NaN()
	case p == 0:
		return k.Support().Lower
	case p == 1:
		return k.Support().Upper
	case p > 0.5:
		return k.UpperQuantile(1 - p)
	}
	low, high := k.bracket(p, false)
	return k.solve(p, low, high, false)
}

// UpperQuantile implements [dist.UpperQuantiler]: the least x with Survival(x) ≤ q.
func (k *Kernel) UpperQuantile(q float64) float64 {
	switch {
	case !(q >= 0 && q <= 1):
		return math.NaN()
	case q == 0:
		return k.Support().Upper
	case q == 1:
		return k.Support().Lower
	case q > 0.5:
		return k.Quantile(1 - q)
	}
	low, high := k.bracket(q, true)
	return k.solve(q, low, high, true)
}

// bracket returns where the quantile would be if all observations were equal to the
// least or to the greatest one.
func (k *Kernel) bracket(p float64, upper bool) (low, high float64) {
	low, high = k.s.x[0]-k.h, k.s.x[len(k.s.x)-1]+k.h
	if k.shape == Gaussian {
		z := mathext.NormalQuantile(p)
		if upper {
			z = -z
		}
		pad := 1e-9 * (1 + math.Abs(z)) // NormalQuantile rounds
		low, high = k.s.x[0]+k.h*(z-pad), k.s.x[len(k.s.x)-1]+k.h*(z+pad)
	}
	return low - 0x1p-51*math.Abs(low), high + 0x1p-51*math.Abs(high) // and so do sums
}

// solve returns the least x of a bracket whose tail has passed p, by Newton's steps
// that are replaced by halving where they leave the bracket or are slow.
func (k *Kernel) solve(p, low, high float64, upper bool) float64 {
	sign := 1.0
	if upper {
		sign = -1
	}
	x := low + (high-low)/2
	before := high - low
	for range 200 {
		excess := sign * (k.tail(x, upper) - p)
		if excess >= 0 {
			high = x
		} else {
			low = x
		}
		width := high - low
		if width <= max(4e-16*math.Abs(low), 4e-16*math.Abs(high), 1e-17*k.h) {
			break
		}
		next := x - excess/k.Prob(x)
		// A step beyond the root by a little brings both ends of the bracket in.
		if step := next - x; math.Abs(step) < 1e-3*width {
			next += math.Copysign(max(math.Abs(step)*1e-3, 2e-16*math.Abs(x)), step)
			if step == 0 {
				next = x - 2e-16*math.Abs(x)
			}
		}
		if !(next > low && next < high) || width > 0.7*before && !(math.Abs(next-x) < 0.1*width) {
			next = low + width/2
		}
		before = width
		if next == low || next == high {
			break
		}
		x = next
	}
	return high
}
