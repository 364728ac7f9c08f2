package kernel

import (
	"fmt"
	"sync"
)

// Float is an element type.
type Float interface{ float32 | float64 }

// table is one implementation of the kernels for one element type. Counts are
// multiples of lanes, and of four times as much for axpy, dot and sum.
type table[T Float] struct {
	lanes    int
	tileRows int
	tileCols int
	depth    int // of blocks, for which a strip of b as wide as a tile stays in the first cache
	// tile computes c = alpha·a·b + beta·c for up to tileRows × tileCols entries, a
	// with strides for its rows and its columns.
	tile func(rows, cols, k int, alpha, beta T, a []T, rowA, colA int, b []T, ldb int, c []T, ldc int)
	// packRuns copies runs of up to tileCols numbers, a stride apart, to where they
	// follow one another, and may write that many numbers behind the last.
	packRuns func(depth, width int, dst, src []T, stride int)
	// packRows copies the first numbers, a multiple of 8, of up to four rows to columns
	// a width apart, and may write four numbers in each step.
	packRows func(depth, rows int, dst []T, width int, src []T, stride int)
	axpy     func(alpha T, x, y []T)
	dot      func(x, y []T) T
	sum      func(x []T) T

	exp, log, sigmoid, tanh, softplus func(dst, src []T)

	*operations[T]

	products sync.Pool // of *buffers[T], from products that are over
	rests    sync.Pool // of *[most]T
}

// The implementations in use.
var (
	active32 = &generic32
	active64 = &generic64
)

func active[T Float]() *table[T] {
	var t any
	switch any(T(0)).(type) {
	case float32:
		t = active32
	default:
		t = active64
	}
	return t.(*table[T])
}

func wantLen(what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("kernel: %s has length %d, want %d", what, got, want))
	}
}

// Axpy adds alpha·x to y.
func Axpy[T Float](alpha T, x, y []T) {
	wantLen("y", len(y), len(x))
	k := active[T]()
	n := len(x) - len(x)%(4*k.lanes)
	if n > 0 {
		k.axpy(alpha, x[:n], y[:n])
	}
	for i := n; i < len(x); i++ {
		y[i] += alpha * x[i]
	}
}

// Dot returns the inner product of x and y.
func Dot[T Float](x, y []T) (s T) {
	wantLen("y", len(y), len(x))
	k := active[T]()
	n := len(x) - len(x)%(4*k.lanes)
	if n > 0 {
		s = k.dot(x[:n], y[:n])
	}
	for i := n; i < len(x); i++ {
		s += x[i] * y[i]
	}
	return s
}

// Sum returns the sum of x.
func Sum[T Float](x []T) (s T) {
	k := active[T]()
	n := len(x) - len(x)%(4*k.lanes)
	if n > 0 {
		s = k.sum(x[:n])
	}
	for _, v := range x[n:] {
		s += v
	}
	return s
}

// Exp writes eˣ for each x of src to dst, which may be src.
func Exp[T Float](dst, src []T) { each(active[T](), active[T]().exp, dst, src) }

// Log writes the natural logarithm of each x of src to dst, which may be src.
func Log[T Float](dst, src []T) { each(active[T](), active[T]().log, dst, src) }

// Sigmoid writes 1/(1 + e⁻ˣ) for each x of src to dst, which may be src.
func Sigmoid[T Float](dst, src []T) { each(active[T](), active[T]().sigmoid, dst, src) }

// Tanh writes the hyperbolic tangent of each x of src to dst, which may be src.
func Tanh[T Float](dst, src []T) { each(active[T](), active[T]().tanh, dst, src) }

// Softplus writes log(1 + eˣ) for each x of src to dst, which may be src.
func Softplus[T Float](dst, src []T) { each(active[T](), active[T]().softplus, dst, src) }

// most is the number of lanes of the widest vector.
const most = 16

// each applies f to whole vectors, and to the rest in a vector of its own, so that
// what a function gives does not depend on the place of its argument.
func each[T Float](k *table[T], f func(dst, src []T), dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	n := len(src) - len(src)%k.lanes
	if n > 0 {
		f(dst[:n], src[:n])
	}
	if n < len(src) {
		rest, _ := k.rests.Get().(*[most]T)
		if rest == nil {
			rest = new([most]T)
		}
		copy(rest[:], src[n:])
		f(rest[:k.lanes], rest[:k.lanes])
		copy(dst[n:], rest[:])
		k.rests.Put(rest)
	}
}
