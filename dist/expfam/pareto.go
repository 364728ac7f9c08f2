package expfam

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// Pareto is the family of the Pareto distributions with a known scale s:
// T = log(x/s), which has an exponential distribution, h = 1/x for x ≥ s,
//
//	η = −α,  A = −log(−η),  η < 0.
type Pareto struct {
	Scale float64 // s, the least value
}

// Dim implements [Family].
func (Pareto) Dim() int { return 1 }

// Size implements [Family].
func (Pareto) Size() int { return 1 }

// Validate implements [Family].
func (f Pareto) Validate() error { return positive("Pareto", "Scale", f.Scale) }

// String returns "Pareto(Scale: …)".
func (f Pareto) String() string { return fmt.Sprintf("Pareto(Scale: %v)", f.Scale) }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Pareto) Natural(d dist.Pareto) ([]float64, error) {
	return natural(f, "Scale", d.Scale, f.Scale, -d.Shape)
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Pareto) Distribution(eta []float64) (dist.Pareto, error) {
	if err := domain(f, eta); err != nil {
		return dist.Pareto{}, err
	}
	return dist.NewPareto(f.Scale, -eta[0])
}

// SufficientTo implements [Family].
func (f Pareto) SufficientTo(dst, x []float64) []float64 {
	dst = dstFor(dst, 1)
	check("value", x, 1)
	dst[0] = f.exponent(x[0])
	return dst
}

// LogBase implements [Family].
func (f Pareto) LogBase(x []float64) float64 {
	check("value", x, 1)
	return inside(x[0] >= f.Scale && !math.IsInf(x[0], 1), x[0], -math.Log(x[0]))
}

// Contains implements [Family].
func (Pareto) Contains(eta []float64) bool { return Exponential{}.Contains(eta) }

// LogPartition implements [Family].
func (Pareto) LogPartition(eta []float64) float64 { return Exponential{}.LogPartition(eta) }

// MeanTo implements [Family].
func (Pareto) MeanTo(dst, eta []float64) []float64 { return Exponential{}.MeanTo(dst, eta) }

// HessianTo implements [Family].
func (Pareto) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	return Exponential{}.HessianTo(dst, eta)
}

// NaturalTo implements [Family]: −1/m for m > 0.
func (f Pareto) NaturalTo(dst, mean []float64) ([]float64, error) { return naturalRate(f, dst, mean) }

// exponent returns log(x/s), exact next to s.
func (f Pareto) exponent(x float64) float64 {
	if d := x - f.Scale; d < f.Scale {
		return math.Log1p(d / f.Scale)
	}
	return math.Log(x) - math.Log(f.Scale)
}
