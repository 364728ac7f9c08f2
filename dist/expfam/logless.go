package expfam

import (
	"math"

	"github.com/belief-go/belief/internal/special"
)

// This file has log x − ψ(x) and its inverse, by which gamma and Wishart
// distributions get their natural parameters.

// logLess returns log x − ψ(x), which is about 1/(2x) for large x, and its
// derivative 1/x − ψ'(x), for x > 0.
func logLess(x float64) (value, slope float64) {
	return -special.DigammaRest(x), -special.TrigammaRest(x) / x
}

// inverseLogLess returns the x at which a function that behaves as log x − ψ(x)
// does, falling from infinity to zero about as 1/x, is s > 0. In log x its logarithm
// is nearly straight, so that Newton's method converges from anywhere.
func inverseLogLess(f func(x float64) (value, slope float64), s float64) float64 {
	t := -math.Log(s)
	for range 100 {
		x := math.Exp(t)
		value, slope := f(x)
		step := (math.Log(s) - math.Log(value)) * value / (slope * x)
		t += step
		if !(math.Abs(step) > 1e-15*max(1, math.Abs(t))) {
			break
		}
	}
	return math.Exp(t)
}
