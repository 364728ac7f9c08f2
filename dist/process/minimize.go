package process

import (
	"context"
	"errors"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"
)

// Minimization of a smooth function of a few variables by gonum's BFGS, which must be
// kept from three things: it takes NaN for a number, it runs the function in a
// goroutine where a panic ends the program, and it knows no context.

// An objective has a value, +Inf where it cannot be evaluated, and a gradient.
type objective struct {
	value    func(x []float64) float64
	gradient func(grad, x []float64)
}

// errEnd ends a search for good, errInfinite only the quick line search.
var (
	errEnd      = errors.New("the search is over")
	errInfinite = errors.New("a value that is not finite")
)

// minimize changes x until the gradient's greatest entry is below tol, three steps
// in a row gain less than 1e-11 of the value, no step leads down, the iterations are
// used up or the context ends, and returns the number of iterations. The value at x
// never rises. A value or a gradient that is not finite, or is beyond 1e100, is one
// that cannot be used: values are avoided, a gradient ends the search.
//
// The line search of Moré and Thuente needs the fewest evaluations and does not
// survive an infinity, bisection does. So the first goes as far as it can, and the
// second on from there.
func minimize(ctx context.Context, f objective, x []float64, iterations int, tol float64) int {
	least := math.Inf(1) // the value at x
	bisect := false
	var stop error
	var panicked any
	guard := func() {
		if p := recover(); p != nil {
			panicked, stop = p, errEnd
		}
	}
	problem := optimize.Problem{
		Func: func(at []float64) (value float64) {
			value = math.Inf(1)
			defer guard()
			if usable(at...) {
				if v := f.value(at); usable(v) {
					value = v
				}
			}
			if value < least {
				least = value
				copy(x, at)
			}
			if math.IsInf(value, 1) && !bisect {
				stop = errInfinite
			}
			return value
		},
		Grad: func(grad, at []float64) {
			clear(grad)
			if stop != nil {
				return
			}
			defer guard()
			if f.gradient(grad, at); !usable(grad...) {
				clear(grad)
				stop = errEnd
			}
		},
		Status: func() (optimize.Status, error) {
			if stop == nil && ctx.Err() != nil {
				stop = errEnd
			}
			if stop != nil {
				return optimize.Failure, stop
			}
			return optimize.NotTerminated, nil
		},
	}
	iterations = min(iterations, 1<<20)
	done := 0
	for done < iterations {
		before := least
		var search optimize.Linesearcher = &optimize.MoreThuente{}
		if bisect {
			search = &optimize.Bisection{}
		}
		result, err := optimize.Minimize(problem, x, &optimize.Settings{
			GradientThreshold: tol,
			Converger:         &optimize.FunctionConverge{Absolute: 1e-11, Relative: 1e-11, Iterations: 3},
			MajorIterations:   iterations - done + 1, // the start counts as one
			FuncEvaluations:   30 * (iterations - done),
		}, &optimize.BFGS{Linesearcher: search})
		if panicked != nil {
			panic(panicked)
		}
		if result != nil {
			done += max(0, result.MajorIterations-1)
		}
		rounding := stop == nil && err != nil && flat(result.Gradient, least) // the line search failed over it
		stuck := bisect && !(before-least > 1e-11*(1+math.Abs(least)))
		if err == nil || stop == errEnd || rounding || stuck {
			break
		}
		bisect, stop = true, nil // on from the best, straight down
		done++
	}
	return min(done, iterations)
}

// usable says whether numbers can be calculated with.
func usable(x ...float64) bool { return floats.Norm(x, math.Inf(1)) <= 1e100 && !floats.HasNaN(x) }

// flat says whether a gradient has vanished as far as rounding of the value allows.
func flat(grad []float64, value float64) bool {
	return floats.Norm(grad, math.Inf(1)) < 1e-4*(1+math.Abs(value))
}
