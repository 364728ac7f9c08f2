package dist

import "math"

// besselI0 returns log I₀(κ) − κ and 1 − I₁(κ)/I₀(κ) for κ ≥ 0, where I are the
// modified Bessel functions: by their power series (DLMF 10.25.2) up to where the
// asymptotic one (DLMF 10.40.1) has all digits. The second number keeps its digits
// where the ratio is next to one.
func besselI0(kappa float64) (logScaled, gap float64) {
	if kappa > 20 {
		// Terms a_k(0) and a_k(0) − a_k(1), up to the sign, over (8κ)^k k!.
		zero, zeros, gaps := 1.0, 1.0, 0.0
		for k := 1.0; k < 60; k++ {
			odd := 2*k - 1
			last := zero
			zero *= odd * odd / (8 * k * kappa)
			if zero >= last {
				break
			}
			zeros += zero
			// a_k(1)/a_k(0) is the product of (4−j²)/(−j²) over odd j: −(2k+1)/(2k−1).
			gaps += zero * (1 + (odd+2)/odd)
			if zero < 1e-18 {
				break
			}
		}
		return math.Log(zeros) - 0.5*(math.Ln2+logPi+math.Log(kappa)), gaps / zeros
	}
	y, term, zero, one := 0.25*kappa*kappa, 1.0, 0.0, 1.0 // zero is I₀ − 1, one I₁ over κ/2
	for k := 1.0; k < 100; k++ {
		term *= y / (k * k)
		zero += term
		one += term / (k + 1)
		if term <= 1e-18*(zero+1) {
			break
		}
	}
	return math.Log1p(zero) - kappa, 1 - 0.5*kappa*one/(1+zero)
}
