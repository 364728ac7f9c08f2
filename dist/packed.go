package dist

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/floats"
)

// Lower triangular matrices and the lower triangles of symmetric ones are stored
// packed, row after row: element (i, j) stands at i(i+1)/2 + j. Rows are then
// contiguous, which is what substitution runs along.

// packedRow returns row i up to and including the diagonal.
func packedRow(l []float64, i int) []float64 { return l[i*(i+1)/2 : (i+1)*(i+2)/2] }

// packedDot is the inner product of the first len(a) elements.
func packedDot(a, b []float64) float64 {
	if len(a) >= 48 {
		return floats.Dot(a, b[:len(a)])
	}
	return shortDot(a, b)
}

// shortDot is packedDot for short rows. Unlike the kernel of gonum it does not make
// its arguments escape.
func shortDot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		u, v := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += u[0] * v[0]
		s1 += u[1] * v[1]
		s2 += u[2] * v[2]
		s3 += u[3] * v[3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// packedSolve solves L y = b in place.
func packedSolve(l, b []float64) {
	for i := range b {
		row := packedRow(l, i)
		b[i] = (b[i] - packedDot(row[:i], b)) / row[i]
	}
}

// packedSolveT solves Lᵀ y = b in place.
func packedSolveT(l, b []float64) {
	for i := len(b) - 1; i >= 0; i-- {
		row := packedRow(l, i)
		b[i] /= row[i]
		for j, v := range row[:i] {
			b[j] -= b[i] * v
		}
	}
}

// packedSolveBlock solves L Y = B in place, for B with m columns, row after row.
// Each element of L works on m numbers that stand side by side, and it goes by bands
// of L, so that the rows of B that it works with stay in the first cache.
func packedSolveBlock(l, b []float64, n, m int) {
	const band = 32
	for first := 0; first < n; first += band {
		for i := first; i < n; i++ {
			row, y := packedRow(l, i), b[i*m:(i+1)*m]
			for j := first; j < min(i, first+band); j++ {
				floats.AddScaled(y, -row[j], b[j*m:(j+1)*m])
			}
			if i < first+band {
				floats.Scale(1/row[i], y)
			}
		}
	}
}

// packedMul writes L z to z.
func packedMul(l, z []float64) {
	for i := len(z) - 1; i >= 0; i-- {
		z[i] = packedDot(packedRow(l, i), z)
	}
}

// packedSquare returns L Lᵀ.
func packedSquare(l []float64, n int) []float64 {
	a := make([]float64, len(l))
	for i := range n {
		for j := range i + 1 {
			packedRow(a, i)[j] = packedDot(packedRow(l, j), packedRow(l, i))
		}
	}
	return a
}

// packedInverse writes the inverse of L to inverse, row by row: row i is
// −(row i of L without its diagonal) · L⁻¹ / l_ii.
func packedInverse(inverse, l []float64, n int) []float64 {
	clear(inverse)
	for i := range n {
		row, out := packedRow(l, i), packedRow(inverse, i)
		for k, v := range row[:i] {
			for j, u := range packedRow(inverse, k) {
				out[j] -= v * u
			}
		}
		out[i] = 1
		for j := range out {
			out[j] /= row[i]
		}
	}
	return inverse
}

// packedSquareT writes Lᵀ L to a, which may be L.
func packedSquareT(a, l []float64, n int) []float64 {
	// Row k of L goes into the rows of the product that come no later, of which
	// only its own is still needed: that is written last.
	for k := range n {
		row := packedRow(l, k)
		for i := range k {
			v, out := row[i], packedRow(a, i)
			for j, u := range row[:i+1] {
				out[j] += v * u
			}
		}
		last := row[k]
		out := packedRow(a, k)
		for j, u := range row {
			out[j] = last * u
		}
	}
	return a
}

// packedInverseSquare writes (L Lᵀ)⁻¹ to dst.
func packedInverseSquare(dst, l []float64, n int) []float64 {
	packedInverse(dst, l, n)
	return packedSquareT(dst, dst, n)
}

// packedLogDet is the logarithm of the determinant of L, whose diagonal is
// positive.
func packedLogDet(l []float64, n int) float64 {
	sum := 0.0
	for i := range n {
		sum += math.Log(packedRow(l, i)[i])
	}
	return sum
}

// packedReverse turns the order of rows and columns of a symmetric matrix around.
func packedReverse(a []float64, n int) []float64 {
	out := make([]float64, len(a))
	for i := range n {
		for j := range i + 1 {
			packedRow(out, n-1-j)[n-1-i] = packedRow(a, i)[j]
		}
	}
	return out
}

// packedInverseCholesky returns the Cholesky factor of the inverse of a symmetric
// matrix. With the rows turned around and back, the factor of the matrix itself is
// upper triangular, A = U Uᵀ, so that A⁻¹ = (U⁻¹)ᵀ U⁻¹ has the lower triangular
// factor U⁻ᵀ, and no product is factorized.
func packedInverseCholesky(a []float64, n int) ([]float64, *notPositive) {
	m, bad := packedCholesky(packedReverse(a, n), n)
	if bad != nil {
		bad.order = n + 1 - bad.order
		return nil, bad
	}
	return packedReverse(packedInverse(make([]float64, len(m)), m, n), n), nil
}

// scratch lends slices to functions that must not allocate.
var scratch = sync.Pool{New: func() any { return new([]float64) }}

func borrow(n int) *[]float64 {
	p := scratch.Get().(*[]float64)
	if cap(*p) < n {
		*p = make([]float64, n)
	}
	*p = (*p)[:n]
	return p
}
