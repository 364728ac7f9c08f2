package expfam

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// Laplace is the family of the Laplace distributions with a known location m:
// T = |x − m|, which has an exponential distribution, h = ½,
//
//	η = −1/b,  A = −log(−η),  η < 0.
type Laplace struct {
	Location float64 // m
}

// Dim implements [Family].
func (Laplace) Dim() int { return 1 }

// Size implements [Family].
func (Laplace) Size() int { return 1 }

// Validate implements [Family].
func (f Laplace) Validate() error {
	if math.IsNaN(f.Location) || math.IsInf(f.Location, 0) {
		return &dist.ParameterError{Distribution: "Laplace", Parameter: "Location", Value: f.Location, Want: "finite"}
	}
	return nil
}

// String returns "Laplace(Location: …)".
func (f Laplace) String() string { return fmt.Sprintf("Laplace(Location: %v)", f.Location) }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Laplace) Natural(d dist.Laplace) ([]float64, error) {
	return natural(f, "Location", d.Location, f.Location, -1/d.Scale)
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Laplace) Distribution(eta []float64) (dist.Laplace, error) {
	if err := domain(f, eta); err != nil {
		return dist.Laplace{}, err
	}
	return dist.NewLaplace(f.Location, -1/eta[0])
}

// SufficientTo implements [Family].
func (f Laplace) SufficientTo(dst, x []float64) []float64 {
	dst = dstFor(dst, 1)
	check("value", x, 1)
	dst[0] = math.Abs(x[0] - f.Location)
	return dst
}

// LogBase implements [Family].
func (f Laplace) LogBase(x []float64) float64 {
	check("value", x, 1)
	return inside(!math.IsInf(x[0], 0), x[0], -math.Ln2)
}

// Contains implements [Family].
func (Laplace) Contains(eta []float64) bool { return Exponential{}.Contains(eta) }

// LogPartition implements [Family].
func (Laplace) LogPartition(eta []float64) float64 { return Exponential{}.LogPartition(eta) }

// MeanTo implements [Family].
func (Laplace) MeanTo(dst, eta []float64) []float64 { return Exponential{}.MeanTo(dst, eta) }

// HessianTo implements [Family].
func (Laplace) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	return Exponential{}.HessianTo(dst, eta)
}

// NaturalTo implements [Family]: −1/m for m > 0.
func (f Laplace) NaturalTo(dst, mean []float64) ([]float64, error) { return naturalRate(f, dst, mean) }
