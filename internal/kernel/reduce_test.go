package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactSum adds without rounding, and adds the sizes as well.
func exactSum(terms []*big.Float) (sum, size float64) {
	s, a := new(big.Float).SetPrec(400), new(big.Float).SetPrec(400)
	for _, t := range terms {
		s.Add(s, t)
		a.Add(a, new(big.Float).Abs(t))
	}
	sum, _ = s.Float64()
	size, _ = a.Float64()
	return sum, size
}

func bigOf[T Float](x T) *big.Float { return new(big.Float).SetPrec(400).SetFloat64(float64(x)) }

// Sums of n terms are within n·ε of the exact one, and the few roundings of a term.
func testReductions[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for n := range longest + 1 {
		_, parts := filled[T](r, 2, n, n, false)
		a, b := parts[0], parts[1]
		product := make([]T, n)
		productSum := MulSum(product, a, b)
		for i, p := range product {
			if p != a[i]*b[i] {
				t.Errorf("MulSum of %d writes %v at %d, want %v", n, p, i, a[i]*b[i])
			}
		}
		for _, c := range []struct {
			name   string
			got    T
			term   func(i int) *big.Float
			rounds float64 // of a term
		}{
			{"SumSquares", SumSquares(a), func(i int) *big.Float { return new(big.Float).Mul(bigOf(a[i]), bigOf(a[i])) }, 1},
			{"SquaredDistance", SquaredDistance(a, b), func(i int) *big.Float {
				d := new(big.Float).Sub(bigOf(a[i]), bigOf(b[i]))
				return d.Mul(d, d)
			}, 3},
			{"Dot", Dot(a, b), func(i int) *big.Float { return new(big.Float).Mul(bigOf(a[i]), bigOf(b[i])) }, 1},
			{"MulSum", productSum, func(i int) *big.Float { return new(big.Float).Mul(bigOf(a[i]), bigOf(b[i])) }, 1},
			{"Sum", Sum(a), func(i int) *big.Float { return bigOf(a[i]) }, 0},
			{"DotExp", DotExp(0.5, -2, a, b), func(i int) *big.Float {
				return new(big.Float).Mul(bigOf(a[i]), big.NewFloat(math.Exp(0.5-2*float64(b[i]))))
			}, 16},
		} {
			var terms []*big.Float
			for i := range n {
				terms = append(terms, c.term(i))
			}
			want, size := exactSum(terms)
			if !(math.Abs(float64(c.got)-want) <= (float64(n)+c.rounds)*epsilon[T]()*size) {
				t.Errorf("%s of %d: %v, want %v", c.name, n, c.got, want)
			}
		}
		most, least := math.Inf(-1), math.Inf(1)
		for _, x := range a {
			most, least = max(most, float64(x)), min(least, float64(x))
		}
		if got, low := Max(a), Min(a); float64(got) != most || float64(low) != least {
			t.Errorf("Max and Min of %d are %v and %v, want %v and %v", n, got, low, most, least)
		}
		// Less than nothing is still more than the zeros beyond the end.
		Scale(-1, b, b)
		for i := range b {
			b[i] = -T(math.Abs(float64(b[i]))) - 1
		}
		if got := Max(b); n > 0 && got >= 0 {
			t.Errorf("Max of %d negative numbers is %v", n, got)
		}
		Scale(-1, b, b)
		if got := Min(b); n > 0 && got <= 0 {
			t.Errorf("Min of %d positive numbers is %v", n, got)
		}
		for i := range n {
			old := a[i]
			a[i] = T(math.NaN())
			if got, low := Max(a), Min(a); got == got || low == low {
				t.Errorf("Max and Min of %d with NaN at %d are %v and %v", n, i, got, low)
			}
			a[i] = T(math.Inf(1))
			if got := Max(a); !math.IsInf(float64(got), 1) {
				t.Errorf("Max of %d with +Inf at %d is %v", n, i, got)
			}
			a[i] = old
		}
	}
}

func TestReductions(t *testing.T) {
	force(t, func(t *testing.T) {
		testReductions[float32](t)
		testReductions[float64](t)
		if got := DotExp(800, 1, []float64{0x1p-1000, 0x1p-1000, 0x1p-1000}, []float64{-100, -101, -102}); !near(got, 0x1p-1000*(math.Exp(700)+math.Exp(699)+math.Exp(698))) {
			t.Errorf("a start that is too large alone gives %v", got)
		}
		if got := DotExp(0, 1, []float64{1, 2, 3}, []float64{0, math.NaN(), 0}); got == got {
			t.Errorf("NaN gives %v", got)
		}
		if got := Max([]float64{math.Inf(-1), math.Inf(-1)}); !math.IsInf(got, -1) {
			t.Errorf("the largest of −Inf is %v", got)
		}
	})
}

// Rows, of all widths, at any place of their slice.
func testRows[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for cols := range 2*longest + 1 {
		for _, rows := range []int{0, 1, 2, 5} {
			all, parts := filled[T](r, 2, rows*cols+cols, cols, false)
			before := clone(all)
			from := [2]int{8 + cols%5, 8 + (cols+1)%5}
			m, row := parts[0][:rows*cols], parts[1][:cols]
			in := clone(parts)
			AddRow(rows, cols, m, row)
			for i := range m {
				if want := in[0][i] + row[i%cols]; m[i] != want {
					t.Fatalf("AddRow of %d×%d: entry %d is %v, want %v", rows, cols, i, m[i], want)
				}
			}
			copy(m, in[0])
			SumRows(rows, cols, row, m)
			for j := range row {
				want, size := float64(in[1][j]), math.Abs(float64(in[1][j]))
				for i := range rows {
					want += float64(m[i*cols+j])
					size += math.Abs(float64(m[i*cols+j]))
				}
				if !(math.Abs(float64(row[j])-want) <= float64(rows+1)*epsilon[T]()*size) {
					t.Fatalf("SumRows of %d×%d: entry %d is %v, want %v", rows, cols, j, row[j], want)
				}
			}
			copy(row, in[1])
			x := make([]T, rows)
			for i := range x {
				if x[i] = draw[T](r, false); i%3 == 2 {
					x[i] = T(math.Inf(-1))
				}
			}
			MaxPlus(row, x, m)
			for j := range row {
				want := in[1][j]
				for i := range rows {
					want = max(want, x[i]+m[i*cols+j])
				}
				if row[j] != want {
					t.Fatalf("MaxPlus of %d×%d: entry %d is %v, want %v", rows, cols, j, row[j], want)
				}
			}
			copy(row, in[1])
			for k := range all {
				for i := range all[k] {
					if all[k][i] != before[k][i] {
						t.Fatalf("rows of %d×%d: slice %d changed at %d", rows, cols, k, i-from[k])
					}
				}
			}
		}
	}
}

// Softmax in single precision against double.
func testSoftmax32(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	for cols := 1; cols <= longest; cols++ {
		const rows = 3
		x, p, logs := make([]float32, rows*cols), make([]float32, rows*cols), make([]float32, rows)
		for i := range x {
			x[i] = float32(5 * r.NormFloat64())
		}
		SoftmaxRows(rows, cols, p, x, logs)
		for i := range rows {
			sum := 0.0
			for _, v := range x[i*cols : (i+1)*cols] {
				sum += math.Exp(float64(v))
			}
			for _, got := range []float32{logs[i], LogSumExp(x[i*cols : (i+1)*cols])} {
				if !(math.Abs(float64(got)-math.Log(sum)) <= 0x1p-24*float64(cols+30)) {
					t.Errorf("log-sum of %d: %v, want %v", cols, got, math.Log(sum))
				}
			}
			for j, v := range x[i*cols : (i+1)*cols] {
				want := math.Exp(float64(v)) / sum
				if !(math.Abs(float64(p[i*cols+j])-want) <= 0x1p-24*float64(cols+40)*want) {
					t.Errorf("softmax of %d at %d: %v, want %v", cols, j, p[i*cols+j], want)
				}
			}
		}
	}
}

func TestRows(t *testing.T) {
	force(t, func(t *testing.T) {
		testRows[float32](t)
		testRows[float64](t)
		testSoftmax32(t)
		SoftmaxRows(2, 0, []float32{}, []float32{}, nil)
		nan := math.NaN()
		row := []float64{1, 2, math.Inf(-1)}
		if MaxPlus(row, []float64{0, 3}, []float64{nan, 1, nan, -1, nan, nan}); row[0] != 2 || row[1] != 2 || row[2] != math.Inf(-1) {
			t.Errorf("maxima with NaN among the numbers are %v", row)
		}
		for _, c := range [][]float64{{math.Inf(1), 1, 2}, {math.Inf(-1), math.Inf(-1), math.Inf(-1)}} {
			p := make([]float64, len(c))
			if got := Softmax(p, c); got != c[0] || p[0] == p[0] || p[2] == p[2] || LogSumExp(c) != c[0] {
				t.Errorf("softmax of %v is %v, %v", c, p, got)
			}
		}
		if got := LogSumExp([]float64{1, math.NaN()}); got == got {
			t.Errorf("log-sum with NaN is %v", got)
		}
	})
}

// One exponential at a time, over the range and at its ends.
func testDotExp[T Float](t *testing.T, low, high float64) {
	one := []T{1}
	worst := 0.0
	for i := range 20_001 {
		x := T(low + (high-low)*float64(i)/20_000)
		want := math.Exp(float64(x))
		worst = max(worst, math.Abs(float64(DotExp(0, 1, one, []T{x}))/want-1)/epsilon[T]())
	}
	if !(worst <= 8) { // of which package math's share is less than 2
		t.Errorf("the relative error is up to %.1f ε", worst)
	}
	inf := math.Inf(1)
	for _, c := range [][2]float64{{-2000, 0}, {-1e6, 0}, {-1e30, 0}, {-inf, 0}, {2000, inf}, {1e6, inf}, {1e30, inf}, {inf, inf}} {
		for _, n := range []int{1, 16, 21} {
			w, x := make([]T, n), make([]T, n)
			w[n-1], x[n-1] = 1, T(c[0])
			if got := DotExp(0, 1, w, x); float64(got) != c[1] {
				t.Errorf("exp(%v) is %v, last of %d", c[0], got, n)
			}
			if c[1] == 0 {
				p := make([]T, n)
				if Softmax(p, x); n > 1 && p[n-1] != 0 {
					t.Errorf("softmax of zeros and %v ends in %v", c[0], p[n-1])
				}
				if got, want := float64(LogSumExp(x)), math.Log(float64(n-1)); n > 1 && math.Abs(got-want) > 1e-6 {
					t.Errorf("log-sum of zeros and %v is %v, want %v", c[0], got, want)
				}
			}
		}
	}
}

func TestDotExp(t *testing.T) {
	force(t, func(t *testing.T) {
		testDotExp[float32](t, -86, 88)
		testDotExp[float64](t, -707, 709)
	})
}
