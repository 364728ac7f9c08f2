package montecarlo

import (
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

// Slopes that are not those of the density are refused, and blamed, before anything
// is drawn with them.
func TestWrongSlopes(t *testing.T) {
	f := dist.Normal{Mu: 0, Sigma: 1}.LogProb
	for name, slope := range map[string]func(x float64) float64{
		"half":       func(x float64) float64 { return -x / 2 },
		"double":     func(x float64) float64 { return -2 * x },
		"wrong sign": func(x float64) float64 { return x },
		"none":       func(x float64) float64 { return 0 },
		"1 % less":   func(x float64) float64 { return -0.99 * x },
		"1 % more":   func(x float64) float64 { return -1.01 * x },
		"shifted":    func(x float64) float64 { return -x + 0.1 },
		"always up":  func(x float64) float64 { return 1 },
	} {
		for _, start := range []float64{0, 0.7, -30} {
			for _, interval := range [][2]float64{{0, 0}, {-40, 3}} {
				s := LogConcave{LogDensity: f, Slope: slope, Start: start, Lower: interval[0], Upper: interval[1]}
				var wrong *SlopeError
				if x, err := s.Sample(ctx, 3); !errors.As(err, &wrong) || x != nil {
					t.Errorf("%s from %v on %v: %v", name, start, interval, err)
					continue
				}
				if wrong.Slope != slope(wrong.X) || math.Abs(wrong.Difference+wrong.X) > 1e-3*math.Abs(wrong.X)+1e-3 {
					t.Errorf("%s: %v", name, wrong)
				}
			}
		}
	}
	// So is one with which the density seems to rise for ever.
	var wrong *SlopeError
	up := LogConcave{LogDensity: func(x float64) float64 { return -math.Abs(x) }, Slope: func(float64) float64 { return 1 }}
	if _, err := up.Hull(); !errors.As(err, &wrong) || wrong.Slope != 1 || math.Abs(wrong.Difference+1) > 1e-6 {
		t.Errorf("up for ever: %v", err)
	}
	// Those that are wrong in some places only are found out by many draws.
	for name, slope := range map[string]func(x float64) float64{
		"half of the right tail": func(x float64) float64 {
			if x > 1.2 {
				return -1.2 - (x-1.2)/2
			}
			return -x
		},
		"less in the middle": func(x float64) float64 {
			if x > 0 && x < 0.9 {
				return -x / 2
			}
			return -x
		},
		"more in the middle": func(x float64) float64 {
			if x > 0 && x < 0.9 {
				return -1.1 * x
			}
			return -x
		},
	} {
		var wrong *SlopeError
		if _, err := (LogConcave{LogDensity: f, Slope: slope}).Sample(ctx, 20_000); !errors.As(err, &wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Slopes at corners of the density may be any between those of both sides, and slopes
// may be differences themselves.
func TestSlopesAtCorners(t *testing.T) {
	tent := func(x float64) float64 { return -math.Abs(x) - math.Abs(x-1) }
	for _, at := range []float64{-2, -1, 0, 1.9, 2} { // of the corner at 1, in units of its slopes
		s := LogConcave{LogDensity: tent, Slope: func(x float64) float64 {
			switch {
			case x == 1:
				return at/2 - 1
			case x == 0:
				return at/2 + 1
			case x < 0:
				return 2
			case x > 1:
				return -2
			}
			return 0
		}}
		if _, err := s.Sample(ctx, 2000); err != nil {
			t.Errorf("%v: %v", at, err)
		}
	}
	f := dist.Gumbel{Location: 3, Scale: 1}.LogProb
	s := LogConcave{LogDensity: f, Slope: func(x float64) float64 { return (f(x+1e-5) - f(x-1e-5)) / 2e-5 }}
	if _, err := s.Sample(ctx, 5000); err != nil {
		t.Errorf("slopes by differences: %v", err)
	}
}
