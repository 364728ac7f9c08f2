package special

import "math"

// A Bessel is what one asks of the modified Bessel functions I₀ and I₁ at a κ ≥ 0.
type Bessel struct {
	Log       float64 // log I₀(κ)
	LogScaled float64 // log I₀(κ) − κ
	Ratio     float64 // I₁(κ)/I₀(κ), the derivative of log I₀
	Gap       float64 // one less that ratio
	Slope     float64 // the derivative of the ratio
}

// BesselI evaluates by power series (DLMF 10.25.2) up to where the asymptotic one (DLMF
// 10.40.1) has all digits. Each number keeps its digits where it is next to zero.
func BesselI(kappa float64) Bessel {
	if kappa > 20 {
		// Terms a_k(0) and a_k(0) − a_k(1), up to the sign, over (8κ)^k k!, and what the
		// second derivative of the series has.
		term, sum, gaps, first, second := 1.0, 1.0, 0.0, 0.0, 0.0
		for k := 1.0; k < 60; k++ {
			odd := 2*k - 1
			last := term
			term *= odd * odd / (8 * k * kappa)
			if term >= last {
				break
			}
			sum += term
			// a_k(1)/a_k(0) is the product of (4−j²)/(−j²) over odd j: −(2k+1)/(2k−1).
			gaps += term * (1 + (odd+2)/odd)
			first -= k * term
			second += k * (k + 1) * term
			if term < 1e-20 {
				break
			}
		}
		scaled := math.Log(sum) - halfLog2Pi - 0.5*math.Log(kappa)
		gap, tilt := gaps/sum, first/sum
		return Bessel{
			Log: scaled + kappa, LogScaled: scaled, Ratio: 1 - gap, Gap: gap,
			Slope: (0.5 + second/sum - tilt*tilt) / kappa / kappa,
		}
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
	half := 0.5 * one / (1 + zero) // I₁/(κ I₀)
	log, ratio := math.Log1p(zero), kappa*half
	return Bessel{Log: log, LogScaled: log - kappa, Ratio: ratio, Gap: 1 - ratio, Slope: 1 - half - ratio*ratio}
}
