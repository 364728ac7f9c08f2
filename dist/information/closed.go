package information

import (
	"math"

	"github.com/belief-go/belief/dist"
)

// This file has the formulas for two distributions of a kind (Gil, Alajaji & Linder
// 2013 collect most of them), arranged as sums of terms that are not negative wherever
// that can be done, so that nearly equal parameters lose nothing.

// closedKL returns the divergence if there is a formula.
func closedKL(p, q dist.Univariate) (float64, bool) {
	switch p := p.(type) {
	case dist.Normal:
		if q, ok := q.(dist.Normal); ok {
			return normalKL(p.Mu, p.Sigma, q.Mu, q.Sigma), true
		}
	case dist.LogNormal: // the logarithm is normal, and divergences do not change
		if q, ok := q.(dist.LogNormal); ok {
			return normalKL(p.Mu, p.Sigma, q.Mu, q.Sigma), true
		}
	case dist.HalfNormal:
		if q, ok := q.(dist.HalfNormal); ok {
			return normalKL(0, p.Sigma, 0, q.Sigma), true
		}
	case dist.Exponential:
		if q, ok := q.(dist.Exponential); ok {
			return logRest((q.Rate - p.Rate) / p.Rate), true
		}
	case dist.Laplace:
		if q, ok := q.(dist.Laplace); ok {
			ratio, apart := p.Scale/q.Scale, math.Abs(p.Location-q.Location)/p.Scale
			return logRest((p.Scale-q.Scale)/q.Scale) + ratio*excess(apart), true
		}
	case dist.Cauchy: // Chyzak & Nielsen 2019
		if q, ok := q.(dist.Cauchy); ok {
			a, b := p.Scale-q.Scale, p.Location-q.Location
			return math.Log1p((a/p.Scale*(a/q.Scale) + b/p.Scale*(b/q.Scale)) / 4), true
		}
	case dist.Pareto:
		if q, ok := q.(dist.Pareto); ok {
			if p.Scale < q.Scale {
				return math.Inf(1), true
			}
			return q.Shape*logRatio(p.Scale, q.Scale) + logRest((q.Shape-p.Shape)/p.Shape), true
		}
	case dist.Weibull:
		if q, ok := q.(dist.Weibull); ok {
			return extremeKL((q.Shape-p.Shape)/p.Shape, q.Shape*logRatio(p.Scale, q.Scale)), true
		}
	case dist.Gumbel:
		if q, ok := q.(dist.Gumbel); ok {
			return extremeKL((p.Scale-q.Scale)/q.Scale, -(p.Location-q.Location)/q.Scale), true
		}
	case dist.Uniform:
		if q, ok := q.(dist.Uniform); ok {
			if p.Lower < q.Lower || p.Upper > q.Upper {
				return math.Inf(1), true
			}
			return logRatio(q.Upper-q.Lower, p.Upper-p.Lower), true
		}
	case dist.Bernoulli:
		if q, ok := q.(dist.Bernoulli); ok {
			return coinKL(p.P, q.P), true
		}
	case dist.Binomial:
		if q, ok := q.(dist.Binomial); ok && p.N == q.N {
			return times(p.N, coinKL(p.P, q.P)), true
		}
	case dist.Geometric:
		if q, ok := q.(dist.Geometric); ok {
			return coinKL(p.P, q.P) / p.P, true
		}
	case dist.NegativeBinomial:
		if q, ok := q.(dist.NegativeBinomial); ok && p.R == q.R {
			return times(p.R, coinKL(p.P, q.P)/p.P), true
		}
	case dist.Poisson:
		if q, ok := q.(dist.Poisson); ok {
			return pointKL(p.Lambda, q.Lambda), true
		}
	case dist.Categorical:
		if q, ok := q.(dist.Categorical); ok {
			a, b := sameLength(p, q)
			return a.KL(b), true
		}
	}
	return closedGammaKL(p, q)
}

// sameLength gives both as many classes, as none is possible beyond their own.
func sameLength(p, q dist.Categorical) (a, b Probabilities) {
	a.p, b.p = p.Params(), q.Params()
	for len(a.p) < len(b.p) {
		a.p = append(a.p, 0)
	}
	for len(b.p) < len(a.p) {
		b.p = append(b.p, 0)
	}
	return a, b
}

// times returns n·v, and zero if v is zero.
func times(n, v float64) float64 {
	if v == 0 {
		return 0
	}
	return n * v
}

// normalKL is ½(r − 1 − log r) + ½(μ_p − μ_q)²/σ_q² for r = σ_p²/σ_q².
func normalKL(mu, sigma, nu, tau float64) float64 {
	d, z := (sigma-tau)/tau, (mu-nu)/tau
	if d > 1e150 {
		return 0.5 * (d*d + z*z)
	}
	return 0.5 * (logRest(d*(2+d)) + z*z)
}

// pointKL is λ_p log(λ_p/λ_q) + λ_q − λ_p.
func pointKL(a, b float64) float64 {
	switch {
	case a == b:
		return 0
	case a == 0:
		return b
	case b == 0:
		return math.Inf(1)
	}
	if r := b / a; r < 0.9 || r > 1.1 {
		return a*logRatio(a, b) + (b - a)
	}
	return a * logRest((b-a)/a)
}

// coinKL is that of two Bernoulli distributions.
func coinKL(p, q float64) float64 {
	heads := pointKL(p, q)
	if p == q {
		return 0
	}
	// 1 − p and 1 − q differ by exactly what p and q do.
	a, b := 1-p, 1-q
	switch {
	case a == 0:
		return heads + b
	case b == 0:
		return math.Inf(1)
	case math.Abs(p-q) < 0.1*a:
		return heads + a*logRest((p-q)/a)
	}
	return heads + a*(math.Log1p(-p)-math.Log1p(-q)) + (p - q)
}

const eulerGamma = 0.57721566490153286061 // Euler's constant; ψ(2) is one less it

// extremeKL is that of two extreme value distributions, as functions of an exponential
// variable E: with 1 + d the ratio of shapes and c = exp(logC) that of scales,
//
//	(c' − 1 − log c') + (log Γ(1+d) + γd),  c' = c Γ(2+d).
func extremeKL(d, logC float64) float64 {
	scale := logC + d*(1-eulerGamma) + gammaBregman(2, d)
	return excess(-scale) + gammaBregman(1, d)
}
