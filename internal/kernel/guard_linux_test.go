package kernel

import (
	"syscall"
	"testing"
	"unsafe"
)

// guarded returns n numbers behind which memory must not be touched.
func guarded[T Float](t *testing.T, n int) []T {
	page := syscall.Getpagesize()
	var one T
	size := n * int(unsafe.Sizeof(one))
	pages := (size+page-1)/page*page + page
	m, err := syscall.Mmap(-1, 0, pages, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(m); err != nil {
			t.Error(err)
		}
	})
	if err := syscall.Mprotect(m[pages-page:], syscall.PROT_NONE); err != nil {
		t.Skip(err)
	}
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&m[pages-page-size])), n)
}

// Assembly reads and writes no further than its slices go: the test crashes if it
// does.
func testGuarded[T Float](t *testing.T) {
	const large = 48 * 48
	as, bs, cs := guarded[T](t, large), guarded[T](t, large), guarded[T](t, large)
	last := func(x []T, n int) []T { return x[len(x)-n:] }
	for _, s := range [][3]int{{1, 1, 1}, {2, 3, 4}, {5, 7, 8}, {6, 16, 3}, {13, 33, 9}, {14, 31, 17}, {4, 17, 40}, {40, 8, 40}, {1, 37, 11}, {37, 1, 11}} {
		m, n, k := s[0], s[1], s[2]
		for trans := range 4 {
			ta, tb := trans&1 != 0, trans&2 != 0
			lda, ldb := k, n
			if ta {
				lda = m
			}
			if tb {
				ldb = k
			}
			p := product[T]{active[T](), true, true, tb, k, 1, 0, last(as, m*k), lda, 1, last(bs, k*n), ldb, last(cs, m*n), n}
			if ta {
				p.rowA, p.colA = 1, lda
			}
			p.block(0, m, 0, n) // packed
			Gemm(ta, tb, m, n, k, 1, p.a, lda, p.b, ldb, 1, p.c, n, 1)
		}
	}
	k := active[T]()
	for width := 1; width <= k.tileCols; width++ {
		const depth = 8
		dst := guarded[T](t, depth*width+k.tileCols)
		k.packRuns(depth, width, dst, last(as, depth*width), width)
		k.packRows(depth, min(width, 4), dst[:depth*width+3], width, last(as, depth*min(width, 4)), depth)
	}
	for n := range 70 {
		x, y, z := last(as, n), last(bs, n), last(cs, n)
		Axpy(1, x, y)
		Dot(x, y)
		Sum(x)
		Exp(z, x)
		Log(z, x)
		Sigmoid(z, x)
		Tanh(z, x)
		Softplus(z, x)
	}
}

func TestGuarded(t *testing.T) {
	force(t, func(t *testing.T) {
		for name, f := range map[string]func(*testing.T){"float32": testGuarded[float32], "float64": testGuarded[float64]} {
			t.Run(name, f)
		}
	})
}
