package dist

import (
	"math"

	"github.com/belief-go/belief/internal/special"
)

// This file has truncation so far out that the logarithm of a tail has no digits left
// for what matters there, its differences: at 1e8 standard deviations of a normal
// variable it is −5e15, and only known to one nat. The slope of the log density
// is known to all digits, and so are sums and integrals of it. They are taken in the
// distance from the end where the density is highest, as that is much finer than the
// float64s next to the end.

// A truncatedTail is a density in the distance t from an end,
//
//	p(t) = exp(h(t)) / total,  h(t) = ∫₀ᵗ slope.
//
// The slope changes little while the density falls by an order of magnitude.
type truncatedTail struct {
	base            Grader
	end, sign, span float64 // x = end + sign t, and t up to span
	rate            float64 // minus the slope at the end
	atSpan          float64 // h(span)
	total, logTotal float64
}

const (
	tailLevel  = -600 // of the log density at the end
	tailChange = 5e-4 // of the slope where the density has fallen to 1/e, relative
)

// newTruncatedTail returns nil where the tail is not of this kind.
func newTruncatedTail(base Univariate, s Support) *truncatedTail {
	grader, ok := base.(Grader)
	if !ok || s.Discrete {
		return nil
	}
	t := &truncatedTail{base: grader, end: s.Lower, sign: 1, span: s.Upper - s.Lower}
	level := base.LogProb(s.Lower)
	if l := base.LogProb(s.Upper); math.IsInf(s.Lower, -1) || l > level && !math.IsInf(s.Upper, 1) {
		t.end, t.sign, level = s.Upper, -1, l
	}
	t.rate = -t.slope(0)
	width := 1 / t.rate
	if !(level < tailLevel && t.rate > 0 && width > 0) || math.IsInf(level, -1) || math.IsInf(width, 1) {
		return nil
	}
	for _, k := range []float64{1, 8, 32} {
		if !(math.Abs(t.slope(k*width)/t.rate+1) <= tailChange*k) {
			return nil
		}
	}
	// Nothing else may rise further out.
	for u := 64 * width; u < t.span && !math.IsInf(u, 1); u *= 2 {
		if !(t.slope(u) < 0) && !(base.LogProb(t.end+t.sign*u) < level-800) {
			return nil
		}
	}
	beyond := base.Survival
	if t.sign < 0 {
		beyond = base.CDF
	}
	if !(beyond(t.end) < 1e-200) {
		return nil
	}
	t.atSpan = math.Inf(-1)
	if !math.IsInf(t.span, 1) {
		t.atSpan = t.fall(0, t.span)
	}
	t.logTotal = t.logBeyond(0)
	t.total = math.Exp(t.logTotal)
	if !(t.total > 0) || math.IsInf(t.total, 1) {
		return nil
	}
	return t
}

// slope is the derivative of log p(t).
func (t *truncatedTail) slope(u float64) float64 {
	return t.sign * t.base.GradLogProb(t.end+t.sign*u)
}

// tailPanel are the positive nodes and the weights of Gauss–Legendre quadrature with
// 4 points, and tailDecay the nodes and the weights of Gauss–Laguerre quadrature with
// 10.
var (
	tailPanel = [2][2]float64{
		{0.86113631159405257522, 0.34785484513745385737},
		{0.3399810435848562648, 0.65214515486254614263},
	}
	tailDecay = [10][2]float64{
		{0.13779347054049243083, 0.30844111576502014155},
		{0.72945454950317049816, 0.40111992915527355152},
		{1.8083429017403160482, 0.21806828761180942159},
		{3.4014336978548995145, 0.062087456098677747393},
		{5.5524961400638036324, 0.0095015169751811005538},
		{8.3301527467644967002, 0.00075300838858753877546},
		{11.843785837900065565, 0.000028259233495995655674},
		{16.2792578313781021, 4.2493139849626863726e-7},
		{21.996585811980761951, 1.8395648239796307809e-9},
		{29.92069701227389156, 9.9118272196090085584e-13},
	}
)

// fall returns h(from+u) − h(from).
func (t *truncatedTail) fall(from, u float64) float64 {
	step := min(u, 64/t.rate)
	center, half, sum := from+0.5*step, 0.5*step, 0.0
	for _, n := range tailPanel {
		sum += n[1] * (t.slope(center-half*n[0]) + t.slope(center+half*n[0]))
	}
	sum *= half
	for step < u && sum > -1e300 {
		next := min(u, 2*step)
		sum += discPanel(t.slope, from+step, from+next)
		step = next
	}
	return sum
}

// decay returns ∫ exp(h(u) − h(from)) du over all u > from, Mills' ratio of the tail.
func (t *truncatedTail) decay(from float64) float64 {
	rate, sum := -t.slope(from), 0.0
	for _, n := range tailDecay {
		sum += n[1] * math.Exp(n[0]+t.fall(from, n[0]/rate))
	}
	return sum / rate
}

// narrow returns ∫ exp(h(u) − h(from)) du up to a u that is close.
func (t *truncatedTail) narrow(from, u float64) float64 {
	return discPanel(func(v float64) float64 { return math.Exp(t.fall(from, v)) }, 0, u)
}

// within returns ∫ exp(h) up to u.
func (t *truncatedTail) within(u float64) float64 {
	if u*t.rate < 1 {
		return t.narrow(0, u)
	}
	h := t.fall(0, u)
	if h < -60 {
		return t.decay(0)
	}
	return t.decay(0) - math.Exp(h)*t.decay(u)
}

// logBeyond returns the logarithm of ∫ exp(h) from u to the span.
func (t *truncatedTail) logBeyond(u float64) float64 {
	h, rest := 0.0, t.span-u
	if u > 0 {
		h = t.fall(0, u)
	}
	switch {
	case math.IsInf(rest, 1) || t.atSpan < h-60:
		return h + math.Log(t.decay(u))
	case rest*t.rate < 1:
		return h + math.Log(t.narrow(u, rest))
	}
	return h + math.Log(t.decay(u)-math.Exp(t.fall(u, rest))*t.decay(t.span))
}

// logProb returns log p(t).
func (t *truncatedTail) logProb(x float64) float64 {
	u := t.sign * (x - t.end)
	if math.IsInf(u, 1) {
		return math.Inf(-1)
	}
	return t.fall(0, u) - t.logTotal
}

// tails returns the logarithms of the probabilities on the sides of x, which is
// inside, the larger from the smaller.
func (t *truncatedTail) tails(x float64) (within, beyond float64) {
	u := t.sign * (x - t.end)
	if within = min(0, math.Log(t.within(u))-t.logTotal); within < -math.Ln2 {
		return within, special.Log1mExp(within)
	}
	beyond = min(0, t.logBeyond(u)-t.logTotal)
	return special.Log1mExp(beyond), beyond
}

// quantile returns the x with the probabilities within and beyond, which add up to
// one. The density being nearly exponential, Newton's method takes a few steps from
// where that has it.
func (t *truncatedTail) quantile(within, beyond float64) float64 {
	var u float64
	if within < beyond {
		u = -math.Log1p(within*math.Expm1(t.atSpan)) / t.rate
		target := within * t.total
		for range 50 {
			step := (t.within(u) - target) / math.Exp(t.fall(0, u))
			u = min(max(u-step, 0.5*u), t.span)
			if !(math.Abs(step) > 1e-12*u) { // and its square is left
				break
			}
		}
	} else {
		u = min(-math.Log(beyond+within*math.Exp(t.atSpan))/t.rate, 0.99*t.span)
		target := math.Log(beyond) + t.logTotal
		for range 50 {
			l := t.logBeyond(u)
			step := (l - target) * math.Exp(l-t.fall(0, u))
			next := max(u+step, 0.5*u)
			if next >= t.span {
				next = 0.5*u + 0.5*t.span
			}
			if u = next; !(math.Abs(step) > 1e-12*u) || u == t.span {
				break
			}
		}
	}
	return t.end + t.sign*u
}

// expect returns the mean of f(t, log p(t)).
func (t *truncatedTail) expect(f func(u, l float64) float64) float64 {
	g := func(u float64) float64 {
		l := t.fall(0, u) - t.logTotal
		return f(u, l) * math.Exp(l)
	}
	sum := 0.0
	for from, to := 0.0, 1/t.rate; from < t.span && from*t.rate < 60; from, to = to, 2*to {
		sum += discPanel(g, from, min(to, t.span))
	}
	return sum
}
