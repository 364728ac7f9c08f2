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
	if rows == 0 || cols == 0 {
		scaleRows(beta, 1, rows, y, rows)
		return
	}
	k := active[T]()
	if !trans {
		k.dots(m, alpha, a, lda, x, beta, y, 1)
		return
	}
	p := product[T]{table: k, k: m, alpha: alpha, beta: beta, a: x, colA: 1, b: a, ldb: lda, c: y, ldc: n}
	p.block(0, 1, 0, n)
}
