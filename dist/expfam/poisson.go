package expfam

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/special"
)

// Poisson is the family of the Poisson distributions: T = x, h = 1/x!,
//
//	η = log λ,  A = e^η,  η real.
type Poisson struct{}

// Dim implements [Family].
func (Poisson) Dim() int { return 1 }

// Size implements [Family].
func (Poisson) Size() int { return 1 }

// Validate implements [Family]; it is always valid.
func (Poisson) Validate() error { return nil }

// String returns "Poisson".
func (Poisson) String() string { return "Poisson" }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Poisson) Natural(d dist.Poisson) ([]float64, error) {
	return natural(f, "", 0, 0, math.Log(d.Lambda))
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Poisson) Distribution(eta []float64) (dist.Poisson, error) {
	if err := domain(f, eta); err != nil {
		return dist.Poisson{}, err
	}
	return dist.NewPoisson(math.Exp(eta[0]))
}

// SufficientTo implements [Family].
func (Poisson) SufficientTo(dst, x []float64) []float64 { return identityTo(dst, x) }

// LogBase implements [Family].
func (Poisson) LogBase(x []float64) float64 {
	check("value", x, 1)
	v := x[0]
	if !count(v, math.Inf(1)) {
		return inside(false, v, 0)
	}
	return 0 - special.LogGamma(v+1)
}

// Contains implements [Family].
func (Poisson) Contains(eta []float64) bool {
	check("η", eta, 1)
	return finite(eta)
}

// LogPartition implements [Family].
func (f Poisson) LogPartition(eta []float64) float64 {
	if !f.Contains(eta) {
		return outside(eta)
	}
	return math.Exp(eta[0])
}

// MeanTo implements [Family].
func (f Poisson) MeanTo(dst, eta []float64) []float64 {
	dst = dstFor(dst, 1)
	if !f.Contains(eta) {
		return nan(dst)
	}
	dst[0] = math.Exp(eta[0])
	return dst
}

// HessianTo implements [Family].
func (f Poisson) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	dst = symFor(dst, 1)
	if !f.Contains(eta) {
		return nanSym(dst)
	}
	dst.SetSym(0, 0, math.Exp(eta[0]))
	return dst
}

// NaturalTo implements [Family]: log m for m > 0.
func (f Poisson) NaturalTo(dst, mean []float64) ([]float64, error) {
	dst = dstFor(dst, 1)
	check("mean", mean, 1)
	if !(mean[0] > 0) || math.IsInf(mean[0], 1) {
		return nil, noMember(f, "the counts are all zero")
	}
	dst[0] = math.Log(mean[0])
	return dst, nil
}
