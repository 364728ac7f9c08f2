package expfam

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
)

// Normal is the family of the normal distributions: T = (x, x²), h = 1/√(2π),
//
//	η = (μ/σ², −1/(2σ²)),  A = −η₁²/(4η₂) − ½ log(−2η₂),  η₂ < 0.
type Normal struct{}

// Dim implements [Family].
func (Normal) Dim() int { return 2 }

// Size implements [Family].
func (Normal) Size() int { return 1 }

// Validate implements [Family]; it is always valid.
func (Normal) Validate() error { return nil }

// String returns "Normal".
func (Normal) String() string { return "Normal" }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Normal) Natural(d dist.Normal) ([]float64, error) {
	return natural(f, "", 0, 0, d.Mu/d.Sigma/d.Sigma, -0.5/d.Sigma/d.Sigma)
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Normal) Distribution(eta []float64) (dist.Normal, error) {
	if err := domain(f, eta); err != nil {
		return dist.Normal{}, err
	}
	mu, variance := normalMoments(eta)
	return dist.NewNormal(mu, math.Sqrt(variance))
}

// normalMoments returns mean and variance.
func normalMoments(eta []float64) (mu, variance float64) {
	return -0.5 * eta[0] / eta[1], -0.5 / eta[1]
}

// SufficientTo implements [Family].
func (Normal) SufficientTo(dst, x []float64) []float64 {
	dst = dstFor(dst, 2)
	check("value", x, 1)
	dst[0], dst[1] = x[0], x[0]*x[0]
	return dst
}

// roundingTo writes what T(x) has beyond float64.
func (Normal) roundingTo(dst, x []float64) { dst[0], dst[1] = 0, math.FMA(x[0], x[0], -x[0]*x[0]) }

// LogBase implements [Family].
func (Normal) LogBase(x []float64) float64 {
	check("value", x, 1)
	return inside(!math.IsInf(x[0], 0), x[0], -halfLog2Pi)
}

// Contains implements [Family].
func (Normal) Contains(eta []float64) bool {
	check("η", eta, 2)
	return finite(eta) && eta[1] < 0
}

// LogPartition implements [Family].
func (f Normal) LogPartition(eta []float64) float64 {
	if !f.Contains(eta) {
		return outside(eta)
	}
	return -0.25*eta[0]/eta[1]*eta[0] - 0.5*math.Log(-2*eta[1])
}

// MeanTo implements [Family]: μ and μ² + σ².
func (f Normal) MeanTo(dst, eta []float64) []float64 {
	dst = dstFor(dst, 2)
	if !f.Contains(eta) {
		return nan(dst)
	}
	mu, variance := normalMoments(eta)
	dst[0], dst[1] = mu, mu*mu+variance
	return dst
}

// HessianTo implements [Family]: σ², 2μσ² and 4μ²σ² + 2σ⁴.
func (f Normal) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	dst = symFor(dst, 2)
	if !f.Contains(eta) {
		return nanSym(dst)
	}
	mu, variance := normalMoments(eta)
	dst.SetSym(0, 0, variance)
	dst.SetSym(0, 1, 2*mu*variance)
	dst.SetSym(1, 1, 2*variance*(2*mu*mu+variance))
	return dst
}

// NaturalTo implements [Family]. The variance is the difference of the second mean
// and the square of the first; [Statistics] carry more digits of both.
func (f Normal) NaturalTo(dst, mean []float64) ([]float64, error) {
	check("mean", mean, 2)
	return f.naturalTo(dst, mean, []float64{0, 0})
}

// naturalTo has the digits of the mean beyond float64 in rest.
func (f Normal) naturalTo(dst, mean, rest []float64) ([]float64, error) {
	return naturalNormal(f, dst, mean, rest)
}

// naturalNormal solves for η under another family's name, too.
func naturalNormal(f Family, dst, mean, rest []float64) ([]float64, error) {
	dst = dstFor(dst, 2)
	m := careful.Pair{High: mean[0], Low: rest[0]}
	second := careful.Pair{High: mean[1], Low: rest[1]}
	variance := second.Minus(m.Times(m)).High
	// Pairs have 32 digits; the last two are rounding errors of the sums.
	if !(variance > 1e-30*mean[1]) || math.IsInf(variance, 1) {
		return nil, noMember(f, "the observations do not vary")
	}
	dst[0], dst[1] = m.High/variance, -0.5/variance
	if !f.Contains(dst) {
		return nil, noMember(f, "the natural parameters overflow")
	}
	return dst, nil
}
