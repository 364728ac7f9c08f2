package information

import (
	"math"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/special"
)

// This file has the formulas that need log Γ: its Bregman divergence
//
//	B(a, d) = log Γ(a+d) − log Γ(a) − d ψ(a) ≥ 0
//
// is what exponential families with gamma functions in their log-partition are made of
// (Banerjee, Merugu, Dhillon & Ghosh 2005).

// gammaBregman returns B(a, d) for positive a and a+d; where d is small, as the
// integral of (1 − t) d² ψ'(a + td) over t from 0 to 1.
func gammaBregman(a, d float64) float64 {
	if d == 0 {
		return 0
	}
	if math.Abs(d) > 0.25*a {
		return special.LogGamma(a+d) - special.LogGamma(a) - d*special.Digamma(a)
	}
	sum := 0.0
	for _, n := range legendre {
		for _, s := range [2]float64{-1, 1} {
			t := 0.5 * (1 + s*n[0])
			sum += 0.5 * n[1] * (1 - t) * special.Trigamma(a+t*d)
		}
	}
	return d * d * sum
}

// legendre has the positive nodes and weights of Gauss's rule with 10 points.
var legendre = [5][2]float64{
	{0.148874338981631210884826001129720, 0.295524224714752870173815619188769},
	{0.433395394129247190799265943165784, 0.269266719309996355091226921569469},
	{0.679409568299024406234327365114874, 0.219086362515982043995534934228163},
	{0.865063366688984510732096688423493, 0.149451349150580593145863396957698},
	{0.973906528517171720077964012084452, 0.066671344308688137593568809893332},
}

// gammaKL is that of shapes k and rates b: B(k_p, k_q − k_p) + k_p(d − log(1+d)) +
// (k_p − k_q) log(1+d), where d = b_q/b_p − 1.
func gammaKL(kp, bp, kq, bq float64) float64 {
	d := (bq - bp) / bp
	l := logRatio(bq, bp)
	return max(0, gammaBregman(kp, kq-kp)+kp*logRest(d)+(kp-kq)*l)
}

// gammaRenyi is that of order alpha, +Inf if no distribution lies between them.
func gammaRenyi(alpha, kp, bp, kq, bq float64) float64 {
	beta := 1 - alpha
	k, b, d := alpha*kp+beta*kq, alpha*bp+beta*bq, bq-bp
	if !(k > 0 && b > 0) {
		return math.Inf(1)
	}
	gap := gammaGap(alpha, kp, kq) +
		alpha*beta*(d/bp)*((kp-kq)+kq*(d/bq)) -
		alpha*kp*logRest(beta*d/bp) - beta*kq*logRest(-alpha*d/bq)
	return max(0, gap/beta)
}

// gammaGap returns α log Γ(a) + β log Γ(b) − log Γ(αa + βb), β = 1 − α, for a positive
// mean.
func gammaGap(alpha, a, b float64) float64 {
	mean := alpha*a + (1-alpha)*b
	return alpha*gammaBregman(mean, (1-alpha)*(a-b)) + (1-alpha)*gammaBregman(mean, alpha*(b-a))
}

// dirichletKL is that of two Dirichlet distributions of one length; beta distributions
// are those of two.
func dirichletKL(p, q []float64) float64 {
	sum, total, d := 0.0, 0.0, 0.0
	for i, a := range p {
		sum += gammaBregman(a, q[i]-a)
		total += a
		d += q[i] - a
	}
	return max(0, sum-gammaBregman(total, d))
}

// dirichletRenyi is that of order alpha.
func dirichletRenyi(alpha float64, p, q []float64) float64 {
	sum, totalP, d := 0.0, 0.0, 0.0
	for i, a := range p {
		if !(alpha*a+(1-alpha)*q[i] > 0) {
			return math.Inf(1)
		}
		sum += gammaGap(alpha, a, q[i])
		totalP += a
		d += q[i] - a
	}
	mean := totalP + (1-alpha)*d
	sum -= alpha*gammaBregman(mean, -(1-alpha)*d) + (1-alpha)*gammaBregman(mean, alpha*d)
	return max(0, sum/(1-alpha))
}

// closedGammaKL returns the divergence of gamma and beta distributions and their kin.
func closedGammaKL(p, q dist.Univariate) (float64, bool) {
	switch p := p.(type) {
	case dist.Gamma:
		if q, ok := q.(dist.Gamma); ok {
			return gammaKL(p.Shape, p.Rate, q.Shape, q.Rate), true
		}
	case dist.InverseGamma: // one over a gamma variate, and divergences do not change
		if q, ok := q.(dist.InverseGamma); ok {
			return gammaKL(p.Shape, p.Scale, q.Shape, q.Scale), true
		}
	case dist.ChiSquared:
		if q, ok := q.(dist.ChiSquared); ok {
			return gammaKL(0.5*p.Nu, 0.5, 0.5*q.Nu, 0.5), true
		}
	case dist.Beta:
		if q, ok := q.(dist.Beta); ok {
			return dirichletKL([]float64{p.Alpha, p.Beta}, []float64{q.Alpha, q.Beta}), true
		}
	}
	return 0, false
}

// closedGammaRenyi returns that of order alpha ≠ 1.
func closedGammaRenyi(alpha float64, p, q dist.Univariate) (float64, bool) {
	switch p := p.(type) {
	case dist.Gamma:
		if q, ok := q.(dist.Gamma); ok {
			return gammaRenyi(alpha, p.Shape, p.Rate, q.Shape, q.Rate), true
		}
	case dist.InverseGamma:
		if q, ok := q.(dist.InverseGamma); ok {
			return gammaRenyi(alpha, p.Shape, p.Scale, q.Shape, q.Scale), true
		}
	case dist.ChiSquared:
		if q, ok := q.(dist.ChiSquared); ok {
			return gammaRenyi(alpha, 0.5*p.Nu, 0.5, 0.5*q.Nu, 0.5), true
		}
	case dist.Beta:
		if q, ok := q.(dist.Beta); ok {
			return dirichletRenyi(alpha, []float64{p.Alpha, p.Beta}, []float64{q.Alpha, q.Beta}), true
		}
	}
	return 0, false
}
