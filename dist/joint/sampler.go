package joint

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
)

// A Sampler draws outcomes of a table. It is immutable and safe for concurrent use.
type Sampler struct {
	space
	below []float64 // the sums of probabilities up to each cell
}

// Sampler prepares sampling in time proportional to the table.
func (t *Table) Sampler() *Sampler {
	s := &Sampler{t.space, slices.Clone(t.p)}
	for i := 1; i < len(s.below); i++ {
		s.below[i] += s.below[i-1]
	}
	return s
}

// RandTo draws an outcome and writes the position of each variable's state to dst,
// which it returns; nil allocates. It searches the cells by bisection and never
// draws one of probability zero.
func (s *Sampler) RandTo(dst []int, r *rand.Rand) []int {
	if dst == nil {
		dst = make([]int, len(s.dims))
	}
	if len(dst) != len(s.dims) {
		panic(fmt.Sprintf("joint: destination of length %d, want %d", len(dst), len(s.dims)))
	}
	u := r.Float64() * s.below[len(s.below)-1]
	cell := sort.Search(len(s.below), func(i int) bool { return s.below[i] > u })
	for k := len(dst) - 1; k >= 0; k-- {
		dst[k] = cell % s.dims[k]
		cell /= s.dims[k]
	}
	return dst
}
