package kernel

import (
	"fmt"
	"sync"
)

// Float is an element type.
type Float interface{ float32 | float64 }

// table is one implementation of the kernels for one element type.
type table[T Float] struct {
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

	*operations[T]

	products sync.Pool // of *buffers[T], from products that are over
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
		wrongLen(what, got, want)
	}
}

// wrongLen is apart so that wantLen is inlined.
func wrongLen(what string, got, want int) {
	panic(fmt.Sprintf("kernel: %s has length %d, want %d", what, got, want))
}

// Axpy adds alpha·x to y.
func Axpy[T Float](alpha T, x, y []T) {
	wantLen("y", len(y), len(x))
	active[T]().axpy(alpha, x, y)
}

// Dot returns the inner product of x and y.
func Dot[T Float](x, y []T) T {
	wantLen("y", len(y), len(x))
	return active[T]().dot(x, y)
}

// Sum returns the sum of x.
func Sum[T Float](x []T) T { return active[T]().sum(x) }

// Functions of one argument.

// Exp writes eˣ for each x of src to dst, which may be src.
func Exp[T Float](dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	active[T]().exp(dst, src)
}

// Log writes the natural logarithm for each x of src to dst, which may be src.
func Log[T Float](dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	active[T]().log(dst, src)
}

// Log1p writes log(1 + x) for each x of src to dst, which may be src.
func Log1p[T Float](dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	active[T]().log1p(dst, src)
}

// Expm1 writes eˣ − 1 for each x of src to dst, which may be src.
func Expm1[T Float](dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	active[T]().expm1(dst, src)
}

// Sigmoid writes 1/(1 + e⁻ˣ) for each x of src to dst, which may be src.
func Sigmoid[T Float](dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	active[T]().sigmoid(dst, src)
}

// Tanh writes the hyperbolic tangent for each x of src to dst, which may be src.
func Tanh[T Float](dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	active[T]().tanh(dst, src)
}

// Softplus writes log(1 + eˣ) for each x of src to dst, which may be src.
func Softplus[T Float](dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	active[T]().softplus(dst, src)
}
