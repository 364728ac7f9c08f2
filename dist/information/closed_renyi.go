package information

import (
	"math"

	"github.com/belief-go/belief/dist"
)

// This file has the formulas of Rényi's divergence, from which Hellinger's distance
// follows at order one half, and of total variation.

// closedRenyi returns the divergence of order alpha ≠ 1 if there is a formula.
func closedRenyi(alpha float64, p, q dist.Univariate) (float64, bool) {
	switch p := p.(type) {
	case dist.Normal:
		if q, ok := q.(dist.Normal); ok {
			return normalRenyi(alpha, p.Mu, p.Sigma, q.Mu, q.Sigma), true
		}
	case dist.LogNormal:
		if q, ok := q.(dist.LogNormal); ok {
			return normalRenyi(alpha, p.Mu, p.Sigma, q.Mu, q.Sigma), true
		}
	case dist.HalfNormal:
		if q, ok := q.(dist.HalfNormal); ok {
			return normalRenyi(alpha, 0, p.Sigma, 0, q.Sigma), true
		}
	case dist.Exponential:
		if q, ok := q.(dist.Exponential); ok {
			return scaleRenyi(alpha, (q.Rate-p.Rate)/p.Rate), true
		}
	case dist.Bernoulli:
		if q, ok := q.(dist.Bernoulli); ok {
			return coinRenyi(alpha, p.P, q.P), true
		}
	case dist.Binomial:
		if q, ok := q.(dist.Binomial); ok && p.N == q.N {
			return times(p.N, coinRenyi(alpha, p.P, q.P)), true
		}
	case dist.Poisson:
		if q, ok := q.(dist.Poisson); ok {
			m, _ := renyi(alpha)
			return m.at(p.Lambda, q.Lambda, logRatio(p.Lambda, q.Lambda)) / math.Abs(1-alpha), true
		}
	case dist.Categorical:
		if q, ok := q.(dist.Categorical); ok {
			a, b := sameLength(p, q)
			m, _ := renyi(alpha)
			return a.renyi(alpha, m, b), true
		}
	}
	return closedGammaRenyi(alpha, p, q)
}

// scaleRenyi is that of two exponential distributions, with 1 + x the ratio of their
// rates: x − log(1+x) − (βx − log(1+βx))/β for β = 1 − α, +Inf where there is no
// logarithm.
func scaleRenyi(alpha, x float64) float64 {
	beta := 1 - alpha
	if !(1+beta*x > 0) {
		return math.Inf(1)
	}
	return max(0, logRest(x)-logRest(beta*x)/beta)
}

// normalRenyi is half of scaleRenyi of the variances and ½αz²σ_q²/σ², with the variance
// σ² = βσ_p² + ασ_q² that lies between.
func normalRenyi(alpha, mu, sigma, nu, tau float64) float64 {
	d, z := (sigma-tau)/tau, (mu-nu)/tau
	x := d * (2 + d)
	if !(1+(1-alpha)*x > 0) {
		return math.Inf(1)
	}
	return 0.5 * (scaleRenyi(alpha, x) + alpha*z*z/(1+(1-alpha)*x))
}

// coinRenyi is that of two Bernoulli distributions.
func coinRenyi(alpha, p, q float64) float64 {
	m, _ := renyi(alpha)
	a, b := 1-p, 1-q
	t := logRatio(a, b)
	if math.Abs(p-q) <= 0.5*b {
		t = math.Log1p((q - p) / b)
	}
	v := m.value(m.at(p, q, logRatio(p, q)) + m.at(a, b, t))
	if farApart(alpha, v) {
		m = affinity(alpha)
		v = m.value(m.at(p, q, logRatio(p, q)) + m.at(a, b, t))
	}
	return v
}

// closedVariation returns the total variation distance if there is a formula.
func closedVariation(p, q dist.Univariate) (float64, bool) {
	switch p := p.(type) {
	case dist.Normal:
		if q, ok := q.(dist.Normal); ok && p.Sigma == q.Sigma {
			return math.Erf(math.Abs(p.Mu-q.Mu) / p.Sigma / (2 * math.Sqrt2)), true
		}
	case dist.Bernoulli:
		if q, ok := q.(dist.Bernoulli); ok {
			return math.Abs(p.P - q.P), true
		}
	}
	return 0, false
}
