package process

import (
	"context"
	"math"
	"testing"
)

// The minimizer on functions whose minima are known; one of them is infinite off a
// disc.
func TestMinimize(t *testing.T) {
	rosenbrock := objective{
		func(x []float64) float64 { a, b := 1-x[0], x[1]-x[0]*x[0]; return a*a + 100*b*b },
		func(g, x []float64) {
			b := x[1] - x[0]*x[0]
			g[0], g[1] = -2*(1-x[0])-400*x[0]*b, 200*b
		},
	}
	barrier := objective{
		func(x []float64) float64 {
			s := 1 - (x[0]-1)*(x[0]-1) - (x[1]-1)*(x[1]-1)
			if s <= 0 {
				return math.Inf(1)
			}
			return -math.Log(s)
		},
		func(g, x []float64) {
			s := 1 - (x[0]-1)*(x[0]-1) - (x[1]-1)*(x[1]-1)
			g[0], g[1] = 2*(x[0]-1)/s, 2*(x[1]-1)/s
		},
	}
	for name, k := range map[string]struct {
		f objective
		x []float64
	}{"rosenbrock": {rosenbrock, []float64{-1.2, 1}}, "far": {rosenbrock, []float64{50, -30}}, "barrier": {barrier, []float64{1.9, 1.3}}} {
		n := minimize(context.Background(), k.f, k.x, 500, 1e-9)
		if math.Abs(k.x[0]-1) > 1e-7 || math.Abs(k.x[1]-1) > 1e-7 || n == 500 {
			t.Errorf("%s: ends at %v after %d iterations", name, k.x, n)
		}
	}
	last := math.Inf(1) // a longer run ends lower
	for n := range 30 {
		x := []float64{-1.2, 1}
		minimize(context.Background(), rosenbrock, x, n, 1e-9)
		if v := rosenbrock.value(x); v > last {
			t.Errorf("%d iterations end at %v, fewer at %v", n, v, last)
		} else {
			last = v
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if n := minimize(ctx, rosenbrock, []float64{0, 0}, 10, 1e-9); n != 0 {
		t.Errorf("%d iterations after cancelling", n)
	}
	down := objective{func(x []float64) float64 { return -x[0] }, func(g, _ []float64) { g[0] = -1 }} // no minimum
	minimize(context.Background(), down, []float64{0}, 50, 1e-9)
}

// Whatever an objective returns, the search ends after few evaluations at a point that
// is no worse than the start, and no calculation is made at a point that is none.
func TestMinimizeOddities(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	square := func(x []float64) float64 { return x[0]*x[0] + x[1]*x[1] }
	slope := func(g, x []float64) { g[0], g[1] = 2*x[0], 2*x[1] }
	off := func(bad float64) func(x []float64) float64 { // no number where the first coordinate is below 1
		return func(x []float64) float64 {
			if x[0] < 1 {
				return bad
			}
			return square(x)
		}
	}
	constant := func(v float64) func(g, x []float64) {
		return func(g, x []float64) { g[0], g[1] = v, v }
	}
	calls := 0
	for name, k := range map[string]struct {
		f     objective
		least float64 // the value that is reached at least
	}{
		"NaN below":         {objective{off(nan), slope}, 1.5},
		"+Inf below":        {objective{off(inf), slope}, 1.5},
		"-Inf below":        {objective{off(-inf), slope}, 1.5},
		"NaN":               {objective{func([]float64) float64 { return nan }, slope}, inf},
		"-Inf":              {objective{func([]float64) float64 { return -inf }, slope}, inf},
		"gradient NaN":      {objective{square, constant(nan)}, 13},
		"gradient Inf":      {objective{square, constant(-inf)}, 13},
		"gradient huge":     {objective{square, constant(1e300)}, 13},
		"gradient large":    {objective{square, constant(1e90)}, 13},
		"gradient tiny":     {objective{square, constant(1e-300)}, 13},
		"gradient upwards":  {objective{square, func(g, x []float64) { g[0], g[1] = -x[0], -x[1] }}, 13},
		"gradient constant": {objective{square, constant(1)}, 13},
		"value huge":        {objective{func(x []float64) float64 { return 1e308 * square(x) }, slope}, inf},
		"gradient NaN later": {objective{square, func(g, x []float64) {
			if slope(g, x); square(x) < 13 {
				g[1] = nan
			}
		}}, 12.99},
		"noise": {objective{func(x []float64) float64 {
			calls++
			return square(x) + math.Sin(float64(1000*calls))
		}, slope}, 14},
		"random gradient": {objective{square, func(g, x []float64) {
			calls++
			g[0], g[1] = math.Sin(float64(calls)), math.Cos(float64(calls*calls))
		}}, 13},
	} {
		t.Run(name, func(t *testing.T) {
			x, evaluations := []float64{3, 2}, 0
			f := objective{func(x []float64) float64 {
				evaluations++
				if math.IsNaN(x[0]+x[1]) || math.IsInf(x[0]+x[1], 0) {
					t.Errorf("evaluated at %v", x)
				}
				return k.f.value(x)
			}, k.f.gradient}
			n := minimize(context.Background(), f, x, 50, 1e-9)
			if n > 50 || evaluations > 3000 {
				t.Errorf("%d iterations, %d evaluations", n, evaluations)
			}
			if k.least == inf && (x[0] != 3 || x[1] != 2) || !(square(x) <= k.least) {
				t.Errorf("ends at %v", x)
			}
			t.Logf("%v after %d iterations and %d evaluations", x, n, evaluations)
		})
	}
}

// Cancelling ends the search before the next evaluation, at the best so far, and a
// panic arrives where minimize was called from.
func TestMinimizeEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	evaluations, least := 0, math.Inf(1)
	quartic := func(x []float64) float64 {
		evaluations++
		if evaluations == 5 {
			cancel()
		}
		v := math.Pow(x[0]-1, 4) + math.Pow(x[1]+2, 4)
		least = min(least, v)
		return v
	}
	slope := func(g, x []float64) { g[0], g[1] = 4*math.Pow(x[0]-1, 3), 4*math.Pow(x[1]+2, 3) }
	x := []float64{5, 5}
	minimize(ctx, objective{quartic, slope}, x, 100, 1e-9)
	if end := math.Pow(x[0]-1, 4) + math.Pow(x[1]+2, 4); evaluations != 5 || end != least {
		t.Errorf("%d evaluations, ends with %v, seen was %v", evaluations, end, least)
	}
	for _, f := range []objective{
		{func([]float64) float64 { panic("here") }, slope},
		{quartic, func([]float64, []float64) { panic("here") }},
	} {
		func() {
			defer func() {
				if p := recover(); p != "here" {
					t.Errorf("recovered %v", p)
				}
			}()
			minimize(context.Background(), f, []float64{5, 5}, 100, 1e-9)
			t.Error("no panic")
		}()
	}
}
