package dist

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/special"
)

// This file has the beta function and the regularized incomplete one, in log space,
// for what is binomial, beta or Student's t. Each tail is computed on its own where
// it is the smaller one, so that it keeps its digits however small it is.

// logIncBeta returns the logarithms of I_p(a, b), the regularized incomplete beta
// function, and of its complement, for all a, b > 0; q is 1 − p. Which tail is
// computed, and how, follows DiDonato & Morris (1992, algorithm 708): a power series
// in p where the parameter of that side is below one, as there even the far side of
// the mean may have next to all of the mass.
func logIncBeta(a, b, p, q float64) (lower, upper float64) {
	small := false // take the series from the left
	switch {
	case p == 0:
		return math.Inf(-1), 0
	case q == 0:
		return 0, math.Inf(-1)
	case p < 1e-290 && p*b < 1e-20: // the first term is all, and others may underflow
		small = true
	case q < 1e-290 && q*a < 1e-20:
		upper = betaSeries(b, a, q)
		return special.Log1mExp(upper), upper
	case a < 1 && b < 1:
		small = p <= 0.5
		if !small {
			upper = betaSeries(b, a, q)
			return special.Log1mExp(upper), upper
		}
	case a < 1:
		small = p*b <= 0.8
	case b < 1:
		if q*a <= 0.8 {
			upper = betaSeries(b, a, q)
			return special.Log1mExp(upper), upper
		}
		lower = min(0, betaTail(a, b, p, q))
		return lower, special.Log1mExp(lower)
	case p*b <= a*q:
		lower = min(0, betaTail(a, b, p, q))
		return lower, special.Log1mExp(lower)
	}
	if small {
		lower = betaSeries(a, b, p)
		return lower, special.Log1mExp(lower)
	}
	upper = min(0, betaTail(b, a, q, p))
	return special.Log1mExp(upper), upper
}

// betaSeries returns log I_p(a, b) for p b below one, and a < 1 or p next to zero, relatively accurate
// also next to zero: DLMF 8.17.7, all of whose terms vanish with a.
func betaSeries(a, b, p float64) float64 {
	sum, term := 0.0, 1.0
	for n := 1.0; n < 1000; n++ {
		term *= (n - b) / n * p
		sum += term / (a + n)
		if math.Abs(term) <= 1e-17*math.Abs(sum)*n {
			break
		}
	}
	return min(0, a*careful.Log(p)-special.LogBetaScaled(a, b)+math.Log1p(a*sum))
}

// betaTail returns log I_p(a, b) for p no further right than about a/(a+b): the
// continued fraction DLMF 8.17.22, by the method of Lentz (1976), and for large
// parameters, which would make that long and cost it the digits of a q next to zero,
// the integral of DLMF 8.17.1 in log odds, where the integrand is log-concave.
func betaTail(a, b, p, q float64) float64 {
	n := a + b
	front := discBinomial(a, b, p, q) + math.Log(b/n)
	d := 1 / (1 - n/(a+1)*p)
	value, c := d, 1.0
	for m := 1.0; m < 80 && n < 1000; m++ {
		e := a + 2*m
		even := m * p * (b - m) / ((e - 1) * e)
		d = 1 / (1 + even*d)
		c = 1 + even/c
		value *= c * d
		odd := (a + m) / e * p * (n + m) / (e + 1)
		d = 1 / (1 - odd*d)
		c = 1 - odd/c
		value *= c * d
		if math.Abs(c*d-1) < 3e-16 {
			return front + math.Log(value)
		}
	}
	drift := a*q - b*p
	return front + math.Log(a*discIntegral(1/(drift+math.Sqrt(n*p*q)), func(s float64) float64 {
		return -drift*s - n*bernoulliCumulant(-s, p, q)
	}))
}

// bernoulliCumulant returns log(q + p eˢ) − p s, from the cumulants of the Bernoulli
// distribution where the difference would lose its digits, and with the less likely
// of success and failure, whose probability has more of them.
func bernoulliCumulant(s, p, q float64) float64 {
	if p > q {
		s, p, q = -s, q, p
	}
	if math.Abs(s) < 0.01 {
		v, d := p*q, q-p
		return v * s * s * (1./2 + s*(d/6+s*((1-6*v)/24+s*(d*(1-12*v)/120+s*(1-30*v+120*v*v)/720))))
	}
	y := p * math.Expm1(s)
	if y > 0.5 {
		return math.Log1p(y) - p*s
	}
	return p*special.Expm2(s) + (math.Log1p(y) - y)
}

// betaLogOdds returns the log odds u of the x with I_x(a, b) = exp(lower), where
// exp(upper) is 1 − exp(lower). As a function of u, log I_x(a, b) is increasing and
// concave, as the density in u is log-concave. So Newton's method never passes the
// root to the right and comes back from there in one step, which the asymptote of
// slope a keeps from going too far.
func betaLogOdds(a, b, lower, upper float64) float64 {
	if lower > upper {
		return -betaLogOdds(b, a, upper, lower)
	}
	if math.IsInf(lower, -1) {
		return lower
	}
	least := (lower + special.LogBetaScaled(a, b)) / a
	if least < -37-math.Log1p(b) { // the next term is below the last digit
		return least
	}
	u := least
	if a > 1 && b > 1 { // nearly normal
		z := -math.Sqrt(-2 * lower)
		if lower > -20 {
			z = mathext.NormalQuantile(math.Exp(lower))
		}
		u = max(u, math.Log(a/b)+z*math.Sqrt(1/a+1/b))
	}
	for i := range 100 {
		x, y := 1/(1+math.Exp(-u)), 1/(1+math.Exp(u))
		l, _ := logIncBeta(a, b, x, y)
		slope := math.Exp(discBinomial(a, b, x, y) + math.Log(a*(b/(a+b))) - l)
		next := max(least, u+(lower-l)/slope)
		if math.IsNaN(next) || i > 0 && next <= u {
			break
		}
		done := math.Abs(next-u) <= 1e-16*math.Abs(u) || math.Abs(lower-l) <= 1e-15
		if u = next; done {
			break
		}
	}
	return u
}
