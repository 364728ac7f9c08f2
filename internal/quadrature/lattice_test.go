package quadrature

import (
	"math"
	"testing"
)

// Sums with closed forms, over lengths of every kind.
func TestLattice(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(x float64) float64
		cuts []float64
		want float64
		tol  float64
	}{
		{"one number", math.Sqrt, []float64{4}, 2, 0},
		{"few", func(x float64) float64 { return x }, []float64{1, 7}, 28, 0},
		{"ones", func(float64) float64 { return 1 }, []float64{0, 5, 1e15}, 1e15 + 1, 1e-15},
		{"a geometric series", func(x float64) float64 { return math.Exp2(-x) }, []float64{0, 1000}, 2, 1e-15},
		{"a slow one", func(x float64) float64 { return math.Exp(-1e-9 * x) }, []float64{0, 1e9, 1e11}, -1 / math.Expm1(-1e-9), 1e-12},
		{"squares", func(x float64) float64 { return x * x }, []float64{0, 12345678}, 12345678. * 12345679 * 24691357 / 6, 1e-14},
		{"a bell", func(x float64) float64 { return math.Exp(-0.5 * x * x * 1e-10) }, []float64{-1e7, 0, 1e7}, math.Sqrt(2*math.Pi) * 1e5, 1e-12},
		{"inverse squares", func(x float64) float64 { return 1 / (x * x) }, []float64{1, 1 << 50}, math.Pi * math.Pi / 6, 1e-12},
		{"alternating, and all of them looked at", func(x float64) float64 { return math.Mod(x, 2) }, []float64{0, 16, 32, 47}, 24, 0},
	} {
		got, wrong := Lattice(c.f, c.cuts, 1e-13, 3000)
		if !(math.Abs(got-c.want) <= c.tol*c.want) || math.Abs(got-c.want) > wrong+1e-14*c.want {
			t.Errorf("%s: %.17g ± %g, want %.17g", c.name, got, wrong, c.want)
		}
	}
	if got, wrong := Lattice(math.Sqrt, nil, 1e-13, 10); got != 0 || wrong != 0 {
		t.Errorf("nothing: %v ± %v", got, wrong)
	}
	if got, _ := Lattice(math.Log, []float64{-100, 100}, 1e-13, 10); !math.IsNaN(got) {
		t.Errorf("NaN passed silently as %v", got)
	}
	if got, wrong := Lattice(func(x float64) float64 { return 1 / (1 + math.Abs(x-12345.5)) }, []float64{0, 1 << 30}, 1e-13, 0); !(wrong > 1e-3*got) {
		t.Errorf("not refined: %v ± %v", got, wrong)
	}
}

// Polynomials of degree nine are summed exactly whatever the stride.
func TestStride(t *testing.T) {
	for _, h := range []float64{1, 2, 8} {
		for degree := range 10 {
			var v [17]float64
			want := 0.0
			f := func(i float64) float64 { return math.Pow(i/(8*h), float64(degree)) }
			for j := range 9 {
				v[j] = f(float64(j) * h)
			}
			for i := range 8 * int(h) {
				want += f(float64(i))
			}
			if got := stride(&v, 0, 1, h); math.Abs(got-want) > 1e-14*8*h {
				t.Errorf("stride %g, degree %d: %v, want %v", h, degree, got, want)
			}
		}
	}
}
