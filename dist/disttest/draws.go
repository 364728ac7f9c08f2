package disttest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/stream"
)

// This file holds samples and fits against the distribution.

// samples holds draws against the distribution function (Kolmogorov–Smirnov; the
// bound of Dvoretzky, Kiefer & Wolfowitz with Massart's constant, which holds for
// discrete distributions too), and a stream against itself.
func (s *suite) samples() {
	x := make([]float64, draws)
	a, b := stream.New(1, "disttest"), stream.New(1, "disttest")
	for i := range x {
		x[i] = s.Dist.Rand(a)
		if i < repeats {
			if y := s.Dist.Rand(b); x[i] != y && !(math.IsNaN(x[i]) && math.IsNaN(y)) {
				s.Errorf("%s: draw %d of one stream is %v and %v", s.name, i, x[i], y)
				return
			}
		}
		if !s.support.Contains(x[i]) {
			s.Errorf("%s: draw %v is outside the support", s.name, x[i])
			return
		}
	}
	s.drawn = slices.Clone(x)
	slices.Sort(x)
	bound := math.Sqrt(math.Log(2/1e-6) / (2 * draws))
	if s.within(x, bound) {
		return
	}
	for i, v := range x {
		if i+1 < draws && x[i+1] == v {
			continue
		}
		if gap := math.Abs(float64(i+1)/draws - s.Dist.CDF(v)); !(gap <= bound) {
			s.Errorf("%s: %d of %d draws are at most %v, the CDF says %v", s.name, i+1, draws, v, s.Dist.CDF(v))
			return
		}
	}
}

// repeats is how many draws of a stream are compared with those of its twin.
const repeats = 2000

// within says whether every stride-th of the draws x shows that none is off by as much
// as the bound: a distribution function that rises cannot be between two without ties.
func (s *suite) within(x []float64, bound float64) bool {
	const stride = 8
	for i := stride - 1; i < draws; i += stride {
		if s.support.Discrete || i+1 < draws && x[i+1] == x[i] ||
			!(math.Abs(float64(i+1)/draws-s.Dist.CDF(x[i])) <= bound-float64(stride)/draws) {
			return false
		}
	}
	return true
}

// purity holds that a distribution remembers nothing: after any other question and
// other draws, a stream gives the same draws and a point the same answers.
func (s *suite) purity() {
	d := s.Dist
	ask := func(seed uint64, p float64) (answers []float64) {
		r := stream.New(seed, "disttest")
		for range 9 {
			answers = append(answers, d.Rand(r))
		}
		x := d.Quantile(p)
		answers = append(answers, x, d.LogProb(x), d.CDF(x), d.LogCDF(x), d.Survival(x), d.Mean(), d.Variance(), d.Entropy())
		if u, ok := d.(dist.UpperQuantiler); ok {
			answers = append(answers, u.UpperQuantile(p))
		}
		if g, ok := d.(dist.Grader); ok {
			answers = append(answers, g.GradLogProb(x))
		}
		if c, ok := d.(dist.Scorer); ok {
			answers = append(answers, c.ScoreTo(nil, x)...)
		}
		return answers
	}
	first := ask(2, 0.3)
	ask(3, 0.9)
	for i, again := range ask(2, 0.3) {
		if again != first[i] && !(math.IsNaN(again) && math.IsNaN(first[i])) {
			s.Errorf("%s: the same question has answers %v and %v: something is remembered", s.name, first[i], again)
		}
	}
}

// fit recovers the parameters from draws, and from their distinct values with
// counts as weights.
func (s *suite) fit() {
	if s.Fit == nil {
		return
	}
	r := rand.New(rand.NewPCG(2, 3))
	x := make([]float64, draws)
	for i := range x {
		x[i] = s.Dist.Rand(r)
	}
	plain, err := s.Fit(x, nil)
	if err != nil {
		s.Errorf("%s: Fit: %v", s.name, err)
		return
	}
	want, got := s.Dist.(dist.Scorer).Params(), plain.(dist.Scorer).Params()
	for k := range want {
		if !(math.Abs(got[k]-want[k]) <= s.FitTol*(1+math.Abs(want[k]))) {
			s.Errorf("%s: fitted %v", s.name, plain)
			break
		}
	}
	const few = draws/4 + 1 // enough for an identity; odd weights have one median
	twice := append(slices.Clone(x[:few]), x[:few/2]...)
	w := make([]float64, few)
	for i := range w {
		w[i] = 1
		if i < few/2 {
			w[i] = 2
		}
	}
	repeated, err1 := s.Fit(twice, nil)
	weighted, err2 := s.Fit(x[:few], w)
	if err1 != nil || err2 != nil {
		s.Errorf("%s: Fit: %v, %v", s.name, err1, err2)
		return
	}
	a, b := repeated.(dist.Scorer).Params(), weighted.(dist.Scorer).Params()
	for k := range a {
		s.near(fmt.Sprintf("parameter %d fitted with weights", k), b[k], a[k], 1e-6)
	}
	// The greatest likelihood is not below that of the truth.
	gain := 0.0
	for _, v := range x {
		gain += plain.LogProb(v) - s.Dist.LogProb(v)
	}
	if !(gain >= -1e-6*draws) {
		s.Errorf("%s: the fit %v is less likely than the truth by %v nats", s.name, plain, -gain)
	}
	for name, bad := range map[string][2][]float64{"no observations": {{}, nil}, "NaN": {{1, math.NaN()}, nil}, "negative weight": {{s.Dist.Quantile(0.3), s.Dist.Quantile(0.6)}, {1, -1}}} {
		if d, err := s.Fit(bad[0], bad[1]); err == nil {
			s.Errorf("%s: fitting %s gives %v", s.name, name, d)
		}
	}
}
