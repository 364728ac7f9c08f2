package montecarlo

import (
	"fmt"
	"math"
)

// Tangents are an envelope only if the slopes are those of the density. Where what
// is known of it cannot be concave, a difference quotient tells whether the slope is
// at fault.

// A SlopeError says where the Slope of a [LogConcave] is not the derivative of its
// LogDensity.
type SlopeError struct {
	X          float64 // where
	Slope      float64 // what Slope is there
	Difference float64 // a difference quotient of LogDensity
}

// Error names the point.
func (e *SlopeError) Error() string {
	return fmt.Sprintf("montecarlo: Slope is not the derivative of LogDensity: at x = %v it is %.6g, and a difference quotient gives %.6g", e.X, e.Slope, e.Difference)
}

// checkSlope compares the slope at p with the density at a small distance on either
// side. At a corner any slope between those of both sides will do.
func (h *Hull) checkSlope(p point, distance float64) error {
	var quotient [2]float64
	known := [2]bool{}
	for side, x := range [2]float64{p.x - distance, p.x + distance} {
		if !(x > h.s.Lower && x < h.s.Upper) || x == p.x {
			continue
		}
		q, err := h.evaluate(x)
		if err != nil {
			return err
		}
		quotient[side] = (q.l - p.l) / (x - p.x)
		known[side] = !math.IsInf(q.l, -1)
	}
	rounding := 1e-9 * (1 + math.Abs(p.l)) / distance
	differs := func(d float64) bool {
		return math.Abs(d-p.slope) > 1e-3*(math.Abs(d)+math.Abs(p.slope))+rounding
	}
	left, right := quotient[0], quotient[1]
	below := known[0] && p.slope > left && differs(left) || known[1] && p.slope < right && differs(right)
	if !below {
		return nil // the tangent is above the density on both sides
	}
	middle := left + right // of one of them the other is 0
	if known[0] && known[1] {
		if middle = 0.5*left + 0.5*right; !differs(middle) {
			return nil // the density is not concave here, but this is its slope
		}
	}
	return &SlopeError{X: p.x, Slope: p.slope, Difference: middle}
}

// checkTangents holds two points against each other: the tangent of either is above
// the other. Slopes may be wrong by a ten-millionth.
func (h *Hull) checkTangents(p, q point) error {
	if h.s.Slope == nil || math.IsInf(p.l, -1) || math.IsInf(q.l, -1) {
		return nil
	}
	d := q.x - p.x
	slack := 1e-9 * (1 + math.Abs(p.l) + math.Abs(q.l))
	if top := p.l + p.slope*d; q.l > top+slack+1e-7*math.Abs(p.slope*d) {
		return &ConcavityError{X: q.x, LogDensity: q.l, Problem: fmt.Sprintf("above %.9g, which the tangent at %g does not allow", top, p.x)}
	}
	if top := q.l - q.slope*d; p.l > top+slack+1e-7*math.Abs(q.slope*d) {
		return &ConcavityError{X: q.x, LogDensity: q.l, Problem: fmt.Sprintf("with a tangent of slope %.6g, which is %.9g at %g, where the log density is %.9g", q.slope, top, p.x, p.l)}
	}
	return nil
}

// blame finds out whether an error of concavity is one of the slopes at points that
// are at the given distance from each other.
func (h *Hull) blame(err error, distance float64, points ...point) error {
	if h.s.Slope == nil {
		return err
	}
	for _, p := range points {
		if math.IsInf(p.l, -1) {
			continue
		}
		if wrong := h.checkSlope(p, 1e-3*distance); wrong != nil {
			return wrong
		}
	}
	return err
}
