package special

import "math"

// This file has the logistic function and its inverse.

// Logistic returns 1/(1 + exp(−x)) without overflow.
func Logistic(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// LogLogistic returns log(1/(1 + exp(−x))).
func LogLogistic(x float64) float64 { return min(x, 0) - math.Log1p(math.Exp(-math.Abs(x))) }

// Softplus returns log(1 + exp(x)).
func Softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// Logit returns log(p/(1 − p)) for a probability p.
func Logit(p float64) float64 {
	if p > 0.25 && p < 0.75 {
		return 2 * math.Atanh(2*(p-0.5)) // the logarithms may cancel
	}
	return math.Log(p) - math.Log1p(-p)
}
