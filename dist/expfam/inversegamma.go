package expfam

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// InverseGamma is the family of the inverse gamma distributions: T = (−log x, 1/x),
// which is that of [Gamma] for 1/x, h = 1/x for x > 0,
//
//	η = (a, −b),  A = log Γ(η₁) − η₁ log(−η₂),  η₁ > 0 > η₂,
//
// with shape a and scale b.
type InverseGamma struct{}

// Dim implements [Family].
func (InverseGamma) Dim() int { return 2 }

// Size implements [Family].
func (InverseGamma) Size() int { return 1 }

// Validate implements [Family]; it is always valid.
func (InverseGamma) Validate() error { return nil }

// String returns "InverseGamma".
func (InverseGamma) String() string { return "InverseGamma" }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f InverseGamma) Natural(d dist.InverseGamma) ([]float64, error) {
	return natural(f, "", 0, 0, d.Shape, -d.Scale)
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f InverseGamma) Distribution(eta []float64) (dist.InverseGamma, error) {
	if err := domain(f, eta); err != nil {
		return dist.InverseGamma{}, err
	}
	return dist.InverseGamma{Shape: eta[0], Scale: -eta[1]}, nil
}

// SufficientTo implements [Family].
func (InverseGamma) SufficientTo(dst, x []float64) []float64 {
	dst = dstFor(dst, 2)
	check("value", x, 1)
	dst[0], dst[1] = -math.Log(x[0]), 1/x[0]
	return dst
}

// LogBase implements [Family].
func (InverseGamma) LogBase(x []float64) float64 { return Gamma{}.LogBase(x) }

// Contains implements [Family].
func (InverseGamma) Contains(eta []float64) bool { return Gamma{}.Contains(eta) }

// LogPartition implements [Family].
func (InverseGamma) LogPartition(eta []float64) float64 { return Gamma{}.LogPartition(eta) }

// MeanTo implements [Family].
func (InverseGamma) MeanTo(dst, eta []float64) []float64 { return Gamma{}.MeanTo(dst, eta) }

// HessianTo implements [Family].
func (InverseGamma) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	return Gamma{}.HessianTo(dst, eta)
}

// NaturalTo implements [Family] as [Gamma] does.
func (f InverseGamma) NaturalTo(dst, mean []float64) ([]float64, error) {
	check("mean", mean, 2)
	return naturalGamma(f, dst, mean, []float64{0, 0}, 0x1p-52*max(1, math.Abs(mean[0])))
}

// roundingTo writes what T(x) has beyond float64.
func (InverseGamma) roundingTo(dst, x []float64) {
	dst[0] = -logRounding(x[0], math.Log(x[0]))
	dst[1] = math.FMA(-x[0], 1/x[0], 1) / x[0]
}

// naturalTo has the digits of the mean beyond float64 in rest.
func (f InverseGamma) naturalTo(dst, mean, rest []float64) ([]float64, error) {
	return naturalGamma(f, dst, mean, rest, 1e-28*max(1, math.Abs(mean[0])))
}
