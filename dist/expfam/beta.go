package expfam

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// Beta is the family of the beta distributions: T = (log x, log(1−x)),
// h = 1/(x(1−x)) for 0 < x < 1,
//
//	η = (α, β),  A = log B(η₁, η₂),  η > 0.
type Beta struct{}

// Dim implements [Family].
func (Beta) Dim() int { return 2 }

// Size implements [Family].
func (Beta) Size() int { return 1 }

// Validate implements [Family]; it is always valid.
func (Beta) Validate() error { return nil }

// String returns "Beta".
func (Beta) String() string { return "Beta" }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Beta) Natural(d dist.Beta) ([]float64, error) { return natural(f, "", 0, 0, d.Alpha, d.Beta) }

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Beta) Distribution(eta []float64) (dist.Beta, error) {
	if err := domain(f, eta); err != nil {
		return dist.Beta{}, err
	}
	return dist.Beta{Alpha: eta[0], Beta: eta[1]}, nil
}

// SufficientTo implements [Family].
func (Beta) SufficientTo(dst, x []float64) []float64 {
	dst = dstFor(dst, 2)
	check("value", x, 1)
	dst[0], dst[1] = math.Log(x[0]), math.Log1p(-x[0])
	return dst
}

// LogBase implements [Family].
func (Beta) LogBase(x []float64) float64 {
	check("value", x, 1)
	return inside(x[0] > 0 && x[0] < 1, x[0], -math.Log(x[0])-math.Log1p(-x[0]))
}

// Contains implements [Family].
func (Beta) Contains(eta []float64) bool { return Dirichlet{2}.Contains(eta) }

// LogPartition implements [Family].
func (Beta) LogPartition(eta []float64) float64 { return Dirichlet{2}.LogPartition(eta) }

// MeanTo implements [Family].
func (Beta) MeanTo(dst, eta []float64) []float64 { return Dirichlet{2}.MeanTo(dst, eta) }

// HessianTo implements [Family].
func (Beta) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	return Dirichlet{2}.HessianTo(dst, eta)
}

// NaturalTo implements [Family] as [Dirichlet] does.
func (f Beta) NaturalTo(dst, mean []float64) ([]float64, error) {
	return naturalDirichlet(f, dst, mean)
}
