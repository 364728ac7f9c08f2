package information

import (
	"math"

	"github.com/belief-go/belief/dist"
)

// This file says for which pairs there are formulas (Gil, Alajaji & Linder 2013 collect
// most of them). All are arranged as sums of terms that are not negative wherever that
// can be done, so that nearly equal parameters lose nothing, and take ratios with their
// logarithms, so that those far apart do not overflow.

// formulas are those of one pair; nil where there is none. Rényi's takes an order other
// than one, and may answer NaN if it has not all digits there.
type formulas struct {
	kl        func() float64
	renyi     func(alpha float64) float64
	variation func() float64
}

// closedKL returns the divergence if there is a formula.
func closedKL(p, q dist.Univariate) (float64, bool) {
	f := formulasOf(p, q)
	if f.kl == nil {
		return 0, false
	}
	return f.kl(), true
}

// closedRenyi returns the divergence of order alpha ≠ 1 if there is a formula.
func closedRenyi(alpha float64, p, q dist.Univariate) (float64, bool) {
	f := formulasOf(p, q)
	if f.renyi == nil {
		return 0, false
	}
	v := f.renyi(alpha)
	return max(v, 0), !math.IsNaN(v)
}

// closedVariation returns the total variation distance if there is a formula.
func closedVariation(p, q dist.Univariate) (float64, bool) {
	f := formulasOf(p, q)
	if f.variation == nil {
		return 0, false
	}
	return f.variation(), true
}

// formulasOf finds the formulas of two of a kind. A function of the variable, such as its
// logarithm, its inverse or its power, changes no divergence.
func formulasOf(p, q dist.Univariate) formulas {
	if a, b, ok := both(asInterval, p, q); ok && p.Support().Discrete == q.Support().Discrete {
		return intervals(a[0], a[1], b[0], b[1])
	}
	if a, b, ok := both(asGamma, p, q); ok {
		return gammas(a[0], a[1], b[0], b[1])
	}
	if a, b, ok := both(asBeta, p, q); ok {
		return dirichlets(a[:], b[:])
	}
	switch p := p.(type) {
	case dist.Normal:
		if q, ok := q.(dist.Normal); ok {
			return normals(p.Mu, p.Sigma, q.Mu, q.Sigma)
		}
	case dist.LogNormal:
		if q, ok := q.(dist.LogNormal); ok {
			return normals(p.Mu, p.Sigma, q.Mu, q.Sigma)
		}
	case dist.HalfNormal:
		if q, ok := q.(dist.HalfNormal); ok {
			return normals(0, p.Sigma, 0, q.Sigma)
		}
	case dist.Laplace:
		if q, ok := q.(dist.Laplace); ok {
			return laplaces(p, q)
		}
	case dist.Cauchy:
		if q, ok := q.(dist.Cauchy); ok {
			return cauchys(p, q)
		}
	case dist.HalfCauchy:
		if q, ok := q.(dist.HalfCauchy); ok {
			return cauchys(dist.Cauchy{Scale: p.Scale}, dist.Cauchy{Scale: q.Scale})
		}
	case dist.Pareto:
		if q, ok := q.(dist.Pareto); ok {
			return paretos(p, q)
		}
	case dist.Weibull:
		if q, ok := q.(dist.Weibull); ok {
			return extremes(ratioOf(q.Shape, p.Shape), q.Shape*logRatio(p.Scale, q.Scale))
		}
	case dist.Gumbel:
		if q, ok := q.(dist.Gumbel); ok {
			return extremes(ratioOf(p.Scale, q.Scale), apart(q.Location, p.Location, q.Scale))
		}
	case dist.InverseGamma:
		if q, ok := q.(dist.InverseGamma); ok {
			return gammas(p.Shape, p.Scale, q.Shape, q.Scale)
		}
	case dist.VonMises:
		if q, ok := q.(dist.VonMises); ok {
			return formulas{kl: func() float64 { return vonMisesKL(p, q) }}
		}
	}
	return countFormulas(p, q)
}

// countFormulas are those of discrete distributions.
func countFormulas(p, q dist.Univariate) formulas {
	switch p := p.(type) {
	case dist.Bernoulli:
		if q, ok := q.(dist.Bernoulli); ok {
			f := coins(1, p.P, q.P)
			f.variation = func() float64 { return math.Abs(p.P - q.P) }
			return f
		}
	case dist.Binomial:
		if q, ok := q.(dist.Binomial); ok && p.N == q.N {
			return coins(p.N, p.P, q.P)
		}
	case dist.Geometric:
		if q, ok := q.(dist.Geometric); ok {
			f := waits(1, p.P, q.P)
			f.variation = func() float64 { return waitVariation(p.P, q.P) }
			return f
		}
	case dist.NegativeBinomial:
		if q, ok := q.(dist.NegativeBinomial); ok && p.R == q.R {
			return waits(p.R, p.P, q.P)
		}
	case dist.Poisson:
		if q, ok := q.(dist.Poisson); ok {
			return points(p.Lambda, q.Lambda)
		}
	case dist.Categorical:
		if q, ok := q.(dist.Categorical); ok {
			a, b := sameLength(p, q)
			return formulas{kl: func() float64 { return a.KL(b) }, renyi: func(alpha float64) float64 {
				m, _ := renyi(alpha)
				return a.renyi(alpha, m, b)
			}}
		}
	}
	return formulas{}
}

// both returns what two distributions are as members of one family, if they are.
func both(as func(dist.Univariate) ([2]float64, bool), p, q dist.Univariate) (a, b [2]float64, ok bool) {
	a, ok = as(p)
	if ok {
		b, ok = as(q)
	}
	return a, b, ok
}

// asInterval returns the ends; whole numbers fill the interval up to the next one.
func asInterval(d dist.Univariate) ([2]float64, bool) {
	switch d := d.(type) {
	case dist.Uniform:
		return [2]float64{d.Lower, d.Upper}, true
	case dist.DiscreteUniform:
		return [2]float64{d.Lower, d.Upper + 1}, true
	}
	return [2]float64{}, false
}

// asGamma returns shape and rate.
func asGamma(d dist.Univariate) ([2]float64, bool) {
	switch d := d.(type) {
	case dist.Gamma:
		return [2]float64{d.Shape, d.Rate}, true
	case dist.Exponential:
		return [2]float64{1, d.Rate}, true
	case dist.ChiSquared:
		return [2]float64{0.5 * d.Nu, 0.5}, true
	}
	return [2]float64{}, false
}

// asBeta returns both shapes.
func asBeta(d dist.Univariate) ([2]float64, bool) {
	switch d := d.(type) {
	case dist.Beta:
		return [2]float64{d.Alpha, d.Beta}, true
	case dist.Uniform:
		return [2]float64{1, 1}, d.Lower == 0 && d.Upper == 1
	}
	return [2]float64{}, false
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
