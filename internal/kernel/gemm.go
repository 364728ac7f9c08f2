package kernel

import (
	"context"
	"fmt"

	"github.com/belief-go/belief/internal/parallel"
)

// Gemm computes c = alpha·op(a)·op(b) + beta·c, where op transposes if asked: op(a)
// is m×k, op(b) k×n and c m×n, in rows of stride lda, ldb and ldc. With beta 0 what
// was in c does not matter. It runs on up to that many workers, 0 for all cores,
// which does not show in the result.
//
// Blocks of a and b are packed for the caches and multiplied tile by tile, as in
// Goto & van de Geijn (2008) and BLIS (Van Zee & van de Geijn 2015): O(m·n·k) time
// and a fixed amount of memory, which is kept for the next product. What is read too
// few times for packing to pay is read where it is.
func Gemm[T Float](transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int, workers int) {
	checkMatrix("a", a, lda, m, k, transA)
	checkMatrix("b", b, ldb, k, n, transB)
	checkMatrix("c", c, ldc, m, n, false)
	if m == 0 || n == 0 || k == 0 || alpha == 0 {
		scaleRows(beta, m, n, c, ldc)
		return
	}
	t := active[T]()
	rowA, colA := lda, 1
	if transA {
		rowA, colA = 1, lda
	}
	if n <= t.tileCols && k <= t.depth && m <= fewRows && (n > 1 || m <= t.tileRows) {
		var buf *buffers[T]
		if transB {
			buf = t.pooled()
			buf.b = atLeast(buf.b, (k+1)*t.tileCols)
			t.transpose(buf.b, b, ldb, n, k, t.tileCols)
			b, ldb = buf.b, t.tileCols
		}
		t.tileColumn(m, n, k, alpha, beta, a, rowA, colA, b, ldb, c, ldc)
		if transB {
			t.products.Put(buf)
		}
		return
	}
	p := product[T]{t, false, false, transB, k, alpha, beta, a, rowA, colA, b, ldb, c, ldc}
	if m == 1 && transB || n == 1 {
		p.vector(m, n, transA)
		return
	}
	if float64(m)*float64(n)*float64(k) < parallelProduct {
		workers = 1
	}
	// Parts are whole tiles of c, so that none is divided more than need be.
	side, tile := m, t.tileRows
	if n > m {
		side, tile = n, t.tileCols
	}
	tiles := (side + tile - 1) / tile
	parts := min(parallel.Workers(workers), tiles)
	if parts <= 1 {
		p.part(0, m, 0, n)
		return
	}
	shared := p // on the heap, which the products of one worker are spared
	err := parallel.For(context.Background(), parts, parts, func(i int) error {
		from, to := i*tiles/parts*tile, min((i+1)*tiles/parts*tile, side)
		if n > m {
			shared.part(0, m, from, to)
		} else {
			shared.part(from, to, 0, n)
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
}

// From measurements: packing pays for what is large and is read often.
const (
	fewCols = 128     // of c, for which a is read once for a few
	fewRows = 48      // of c, for which b is read once for a few
	smallA  = 1 << 15 // entries, so few that rows are not far from each other
	smallB  = 40_000

	parallelProduct = 1 << 19 // multiplications, below which goroutines do not pay
)

// The sizes of blocks: depth × rows of a stay in the second cache, depth × columns
// of b in the third.
const (
	blockRows = 96
	blockCols = 2048
)

// checkMatrix panics unless x holds a matrix of that size.
func checkMatrix[T Float](name string, x []T, stride, rows, cols int, trans bool) {
	if trans {
		rows, cols = cols, rows
	}
	if rows < 0 || cols < 0 || stride < cols || rows > 0 && cols > 0 && len(x) < (rows-1)*stride+cols {
		panic(fmt.Sprintf("kernel: %s has length %d and stride %d, too short for %d×%d", name, len(x), stride, rows, cols))
	}
}

func scaleRows[T Float](beta T, m, n int, c []T, ldc int) {
	if beta == 1 || n == 0 {
		return
	}
	for i := range m {
		row := c[i*ldc : i*ldc+n]
		if beta == 0 {
			clear(row)
			continue
		}
		for j := range row {
			row[j] *= beta
		}
	}
}

// product is c = alpha·op(a)·op(b) + beta·c, and what is packed for it.
type product[T Float] struct {
	*table[T]
	packA, packB bool
	transB       bool
	k            int
	alpha, beta  T
	a            []T
	rowA, colA   int // strides of op(a)
	b            []T
	ldb          int
	c            []T
	ldc          int
}

// part computes the rows and columns of c from one to before the other.
func (p product[T]) part(rowFrom, rowTo, colFrom, colTo int) {
	rows, cols := rowTo-rowFrom, colTo-colFrom
	p.packA = cols > fewCols && rows > 1 && (p.colA != 1 || float64(rows)*float64(p.k) > smallA)
	p.packB = p.transB || rows > fewRows && float64(p.k)*float64(cols) > smallB
	p.block(rowFrom, rowTo, colFrom, colTo)
}

// block is part, with what to pack decided.
func (p *product[T]) block(rowFrom, rowTo, colFrom, colTo int) {
	buf := p.take(rowTo-rowFrom, colTo-colFrom)
	for j := colFrom; j < colTo; j += blockCols {
		cols := min(blockCols, colTo-j)
		beta := p.beta
		for d := range p.depths() {
			q, depth := p.cut(d)
			b, ldb := p.b[min(q*p.ldb+j, len(p.b)):], p.ldb
			if p.packB {
				p.stripsOfB(buf.b, j, q, cols, depth)
				b, ldb = buf.b, p.tileCols
			}
			for i := rowFrom; i < rowTo; i += blockRows {
				rows := min(blockRows, rowTo-i)
				if p.packA {
					p.stripsOfA(buf.a, i, q, rows, depth)
				}
				p.tiles(buf, b, ldb, i, j, q, rows, cols, depth, beta)
			}
			beta = 1
		}
	}
	p.give(buf)
}

// tiles multiplies blocks into the part of c at row i and column j. Rows come in
// strips of equal size, up to one.
func (p *product[T]) tiles(buf *buffers[T], b []T, ldb, i, j, q, rows, cols, depth int, beta T) {
	next := p.tileCols // where b's next strip is
	if p.packB {
		next *= depth
	}
	for jj := 0; jj < cols; jj += p.tileCols {
		wide := min(p.tileCols, cols-jj)
		b := b[jj/p.tileCols*next:]
		c := p.c[i*p.ldc+j+jj:]
		if !p.packA {
			p.tileColumn(rows, wide, depth, p.alpha, beta, p.a[i*p.rowA+q*p.colA:], p.rowA, p.colA, b, ldb, c, p.ldc)
			continue
		}
		strips, least, more := p.strips(rows)
		for s, from := 0, 0; s < strips; s++ {
			to := from + least
			if s < more {
				to++
			}
			p.tile(to-from, wide, depth, p.alpha, beta, buf.a[from*depth:], 1, to-from, b, ldb, c[from*p.ldc:], p.ldc)
			from = to
		}
	}
}

// tileColumn multiplies tiles one below the other, with a where it is.
func (t *table[T]) tileColumn(rows, cols, k int, alpha, beta T, a []T, rowA, colA int, b []T, ldb int, c []T, ldc int) {
	strips, least, more := t.strips(rows)
	for s, from := 0, 0; s < strips; s++ {
		to := from + least
		if s < more {
			to++
		}
		t.tile(to-from, cols, k, alpha, beta, a[from*rowA:], rowA, colA, b, ldb, c[from*ldc:], ldc)
		from = to
	}
}

// depths is into how many blocks depth is divided.
func (p *product[T]) depths() int { return (p.k + p.depth - 1) / p.depth }

// cut returns where a block of depth begins, and its depth. All are of equal size, up
// to one, so that none is thin.
func (p *product[T]) cut(d int) (q, depth int) {
	if p.k <= p.depth {
		return 0, p.k
	}
	n := p.depths()
	q = d * p.k / n
	return q, (d+1)*p.k/n - q
}

// strips is into how many strips so many rows are divided, the least number of rows of
// one, and how many strips have one more.
func (t *table[T]) strips(rows int) (n, least, more int) {
	if rows <= t.tileRows {
		return 1, rows, 0
	}
	n = (rows + t.tileRows - 1) / t.tileRows
	return n, rows / n, rows % n
}
