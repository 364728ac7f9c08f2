package mcmc

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
)

// Slice updates one coordinate after the other by slice sampling (Neal 2003,
// figures 3 and 5). Below the graph of the density of coordinate i, given the
// others, a height is drawn at the present point, and the next point evenly from
// the slice of that height: an interval of width w_i, placed at random around the
// point, steps out by its width until both ends are outside of the slice or there
// are MaxSteps steps, and shrinks to where a candidate was outside of it until
// one is inside. Nothing is ever rejected, and scales need not be known well:
// warm-up sets w_i to twice the mean distance that coordinate i has moved, and to
// more if so few steps are allowed that an interval could not reach over the slice.
//
// A step costs about 5 evaluations of the density for each coordinate. Coordinates
// that depend on each other strongly make it slow, as they do [Gibbs].
type Slice struct {
	// Width is the width of intervals at first; 0 means 1.
	Width float64
	// MaxSteps bounds the steps of an interval; 0 means 100, 1 no step at all.
	MaxSteps int
}

// WarmUp is 500 steps.
func (Slice) WarmUp() int { return 500 }

// Kernel implements [Sampler].
func (m Slice) Kernel(t *Guard) (Kernel, error) {
	if !(m.Width >= 0 && m.Width <= 1e300) {
		return nil, &belief.ConfigError{Field: "Width", Value: m.Width, Want: "positive and at most 1e300, or 0 for 1"}
	}
	if m.MaxSteps < 0 {
		return nil, &belief.ConfigError{Field: "MaxSteps", Value: m.MaxSteps, Want: "1 or more, or 0 for 100"}
	}
	if m.Width == 0 {
		m.Width = 1
	}
	if m.MaxSteps == 0 {
		m.MaxSteps = 100
	}
	n := t.Dim()
	k := &slicer{target: t, max: m.MaxSteps, width: make([]float64, n), start: make([]float64, n), moved: make([]float64, n), sum: make([]float64, n)}
	for i := range k.width {
		k.width[i] = m.Width
	}
	return k, nil
}

// slicer is the kernel of Slice.
type slicer struct {
	target     *Guard
	max        int
	width      []float64
	start      []float64 // of the last step
	moved      []float64 // by it, without sign
	sum        []float64 // of moved, since the last time that widths were set
	steps, set float64   // of learning; since widths were set
}

func (*slicer) densityOnly() {}

// Init implements [Kernel].
func (k *slicer) Init(s *State) error { return evaluate(k.target, s) }

// Step implements [Kernel]. Accept is the share of candidates in the slice.
func (k *slicer) Step(r *rand.Rand, s *State) (Info, error) {
	copy(k.start, s.X)
	first, candidates := s.LogDensity, 0
	for i, x := range k.start {
		tried, err := k.coordinate(r, s, i)
		if err != nil {
			copy(s.X, k.start)
			s.LogDensity = first
			return Info{}, err
		}
		k.moved[i] = math.Abs(s.X[i] - x)
		candidates += tried
	}
	return Info{Accept: float64(len(s.X)) / float64(max(candidates, 1))}, nil
}

// mostShrinks ends the search in a slice that rounding has made a single point;
// each candidate halves an interval or more, on average.
const mostShrinks = 300

// farthest is where intervals end, so that their length is finite.
const farthest = math.MaxFloat64 / 8

// coordinate updates coordinate i and returns the number of candidates.
func (k *slicer) coordinate(r *rand.Rand, s *State, i int) (int, error) {
	x, w := s.X[i], k.width[i]
	height := s.LogDensity - r.ExpFloat64()
	low := x - w*r.Float64()
	high := low + w
	left := int(float64(k.max) * r.Float64()) // of the steps, which may not favour a side
	right := k.max - 1 - left
	for ; left > 0 && low > -farthest; left-- {
		s.X[i] = low
		if out, err := k.outside(s.X, height); err != nil {
			return 0, err
		} else if out {
			break
		}
		low -= w
	}
	for ; right > 0 && high < farthest; right-- {
		s.X[i] = high
		if out, err := k.outside(s.X, height); err != nil {
			return 0, err
		} else if out {
			break
		}
		high += w
	}
	for tried := 1; tried <= mostShrinks; tried++ {
		y := low + (high-low)*r.Float64()
		if y == x {
			break
		}
		s.X[i] = y
		l, err := k.target.LogDensity(s.X)
		if err != nil {
			return 0, err
		}
		if l >= height {
			s.LogDensity = l
			return tried, nil
		}
		if y < x {
			low = y
		} else {
			high = y
		}
	}
	s.X[i] = x
	return mostShrinks, nil
}

// outside tells whether x is outside of the slice.
func (k *slicer) outside(x []float64, height float64) (bool, error) {
	l, err := k.target.LogDensity(x)
	return l < height, err
}

// BeginWarmUp implements [Tuner].
func (k *slicer) BeginWarmUp(int) {
	k.steps, k.set = 0, 0
	clear(k.sum)
}

// Tune implements [Tuner]. Widths are set after 1, 2, 4, … steps, from the steps
// since the last time, so that where the chain started is forgotten.
func (k *slicer) Tune(*State, Info) error {
	for i, v := range k.moved {
		k.sum[i] += v
	}
	k.steps++
	if k.steps < 2*k.set {
		return nil
	}
	k.setWidths()
	return nil
}

// setWidths takes 2/3 of the length of a slice for the width, if moves are uniform
// on it. An interval of max widths then has 4 lengths or more: with fewer, moves
// would be short because widths are, and widths shrink from one setting to the next.
func (k *slicer) setWidths() {
	n := k.steps - k.set
	if n == 0 {
		return
	}
	factor := 2 * max(1, 6/float64(k.max))
	for i, sum := range k.sum {
		if w := factor * sum / n; w > 0 && w <= 1e300 {
			k.width[i] = w
		}
	}
	clear(k.sum)
	k.set = k.steps
}

// EndWarmUp implements [Tuner].
func (k *slicer) EndWarmUp(*State) error {
	if k.steps > 1.5*k.set { // else the last time had more to go by
		k.setWidths()
	}
	return nil
}

// MarshalBinary implements [Tuner].
func (k *slicer) MarshalBinary() ([]byte, error) {
	return appendNumbers(nil, k.width, k.moved, k.sum, []float64{k.steps, k.set}), nil
}

// UnmarshalBinary implements [Tuner].
func (k *slicer) UnmarshalBinary(data []byte) error {
	counts := []float64{0, 0}
	err := readAllNumbers(data, k.width, k.moved, k.sum, counts)
	k.steps, k.set = counts[0], counts[1]
	return err
}

// Describe implements [Describer].
func (k *slicer) Describe() []string {
	line := "Widths of the slices:"
	for i, w := range k.width {
		if i == 20 {
			line += " …"
			break
		}
		line += fmt.Sprintf(" %.4g", w)
	}
	return []string{line}
}
