package careful

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// LogSumExp returns log Σ exp(x[i]), exact to rounding for any finite or
// infinite x, and −Inf for an empty x. NaN in gives NaN out.
func LogSumExp(x []float64) float64 {
	if len(x) == 0 {
		return math.Inf(-1)
	}
	return floats.LogSumExp(x)
}

// LogAdd returns log(eᵃ + eᵇ).
func LogAdd(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(b, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}

// Sum returns Σ x[i] by Neumaier's compensated summation (1974), whose error
// does not grow with the number of terms.
func Sum(x []float64) float64 {
	var a Accumulator
	for _, v := range x {
		a.Add(v)
	}
	return a.Sum()
}

// An Accumulator is a running compensated sum. Its zero value is an empty sum.
type Accumulator struct{ sum, lost float64 }

// Add adds one term.
func (a *Accumulator) Add(v float64) {
	t := a.sum + v
	if math.Abs(a.sum) >= math.Abs(v) {
		a.lost += (a.sum - t) + v
	} else {
		a.lost += (v - t) + a.sum
	}
	a.sum = t
}

// Sum returns the sum of the terms so far.
func (a *Accumulator) Sum() float64 {
	if math.IsInf(a.sum, 0) || math.IsNaN(a.sum) {
		return a.sum
	}
	return a.sum + a.lost
}

// Exponents bounds the positive entries of x by powers of two: each lies within
// 2^low ≤ x < 2^high. An x without positive entries gives zeros.
func Exponents(x []float64) (low, high int) {
	peak, least := 0.0, math.Inf(1)
	for _, v := range x {
		peak = max(peak, v)
		if v > 0 {
			least = min(least, v)
		}
	}
	if peak == 0 {
		return 0, 0
	}
	_, low = math.Frexp(least)
	_, high = math.Frexp(peak)
	return low - 1, high
}

// Log is math.Log, right also below the normal range: on amd64, math.Log of a
// subnormal number is wrong by as much as 35 (it answers −709.09 for 5e-324,
// whose logarithm is −744.44).
func Log(x float64) float64 {
	if 0 < x && x < 0x1p-1022 {
		return math.Log(x*0x1p60) - 60*math.Ln2
	}
	return math.Log(x)
}
