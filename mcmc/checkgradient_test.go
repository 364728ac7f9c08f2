package mcmc

import (
	"errors"
	"math"
	"testing"
)

// Right gradients pass at any scale and near edges, and wrong ones are found there:
// by a factor, by a sign, and where nothing is left of them.
func TestCheckGradientScales(t *testing.T) {
	logistic := func(s float64) func(x float64) (l, g float64) {
		return func(x float64) (l, g float64) {
			e := math.Exp(-math.Abs(x) / s)
			return -math.Abs(x)/s - 2*math.Log1p(e), -math.Copysign((1-e)/(1+e), x) / s
		}
	}
	normal := func(m, s, c float64) func(x float64) (l, g float64) {
		return func(x float64) (l, g float64) { z := (x - m) / s; return c - z*z/2, -z / s }
	}
	cancelling := func(x float64) (l, g float64) { return (1e8*(1+x/3) - (x-3)*(x-3)/2) - 1e8*(1+x/3), 3 - x }
	gamma := func(x float64) (l, g float64) { // with shape 2
		if x <= 0 {
			return math.Inf(-1), 0
		}
		return math.Log(x) - x, 1/x - 1
	}
	exponential := func(x float64) (l, g float64) {
		if x < 0 {
			return math.Inf(-1), 0
		}
		return -x, -1
	}
	for _, c := range []struct {
		name string
		f    func(x float64) (l, g float64)
		x    float64
	}{
		{"logistic 1", logistic(1), 0.5},
		{"logistic 1e-5", logistic(1e-5), 1e-5},
		{"logistic 1e-6", logistic(1e-6), 1e-6},
		{"logistic 1e-8", logistic(1e-8), 1e-8},
		{"logistic 1e-20", logistic(1e-20), 3e-20},
		{"logistic 1e6", logistic(1e6), 1e6},
		{"normal far away", normal(0, 1, 0), 1e8},
		{"normal with a large constant", normal(0, 1, -1e6), 2},
		{"narrow normal far from 0", normal(1e3, 1e-5, 0), 1e3 + 2e-5},
		{"wide normal", normal(0, 1e5, -10), 3e4},
		{"terms that cancel", cancelling, 1.3},
		{"terms that cancel at 0", cancelling, 0},
		{"flat with soft walls", func(x float64) (l, g float64) { d := max(0, math.Abs(x)-1); return -d * d, -2 * math.Copysign(d, x) }, 1.5},
		{"gamma at 1e-5", gamma, 1e-5},
		{"gamma at 1e-12", gamma, 1e-12},
		{"gamma at 1e12", gamma, 1e12},
		{"exponential at its edge", exponential, 0},
		{"exponential at its edge, mirrored", func(x float64) (float64, float64) { l, g := exponential(-x); return l, -g }, 0},
	} {
		for change, f := range map[string]func(g float64) float64{
			"right": func(g float64) float64 { return g }, "seven times": func(g float64) float64 { return 7 * g },
			"1e-3 more": func(g float64) float64 { return 1.001 * g }, "negative": func(g float64) float64 { return -g },
			"zero": func(float64) float64 { return 0 }, "NaN": func(float64) float64 { return math.NaN() },
			"+Inf": func(float64) float64 { return math.Inf(1) },
		} {
			target := GradFunc(2, func(x, grad []float64) float64 {
				l, g := c.f(x[1])
				grad[0], grad[1] = -x[0], f(g)
				return l - x[0]*x[0]/2
			})
			err := CheckGradient(target, []float64{0.3, c.x})
			var bad *GradientError
			if errors.As(err, &bad) == (change == "right") || bad != nil && bad.Coordinate != 1 {
				t.Errorf("%s, %s: %v", c.name, change, err)
			} else if _, g := c.f(c.x); bad != nil && math.Abs(bad.Difference-g) > bad.Tolerance {
				t.Errorf("%s, %s: %v, but it is %v", c.name, change, err, g)
			}
		}
	}
}

// Where the density is flat any slope but zero is wrong, however far the walls.
func TestCheckGradientFlat(t *testing.T) {
	for slope, right := range map[float64]bool{0: true, 1e-3: false, -1: false} {
		for _, wall := range []float64{0.1, 1, math.Inf(1)} {
			err := CheckGradient(GradFunc(1, func(x, grad []float64) float64 {
				d := max(0, math.Abs(x[0])-wall)
				grad[0] = slope
				return -d * d
			}), []float64{0.01})
			if (err == nil) != right {
				t.Errorf("slope %g, walls at %g: %v", slope, wall, err)
			}
		}
	}
}

// A small wrinkle is not overlooked for the wide slope that it lies on.
func TestCheckGradientWrinkle(t *testing.T) {
	for _, slope := range []float64{-1, 9} {
		err := CheckGradient(GradFunc(1, func(x, grad []float64) float64 {
			grad[0] = slope
			return -x[0]*x[0]/2 + 1e-9*math.Sin((x[0]-1)*1e10)
		}), []float64{1})
		if (err == nil) != (slope == 9) {
			t.Errorf("slope %g: %v", slope, err)
		}
	}
}

// What cannot be checked is told, with its type.
func TestCheckGradientUnchecked(t *testing.T) {
	point := GradFunc(1, func(x, grad []float64) float64 {
		grad[0] = 1
		if x[0] != 2 {
			return math.Inf(-1)
		}
		return 0
	})
	var bad *GradientError
	if err := CheckGradient(point, []float64{2}); !errors.As(err, &bad) || !math.IsNaN(bad.Difference) || err.Error() !=
		"mcmc: coordinate 0 of the gradient is 1, which differences cannot check: the density is zero on both sides of x = [2]" {
		t.Error(err)
	}
	var failed *TargetError
	if err := CheckGradient(point, []float64{3}); !errors.As(err, &failed) || !errors.Is(err, ErrReject) {
		t.Errorf("where the density is zero: %v", err)
	}
	for l, want := range map[float64]error{math.NaN(): errNoNumber, math.Inf(1): ErrPositiveInfinity} {
		target := GradFunc(1, func(x, grad []float64) float64 { grad[0] = 0; return l })
		if err := CheckGradient(target, []float64{3}); !errors.As(err, &failed) || !errors.Is(err, want) {
			t.Errorf("log density %v: %v", l, err)
		}
	}
	thrown := errors.New("broken")
	target := GradFunc(1, func(x, grad []float64) float64 { panic(thrown) })
	if err := CheckGradient(target, []float64{3}); !errors.As(err, &failed) || !errors.Is(err, thrown) || failed.Stack == "" {
		t.Errorf("panic: %v", err)
	}
}
