package careful

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

func TestLogAdd(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range [][3]float64{
		{0, 0, math.Ln2}, {-1000, -1000, math.Ln2 - 1000}, {math.Log(2), math.Log(3), math.Log(5)}, {math.Log(3), math.Log(2), math.Log(5)},
		{-inf, 4, 4}, {4, -inf, 4}, {-inf, -inf, -inf}, {inf, 1, inf}, {800, 0, 800},
	} {
		if got := LogAdd(c[0], c[1]); got != c[2] && !(math.Abs(got-c[2]) <= 1e-15*math.Abs(c[2])) {
			t.Errorf("LogAdd(%v, %v) = %v, want %v", c[0], c[1], got, c[2])
		}
	}
}

func TestLogSumExp(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		x    []float64
		want float64
	}{
		{nil, -inf},
		{[]float64{-inf}, -inf},
		{[]float64{-inf, -inf}, -inf},
		{[]float64{-inf, 3}, 3},
		{[]float64{0, 0}, math.Ln2},
		{[]float64{-1000, -1000}, -1000 + math.Ln2},
		{[]float64{1000, 1000}, 1000 + math.Ln2},
		{[]float64{inf, 0}, inf},
	} {
		if got := LogSumExp(c.x); got != c.want && !(math.Abs(got-c.want) <= 1e-15*math.Abs(c.want)) {
			t.Errorf("LogSumExp(%v) = %v, want %v", c.x, got, c.want)
		}
	}
	if got := LogSumExp([]float64{0, math.NaN()}); !math.IsNaN(got) {
		t.Errorf("NaN passed silently as %v", got)
	}
}

// The oracle is exact arithmetic in big.Float.
func TestSum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := 0; trial < 100; trial++ {
		x := make([]float64, 1000)
		exact := new(big.Float).SetPrec(2000)
		for i := range x {
			x[i] = math.Ldexp(r.Float64()-0.5, r.IntN(60))
			exact.Add(exact, big.NewFloat(x[i]))
		}
		want, _ := exact.Float64()
		// Neumaier's bound: one rounding of the result, plus n² roundings squared.
		tol := 2e-16*math.Abs(want) + 1e6*5e-32*math.Ldexp(1, 60)
		if got := Sum(x); math.Abs(got-want) > tol {
			t.Errorf("Sum misses by %g, more than %g", got-want, tol)
		}
	}
	if got := Sum([]float64{1, 1e100, 1, -1e100}); got != 2 {
		t.Errorf("Sum(1, 1e100, 1, -1e100) = %v, want 2", got)
	}
	if got := Sum([]float64{math.Inf(1), 1}); !math.IsInf(got, 1) {
		t.Errorf("Sum(Inf, 1) = %v", got)
	}
}

func TestExponents(t *testing.T) {
	for _, c := range []struct {
		x         []float64
		low, high int
	}{
		{nil, 0, 0}, {[]float64{0, 0}, 0, 0}, {[]float64{1}, 0, 1}, {[]float64{0, 0.5, 3}, -1, 2},
		{[]float64{5e-324, 1e308}, -1074, 1024},
	} {
		if low, high := Exponents(c.x); low != c.low || high != c.high {
			t.Errorf("Exponents(%v) = %d, %d, want %d, %d", c.x, low, high, c.low, c.high)
		}
	}
}

// The oracle is the logarithm of a power of two, which is exact up to one rounding.
func TestLog(t *testing.T) {
	for e := -1074; e < 1024; e++ {
		if got, want := Log(math.Ldexp(1, e)), float64(e)*math.Ln2; math.Abs(got-want) > 1e-15*math.Abs(want) {
			t.Errorf("Log(2^%d) = %v, want %v", e, got, want)
		}
	}
	if !math.IsInf(Log(0), -1) || !math.IsNaN(Log(-1)) || !math.IsInf(Log(math.Inf(1)), 1) {
		t.Errorf("Log(0, -1, Inf) = %v, %v, %v", Log(0), Log(-1), Log(math.Inf(1)))
	}
}
