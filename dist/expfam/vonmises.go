package expfam

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/special"
)

// VonMises is the family of the von Mises distributions: T = (cos x, sin x), h = 1
// for |x| ≤ π,
//
//	η = κ (cos μ, sin μ),  A = log(2π I₀(|η|)),  η in the plane,
//
// with the modified Bessel function I₀ (Mardia & Jupp 2000, section 3.5.4). At
// η = 0, the uniform distribution, μ is not determined and taken to be 0.
type VonMises struct{}

// Dim implements [Family].
func (VonMises) Dim() int { return 2 }

// Size implements [Family].
func (VonMises) Size() int { return 1 }

// Validate implements [Family]; it is always valid.
func (VonMises) Validate() error { return nil }

// String returns "VonMises".
func (VonMises) String() string { return "VonMises" }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f VonMises) Natural(d dist.VonMises) ([]float64, error) {
	sin, cos := math.Sincos(d.Mu)
	return natural(f, "", 0, 0, d.Kappa*cos, d.Kappa*sin)
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f VonMises) Distribution(eta []float64) (dist.VonMises, error) {
	if err := domain(f, eta); err != nil {
		return dist.VonMises{}, err
	}
	return dist.NewVonMises(math.Atan2(eta[1], eta[0]), math.Hypot(eta[0], eta[1]))
}

// SufficientTo implements [Family].
func (VonMises) SufficientTo(dst, x []float64) []float64 {
	dst = dstFor(dst, 2)
	check("value", x, 1)
	dst[1], dst[0] = math.Sincos(x[0])
	return dst
}

// LogBase implements [Family].
func (VonMises) LogBase(x []float64) float64 {
	check("value", x, 1)
	return inside(math.Abs(x[0]) <= math.Pi, x[0], 0)
}

// Contains implements [Family].
func (VonMises) Contains(eta []float64) bool {
	check("η", eta, 2)
	return finite(eta) && !math.IsInf(math.Hypot(eta[0], eta[1]), 1)
}

// LogPartition implements [Family].
func (f VonMises) LogPartition(eta []float64) float64 {
	if !f.Contains(eta) {
		return outside(eta)
	}
	log := special.BesselI(math.Hypot(eta[0], eta[1])).Log
	return 2*halfLog2Pi + log
}

// MeanTo implements [Family]: the vector of length I₁(κ)/I₀(κ) in direction μ.
func (f VonMises) MeanTo(dst, eta []float64) []float64 {
	dst = dstFor(dst, 2)
	if !f.Contains(eta) {
		return nan(dst)
	}
	kappa := math.Hypot(eta[0], eta[1])
	ratio := special.BesselI(kappa).Ratio
	dst[0], dst[1] = 0, 0
	if kappa > 0 {
		dst[0], dst[1] = eta[0]/kappa*ratio, eta[1]/kappa*ratio
	}
	return dst
}

// HessianTo implements [Family]: the derivative of I₁/I₀ in direction μ, and
// I₁/(κ I₀) across it.
func (f VonMises) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	dst = symFor(dst, 2)
	if !f.Contains(eta) {
		return nanSym(dst)
	}
	kappa := math.Hypot(eta[0], eta[1])
	bessel := special.BesselI(kappa)
	cos, sin, across := 1.0, 0.0, 0.5
	if kappa > 0 {
		cos, sin, across = eta[0]/kappa, eta[1]/kappa, bessel.Ratio/kappa
	}
	dst.SetSym(0, 0, cos*cos*bessel.Slope+sin*sin*across)
	dst.SetSym(0, 1, cos*sin*(bessel.Slope-across))
	dst.SetSym(1, 1, sin*sin*bessel.Slope+cos*cos*across)
	return dst
}

// NaturalTo implements [Family]: κ solves I₁/I₀ = |mean| < 1, by Newton's method from
// an approximation of Banerjee et al. (2005, Clustering on the unit hypersphere).
func (f VonMises) NaturalTo(dst, mean []float64) ([]float64, error) {
	dst = dstFor(dst, 2)
	check("mean", mean, 2)
	length := math.Hypot(mean[0], mean[1])
	if !(length < 1) {
		return nil, noMember(f, "the observations do not vary")
	}
	if length == 0 {
		dst[0], dst[1] = 0, 0
		return dst, nil
	}
	kappa := length * (2 - length*length) / ((1 - length) * (1 + length))
	for range 100 {
		bessel := special.BesselI(kappa)
		step := (bessel.Ratio - length) / bessel.Slope
		kappa = max(kappa-step, 0.5*kappa)
		if math.Abs(step) <= 1e-15*kappa {
			break
		}
	}
	dst[0], dst[1] = kappa*(mean[0]/length), kappa*(mean[1]/length)
	return dst, nil
}
