package quadrature

import (
	"math"
	"testing"
)

// Closed forms, smooth, singular and with corners; the error is never understated.
func TestAdaptive(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(x float64) float64
		cuts []float64
		want float64
		tol  float64
	}{
		{"polynomial", func(x float64) float64 { return math.Pow(x, 22) }, []float64{-1, 1}, 2. / 23, 1e-15},
		{"sine", math.Sin, []float64{0, 1, math.Pi}, 2, 1e-14},
		{"corner", func(x float64) float64 { return math.Abs(x - 1/math.Pi) }, []float64{0, 1}, 0.5 - 1/math.Pi + 1/(math.Pi*math.Pi), 1e-11},
		{"jump", func(x float64) float64 { return math.Floor(3 * x) }, []float64{0, 1}, 1, 1e-11},
		{"root", math.Sqrt, []float64{0, 1}, 2. / 3, 1e-11},
		{"peak", func(x float64) float64 { return math.Exp(-0.5 * x * x * 1e6) }, []float64{-1, 0.3, 1}, math.Sqrt(2*math.Pi) / 1e3, 1e-12},
		{"nothing", func(float64) float64 { return 0 }, []float64{0, 1}, 0, 0},
		{"odd", func(x float64) float64 { return x }, []float64{-1, 1}, 0, 1e-16},
	} {
		got, wrong := Adaptive(c.f, c.cuts, 1e-13, 4000)
		if !(math.Abs(got-c.want) <= c.tol*max(1, math.Abs(c.want))) || math.Abs(got-c.want) > wrong+1e-15 {
			t.Errorf("%s: %v ± %g, want %v", c.name, got, wrong, c.want)
		}
	}
	if got, wrong := Adaptive(math.Sqrt, []float64{0, 1}, 1e-13, 0); math.Abs(got-2./3) > wrong || wrong < 1e-6 {
		t.Errorf("not refined: %v ± %g", got, wrong)
	}
	if got, _ := Adaptive(math.Sin, []float64{1}, 1e-13, 10); got != 0 {
		t.Errorf("no panel: %v", got)
	}
	if got, _ := Adaptive(math.Log, []float64{-1, 1}, 1e-13, 10); !math.IsNaN(got) {
		t.Errorf("NaN passed silently as %v", got)
	}
}
