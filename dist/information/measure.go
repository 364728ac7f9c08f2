package information

import (
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/special"
)

// This file has the divergences as sums of terms that are never negative (Liese &
// Vajda 2006): f(p, q) plus a multiple of p − q, which sums to zero. Each term is a
// function of t = log(p/q), accurate also where t is small.

// A measure is one divergence.
type measure struct {
	// term returns the term in units of p, for t ≥ 0 or of a finite size.
	term func(t float64) float64
	// mirror returns the term in units of q as a function of −t ≥ 0.
	mirror func(s float64) float64
	// onlyP and onlyQ are the terms where the other is zero.
	onlyP, onlyQ float64
	// value makes the divergence of the sum, and slope is its derivative.
	value, slope func(sum float64) float64
	// growth is the rate at which term rises as exp(growth·t); zero: slower.
	growth float64
	// shift is the logarithm of what terms are divided by where they rise so.
	shift float64
	// rest bounds the sum where p and q have given probabilities; nil: the default.
	rest func(p, q float64) float64
	// order is that of Rényi's divergence, else zero.
	order float64
}

// at returns the term of p and q, neither of which is NaN.
func (m *measure) at(p, q, t float64) float64 {
	switch {
	case p == 0 && q == 0:
		return 0
	case math.IsInf(t, 1): // q is zero, and not only too small for float64
		return p * m.onlyP
	case math.IsInf(t, -1):
		return q * m.onlyQ
	case t >= 0:
		return p * m.term(t)
	}
	return q * m.mirror(-t)
}

// atLog is at for logarithms of p and q, which neither overflows nor underflows.
func (m *measure) atLog(lp, lq float64) float64 {
	if t := lp - lq; t*m.growth > 100 && !math.IsInf(t, 1) {
		return math.Exp(lp + m.growth*t - m.shift)
	}
	return m.at(math.Exp(lp), math.Exp(lq), lp-lq)
}

// excess returns t + exp(−t) − 1.
func excess(t float64) float64 { return special.Expm2(-t) }

// rise returns exp(−s)·(exp(s) − 1 − s) = 1 − (1 + s) exp(−s) for s ≥ 0.
func rise(s float64) float64 {
	if s < 0.1 {
		return math.Exp(-s) * special.Expm2(s)
	}
	return 1 - (1+s)*math.Exp(-s)
}

// logRest returns x − log(1 + x) for x > −1.
func logRest(x float64) float64 {
	if math.Abs(x) < 0.1 {
		// With v = x/(2+x), log(1+x) = 2 artanh v and x = 2v/(1−v).
		v := x / (2 + x)
		y := v * v
		return v * (x - 2*y*(1./3+y*(1./5+y*(1./7+y*(1./9+y*(1./11+y*(1./13+y/15)))))))
	}
	return x - math.Log1p(x)
}

func same(sum float64) float64 { return sum }
func one(float64) float64      { return 1 }

var kullback = measure{
	term:   excess,
	mirror: rise,
	onlyP:  math.Inf(1),
	onlyQ:  1,
	value:  same,
	slope:  one,
}

// Jensen and Shannon's is even in t, and so are the next two.
var jensen = measure{
	term: func(t float64) float64 {
		// p = (1+d)m, q = (1−d)m
		d := math.Tanh(0.5 * t)
		half := 0.5 / (1 + d)
		if d < 0.1 {
			y := d * d
			return half * y * (1 + y*(1./6+y*(1./15+y*(1./28+y*(1./45+y*(1./66+y*(1./91+y/120)))))))
		}
		e := math.Exp(-t) // 1−d = 2e/(1+e)
		return half * ((1+d)*math.Log1p(d) + (1-d)*(math.Ln2-t-math.Log1p(e)))
	},
	onlyP: 0.5 * math.Ln2,
	onlyQ: 0.5 * math.Ln2,
	value: same,
	slope: one,
}

var hellinger = measure{
	term: func(t float64) float64 {
		r := math.Expm1(-0.5 * t)
		return 0.5 * r * r
	},
	onlyP: 0.5,
	onlyQ: 0.5,
	value: math.Sqrt,
	slope: func(sum float64) float64 { return 0.5 / math.Sqrt(sum) },
}

var variation = measure{
	term:  func(t float64) float64 { return -0.5 * math.Expm1(-t) },
	onlyP: 0.5,
	onlyQ: 0.5,
	value: same,
	slope: one,
}

func init() {
	jensen.mirror, hellinger.mirror, variation.mirror = jensen.term, hellinger.term, variation.term
}

// renyi is the divergence of order alpha, other than one: the sum is that of
// ±(αp + (1−α)q − p^α q^(1−α)), positive below one and negative above.
func renyi(alpha float64) (*measure, error) {
	switch {
	case !(alpha > 0) || math.IsInf(alpha, 1):
		return nil, &belief.ConfigError{Field: "alpha", Value: alpha, Want: "positive and finite"}
	case alpha == 1:
		return &kullback, nil
	}
	beta := 1 - alpha
	sign := 1.0
	if alpha > 1 {
		sign = -1
	}
	m := &measure{
		order: alpha,
		// α + β exp(−t) − exp(−βt) = β·excess(t) − excess(βt)
		term: func(t float64) float64 {
			if t > 1 {
				return sign * (alpha + beta*math.Exp(-t) - math.Exp(-beta*t))
			}
			return sign * (beta*excess(t) - excess(beta*t))
		},
		// α exp(−s) + β − exp(−αs) = α·excess(s) − excess(αs)
		mirror: func(s float64) float64 {
			if s > 1 {
				return sign * (alpha*math.Exp(-s) + beta - math.Exp(-alpha*s))
			}
			return sign * (alpha*excess(s) - excess(alpha*s))
		},
		onlyP: alpha,
		onlyQ: math.Abs(beta),
		value: func(sum float64) float64 { return -math.Log1p(-sign*min(sum, limit(sign))) / beta },
		slope: func(sum float64) float64 { return sign / (beta * (1 - sign*sum)) },
	}
	if alpha > 1 {
		m.onlyP, m.growth = math.Inf(1), alpha-1
	}
	return m, nil
}

// affinity is Rényi's divergence of order alpha below one from the sum of p^α q^(1−α)
// itself, for distributions that are so far apart that one less that sum says little.
func affinity(alpha float64) *measure {
	beta := 1 - alpha
	return &measure{
		order:  alpha,
		term:   func(t float64) float64 { return math.Exp(-beta * t) },
		mirror: func(s float64) float64 { return math.Exp(-alpha * s) },
		value:  func(sum float64) float64 { return -math.Log(sum) / beta },
		slope:  func(sum float64) float64 { return 1 / (beta * sum) },
		rest:   func(p, q float64) float64 { return math.Pow(p, alpha) * math.Pow(q, beta) }, // Hölder
	}
}

// farApart says whether affinity is the better way to a divergence of order alpha.
func farApart(alpha, value float64) bool { return alpha < 1 && (1-alpha)*value > math.Ln2 }

// steep is Rényi's divergence of an order above one from the sum of p^α q^(1−α) itself,
// divided by about its greatest term, which float64 may not hold.
func steep(alpha float64, p, q dist.Univariate) *measure {
	m := &measure{onlyP: math.Inf(1), growth: alpha - 1, shift: math.Inf(-1)}
	for _, x := range grid(p, q, false).cuts {
		lp, lq := p.LogProb(x), q.LogProb(x)
		if height := lp + m.growth*(lp-lq); !math.IsInf(height, 0) && !math.IsNaN(height) {
			m.shift = max(m.shift, height)
		}
	}
	m.term = func(t float64) float64 { return math.Exp(m.growth*t - m.shift) }
	m.mirror = func(s float64) float64 { return math.Exp(-alpha*s - m.shift) }
	m.value = func(sum float64) float64 { return (math.Log(sum) + m.shift) / m.growth }
	m.slope = func(sum float64) float64 { return 1 / (m.growth * sum) }
	return m
}

// limit is what a sum of terms cannot exceed but by rounding.
func limit(sign float64) float64 {
	if sign > 0 {
		return 1
	}
	return math.Inf(1)
}
