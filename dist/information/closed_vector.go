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
			return vectorNormal(p, q, func(x, z float64) float64 { return 0.5 * (logRest(x) + z*z) })
		}
	case dist.Dirichlet:
		if q, ok := q.(dist.Dirichlet); ok {
			return dirichletKL(p.Alpha, q.Alpha), true
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
			return vectorNormal(p, q, func(x, z float64) float64 {
				if !(1+(1-alpha)*x > 0) {
					return math.Inf(1)
				}
				return 0.5 * (scaleRenyi(alpha, x) + alpha*z*z/(1+(1-alpha)*x))
			})
		}
	case dist.Dirichlet:
		if q, ok := q.(dist.Dirichlet); ok {
			return dirichletRenyi(alpha, p.Alpha, q.Alpha), true
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
// numbers of p are independent of each other: x is the variance of p less one, and z
// its mean. They are the eigenvectors of L⁻¹(Σ_p − Σ_q)L⁻ᵀ, where Σ_q = L Lᵀ: the
// difference is taken before anything can round it away.
func vectorNormal(p, q *dist.MultivariateNormal, term func(x, z float64) float64) (float64, bool) {
	n := p.Dim()
	if n > mostDim {
		return 0, false
	}
	a, b := p.CovarianceTo(nil), q.CovarianceTo(nil)
	var chol mat.Cholesky
	if !chol.Factorize(b) {
		return 0, false
	}
	var lower mat.TriDense
	chol.LTo(&lower)
	difference := mat.NewDense(n, n, nil)
	difference.Sub(a, b)
	var half, whole mat.Dense
	if lower.SolveTo(&half, false, difference) != nil || lower.SolveTo(&whole, false, half.T()) != nil {
		return 0, false // so near singular that draws are the better way
	}
	square := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			square.SetSym(i, j, 0.5*(whole.At(i, j)+whole.At(j, i)))
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(square, true) {
		return 0, false
	}
	mean := p.MeanTo(make([]float64, n))
	for i, v := range q.MeanTo(make([]float64, n)) {
		mean[i] -= v
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	var z, turned mat.Dense
	if lower.SolveTo(&z, false, mat.NewDense(n, 1, mean)) != nil {
		return 0, false
	}
	turned.Mul(vectors.T(), &z)
	sum := 0.0
	for i, x := range eigen.Values(nil) {
		sum += term(max(x, -1), turned.At(i, 0))
	}
	return sum, true
}
