package diagnostics

import (
	"cmp"
	"math"
	"slices"

	"github.com/belief-go/belief/internal/careful"
)

// fewestTail is the least number of tail values that a fit is made of.
const fewestTail = 5

// PSIS smooths importance weights in place, given their logarithms up to a constant:
// the largest ⌈min(S/5, 3√(S/rEff))⌉ of S are replaced by quantiles of the generalized
// Pareto distribution fitted to them, and none exceeds the largest as it was (Vehtari
// et al. 2024, algorithm 1). rEff is the relative efficiency of the draws, ESS over
// S; 0 stands for 1, independent draws.
//
// It returns the shape k of the distribution, which says what the weights are worth:
// below [ParetoLimit] estimates are reliable with the error that they claim; above it
// they are biased and that error is too small; at 1 and more the weights may have no
// mean. Equal weights have k = −Inf. Where no fit is possible, with fewer than 25
// weights or a tail without variation, k is +Inf and the weights stay as they are.
// Weights of zero, −Inf, are fine; with NaN or +Inf among them k is NaN and nothing
// is changed. O(S log S).
func PSIS(logWeights []float64, rEff float64) (k float64) {
	lw, s := logWeights, len(logWeights)
	if !(rEff >= 0) {
		panic("diagnostics: the relative efficiency is negative or NaN")
	}
	if rEff == 0 {
		rEff = 1
	}
	positive := 0
	low, high := math.Inf(1), math.Inf(-1)
	for _, w := range lw {
		if math.IsNaN(w) || math.IsInf(w, 1) {
			return math.NaN()
		}
		if !math.IsInf(w, -1) {
			positive++
		}
		low, high = min(low, w), max(high, w)
	}
	const same = 0x1p-52 / 100 // differences of log weights that count as none
	if positive > 0 && high-low < same {
		return math.Inf(-1)
	}
	size := float64(s)
	tail := int(math.Ceil(min(0.2*size, 3*math.Sqrt(size/rEff))))
	tail = min(tail, positive-1)
	if tail < fewestTail {
		return math.Inf(1)
	}
	order := largest(lw, tail+1)
	cutoff := math.Exp(lw[order[0]] - high)
	order = order[1:]
	if lw[order[tail-1]]-lw[order[0]] < same {
		return math.Inf(1)
	}
	y := make([]float64, tail)
	for i, j := range order {
		y[i] = math.Exp(lw[j]-high) - cutoff
	}
	fit := FitPareto(y)
	if math.IsInf(fit.K, 1) {
		return fit.K
	}
	for i, j := range order {
		q := fit.Quantile((float64(i) + 0.5) / float64(tail))
		lw[j] = high + min(math.Log(q+cutoff), 0)
	}
	return fit.K
}

// largest returns the indices of the n largest entries of v, in increasing order of
// value and, among equals, of index.
func largest(v []float64, n int) []int {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(v[i], v[j]), cmp.Compare(i, j))
	})
	return order[len(order)-n:]
}

// ParetoLimit is the shape k above which estimates from s weights are not to be
// trusted, min(1 − 1/log₁₀ s, 0.7) (Vehtari et al. 2024, equation 13).
func ParetoLimit(s int) float64 {
	return min(1-1/math.Log10(float64(s)), 0.7)
}

// ESSWeights returns the effective sample size (Σw)²/Σw² of weights, given their
// logarithms up to a constant; NaN if one is NaN or none is positive. O(S).
func ESSWeights(logWeights []float64) float64 {
	peak := math.Inf(-1)
	for _, w := range logWeights {
		peak = max(peak, w)
	}
	var sum, squares careful.Accumulator
	for _, w := range logWeights {
		e := math.Exp(w - peak)
		sum.Add(e)
		squares.Add(e * e)
	}
	return sum.Sum() * sum.Sum() / squares.Sum()
}
