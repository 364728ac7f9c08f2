package process

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"
)

// Minimization of a smooth function of a few variables by BFGS (Nocedal & Wright
// 2006, algorithm 6.1) with the line search of Lewis & Overton (2013, Nonsmooth
// optimization via quasi-Newton methods, algorithm 2.6), which copes with values of
// +Inf on its way. gonum/optimize would do, and would bring all its multivariate
// distributions along.

// An objective has a value, +Inf where it cannot be evaluated, and a gradient.
type objective struct {
	value    func(x []float64) float64
	gradient func(grad, x []float64)
}

// minimize changes x until the gradient's greatest entry is below tol, three steps
// in a row gain less than 1e-11 of the value, the iterations are used up or the
// context ends, and returns the number of iterations. The value at x never rises.
func minimize(ctx context.Context, f objective, x []float64, iterations int, tol float64) int {
	n := len(x)
	h := make([]float64, n*n) // the inverse Hessian's approximation
	grad, next, nextGrad := make([]float64, n), make([]float64, n), make([]float64, n)
	dir, s, y, hy := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	value := f.value(x)
	f.gradient(grad, x)
	fresh, idle := true, 0 // h knows nothing yet; steps that gained nothing
	for it := range iterations {
		size := floats.Norm(grad, math.Inf(1))
		if !(size >= tol) || idle == 3 || ctx.Err() != nil {
			return it
		}
		if fresh {
			identity(h, n, 1/max(1, size))
		}
		for i := range dir {
			dir[i] = -floats.Dot(h[i*n:(i+1)*n], grad)
		}
		slope := floats.Dot(dir, grad)
		reached, ok := lineSearch(f, x, dir, value, slope, next, nextGrad)
		if !ok {
			if fresh {
				return it
			}
			fresh = true // once more, straight down
			continue
		}
		floats.SubTo(s, next, x)
		floats.SubTo(y, nextGrad, grad)
		copy(x, next)
		copy(grad, nextGrad)
		if idle++; value-reached > 1e-11*(1+math.Abs(value)) {
			idle = 0
		}
		value = reached
		sy := floats.Dot(s, y)
		if !(sy > 1e-300) {
			fresh = true
			continue
		}
		if fresh {
			identity(h, n, sy/floats.Dot(y, y))
			fresh = false
		}
		for i := range hy {
			hy[i] = floats.Dot(h[i*n:(i+1)*n], y)
		}
		c := (1 + floats.Dot(y, hy)/sy) / sy
		for i := range n {
			for j := range n {
				h[i*n+j] += c*s[i]*s[j] - (hy[i]*s[j]+s[i]*hy[j])/sy
			}
		}
	}
	return iterations
}

func identity(h []float64, n int, scale float64) {
	clear(h)
	for i := range n {
		h[i*n+i] = scale
	}
}

// lineSearch looks for a step along dir that lowers the value enough and flattens
// the slope enough, the weak conditions of Wolfe, by doubling and bisection. It
// writes where it ends to next; ok is false if nothing lower was found.
func lineSearch(f objective, x, dir []float64, value, slope float64, next, nextGrad []float64) (reached float64, ok bool) {
	if !(slope < 0) {
		return value, false
	}
	low, high, step := 0.0, math.Inf(1), 1.0
	for range 30 {
		floats.AddScaledTo(next, x, step, dir)
		if floats.Equal(next, x) {
			break
		}
		v := f.value(next)
		if !(v <= value+1e-4*step*slope) {
			high = step
		} else {
			f.gradient(nextGrad, next)
			reached, ok = v, true
			if floats.Dot(nextGrad, dir) >= 0.9*slope {
				return reached, true
			}
			low = step
		}
		if math.IsInf(high, 1) {
			step = 2 * low
		} else {
			step = (low + high) / 2
		}
	}
	if low > 0 { // the slope is still steep, yet it is lower
		floats.AddScaledTo(next, x, low, dir)
		reached = f.value(next)
		f.gradient(nextGrad, next)
		return reached, true
	}
	return value, false
}
