package disttest

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/belief-go/belief/dist"
)

// This file integrates densities and sums masses.

// panels are the quantiles between which densities are integrated. They reach as
// far as the distribution can say with full precision.
func (s *suite) panels() []float64 {
	var x []float64
	for _, p := range []float64{1e-30, 1e-24, 1e-18, 1e-14, 1e-11, 1e-9, 1e-7, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5} {
		x = append(x, s.Dist.Quantile(p))
	}
	if u, ok := s.Dist.(dist.UpperQuantiler); ok {
		for _, q := range []float64{0.2, 0.05, 0.01, 1e-3, 1e-4, 1e-5, 1e-7, 1e-9, 1e-11, 1e-14, 1e-18, 1e-24, 1e-30} {
			x = append(x, u.UpperQuantile(q))
		}
	} else {
		for _, q := range []float64{0.2, 0.05, 0.01, 1e-3, 1e-4, 1e-5, 1e-7, 1e-9, 1e-12} {
			x = append(x, s.Dist.Quantile(1-q))
		}
	}
	return slices.Compact(x)
}

// moments are integrals over a density p: of p, up, u²p and −p log p, where u is
// the distance from the median in units of the quartiles' distance.
type moments [4]float64

// An integrand is a density with what its moments are taken about.
type integrand struct {
	logProb       func(x float64) float64
	center, scale float64
	lower, upper  float64 // ends of the support
}

// at returns what is integrated.
func (g *integrand) at(x float64) moments {
	l := g.logProb(x)
	p := math.Exp(l)
	if p == 0 {
		return moments{}
	}
	u := (x - g.center) / g.scale
	return moments{p, u * p, u * u * p, -l * p}
}

// The nodes of the rule, and what an integral is accurate to.
var nodes, weights = func() (x, w []float64) {
	x, w = make([]float64, 20), make([]float64, 20)
	quad.Legendre{}.FixedLocations(x, w, -1, 1)
	return x, w
}()

const (
	integralTol   = 1e-10 // relative to each part
	integralFloor = 1e-13 // relative to the whole
	integralDepth = 45
)

// rule integrates from a to b by Gauss–Legendre quadrature, and bounds the
// absolute values; that of log p by 1 + |log p|, as log p is a sum that may cancel.
func (g *integrand) rule(a, b float64) (sum, size moments) {
	half, center := 0.5*(b-a), a+0.5*(b-a)
	for i, node := range nodes {
		for k, v := range g.at(center + half*node) {
			sum[k] += half * weights[i] * v
			size[k] += half * weights[i] * math.Abs(v)
		}
	}
	size[3] += size[0]
	return sum, size
}

// over integrates from a to b, halving until both halves agree with the whole.
func (g *integrand) over(a, b float64) moments {
	whole, size := g.rule(a, b)
	return g.refine(a, b, whole, size, 0)
}

func (g *integrand) refine(a, b float64, whole, size moments, depth int) moments {
	middle, decades := g.middle(a, b)
	left, sizeLeft := g.rule(a, middle)
	right, sizeRight := g.rule(middle, b)
	tol := integralTol + 4e-16*max(math.Abs(a), math.Abs(b))/(b-a) // the last digits of the nodes
	good := depth > 0 && !decades
	for k := range whole {
		good = good && math.Abs(left[k]+right[k]-whole[k]) <= tol*(sizeLeft[k]+sizeRight[k])+integralFloor*size[k]
	}
	if !good && depth < integralDepth && a < middle && middle < b {
		left = g.refine(a, middle, left, size, depth+1)
		right = g.refine(middle, b, right, size, depth+1)
	}
	for k := range left {
		left[k] += right[k]
	}
	return left
}

// middle is where to part a and b: half-way, but in the logarithm of the distance
// from an end of the support, or from the median, if that differs by decades. Poles
// and power laws are smooth there, and across decades the rule would agree with its
// better half while both miss the pole.
func (g *integrand) middle(a, b float64) (at float64, decades bool) {
	for _, from := range []float64{g.lower, g.upper, g.center} {
		if u, v := a-from, b-from; u != 0 && v != 0 && (u > 0) == (v > 0) {
			if ratio := max(u/v, v/u); !math.IsInf(from, 0) && ratio > 8 {
				return from + math.Copysign(math.Sqrt(math.Abs(u))*math.Sqrt(math.Abs(v)), u), ratio > 100
			}
		}
	}
	return a + 0.5*(b-a), false
}

// densities integrates the density: to the distribution function between
// quantiles, and to the moments and the entropy over nearly all of the mass.
func (s *suite) densities() {
	d, x := s.Dist, s.panels()
	g := integrand{d.LogProb, d.Quantile(0.5), d.Quantile(0.75) - d.Quantile(0.25), s.support.Lower, s.support.Upper}
	var total moments
	for i := 1; i < len(x); i++ {
		part := g.over(x[i-1], x[i])
		want := d.CDF(x[i]) - d.CDF(x[i-1])
		if x[i-1] >= g.center {
			want = d.Survival(x[i-1]) - d.Survival(x[i])
		}
		slack := lastDigit(d, x[i-1]) + lastDigit(d, x[i])
		if !(math.Abs(part[0]-want) <= 1e-8*want+slack+1e-290) {
			s.Errorf("%s: the density integrates to %v between %v and %v, the CDF says %v", s.name, part[0], x[i-1], x[i], want)
		}
		for k, v := range part {
			total[k] += v
		}
	}
	mean := g.center + g.scale*total[1]
	variance := g.scale * g.scale * (total[2] - total[1]*total[1])
	// What the tails hold that are left out, by their probability, must not matter.
	sd := math.Sqrt(d.Variance())
	far := func(x, p float64) bool { return !(math.Abs(x-mean)*math.Sqrt(p) < 1e-4*sd) }
	if lower, upper := x[0], x[len(x)-1]; !math.IsInf(sd, 0) && !far(lower, d.CDF(lower)) && !far(upper, d.Survival(upper)) {
		s.near("the mean", d.Mean(), mean, 1e-6*(1+sd))
		s.near("the variance", d.Variance(), variance, 1e-5)
	}
	if h := d.Entropy(); !math.IsNaN(h) {
		s.near("the entropy", h, total[3], 1e-7)
	}
}

// masses sums the mass function.
func (s *suite) masses() {
	d := s.Dist
	low, high := d.Quantile(1e-13), d.Quantile(1-1e-13)
	if math.IsInf(high, 1) || high-low > 1e6 {
		high = low + 1e6
	}
	var total, mean, square, entropy float64
	for x := low; x <= high; x++ {
		p := math.Exp(d.LogProb(x))
		total += p
		mean += x * p
		if p > 0 {
			entropy -= p * math.Log(p)
		}
		if below := d.CDF(x-1) + p; math.Abs(d.CDF(x)-below) > 1e-10 {
			s.Errorf("%s: the CDF steps to %v at %v, the mass says %v", s.name, d.CDF(x), x, below)
			return
		}
	}
	for x := low; x <= high; x++ {
		square += (x - mean) * (x - mean) * math.Exp(d.LogProb(x))
	}
	s.near("the total mass", total, 1, 1e-10)
	if v := d.Variance(); !math.IsNaN(v) && !math.IsInf(v, 0) {
		s.near("the mean", d.Mean(), mean, 1e-7)
		s.near("the variance", v, square, 1e-6)
	}
	if h := d.Entropy(); !math.IsNaN(h) {
		s.near("the entropy", h, entropy, 1e-6)
	}
}
