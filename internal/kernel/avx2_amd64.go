//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// The kernels in assembly. Their counts are positive.

//go:noescape
func gemmTile_float32(k int, alpha float32, a, b, c *float32, ldc int)

//go:noescape
func gemmTile_float64(k int, alpha float64, a, b, c *float64, ldc int)

//go:noescape
func axpy_float32(n int, alpha float32, x, y *float32)

//go:noescape
func axpy_float64(n int, alpha float64, x, y *float64)

//go:noescape
func dot_float32(n int, x, y *float32) (s float32)

//go:noescape
func dot_float64(n int, x, y *float64) (s float64)

//go:noescape
func sum_float32(n int, x *float32) (s float32)

//go:noescape
func sum_float64(n int, x *float64) (s float64)

//go:noescape
func exp_float32(n int, dst, src *float32)

//go:noescape
func exp_float64(n int, dst, src *float64)

//go:noescape
func log_float32(n int, dst, src *float32)

//go:noescape
func log_float64(n int, dst, src *float64)

//go:noescape
func sigmoid_float32(n int, dst, src *float32)

//go:noescape
func sigmoid_float64(n int, dst, src *float64)

//go:noescape
func tanh_float32(n int, dst, src *float32)

//go:noescape
func tanh_float64(n int, dst, src *float64)

//go:noescape
func softplus_float32(n int, dst, src *float32)

//go:noescape
func softplus_float64(n int, dst, src *float64)

var (
	avx2x32 = table[float32]{lanes: 8, tileRows: 6, tileCols: 16,
		tile: func(k int, alpha float32, a, b, c []float32, ldc int) {
			gemmTile_float32(k, alpha, &a[0], &b[0], &c[0], ldc)
		},
		axpy: func(alpha float32, x, y []float32) { axpy_float32(len(x), alpha, &x[0], &y[0]) },
		dot:  func(x, y []float32) float32 { return dot_float32(len(x), &x[0], &y[0]) },
		sum:  func(x []float32) float32 { return sum_float32(len(x), &x[0]) },

		exp:      func(dst, src []float32) { exp_float32(len(src), &dst[0], &src[0]) },
		log:      func(dst, src []float32) { log_float32(len(src), &dst[0], &src[0]) },
		sigmoid:  func(dst, src []float32) { sigmoid_float32(len(src), &dst[0], &src[0]) },
		tanh:     func(dst, src []float32) { tanh_float32(len(src), &dst[0], &src[0]) },
		softplus: func(dst, src []float32) { softplus_float32(len(src), &dst[0], &src[0]) }}
	avx2x64 = table[float64]{lanes: 4, tileRows: 6, tileCols: 8,
		tile: func(k int, alpha float64, a, b, c []float64, ldc int) {
			gemmTile_float64(k, alpha, &a[0], &b[0], &c[0], ldc)
		},
		axpy: func(alpha float64, x, y []float64) { axpy_float64(len(x), alpha, &x[0], &y[0]) },
		dot:  func(x, y []float64) float64 { return dot_float64(len(x), &x[0], &y[0]) },
		sum:  func(x []float64) float64 { return sum_float64(len(x), &x[0]) },

		exp:      func(dst, src []float64) { exp_float64(len(src), &dst[0], &src[0]) },
		log:      func(dst, src []float64) { log_float64(len(src), &dst[0], &src[0]) },
		sigmoid:  func(dst, src []float64) { sigmoid_float64(len(src), &dst[0], &src[0]) },
		tanh:     func(dst, src []float64) { tanh_float64(len(src), &dst[0], &src[0]) },
		softplus: func(dst, src []float64) { softplus_float64(len(src), &dst[0], &src[0]) }}
)

func init() {
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		active32, active64 = &avx2x32, &avx2x64
	}
}
