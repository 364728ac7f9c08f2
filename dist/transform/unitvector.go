package transform

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// UnitVector is the set of vectors of length one, x = y/|y|. This is no bijection: y
// has one number more, its length, which x does not tell. So that y has a density,
// the length is given one: that of the length of a standard normal vector, the chi
// distribution with K degrees of freedom, independent of x. The uniform distribution
// on the sphere then becomes the standard normal one (Muller 1959).
//
// A density p of x means one with respect to the surface of the unit sphere (of the
// two points ±1 if K is 1). Since dy = r^(K−1) dr dx in polar coordinates, y has the
// density
//
//	q(y) = p(x) χ_K(r)/r^(K−1) = p(x) exp(−r²/2) / (2^(K/2−1) Γ(K/2)),  r = |y|,
//
// and LogJacobian is the logarithm of what p(x) is multiplied by, the constant
// included, so that q has integral one if p has.
//
// The inverse returns √K x, a vector of typical length; Forward takes it to x again.
// The origin has no direction: its value is the first axis, its LogJacobian −Inf, so
// that no sampler stays there, and its gradient NaN.
type UnitVector struct {
	K int // length, at least 1
}

// Validate implements [Transform].
func (t UnitVector) Validate() error { return checkSize("unit vector", "K", t.K, 1, maxLen) }

// ConstrainedDim implements [Transform].
func (t UnitVector) ConstrainedDim() int { return t.K }

// FreeDim implements [Transform].
func (t UnitVector) FreeDim() int { return t.K }

// ForwardTo implements [Transform].
func (t UnitVector) ForwardTo(dst, free []float64) []float64 {
	wantLen("free value", free, t.K)
	dst = dstFor(dst, t.K)
	scale := biggest(free)
	if scale == 0 {
		clear(dst)
		dst[0] = 1
		return dst
	}
	for i, y := range free {
		dst[i] = y / scale
	}
	norm := floats.Norm(dst, 2)
	for i := range dst {
		dst[i] /= norm
	}
	return dst
}

// biggest returns the greatest absolute value.
func biggest(x []float64) float64 {
	scale := 0.0
	for _, v := range x {
		scale = max(scale, math.Abs(v))
	}
	return scale
}

// InverseTo implements [Transform]. The length may be off by 1e-8.
func (t UnitVector) InverseTo(dst, constrained []float64) ([]float64, error) {
	wantLen("constrained value", constrained, t.K)
	dst = dstFor(dst, t.K)
	square := 0.0
	for i, x := range constrained {
		if !(math.Abs(x) <= 1+slack) {
			return nil, &DomainError{"unit vector", i, x, "between −1 and 1"}
		}
		square += x * x
	}
	if !(math.Abs(math.Sqrt(square)-1) <= slack) {
		return nil, &DomainError{"unit vector", -1, math.Sqrt(square), "length one"}
	}
	length := math.Sqrt(float64(t.K))
	for i, x := range constrained {
		dst[i] = length * x
	}
	return dst, nil
}

// LogJacobian returns −r²/2 − log(2^(K/2−1) Γ(K/2)); see [UnitVector].
func (t UnitVector) LogJacobian(free []float64) float64 {
	wantLen("free value", free, t.K)
	if biggest(free) == 0 {
		return math.Inf(-1)
	}
	half := 0.5 * float64(t.K)
	logGamma, _ := math.Lgamma(half)
	return -0.5*floats.Dot(free, free) - (half-1)*math.Ln2 - logGamma
}

// GradTo implements [Transform]: (g − x xᵀg)/r − y.
func (t UnitVector) GradTo(dst, free, constrained, grad []float64) []float64 {
	dst = gradArgs(dst, free, constrained, grad, t.FreeDim(), t.ConstrainedDim())
	r, radial := floats.Norm(free, 2), floats.Dot(constrained, grad)
	for i, g := range grad {
		dst[i] = (g-constrained[i]*radial)/r - free[i]
	}
	if r == 0 {
		for i := range dst {
			dst[i] = math.NaN()
		}
	}
	return dst
}
