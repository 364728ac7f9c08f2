package expfam

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/special"
)

// Geometric is the family of the geometric distributions of the number of failures:
// T = x, h = 1,
//
//	η = log(1−p),  A = −log(1 − e^η),  η < 0.
type Geometric struct{}

// Dim implements [Family].
func (Geometric) Dim() int { return 1 }

// Size implements [Family].
func (Geometric) Size() int { return 1 }

// Validate implements [Family]; it is always valid.
func (Geometric) Validate() error { return nil }

// String returns "Geometric".
func (Geometric) String() string { return "Geometric" }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Geometric) Natural(d dist.Geometric) ([]float64, error) {
	return natural(f, "", 0, 0, math.Log1p(-d.P))
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Geometric) Distribution(eta []float64) (dist.Geometric, error) {
	if err := domain(f, eta); err != nil {
		return dist.Geometric{}, err
	}
	return dist.Geometric{P: -math.Expm1(eta[0])}, nil
}

// SufficientTo implements [Family].
func (Geometric) SufficientTo(dst, x []float64) []float64 { return identityTo(dst, x) }

// LogBase implements [Family].
func (Geometric) LogBase(x []float64) float64 {
	check("value", x, 1)
	return inside(count(x[0], math.Inf(1)), x[0], 0)
}

// Contains implements [Family].
func (Geometric) Contains(eta []float64) bool { return NegativeBinomial{1}.Contains(eta) }

// LogPartition implements [Family].
func (Geometric) LogPartition(eta []float64) float64 { return NegativeBinomial{1}.LogPartition(eta) }

// MeanTo implements [Family].
func (Geometric) MeanTo(dst, eta []float64) []float64 { return NegativeBinomial{1}.MeanTo(dst, eta) }

// HessianTo implements [Family].
func (Geometric) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	return NegativeBinomial{1}.HessianTo(dst, eta)
}

// NaturalTo implements [Family]: −log(1 + 1/m) for m > 0.
func (f Geometric) NaturalTo(dst, mean []float64) ([]float64, error) {
	return naturalNegative(f, 1, dst, mean)
}

// NegativeBinomial is the family of the negative binomial distributions with a
// known r: T = x, h = Γ(x+r)/(Γ(r) x!),
//
//	η = log(1−p),  A = −r log(1 − e^η),  η < 0.
type NegativeBinomial struct {
	R float64 // number of successes, or shape
}

// Dim implements [Family].
func (NegativeBinomial) Dim() int { return 1 }

// Size implements [Family].
func (NegativeBinomial) Size() int { return 1 }

// Validate implements [Family].
func (f NegativeBinomial) Validate() error { return positive("negative binomial", "R", f.R) }

// String returns "NegativeBinomial(R: …)".
func (f NegativeBinomial) String() string { return fmt.Sprintf("NegativeBinomial(R: %v)", f.R) }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f NegativeBinomial) Natural(d dist.NegativeBinomial) ([]float64, error) {
	return natural(f, "R", d.R, f.R, math.Log1p(-d.P))
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f NegativeBinomial) Distribution(eta []float64) (dist.NegativeBinomial, error) {
	if err := domain(f, eta); err != nil {
		return dist.NegativeBinomial{}, err
	}
	return dist.NegativeBinomial{R: f.R, P: -math.Expm1(eta[0])}, nil
}

// SufficientTo implements [Family].
func (NegativeBinomial) SufficientTo(dst, x []float64) []float64 { return identityTo(dst, x) }

// LogBase implements [Family].
func (f NegativeBinomial) LogBase(x []float64) float64 {
	check("value", x, 1)
	switch v := x[0]; {
	case !count(v, math.Inf(1)):
		return inside(false, v, 0)
	case v == 0:
		return 0
	default:
		return -special.LogBeta(f.R, v) - math.Log(v)
	}
}

// Contains implements [Family].
func (NegativeBinomial) Contains(eta []float64) bool {
	check("η", eta, 1)
	return eta[0] < 0 && !math.IsInf(eta[0], -1)
}

// LogPartition implements [Family].
func (f NegativeBinomial) LogPartition(eta []float64) float64 {
	if !f.Contains(eta) {
		return outside(eta)
	}
	if eta[0] < -1 {
		return -f.R * math.Log1p(-math.Exp(eta[0]))
	}
	return -f.R * math.Log(-math.Expm1(eta[0]))
}

// MeanTo implements [Family].
func (f NegativeBinomial) MeanTo(dst, eta []float64) []float64 {
	dst = dstFor(dst, 1)
	if !f.Contains(eta) {
		return nan(dst)
	}
	dst[0] = -f.R * math.Exp(eta[0]) / math.Expm1(eta[0])
	return dst
}

// HessianTo implements [Family].
func (f NegativeBinomial) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	dst = symFor(dst, 1)
	if !f.Contains(eta) {
		return nanSym(dst)
	}
	p := math.Expm1(eta[0])
	dst.SetSym(0, 0, f.R*math.Exp(eta[0])/p/p)
	return dst
}

// NaturalTo implements [Family]: −log(1 + r/m) for m > 0.
func (f NegativeBinomial) NaturalTo(dst, mean []float64) ([]float64, error) {
	return naturalNegative(f, f.R, dst, mean)
}

// naturalNegative solves for η under another family's name, too.
func naturalNegative(f Family, r float64, dst, mean []float64) ([]float64, error) {
	dst = dstFor(dst, 1)
	check("mean", mean, 1)
	dst[0] = -math.Log1p(r / mean[0])
	if !(mean[0] > 0) || !f.Contains(dst) {
		return nil, noMember(f, "the mean is zero or infinite")
	}
	return dst, nil
}
