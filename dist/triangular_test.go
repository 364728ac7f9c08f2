package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestTriangular(t *testing.T) {
	// Modes where the suite's panels meet, so that no kink is inside one.
	for _, p := range [][]float64{{0, 0.35, 1}, {-4, -3.8, -3}, {100, 460, 500}, {0, 0, 2}, {-1, 0.5, 0.5}} {
		fit := func(x, w []float64) (dist.Univariate, error) { return dist.FitTriangular(p[0], p[2], x, w) }
		if p[1] == p[0] || p[1] == p[2] {
			fit = nil // checked below, as the mode at an end has no score
		}
		runContinuous(t, p, fit, continuousByName["Triangular"])
	}
}

func TestFitTriangularErrors(t *testing.T) {
	for name, c := range map[string]struct {
		x, w []float64
		row  int
	}{
		"nothing":         {nil, nil, -1},
		"outside":         {[]float64{1, 5}, nil, 1},
		"NaN":             {[]float64{math.NaN()}, nil, 0},
		"both ends":       {[]float64{0, 4}, nil, -1},
		"infinite weight": {[]float64{1, 2}, []float64{1, math.Inf(1)}, 1},
	} {
		_, err := dist.FitTriangular(0, 4, c.x, c.w)
		wantFitError(t, name, err, c.row)
	}
}

// TestFitTriangularBest holds the fit against every mode of a grid, and against
// copies in place of weights.
func TestFitTriangularBest(t *testing.T) {
	for _, c := range []struct{ x, w []float64 }{
		{[]float64{1, 1.5, 2.5, 3}, nil},
		{[]float64{0.1, 0.1, 3.9}, nil},
		{[]float64{0, 0.5, 3}, nil},
		{[]float64{4, 3.5, 1}, []float64{1, 2, 5}},
		{[]float64{2, 1, 3}, []float64{0, 0, 1}},
		{[]float64{0}, nil},
	} {
		d, err := dist.FitTriangular(0, 4, c.x, c.w)
		if err != nil {
			t.Fatal(err)
		}
		likelihood := func(d dist.Triangular) float64 {
			sum := 0.0
			for i, v := range c.x {
				if c.w == nil {
					sum += d.LogProb(v)
				} else if c.w[i] > 0 {
					sum += c.w[i] * d.LogProb(v)
				}
			}
			return sum
		}
		best := likelihood(d)
		for mode := 0.0; mode <= 4; mode += 1.0 / 64 {
			other := dist.Triangular{Lower: 0, Mode: mode, Upper: 4}
			if l := likelihood(other); l > best+1e-12 {
				t.Errorf("%v: %v fits with %v, %v with %v", c, d, best, other, l)
			}
		}
	}
	if _, err := dist.FitTriangular(4, 0, []float64{1}, nil); err == nil {
		t.Error("an empty interval passes")
	}
}
