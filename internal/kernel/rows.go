package kernel

import "math"

// Gemv adds alpha·op(a)·x to beta·y, where a is m×n in rows of stride lda and op
// transposes it if asked. With beta 0 what was in y does not matter.
func Gemv[T Float](trans bool, m, n int, alpha T, a []T, lda int, x []T, beta T, y []T) {
	checkMatrix("a", a, lda, m, n, false)
	rows, cols := m, n
	if trans {
		rows, cols = n, m
	}
	wantLen("x", len(x), cols)
	wantLen("y", len(y), rows)
	scaleRows(beta, 1, rows, y, rows)
	for i := range m {
		row := a[i*lda : i*lda+n]
		if trans {
			Axpy(alpha*x[i], row, y)
		} else {
			y[i] += alpha * Dot(row, x)
		}
	}
}

// Softmax writes eˣ/Σeˣ over the numbers of src to dst, which may be src, and
// returns log Σeˣ. If all are −Inf, so is the result, and dst is NaN.
func Softmax[T Float](dst, src []T) (logSum T) {
	if len(src) == 0 {
		wantLen("the destination", len(dst), 0)
		return T(math.Inf(-1))
	}
	most := src[0]
	for _, v := range src {
		if v > most || v != v {
			most = v
		}
	}
	wantLen("the destination", len(dst), len(src))
	for i, v := range src {
		dst[i] = v - most
	}
	Exp(dst, dst)
	sum := Sum(dst)
	if most == T(math.Inf(-1)) {
		return most
	}
	inverse := 1 / sum
	for i := range dst {
		dst[i] *= inverse
	}
	return most + T(math.Log(float64(sum)))
}
