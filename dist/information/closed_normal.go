package information

import "math"

// This file has the formulas of normal distributions.

// normals has those of two normal distributions.
func normals(mu, sigma, nu, tau float64) formulas {
	r, z := ratioOf(sigma, tau), apart(mu, nu, tau)
	return formulas{
		kl:        func() float64 { return directionKL(r, z) },
		renyi:     func(alpha float64) float64 { return directionRenyi(alpha, r, z) },
		variation: func() float64 { return normalVariation(mu, sigma, nu, tau) },
	}
}

// directionKL is that of a normal distribution with mean z and standard deviation r from
// the standard one, ½(r² − 1 − log r² + z²).
func directionKL(r ratio, z float64) float64 { return 0.5*r.squared().excess() + 0.5*z*z }

// directionRenyi is half of scaleRenyi of the variances and ½αz²/v, with the variance
// v = βr² + α that lies between.
func directionRenyi(alpha float64, r ratio, z float64) float64 {
	beta, square := 1-alpha, r.squared()
	v := 0.5 * scaleRenyi(alpha, square)
	if math.IsInf(v, 1) || z == 0 {
		return v
	}
	if beta > 0 {
		z /= math.Hypot(math.Sqrt(beta)*r.value(), math.Sqrt(alpha))
	} else {
		z /= math.Sqrt(1 + beta*square.rest)
	}
	return v + 0.5*alpha*z*z
}

// normalVariation is the difference of probabilities between the two values where the
// densities are equal. In units of the narrower deviation σ, around its mean, they are
// the roots of
//
//	(1−r²) y² − 2rcy − c² − 2 log(1/r) = 0
//
// for r = σ/τ and c the distance of the means over τ; there the other's standard value is
// ry + c, and differs from y by what can be had without a difference.
func normalVariation(mu, sigma, nu, tau float64) float64 {
	if sigma > tau {
		mu, sigma, nu, tau = nu, tau, mu, sigma
	}
	c := math.Abs(apart(mu, nu, tau))
	if sigma == tau {
		return math.Erf(c / (2 * math.Sqrt2))
	}
	if c > 100 {
		return 1
	}
	wide, rest := ratioOf(tau, sigma), (tau-sigma)/tau // 1 − r
	r, l, d := sigma/tau, wide.log, rest*(2-rest)
	s := math.Sqrt(c*c + 2*l*d)
	upper, lower := (r*c+s)/d, -(c*c+2*l)/(s+r*c)
	return massBelow(upper, 2*l*rest/(s+c)) + massBelow(-lower, (s+c)/(1+r))
}

// massBelow returns the standard normal probability from y − width to y.
func massBelow(y, width float64) float64 {
	if width > 0.5 {
		return 0.5 * (math.Erfc((y-width)/math.Sqrt2) - math.Erfc(y/math.Sqrt2))
	}
	return width / math.Sqrt(2*math.Pi) * gauss(func(t float64) float64 {
		u := y - t*width
		return math.Exp(-0.5 * u * u)
	})
}

// gauss integrates f from 0 to 1 by Gauss's rule with 10 points.
func gauss(f func(t float64) float64) float64 {
	sum := 0.0
	for _, n := range legendre {
		sum += 0.5 * n[1] * (f(0.5*(1-n[0])) + f(0.5*(1+n[0])))
	}
	return sum
}

// legendre has the positive nodes and weights of that rule.
var legendre = [5][2]float64{
	{0.148874338981631210884826001129720, 0.295524224714752870173815619188769},
	{0.433395394129247190799265943165784, 0.269266719309996355091226921569469},
	{0.679409568299024406234327365114874, 0.219086362515982043995534934228163},
	{0.865063366688984510732096688423493, 0.149451349150580593145863396957698},
	{0.973906528517171720077964012084452, 0.066671344308688137593568809893332},
}
