package transform

import "math"

// Ordered is the set of increasing vectors, x₁ < x₂ < … < x_K: x₁ = y₁, or exp(y₁) if
// they are to be positive, and x_k = x_{k−1} + exp(y_k). A step that is small against
// x_{k−1} leaves little of itself in x: the error of the inverse is a unit in the last
// place of x_k or x_{k−1}, whichever is larger, over the step. Sums beyond the range
// of float64 end there, and are equal then.
type Ordered struct {
	K        int  // length, at least 1
	Positive bool // all numbers are positive
}

// Validate implements [Transform].
func (t Ordered) Validate() error { return checkSize("ordered", "K", t.K, 1, maxLen) }

// ConstrainedDim implements [Transform].
func (t Ordered) ConstrainedDim() int { return t.K }

// FreeDim implements [Transform].
func (t Ordered) FreeDim() int { return t.K }

// ForwardTo implements [Transform].
func (t Ordered) ForwardTo(dst, free []float64) []float64 {
	wantLen("free value", free, t.K)
	dst = dstFor(dst, t.K)
	x := free[0]
	if t.Positive {
		x = expIn(x)
	}
	dst[0] = x
	for k := 1; k < len(free); k++ {
		x = min(max(x+math.Exp(free[k]), above(x)), math.MaxFloat64)
		dst[k] = x
	}
	return dst
}

// InverseTo implements [Transform].
func (t Ordered) InverseTo(dst, constrained []float64) ([]float64, error) {
	wantLen("constrained value", constrained, t.K)
	dst = dstFor(dst, t.K)
	first := constrained[0]
	if !finite(first) {
		return nil, &DomainError{"ordered", 0, first, "finite"}
	}
	if t.Positive {
		if first <= 0 {
			return nil, &DomainError{"ordered", 0, first, "positive"}
		}
		first = logDifference(first, 0)
	}
	for k := t.K - 1; k > 0; k-- { // from the end, for the sake of in-place use
		x := constrained[k]
		if !finite(x) || !(x > constrained[k-1]) {
			return nil, &DomainError{"ordered", k, x, "finite and greater than the one before"}
		}
		dst[k] = logDifference(x, constrained[k-1])
	}
	dst[0] = first
	return dst, nil
}

// LogJacobian returns y₂ + … + y_K, and y₁ on top if all are positive.
func (t Ordered) LogJacobian(free []float64) float64 {
	wantLen("free value", free, t.K)
	sum := 0.0
	for _, y := range free[1:] {
		sum += y
	}
	if t.Positive {
		sum += free[0]
	}
	return sum
}

// GradTo implements [Transform]: exp(y_k) (g_k + … + g_K) + 1 after the first.
func (t Ordered) GradTo(dst, free, constrained, grad []float64) []float64 {
	dst = gradArgs(dst, free, constrained, grad, t.FreeDim(), t.ConstrainedDim())
	sum := 0.0
	for k := t.K - 1; k > 0; k-- {
		sum += grad[k]
		dst[k] = sum*expIn(free[k]) + 1
	}
	sum += grad[0]
	if t.Positive {
		sum = sum*constrained[0] + 1
	}
	dst[0] = sum
	return dst
}
