package mcmc

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// A GradientError says in which coordinate a gradient disagrees with the density,
// is not finite, or cannot be checked.
type GradientError struct {
	Coordinate int       // counted from 0
	X          []float64 // the point
	Gradient   float64   // what the target returns
	Difference float64   // what differences of its log density give; NaN if there are none to be had
	Tolerance  float64   // the most that the two may differ
}

// Error names the coordinate and both values.
func (e *GradientError) Error() string {
	if math.IsNaN(e.Difference) {
		return fmt.Sprintf("mcmc: coordinate %d of the gradient is %.10g, which differences cannot check: the density is zero on both sides of x = %s",
			e.Coordinate, e.Gradient, formatPoint(e.X))
	}
	return fmt.Sprintf("mcmc: coordinate %d of the gradient is %.10g, but differences of the log density give %.10g (± %.2g) at x = %s",
		e.Coordinate, e.Gradient, e.Difference, e.Tolerance, formatPoint(e.X))
}

var (
	errNoNumber    = errors.New("the log density is NaN")
	errNoDensityAt = fmt.Errorf("%w: the density is zero, and its gradient cannot be checked; try another point", ErrReject)
)

// CheckGradient compares the gradient of a target at x with differences of its log
// density over steps of many sizes, so that the scale of the density does not
// matter. Beyond one edge of the support the differences are one-sided. It costs
// some hundred evaluations for each coordinate.
//
// The error is a [*GradientError] for the coordinate with the greatest
// disagreement, or for one that is not finite or cannot be checked; or a
// [*TargetError] where the target fails, its density is zero or not a number. What
// disagrees by less than the rounding of the log density allows to see passes. It
// panics if x has not the target's dimension.
func CheckGradient(t GradTarget, x []float64) error {
	n := t.Dim()
	if len(x) != n {
		panic("mcmc: the point has not the target's dimension")
	}
	g := NewGuard(t)
	if !g.HasGrad() {
		panic("mcmc: the target has no gradient")
	}
	grad, y := make([]float64, n), slices.Clone(x)
	if err := g.unjudged(y, grad); err != nil {
		return err
	}
	center, err := g.LogDensity(y)
	if err != nil {
		return err
	}
	if math.IsInf(center, -1) {
		return &TargetError{X: slices.Clone(x), Err: errNoDensityAt}
	}
	var worst *GradientError
	excess := 1.0
	for i := range n {
		slope, bound, err := slopeAt(func(v float64) (float64, error) {
			y[i] = v
			l, err := g.LogDensity(y)
			y[i] = x[i]
			return l, err
		}, x[i], center)
		if err != nil {
			return err
		}
		tolerance := 2*bound + agreement*max(math.Abs(grad[i]), math.Abs(slope))
		e := math.Abs(grad[i]-slope) / tolerance
		if math.IsNaN(slope) || grad[i]-grad[i] != 0 {
			tolerance = 2 * bound
			e = math.Inf(1)
		}
		if e > excess {
			worst, excess = &GradientError{i, slices.Clone(x), grad[i], slope, tolerance}, e
		}
	}
	if worst != nil {
		return worst
	}
	return nil
}

// unjudged calls the target for its gradient and lets only a finite log density
// pass, whatever the gradient.
func (g *Guard) unjudged(x, grad []float64) error {
	l, err := func() (l float64, err error) {
		defer g.recovered(x, &l, &err)
		return g.grad.LogDensityGrad(x, grad)
	}()
	switch {
	case err != nil && errors.As(err, new(*TargetError)):
		return err
	case err != nil:
	case math.IsNaN(l):
		err = errNoNumber
	case math.IsInf(l, 1):
		err = ErrPositiveInfinity
	case math.IsInf(l, -1):
		err = errNoDensityAt
	default:
		return nil
	}
	return &TargetError{X: slices.Clone(x), Err: err}
}

// agreement is the relative difference that passes: gradients that come from the
// solution of a differential equation are no better.
const agreement = 1e-5

// The steps of slopeAt.
const (
	mostSlopes = 60      // sizes of steps, each a quarter of the one before
	finer      = 6       // sizes, over which curvature vanishes beside rounding
	roundoff   = 0x1p-52 // of values, relative
	leastStep  = 0x1p-48 // relative to x, so that x ± h is exact
	noiseSafe  = 4       // noise is known from a few values only
	coarsest   = 1e-6    // relative: what f changes by, if it is more, is no rounding
)

// slopeAt returns the derivative of f at x, where f is finite, and a bound of its
// error; NaN if f is −Inf on both sides.
//
// Which step is right nobody knows beforehand: wide ones leave the place, short ones
// drown in rounding. So all are tried, each extrapolated with the next (Richardson
// 1911) and with a bound of its own, for what extrapolation changes and for the
// noise of f. That is read off the even part of f around x, which a smooth f loses
// quickly as steps become finer. From the finest step on, wider ones are then taken as
// long as their intervals have a point in common (Lepski 1991), and the narrowest
// of these is the answer: a wide step that sees another slope than the fine ones is
// not believed, however well it agrees with its like.
func slopeAt(f func(float64) (float64, error), x, center float64) (slope, bound float64, err error) {
	var up, down [mostSlopes]float64
	first := math.Exp2(math.Ceil(math.Log2(max(math.Abs(x), 1))))
	count := 0
	for h := first; count < mostSlopes && h >= leastStep*math.Abs(x); h /= 4 {
		if up[count], err = f(x + h); err != nil {
			return 0, 0, err
		}
		if down[count], err = f(x - h); err != nil {
			return 0, 0, err
		}
		count++
	}
	slope, bound = math.NaN(), math.Inf(1)
	last := count - 1
	inside := func(k int) (right, left bool) { return up[k]-up[k] == 0, down[k]-down[k] == 0 }
	right, left := inside(last)
	if !right && !left {
		return slope, bound, nil
	}
	// difference is the slope over step k, and part twice the even part beside it.
	difference := func(k int) (d, part float64) {
		h := math.Ldexp(first, -2*k)
		switch {
		case right && left:
			return (up[k] - down[k]) / (2 * h), math.Abs((up[k] - center) + (down[k] - center))
		case right:
			return (up[k] - center) / h, 0
		}
		return (center - down[k]) / h, 0
	}
	factor := 4.0 // by which the error falls with the next step
	if right && left {
		factor = 16
	}
	extrapolated := func(k int) float64 {
		a, _ := difference(k)
		b, _ := difference(k + 1)
		return b + (b-a)/(factor-1)
	}
	noise, low, high := 0.0, math.Inf(-1), math.Inf(1)
	for k := last; k > last-finer && k >= 0; k-- {
		if r, l := inside(k); r != right || l != left {
			break
		}
		_, part := difference(k)
		noise = max(noise, part)
	}
	for k := last; k >= 0; k-- { // steps too fine to change f show how coarse it is
		q := math.Max(math.Abs(up[k]-center), math.Abs(down[k]-center))
		if !(right && left) {
			q = math.Min(math.Abs(up[k]-center), math.Abs(down[k]-center))
		}
		if q != 0 {
			if k < last && q < coarsest*max(math.Abs(center), 1) {
				noise = max(noise, q)
			}
			break
		}
	}
	for k := last - 2; k >= 0; k-- {
		if r, l := inside(k); right && !r || left && !l {
			break
		}
		if k+finer <= last {
			_, part := difference(k + finer)
			noise = max(noise, part)
		}
		s, next := extrapolated(k), extrapolated(k+1)
		h := math.Ldexp(first, -2*(k+2)) // the finest that next has seen
		size := math.Abs(center) + max(math.Abs(up[k+2]), math.Abs(down[k+2]))
		if !(right && left) {
			size = 16 * math.Abs(center)
		}
		b := math.Abs(s-next) + (noiseSafe*noise+roundoff*size)/h
		low, high = max(low, next-b), min(high, next+b)
		if !(low <= high) {
			break
		}
		if b < bound {
			slope, bound = next, b
		}
	}
	return slope, bound, nil
}
