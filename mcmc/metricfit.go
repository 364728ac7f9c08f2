package mcmc

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Metrics from draws and the gradients there. Where x is normal with covariance
// Σ, gradients have covariance Σ⁻¹: the two are independent witnesses, and the
// metric that minimizes the Fisher divergence between target and normal density
// is the geometric mean of cov(x) and cov(g)⁻¹ (Seyboldt, Carlson & Carpenter
// 2024). For a normal target it is exact as soon as there are as many draws as
// dimensions.

const (
	fitRidge  = 1e-4 // added to covariances of scaled draws and gradients
	fitCutoff = 1.5  // eigenvalues from its inverse to itself are taken to be 1
	fitDense  = 32   // dimension up to which a full matrix costs next to nothing
	fitRank   = 64   // most directions of a low rank
)

// fitMetric estimates a metric from tables of draws and gradients.
func fitMetric(m *metric, kind Metric, draws, grads []float64) {
	n := m.n
	rows := 0
	if n > 0 {
		rows = len(draws) / n
	}
	if rows < 3 {
		return
	}
	scale := make([]float64, n)
	x, g := slices.Clone(draws), slices.Clone(grads)
	for i := range n {
		vx, vg := center(x, n, i), center(g, n, i)
		scale[i] = math.Sqrt(math.Sqrt(vx / vg))
		if !(scale[i] > 1e-100 && scale[i] < 1e100) {
			scale[i] = m.scale[i] // a column that does not vary
		}
		for j := i; j < len(x); j += n {
			x[j] /= scale[i]
			g[j] *= scale[i]
		}
	}
	if kind == DiagonalMetric || n == 1 {
		m.set(scale, nil, nil)
		return
	}
	values, vectors := fitDirections(x, g, n, kind)
	m.set(scale, values, vectors)
}

// center takes the mean from column i of a table and returns the variance.
func center(table []float64, n, i int) float64 {
	mean, square, count := 0.0, 0.0, float64(len(table)/n)
	for j := i; j < len(table); j += n {
		mean += table[j] / count
	}
	for j := i; j < len(table); j += n {
		table[j] -= mean
		square += table[j] * table[j]
	}
	return square / count
}

// fitDirections returns the eigenvalues of the geometric mean that are worth
// their cost, and their vectors as rows.
func fitDirections(x, g []float64, n int, kind Metric) (values, vectors []float64) {
	rows := len(x) / n
	var basis []float64 // rows; nil is the identity
	r := n
	if 2*n > rows || n > 4*fitRank {
		k := min(rows/4, fitRank)
		if k == 0 {
			return nil, nil
		}
		basis = orthonormal(append(leading(x, n, k), leading(g, n, k)...), n)
		r = len(basis) / n
	}
	mean := geometricMean(covariance(x, basis, n, r), covariance(g, basis, n, r))
	if mean == nil {
		return nil, nil
	}
	cutoff := fitCutoff
	if kind == DenseMetric || kind == AutoMetric && n <= fitDense {
		cutoff = 1
	}
	values, vectors, _ = rotate(mean, basis, n, cutoff)
	return values, vectors
}

// rotate returns the eigenvalues of a matrix in a basis, without those between
// cutoff and its inverse, and their vectors out of the basis; nil is the
// identity. It fails if an eigenvalue is not positive.
func rotate(a *mat.SymDense, basis []float64, n int, cutoff float64) (values, vectors []float64, ok bool) {
	var eigen mat.EigenSym
	if !finiteSym(a) || !eigen.Factorize(a, true) {
		return nil, nil, false
	}
	var e mat.Dense
	eigen.VectorsTo(&e)
	for j, l := range eigen.Values(nil) {
		if !(l > 0) {
			return nil, nil, false
		}
		if l < cutoff && l > 1/cutoff {
			continue
		}
		values = append(values, l)
		vector := make([]float64, n)
		for i := range a.SymmetricDim() {
			if basis == nil {
				vector[i] = e.At(i, j)
			} else {
				axpy(vector, e.At(i, j), basis[i*n:(i+1)*n])
			}
		}
		vectors = append(vectors, vector...)
	}
	return values, vectors, true
}

func finiteSym(a *mat.SymDense) bool {
	for _, v := range a.RawSymmetric().Data {
		if v-v != 0 {
			return false
		}
	}
	return true
}

// covariance is that of the rows of a table in a basis, with a ridge.
func covariance(table, basis []float64, n, r int) *mat.SymDense {
	rows := len(table) / n
	out := make([]float64, r*r)
	y := make([]float64, r)
	for j := range rows {
		row := table[j*n : (j+1)*n]
		if basis == nil {
			y = row
		} else {
			for i := range y {
				y[i] = dot(basis[i*n:(i+1)*n], row)
			}
		}
		for i, v := range y {
			axpy(out[i*r:i*r+i+1], v/float64(rows), y[:i+1])
		}
	}
	s := mat.NewSymDense(r, nil)
	for i := range r {
		for j := range i + 1 {
			s.SetSym(i, j, out[i*r+j])
		}
		s.SetSym(i, i, out[i*r+i]+fitRidge)
	}
	return s
}

// geometricMean returns that of a and b⁻¹,
//
//	b^−½ (b^½ a b^½)^½ b^−½,
//
// or nil where the numbers are not finite.
func geometricMean(a, b *mat.SymDense) *mat.SymDense {
	root, inverse := power(b, 0.5), power(b, -0.5)
	if root == nil || inverse == nil {
		return nil
	}
	inner := power(sandwich(root, a), 0.5)
	if inner == nil {
		return nil
	}
	return sandwich(inverse, inner)
}

// sandwich returns s·a·s.
func sandwich(s, a *mat.SymDense) *mat.SymDense {
	var left, both mat.Dense
	left.Mul(s, a)
	both.Mul(&left, s)
	n := a.SymmetricDim()
	out := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			out.SetSym(i, j, 0.5*(both.At(i, j)+both.At(j, i)))
		}
	}
	return out
}

// power raises a positive matrix to a power.
func power(a *mat.SymDense, p float64) *mat.SymDense {
	n := a.SymmetricDim()
	var eigen mat.EigenSym
	if !finiteSym(a) || !eigen.Factorize(a, true) {
		return nil
	}
	values := eigen.Values(nil)
	var e, scaled mat.Dense
	eigen.VectorsTo(&e)
	scaled.CloneFrom(&e)
	for j, l := range values {
		f := math.Pow(max(l, 1e-300), p)
		for i := range n {
			scaled.Set(i, j, f*e.At(i, j))
		}
	}
	var product mat.Dense
	product.Mul(&scaled, e.T())
	out := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			out.SetSym(i, j, 0.5*(product.At(i, j)+product.At(j, i)))
		}
	}
	return out
}

// leading returns the k leading principal directions of a table's rows, as rows.
func leading(table []float64, n, k int) []float64 {
	rows := len(table) / n
	gram := mat.NewSymDense(rows, nil)
	for i := range rows {
		for j := range i + 1 {
			gram.SetSym(i, j, dot(table[i*n:(i+1)*n], table[j*n:(j+1)*n]))
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(gram, true) {
		return nil
	}
	var e mat.Dense
	eigen.VectorsTo(&e)
	out := make([]float64, 0, k*n)
	for j := rows - 1; j >= rows-k; j-- {
		u := make([]float64, n)
		for i := range rows {
			axpy(u, e.At(i, j), table[i*n:(i+1)*n])
		}
		out = append(out, u...)
	}
	return out
}

// orthonormal makes the rows of a table orthonormal, in place, and leaves out
// those that depend on earlier ones.
func orthonormal(table []float64, n int) []float64 {
	out := table[:0]
	for ; len(table) > 0; table = table[n:] {
		u := table[:n]
		size := math.Sqrt(dot(u, u))
		for range 2 { // twice is enough
			for v := out; len(v) > 0; v = v[n:] {
				axpy(u, -dot(u, v[:n]), v[:n])
			}
		}
		rest := math.Sqrt(dot(u, u))
		if !(rest > 1e-8*size) {
			continue
		}
		for i := range u {
			u[i] /= rest
		}
		out = append(out, u...)
	}
	return out
}
