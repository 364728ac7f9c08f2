package quadrature

import "math"

// This file judges what an integral has beyond the last point where its integrand is
// known. In the logarithm y of a distance or of a probability, heavy tails are
//
//	h(y) = log f(y) ≈ a − κ y + c log y,
//
// a power times a power of the logarithm. The rate κ decides whether the integral ends,
// and no fixed cut-off tells small rates from none: two fits of the rate are compared,
// and it is zero if it is within their difference.

// Tail returns the logarithm of the integral of exp h(y) beyond to, of which it looks
// at the four points from, …, to, where 0 < from < to, and the logarithm of how much
// that may be wrong. Both are −Inf if nothing is left, and both +Inf if the integral
// diverges; NaN where h is NaN or +Inf.
func Tail(h func(y float64) float64, from, to float64) (rest, wrong float64) {
	var y, v [4]float64
	for k := range y {
		y[k] = from + (to-from)*float64(k)/3
		v[k] = h(y[k])
	}
	end := v[3]
	switch slope := (v[3] - v[2]) / (y[3] - y[2]); {
	case math.IsInf(end, -1):
		return end, end
	case math.IsNaN(end) || math.IsInf(end, 1):
		return math.NaN(), math.NaN()
	case math.IsNaN(slope) || math.IsInf(v[0], 0) || math.IsInf(v[1], 0) || math.IsInf(v[2], 0):
		// It has only just begun: as much as the stretch that was looked at, perhaps.
		guess := end + math.Log(to-from)
		return guess, guess
	case slope < -1: // so steep that only the size matters
		rest = end - math.Log(-slope)
		return rest, rest
	}
	early, earlyPower := rate(y[0], v[0], y[1], v[1], y[2], v[2])
	late, power := rate(y[1], v[1], y[2], v[2], y[3], v[3])
	noise := 1e-15 * (math.Abs(v[3]) + math.Abs(v[1])) / (y[3] - y[2])
	if late > 2*math.Abs(late-early)+16*noise {
		rest = end + beyond(late, power, to)
		other := end + beyond(early, earlyPower, to)
		relative := math.Abs(math.Expm1(other-rest)) + 16*noise/late + 1e-12
		return rest, rest + math.Log(relative)
	}
	if late > -2*math.Abs(late-early)-16*noise && power < -1.2 && earlyPower < -1.2 { // ∫ dy/y^c
		rest = end + math.Log(to/(-power-1))
		return rest, rest
	}
	return math.Inf(1), math.Inf(1)
}

// rate returns κ and c of the curve through three points.
func rate(y0, v0, y1, v1, y2, v2 float64) (kappa, c float64) {
	d1, d2 := y1-y0, y2-y1
	l1, l2 := math.Log(y1/y0), math.Log(y2/y1)
	s1, s2 := (v1-v0)/d1, (v2-v1)/d2
	c = (s1 - s2) / (l1/d1 - l2/d2)
	return c*l2/d2 - s2, c
}

// beyond returns log ∫ (1 + t/y)^c exp(−κt) dt over t > 0.
func beyond(kappa, c, y float64) float64 {
	peak := 0.0 // of c·log(1 + u/κy) − u in u = κt
	if c > kappa*y {
		peak = c - kappa*y
	}
	height := func(u float64) float64 { return c*math.Log1p(u/(kappa*y)) - u }
	top := height(peak)
	wide := 40 + 12*math.Sqrt(max(0, c))
	cuts := []float64{0}
	for u := min(1, kappa*y); u < peak+wide; u *= 2 {
		cuts = append(cuts, u)
	}
	integral, _ := Adaptive(func(u float64) float64 { return math.Exp(height(u) - top) }, append(cuts, peak+wide), 1e-12, 100)
	return top + math.Log(integral) - math.Log(kappa)
}
