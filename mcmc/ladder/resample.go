package ladder

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief"
)

// Resampling says how n particles are drawn from n weighted ones. Every scheme is
// unbiased: particle i has n W_i children in expectation (Douc, Cappé & Moulines
// 2005).
type Resampling uint8

// The schemes of resampling.
const (
	// Systematic takes the n points (j + U)/n of one uniform U: children differ by
	// less than one from their expectation.
	Systematic Resampling = iota
	// Stratified takes a uniform point in each of n equal strata.
	Stratified
	// Residual takes ⌊n W_i⌋ children of each and the others independently.
	Residual
	// Multinomial takes independent points. It is noisier than the others, and the
	// only one under which the genealogical variance estimate of [SMC] is unbiased.
	Multinomial
)

var resamplingNames = []string{"systematic", "stratified", "residual", "multinomial"}

// String gives the name.
func (s Resampling) String() string {
	if int(s) < len(resamplingNames) {
		return resamplingNames[s]
	}
	return fmt.Sprintf("Resampling(%d)", uint8(s))
}

// MarshalText writes the name.
func (s Resampling) MarshalText() ([]byte, error) {
	if int(s) >= len(resamplingNames) {
		return nil, s.validate()
	}
	return []byte(resamplingNames[s]), nil
}

// UnmarshalText reads the name.
func (s *Resampling) UnmarshalText(text []byte) error {
	i := slices.Index(resamplingNames, string(text))
	if i < 0 {
		return &belief.UnknownNameError{Kind: "resampling", Name: string(text), Suggestions: resamplingNames}
	}
	*s = Resampling(i)
	return nil
}

func (s Resampling) validate() error {
	if int(s) >= len(resamplingNames) {
		return &belief.ConfigError{Field: "Resampling", Value: uint8(s), Want: "systematic, stratified, residual or multinomial"}
	}
	return nil
}

// Counts draws as many particles as there are weights and returns how many children
// each has. Weights are not negative and sum to one.
func (s Resampling) Counts(weights []float64, r *rand.Rand) []int {
	counts := make([]int, len(weights))
	s.countsTo(counts, weights, make([]float64, len(weights)), r)
	return counts
}

// countsTo is Counts without allocation; scratch has the length of the weights.
func (s Resampling) countsTo(counts []int, weights, scratch []float64, r *rand.Rand) {
	clear(counts)
	n := len(counts)
	switch s {
	case Systematic, Stratified:
		u := 0.0
		if n > 0 {
			u = r.Float64()
		}
		for i, reached := 0, cumulate(scratch, weights); i < n; i++ {
			if i > 0 && s == Stratified {
				u = r.Float64()
			}
			// reached is one up to rounding
			counts[child(scratch, (float64(i)+u)/float64(n)*reached)]++
		}
	case Residual:
		left := n
		for i, w := range weights {
			whole := math.Floor(float64(n) * w)
			scratch[i] = float64(n)*w - whole
			counts[i] = int(whole)
			left -= counts[i]
		}
		independent(counts, left, scratch, scratch, r)
	case Multinomial:
		independent(counts, n, scratch, weights, r)
	default:
		panic("ladder: " + s.String() + " is no scheme of resampling")
	}
}

// independent gives n children to particles that are drawn with probabilities in
// proportion to parts, which may be the scratch.
func independent(counts []int, n int, scratch, parts []float64, r *rand.Rand) {
	total := cumulate(scratch, parts)
	for range n {
		counts[child(scratch, r.Float64()*total)]++
	}
}

// cumulate writes the running sums of x, which may be dst, and returns the last.
func cumulate(dst, x []float64) float64 {
	sum := 0.0
	for i, v := range x {
		sum += v
		dst[i] = sum
	}
	return sum
}

// child returns the least i with u < sums[i], which is never one of weight zero;
// where rounding lets u reach the total, the last of positive weight.
func child(sums []float64, u float64) int {
	// the least i with sums[i] ≥ the next number above u
	i, _ := slices.BinarySearch(sums, math.Nextafter(u, math.Inf(1)))
	if i == len(sums) {
		i, _ = slices.BinarySearch(sums, sums[len(sums)-1])
	}
	return i
}
