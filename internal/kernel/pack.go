package kernel

// Packing brings blocks of matrices into the order in which the micro-kernel reads
// them: strips, in which the entries of a step in depth follow one another.

// buffers are packed blocks.
type buffers[T Float] struct{ a, b []T }

// take returns room for packed blocks of so many rows and columns, and for what
// packing writes behind them. It is nil if nothing is packed.
func (p *product[T]) take(rows, cols int) *buffers[T] {
	if !p.packA && !p.packB {
		return nil
	}
	buf := p.pooled()
	depth := min(p.k, p.table.depth)
	if p.packA {
		buf.a = atLeast(buf.a, depth*min(blockRows, rows)+p.tileCols)
	}
	if p.packB {
		buf.b = atLeast(buf.b, depth*(min(blockCols, cols)+p.tileCols)+p.tileCols)
	}
	return buf
}

func (t *table[T]) pooled() *buffers[T] {
	buf, _ := t.products.Get().(*buffers[T])
	if buf == nil {
		buf = new(buffers[T])
	}
	return buf
}

func (p *product[T]) give(buf *buffers[T]) {
	if buf != nil {
		p.products.Put(buf)
	}
}

func atLeast[T Float](x []T, n int) []T {
	if len(x) < n {
		return make([]T, n)
	}
	return x
}

// stripsOfA packs the block at row i and depth q of op(a) into strips of the tiles'
// rows.
func (p *product[T]) stripsOfA(dst []T, i, q, rows, depth int) {
	src := p.a[i*p.rowA+q*p.colA:]
	strips, least, more := p.strips(rows)
	for s, from := 0, 0; s < strips; s++ {
		to := from + least
		if s < more {
			to++
		}
		if p.colA == 1 {
			p.transpose(dst[from*depth:], src[from*p.rowA:], p.rowA, to-from, depth, to-from)
		} else {
			p.packRuns(depth, to-from, dst[from*depth:], src[from:], p.colA)
		}
		from = to
	}
}

// stripsOfB packs the block at column j and depth q of op(b) into strips of the
// tiles' columns. The last may be narrower, but leaves as much room.
func (p *product[T]) stripsOfB(dst []T, j, q, cols, depth int) {
	for jj := 0; jj < cols; jj += p.tileCols {
		wide := min(p.tileCols, cols-jj)
		strip := dst[jj*depth:]
		switch {
		case p.transB:
			p.transpose(strip, p.b[(j+jj)*p.ldb+q:], p.ldb, wide, depth, p.tileCols)
		case wide == p.tileCols:
			p.packRuns(depth, wide, strip, p.b[q*p.ldb+j+jj:], p.ldb)
		default:
			for d := range depth {
				copy(strip[d*p.tileCols:d*p.tileCols+wide], p.b[(q+d)*p.ldb+j+jj:])
			}
		}
	}
}

// transpose packs so many rows of src into a strip of that width. The last rows come
// first: what is written beside them belongs to the first of the next step.
func (t *table[T]) transpose(strip, src []T, stride, rows, depth, width int) {
	whole := depth &^ 7
	if whole > 0 {
		for r := (rows - 1) &^ 3; r >= 0; r -= 4 {
			t.packRows(whole, min(4, rows-r), strip[r:], width, src[r*stride:], stride)
		}
	}
	if whole < depth {
		genericPackRows(depth-whole, rows, strip[whole*width:], width, src[whole:], stride)
	}
}

// vector computes a product that is a column, or a row of which b is transposed.
func (p *product[T]) vector(m, n int, transA bool) {
	x, stride := p.a, p.colA
	if n == 1 {
		x, stride = p.b, p.ldb
		if p.transB {
			stride = 1
		}
	}
	y := p.c
	var buf *buffers[T]
	if stride != 1 || transA && p.ldc != 1 {
		buf = p.pooled()
		defer p.products.Put(buf)
		buf.a, buf.b = atLeast(buf.a, p.k), atLeast(buf.b, m)
	}
	if stride != 1 {
		for i := range p.k {
			buf.a[i] = x[i*stride]
		}
		x = buf.a
	}
	switch x = x[:p.k]; {
	case n > 1:
		p.dots(n, p.alpha, p.b, p.ldb, x, p.beta, y, 1)
	case !transA:
		p.dots(m, p.alpha, p.a, p.rowA, x, p.beta, y, p.ldc)
	case p.ldc == 1:
		Gemv(true, p.k, m, p.alpha, p.a, p.colA, x, p.beta, y[:m])
	default:
		for i := range m {
			buf.b[i] = y[i*p.ldc]
		}
		Gemv(true, p.k, m, p.alpha, p.a, p.colA, x, p.beta, buf.b[:m])
		for i := range m {
			y[i*p.ldc] = buf.b[i]
		}
	}
}

// dots computes the inner products of the rows of a with x, for y in steps of stride.
func (t *table[T]) dots(rows int, alpha T, a []T, lda int, x []T, beta T, y []T, stride int) {
	for i := range rows {
		d := alpha * t.dot(a[i*lda:i*lda+len(x)], x)
		if beta != 0 {
			d += beta * y[i*stride]
		}
		y[i*stride] = d
	}
}
