package expfam

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
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
	log, _, _ := bessel(math.Hypot(eta[0], eta[1]))
	return 2*halfLog2Pi + log
}

// MeanTo implements [Family]: the vector of length I₁(κ)/I₀(κ) in direction μ.
func (f VonMises) MeanTo(dst, eta []float64) []float64 {
	dst = dstFor(dst, 2)
	if !f.Contains(eta) {
		return nan(dst)
	}
	kappa := math.Hypot(eta[0], eta[1])
	_, ratio, _ := bessel(kappa)
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
	_, ratio, slope := bessel(kappa)
	cos, sin, across := 1.0, 0.0, 0.5
	if kappa > 0 {
		cos, sin, across = eta[0]/kappa, eta[1]/kappa, ratio/kappa
	}
	dst.SetSym(0, 0, cos*cos*slope+sin*sin*across)
	dst.SetSym(0, 1, cos*sin*(slope-across))
	dst.SetSym(1, 1, sin*sin*slope+cos*cos*across)
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
		_, ratio, slope := bessel(kappa)
		step := (ratio - length) / slope
		kappa = max(kappa-step, 0.5*kappa)
		if math.Abs(step) <= 1e-15*kappa {
			break
		}
	}
	dst[0], dst[1] = kappa*(mean[0]/length), kappa*(mean[1]/length)
	return dst, nil
}

// bessel returns log I₀(κ), I₁(κ)/I₀(κ) and the derivative of that ratio, for
// κ ≥ 0: by the power series (DLMF 10.25.2), or for large κ by the asymptotic one
// (10.40.1), exp(κ)/√(2πκ) s(κ), differentiated term by term.
func bessel(kappa float64) (log, ratio, slope float64) {
	if kappa < 20 {
		q := 0.25 * kappa * kappa
		zero, one := 0.0, 1.0 // I₀ − 1 and 2 I₁/κ
		term := 1.0           // q^k/k!²
		for k := 1.0; term > 1e-18*one; k++ {
			term *= q / (k * k)
			zero += term
			one += term / (k + 1)
		}
		half := 0.5 * one / (1 + zero) // I₁/(κ I₀)
		ratio = kappa * half
		return math.Log1p(zero), ratio, 1 - half - ratio*ratio
	}
	s, first, second := 1.0, 0.0, 0.0
	term := 1.0
	for k := 1.0; k < 30; k++ {
		term *= (2*k - 1) * (2*k - 1) / (8 * k * kappa)
		s += term
		first -= k * term
		second += k * (k + 1) * term
	}
	log = kappa - halfLog2Pi - 0.5*math.Log(kappa) + math.Log(s)
	tilt := first / s / kappa
	slope = (0.5+second/s)/kappa/kappa - tilt*tilt
	return log, 1 - 0.5/kappa + tilt, slope
}
