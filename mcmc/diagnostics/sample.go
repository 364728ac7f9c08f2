package diagnostics

import "math"

// sample is the draws of one quantity with the memory to diagnose them, which a
// summary uses again for the next quantity.
type sample struct {
	chains, iterations int
	x                  []float64 // chain after chain
	undefined          bool      // NaN or infinite draws, or constant
	nan                bool

	ready  bool      // order and sorted are those of x
	order  []int32   // indices into x by increasing value
	sorted []float64 // the values in that order
	keys   [2][]uint64
	spare  []int32

	z, work []float64 // scratch of the length of x
	scores  []float64 // normal scores of the ranks 1 … len(x), for small samples
	views   [][]float64

	lags lags
}

// newSample takes the draws of chains, cut to the shortest.
func newSample(chains [][]float64) *sample {
	s := new(sample)
	s.load(chains)
	return s
}

func (s *sample) load(chains [][]float64) {
	s.chains, s.iterations, s.ready, s.nan = len(chains), shortest(chains), false, false
	s.x = grow(s.x, s.chains*s.iterations)[:0]
	infinite := false
	low, high := math.Inf(1), math.Inf(-1)
	for _, c := range chains {
		for _, v := range c[:s.iterations] {
			s.x = append(s.x, v)
			if v-v != 0 {
				if v != v {
					s.nan = true
				} else {
					infinite = true
				}
			}
			low, high = min(low, v), max(high, v)
		}
	}
	s.undefined = s.nan || infinite || len(s.x) == 0 || constant(low, high)
}

// shortest returns the length of the shortest chain, 0 for none.
func shortest(chains [][]float64) int {
	if len(chains) == 0 {
		return 0
	}
	n := len(chains[0])
	for _, c := range chains[1:] {
		n = min(n, len(c))
	}
	return n
}

// constant tells whether values between low and high vary by no more than rounding.
func constant(low, high float64) bool {
	size := max(math.Abs(low), math.Abs(high))
	return high == low || high-low < 0x1p-52*min(1, size)
}

// whole returns the chains as parts of v, which is laid out as x.
func (s *sample) whole(v []float64) [][]float64 {
	s.views = s.views[:0]
	for i := range s.chains {
		s.views = append(s.views, v[i*s.iterations:(i+1)*s.iterations])
	}
	return s.views
}

// halves returns first and second halves of the chains, without the draw in the
// middle if the length is odd.
func (s *sample) halves(v []float64) [][]float64 {
	s.views = s.views[:0]
	half := s.iterations / 2
	for i := range s.chains {
		c := v[i*s.iterations : (i+1)*s.iterations]
		s.views = append(s.views, c[:half], c[len(c)-half:])
	}
	return s.views
}

// grow returns v with length n; its content is lost.
func grow[T any](v []T, n int) []T {
	if cap(v) < n {
		return make([]T, n)
	}
	return v[:n]
}
