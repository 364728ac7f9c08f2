package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func testPanel[T Float](t *testing.T, eps float64) {
	r := rand.New(rand.NewPCG(8, 1))
	random := func(n int) []T {
		x := make([]T, n)
		for i := range x {
			x[i] = T(r.NormFloat64())
		}
		return x
	}
	for _, s := range [][3]int{{0, 3, 2}, {1, 1, 1}, {3, 0, 2}, {2, 5, 0}, {7, 17, 258}, {13, 40, 31}, {97, 33, 600}, {5, 64, 16}} {
		m, n, k := s[0], s[1], s[2]
		for _, trans := range []bool{false, true} {
			lda, ldb, ldc := k+2, n+1, n+3
			rows := k
			if trans {
				ldb, rows = k+1, n
			}
			a, b, c := random(m*lda), random(rows*ldb), random(m*ldc)
			sum, size := reference(false, trans, m, n, k, a, lda, b, ldb)
			want, bound := combine(sum, size, n, 1, 1, c, ldc)
			panel := random(PanelLen[T](k, n)) // what was in it must not matter
			PackPanel(panel, trans, k, n, b, ldb)
			whole := append([]T(nil), c...)
			AddPanel(m, n, k, a, lda, panel, whole, ldc)
			for i, w := range want {
				if got := float64(whole[i/n*ldc+i%n]); !(math.Abs(got-w) <= float64(k+2)*eps*bound[i]) {
					t.Fatalf("%v, transposed %v: entry %d is %v, want %v", s, trans, i, got, w)
				}
			}
			// Rows one by one give the same bits.
			for i := range m {
				AddPanel(1, n, k, a[i*lda:], lda, panel, c[i*ldc:], ldc)
			}
			for i, v := range whole {
				if c[i] != v {
					t.Fatalf("%v, transposed %v: a row alone gives %v, among others %v", s, trans, c[i], v)
				}
			}
		}
	}
}

func TestPanel(t *testing.T) {
	force(t, func(t *testing.T) {
		testPanel[float32](t, 0x1p-24)
		testPanel[float64](t, 0x1p-53)
	})
}
