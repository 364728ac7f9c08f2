package transform

import (
	"math"

	"github.com/belief-go/belief/dist"
)

// Affine shifts and scales real numbers, x = a + b y with b ≠ 0, so that y can be of
// about unit size where x is not.
type Affine struct {
	Location float64 // a
	Scale    float64 // b
	N        int     // how many numbers; 0: 1
}

// Validate implements [Transform].
func (t Affine) Validate() error {
	if err := checkFinite("affine transform", "Location", t.Location); err != nil {
		return err
	}
	if !finite(t.Scale) || t.Scale == 0 {
		return &dist.ParameterError{Distribution: "affine transform", Parameter: "Scale", Value: t.Scale, Want: "finite and not zero"}
	}
	return checkSize("affine transform", "N", t.N, 0, maxLen)
}

// ConstrainedDim implements [Transform].
func (t Affine) ConstrainedDim() int { return atLeastOne(t.N) }

// FreeDim implements [Transform].
func (t Affine) FreeDim() int { return atLeastOne(t.N) }

// ForwardTo implements [Transform]. Values beyond the range of float64 end there.
func (t Affine) ForwardTo(dst, free []float64) []float64 {
	wantLen("free value", free, t.FreeDim())
	dst = dstFor(dst, len(free))
	for i, y := range free {
		dst[i] = min(max(t.Location+t.Scale*y, -math.MaxFloat64), math.MaxFloat64)
	}
	return dst
}

// InverseTo implements [Transform]. The error of y is that of x − a, over b.
func (t Affine) InverseTo(dst, constrained []float64) ([]float64, error) {
	wantLen("constrained value", constrained, t.ConstrainedDim())
	dst = dstFor(dst, len(constrained))
	for i, x := range constrained {
		if !finite(x) {
			return nil, &DomainError{"affine transform", i, x, "finite"}
		}
		dst[i] = (x - t.Location) / t.Scale
	}
	return dst, nil
}

// LogJacobian returns N log |b|.
func (t Affine) LogJacobian(free []float64) float64 {
	wantLen("free value", free, t.FreeDim())
	return float64(len(free)) * math.Log(math.Abs(t.Scale))
}

// GradTo implements [Transform].
func (t Affine) GradTo(dst, free, constrained, grad []float64) []float64 {
	dst = gradArgs(dst, free, constrained, grad, t.FreeDim(), t.ConstrainedDim())
	for i, g := range grad {
		dst[i] = g * t.Scale
	}
	return dst
}
