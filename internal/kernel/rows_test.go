package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func testGemv[T Float](t *testing.T, eps float64) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, s := range [][2]int{{0, 0}, {1, 1}, {3, 100}, {100, 3}, {65, 67}} {
		m, n := s[0], s[1]
		a := make([]T, m*(n+1))
		for i := range a {
			a[i] = T(r.NormFloat64())
		}
		for _, trans := range []bool{false, true} {
			rows, cols := m, n
			if trans {
				rows, cols = n, m
			}
			x, y := make([]T, cols), make([]T, rows)
			for i := range x {
				x[i] = T(r.NormFloat64())
			}
			for i := range y {
				y[i] = T(r.NormFloat64())
			}
			sum, absolute := reference(trans, false, rows, 1, cols, a, n+1, x, 1)
			want, size := combine(sum, absolute, 1, 2, T(0.5), y, 1)
			Gemv(trans, m, n, 2, a, n+1, x, 0.5, y)
			for i := range y {
				if !(math.Abs(float64(y[i])-want[i]) <= eps*float64(cols+4)*size[i]) {
					t.Errorf("%d×%d, transposed %t: entry %d is %v, want %v", m, n, trans, i, y[i], want[i])
				}
			}
		}
	}
}

func TestGemv(t *testing.T) {
	force(t, func(t *testing.T) {
		testGemv[float32](t, 0x1p-24)
		testGemv[float64](t, 0x1p-53)
	})
}

func TestSoftmax(t *testing.T) {
	inf := math.Inf(1)
	force(t, func(t *testing.T) {
		for _, c := range []struct {
			x, p   []float64
			logSum float64
		}{
			{[]float64{0}, []float64{1}, 0},
			{[]float64{1000, 1000, 1000, 1000}, []float64{0.25, 0.25, 0.25, 0.25}, 1000 + math.Log(4)},
			{[]float64{-4096, -4096 + math.Log(3)}, []float64{0.25, 0.75}, -4096 + math.Log(4)},
			{[]float64{-inf, 2, -inf, 2, -inf}, []float64{0, 0.5, 0, 0.5, 0}, 2 + math.Ln2},
			{[]float64{-inf, -inf}, []float64{math.NaN(), math.NaN()}, -inf},
			{[]float64{1, math.NaN(), 3}, []float64{math.NaN(), math.NaN(), math.NaN()}, math.NaN()},
			{nil, nil, -inf},
		} {
			p := append([]float64(nil), c.x...)
			got := Softmax(p, p)
			if !near(got, c.logSum) {
				t.Errorf("log-sum of %v is %v, want %v", c.x, got, c.logSum)
			}
			for i := range p {
				if !near(p[i], c.p[i]) {
					t.Errorf("softmax of %v is %v, want %v", c.x, p, c.p)
					break
				}
			}
		}
	})
}

// near allows for what is lost in −4096 + log 3.
func near(a, b float64) bool { return same(a, b) || math.Abs(a-b) <= 1e-12*math.Abs(b) }
