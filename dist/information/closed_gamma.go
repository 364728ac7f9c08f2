package information

import (
	"math"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/special"
)

// This file has the formulas that need log Γ. Its Bregman divergence (Banerjee, Merugu,
// Dhillon & Ghosh 2005), log Γ(b) − log Γ(a) − (b−a) ψ(a) ≥ 0, is taken apart into that
// of x log x − x, which other terms of a formula cancel, and what is left of log Γ,
// which is convex too: no large shape then loses digits.

// shapeRest returns the Bregman divergence T(a, b) of log Γ(x) − x log x + x, for
// positive a and b = a + d.
func shapeRest(a, b, d float64) float64 {
	if d == 0 {
		return 0
	}
	if b < 0.5*a || b > 2*a {
		return special.Stirling(b) - special.Stirling(a) - 0.5*logRatio(b, a) - d*special.DigammaRest(a)
	}
	return gauss(func(t float64) float64 { // ∫ (1−t) d² (ψ′(x) − 1/x)
		x := a + t*d
		return (1 - t) * (d / x) * (d / x) * (x * special.TrigammaRest(x))
	})
}

// gammaBregman returns the whole of it, T(a, b) + b log(b/a) − d.
func gammaBregman(a, b, d float64) float64 { return pointRest(b, a, d) + shapeRest(a, b, d) }

// pointRest returns a log(a/b) − d for a difference d of positive a and b.
func pointRest(a, b, d float64) float64 {
	if math.Abs(d) <= 0.5*a {
		return a * logRest(-d/a)
	}
	return a*logRatio(a, b) - d
}

// gammaRest is the divergence of gamma distributions of shapes k and l = k + d, the rate
// of the second being r times that of the first: l(u − 1 − log u) + T(k, l), with the
// ratio u of their means.
func gammaRest(k, l, d float64, r ratio) float64 {
	u := r.over(ratioFrom(l, k, d))
	if u.near() {
		return l*logRest(u.rest) + shapeRest(k, l, d)
	}
	return k*r.value() - l*(1+u.log) + shapeRest(k, l, d)
}

// gammas has the formulas for shapes k and rates b.
func gammas(kp, bp, kq, bq float64) formulas {
	r := ratioOf(bq, bp)
	f := formulas{
		kl:    func() float64 { return gammaRest(kp, kq, kq-kp, r) },
		renyi: func(alpha float64) float64 { return gammaRenyi(alpha, kp, bp, kq, bq) },
	}
	if kp == 1 && kq == 1 {
		f.variation = func() float64 { return scaleVariation(r) }
	}
	return f
}

// gammaRenyi is that of order alpha, by the distribution whose parameters are between
// (m = αp + βq), or beyond for orders above one: (α D(m‖p) + β D(m‖q))/β, or
// D(p‖q) + D(p‖m)/|β|. It is +Inf if there is no such distribution.
func gammaRenyi(alpha, kp, bp, kq, bq float64) float64 {
	beta := 1 - alpha
	if kp == kq {
		return kp * scaleRenyi(alpha, ratioOf(bq, bp))
	}
	k, b := alpha*kp+beta*kq, alpha*bp+beta*bq
	if !(k > 0 && b > 0) {
		return math.Inf(1)
	}
	if alpha > 1 {
		return gammaRest(kp, kq, kq-kp, ratioOf(bq, bp)) +
			gammaRest(kp, k, beta*(kq-kp), ratioFrom(b, bp, beta*(bq-bp)))/-beta
	}
	return alpha/beta*gammaRest(k, kp, beta*(kp-kq), ratioFrom(bp, b, beta*(bp-bq))) +
		gammaRest(k, kq, alpha*(kq-kp), ratioFrom(bq, b, alpha*(bq-bp)))
}

// dirichlets has the formulas of Dirichlet distributions of one length; beta
// distributions are those of two.
func dirichlets(p, q []float64) formulas {
	return formulas{
		kl:    func() float64 { return dirichletRest(p, q, difference(1, p, q)) },
		renyi: func(alpha float64) float64 { return dirichletRenyi(alpha, p, q) },
	}
}

// difference returns f(q − p).
func difference(f float64, p, q []float64) []float64 {
	d := make([]float64, len(p))
	for i := range p {
		d[i] = f * (q[i] - p[i])
	}
	return d
}

// dirichletRest is the divergence for q = p + d: that of gamma variates whose sums have
// the same mean, less that of the shapes of the sums.
func dirichletRest(p, q, d []float64) float64 {
	totalP, totalQ, totalD := 0.0, 0.0, 0.0
	for i := range p {
		totalP += p[i]
		totalQ += q[i]
		totalD += d[i]
	}
	r, sum := ratioFrom(totalQ, totalP, totalD), 0.0
	for i := range p {
		sum += gammaRest(p[i], q[i], d[i], r)
	}
	return max(0, sum-shapeRest(totalP, totalQ, totalD))
}

// dirichletRenyi is that of order alpha, as gammaRenyi is.
func dirichletRenyi(alpha float64, p, q []float64) float64 {
	beta := 1 - alpha
	m := make([]float64, len(p))
	for i := range p {
		m[i] = alpha*p[i] + beta*q[i]
		if !(m[i] > 0) {
			return math.Inf(1)
		}
	}
	if alpha > 1 {
		return dirichletRest(p, q, difference(1, p, q)) + dirichletRest(p, m, difference(beta, p, q))/-beta
	}
	return alpha/beta*dirichletRest(m, p, difference(-beta, p, q)) + dirichletRest(m, q, difference(alpha, p, q))
}

// vonMisesKL is the Bregman divergence of log I₀, whose slope is A = I₁/I₀, and that of
// the directions, κ_q A(κ_p) (1 − cos(μ_p − μ_q)).
func vonMisesKL(p, q dist.VonMises) float64 {
	a, b := p.Kappa, q.Kappa
	at := special.BesselI(a)
	half := math.Sin(0.5 * (p.Mu - q.Mu))
	turned := 2 * b * at.Ratio * half * half
	if d := b - a; max(a, b) <= 1 || b >= 0.5*a && b <= 2*a {
		return turned + gauss(func(t float64) float64 {
			return (1 - t) * d * (d * special.BesselI(a+t*d).Slope)
		})
	}
	return turned + special.BesselI(b).LogScaled - at.LogScaled + (b-a)*at.Gap
}
