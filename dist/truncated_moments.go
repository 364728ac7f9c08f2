package dist

import "math"

// This file has moments and entropy of truncated distributions: sums and integrals,
// as the closed forms that are known, such as the normal distribution's, are
// differences that lose all their digits in a tail.

// Statistics.

// Mean is integrated or summed, with an error below 1e-10 of the standard deviation,
// or of the last digit of the mean if that is more, as next to an end far out; beyond a million values it is summed in strides, and the error is
// below 1e-8. It is infinite, or NaN if it does not exist, where the tail of the
// base makes it so that the interval has left.
func (d Truncated) Mean() float64 {
	mean := d.base.Mean()
	if math.IsInf(mean, 0) || math.IsNaN(mean) {
		lower := math.IsInf(d.support.Lower, -1) && !math.IsInf(mean, 1)
		upper := math.IsInf(d.support.Upper, 1) && !math.IsInf(mean, -1)
		switch {
		case lower && upper:
			return math.NaN()
		case lower:
			return math.Inf(-1)
		case upper:
			return math.Inf(1)
		}
	}
	if t := d.tail; t != nil {
		return t.end + t.sign*t.expect(func(u, _ float64) float64 { return u })
	}
	center := d.Quantile(0.5)
	return center + d.expect(func(x, _ float64) float64 { return x - center })
}

// Variance is computed as [Truncated.Mean] is, with a relative error below 1e-10. Where the base's is infinite or does
// not exist, and the interval has an infinite end, it is infinite, or NaN.
func (d Truncated) Variance() float64 {
	if t := d.tail; t != nil {
		mean := t.expect(func(u, _ float64) float64 { return u })
		return t.expect(func(u, _ float64) float64 { return (u - mean) * (u - mean) })
	}
	mean := d.Mean()
	open := math.IsInf(d.support.Lower, -1) || math.IsInf(d.support.Upper, 1)
	switch v := d.base.Variance(); {
	case math.IsNaN(mean):
		return mean
	case math.IsInf(mean, 0) || open && (math.IsNaN(v) || math.IsInf(v, 1)):
		return math.Inf(1)
	}
	return d.expect(func(x, _ float64) float64 { return (x - mean) * (x - mean) })
}

// Entropy is computed as [Truncated.Mean] is.
func (d Truncated) Entropy() float64 {
	if t := d.tail; t != nil {
		return t.expect(func(_, l float64) float64 { return -l })
	}
	return d.expect(func(_, l float64) float64 { return -l })
}

// expect returns the mean of f(x, log p(x)).
func (d Truncated) expect(f func(x, l float64) float64) float64 {
	if d.support.Discrete {
		return d.expectSum(f)
	}
	g := func(x float64) float64 {
		l := d.LogProb(x)
		if p := math.Exp(l); p > 0 && !math.IsInf(p, 1) {
			return f(x, l) * p
		}
		return 0
	}
	center := d.Quantile(0.5)
	width := d.Quantile(0.75) - d.Quantile(0.25)
	e := expectation{g: g}
	e.outward(center, d.support.Upper, width, d.Survival)
	e.outward(center, d.support.Lower, width, d.CDF)
	return e.sum
}

// expectSum sums over all values that matter, or over the middles of strides.
func (d Truncated) expectSum(f func(x, l float64) float64) float64 {
	const most = 1 << 20
	low, high := d.Quantile(1e-25), d.UpperQuantile(1e-25)
	stride := 1 + 2*math.Floor(0.5*(high-low)/most)
	sum := 0.0
	for x := low; x <= high; x += stride {
		step := min(stride, high-x+1)
		at := x + math.Floor(0.5*(step-1))
		if l := d.LogProb(at); !math.IsInf(l, -1) {
			sum += step * f(at, l) * math.Exp(l)
		}
	}
	return sum
}

// An expectation is an integral from the median outwards: by panels that double
// their width, and towards a finite end by panels that halve it, so that poles and
// heavy tails are within reach.
type expectation struct {
	g         func(x float64) float64
	sum, size float64
}

// outward integrates from center to end, until nothing is left; beyond(x) is the
// probability that is.
func (e *expectation) outward(center, end, width float64, beyond func(x float64) float64) {
	sign := 1.0
	if end < center {
		sign = -1
	}
	span := math.Abs(end - center)
	distance := func(k float64) float64 { // of the k-th border, up to half-way
		return width * (math.Exp2(k) - 1)
	}
	k, from := 0.0, center
	for range 2200 {
		to := end
		if t := distance(k + 1); t < 0.5*span {
			to = center + sign*t
		} else if rest := 0.5 * math.Abs(end-from); rest > 0 && !math.IsInf(end, 0) {
			to = end - sign*rest
		}
		if to == from || math.IsInf(to, 0) {
			return
		}
		part := sign * e.panel(from, to, discPanel(e.g, from, to), 0)
		e.sum += part
		e.size += math.Abs(part)
		if math.Abs(part) <= 1e-17*e.size && beyond(to) < 1e-18 {
			return
		}
		from = to
		k++
	}
}

// panel integrates over one of them, halving until both halves agree with the whole.
func (e *expectation) panel(a, b, whole float64, depth int) float64 {
	middle := a + 0.5*(b-a)
	left, right := discPanel(e.g, a, middle), discPanel(e.g, middle, b)
	rounding := 4e-16 * max(math.Abs(a), math.Abs(b)) / math.Abs(b-a)
	size := math.Abs(left) + math.Abs(right)
	if off := math.Abs(left + right - whole); depth == 40 || !(size <= math.MaxFloat64) || off <= (1e-13+rounding)*size+1e-15*e.size {
		return left + right
	}
	return e.panel(a, middle, left, depth+1) + e.panel(middle, b, right, depth+1)
}
