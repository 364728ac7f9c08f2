package disttest

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/stream"
)

// This file holds what a distribution says of itself, and tails beyond the quantiles.

// conduct looks at names, parameters and their errors.
func (s *suite) conduct() {
	if s.name == "" {
		s.Errorf("%T: String is empty", s.Dist)
	}
	for _, p := range s.Bad {
		if s.New == nil || s.New(p).Validate() == nil {
			s.Errorf("%s: Validate accepts the parameters %v", s.name, p)
		}
	}
	c, ok := s.Dist.(dist.Scorer)
	switch {
	case !ok:
		return
	case s.New == nil && !s.NoNew:
		s.Errorf("%s: has ScoreTo, which is not looked at without New", s.name)
		return
	}
	params := c.Params()
	kept := slices.Clone(params)
	for k := range params {
		params[k] = math.NaN()
	}
	if again := c.Params(); !slices.Equal(again, kept) {
		s.Errorf("%s: Params returns what its caller has written, %v", s.name, again)
		return
	}
	if s.New == nil {
		return
	}
	for k := range kept {
		other := slices.Clone(kept)
		other[k] = math.NaN()
		if s.New(other).Validate() == nil {
			s.Errorf("%s: Validate accepts NaN for parameter %d", s.name, k)
		}
		if other[k] = kept[k] + 1; s.New(other).String() == s.name {
			s.Errorf("%s: String is the same with %v for parameter %d", s.name, other[k], k)
		}
	}
}

// momentDraws is how many draws the moments take: a shift of 0.03 standard deviations
// is six standard errors.
const momentDraws = 40000

// drawnMoments holds mean and variance of draws against the distribution's, to five
// standard errors, at which a right sampler fails with probability 6e-7 each. Tails so
// heavy that the errors are not known themselves are left out.
func (s *suite) drawnMoments() {
	mean, variance := s.Dist.Mean(), s.Dist.Variance()
	if !(variance > 0) || math.IsInf(variance, 1) || math.IsNaN(mean) || math.IsInf(mean, 0) {
		return
	}
	r := stream.New(4, "disttest")
	sd := math.Sqrt(variance)
	var sums [5]float64
	for i := range momentDraws {
		var x float64
		if i < len(s.drawn) {
			x = s.drawn[i]
		} else {
			x = s.Dist.Rand(r)
		}
		u, power := (x-mean)/sd, 1.0
		for k := range sums {
			sums[k] += power / momentDraws
			power *= u
		}
	}
	const five = 5.0 / 200 // standard errors of a variate of variance one
	rounding := 1e-15 * math.Abs(mean) / sd
	if !(sums[4] < 20*sums[2]*sums[2]) {
		return
	}
	if !(math.Abs(sums[1]) <= five*math.Sqrt(sums[2])+rounding) {
		s.Errorf("%s: the mean of draws is %v standard deviations off", s.name, sums[1])
	} else if !(math.Abs(sums[2]-1) <= five*math.Sqrt(max(0, sums[4]-sums[2]*sums[2]))+2*rounding+1e-9) {
		s.Errorf("%s: the variance of draws is %v times what it must be", s.name, sums[2])
	}
}

// tails holds the slopes of the tails, and of their logarithms where they underflow,
// against the density.
func (s *suite) tails() {
	if s.RoughTails {
		return
	}
	d := s.Dist
	upper, ok := d.(dist.LogSurvivaler)
	s.tail("Survival", s.support.Upper, d.Quantile(1-1e-6), d.Survival, nil)
	s.tail("CDF", s.support.Lower, d.Quantile(1e-6), d.CDF, nil)
	s.tail("LogCDF", s.support.Lower, d.Quantile(1e-6), d.CDF, d.LogCDF)
	if ok {
		s.tail("LogSurvival", s.support.Upper, d.Quantile(1-1e-6), d.Survival, upper.LogSurvival)
		for _, p := range probs {
			x := d.Quantile(p)
			if v := d.Survival(x); v > 1e-280 {
				s.near(fmt.Sprintf("LogSurvival(%v)", x), upper.LogSurvival(x), math.Log(v), 1e-9)
			}
		}
	}
}

// tail walks outward from x. Its log is nil where the tail itself is held against the
// density, which it is where that can be told from zero.
func (s *suite) tail(what string, end, x float64, tail, log func(x float64) float64) {
	center := s.Dist.Quantile(0.5)
	for range 40 {
		if math.IsInf(end, 0) {
			x = center + 1.5*(x-center)
		} else {
			x = end + 0.5*(x-end)
		}
		if s.support.Discrete {
			x = math.Floor(x)
		}
		if x == end || !math.IsInf(end, 0) && math.Abs(x-end) <= 1e-9*math.Abs(end) || x == center || math.IsInf(x, 0) {
			return
		}
		l, value := s.Dist.LogProb(x), tail(x)
		if math.IsInf(l, -1) || l < -1e9 {
			return
		}
		switch {
		case log == nil && (l < -400 || value > 0.1):
			if l < -400 {
				return
			}
		case log == nil && value <= 0:
			s.Errorf("%s: %s(%v) is %v, where the log density is %v", s.name, what, x, value, l)
			return
		case log != nil && value > 0:
		default:
			logValue := math.Log(value)
			if log != nil {
				logValue = log(x)
			}
			if !(logValue > math.Inf(-1) && logValue <= 0) {
				s.Errorf("%s: %s(%v) is %v, where the log density is %v", s.name, what, x, logValue, l)
				return
			}
			if s.support.Discrete {
				if log == nil && what == "CDF" && x > s.support.Lower && math.Abs(value-tail(x-1)-math.Exp(l)) > 1e-6*value {
					s.Errorf("%s: %s steps to %v at %v, the log mass is %v", s.name, what, value, x, l)
					return
				}
				continue
			}
			h := 1e-3 * math.Exp(logValue-l)
			if !(math.Abs(h) > 1e-9*math.Abs(x)) || !s.support.Contains(x-h) || !s.support.Contains(x+h) {
				continue // the last digits of x
			}
			change := 0.0
			if log != nil {
				change = log(x+h) - log(x-h)
			} else {
				change = (tail(x+h) - tail(x-h)) / value
			}
			density := func(x float64) float64 { return math.Exp(s.Dist.LogProb(x) - logValue) }
			want := h / 3 * (density(x-h) + 4*density(x) + density(x+h)) // Simpson's rule
			if !(math.Abs(math.Abs(change)/want-1) <= 1e-3+1e-12*math.Abs(logValue)) {
				s.Errorf("%s: the slope of %s at %v is %v times what the density says", s.name, what, x, math.Abs(change)/want)
				return
			}
			if log != nil {
				return
			}
		}
	}
}
