package transport

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
)

// Samples returns W_p of two samples of numbers, exact up to rounding: sorted, the
// samples give up equal shares of their weight in order. Weights may be nil; each
// sample's are divided by their sum. p is at least 1, and +Inf for the greatest
// distance that anything is moved. Sums of weights that agree up to the last digits
// count as equal, as otherwise a rounding error would be moved across a gap; but no
// value is so light that it is not moved. The
// error is a [*belief.ConfigError] or an [*InputError]; wrong lengths panic.
func Samples(p float64, x, wx, y, wy []float64) (float64, error) {
	if !(p >= 1) {
		return 0, &belief.ConfigError{Field: "p", Value: p, Want: "at least 1"}
	}
	if err := checkSample("x", x, wx); err != nil {
		return 0, err
	}
	if err := checkSample("y", y, wy); err != nil {
		return 0, err
	}
	if wx == nil && wy == nil && len(x) == len(y) {
		return equalSamples(p, slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y))), nil
	}
	var c coupling
	return c.distance(p, newSteps(x, wx), newSteps(y, wy)), nil
}

// checkSample looks through values and weights.
func checkSample(name string, x, w []float64) error {
	if w != nil && len(w) != len(x) {
		panic(fmt.Sprintf("transport: %d weights for %d values", len(w), len(x)))
	}
	if len(x) == 0 {
		return &InputError{What: "number of values of " + name, Index: -1, Want: "positive"}
	}
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &InputError{"value of " + name, i, v, "finite"}
		}
	}
	return checkWeights("weight of "+name, w)
}

// checkWeights looks through weights, nil being fine, and refuses a sum of zero.
func checkWeights(name string, w []float64) error {
	if w == nil {
		return nil
	}
	total := 0.0
	for i, v := range w {
		if !(v >= 0) || math.IsInf(v, 1) {
			return &InputError{name, i, v, "nonnegative and finite"}
		}
		total += v
	}
	if !(total > 0) || math.IsInf(total, 1) {
		return &InputError{"sum of each " + name, -1, total, "positive and finite"}
	}
	return nil
}

// equalSamples returns W_p of two sorted samples of one length and equal weights.
func equalSamples(p float64, x, y []float64) float64 {
	greatest := 0.0
	for i, v := range x {
		greatest = max(greatest, math.Abs(v-y[i]))
	}
	if greatest == 0 || math.IsInf(p, 1) || math.IsInf(greatest, 1) {
		return greatest
	}
	sum := 0.0
	for i, v := range x {
		sum += power(math.Abs(v-y[i])/greatest, p)
	}
	return greatest * root(sum/float64(len(x)), p)
}

// power returns t^p for t ≥ 0.
func power(t, p float64) float64 {
	switch p {
	case 1:
		return t
	case 2:
		return t * t
	}
	return math.Pow(t, p)
}

// root returns t^(1/p) for t ≥ 0.
func root(t, p float64) float64 {
	switch p {
	case 1:
		return t
	case 2:
		return math.Sqrt(t)
	}
	return math.Pow(t, 1/p)
}

// steps are a distribution function: below[i] is the probability of values up to
// value[i], increasing in both, and mass[i] that of value[i] alone. Pairs keep what a
// light value adds to a heavy one.
type steps struct {
	value, mass []float64
	below       []careful.Pair
}

// newSteps sorts a sample, and leaves out what has no weight.
func newSteps(x, w []float64) steps {
	order := make([]int, 0, len(x))
	for i := range x {
		if w == nil || w[i] > 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(x[i], x[j]) })
	s := steps{make([]float64, len(order)), make([]float64, len(order)), make([]careful.Pair, len(order))}
	greatest := 1.0
	for _, v := range w {
		greatest = max(greatest, v)
	}
	var sum careful.Pair
	for k, i := range order {
		s.value[k], s.mass[k] = x[i], 1
		if w != nil {
			s.mass[k] = w[i]
		}
		sum = sum.Plus(careful.Pair{High: s.mass[k] / greatest})
		s.below[k] = sum
	}
	for k := range s.below {
		s.below[k] = s.below[k].Over(sum)
		s.mass[k] = s.mass[k] / greatest / sum.High
	}
	s.below[len(order)-1] = careful.Pair{High: 1}
	return s
}

// A coupling holds the masses and distances of the cheapest joint distribution.
type coupling struct{ mass, apart []float64 }

// sameShare is up to what difference two sums of weights are the same share, unless it
// is a good part of a value's weight.
const sameShare = 4 * 0x1p-52

// ends says whether the value at i ends at a probability that another one ends at.
func (s steps) ends(i int, upto careful.Pair) bool {
	gap := s.below[i].Minus(upto).High
	return gap <= 0 || gap <= sameShare && 2*gap <= s.mass[i]
}

// distance walks through both distribution functions together.
func (c *coupling) distance(p float64, x, y steps) float64 {
	c.mass, c.apart = c.mass[:0], c.apart[:0]
	at, greatest := careful.Pair{}, 0.0
	for i, j := 0, 0; i < len(x.value) && j < len(y.value); {
		upto, apart := x.below[i], math.Abs(x.value[i]-y.value[j])
		if y.below[j].Minus(upto).High < 0 {
			upto = y.below[j]
		}
		if mass := upto.Minus(at).High; mass > 0 {
			c.mass, c.apart = append(c.mass, mass), append(c.apart, apart)
			greatest, at = max(greatest, apart), upto
		}
		nextX, nextY := x.ends(i, upto), y.ends(j, upto)
		// What is left of one value by rounding goes no further, but only if that is not
		// all of the mass that the other side has yet to place.
		if nextX && nextY {
			if gap := x.below[i].Minus(upto).High; gap > 0 && j+1 < len(y.value) && gap > 0.5*y.mass[j+1] {
				nextX = false
			}
			if gap := y.below[j].Minus(upto).High; gap > 0 && i+1 < len(x.value) && gap > 0.5*x.mass[i+1] {
				nextY = false
			}
		}
		if nextX {
			if x.below[i].Minus(at).High > 0 {
				at = x.below[i]
			}
			i++
		}
		if nextY {
			if y.below[j].Minus(at).High > 0 {
				at = y.below[j]
			}
			j++
		}
	}
	if greatest == 0 || math.IsInf(p, 1) || math.IsInf(greatest, 1) {
		return greatest
	}
	sum := 0.0
	for k, m := range c.mass {
		sum += m * power(c.apart[k]/greatest, p)
	}
	return greatest * root(sum, p)
}
