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

func (p *product[T]) pooled() *buffers[T] {
	buf, _ := p.products.Get().(*buffers[T])
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
	strips := p.strips(rows)
	for s, from := 1, 0; s <= strips; s++ {
		to := s * rows / strips
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
func (p *product[T]) transpose(strip, src []T, stride, rows, depth, width int) {
	whole := depth &^ 7
	if whole > 0 {
		for r := (rows - 1) &^ 3; r >= 0; r -= 4 {
			p.packRows(whole, min(4, rows-r), strip[r:], width, src[r*stride:], stride)
		}
	}
	if whole < depth {
		genericPackRows(depth-whole, rows, strip[whole*width:], width, src[whole:], stride)
	}
}

// vector computes a product that is a row or a column.
func (p *product[T]) vector(m, n int) {
	buf := p.pooled()
	defer p.give(buf)
	if m == 1 { // cᵀ = op(b)ᵀ·op(a)ᵀ
		x := contiguous(&buf.a, p.a, p.k, p.colA)
		rows, cols := p.k, n
		if p.transB {
			rows, cols = n, p.k
		}
		Gemv(!p.transB, rows, cols, p.alpha, p.b, p.ldb, x, p.beta, p.c[:n])
		return
	}
	strideB := p.ldb
	if p.transB {
		strideB = 1
	}
	x := contiguous(&buf.a, p.b, p.k, strideB)
	y := contiguous(&buf.b, p.c, m, p.ldc)
	if p.colA != 1 {
		Gemv(true, p.k, m, p.alpha, p.a, p.colA, x, p.beta, y)
	} else {
		Gemv(false, m, p.k, p.alpha, p.a, p.rowA, x, p.beta, y)
	}
	if p.ldc != 1 {
		for i, v := range y {
			p.c[i*p.ldc] = v
		}
	}
}

// contiguous returns n entries of x, a stride apart, in the buffer if they are not
// in a row.
func contiguous[T Float](buf *[]T, x []T, n, stride int) []T {
	if stride == 1 {
		return x[:n]
	}
	*buf = atLeast(*buf, n)
	for i := range n {
		(*buf)[i] = x[i*stride]
	}
	return (*buf)[:n]
}
