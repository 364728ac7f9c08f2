package transform

import (
	"fmt"
	"math"
)

// Positive is the set of positive numbers, x = exp(y). The inverse, log x, has an
// error of a unit in the last place, or of 2e-16 if that is more.
type Positive struct {
	N int // how many numbers; 0: 1
}

// Validate implements [Transform].
func (t Positive) Validate() error { return checkSize("positive", "N", t.N, 0, maxLen) }

// ConstrainedDim implements [Transform].
func (t Positive) ConstrainedDim() int { return atLeastOne(t.N) }

// FreeDim implements [Transform].
func (t Positive) FreeDim() int { return atLeastOne(t.N) }

// ForwardTo implements [Transform].
func (t Positive) ForwardTo(dst, free []float64) []float64 {
	wantLen("free value", free, t.FreeDim())
	dst = dstFor(dst, len(free))
	for i, y := range free {
		dst[i] = expIn(y)
	}
	return dst
}

// InverseTo implements [Transform].
func (t Positive) InverseTo(dst, constrained []float64) ([]float64, error) {
	return boundInverse("positive", "greater", dst, constrained, 0, 1, t.FreeDim())
}

// LogJacobian returns Σ y.
func (t Positive) LogJacobian(free []float64) float64 { return boundLogJacobian(free, t.FreeDim()) }

// GradTo implements [Transform]: x g + 1.
func (t Positive) GradTo(dst, free, constrained, grad []float64) []float64 {
	dst = gradArgs(dst, free, constrained, grad, t.FreeDim(), t.ConstrainedDim())
	for i, g := range grad {
		dst[i] = g*constrained[i] + 1
	}
	return dst
}

// Lower is the set of numbers greater than a bound, x = a + exp(y). Where exp(y) is
// small against a, little of it is left in x: the error of the inverse is a unit in
// the last place of x or a, whichever is larger, over x − a.
type Lower struct {
	Bound float64 // a
	N     int     // how many numbers; 0: 1
}

// Validate implements [Transform].
func (t Lower) Validate() error { return boundValidate("lower bound", t.Bound, t.N) }

// ConstrainedDim implements [Transform].
func (t Lower) ConstrainedDim() int { return atLeastOne(t.N) }

// FreeDim implements [Transform].
func (t Lower) FreeDim() int { return atLeastOne(t.N) }

// ForwardTo implements [Transform].
func (t Lower) ForwardTo(dst, free []float64) []float64 {
	return boundForward(dst, free, t.Bound, 1, t.FreeDim())
}

// InverseTo implements [Transform].
func (t Lower) InverseTo(dst, constrained []float64) ([]float64, error) {
	return boundInverse("lower bound", "greater", dst, constrained, t.Bound, 1, t.FreeDim())
}

// LogJacobian returns Σ y.
func (t Lower) LogJacobian(free []float64) float64 { return boundLogJacobian(free, t.FreeDim()) }

// GradTo implements [Transform]: g exp(y) + 1.
func (t Lower) GradTo(dst, free, constrained, grad []float64) []float64 {
	return boundGrad(dst, free, constrained, grad, 1, t.FreeDim())
}

// Upper is the set of numbers less than a bound, x = b − exp(y), with the errors of
// [Lower].
type Upper struct {
	Bound float64 // b
	N     int     // how many numbers; 0: 1
}

// Validate implements [Transform].
func (t Upper) Validate() error { return boundValidate("upper bound", t.Bound, t.N) }

// ConstrainedDim implements [Transform].
func (t Upper) ConstrainedDim() int { return atLeastOne(t.N) }

// FreeDim implements [Transform].
func (t Upper) FreeDim() int { return atLeastOne(t.N) }

// ForwardTo implements [Transform].
func (t Upper) ForwardTo(dst, free []float64) []float64 {
	return boundForward(dst, free, t.Bound, -1, t.FreeDim())
}

// InverseTo implements [Transform].
func (t Upper) InverseTo(dst, constrained []float64) ([]float64, error) {
	return boundInverse("upper bound", "less", dst, constrained, t.Bound, -1, t.FreeDim())
}

// LogJacobian returns Σ y.
func (t Upper) LogJacobian(free []float64) float64 { return boundLogJacobian(free, t.FreeDim()) }

// GradTo implements [Transform]: 1 − g exp(y).
func (t Upper) GradTo(dst, free, constrained, grad []float64) []float64 {
	return boundGrad(dst, free, constrained, grad, -1, t.FreeDim())
}

// Lower and Upper differ in a sign: x = bound + sign·exp(y).

func boundValidate(name string, bound float64, n int) error {
	if err := checkFinite(name, "Bound", bound); err != nil {
		return err
	}
	return checkSize(name, "N", n, 0, maxLen)
}

func boundForward(dst, free []float64, bound, sign float64, n int) []float64 {
	wantLen("free value", free, n)
	dst = dstFor(dst, n)
	inside := above(sign * bound) // of the mirrored set, whose bound is a lower one
	for i, y := range free {
		dst[i] = sign * min(max(sign*bound+math.Exp(y), inside), math.MaxFloat64)
	}
	return dst
}

func boundInverse(name, side string, dst, constrained []float64, bound, sign float64, n int) ([]float64, error) {
	wantLen("constrained value", constrained, n)
	dst = dstFor(dst, n)
	for i, x := range constrained {
		if !finite(x) || sign*x <= sign*bound {
			return nil, &DomainError{name, i, x, fmt.Sprintf("finite and %s than %v", side, bound)}
		}
		dst[i] = logDifference(sign*x, sign*bound)
	}
	return dst, nil
}

// logDifference returns log(x − a) for x > a, also if the difference overflows or
// falls below the normal range.
func logDifference(x, a float64) float64 {
	switch d := x - a; {
	case d < least:
		return math.Log(d*0x1p60) - 60*math.Ln2
	case d > math.MaxFloat64:
		return math.Log(x/2-a/2) + math.Ln2
	default:
		return math.Log(d)
	}
}

func boundLogJacobian(free []float64, n int) float64 {
	wantLen("free value", free, n)
	sum := 0.0
	for _, y := range free {
		sum += y
	}
	return sum
}

func boundGrad(dst, free, constrained, grad []float64, sign float64, n int) []float64 {
	dst = gradArgs(dst, free, constrained, grad, n, n)
	for i, g := range grad {
		dst[i] = sign*g*expIn(free[i]) + 1
	}
	return dst
}
