package mcmc

import (
	"fmt"
	"math"
	"slices"
)

// A GradientError says in which coordinate a gradient disagrees with the density.
type GradientError struct {
	Coordinate int       // counted from 0
	X          []float64 // the point
	Gradient   float64   // what the target returns
	Difference float64   // what differences of its log density give
	Tolerance  float64   // the most that the two may differ
}

// Error names the coordinate and both values.
func (e *GradientError) Error() string {
	return fmt.Sprintf("mcmc: coordinate %d of the gradient is %.10g, but differences of the log density give %.10g (± %.2g) at x = %s",
		e.Coordinate, e.Gradient, e.Difference, e.Tolerance, formatPoint(e.X))
}

// CheckGradient compares the gradient of a target at x with differences of its
// log density, extrapolated to vanishing steps (Ridders 1982). It costs some
// twenty evaluations for each coordinate. The error is a [*GradientError] for the
// coordinate with the greatest disagreement, or a [*TargetError]. It is nil where
// the density at x is zero: try another point. It panics if x has not the
// target's dimension.
func CheckGradient(t GradTarget, x []float64) error {
	n := t.Dim()
	if len(x) != n {
		panic("mcmc: the point has not the target's dimension")
	}
	g := NewGuard(t)
	grad, y := make([]float64, n), slices.Clone(x)
	l, err := g.LogDensityGrad(x, grad)
	if err != nil || math.IsInf(l, -1) {
		return err
	}
	var worst *GradientError
	excess := 1.0
	for i := range n {
		slope, bound, err := ridders(func(v float64) (float64, error) {
			y[i] = v
			l, err := g.LogDensity(y)
			y[i] = x[i]
			return l, err
		}, x[i], math.Abs(l))
		if err != nil {
			return err
		}
		tolerance := 10*bound + 1e-6*max(math.Abs(grad[i]), math.Abs(slope))
		if e := math.Abs(grad[i]-slope) / tolerance; e > excess {
			worst, excess = &GradientError{i, slices.Clone(x), grad[i], slope, tolerance}, e
		}
	}
	if worst != nil {
		return worst
	}
	return nil
}

// ridders returns the derivative of f at x and a bound of its error. The size is
// that of values of f, whose rounding matters.
func ridders(f func(float64) (float64, error), x, size float64) (slope, bound float64, err error) {
	const rows, shrink = 10, 2.0
	var table [rows][rows]float64
	h := 0.1 * max(math.Abs(x), 0.1)
	bound = math.Inf(1)
	for i := range rows {
		up, err := f(x + h)
		if err != nil {
			return 0, 0, err
		}
		down, err := f(x - h)
		if err != nil {
			return 0, 0, err
		}
		table[i][0] = (up - down) / (2 * h)
		rounding := 1e-15 * (size + math.Abs(up) + math.Abs(down)) / h
		factor := shrink * shrink
		for j := 1; j <= i; j++ {
			table[i][j] = (table[i][j-1]*factor - table[i-1][j-1]) / (factor - 1)
			factor *= shrink * shrink
			e := max(math.Abs(table[i][j]-table[i][j-1]), math.Abs(table[i][j]-table[i-1][j-1])) + rounding
			if e < bound {
				slope, bound = table[i][j], e
			}
		}
		h /= shrink
	}
	return slope, bound, nil
}
