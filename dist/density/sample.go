package density

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief/dist"
)

// What all estimates do with observations before they use them.

// limit bounds observations, so that squares of their differences are finite.
const limit = 1e150

// A sample is a set of sorted observations of positive weight.
type sample struct {
	x, w      []float64 // in order; the weights sum to one
	equal     bool      // all weights are the same
	effective float64   // how many observations of equal weight it is worth
	mean      float64
	deviation float64 // the unbiased estimate; 0 for a single observation
}

// shares checks observations of some dimension and their weights, and returns the
// weights divided by their sum.
func shares(name string, x, w []float64, dim int) ([]float64, error) {
	n := len(x) / dim
	if len(x) != n*dim {
		panic(fmt.Sprintf("density: %d numbers for vectors of %d", len(x), dim))
	}
	if w != nil && len(w) != n {
		panic(fmt.Sprintf("density: %d weights for %d observations", len(w), n))
	}
	for i, v := range x {
		if !(math.Abs(v) <= limit) {
			return nil, &dist.FitError{Distribution: name, Row: i / dim, Problem: fmt.Sprintf("is %v; it must be between ±1e150", v)}
		}
	}
	biggest := 0.0
	for i, v := range w {
		if !(v >= 0) || math.IsInf(v, 1) {
			return nil, &dist.FitError{Distribution: name, Row: i, Problem: fmt.Sprintf("has weight %v", v)}
		}
		biggest = max(biggest, v)
	}
	if n == 0 || w != nil && biggest == 0 {
		return nil, &dist.FitError{Distribution: name, Row: -1, Problem: "there are no observations of positive weight"}
	}
	out := make([]float64, n)
	total := 0.0
	for i := range out {
		out[i] = 1
		if w != nil {
			out[i] = w[i] / biggest
		}
		total += out[i]
	}
	for i := range out {
		out[i] /= total
	}
	return out, nil
}

// newSample sorts observations of one number.
func newSample(name string, x, w []float64) (*sample, error) {
	share, err := shares(name, x, w, 1)
	if err != nil {
		return nil, err
	}
	s := &sample{}
	if w == nil {
		s.x, s.w = slices.Sorted(slices.Values(x)), share
	} else {
		order := make([]int, 0, len(x))
		for i, v := range share {
			if v > 0 {
				order = append(order, i)
			}
		}
		slices.SortStableFunc(order, func(a, b int) int {
			if x[a] < x[b] {
				return -1
			} else if x[a] > x[b] {
				return 1
			}
			return 0
		})
		s.x, s.w = make([]float64, len(order)), make([]float64, len(order))
		for k, i := range order {
			s.x[k], s.w[k] = x[i], share[i]
		}
	}
	s.equal = !slices.ContainsFunc(s.w, func(v float64) bool { return v != s.w[0] })
	s.effective = effective(s.w)
	s.mean, s.deviation = moments(s.x, s.w, 0, 1)
	return s, nil
}

// effective returns 1/Σ w², the number of observations that the weights are worth
// (Kish 1965).
func effective(w []float64) float64 {
	square := 0.0
	for _, v := range w {
		square += v * v
	}
	return 1 / square
}

// moments returns the mean of one column of a matrix and its standard deviation,
// unbiased by the factor 1/(1 − Σ w²), which is n/(n − 1) for equal weights.
func moments(x, w []float64, column, columns int) (mean, deviation float64) {
	low, high := math.Inf(1), math.Inf(-1)
	for i, v := range w {
		mean += v * x[i*columns+column]
		low, high = min(low, x[i*columns+column]), max(high, x[i*columns+column])
	}
	if low == high {
		return low, 0
	}
	square, squares := 0.0, 0.0
	for i, v := range w {
		z := (x[i*columns+column] - mean) / (high - low) // neither huge nor tiny
		square += v * z * z
		squares += v * v
	}
	if squares >= 1 {
		return mean, 0 // one observation has all the weight that float64 can tell
	}
	return mean, (high - low) * math.Sqrt(square/(1-squares))
}

// quantile interpolates linearly between the middles of the shares, which for equal
// weights puts observation k of n at (k − 1)/(n − 1).
func (s *sample) quantile(p float64) float64 {
	n := len(s.x)
	at, last := 0.0, s.x[0]
	span := 1 - 0.5*(s.w[0]+s.w[n-1])
	for k := 1; k < n; k++ {
		step := 0.5 * (s.w[k-1] + s.w[k]) / span
		if at+step >= p {
			return last + (s.x[k]-last)*max(0, min(1, (p-at)/step))
		}
		at, last = at+step, s.x[k]
	}
	return last
}

// spread returns the interquartile range.
func (s *sample) spread() float64 { return s.quantile(0.75) - s.quantile(0.25) }

// firstAbove returns the index of the first number of x that is greater than v, and
// firstFrom that of the first that is not less.
func firstAbove(x []float64, v float64) int {
	i, j := 0, len(x)
	for i < j {
		if m := int(uint(i+j) >> 1); x[m] > v {
			j = m
		} else {
			i = m + 1
		}
	}
	return i
}

func firstFrom(x []float64, v float64) int {
	i, j := 0, len(x)
	for i < j {
		if m := int(uint(i+j) >> 1); x[m] >= v {
			j = m
		} else {
			i = m + 1
		}
	}
	return i
}

// dstFor returns dst if it has length n and a new slice if it is nil.
func dstFor(dst []float64, n int) []float64 {
	if dst == nil {
		return make([]float64, n)
	}
	if len(dst) != n {
		panic(fmt.Sprintf("density: destination of length %d, want %d", len(dst), n))
	}
	return dst
}

// sums returns Σ_{j<i} w_j and Σ_{j≥i} w_j for all i up to the length.
func sums(w []float64) (before, from []float64) {
	n := len(w)
	before, from = make([]float64, n+1), make([]float64, n+1)
	for i, v := range w {
		before[i+1] = before[i] + v
	}
	for i := n - 1; i >= 0; i-- {
		from[i] = from[i+1] + w[i]
	}
	return before, from
}
