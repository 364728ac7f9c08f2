package information

import (
	"math"

	"github.com/belief-go/belief/internal/careful"
)

// This file has the formulas of counts.

// times returns n·v, and zero if v is zero.
func times(n, v float64) float64 {
	if v == 0 {
		return 0
	}
	return n * v
}

// points has those of two Poisson distributions.
func points(a, b float64) formulas {
	return formulas{
		kl: func() float64 { return pointKL(a, b) },
		renyi: func(alpha float64) float64 { // (αa + βb − a^α b^β)/β
			m, _ := renyi(alpha)
			t := logRatio(a, b)
			if t*m.growth > 100 && !math.IsInf(t, 1) {
				return math.Exp(careful.Log(a)+m.growth*t) / m.growth
			}
			return m.at(a, b, t) / math.Abs(1-alpha)
		},
	}
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
	return pointRest(a, b, a-b)
}

// coins has those of two binomial distributions.
func coins(n, p, q float64) formulas {
	return formulas{
		kl:    func() float64 { return times(n, coinKL(p, q)) },
		renyi: func(alpha float64) float64 { return times(n, coinRenyi(alpha, p, q)) },
	}
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

// coinRenyi is that of two Bernoulli distributions.
func coinRenyi(alpha, p, q float64) float64 {
	m, _ := renyi(alpha)
	a, b := 1-p, 1-q
	t := logRatio(a, b)
	if math.Abs(p-q) <= 0.5*b {
		t = math.Log1p((q - p) / b)
	}
	v := m.value(m.at(p, q, logRatio(p, q)) + m.at(a, b, t))
	if tooFar(alpha, v) {
		return careful.LogSumExp([]float64{
			logPower(alpha, careful.Log(p), careful.Log(q)),
			logPower(alpha, math.Log1p(-p), math.Log1p(-q)),
		}) / (alpha - 1)
	}
	return v
}

// waits has those of two negative binomial distributions of one number r of successes.
func waits(r, p, q float64) formulas {
	return formulas{
		kl:    func() float64 { return times(r, coinKL(p, q)/p) },
		renyi: func(alpha float64) float64 { return times(r, waitRenyi(alpha, p, q)) },
	}
}

// waitRenyi is that of two geometric distributions, log((1 − f)/s)/β for s = p^α q^β and
// f the same of failures; s + f is what coins have, so that 1 − f = s + (1 − (s + f)).
func waitRenyi(alpha, p, q float64) float64 {
	if p == q {
		return 0
	}
	beta := 1 - alpha
	success := logPower(alpha, careful.Log(p), careful.Log(q))
	failure := logPower(alpha, math.Log1p(-p), math.Log1p(-q))
	if !(failure < 0) { // the series diverges
		return math.Inf(1)
	}
	if x := -math.Expm1(-beta*coinRenyi(alpha, p, q)) * math.Exp(-success); math.Abs(x) < 0.5 {
		return math.Log1p(x) / beta
	}
	return (math.Log(-math.Expm1(failure)) - success) / beta
}

// waitVariation is that of two geometric distributions: the difference of the
// probabilities of as many failures as are likelier under the greater p.
func waitVariation(p, q float64) float64 {
	if p < q {
		p, q = q, p
	}
	if p == q || p == 1 {
		return p - q
	}
	each := math.Log1p((p - q) / (1 - p)) // log((1−q)/(1−p))
	n := math.Ceil(logRatio(p, q) / each)
	return math.Exp(n*math.Log1p(-q)) * -math.Expm1(-n*each)
}

// logPower returns log(p^α q^(1−α)) from logarithms, −Inf where p is zero.
func logPower(alpha, lp, lq float64) float64 {
	if math.IsInf(lp, -1) {
		return lp
	}
	return alpha*lp + (1-alpha)*lq
}
