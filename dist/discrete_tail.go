package dist

import (
	"math"
	"slices"
)

// This file has what tails are made of: the integral that the incomplete beta and
// gamma functions are where their series are long, and sums over long ranges. Each
// tail is its first mass times a factor, so that it keeps its digits however small
// it is; the integrand is log-concave for all parameters in the logarithm of the odds
// or of the rate.

// discTerms is how many terms of a series are taken before the integral is cheaper.
const discTerms = 300

// discIntegral integrates exp(g(s)) over s > 0, where g is concave, falls from
// g(0) = 0 and is smooth on the scale of one. The end is where nothing is left.
func discIntegral(scale float64, g func(s float64) float64) float64 {
	end := 32 * scale
	for g(end) > -42 && end < 1e5 {
		end *= 2
	}
	for g(end/1.25) < -42 {
		end /= 1.25
	}
	panels := max(8, math.Ceil(end))
	sum := 0.0
	for i := 0.0; i < panels; i++ {
		sum += discPanel(func(s float64) float64 { return math.Exp(g(s)) }, end*i/panels, end*(i+1)/panels)
	}
	return sum
}

// discNodes are the positive nodes and the weights of Gauss–Legendre quadrature
// with 16 points.
var discNodes = [8][2]float64{
	{0.98940093499164993260, 0.027152459411754094852},
	{0.94457502307323257608, 0.062253523938647892863},
	{0.86563120238783174388, 0.095158511682492784810},
	{0.75540440835500303390, 0.12462897125553387205},
	{0.61787624440264374845, 0.14959598881657673208},
	{0.45801677765722738634, 0.16915651939500253819},
	{0.28160355077925891323, 0.18260341504492358887},
	{0.095012509837637440185, 0.18945061045506849629},
}

// discPanel integrates f from a to b.
func discPanel(f func(x float64) float64, a, b float64) float64 {
	center, half, sum := 0.5*(a+b), 0.5*(b-a), 0.0
	for _, n := range discNodes {
		sum += n[1] * (f(center-half*n[0]) + f(center+half*n[0]))
	}
	return half * sum
}

// discWalk returns the sum of masses from one onwards over that one, where ratio(k)
// is that of the k-th mass after it to the one before and never grows, and whether
// that took few terms.
func discWalk(ratio func(k float64) float64) (float64, bool) {
	sum, term := 1.0, 1.0
	for k := 1.0; k < 10*discTerms; k++ {
		r := ratio(k)
		term *= r
		sum += term
		if term <= 1e-17*sum*(1-r) {
			return sum, true
		}
	}
	return 0, false
}

// discSum returns the sum of f over the whole numbers from lo to hi. Long ranges
// are summed near both ends and integrated between, with the midpoint corrections
// of Euler and Maclaurin (in central differences) where the two meet. f must be
// smooth there on the scale of the distance from the ends, and of sd around mean.
func discSum(f func(x float64) float64, lo, hi, mean, sd float64) float64 {
	const edge = 512
	sum := 0.0
	if hi-lo <= 8*edge {
		for k := 0.0; k <= hi-lo; k++ { // lo itself may be too large to be counted up
			sum += f(lo + k)
		}
		return sum
	}
	for k := 0.0; k < edge; k++ {
		sum += f(lo+k) + f(hi-k)
	}
	a, b := lo+edge-0.5, hi-edge+0.5
	slope := func(x float64) float64 {
		first, third := f(x+0.5)-f(x-0.5), f(x+1.5)-f(x-1.5)
		return first/24 - 17./5760*(third-3*first)
	}
	sum += slope(a) - slope(b)
	cuts := []float64{a, b, mean}
	for k := 1.0; k <= 10; k++ {
		cuts = append(cuts, mean-k*sd, mean+k*sd)
	}
	for w := 1.0; w*edge < b-a; w *= 2 {
		cuts = append(cuts, a+w*edge, b-w*edge, mean-16*w*sd, mean+16*w*sd)
	}
	slices.Sort(cuts)
	for i := 1; i < len(cuts); i++ {
		if from, to := max(a, cuts[i-1]), min(b, cuts[i]); from < to {
			sum += discPanel(f, from, to)
		}
	}
	return sum
}
