package dist

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"github.com/belief-go/belief/internal/careful"
)

const halfLog2Pi = 0.91893853320467274178 // ½ log 2π

// logNormalCDF returns log Φ(z). Below −10 it uses the asymptotic series of Mills'
// ratio (Abramowitz & Stegun 1964, 26.2.12), whose terms there fall below the last
// digit.
func logNormalCDF(z float64) float64 {
	switch {
	case z > 0:
		return math.Log1p(-0.5 * math.Erfc(z/math.Sqrt2))
	case z > -10:
		return math.Log(0.5 * math.Erfc(-z/math.Sqrt2))
	}
	inverse := 1 / (z * z)
	sum, term := 1.0, 1.0
	for k := 1.0; k < 40; k += 2 {
		next := -term * k * inverse
		if math.Abs(next) >= math.Abs(term) || math.Abs(next) < 1e-17 {
			break
		}
		term = next
		sum += term
	}
	return -0.5*z*z - halfLog2Pi - math.Log(-z) + math.Log(sum)
}

// normalQuantile returns the z with Φ(z) = p, also for p below the normal range.
func normalQuantile(p float64) float64 {
	if p > 0 && p < 1e-300 {
		return normalLogQuantile(careful.Log(p))
	}
	return mathext.NormalQuantile(p)
}

// normalLogQuantile returns the z with log Φ(z) = l far below zero, by Newton's method
// from the leading term; log Φ is concave.
func normalLogQuantile(l float64) float64 {
	z := -math.Sqrt(-2 * l)
	for range 6 {
		at := logNormalCDF(z)
		z -= (at - l) * math.Exp(at+0.5*z*z+halfLog2Pi)
	}
	return z
}
