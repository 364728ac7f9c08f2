package disttest

import (
	"math"
	"slices"

	"github.com/belief-go/belief/dist"
)

// Gradients against differences, and fits against the truth.

// gradients holds ∂ log p / ∂x against differences, along the coordinates of the
// chart that are no integers: across the support there is nothing to compare with.
func (s *vectorSuite) gradients() {
	g, ok := s.Dist.(dist.VectorGrader)
	if !ok {
		return
	}
	free, value := make([]float64, s.Chart.Dim), make([]float64, s.n)
	above, below := make([]float64, s.n), make([]float64, s.n)
	for point := range 6 {
		grad := g.GradLogProbTo(nil, s.row(point))
		for k := range free {
			if s.Integer[k] {
				continue
			}
			s.Chart.Free(free, s.row(point))
			at := free[k]
			move := func(v float64) float64 { free[k] = v; return s.logProbAt(value, free) }
			want, h := slope(move, at, s.spread[k]/50)
			free[k] = at + h
			s.Chart.Value(above, free)
			free[k] = at - h
			s.Chart.Value(below, free)
			got := 0.0
			for i, v := range grad {
				if step := above[i] - below[i]; step != 0 {
					got += v * step / (2 * h)
				}
			}
			if !(math.Abs(got-want)*s.spread[k] <= 1e-5*(1+math.Abs(want)*s.spread[k])) {
				s.Errorf("%s: the gradient along coordinate %d at %v is %v, differences say %v", s.name, k, s.row(point), got, want)
			}
		}
	}
}

// slope is the difference quotient of the fourth order that changes least when its
// step, at first h, is made smaller, and that step.
func slope(f func(float64) float64, x, h float64) (value, step float64) {
	last, best := math.NaN(), math.Inf(1)
	for range 9 {
		v := derivative(f, x, h)
		if change := math.Abs(v - last); change < best {
			value, step, best = v, h, change
		}
		last = v
		h /= 4
	}
	if math.IsInf(best, 1) {
		return math.NaN(), h
	}
	return value, step
}

// scores holds the gradient in the parameters against differences.
func (s *vectorSuite) scores() {
	sc, ok := s.Dist.(dist.VectorScorer)
	if !ok || s.New == nil {
		return
	}
	params := sc.Params()
	for point := range 4 {
		x := s.row(point)
		got := sc.ScoreTo(nil, x)
		if len(got) != len(params) {
			s.Errorf("%s: %d parameters have a score of length %d", s.name, len(params), len(got))
			return
		}
		for k, p := range params {
			scale := max(1e-2, math.Abs(p))
			want, _ := slope(func(v float64) float64 {
				q := slices.Clone(params)
				q[k] = v
				return s.New(q).LogProb(x)
			}, p, scale/100)
			if !(math.Abs(got[k]-want)*scale <= 1e-5*(1+math.Abs(want)*scale)) {
				s.Errorf("%s: the score of parameter %d at %v is %v, differences say %v", s.name, k, x, got[k], want)
			}
		}
	}
}

// recovery fits draws, and draws with weights.
func (s *vectorSuite) recovery() {
	if s.Fit == nil {
		return
	}
	x := s.x[:draws*s.n]
	plain, err := s.Fit(x, nil)
	if err != nil {
		s.Errorf("%s: Fit: %v", s.name, err)
		return
	}
	if truth, ok := s.Dist.(dist.VectorScorer); ok {
		want, got := truth.Params(), plain.(dist.VectorScorer).Params()
		for k := range want {
			if !(math.Abs(got[k]-want[k]) <= s.FitTol*(1+math.Abs(want[k]))) {
				s.Errorf("%s: fitted %v, parameter %d is %v and was %v", s.name, plain, k, got[k], want[k])
				break
			}
		}
	}
	// The greatest likelihood is not below that of the truth.
	gain := 0.0
	for i := range draws {
		gain += plain.LogProb(s.row(i)) - s.logP[i]
	}
	if !(gain >= -1e-6*draws) {
		s.Errorf("%s: the fit %v is less likely than the truth by %v nats", s.name, plain, -gain)
	}
	const few, half = 2000, 1000
	w := make([]float64, few)
	for i := range w {
		w[i] = 1
		if i < half {
			w[i] = 2
		}
	}
	x = x[:few*s.n]
	repeated, err1 := s.Fit(append(slices.Clone(x), x[:half*s.n]...), nil)
	weighted, err2 := s.Fit(x, w)
	if err1 != nil || err2 != nil {
		s.Errorf("%s: Fit: %v, %v", s.name, err1, err2)
		return
	}
	for i := range 20 {
		s.near("the fit with weights", weighted.LogProb(s.row(i)), repeated.LogProb(s.row(i)), 1e-6)
	}
	bad := slices.Clone(s.x[:100*s.n])
	bad[50*s.n] = math.NaN()
	negative := slices.Repeat([]float64{1}, 100)
	negative[50] = -1
	for name, b := range map[string][2][]float64{
		"no observations": {{}, nil}, "NaN": {bad, nil}, "a negative weight": {s.x[:100*s.n], negative},
		"no weight": {s.x[:100*s.n], make([]float64, 100)},
	} {
		if d, err := s.Fit(b[0], b[1]); err == nil {
			s.Errorf("%s: fitting %s gives %v", s.name, name, d)
		}
	}
	s.panics("Fit with too few weights", func() { _, err = s.Fit(x, w[1:]) })
}
