package expfam

import (
	"math"

	"github.com/belief-go/belief/internal/careful"
)

// This file has the digits of a logarithm beyond float64, without which data that
// hardly vary do not determine a shape.

// ln2 is log 2 with 32 digits.
var ln2 = careful.Pair{High: 0.6931471805599453, Low: 2.3190468138462996e-17}

// inverseOdd holds 1/3, 1/5, …, the coefficients of the series of artanh whose terms
// need more digits than float64 has.
var inverseOdd = func() (c [12]careful.Pair) {
	for k := range c {
		c[k] = careful.Pair{High: 1}.Over(careful.Pair{High: float64(2*k + 3)})
	}
	return c
}()

// fineLog returns log x, for a finite x > 0, with an absolute error of about 1e-30: x is
// 2ⁿ m with m about one, and log m = 2 artanh((m − 1)/(m + 1)).
func fineLog(x careful.Pair) careful.Pair {
	m, n := math.Frexp(x.High)
	if m < math.Sqrt2/2 {
		m, n = 2*m, n-1
	}
	low := math.Ldexp(x.Low, -n)
	v := careful.Pair{High: m - 1}.Plus(careful.Pair{High: low}).Over(careful.Pair{High: m}.Plus(careful.Pair{High: 1}).Plus(careful.Pair{High: low}))
	y := v.Times(v)
	tail := 0.0 // of terms that are below 1e-16 of the first
	for k := 49.0; k >= 27; k -= 2 {
		tail = tail*y.High + 1/k
	}
	sum := careful.Pair{High: tail}
	for k := len(inverseOdd) - 1; k >= 0; k-- {
		sum = sum.Times(y).Plus(inverseOdd[k])
	}
	sum = v.Plus(v.Times(sum.Times(y)))
	return careful.Pair{High: float64(n)}.Times(ln2).Plus(sum.Plus(sum))
}

// logRounding returns what log x has beyond the float64 l.
func logRounding(x, l float64) float64 {
	return fineLog(careful.Pair{High: x}).Minus(careful.Pair{High: l}).High
}
