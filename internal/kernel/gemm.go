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
// and a fixed amount of memory, which is kept for the next product.
func Gemm[T Float](transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int, workers int) {
	checkMatrix("a", a, lda, m, k, transA)
	checkMatrix("b", b, ldb, k, n, transB)
	checkMatrix("c", c, ldc, m, n, false)
	scaleRows(beta, m, n, c, ldc)
	if m == 0 || n == 0 || k == 0 || alpha == 0 {
		return
	}
	p := product[T]{active[T](), transA, transB, k, alpha, a, lda, b, ldb, c, ldc}
	if small := float64(m) * float64(n) * float64(k); small <= smallProduct || m == 1 || n == 1 {
		p.small(m, n)
		return
	} else if small < parallelProduct {
		workers = 1
	}
	// Parts are whole tiles of c, so that no entry is computed in another way.
	side, tile := m, p.tileRows
	if n > m {
		side, tile = n, p.tileCols
	}
	tiles := (side + tile - 1) / tile
	parts := min(parallel.Workers(workers), tiles)
	if parts <= 1 {
		p.block(0, m, 0, n)
		return
	}
	shared := p // on the heap, which the products of one worker are spared
	err := parallel.For(context.Background(), parts, parts, func(i int) error {
		from, to := i*tiles/parts*tile, min((i+1)*tiles/parts*tile, side)
		if n > m {
			shared.block(0, m, from, to)
		} else {
			shared.block(from, to, 0, n)
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
}

const (
	smallProduct    = 1 << 11 // multiplications, below which packing does not pay
	parallelProduct = 1 << 18 // below which goroutines do not pay
)

// The sizes of blocks: depth × rows of a stay in the second cache, depth × columns
// of b in the third.
const (
	blockDepth = 256
	blockRows  = 96 // a multiple of every tile's rows
	blockCols  = 2048

	largestTile = 12 * 32 // entries
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
	if beta == 1 {
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

// product is c += alpha·op(a)·op(b).
type product[T Float] struct {
	*table[T]
	transA, transB bool
	k              int
	alpha          T
	a              []T
	lda            int
	b              []T
	ldb            int
	c              []T
	ldc            int
}

// small goes through the matrices as they are.
func (p *product[T]) small(m, n int) {
	for i := range m {
		row := p.c[i*p.ldc : i*p.ldc+n]
		if !p.transB {
			for q := range p.k {
				if v := p.alpha * p.entryA(i, q); v != 0 {
					Axpy(v, p.b[q*p.ldb:q*p.ldb+n], row)
				}
			}
			continue
		}
		for j := range row {
			b := p.b[j*p.ldb : j*p.ldb+p.k]
			if !p.transA {
				row[j] += p.alpha * Dot(p.a[i*p.lda:i*p.lda+p.k], b)
				continue
			}
			var s T
			for q, v := range b {
				s += p.a[q*p.lda+i] * v
			}
			row[j] += p.alpha * s
		}
	}
}

func (p *product[T]) entryA(i, q int) T {
	if p.transA {
		return p.a[q*p.lda+i]
	}
	return p.a[i*p.lda+q]
}

// buffers are packed blocks, and room for a tile at the edge.
type buffers[T Float] struct {
	a, b, tile []T
}

// block computes the rows and columns of c from one to before the other.
func (p *product[T]) block(rowFrom, rowTo, colFrom, colTo int) {
	buf, _ := p.products.Get().(*buffers[T])
	if buf == nil {
		buf = &buffers[T]{make([]T, blockDepth*blockRows), nil, make([]T, largestTile)}
	}
	if need := min(p.k, blockDepth) * (min(blockCols, colTo-colFrom) + p.tileCols); len(buf.b) < need {
		buf.b = make([]T, need)
	}
	for j := colFrom; j < colTo; j += blockCols {
		cols := min(blockCols, colTo-j)
		for q := 0; q < p.k; q += blockDepth {
			depth := min(blockDepth, p.k-q)
			pack(buf.b, p.b, p.ldb, !p.transB, j, q, cols, depth, p.tileCols)
			for i := rowFrom; i < rowTo; i += blockRows {
				rows := min(blockRows, rowTo-i)
				pack(buf.a, p.a, p.lda, p.transA, i, q, rows, depth, p.tileRows)
				p.tiles(buf, i, j, rows, cols, depth)
			}
		}
	}
	p.products.Put(buf)
}

// tiles multiplies packed blocks into the part of c at row i and column j.
func (p *product[T]) tiles(buf *buffers[T], i, j, rows, cols, depth int) {
	for jj := 0; jj < cols; jj += p.tileCols {
		b := buf.b[jj*depth:]
		for ii := 0; ii < rows; ii += p.tileRows {
			a := buf.a[ii*depth:]
			c := p.c[(i+ii)*p.ldc+j+jj:]
			if rows-ii >= p.tileRows && cols-jj >= p.tileCols {
				p.tile(depth, p.alpha, a, b, c, p.ldc)
				continue
			}
			clear(buf.tile)
			p.tile(depth, p.alpha, a, b, buf.tile, p.tileCols)
			for r := range min(rows-ii, p.tileRows) {
				from, to := buf.tile[r*p.tileCols:], c[r*p.ldc:]
				for s := range min(cols-jj, p.tileCols) {
					to[s] += from[s]
				}
			}
		}
	}
}

// pack copies a block of a matrix into strips of the given width: a strip holds,
// for each step in depth, the entries of that many rows, padded with zeros. The
// block starts at row i and depth q; if deep, depth runs down the matrix x, else
// along its rows.
func pack[T Float](dst, x []T, stride int, deep bool, i, q, rows, depth, width int) {
	for ; rows > 0; rows, i = rows-width, i+width {
		w := min(width, rows)
		strip := dst[:width*depth]
		dst = dst[width*depth:]
		if w < width {
			clear(strip)
		}
		if deep {
			for d := range depth {
				copy(strip[d*width:d*width+w], x[(q+d)*stride+i:])
			}
			continue
		}
		for r := range w {
			row := x[(i+r)*stride+q : (i+r)*stride+q+depth]
			for d, v := range row {
				strip[d*width+r] = v
			}
		}
	}
}
