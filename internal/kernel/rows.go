package kernel

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
