package information

import (
	"math"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/special"
)

// This file has the formulas of distributions that differ by location and scale.

// A ratio is 1 + rest, with its logarithm: the former keeps the digits of one next to
// one, the latter those of one next to zero or beyond what float64 holds.
type ratio struct{ rest, log float64 }

func ratioOf(a, b float64) ratio { return ratioFrom(a, b, a-b) }

// ratioFrom returns a/b for a known difference d of a and b.
func ratioFrom(a, b, d float64) ratio {
	x := d / b
	if math.Abs(x) <= 0.5 {
		return ratio{x, math.Log1p(x)}
	}
	return ratio{x, logRatio(a, b)}
}

func (r ratio) near() bool { return math.Abs(r.rest) <= 0.5 }

func (r ratio) value() float64 {
	if r.rest < -0.5 {
		return math.Exp(r.log)
	}
	return 1 + r.rest
}

func (r ratio) squared() ratio { return ratio{r.rest * (2 + r.rest), 2 * r.log} }

func (r ratio) inverse() ratio {
	if r.near() {
		return ratio{-r.rest / (1 + r.rest), -r.log}
	}
	return ratio{math.Expm1(-r.log), -r.log}
}

// over returns r/s.
func (r ratio) over(s ratio) ratio {
	l := r.log - s.log
	switch {
	case math.Abs(l) > 0.5:
		return ratio{math.Expm1(l), l}
	case s.rest < 0: // (1/s)/(1/r)
		r, s = s.inverse(), r.inverse()
	}
	return ratio{(r.rest - s.rest) / (1 + s.rest), l}
}

// excess returns r − 1 − log r.
func (r ratio) excess() float64 {
	if r.near() {
		return logRest(r.rest)
	}
	return r.rest - r.log
}

// apart returns (a − b)/scale.
func apart(a, b, scale float64) float64 {
	if d := a - b; !math.IsInf(d, 0) {
		return d / scale
	}
	return a/scale - b/scale
}

// scaleRenyi is that of two exponential distributions whose rates have the ratio r =
// 1 + x of the second to the first: with β = 1 − α, log(1+βx)/β − log(1+x), and +Inf
// where there is no logarithm.
func scaleRenyi(alpha float64, r ratio) float64 {
	if alpha < 0.5 { // skew symmetry, so that no small α is a difference of large terms
		return alpha / (1 - alpha) * orderedRenyi(alpha, r.inverse())
	}
	return orderedRenyi(1-alpha, r)
}

func orderedRenyi(beta float64, r ratio) float64 {
	x := beta * r.rest
	switch {
	case !(1+x > 0):
		return math.Inf(1)
	case r.near():
		return logRest(r.rest) - logRest(x)/beta
	case r.rest > 1e15: // 1 + βx = 1 + βr
		return special.Softplus(math.Log(beta)+r.log)/beta - r.log
	}
	return math.Log1p(x)/beta - r.log
}

// scaleVariation is that of two exponential distributions: with s < 1 the ratio of their
// rates, (1−s) s^(s/(1−s)).
func scaleVariation(r ratio) float64 {
	if r.rest > 0 {
		r = r.inverse()
	}
	if r.rest == 0 {
		return 0
	}
	return -r.rest * math.Exp(r.value()*r.log/-r.rest)
}

// laplaces has the formulas of two Laplace distributions.
func laplaces(p, q dist.Laplace) formulas {
	r := ratioOf(p.Scale, q.Scale) // of the rates of the second and the first
	s, t := math.Abs(apart(p.Location, q.Location, p.Scale)), math.Abs(apart(p.Location, q.Location, q.Scale))
	f := formulas{
		kl: func() float64 {
			if s > 1 {
				return math.Exp(r.log-s) + t - 1 - r.log
			}
			return r.excess() + r.value()*excess(s)
		},
		renyi: func(alpha float64) float64 { return laplaceRenyi(alpha, r, s, t) },
	}
	switch {
	case s == 0:
		f.variation = func() float64 { return scaleVariation(r) }
	case r.rest == 0:
		f.variation = func() float64 { return -math.Expm1(-0.5 * s) }
	}
	return f
}

// laplaceRenyi adds what the distance of the locations does to the integral,
//
//	J = ½(exp(−a) + exp(−b) + (a+b) (exp(−b) − exp(−a))/(a−b)),
//
// for a = αs and b = βt, that distance in units of both scales.
func laplaceRenyi(alpha float64, r ratio, s, t float64) float64 {
	beta := 1 - alpha
	v := scaleRenyi(alpha, r)
	if s == 0 || math.IsInf(v, 1) {
		return v
	}
	if min(alpha, math.Abs(beta)) < 1e-3 {
		return math.NaN() // J is so near to one that it cancels
	}
	a, b := max(alpha*s, beta*t), min(alpha*s, beta*t)
	h := a - b
	mean, rest := 1.0, 0.0 // of exp(−x) for x from 0 to h, and that less one
	if h > 0 {
		mean, rest = -math.Expm1(-h)/h, -excess(h)/h
	}
	if a+math.Abs(b) < 0.5 {
		j := 0.5 * (excess(a) + excess(b) + (a+b)*(math.Expm1(-b)*mean+rest))
		return v - math.Log1p(j)/beta
	}
	return v + (b-math.Log(0.5*(1+math.Exp(-h)+(a+b)*mean)))/beta
}

// cauchys has those of two Cauchy distributions, which are all functions of one number
// χ = ((s−s')² + (m−m')²)/(2ss') (Chyzak & Nielsen 2019; Nielsen & Okamura 2022).
func cauchys(p, q dist.Cauchy) formulas {
	root := math.Sqrt(p.Scale) * math.Sqrt(q.Scale)
	half := 0.5 * math.Hypot((p.Scale-q.Scale)/root, apart(p.Location, q.Location, root)) // √(χ/2)
	return formulas{
		kl: func() float64 {
			if half < 1e8 {
				return math.Log1p(half * half)
			}
			whole := math.Hypot(0.5*p.Scale+0.5*q.Scale, 0.5*p.Location-0.5*q.Location)
			return 2*careful.Log(whole) - careful.Log(p.Scale) - careful.Log(q.Scale)
		},
		variation: func() float64 { return math.Atan(half) / (0.5 * math.Pi) },
	}
}

// paretos has those of two Pareto distributions; with one scale, their logarithms are
// exponential.
func paretos(p, q dist.Pareto) formulas {
	r := ratioOf(q.Shape, p.Shape)
	l := logRatio(p.Scale, q.Scale)
	f := formulas{
		kl: func() float64 {
			if l < 0 {
				return math.Inf(1)
			}
			return q.Shape*l + r.excess()
		},
		renyi: func(alpha float64) float64 {
			switch v := scaleRenyi(alpha, r); {
			case l >= 0:
				return v + q.Shape*l
			case alpha > 1:
				return math.Inf(1)
			default:
				return v - alpha/(1-alpha)*p.Shape*l
			}
		},
	}
	if l == 0 {
		f.variation = func() float64 { return scaleVariation(r) }
	}
	return f
}

// intervals has those of two uniform distributions.
func intervals(a, b, c, d float64) formulas {
	common := min(b, d) - max(a, c)
	inside := a >= c && b <= d
	return formulas{
		kl: func() float64 {
			if !inside {
				return math.Inf(1)
			}
			return logRatio(d-c, b-a)
		},
		renyi: func(alpha float64) float64 {
			if common <= 0 || alpha > 1 && !inside {
				return math.Inf(1)
			}
			return logRatio(d-c, common) + alpha/(1-alpha)*logRatio(b-a, common)
		},
		variation: func() float64 {
			if common <= 0 {
				return 1
			}
			if b-a > d-c {
				a, b, c, d = c, d, a, b
			}
			return (max(0, a-c) + max(0, d-b)) / (d - c)
		},
	}
}

const eulerGamma = 0.57721566490153286061 // Euler's constant; ψ(2) is one less it

// extremes has those of two extreme value distributions, as functions of an exponential
// variable E, which the second takes to the power r and multiplies by exp(logC).
func extremes(r ratio, logC float64) formulas {
	f := formulas{kl: func() float64 { return extremeKL(r, logC) }}
	if r.rest == 0 {
		scale := ratio{math.Expm1(logC), logC}
		f.renyi = func(alpha float64) float64 { return scaleRenyi(alpha, scale) }
		f.variation = func() float64 { return scaleVariation(scale) }
	}
	return f
}

// extremeKL is (c' − 1 − log c') + (log Γ(r) + γ(r−1)) for c' = c Γ(1+r).
func extremeKL(r ratio, logC float64) float64 {
	if d := r.rest; r.near() {
		scale := logC + d*(1-eulerGamma) + gammaBregman(2, 2+d, d)
		return excess(-scale) + gammaBregman(1, 1+d, d)
	}
	v := math.Exp(logC+special.LogGamma1p(1+r.rest)) + (eulerGamma*r.rest - 1) - logC - r.log
	if math.IsNaN(v) { // infinite parts
		return math.Inf(1)
	}
	return v
}
