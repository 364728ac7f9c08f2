package expfam

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// What the families with symmetric matrices share: lower triangles row by row,
// where the entry (i, j) with j ≤ i stands at i(i+1)/2 + j.

// triangle returns the number of entries of a triangle of n rows.
func triangle(n int) int { return n * (n + 1) / 2 }

// at returns the place of entry (i, j) of a symmetric matrix.
func at(i, j int) int {
	if i < j {
		i, j = j, i
	}
	return triangle(i) + j
}

// packedCholesky replaces the triangle of a positive definite matrix of n rows by
// that of its Cholesky factor and returns the logarithm of the determinant, NaN if
// the matrix is none.
func packedCholesky(a []float64, n int) float64 {
	log := 0.0
	for i := range n {
		row := a[triangle(i):]
		for j := range i + 1 {
			sum, other := row[j], a[triangle(j):]
			for k := range j {
				sum -= row[k] * other[k]
			}
			if j < i {
				row[j] = sum / other[j]
				continue
			}
			if !(sum > 0) || math.IsInf(sum, 1) {
				return math.NaN()
			}
			row[i] = math.Sqrt(sum)
			log += math.Log(row[i])
		}
	}
	return 2 * log
}

// precisionOf returns the matrix Λ with which η pairs x xᵀ: −½ Λ_ii stands on the
// diagonal of the triangle, and −Λ_ij beside it.
func precisionOf(eta []float64, n int) *mat.SymDense {
	l := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i {
			l.SetSym(i, j, -eta[at(i, j)])
		}
		l.SetSym(i, i, -2*eta[at(i, i)])
	}
	return l
}

// precision returns the Cholesky decomposition of Λ, and whether it is finite and
// positive definite.
func precision(eta []float64, n int) (mat.Cholesky, bool) {
	var c mat.Cholesky
	if !finite(eta) {
		return c, false
	}
	ok := c.Factorize(precisionOf(eta, n))
	return c, ok
}

// precisionTo writes the triangle for the matrix Λ to dst.
func precisionTo(dst []float64, l mat.Symmetric) {
	for i := range l.SymmetricDim() {
		for j := range i {
			dst[at(i, j)] = -l.At(i, j)
		}
		dst[at(i, i)] = -0.5 * l.At(i, i)
	}
}

// inverse returns the inverse of a matrix from its decomposition.
func inverse(c *mat.Cholesky) *mat.SymDense {
	var s mat.SymDense
	_ = c.InverseTo(&s) // the error is a warning of bad condition
	return &s
}

// invert returns the inverse of a covariance matrix, by way of its correlations, and
// whether it has one: no row may be a combination of others to 14 digits.
func invert(s *mat.SymDense) (*mat.SymDense, bool) {
	n := s.SymmetricDim()
	sd := make([]float64, n)
	r := mat.NewSymDense(n, nil)
	for i := range n {
		sd[i] = math.Sqrt(s.At(i, i))
		for j := range i + 1 {
			r.SetSym(i, j, s.At(i, j)/sd[i]/sd[j])
		}
	}
	var c mat.Cholesky
	if !(mat.Sum(r) < math.Inf(1)) || !c.Factorize(r) {
		return nil, false
	}
	var l mat.TriDense
	c.LTo(&l)
	for i := range n {
		if l.At(i, i) < 1e-7 {
			return nil, false
		}
	}
	p := inverse(&c)
	for i := range n {
		for j := range i + 1 {
			p.SetSym(i, j, p.At(i, j)/sd[i]/sd[j])
		}
	}
	return p, true
}
