package information

import (
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/quadrature"
)

// This file sums over whole numbers. Up to 2^16 of them are all looked at; of more,
// stretches are summed by interpolation, of which masses of ones tell whether it may be.

const (
	mostTerms    = 1 << 16 // that are added one by one
	mostStretch  = 2048    // halvings of stretches
	mostCount    = 1 << 53 // beyond this float64 does not count
	seriesAim    = 1e-14
	seriesDepth  = 50   // terms below exp(−seriesDepth) of the greatest are left out
	massOff      = 1e-9 // what rounding takes away from a sum of masses
	mostOff      = 1e-6 // masses that miss more are not smooth
	mostDistance = 60   // doublings of the distance from the middle
)

// sumUp adds the terms of two discrete distributions over all numbers that matter.
func sumUp(m *measure, p, q dist.Univariate) (Value, error) {
	if a, ok := p.(dist.Affine); ok {
		if b, ok := q.(dist.Affine); ok && a.Shift == b.Shift && a.Scale == b.Scale {
			return compare(m, a.Base, b.Base) // nothing is lost by going back
		}
	}
	if math.IsInf(m.onlyP, 1) && outside(p, q) {
		return exact(math.Inf(1), FiniteSum), nil
	}
	term := func(x float64) float64 { return m.atLog(p.LogProb(x), q.LogProb(x)) }
	s := walk(func(x float64) float64 { return m.height(p.LogProb(x), q.LogProb(x)) }, p, q)
	if s.diverges {
		return Value{Estimate: belief.Estimate{Value: math.Inf(1), Kind: belief.Approximation}, Method: Series}, nil
	}
	wrong := s.rest
	for _, d := range [2]dist.Univariate{p, q} {
		off := s.lost(d)
		if !(off <= mostOff) && !s.direct() {
			return fallBack(m, p, q)
		}
		if wrong += off; off > mostOff && math.IsInf(m.onlyP, 1) {
			wrong = math.Inf(1) // what is missing may weigh anything
		}
	}
	sum, e := s.sum(term)
	if math.IsNaN(sum) || math.IsInf(sum, 1) {
		return Value{Estimate: belief.Estimate{Value: m.value(sum), Kind: belief.Approximation}, Method: Series}, nil
	}
	if s.whole && s.direct() {
		return m.finish(sum, 0, FiniteSum, belief.Exact), nil
	}
	first, last := s.cuts[0], s.cuts[len(s.cuts)-1]
	if first > s.lower && m.growth == 0 {
		wrong += m.tail(p.CDF(first-1), q.CDF(first-1), p.LogProb(first)-q.LogProb(first))
	}
	if last < s.upper && m.growth == 0 {
		wrong += m.tail(p.Survival(last), q.Survival(last), p.LogProb(last)-q.LogProb(last))
	}
	return m.finish(sum, wrong+e, Series, belief.Approximation), nil
}

// height returns the logarithm of the term, up to a factor of two or so.
func (m *measure) height(lp, lq float64) float64 {
	t := lp - lq
	switch {
	case lp < -745 && math.IsInf(lq, -1), lq < -745 && math.IsInf(lp, -1):
		return math.Inf(-1) // no term that float64 holds
	case t*m.growth > 100 && !math.IsInf(t, 1):
		return lp + m.growth*t - m.shift
	case math.IsInf(t, 1):
		return lp + math.Log(m.onlyP)
	case math.IsInf(t, -1):
		return lq + math.Log(m.onlyQ)
	case t >= 0:
		return lp + careful.Log(m.term(t))
	}
	return lq + careful.Log(m.mirror(-t))
}

// A span is the whole numbers over which is summed.
type span struct {
	cuts         []float64
	lower, upper float64 // of the union of the supports
	whole        bool    // they are all there is
	diverges     bool
	rest         float64 // bounds the terms beyond, if they fall as those of a geometric series
	budget       float64 // how many terms may be added one by one
}

// walk finds the numbers that matter: those between the quantiles of the distributions
// and of what they are made of, and as many beyond as the terms, whose logarithm is
// height, take to fall.
func walk(height func(x float64) float64, ds ...dist.Univariate) span {
	s := span{lower: math.Inf(1), upper: math.Inf(-1), budget: mostTerms}
	full := 0.0
	for _, d := range ds {
		u := d.Support()
		s.lower, s.upper = min(s.lower, u.Lower), max(s.upper, u.Upper)
		s.budget = min(s.budget, max(1<<10, mostTerms/float64(len(pieces(d)))))
		if c, ok := d.(dist.Categorical); ok {
			full = max(full, float64(c.Len()))
		}
	}
	s.budget = max(s.budget, full) // a table is no longer than memory
	if s.upper-s.lower < s.budget && math.Abs(s.lower) < mostCount && math.Abs(s.upper) < mostCount {
		s.cuts, s.whole = []float64{s.lower, s.upper}, true
		return s
	}
	low, high := max(s.lower, -mostCount), min(s.upper, mostCount)
	add := func(x float64) {
		if x >= low && x <= high {
			s.cuts = append(s.cuts, math.Floor(x))
		}
	}
	for _, d := range ds {
		u := d.Support()
		add(u.Lower)
		add(u.Upper)
		eachCut(d, add)
	}
	if len(s.cuts) == 0 { // all is beyond what can be counted
		s.cuts = []float64{low}
	}
	s.sort()
	center := s.cuts[len(s.cuts)/2]
	top := math.Inf(-1)
	look := func(x float64) float64 { // the greatest height near x
		most := height(x)
		for k := 1.0; k < 16 && math.IsInf(most, -1); k++ {
			most = max(most, height(max(low, x-k)))
		}
		return most
	}
	for _, x := range s.cuts {
		top = max(top, look(x)+math.Log1p(math.Abs(x-center)))
	}
	for _, step := range [2]float64{-1, 1} {
		end := s.cuts[0]
		limit := low
		if step > 0 {
			end, limit = s.cuts[len(s.cuts)-1], high
		}
		reach := max(8, math.Floor(math.Abs(end-center)/4))
		var h float64
		before := math.Inf(1)
		for k := 0; ; k++ {
			h = look(end) + math.Log1p(math.Abs(end-center))
			top = max(top, h)
			if end == limit || h < top-seriesDepth || k == mostDistance {
				break
			}
			before = h
			if end += step * reach; step*(limit-end) < 0 {
				end = limit
			}
			reach *= 2
			s.cuts = append(s.cuts, end)
		}
		if open := end != s.lower && end != s.upper; open && h > top-seriesDepth {
			s.diverges = s.diverges || h >= before
			s.rest = math.Inf(1)
		} else if open && h < before {
			s.rest += math.Exp(h) // it falls by more than half with each doubling
		}
	}
	s.sort()
	s.whole = s.cuts[0] == s.lower && s.cuts[len(s.cuts)-1] == s.upper
	return s
}

func (s *span) sort() {
	slices.Sort(s.cuts)
	s.cuts = slices.Compact(s.cuts)
}

// direct says whether there are so few numbers that all are looked at.
func (s span) direct() bool { return s.cuts[len(s.cuts)-1]-s.cuts[0] < s.budget }

// sum adds f over the numbers.
func (s span) sum(f func(x float64) float64) (sum, wrong float64) {
	if !s.direct() {
		return quadrature.Lattice(f, s.cuts, seriesAim, int(mostStretch*s.budget/mostTerms))
	}
	var a careful.Accumulator
	for x := s.cuts[0]; x <= s.cuts[len(s.cuts)-1]; x++ {
		a.Add(f(x))
	}
	return a.Sum(), 0
}

// lost returns by how much the masses of a distribution miss one, beyond rounding.
func (s span) lost(d dist.Univariate) float64 {
	mass, e := s.sum(func(x float64) float64 { return math.Exp(d.LogProb(x)) })
	if off := math.Abs(mass-1) + e; !(off < massOff) {
		return off
	}
	return 0
}

// tail bounds the sum of terms over a tail of given probabilities, if the logarithm of
// their ratio does not grow faster there than the probabilities fall: for the bounded
// measures it is a bound at any rate.
func (m *measure) tail(p, q, t float64) float64 {
	if p == 0 && q == 0 {
		return 0
	}
	if m.rest != nil {
		return m.rest(p, q)
	}
	if !math.IsInf(m.onlyP, 1) {
		return p*m.onlyP + q*m.onlyQ
	}
	if p == 0 || !(t > 0) {
		return p + q
	}
	return 4*p*(1+m.term(t)) + q
}
