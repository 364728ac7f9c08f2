package diagnostics

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// ZScale returns the normal scores of the ranks of all draws,
// Φ⁻¹((rank − 3/8)/(S + 1/4)), in the shape of chains; equal draws share the mean
// of their ranks (Vehtari et al. 2021, equation 14). If a draw is NaN, so are all
// scores. O(S log S).
func ZScale(chains [][]float64) [][]float64 {
	s := newSample(chains)
	s.z = grow(s.z, len(s.x))
	if s.nan {
		for i := range s.z {
			s.z[i] = math.NaN()
		}
	} else {
		s.sort()
		s.normalScores(s.z, s.order, s.sorted)
	}
	return append([][]float64(nil), s.whole(s.z)...)
}

// manyDraws is where a sample counts as large, and memory matters more than time.
const manyDraws = 1 << 17

// sort fills order and sorted by a radix sort of the bits of the draws, which are
// not NaN: eight stable passes, of which those over a byte that all draws share
// are left out.
func (s *sample) sort() {
	if s.ready {
		return
	}
	n := len(s.x)
	s.order, s.spare = grow(s.order, n), grow(s.spare, n)
	from, to := grow(s.keys[0], n), grow(s.keys[1], n)
	s.keys[0], s.keys[1] = from, to
	var counts [8][256]int32
	for i, v := range s.x {
		k := sortKey(v)
		from[i], s.order[i] = k, int32(i)
		for d := range counts {
			counts[d][byte(k>>(8*d))]++
		}
	}
	order, spare := s.order, s.spare
	for d := range counts {
		count := &counts[d]
		if n == 0 || int(count[byte(from[0]>>(8*d))]) == n {
			continue
		}
		sum := int32(0)
		for b, c := range count {
			count[b] = sum
			sum += c
		}
		for i, k := range from {
			b := byte(k >> (8 * d))
			j := count[b]
			count[b]++
			to[j], spare[j] = k, order[i]
		}
		from, to, order, spare = to, from, spare, order
	}
	s.order, s.spare = order, spare
	s.sorted = grow(s.sorted, n)
	for i, j := range order {
		s.sorted[i] = s.x[j]
	}
	if n > manyDraws {
		s.keys = [2][]uint64{}
	}
	s.ready = true
}

// sortKey maps numbers to integers in the same order, −0 right before 0.
func sortKey(v float64) uint64 {
	b := math.Float64bits(v)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

// splitOrder is sort for the halves of chains: draws in the middle of chains of odd
// length have no rank. The results are order and sorted, or the scratch memory spare
// and work.
func (s *sample) splitOrder() (order []int32, value []float64) {
	s.sort()
	if s.iterations%2 == 0 {
		return s.order, s.sorted
	}
	order, value = grow(s.spare, len(s.x))[:0], grow(s.work, len(s.x))[:0]
	for i, j := range s.order {
		if s.inHalves(j) {
			order, value = append(order, j), append(value, s.sorted[i])
		}
	}
	s.spare, s.work = order, value
	return order, value
}

// inHalves tells whether the draw of that index is in a half of a chain.
func (s *sample) inHalves(i int32) bool {
	return s.iterations%2 == 0 || int(i)%s.iterations != s.iterations/2
}

// normalScores writes to dst the normal scores of values by rank; dst[order[i]]
// belongs to value[i], and values increase.
func (s *sample) normalScores(dst []float64, order []int32, value []float64) {
	n := len(value)
	score := func(rank float64) float64 { return mathext.NormalQuantile((rank - 0.375) / (float64(n) + 0.25)) }
	if n <= manyDraws && len(s.scores) != n {
		s.scores = grow(s.scores, n)
		for i := range s.scores {
			s.scores[i] = score(float64(i + 1))
		}
	}
	for i := 0; i < n; {
		j := i + 1
		for j < n && value[j] == value[i] {
			j++
		}
		var z float64
		if j == i+1 && n <= manyDraws {
			z = s.scores[i]
		} else {
			z = score(float64(i+1+j) / 2)
		}
		for ; i < j; i++ {
			dst[order[i]] = z
		}
	}
}

// folded writes the normal scores of the distances from the median to dst, in
// the halves of chains. It returns false if the median is not finite, or the distances
// are all the same. The order comes from that of the draws: distances grow to
// either side of the median, so that two runs are merged.
func (s *sample) folded(dst []float64) bool {
	s.sort()
	n := len(s.x)
	median := sortedMedian(s.sorted)
	if n == 0 || median-median != 0 {
		return false
	}
	s.work, s.spare = grow(s.work, n)[:0], grow(s.spare, n)[:0]
	right, _ := slices.BinarySearch(s.sorted, median)
	left := right - 1
	for range n {
		var distance float64
		var index int32
		if right == n || left >= 0 && median-s.sorted[left] <= s.sorted[right]-median {
			distance, index = median-s.sorted[left], s.order[left]
			left--
		} else {
			distance, index = s.sorted[right]-median, s.order[right]
			right++
		}
		if s.inHalves(index) {
			s.work, s.spare = append(s.work, distance), append(s.spare, index)
		}
	}
	if len(s.work) == 0 || s.work[0] == s.work[len(s.work)-1] {
		return false
	}
	s.normalScores(dst, s.spare, s.work)
	return true
}
