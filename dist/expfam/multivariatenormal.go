package expfam

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
)

// MultivariateNormal is the family of the normal distributions of vectors of length
// D: T has x and then the lower triangle of x xᵀ, h = (2π)^(−D/2). With Λ = Σ⁻¹, η has
// Λμ and then −½ Λ_ii on the diagonal of the triangle and −Λ_ij beside it, and
//
//	A = ½ μᵀΛμ − ½ log det Λ,  Λ positive definite
//
// (Wainwright & Jordan 2008, example 3.3).
type MultivariateNormal struct {
	D int // length of a value
}

// Dim implements [Family].
func (f MultivariateNormal) Dim() int { return f.D + triangle(f.D) }

// Size implements [Family].
func (f MultivariateNormal) Size() int { return f.D }

// Validate implements [Family].
func (f MultivariateNormal) Validate() error {
	return between("multivariate normal", "D", float64(f.D), 1, maxRows)
}

// String returns "MultivariateNormal(D: …)".
func (f MultivariateNormal) String() string { return fmt.Sprintf("MultivariateNormal(D: %d)", f.D) }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f MultivariateNormal) Natural(d *dist.MultivariateNormal) ([]float64, error) {
	if d.Dim() != f.D {
		return natural(f, "D", float64(d.Dim()), float64(f.D))
	}
	eta := make([]float64, f.Dim())
	f.fromMoments(eta, d.MeanTo(nil), d.PrecisionTo(nil))
	return natural(f, "", 0, 0, eta...)
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f MultivariateNormal) Distribution(eta []float64) (*dist.MultivariateNormal, error) {
	check("η", eta, f.Dim())
	mu, _, _, ok := f.moments(eta)
	if !ok {
		return nil, domain(f, eta)
	}
	return dist.NewMultivariateNormalFromPrecision(mu, precisionOf(eta[f.D:], f.D))
}

// fromMoments returns η from mean and precision.
func (f MultivariateNormal) fromMoments(dst, mu []float64, l mat.Symmetric) {
	mat.NewVecDense(f.D, dst[:f.D]).MulVec(l, mat.NewVecDense(f.D, mu))
	precisionTo(dst[f.D:], l)
}

// moments returns mean and covariance, and log det Λ; ok is false for an η outside
// the domain.
func (f MultivariateNormal) moments(eta []float64) (mu []float64, sigma *mat.SymDense, logDet float64, ok bool) {
	check("η", eta, f.Dim())
	c, ok := precision(eta[f.D:], f.D)
	if !ok || !finite(eta[:f.D]) {
		return nil, nil, 0, false
	}
	mu = make([]float64, f.D)
	_ = c.SolveVecTo(mat.NewVecDense(f.D, mu), mat.NewVecDense(f.D, eta[:f.D])) // as in inverse
	return mu, inverse(&c), c.LogDet(), true
}

// SufficientTo implements [Family].
func (f MultivariateNormal) SufficientTo(dst, x []float64) []float64 {
	dst = dstFor(dst, f.Dim())
	check("value", x, f.D)
	t := dst[copy(dst, x):]
	for i, v := range x {
		for j, w := range x[:i+1] {
			t[at(i, j)] = v * w
		}
	}
	return dst
}

// roundingTo writes what T(x) has beyond float64.
func (f MultivariateNormal) roundingTo(dst, x []float64) {
	clear(dst[:f.D])
	t := dst[f.D:]
	for i, v := range x {
		for j, w := range x[:i+1] {
			t[at(i, j)] = math.FMA(v, w, -v*w)
		}
	}
}

// LogBase implements [Family].
func (f MultivariateNormal) LogBase(x []float64) float64 {
	check("value", x, f.D)
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return inside(false, v, 0)
		}
	}
	return -halfLog2Pi * float64(f.D)
}

// Contains implements [Family].
func (f MultivariateNormal) Contains(eta []float64) bool {
	check("η", eta, f.Dim())
	_, ok := precision(eta[f.D:], f.D)
	return ok && finite(eta[:f.D])
}

// LogPartition implements [Family].
func (f MultivariateNormal) LogPartition(eta []float64) float64 {
	mu, _, logDet, ok := f.moments(eta)
	if !ok {
		return outside(eta)
	}
	return 0.5*floats.Dot(mu, eta[:f.D]) - 0.5*logDet
}

// MeanTo implements [Family]: μ, and Σ + μμᵀ.
func (f MultivariateNormal) MeanTo(dst, eta []float64) []float64 {
	dst = dstFor(dst, f.Dim())
	mu, sigma, _, ok := f.moments(eta)
	if !ok {
		return nan(dst)
	}
	t := dst[copy(dst, mu):]
	for i := range f.D {
		for j := range i + 1 {
			t[at(i, j)] = sigma.At(i, j) + mu[i]*mu[j]
		}
	}
	return dst
}

// HessianTo implements [Family], from the moments of order four (Isserlis 1918).
func (f MultivariateNormal) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	dst = symFor(dst, f.Dim())
	mu, s, _, ok := f.moments(eta)
	if !ok {
		return nanSym(dst)
	}
	for i := range f.D {
		for j := range i + 1 {
			dst.SetSym(i, j, s.At(i, j))
		}
		for k := range f.D {
			for l := range k + 1 {
				dst.SetSym(i, f.D+at(k, l), mu[k]*s.At(i, l)+mu[l]*s.At(i, k))
			}
		}
		for j := range i + 1 {
			for k := range i + 1 {
				for l := range k + 1 {
					ik, il, jk, jl := s.At(i, k), s.At(i, l), s.At(j, k), s.At(j, l)
					dst.SetSym(f.D+at(i, j), f.D+at(k, l), ik*jl+il*jk+
						mu[i]*mu[k]*jl+mu[i]*mu[l]*jk+mu[j]*mu[k]*il+mu[j]*mu[l]*ik)
				}
			}
		}
	}
	return dst
}

// NaturalTo implements [Family]. The covariance is the difference of the second mean
// and the square of the first; [Statistics] carry more digits of both.
func (f MultivariateNormal) NaturalTo(dst, mean []float64) ([]float64, error) {
	return f.naturalTo(dst, mean, make([]float64, len(mean)))
}

// naturalTo has the digits of the mean beyond float64 in rest.
func (f MultivariateNormal) naturalTo(dst, mean, rest []float64) ([]float64, error) {
	dst = dstFor(dst, f.Dim())
	check("mean", mean, f.Dim())
	sigma := covariance(f.D, mean, rest)
	for i := range f.D {
		if !(sigma.At(i, i) > 1e-30*mean[f.D+at(i, i)]) { // as in naturalNormal
			return nil, noMember(f, fmt.Sprintf("component %d does not vary", i))
		}
	}
	l, ok := invert(sigma)
	if !ok {
		return nil, noMember(f, "the covariance matrix is singular")
	}
	f.fromMoments(dst, mean[:f.D], l)
	if !f.Contains(dst) {
		return nil, noMember(f, "the natural parameters overflow")
	}
	return dst, nil
}

// covariance returns that of vectors of length n from the mean of T, in pairs.
func covariance(n int, mean, rest []float64) *mat.SymDense {
	sigma := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			k := n + at(i, j)
			product := careful.Pair{High: mean[i], Low: rest[i]}.Times(careful.Pair{High: mean[j], Low: rest[j]})
			v := careful.Pair{High: mean[k], Low: rest[k]}.Minus(product).High
			if i == j {
				v = max(0, v)
			}
			sigma.SetSym(i, j, v)
		}
	}
	return sigma
}
