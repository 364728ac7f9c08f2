package transform

import (
	"math"

	"github.com/belief-go/belief/internal/special"
)

// Simplex is the set of K positive numbers of sum one, by breaking a stick of length
// one: with k from 1 to K − 1,
//
//	x_k = r_k z_k,  z_k = 1/(1 + (K − k) exp(−y_k)),  r_{k+1} = r_k (1 − z_k),  r_1 = 1,
//
// and x_K = r_K, so that y = 0 is the middle, x = 1/K. These are the free coordinates
// of the Stan Reference Manual up to 2.36. The isometric log-ratio is the other usual
// choice; it treats all entries alike, but needs the largest log ratio before the
// first value. Sticks need one pass and no scratch, and lose no digits if what is
// left of the stick is taken as a product, as here, and not as 1 − Σ x: the values
// have a relative error below 4K units in the last place.
//
// The inverse gives y back to 4K units in the last place of max(|y|, 1), as long as
// all entries are above 2⁻¹⁰²². The smaller ones, which y of many hundreds brings
// about, are set to that number.
type Simplex struct {
	K int // length, at least 1
}

// Validate implements [Transform].
func (t Simplex) Validate() error { return checkSize("simplex", "K", t.K, 1, maxLen) }

// ConstrainedDim implements [Transform].
func (t Simplex) ConstrainedDim() int { return t.K }

// FreeDim implements [Transform].
func (t Simplex) FreeDim() int { return t.K - 1 }

// ForwardTo implements [Transform].
func (t Simplex) ForwardTo(dst, free []float64) []float64 {
	wantLen("free value", free, t.K-1)
	dst = dstFor(dst, t.K)
	rest := 1.0
	for k, y := range free {
		// z : 1−z is exp(y) : K−k, and the larger of both is divided by its sum.
		left := float64(t.K - 1 - k)
		if e := math.Exp(-math.Abs(y)); y > 0 {
			all := 1 + left*e
			dst[k] = max(rest/all, least)
			rest *= left * e / all
		} else {
			all := e + left
			dst[k] = max(rest*(e/all), least)
			rest *= left / all
		}
	}
	dst[t.K-1] = max(rest, least)
	return dst
}

// InverseTo implements [Transform]. The sum may be off by 1e-8.
func (t Simplex) InverseTo(dst, constrained []float64) ([]float64, error) {
	wantLen("constrained value", constrained, t.K)
	dst = dstFor(dst, t.K-1)
	rest := 0.0
	for k := t.K - 1; k >= 0; k-- {
		x := constrained[k]
		if !(x > 0 && x <= 1+slack) {
			return nil, &DomainError{"simplex", k, x, "positive and at most one"}
		}
		if k < t.K-1 {
			dst[k] = logDifference(x, 0) - logDifference(rest, 0) + math.Log(float64(t.K-1-k))
		}
		rest += x
	}
	if !(math.Abs(rest-1) <= slack) {
		return nil, &DomainError{"simplex", -1, rest, "a sum of one"}
	}
	return dst, nil
}

// LogJacobian returns Σ log r_k + log z_k + log(1 − z_k), that of the first K − 1
// entries.
func (t Simplex) LogJacobian(free []float64) float64 {
	wantLen("free value", free, t.K-1)
	sum, logRest := 0.0, 0.0
	for k, y := range free {
		logit := y - math.Log(float64(t.K-1-k))
		logOneMinus := special.LogLogistic(-logit)
		sum += logRest + logit + 2*logOneMinus // as log z = logit + log(1 − z)
		logRest += logOneMinus
	}
	return sum
}

// GradTo implements [Transform]. It goes back along the stick with the derivative in
// what is left of it.
func (t Simplex) GradTo(dst, free, constrained, grad []float64) []float64 {
	dst = gradArgs(dst, free, constrained, grad, t.FreeDim(), t.ConstrainedDim())
	inRest := grad[t.K-1]
	for k := t.K - 2; k >= 0; k-- {
		left := float64(t.K - 1 - k)
		e := math.Exp(-math.Abs(free[k]))
		z, oneMinus := e/(e+left), left/(e+left)
		if free[k] > 0 {
			z, oneMinus = 1/(1+left*e), left*e/(1+left*e)
		}
		g := grad[k]
		// x_k (1−z) may be tiny where g − inRest is huge, never the other way.
		dst[k] = constrained[k]*oneMinus*(g-inRest) + oneMinus - left*z
		inRest = g*z + inRest*oneMinus
	}
	return dst
}
