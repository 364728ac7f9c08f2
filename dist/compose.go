package dist

import (
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/quadrature"
)

// This file has what distributions that are made of others share: what kind a
// component is, inversion by search, and entropies by quadrature or sum.

// composeKind says whether a component has a density or masses at whole numbers, or
// is none of the two, which is an error.
func composeKind(name, param string, d Univariate) (discrete bool, err error) {
	if d == nil {
		return false, &belief.ConfigError{Field: name + " " + param, Value: "nil", Want: "a distribution"}
	}
	if err := partError(name, param, d); err != nil {
		return false, err
	}
	discrete = d.Support().Discrete
	if e, ok := d.(Empirical); ok && !discrete {
		return false, &belief.ConfigError{Field: name + " " + param, Value: e, Want: "a density or on whole numbers only; change the observations themselves"}
	}
	return discrete, nil
}

// composeWhole returns the least whole number between low and high, which may be
// infinite, at which ok holds, by doubled steps from start and bisection. ok must
// hold from some number on; if that is never, the answer is high.
func composeWhole(start, low, high float64, ok func(x float64) bool) float64 {
	if !(math.Abs(start) <= discMaxCount) {
		start = 0
	}
	low, high = max(low, -discMaxCount), min(high, discMaxCount)
	x, step := min(max(math.Floor(start), low), high), 1.0
	below, above := low-1, high // not ok at below, and ok at above
	if ok(x) {
		for above = x; above > low; step *= 2 {
			if x = max(low, above-step); !ok(x) {
				below = x
				break
			}
			above = x
		}
	} else {
		for below = x; below < high; step *= 2 {
			if x = min(high, below+step); ok(x) || x == high {
				above = x
				break
			}
			below = x
		}
	}
	for above-below > 1 {
		if x = math.Floor(below + 0.5*(above-below)); ok(x) {
			above = x
		} else {
			below = x
		}
	}
	return above
}

// composeRoot returns the least x between low and high at which gap, which grows with
// x, is not below zero, up to rounding. It takes Newton's steps where they stay in
// the bracket and at least halve the one before, and else halves the bracket, by
// turns in x and in the number of float64s in it: so it ends soon even if the
// bracket spans many decades and gap is flat.
func composeRoot(low, high float64, gap func(x float64) (value, slope float64)) float64 {
	if !(low < high) {
		return high
	}
	low, high = max(low, -math.MaxFloat64), min(high, math.MaxFloat64)
	x, last := 0.5*low+0.5*high, math.Inf(1)
	for i := range 400 {
		value, slope := gap(x)
		if value >= 0 {
			high = x
		} else {
			low = x
		}
		next := x - value/slope
		step := math.Abs(next - x)
		switch {
		case step <= 2e-16*math.Abs(x) && next >= low && next <= high:
			return next
		case next > low && next < high && step <= 0.5*last:
			last = step
		default:
			last = high - low
			if next = 0.5*low + 0.5*high; i%2 == 1 {
				next = composeBits(low, high)
			}
			if next <= low || next >= high {
				if next = composeBits(low, high); next <= low || next >= high {
					return high
				}
			}
		}
		x = next
	}
	return high
}

// composeBits returns the float64 with as many of them below as above it.
func composeBits(low, high float64) float64 {
	order := func(x float64) int64 {
		if b := int64(math.Float64bits(math.Abs(x))); x < 0 {
			return -b
		} else {
			return b
		}
	}
	a, b := order(low), order(high)
	if mid := a/2 + b/2 + (a%2+b%2)/2; mid < 0 {
		return -math.Float64frombits(uint64(-mid))
	} else {
		return math.Float64frombits(uint64(mid))
	}
}

// composeUpper returns an x with P(X > x) no more than q, close to the least one: the
// upper quantile where the distribution has one.
func composeUpper(d Univariate, q float64) float64 {
	if u, ok := d.(UpperQuantiler); ok {
		return u.UpperQuantile(q)
	}
	x := d.Quantile(1 - q)
	if s := d.Support(); math.IsInf(x, 1) && math.IsInf(s.Upper, 1) && q > 0 {
		x = d.Quantile(1 - 1e-15)
	}
	for step := max(1e-3*math.Abs(x), math.Abs(x-d.Quantile(0.5))); q > 0 && !(d.Survival(x) <= q) && !math.IsInf(x, 1); step *= 2 {
		x += step
	}
	return x
}

// composeTails are the probabilities at which entropies are cut: the last is so
// small that what is beyond counts for nothing.
var composeTails = []float64{0.5, 0.3, 0.15, 0.05, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14}

// composeEntropy integrates or sums −p log p, cut at the quantiles of the parts.
func composeEntropy(logProb func(x float64) float64, parts []Univariate, discrete bool) float64 {
	term := func(x float64) float64 {
		l := logProb(x)
		if math.IsInf(l, -1) {
			return 0
		}
		return -l * math.Exp(l)
	}
	if discrete {
		return composeSum(term, parts)
	}
	var cuts []float64
	for _, d := range parts {
		for _, p := range composeTails {
			cuts = append(cuts, d.Quantile(p), composeUpper(d, p))
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	for len(cuts) > 0 && math.IsInf(cuts[0], -1) {
		cuts = cuts[1:]
	}
	for len(cuts) > 0 && math.IsInf(cuts[len(cuts)-1], 1) {
		cuts = cuts[:len(cuts)-1]
	}
	sum, _ := quadrature.Adaptive(term, cuts, 1e-12, 4000)
	return sum
}

// composeTerms is how many terms an entropy may sum.
const composeTerms = 1 << 22

// composeSum sums over the whole numbers that the parts reach, NaN if they are more
// than composeTerms.
func composeSum(term func(x float64) float64, parts []Univariate) float64 {
	type reach struct{ low, high float64 }
	var all []reach
	for _, d := range parts {
		all = append(all, reach{d.Quantile(1e-17), composeUpper(d, 1e-17)})
	}
	slices.SortFunc(all, func(a, b reach) int {
		if a.low < b.low {
			return -1
		}
		return 1
	})
	sum, terms, next := 0.0, 0.0, math.Inf(-1)
	for _, r := range all {
		from := max(r.low, next)
		if terms += max(0, r.high-from); !(terms <= composeTerms) {
			return math.NaN()
		}
		for x := from; x <= r.high; x++ {
			sum += term(x)
		}
		next = max(next, r.high+1)
	}
	return sum
}

// composeExact returns the x with P(X > x) = q of a density.
func composeExact(d Univariate, q float64) float64 {
	if u, ok := d.(UpperQuantiler); ok {
		return u.UpperQuantile(q)
	}
	if q > 0.25 {
		return d.Quantile(1 - q)
	}
	return composeRoot(d.Quantile(0.5), composeUpper(d, q), func(x float64) (value, slope float64) {
		l := math.Log(d.Survival(x))
		return math.Log(q) - l, math.Exp(d.LogProb(x) - l)
	})
}
