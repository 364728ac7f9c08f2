package expfam

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// Weibull is the family of the Weibull distributions with a known shape k: T = x^k,
// which has an exponential distribution, h = k x^(k−1) for x ≥ 0,
//
//	η = −λ^(−k),  A = −log(−η),  η < 0.
type Weibull struct {
	Shape float64 // k
}

// Dim implements [Family].
func (Weibull) Dim() int { return 1 }

// Size implements [Family].
func (Weibull) Size() int { return 1 }

// Validate implements [Family].
func (f Weibull) Validate() error { return positive("Weibull", "Shape", f.Shape) }

// String returns "Weibull(Shape: …)".
func (f Weibull) String() string { return fmt.Sprintf("Weibull(Shape: %v)", f.Shape) }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Weibull) Natural(d dist.Weibull) ([]float64, error) {
	return natural(f, "Shape", d.Shape, f.Shape, -math.Pow(d.Scale, -f.Shape))
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Weibull) Distribution(eta []float64) (dist.Weibull, error) {
	if err := domain(f, eta); err != nil {
		return dist.Weibull{}, err
	}
	return dist.NewWeibull(f.Shape, math.Pow(-eta[0], -1/f.Shape))
}

// SufficientTo implements [Family].
func (f Weibull) SufficientTo(dst, x []float64) []float64 {
	dst = dstFor(dst, 1)
	check("value", x, 1)
	dst[0] = math.Pow(x[0], f.Shape)
	return dst
}

// LogBase implements [Family].
func (f Weibull) LogBase(x []float64) float64 {
	check("value", x, 1)
	switch v := x[0]; {
	case !(v >= 0) || math.IsInf(v, 1):
		return inside(false, v, 0)
	case f.Shape == 1:
		return 0
	default:
		return math.Log(f.Shape) + (f.Shape-1)*math.Log(v)
	}
}

// Contains implements [Family].
func (Weibull) Contains(eta []float64) bool { return Exponential{}.Contains(eta) }

// LogPartition implements [Family].
func (Weibull) LogPartition(eta []float64) float64 { return Exponential{}.LogPartition(eta) }

// MeanTo implements [Family].
func (Weibull) MeanTo(dst, eta []float64) []float64 { return Exponential{}.MeanTo(dst, eta) }

// HessianTo implements [Family].
func (Weibull) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	return Exponential{}.HessianTo(dst, eta)
}

// NaturalTo implements [Family]: −1/m for m > 0.
func (f Weibull) NaturalTo(dst, mean []float64) ([]float64, error) { return naturalRate(f, dst, mean) }
