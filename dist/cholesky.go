package dist

import (
	"math"
	"strconv"

	"github.com/belief-go/belief/internal/careful"
)

// A notPositive says where a factorization found that a matrix is not positive
// definite.
type notPositive struct {
	order int     // of the leading minor, from 1
	pivot float64 // what is left of the diagonal element, and should be positive
}

// parameter is the error about a parameter that is the matrix.
func (e *notPositive) parameter(dist, param string) error {
	return &ParameterError{dist, "pivot " + strconv.Itoa(e.order) + " of " + param, e.pivot, "positive, for the matrix to be positive definite"}
}

// extendedSize is the largest matrix that is factorized again with twice the
// precision; there it takes a second or two.
const extendedSize = 1024

// packedCholesky returns the factor L of A = L Lᵀ for a packed lower triangle.
//
// Rows and columns are first scaled by powers of two to a diagonal near one, which
// changes no digit. The relative error that rounding leaves in xᵀA⁻¹x is the
// condition number of the scaled matrix times 1e-16 (Demmel 1989), and too much if
// that is large: then the factor is computed again with twice the precision and
// rounded, after which only the root of the condition number counts. A matrix
// whose pivot is not above its rounding error is refused.
func packedCholesky(a []float64, n int) ([]float64, *notPositive) {
	exponent := make([]int, n)
	for i := range n {
		d := packedRow(a, i)[i]
		if !(d > 0) {
			return nil, &notPositive{i + 1, d}
		}
		_, e := math.Frexp(d)
		exponent[i] = e >> 1
	}
	scaled := make([]float64, len(a))
	for i := range n {
		for j, v := range packedRow(a, i) {
			packedRow(scaled, i)[j] = math.Ldexp(v, -exponent[i]-exponent[j])
		}
	}
	l, bad := plainCholesky(scaled, n)
	if n <= extendedSize && (bad != nil || inverseNorm(l, n) > 1e3) {
		l, bad = extendedCholesky(scaled, n)
	}
	if bad != nil {
		bad.pivot = math.Ldexp(bad.pivot, 2*exponent[bad.order-1])
		return nil, bad
	}
	for i := range n {
		row := packedRow(l, i)
		for j := range row {
			row[j] = math.Ldexp(row[j], exponent[i])
		}
	}
	return l, nil
}

// plainCholesky works row by row.
func plainCholesky(a []float64, n int) ([]float64, *notPositive) {
	l := make([]float64, len(a))
	for i := range n {
		out := packedRow(l, i)
		for j, v := range packedRow(a, i) {
			row := packedRow(l, j)
			v -= packedDot(row[:j], out)
			if j < i {
				out[j] = v / row[j]
				continue
			}
			if !(v > pivotFloor(n)) {
				return nil, &notPositive{i + 1, v}
			}
			out[i] = math.Sqrt(v)
		}
	}
	return l, nil
}

// pivotFloor is how small the pivot of a scaled matrix may be.
func pivotFloor(n int) float64 { return float64(n) * 0x1p-52 }

// inverseNorm estimates the norm of (L Lᵀ)⁻¹ from below, by three steps of inverse
// iteration from a vector without pattern.
func inverseNorm(l []float64, n int) float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.Sin(float64(i*i) + 1)
	}
	norm := 0.0
	for range 3 {
		square := packedDot(v, v)
		packedSolve(l, v)
		packedSolveT(l, v)
		norm = math.Sqrt(packedDot(v, v))
		if !(norm > 0) || math.IsInf(norm, 1) {
			return math.Inf(1)
		}
		for i := range v {
			v[i] /= norm
		}
		norm /= math.Sqrt(square)
	}
	return norm
}

// extendedCholesky is plainCholesky with twice the precision; the factor is rounded.
func extendedCholesky(a []float64, n int) ([]float64, *notPositive) {
	l := make([]careful.Pair, len(a))
	for i := range n {
		out := l[i*(i+1)/2:]
		for j := range i + 1 {
			row := l[j*(j+1)/2:]
			v := careful.Pair{High: packedRow(a, i)[j]}
			for k, u := range row[:j] {
				v = v.MinusProduct(u, out[k])
			}
			if j < i {
				out[j] = v.Over(row[j])
				continue
			}
			if !(v.High > pivotFloor(n)) {
				return nil, &notPositive{i + 1, v.High}
			}
			out[i] = v.Root()
		}
	}
	rounded := make([]float64, len(a))
	for i, v := range l {
		rounded[i] = v.High
	}
	return rounded, nil
}
