package diagnostics

import (
	"math"
	"slices"
)

// Quantile returns the p-quantile of x by linear interpolation between order
// statistics, at position 1 + (n − 1)p (type 7 of Hyndman and Fan 1996, the
// default of R). It is NaN if x is empty or has a NaN, or p is not in [0, 1].
// O(n log n) time; x is not changed.
func Quantile(x []float64, p float64) float64 {
	if slices.ContainsFunc(x, math.IsNaN) {
		return math.NaN()
	}
	x = slices.Clone(x)
	slices.Sort(x)
	return sortedQuantile(x, p)
}

// sortedQuantile is Quantile of x in increasing order.
func sortedQuantile(x []float64, p float64) float64 {
	if len(x) == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	at := 1 + float64(len(x)-1)*p
	low := math.Floor(at)
	a, b := x[int(low)-1], x[int(math.Ceil(at))-1]
	if h := at - low; h > 0 && a != b {
		return (1-h)*a + h*b
	}
	return a
}

// sortedMedian returns the median of x in increasing order.
func sortedMedian(x []float64) float64 {
	n := len(x)
	switch {
	case n == 0:
		return math.NaN()
	case n%2 == 1:
		return x[n/2]
	}
	a, b := x[n/2-1], x[n/2]
	if a == b {
		return a
	}
	return a/2 + b/2
}

// mean returns the arithmetic mean: a second pass adds what rounding took from the
// first.
func mean(x []float64) float64 {
	n := float64(len(x))
	m := plainMean(x)
	if math.IsInf(m, 0) { // the sum may be too large where the mean is not
		m = 0
		for _, v := range x {
			m += v / n
		}
		return m
	}
	rest := 0.0
	for _, v := range x {
		rest += v - m
	}
	return m + rest/n
}

// plainMean is the sum over the number.
func plainMean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// variance returns Σ (x − mean)²/(n − 1), given the mean; NaN for fewer than
// two, +Inf where it is too large.
func variance(x []float64, mean float64) float64 {
	sum, rest := 0.0, 0.0
	for _, v := range x {
		d := v - mean
		sum += d * d
		rest += d
	}
	n := float64(len(x))
	if math.IsInf(sum, 1) {
		return sum
	}
	return (sum - rest*rest/n) / (n - 1)
}

// medianDeviation returns 1.4826 times the median distance from the median of x,
// which is in increasing order: the deviations of either side are runs to merge.
func medianDeviation(x []float64) float64 {
	n, median := len(x), sortedMedian(x)
	if n == 0 || median-median != 0 {
		return math.NaN()
	}
	right, _ := slices.BinarySearch(x, median)
	left := right - 1
	var last, d float64
	for range n/2 + 1 {
		last = d
		if right == n || left >= 0 && median-x[left] <= x[right]-median {
			d = median - x[left]
			left--
		} else {
			d = x[right] - median
			right++
		}
	}
	if n%2 == 0 && last != d {
		d = last/2 + d/2
	}
	return 1.4826 * d
}
