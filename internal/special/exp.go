package special

import "math"

// This file has differences of exponentials and what goes with them.

// Log1mExp returns log(1 − exp(l)) for l ≤ 0.
func Log1mExp(l float64) float64 {
	if l > -math.Ln2 {
		return math.Log(-math.Expm1(l))
	}
	return math.Log1p(-math.Exp(l))
}

// Expm2 returns eˢ − 1 − s.
func Expm2(s float64) float64 {
	if math.Abs(s) < 0.1 {
		return s * s * (1./2 + s*(1./6+s*(1./24+s*(1./120+s*(1./720+s*(1./5040+s*(1./40320+s*(1./362880+s/3628800))))))))
	}
	if math.IsInf(s, 1) {
		return s
	}
	return math.Expm1(s) - s
}
