package dist

import (
	"math"

	"github.com/belief-go/belief/internal/careful"
)

// This file has the quantiles of truncated distributions: by those of the base
// where they have the digits, and else by search in the logarithm of probability.

// guess inverts by the base's own quantiles; it is NaN where they cannot.
func (d Truncated) guess(p, q float64) float64 {
	if !d.direct {
		return math.NaN()
	}
	mass := math.Exp(d.logMass)
	below, above := d.base.CDF(d.below)+p*mass, d.base.Survival(d.support.Upper)+q*mass
	if below <= 0.5 {
		return d.base.Quantile(below)
	}
	if u, ok := d.base.(UpperQuantiler); ok {
		return u.UpperQuantile(above)
	}
	if above > 1e-3 {
		return d.base.Quantile(1 - above)
	}
	return math.NaN()
}

// nextTo inverts next to a finite end that has most of the base's probability behind
// it, in which the base's own quantiles lose what is between the end and x. It takes
// Newton's steps for that distance, from where a constant density has it; ok is
// false elsewhere, and where the density is not finite and positive at the end.
func (d Truncated) nextTo(p, q float64) (x float64, ok bool) {
	end, sign, share, behind := d.support.Lower, 1.0, p, d.base.CDF
	if q < p {
		end, sign, share, behind = d.support.Upper, -1, q, d.base.Survival
	}
	target := careful.Log(share) + d.logMass
	if share > 1e-3 || math.IsInf(end, 0) || !(math.Exp(target) < behind(end)) {
		return 0, false
	}
	distance := math.Exp(target - d.base.LogProb(end))
	if !(distance > 0) || math.IsInf(distance, 1) {
		return 0, false
	}
	for range 20 {
		x = end + sign*distance
		if !(x > d.support.Lower && x < d.support.Upper) {
			return end, distance < 1e-15*math.Abs(end)
		}
		l := d.logBetween(min(x, end), max(x, end))
		step := math.Expm1(l-target) * math.Exp(target-d.base.LogProb(x))
		if !(math.Abs(step) < 0.5*distance) {
			return 0, false
		}
		distance -= step
		if math.Abs(step) <= 1e-15*distance || distance < 1e-14*math.Abs(end) {
			return end + sign*distance, true
		}
	}
	return x, true
}

// solve finds the quantile by Newton's method for the logarithm of the smaller of
// the probabilities on its sides, halving a bracket where a step leaves it.
func (d Truncated) solve(p, q float64) float64 {
	lower, upper := d.support.Lower, d.support.Upper
	sign := 1.0
	mass := func(x float64) float64 { return d.logBetween(lower, x) }
	if q < p {
		sign = -1
		mass = func(x float64) float64 { return d.logBetween(x, upper) }
	}
	target := careful.Log(min(p, q)) + d.logMass
	low, high, x := d.bracket(p, q, func(x float64) float64 { return sign * (mass(x) - target) })
	last := math.Inf(1)
	for range 300 {
		l := mass(x)
		excess := sign * (l - target)
		if excess > 0 {
			high = x
		} else {
			low = x
		}
		step := excess * math.Exp(l-d.base.LogProb(x))
		if math.Abs(step) <= 2e-16*math.Abs(x) || math.Abs(excess) < 1e-9 && math.Abs(excess) > 0.5*last {
			return x // nothing left but rounding
		}
		last = math.Abs(excess)
		if x -= step; !(x > low && x < high) {
			x = low + 0.5*(high-low)
			if x == low || x == high {
				return x
			}
		}
	}
	return x
}

// bracket returns finite ends between which the increasing function excess changes
// its sign, and where in between it does if the density is exponential there.
func (d Truncated) bracket(p, q float64, excess func(x float64) float64) (low, high, start float64) {
	low, high = d.support.Lower, d.support.Upper
	// How far from an end the mass is: all of it over the density.
	reach := func(end float64) float64 {
		if v := math.Exp(d.logMass - d.base.LogProb(end)); v > 0 && !math.IsInf(v, 0) {
			return v
		}
		return 1
	}
	switch {
	case math.IsInf(low, -1) && math.IsInf(high, 1):
		low, high = -1, 1
		for excess(low) > 0 && low > -1e300 {
			low *= 2
		}
		for excess(high) < 0 && high < 1e300 {
			high *= 2
		}
	case math.IsInf(high, 1):
		scale := reach(low)
		start = low - scale*math.Log(q)
		for width := scale + 2*(start-low); ; width *= 2 {
			if high = low + width; math.IsInf(high, 1) || excess(high) > 0 {
				return low, min(high, math.MaxFloat64), start
			}
		}
	case math.IsInf(low, -1):
		scale := reach(high)
		start = high + scale*math.Log(p)
		for width := scale + 2*(high-start); ; width *= 2 {
			if low = high - width; math.IsInf(low, -1) || excess(low) < 0 {
				return max(low, -math.MaxFloat64), high, start
			}
		}
	}
	start = low + p*(high-low)
	fall := d.base.LogProb(low) - d.base.LogProb(high) // of the density's logarithm
	switch {
	case fall > 1e-3 && !math.IsInf(fall, 0):
		start = low - math.Log1p(p*math.Expm1(-fall))/fall*(high-low)
	case fall < -1e-3 && !math.IsInf(fall, 0):
		start = high - math.Log1p(q*math.Expm1(fall))/fall*(high-low)
	}
	if !(start > low && start < high) {
		start = low + 0.5*(high-low)
	}
	return low, high, start
}
