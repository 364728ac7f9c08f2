package kernel

// A panel is a matrix packed once, to be the right factor of many products. A
// recurrent network multiplies with the same matrix at every step, and few rows at a
// time do not pay for packing it.

// PanelLen returns how long the panel of a k×n matrix is.
func PanelLen[T Float](k, n int) int {
	cols := active[T]().tileCols
	return k * ((n + cols - 1) / cols * cols)
}

// PackPanel writes op(b), a k×n matrix in rows of stride ldb that is transposed if
// asked, to a panel.
func PackPanel[T Float](panel []T, trans bool, k, n int, b []T, ldb int) {
	checkMatrix("b", b, ldb, k, n, trans)
	wantLen("the panel", len(panel), PanelLen[T](k, n))
	p := product[T]{table: active[T](), transB: trans, k: k, b: b, ldb: ldb}
	width := PanelLen[T](1, n)
	for d := range p.depths() {
		q, depth := p.cut(d)
		p.stripsOfB(panel[q*width:], 0, q, n, depth)
	}
}

// AddPanel adds a·b to c, where a is m×k, c m×n, and the panel holds b. What a row
// of c gets does not depend on the other rows, so a batch may be cut anywhere.
func AddPanel[T Float](m, n, k int, a []T, lda int, panel []T, c []T, ldc int) {
	checkMatrix("a", a, lda, m, k, false)
	checkMatrix("c", c, ldc, m, n, false)
	wantLen("the panel", len(panel), PanelLen[T](k, n))
	if m == 0 || n == 0 || k == 0 {
		return
	}
	p := product[T]{table: active[T](), packB: true, k: k, alpha: 1, beta: 1, a: a, rowA: lda, colA: 1, c: c, ldc: ldc}
	width := PanelLen[T](1, n)
	for d := range p.depths() {
		q, depth := p.cut(d)
		for i := 0; i < m; i += blockRows {
			p.tiles(nil, panel[q*width:], p.tileCols, i, 0, q, min(blockRows, m-i), n, depth, p.beta)
		}
	}
}
