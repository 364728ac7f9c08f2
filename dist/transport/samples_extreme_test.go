package transport

import (
	"context"
	"math"
	"testing"
)

// A value is moved however light it is, and a rounding error in a sum of weights is not.
func TestSamplesLight(t *testing.T) {
	for _, c := range []struct {
		x, wx, y, wy []float64
		want         float64
	}{
		{[]float64{0, 1e20}, []float64{1, 1e-17}, []float64{0}, nil, 1000},
		{[]float64{-1e20, 0}, []float64{1e-17, 1}, []float64{0}, nil, 1000},
		{[]float64{0, 1e20}, []float64{1, 1e-17}, []float64{0, 1e20}, []float64{1, 3e-17}, 2000},
		{[]float64{-1e20, 0}, []float64{1e-17, 1}, []float64{-1e20, 0}, []float64{3e-17, 1}, 2000},
		{[]float64{0, 0, 1e20}, []float64{0.1, 0.2, 0.7}, []float64{0, 1e20}, []float64{0.3, 0.7}, 0},
		{[]float64{0, 1, 1e20, 1e20}, []float64{0.1, 0.2, 0.3, 0.4}, []float64{0, 1, 1e20}, []float64{1, 2, 7}, 0},
		{[]float64{0, 1e20, 1e20}, []float64{1, 1e-17, 1e-17}, []float64{0, 1e20}, []float64{1, 2e-17}, 0},
	} {
		for range 2 {
			got, err := Samples(1, c.x, c.wx, c.y, c.wy)
			if err != nil || math.Abs(got-c.want) > 1e-12*c.want {
				t.Errorf("W of %v, %v and %v, %v is %v, want %v (%v)", c.x, c.wx, c.y, c.wy, got, c.want, err)
			}
			c.x, c.wx, c.y, c.wy = c.y, c.wy, c.x, c.wx
		}
	}
}

// Sliced distances are those of any other unit.
func TestSlicedScales(t *testing.T) {
	x, y := []float64{1, -1, 0.5, 1}, []float64{-1, 0.25, 0, 1}
	want, err := Sliced{Projections: 16}.Distance(context.Background(), 2, x, nil, y, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []int{1023, 500, -500, -1000} {
		got, err := Sliced{Projections: 16}.Distance(context.Background(), 2, scaled(x, e), nil, scaled(y, e), nil)
		if err != nil || got.Value != math.Ldexp(want.Value, e) || got.StdErr != math.Ldexp(want.StdErr, e) {
			t.Errorf("at 2^%d: %v, want %v (%v)", e, got, want, err)
		}
	}
}
