package disttest

import (
	"math"
	"slices"

	"github.com/belief-go/belief/dist"
)

// This file holds gradients against differences.

// gradient holds d log p / dx against differences.
func (s *suite) gradient() {
	g, ok := s.Dist.(dist.Grader)
	if !ok {
		return
	}
	scale := s.Dist.Quantile(0.75) - s.Dist.Quantile(0.25)
	for _, p := range []float64{1e-6, 0.001, 0.02, 0.11, 0.37, 0.52, 0.81, 0.97, 0.999, 1 - 1e-6} {
		x := s.Dist.Quantile(p)
		h := 1e-4 * min(scale, x-s.support.Lower, s.support.Upper-x)
		if !(x+h > x) {
			continue // at an end, or as good as there
		}
		want := derivative(s.Dist.LogProb, x, h)
		rounding := 4e-16 * math.Abs(x) / h * math.Abs(want)
		for _, other := range []float64{0.4, 0.7, 1.8} { // a base that is truncated may be less smooth than it seems
			rounding += math.Abs(want - derivative(s.Dist.LogProb, x, other*h))
		}
		if got := g.GradLogProb(x); !(math.Abs(got-want) <= 1e-5/scale+1e-5*math.Abs(want)+rounding) {
			s.Errorf("%s: GradLogProb(%v) = %v, differences say %v", s.name, x, got, want)
		}
	}
	if v := g.GradLogProb(math.NaN()); !math.IsNaN(v) {
		s.Errorf("%s: GradLogProb(NaN) is %v", s.name, v)
	}
}

// score holds the gradient in the parameters against differences.
func (s *suite) score() {
	sc, ok := s.Dist.(dist.Scorer)
	if !ok || s.New == nil {
		return
	}
	params := sc.Params()
	for _, p := range []float64{0.02, 0.37, 0.6, 0.97} {
		x := s.Dist.Quantile(p)
		got := sc.ScoreTo(nil, x)
		for k := range params {
			step := 1e-4 * math.Abs(params[k])
			if step == 0 {
				step = 1e-6
			}
			want := derivative(func(v float64) float64 {
				q := slices.Clone(params)
				q[k] = v
				return s.New(q).LogProb(x)
			}, params[k], step)
			if math.IsNaN(want) || math.IsInf(want, 0) {
				continue // a difference leaves the support
			}
			if !(math.Abs(got[k]-want) <= 1e-5*(1+math.Abs(want))) {
				s.Errorf("%s: the score of parameter %d at %v is %v, differences say %v", s.name, k, x, got[k], want)
			}
		}
	}
}

// derivative is a difference of the fourth order.
func derivative(f func(float64) float64, x, h float64) float64 {
	return (8*(f(x+h)-f(x-h)) - (f(x+2*h) - f(x-2*h))) / (12 * h)
}
