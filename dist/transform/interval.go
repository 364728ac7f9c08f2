package transform

import (
	"fmt"
	"math"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/special"
)

// Interval is the open interval from a to b, x = a + (b − a)/(1 + exp(−y)). Near an
// end the value has little room: the error of the inverse is a unit in the last place
// of the larger end, over the distance of x to the nearer one.
type Interval struct {
	Lower float64 // a
	Upper float64 // b
	N     int     // how many numbers; 0: 1
}

// Validate implements [Transform]. There must be a number between the ends, and the
// width must be finite.
func (t Interval) Validate() error {
	if err := checkFinite("interval", "Lower", t.Lower); err != nil {
		return err
	}
	if !finite(t.Upper) || !finite(t.Upper-t.Lower) || !(above(t.Lower) <= below(t.Upper)) {
		return &dist.ParameterError{Distribution: "interval", Parameter: "Upper", Value: t.Upper, Want: "greater than Lower, with room between them and a finite width"}
	}
	return checkSize("interval", "N", t.N, 0, maxLen)
}

// ConstrainedDim implements [Transform].
func (t Interval) ConstrainedDim() int { return atLeastOne(t.N) }

// FreeDim implements [Transform].
func (t Interval) FreeDim() int { return atLeastOne(t.N) }

// ForwardTo implements [Transform].
func (t Interval) ForwardTo(dst, free []float64) []float64 {
	wantLen("free value", free, t.FreeDim())
	dst = dstFor(dst, len(free))
	width, low, high := t.Upper-t.Lower, above(t.Lower), below(t.Upper)
	for i, y := range free {
		share := width * special.Logistic(-math.Abs(y)) // from the nearer end
		if y < 0 {
			dst[i] = max(t.Lower+share, low)
		} else {
			dst[i] = min(t.Upper-share, high)
		}
	}
	return dst
}

// InverseTo implements [Transform].
func (t Interval) InverseTo(dst, constrained []float64) ([]float64, error) {
	wantLen("constrained value", constrained, t.ConstrainedDim())
	dst = dstFor(dst, len(constrained))
	middle := t.Lower/2 + t.Upper/2
	for i, x := range constrained {
		if !(x > t.Lower && x < t.Upper) {
			return nil, &DomainError{"interval", i, x, fmt.Sprintf("between %v and %v", t.Lower, t.Upper)}
		}
		if off, right := x-middle, t.Upper-x; math.Abs(off) < 0.25*right {
			dst[i] = math.Log1p(2 * off / right)
		} else {
			dst[i] = logDifference(x, t.Lower) - logDifference(t.Upper, x)
		}
	}
	return dst, nil
}

// LogJacobian returns Σ log(b − a) − |y| − 2 log(1 + exp(−|y|)).
func (t Interval) LogJacobian(free []float64) float64 {
	wantLen("free value", free, t.FreeDim())
	width, sum := math.Log(t.Upper-t.Lower), 0.0
	for _, y := range free {
		y = math.Abs(y)
		sum += width - y - 2*math.Log1p(math.Exp(-y))
	}
	return sum
}

// GradTo implements [Transform].
func (t Interval) GradTo(dst, free, constrained, grad []float64) []float64 {
	dst = gradArgs(dst, free, constrained, grad, t.FreeDim(), t.ConstrainedDim())
	width := t.Upper - t.Lower
	for i, g := range grad {
		near := special.Logistic(-math.Abs(free[i])) // from the nearer end
		slope := math.Copysign(1-2*near, -free[i])
		dst[i] = g*(width*near*(1-near)) + slope
	}
	return dst
}
