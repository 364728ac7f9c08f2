package information

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// This file has the formulas for two distributions of vectors.

// closedVectorKL returns the divergence if there is a formula.
func closedVectorKL(p, q Distribution) (float64, bool) {
	if p.Dim() != q.Dim() {
		return 0, false
	}
	switch p := p.(type) {
	case *dist.MultivariateNormal:
		if q, ok := q.(*dist.MultivariateNormal); ok {
			return vectorNormal(p, q, directionKL)
		}
	case *dist.Wishart:
		if q, ok := q.(*dist.Wishart); ok {
			return wishartKL(p.Nu(), q.Nu(), p.ScaleTo(nil), q.ScaleTo(nil))
		}
	case *dist.InverseWishart: // the inverse of a Wishart matrix, and so are the scales
		if q, ok := q.(*dist.InverseWishart); ok {
			return wishartKL(p.Nu(), q.Nu(), q.ScaleTo(nil), p.ScaleTo(nil))
		}
	case dist.Dirichlet:
		if q, ok := q.(dist.Dirichlet); ok {
			return dirichlets(p.Alpha, q.Alpha).kl(), true
		}
	case dist.Multinomial:
		if q, ok := q.(dist.Multinomial); ok && p.N == q.N {
			return times(p.N, Probabilities{p.P}.KL(Probabilities{q.P})), true
		}
	}
	return 0, false
}

// closedVectorRenyi returns that of order alpha ≠ 1.
func closedVectorRenyi(alpha float64, p, q Distribution) (float64, bool) {
	if p.Dim() != q.Dim() {
		return 0, false
	}
	switch p := p.(type) {
	case *dist.MultivariateNormal:
		if q, ok := q.(*dist.MultivariateNormal); ok {
			return vectorNormal(p, q, func(r ratio, z float64) float64 { return directionRenyi(alpha, r, z) })
		}
	case dist.Dirichlet:
		if q, ok := q.(dist.Dirichlet); ok {
			return dirichlets(p.Alpha, q.Alpha).renyi(alpha), true
		}
	case dist.Multinomial:
		if q, ok := q.(dist.Multinomial); ok && p.N == q.N {
			m, _ := renyi(alpha)
			return times(p.N, Probabilities{p.P}.renyi(alpha, m, Probabilities{q.P})), true
		}
	}
	return 0, false
}

// mostDim is up to what dimension a covariance is taken apart.
const mostDim = 2048

// vectorNormal sums a term over the directions in which q is standard normal and the
// numbers of p are independent of each other, with the standard deviation and mean of p.
func vectorNormal(p, q *dist.MultivariateNormal, term func(r ratio, z float64) float64) (float64, bool) {
	n := p.Dim()
	if n > mostDim {
		return 0, false
	}
	lp, lq := p.CholeskyTo(nil), q.CholeskyTo(nil)
	ratios, vectors, ok := directions(p.CovarianceTo(nil), q.CovarianceTo(nil), lp, lq)
	if !ok {
		return 0, false
	}
	mean := p.MeanTo(make([]float64, n))
	for i, v := range q.MeanTo(make([]float64, n)) {
		mean[i] -= v
	}
	var z, turned mat.Dense
	if lq.SolveTo(&z, false, mat.NewDense(n, 1, mean)) != nil {
		return 0, false
	}
	turned.Mul(vectors.T(), &z)
	sum := 0.0
	for i, r := range ratios {
		sum += term(r, turned.At(i, 0))
	}
	return sum, !math.IsNaN(sum)
}

// directions takes apart L⁻¹AL⁻ᵀ for B = LLᵀ and A = KKᵀ: it returns the roots of its
// eigenvalues and its eigenvectors. If A and B are close, those are of L⁻¹(A − B)L⁻ᵀ,
// as the difference is taken before anything can round it away; if not, the roots are
// the singular values of L⁻¹K, which have digits next to zero.
func directions(a, b *mat.SymDense, k, l *mat.TriDense) ([]ratio, *mat.Dense, bool) {
	n := a.SymmetricDim()
	difference := mat.NewDense(n, n, nil)
	difference.Sub(a, b)
	var half, whole, vectors mat.Dense
	if l.SolveTo(&half, false, difference) != nil || l.SolveTo(&whole, false, half.T()) != nil {
		return nil, nil, false // so near singular that draws are the better way
	}
	square := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			square.SetSym(i, j, 0.5*(whole.At(i, j)+whole.At(j, i)))
		}
	}
	ratios := make([]ratio, n)
	if norm := mat.Norm(square, 2); norm <= 0.5 {
		var eigen mat.EigenSym
		if !eigen.Factorize(square, true) {
			return nil, nil, false
		}
		eigen.VectorsTo(&vectors)
		for i, x := range eigen.Values(nil) { // √(1+x) = 1 + x/(1 + √(1+x))
			ratios[i] = ratio{x / (1 + math.Sqrt(1+x)), 0.5 * math.Log1p(x)}
		}
		return ratios, &vectors, true
	}
	var svd mat.SVD
	if l.SolveTo(&whole, false, k) != nil || !svd.Factorize(&whole, mat.SVDThinU) {
		return nil, nil, false
	}
	svd.UTo(&vectors)
	for i, s := range svd.Values(nil) {
		ratios[i] = ratioOf(s, 1)
	}
	return ratios, &vectors, true
}

// wishartKL is that of two Wishart distributions with scales A and B, from the
// eigenvalues r² of B⁻¹A: as of gamma distributions of shapes ν/2 in every direction, with
// T(k, l) replaced by what is left of their Bregman divergences of shapes k − j/2.
func wishartKL(nuP, nuQ float64, a, b *mat.SymDense) (float64, bool) {
	n := a.SymmetricDim()
	var cholA, cholB mat.Cholesky
	if n > mostDim || !cholA.Factorize(a) || !cholB.Factorize(b) {
		return 0, false
	}
	var k, l mat.TriDense
	cholA.LTo(&k)
	cholB.LTo(&l)
	ratios, _, ok := directions(a, b, &k, &l)
	if !ok {
		return 0, false
	}
	shapeP, shapeQ := 0.5*nuP, 0.5*nuQ
	d, sum := shapeQ-shapeP, 0.0
	for j, r := range ratios {
		sum += gammaRest(shapeP, shapeQ, d, r.squared()) - shapeRest(shapeP, shapeQ, d)
		h := 0.5 * float64(j)
		sum += shapeRest(shapeP-h, shapeQ-h, d) + pointShift(shapeQ, shapeP, h, d)
	}
	return sum, !math.IsNaN(sum)
}

// pointShift returns pointRest(a−h, b−h, d) − pointRest(a, b, d), the integral of
// r − 1 − log r for r = (a−s)/(b−s) over s up to h.
func pointShift(a, b, h, d float64) float64 {
	if 4*h > min(a, b) {
		return pointRest(a-h, b-h, d) - pointRest(a, b, d)
	}
	return h * gauss(func(t float64) float64 { return ratioFrom(a-t*h, b-t*h, d).excess() })
}
