package kernel

import "math"

// The kernels in plain Go.

var (
	generic32 = table[float32]{tileRows: 4, tileCols: 4, depth: 320,
		tile: genericTile[float32], packRuns: genericPackRuns[float32], packRows: genericPackRows[float32],
		operations: genericOperations[float32]()}
	generic64 = table[float64]{tileRows: 4, tileCols: 4, depth: 320,
		tile: genericTile[float64], packRuns: genericPackRuns[float64], packRows: genericPackRows[float64],
		operations: genericOperations[float64]()}
)

// mapped makes a loop of f. It works in pieces, as a conversion of a number has to wait
// for the one before it.
func mapped[T Float](f func(float64) float64) func(dst, src []T) {
	return func(dst, src []T) {
		var wide [32]float64
		for len(src) > 0 {
			n := min(len(wide), len(src))
			for i, x := range src[:n] {
				wide[i] = float64(x)
			}
			for i, x := range wide[:n] {
				wide[i] = f(x)
			}
			for i, x := range wide[:n] {
				dst[i] = T(x)
			}
			src, dst = src[n:], dst[n:]
		}
	}
}

func sigmoid(x float64) float64 {
	e := genericExp(-math.Abs(x))
	if x < 0 {
		return e / (1 + e)
	}
	return 1 / (1 + e)
}

func softplus(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// genericTile is for tiles of up to 4×4, with the sums of two rows in registers.
func genericTile[T Float](rows, cols, k int, alpha, beta T, a []T, rowA, colA int, b []T, ldb int, c []T, ldc int) {
	i := 0
	for ; i+2 <= rows && cols == 4; i += 2 {
		var s00, s01, s02, s03, s10, s11, s12, s13 T
		atA, atB := i*rowA, 0
		for range k {
			a0, a1, b := a[atA], a[atA+rowA], b[atB:atB+4:atB+4]
			s00 += a0 * b[0]
			s01 += a0 * b[1]
			s02 += a0 * b[2]
			s03 += a0 * b[3]
			s10 += a1 * b[0]
			s11 += a1 * b[1]
			s12 += a1 * b[2]
			s13 += a1 * b[3]
			atA, atB = atA+colA, atB+ldb
		}
		r := c[i*ldc : i*ldc+4 : i*ldc+4]
		genericStore(alpha, beta, s00, &r[0])
		genericStore(alpha, beta, s01, &r[1])
		genericStore(alpha, beta, s02, &r[2])
		genericStore(alpha, beta, s03, &r[3])
		r = c[(i+1)*ldc : (i+1)*ldc+4 : (i+1)*ldc+4]
		genericStore(alpha, beta, s10, &r[0])
		genericStore(alpha, beta, s11, &r[1])
		genericStore(alpha, beta, s12, &r[2])
		genericStore(alpha, beta, s13, &r[3])
	}
	for ; i < rows; i++ {
		if cols == 4 {
			var s0, s1, s2, s3 T
			atA, atB := i*rowA, 0
			for range k {
				v, b := a[atA], b[atB:atB+4:atB+4]
				s0 += v * b[0]
				s1 += v * b[1]
				s2 += v * b[2]
				s3 += v * b[3]
				atA, atB = atA+colA, atB+ldb
			}
			r := c[i*ldc : i*ldc+4 : i*ldc+4]
			genericStore(alpha, beta, s0, &r[0])
			genericStore(alpha, beta, s1, &r[1])
			genericStore(alpha, beta, s2, &r[2])
			genericStore(alpha, beta, s3, &r[3])
			continue
		}
		for j := range cols {
			var s T
			atA, atB := i*rowA, j
			for range k {
				s += a[atA] * b[atB]
				atA, atB = atA+colA, atB+ldb
			}
			genericStore(alpha, beta, s, &c[i*ldc+j])
		}
	}
}

func genericStore[T Float](alpha, beta, sum T, c *T) {
	if beta == 0 {
		*c = alpha * sum
		return
	}
	*c = alpha*sum + beta**c
}

func genericPackRows[T Float](depth, rows int, dst []T, width int, src []T, stride int) {
	for r := range rows {
		row := src[r*stride : r*stride+depth]
		for d, v := range row {
			dst[d*width+r] = v
		}
	}
}

func genericPackRuns[T Float](depth, width int, dst, src []T, stride int) {
	for d := range depth {
		copy(dst[d*width:d*width+width], src[d*stride:])
	}
}
