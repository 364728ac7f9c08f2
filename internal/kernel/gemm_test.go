package kernel

import (
	"fmt"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// reference is the oracle of op(A)·op(B): sums in double precision, and the sums of
// absolute values.
func reference[T Float](transA, transB bool, m, n, k int, a []T, lda int, b []T, ldb int) (sum, size []float64) {
	sum, size = make([]float64, m*n), make([]float64, m*n)
	rowA, colA, rowB, colB := lda, 1, ldb, 1
	if transA {
		rowA, colA = 1, lda
	}
	if transB {
		rowB, colB = 1, ldb
	}
	for i := range m {
		for j := range n {
			s, z := 0.0, 0.0
			for q := range k {
				v := float64(a[i*rowA+q*colA]) * float64(b[q*rowB+j*colB])
				s += v
				z += math.Abs(v)
			}
			sum[i*n+j], size[i*n+j] = s, z
		}
	}
	return sum, size
}

// combine makes the oracle of α·op(A)·op(B) + β·C from that of the product.
func combine[T Float](sum, size []float64, n int, alpha, beta T, c []T, ldc int) (want, bound []float64) {
	want, bound = make([]float64, len(sum)), make([]float64, len(sum))
	for i := range sum {
		old := 0.0
		if beta != 0 {
			old = float64(beta) * float64(c[i/n*ldc+i%n])
		}
		want[i] = float64(alpha)*sum[i] + old
		bound[i] = math.Abs(float64(alpha))*size[i] + math.Abs(old)
	}
	return want, bound
}

// between makes NaN of the last entries of rows, which are none of the matrix's.
func between[T Float](x []T, stride, n int) {
	for i := range x {
		if i%stride >= stride-n {
			x[i] = T(math.NaN())
		}
	}
}

func testGemm[T Float](t *testing.T, eps float64) {
	r := rand.New(rand.NewPCG(3, 4))
	random := func(n int) []T {
		x := make([]T, n)
		for i := range x {
			x[i] = T(r.NormFloat64())
		}
		return x
	}
	sizes := [][3]int{{0, 0, 0}, {1, 1, 1}, {1, 5, 3}, {5, 1, 300}, {3, 4, 0}, {6, 16, 9}, {7, 17, 258}, {13, 40, 31}, {20, 33, 257}, {200, 30, 90}, {12, 2100, 22}, {13, 24, 600}, {30, 140, 9}}
	for range 20 {
		sizes = append(sizes, [3]int{r.IntN(60), r.IntN(60), r.IntN(60)})
	}
	for _, s := range sizes {
		m, n, k := s[0], s[1], s[2]
		for trans := range 4 {
			ta, tb := trans&1 != 0, trans&2 != 0
			lda, ldb, ldc := k+2, n+1, n+3*(k%2)
			ra, rb := m, k
			if ta {
				lda, ra = m+2, k
			}
			if tb {
				ldb, rb = k+1, n
			}
			a, b, c := random(ra*lda), random(rb*ldb), random(m*ldc)
			between(a, lda, 2)
			between(b, ldb, 1)
			sum, absolute := reference(ta, tb, m, n, k, a, lda, b, ldb)
			for _, beta := range []T{0, 1, -0.5} {
				alpha := T(1.25)
				want, size := combine(sum, absolute, n, alpha, beta, c, ldc)
				var first []T
				workers := []int{1, 2, 7}
				if beta == 1 {
					workers = workers[:1]
				}
				for _, workers := range workers {
					got := append([]T(nil), c...)
					if beta == 0 { // what was there must not matter
						for i := range m * n {
							got[i/n*ldc+i%n] = T(math.NaN())
						}
					}
					Gemm(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, got, ldc, workers)
					name := func() string {
						return fmt.Sprintf("%d×%d×%d, transposed %t %t, beta %v, %d workers", m, n, k, ta, tb, beta, workers)
					}
					if first != nil {
						if !slices.Equal(got, first) {
							t.Fatalf("%s: other bits than with one worker", name())
						}
						continue
					}
					first = got
					for i := range m {
						for j := range ldc {
							switch {
							case j >= n:
								if got[i*ldc+j] != c[i*ldc+j] {
									t.Fatalf("%s: entry (%d, %d) outside of the matrix has changed", name(), i, j)
								}
							case !(math.Abs(float64(got[i*ldc+j])-want[i*n+j]) <= eps*float64(k+4)*size[i*n+j]):
								t.Fatalf("%s: entry (%d, %d) is %v, want %v", name(), i, j, got[i*ldc+j], want[i*n+j])
							}
						}
					}
				}
			}
		}
	}
}

func TestGemm(t *testing.T) {
	force(t, func(t *testing.T) {
		testGemm[float32](t, 0x1p-24)
		testGemm[float64](t, 0x1p-53)
	})
}

// Packing, which large products do, shows in no bit.
func testPacking[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, s := range [][3]int{{2, 3, 1}, {7, 19, 5}, {13, 40, 31}, {100, 33, 8}, {14, 17, 330}, {5, 2070, 3}} {
		m, n, k := s[0], s[1], s[2]
		a, b := make([]T, m*k), make([]T, k*n)
		for i := range a {
			a[i] = T(r.NormFloat64())
		}
		for i := range b {
			b[i] = T(r.NormFloat64())
		}
		for trans := range 4 {
			ta, tb := trans&1 != 0, trans&2 != 0
			p := product[T]{table: active[T](), transB: tb, k: k, alpha: 1, a: a, rowA: k, colA: 1, b: b, ldb: n, ldc: n}
			if ta {
				p.rowA, p.colA = 1, m
			}
			if tb {
				p.ldb = k
			}
			var first []T
			for packed := range 4 {
				p.packA, p.packB = packed&1 != 0, packed&2 != 0
				if tb && !p.packB {
					continue
				}
				p.c = make([]T, m*n)
				p.block(0, m, 0, n)
				if first == nil {
					first = p.c
				} else if !slices.Equal(p.c, first) {
					t.Errorf("%d×%d×%d, transposed %t %t, packed %t %t: other bits", m, n, k, ta, tb, p.packA, p.packB)
				}
			}
			got := make([]T, m*n)
			lda := max(p.rowA, p.colA)
			Gemm(ta, tb, m, n, k, 1, a, lda, b, p.ldb, 0, got, n, 1)
			if !slices.Equal(got, first) {
				t.Errorf("%d×%d×%d, transposed %t %t: Gemm gives other bits", m, n, k, ta, tb)
			}
		}
	}
}

func TestPacking(t *testing.T) {
	force(t, func(t *testing.T) {
		testPacking[float32](t)
		testPacking[float64](t)
	})
}

func TestGemmPanics(t *testing.T) {
	for name, f := range map[string]func(){
		"a": func() {
			Gemm(false, false, 2, 2, 2, 1, make([]float64, 3), 2, make([]float64, 4), 2, 0, make([]float64, 4), 2, 1)
		},
		"b": func() {
			Gemm(false, false, 2, 2, 2, 1, make([]float64, 4), 2, make([]float64, 4), 1, 0, make([]float64, 4), 2, 1)
		},
		"c": func() {
			Gemm(false, false, -1, 2, 2, 1, make([]float64, 4), 2, make([]float64, 4), 2, 0, make([]float64, 4), 2, 1)
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a wrong %s is taken", name)
				}
			}()
			f()
		}()
	}
}

func testSums[T Float](t *testing.T, eps float64) {
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 300 {
		x, y, z := make([]T, n), make([]T, n), make([]T, n)
		sum, size, dot, dotSize := 0.0, 0.0, 0.0, 0.0
		for i := range x {
			x[i], y[i] = T(r.NormFloat64()), T(r.NormFloat64())
			z[i] = y[i]
			sum, size = sum+float64(x[i]), size+math.Abs(float64(x[i]))
			dot, dotSize = dot+float64(x[i])*float64(y[i]), dotSize+math.Abs(float64(x[i])*float64(y[i]))
		}
		if got := float64(Sum(x)); !(math.Abs(got-sum) <= float64(n)*eps*size) {
			t.Errorf("the sum of %d numbers is %v, want %v", n, got, sum)
		}
		if got := float64(Dot(x, y)); !(math.Abs(got-dot) <= float64(n+1)*eps*dotSize) {
			t.Errorf("the inner product of %d numbers is %v, want %v", n, got, dot)
		}
		Axpy(0.75, x, z)
		for i := range z {
			if want := 0.75*float64(x[i]) + float64(y[i]); math.Abs(float64(z[i])-want) > 2*eps*(math.Abs(want)+math.Abs(float64(x[i]))) {
				t.Errorf("axpy of %d numbers: entry %d is %v, want %v", n, i, z[i], want)
			}
		}
	}
}

func TestSums(t *testing.T) {
	force(t, func(t *testing.T) {
		testSums[float32](t, 0x1p-24)
		testSums[float64](t, 0x1p-53)
	})
}

func TestNoAllocation(t *testing.T) {
	a, b, c := make([]float32, 64*64), make([]float32, 64*64), make([]float32, 64*64)
	force(t, func(t *testing.T) {
		if n := patience.Allocations(50, func() { Gemm(false, false, 64, 64, 64, 1, a, 64, b, 64, 0, c, 64, 1) }); n >= 1 && !race {
			t.Errorf("a product allocates %v times", n)
		}
		if n := patience.Allocations(50, func() { Exp(c[:101], a[:101]); Sum(a); Axpy(1, a, b) }); n > 0 {
			t.Errorf("vectors allocate %v times", n)
		}
	})
}

func benchGemm[T Float](b *testing.B, transA, transB bool, m, n, k int) {
	x, y, z := make([]T, m*k), make([]T, k*n), make([]T, m*n)
	for i := range x {
		x[i] = T(i % 7)
	}
	for i := range y {
		y[i] = T(i % 5)
	}
	lda, ldb := k, n
	if transA {
		lda = m
	}
	if transB {
		ldb = k
	}
	for b.Loop() {
		Gemm(transA, transB, m, n, k, 1, x, lda, y, ldb, 0, z, n, 1)
	}
	b.ReportMetric(2*float64(m)*float64(n)*float64(k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

func BenchmarkGemm(b *testing.B) {
	for _, n := range []int{4, 32, 64, 128, 512} {
		b.Run(fmt.Sprintf("float32/%d", n), func(b *testing.B) { benchGemm[float32](b, false, false, n, n, n) })
		b.Run(fmt.Sprintf("float64/%d", n), func(b *testing.B) { benchGemm[float64](b, false, false, n, n, n) })
	}
	// A layer of 784 inputs and 400 outputs, forward and back.
	b.Run("float32/128×400×784", func(b *testing.B) { benchGemm[float32](b, false, false, 128, 400, 784) })
	b.Run("float32/128×784×400ᵀ", func(b *testing.B) { benchGemm[float32](b, false, true, 128, 784, 400) })
	b.Run("float32/784ᵀ×400×128", func(b *testing.B) { benchGemm[float32](b, true, false, 784, 400, 128) })
}
