package quadrature

import (
	"math"
	"testing"
)

// Tails with known integrals, and integrals that have no end.
func TestTail(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name string
		h    func(y float64) float64
		want float64 // of the rest beyond 700
		tol  float64
	}{
		{"a power", func(y float64) float64 { return -0.25 * y }, math.Exp(-175) / 0.25, 1e-9},
		{"a slow power", func(y float64) float64 { return -5e-4 * y }, math.Exp(-0.35) / 5e-4, 1e-6},
		{"a very slow power", func(y float64) float64 { return -1e-7*y - 3 }, math.Exp(-7e-5-3) / 1e-7, 1e-4},
		{"a power and a logarithm", func(y float64) float64 { return math.Log(y) - 0.01*y }, math.Exp(-7) * (7e4 + 1e4), 1e-6},
		{"a slow power and a logarithm", func(y float64) float64 { return math.Log(y) - 1e-3*y }, math.Exp(-0.7) * (7e5 + 1e6), 1e-5},
		{"a power and a logarithm less one", func(y float64) float64 { return math.Log(y-1) - 0.01*y }, math.Exp(-7) * (7e4 - 1e2 + 1e4), 1e-3},
		{"steep", func(y float64) float64 { return -3 * y }, math.Exp(-2100) / 3, 0},
		{"nothing", func(float64) float64 { return -inf }, 0, 0},
		{"no fall", func(float64) float64 { return -5 }, inf, 0},
		{"no fall in the end", func(y float64) float64 { return -3 + math.Exp(-0.02*y) }, inf, 0},
		{"a rise", func(y float64) float64 { return 0.01 * y }, inf, 0},
		{"1/y", func(y float64) float64 { return -math.Log(y) }, inf, 0},
		{"y", math.Log, inf, 0},
	} {
		rest, wrong := Tail(c.h, 350, 700)
		got := math.Exp(rest)
		if !(got == c.want || math.Abs(got-c.want) <= c.tol*c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if off := math.Abs(got - c.want); !math.IsInf(c.want, 1) && off > math.Exp(wrong)+1e-11*c.want {
			t.Errorf("%s: off by %g and says %g", c.name, off, math.Exp(wrong))
		}
	}
	if rest, wrong := Tail(func(float64) float64 { return math.NaN() }, 1, 2); !math.IsNaN(rest) || !math.IsNaN(wrong) {
		t.Errorf("NaN passed silently as %v, %v", rest, wrong)
	}
	if rest, wrong := Tail(func(y float64) float64 { return -2 * math.Log(y) }, 350, 700); !(math.Abs(rest+math.Log(700)) < 1e-6) || wrong < rest-1e-9 {
		t.Errorf("y⁻²: %v, %v", rest, wrong)
	}
}
