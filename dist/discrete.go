package dist

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mathext"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/special"
)

// This file has what the discrete distributions share: masses by Loader's
// saddle-point expansion, values outside the support, quantiles, entropies and the
// samplers on which others are built.

// discMaxCount is the greatest count: above it float64 skips whole numbers.
const discMaxCount = 1 << 53

// discCount checks a whole number between low and discMaxCount.
func discCount(dist, param string, v, low float64) *ParameterError {
	if !(v >= low && v <= discMaxCount) || v != math.Floor(v) {
		return &ParameterError{dist, param, v, fmt.Sprintf("a whole number between %g and 2^53", low)}
	}
	return nil
}

// discProbability checks a probability of success that must not be zero.
func discProbability(dist, param string, v float64) *ParameterError {
	if !(v > 0 && v <= 1) {
		return &ParameterError{dist, param, v, "above 0 and at most 1"}
	}
	return nil
}

// discOutside returns the log probability of an x that is no finite value of the
// support, and whether it is one.
func discOutside(x float64, s Support) (float64, bool) {
	if math.IsNaN(x) {
		return x, true
	}
	return math.Inf(-1), math.IsInf(x, 0) || !s.Contains(x)
}

// discBeyond returns the logarithms of CDF and survival below the support, from
// its upper end on and at NaN, and whether x lies there.
func discBeyond(x float64, s Support) (logCDF, logSurvival float64, beyond bool) {
	switch {
	case math.IsNaN(x):
		return x, x, true
	case x < s.Lower:
		return math.Inf(-1), 0, true
	case x >= s.Upper:
		return 0, math.Inf(-1), true
	}
	return 0, 0, false
}

// discDeviance returns x log(x/m) + m − x without loss where x is near m.
func discDeviance(x, m float64) float64 {
	d := x - m
	if math.Abs(d) < 0.1*(x+m) {
		v := d / (x + m) // the series of log((1+v)/(1−v)), whose next term is below 1e-17
		y := v * v
		tail := 1./3 + y*(1./5+y*(1./7+y*(1./9+y*(1./11+y*(1./13+y*(1./15+y*(1./17+y/19)))))))
		return v * (d + 2*x*y*tail)
	}
	if r := x / m; r > 1e-300 && r < 1e300 {
		return x*math.Log(r) - d
	}
	return x*(careful.Log(x)-careful.Log(m)) - d
}

// discFactorials holds log n! for the counts at which the formula itself is as good
// as its expansion, and faster.
var discFactorials = func() (table [64]float64) {
	for n := range table {
		table[n], _ = math.Lgamma(float64(n + 1))
	}
	return table
}()

// discSmall returns log x! if x is in the table.
func discSmall(x float64) (float64, bool) {
	if i := int(x); x >= 0 && x < float64(len(discFactorials)) && float64(i) == x {
		return discFactorials[i], true
	}
	return 0, false
}

// discPoisson returns log(m^x e^(−m)/Γ(x+1)) for real x ≥ 0 (Loader 2000, Fast and
// accurate computation of binomial probabilities).
func discPoisson(x, m float64) float64 {
	if x == 0 {
		return -m
	}
	if m == 0 {
		return math.Inf(-1)
	}
	if x < 1 {
		return x*careful.Log(m) - m - special.LogGamma1p(x)
	}
	if l, ok := discSmall(x); ok && m < 100 && m >= contTiny {
		return x*math.Log(m) - m - l
	}
	return -special.Stirling(x) - discDeviance(x, m) - halfLog2Pi - 0.5*math.Log(x)
}

// discBinomial returns log(Γ(x+y+1)/(Γ(x+1)Γ(y+1)) p^x q^y) for real x, y ≥ 0 and
// q = 1 − p (Loader 2000).
func discBinomial(x, y, p, q float64) float64 {
	switch {
	case x == 0:
		return discPower(y, q, p)
	case y == 0:
		return discPower(x, p, q)
	case p == 0 || q == 0:
		return math.Inf(-1)
	}
	n := x + y
	return special.Stirling(n) - special.Stirling(x) - special.Stirling(y) - discDeviance(x, n*p) - discDeviance(y, n*q) -
		halfLog2Pi - 0.5*math.Log(x*(y/n))
}

// discPower returns n log p, where q is 1 − p.
func discPower(n, p, q float64) float64 {
	if n == 0 {
		return 0
	}
	if q < 0.5 {
		return n * math.Log1p(-q)
	}
	if p < contTiny {
		return n * careful.Log(p)
	}
	return n * math.Log(p)
}

// discNegative returns log(Γ(x+r)/(Γ(r) Γ(x+1)) p^r q^x) for real x ≥ 0.
func discNegative(x, r, p, q float64) float64 {
	if x == 0 {
		return discPower(r, p, q)
	}
	return discBinomial(r, x, p, q) + math.Log(r) - math.Log(r+x)
}

// discQuantile returns the least whole x of the support with cdf(x) ≥ p, by
// doubling steps from a normal guess with a correction for skewness (Cornish &
// Fisher 1938), then bisection.
func discQuantile(p float64, s Support, mean, sd, skew float64, cdf func(x float64) float64) float64 {
	switch {
	case !(p >= 0 && p <= 1):
		return math.NaN()
	case p == 0:
		return s.Lower
	case p == 1:
		return s.Upper
	}
	return discSearch(mathext.NormalQuantile(p), s, mean, sd, skew, func(x float64) bool { return cdf(x) >= p })
}

// discUpperQuantile returns the least whole x of the support with survival(x) ≤ q, as
// discQuantile does.
func discUpperQuantile(q float64, s Support, mean, sd, skew float64, survival func(x float64) float64) float64 {
	switch {
	case !(q >= 0 && q <= 1):
		return math.NaN()
	case q == 0:
		return s.Upper
	case q == 1:
		return s.Lower
	}
	return discSearch(-mathext.NormalQuantile(q), s, mean, sd, skew, func(x float64) bool { return survival(x) <= q })
}

// discSearch returns the least whole x of the support from which on enough holds. It
// starts where a distribution that is nearly normal has its z.
func discSearch(z float64, s Support, mean, sd, skew float64, enough func(x float64) bool) float64 {
	x := math.Floor(mean + sd*(z+skew*(z*z-1)/6))
	if math.IsNaN(x) || math.IsInf(x, 0) {
		x = s.Lower
	}
	x = min(max(x, s.Lower), s.Upper)
	step := max(1, math.Floor(0.02*sd))
	if math.IsInf(step, 0) {
		step = 1
	}
	low, high := x, x // in the end, enough holds at high and not at low
	if enough(x) {
		for {
			if high == s.Lower {
				return high
			}
			if low = max(s.Lower, high-step); !enough(low) {
				break
			}
			high = low
			step *= 2
		}
	} else {
		for {
			if high = min(s.Upper, low+step); enough(high) {
				break
			}
			low = high
			step *= 2
		}
	}
	for high-low > 1 {
		mid := math.Floor(low + (high-low)/2)
		if mid <= low || mid >= high {
			break
		}
		if enough(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}

// discEntropy sums −p log p over the support within reach of the mean.
func discEntropy(s Support, mean, sd, reach float64, logProb func(x float64) float64) float64 {
	lo, hi := max(s.Lower, math.Floor(mean-reach)), min(s.Upper, math.Ceil(mean+reach))
	return discSum(func(x float64) float64 {
		l := logProb(x)
		if math.IsInf(l, -1) {
			return 0
		}
		return -l * math.Exp(l)
	}, lo, hi, mean, sd)
}

// discReach is beyond what distance from the mean a log-concave distribution has
// nothing left: its tails fall at least as exp(1 − t/sd).
func discReach(sd float64) float64 { return 45*sd + 50 }

// discRandLogGamma draws the logarithm of a gamma variate of rate one, which cannot
// underflow.
func discRandLogGamma(r *rand.Rand, shape float64) float64 {
	v, boost := randGamma(r, shape)
	return math.Log(v) + boost
}

// discMean returns the weighted mean of observations of the given total weight.
func discMean(x, w []float64, total float64) float64 {
	mean := 0.0
	for i, v := range x {
		mean += weightAt(w, i) * v
	}
	if !math.IsInf(mean, 1) {
		return mean / total
	}
	mean = 0
	for i, v := range x {
		mean += weightAt(w, i) / total * v
	}
	_, high := contRange(x, w)
	return min(mean, high) // above which only rounding takes it
}

// discCounts returns the different observations in order, with their shares of the
// total weight.
func discCounts(x, w []float64, total float64) (values, shares []float64) {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(x[i], x[j]) })
	for _, i := range order {
		if n := len(values); n == 0 || values[n-1] != x[i] {
			values, shares = append(values, x[i]), append(shares, 0)
		}
		shares[len(shares)-1] += weightAt(w, i) / total
	}
	return values, shares
}

// discSpread returns the weighted mean and mean square deviation of observations
// and shares from discCounts.
func discSpread(values, shares []float64) (mean, square float64) {
	for i, v := range values {
		mean += shares[i] * v
	}
	for i, v := range values {
		square += shares[i] * (v - mean) * (v - mean)
	}
	return mean, square
}
