package expfam

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// Exponential is the family of the exponential distributions: T = x, h = 1 for
// x ≥ 0,
//
//	η = −λ,  A = −log(−η),  η < 0.
type Exponential struct{}

// Dim implements [Family].
func (Exponential) Dim() int { return 1 }

// Size implements [Family].
func (Exponential) Size() int { return 1 }

// Validate implements [Family]; it is always valid.
func (Exponential) Validate() error { return nil }

// String returns "Exponential".
func (Exponential) String() string { return "Exponential" }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Exponential) Natural(d dist.Exponential) ([]float64, error) {
	return natural(f, "", 0, 0, -d.Rate)
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Exponential) Distribution(eta []float64) (dist.Exponential, error) {
	if err := domain(f, eta); err != nil {
		return dist.Exponential{}, err
	}
	return dist.NewExponential(-eta[0])
}

// SufficientTo implements [Family].
func (Exponential) SufficientTo(dst, x []float64) []float64 { return identityTo(dst, x) }

// LogBase implements [Family].
func (Exponential) LogBase(x []float64) float64 {
	check("value", x, 1)
	return inside(x[0] >= 0 && !math.IsInf(x[0], 1), x[0], 0)
}

// Contains implements [Family].
func (Exponential) Contains(eta []float64) bool {
	check("η", eta, 1)
	return eta[0] < 0 && !math.IsInf(eta[0], -1)
}

// LogPartition implements [Family].
func (f Exponential) LogPartition(eta []float64) float64 {
	if !f.Contains(eta) {
		return outside(eta)
	}
	return 0 - math.Log(-eta[0])
}

// MeanTo implements [Family].
func (f Exponential) MeanTo(dst, eta []float64) []float64 {
	dst = dstFor(dst, 1)
	if !f.Contains(eta) {
		return nan(dst)
	}
	dst[0] = -1 / eta[0]
	return dst
}

// HessianTo implements [Family].
func (f Exponential) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	dst = symFor(dst, 1)
	if !f.Contains(eta) {
		return nanSym(dst)
	}
	dst.SetSym(0, 0, 1/eta[0]/eta[0])
	return dst
}

// NaturalTo implements [Family]: −1/m for m > 0.
func (f Exponential) NaturalTo(dst, mean []float64) ([]float64, error) {
	return naturalRate(f, dst, mean)
}

// naturalRate solves A' = m for A = −log(−η), which other families have too.
func naturalRate(f Family, dst, mean []float64) ([]float64, error) {
	dst = dstFor(dst, 1)
	check("mean", mean, 1)
	dst[0] = -1 / mean[0]
	if !f.Contains(dst) {
		return nil, noMember(f, "the mean of the statistic is not positive and finite")
	}
	return dst, nil
}
