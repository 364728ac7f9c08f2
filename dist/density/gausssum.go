package density

import (
	"math"
	"sync"

	"github.com/belief-go/belief/internal/kernel"
)

// Sums of Gaussian kernels in one dimension. Observations are grouped into cells not
// wider than h/2. Around the middle c of a cell, with a = (x − c)/h and
// b = (x_n − c)/h, |b| ≤ ¼,
//
//	Σ w exp(−(a − b)²/2) = exp(−a²/2) Σ_k a^k M_k,  M_k = Σ w exp(−b²/2) b^k / k!,
//
// so that a cell costs one exponential and a polynomial, however many observations
// it holds (Greengard & Strain 1991; in this form Yang, Duraiswami, Gumerov & Davis
// 2003). The remainder after `terms` of them is below 1e-17 for |a| ≤ 9. Cells with
// few observations, and any cell further away, are summed one by one.
//
// Cells are taken outwards from x on both sides, until the weight that is left there
// times the kernel at its distance is below 1e-17 of the sum. All terms are relative
// to that of the nearest observation, so that nothing underflows in the tails.

const (
	cellWidth  = 0.5 // in bandwidths
	terms      = 26
	farthest   = 9.0 // of the expansion, in bandwidths
	fewest     = 16  // observations that an expansion is worth
	negligible = 1e-17
)

// A cell is a group of neighbouring observations.
type cell struct {
	first, end int       // the observations
	low, high  float64   // the least and the greatest
	middle     float64   // between them
	moments    []float64 // M_k; nil if there are few
}

// termsFor holds how many terms are enough for |a| up to its index: the remainder
// relative to the sum, (|a|/4)^k/k! · exp(|a|/4), falls below 1e-17.
var termsFor = func() (n [int(farthest) + 1]int) {
	for a := range n {
		z := (float64(a) + 1) / 4
		term := math.Exp(2 * z)
		for k := 1; ; k++ {
			if term *= z / float64(k); term < 1e-17 || k == terms {
				n[a] = k
				break
			}
		}
	}
	return n
}()

// makeCells groups the observations of a sample.
func makeCells(s *sample, h float64) []cell {
	var cells []cell
	for i := 0; i < len(s.x); {
		j := i
		for j < len(s.x) && s.x[j]-s.x[i] <= cellWidth*h {
			j++
		}
		c := cell{first: i, end: j, low: s.x[i], high: s.x[j-1]}
		c.middle = c.low + (c.high-c.low)/2
		if j-i >= fewest {
			c.moments = make([]float64, terms)
			for n := i; n < j; n++ {
				b := (s.x[n] - c.middle) / h
				term := s.w[n] * math.Exp(-0.5*b*b)
				for k := range c.moments {
					c.moments[k] += term
					term *= b / float64(k+1)
				}
			}
		}
		cells = append(cells, c)
		i = j
	}
	return cells
}

// A lineSum collects terms of a sum of exponentials, of which many at once are fast.
type lineSum struct {
	sum       float64
	count     int
	w, square [64]float64
}

// lineSums keeps them between calls, which must not allocate.
var lineSums = sync.Pool{New: func() any { return new(lineSum) }}

// add adds w exp(−square).
func (s *lineSum) add(w, square float64) {
	if s.count == len(s.w) {
		s.settle()
	}
	s.w[s.count], s.square[s.count] = w, square
	s.count++
}

// settle adds what was collected to the sum.
func (s *lineSum) settle() {
	s.sum += kernel.DotExp(0, -1, s.w[:s.count], s.square[:s.count])
	s.count = 0
}

// over says whether weights behind the given distance do not matter any more. Terms
// that may well are not worth the question.
func (s *lineSum) over(u, nearest, weight float64) bool {
	square := 0.5 * (u - nearest) * (u + nearest)
	if square < 20 {
		return false
	}
	s.settle()
	return math.Exp(-square)*weight <= negligible*s.sum
}

// gaussSum returns Σ w exp(−(u² − nearest²)/2) and nearest, the least |u|.
func (k *Kernel) gaussSum(x float64) (sum, nearest float64) {
	sum, _, nearest = k.gaussSums(x, false)
	return sum, nearest
}

// gaussSums also returns the same sum with a factor −u to each term, if slopes are
// wanted.
func (k *Kernel) gaussSums(x float64, slopes bool) (sum, slope, nearest float64) {
	xs := k.s.x
	i := firstFrom(xs, x) // xs[i−1] < x ≤ xs[i]
	nearest = math.Inf(1)
	if i > 0 {
		nearest = (x - xs[i-1]) / k.h
	}
	if i < len(xs) {
		nearest = min(nearest, (xs[i]-x)/k.h)
	}
	if nearest > limit {
		return 1, math.Copysign(nearest, xs[min(i, len(xs)-1)]-x), nearest // whose square is infinite
	}
	// The first cell that does not end before x: cells from there on are to the
	// right, or around x, and those before it to the left.
	lo, hi := 0, len(k.cells)
	for lo < hi {
		if m := int(uint(lo+hi) >> 1); k.cells[m].high >= x {
			hi = m
		} else {
			lo = m + 1
		}
	}
	terms := lineSums.Get().(*lineSum)
	defer lineSums.Put(terms)
	terms.sum, terms.count = 0, 0
	left, right := lo-1, lo
	for left >= 0 || right < len(k.cells) {
		if right < len(k.cells) {
			c := &k.cells[right]
			u := max(0, (c.low-x)/k.h)
			if terms.over(u, nearest, k.from[c.first]) {
				right = len(k.cells)
			} else {
				k.cellSum(terms, c, x, nearest)
				if slopes {
					slope += k.cellSlope(c, x, nearest)
				}
				right++
			}
		}
		if left >= 0 {
			c := &k.cells[left]
			u := (x - c.high) / k.h
			if terms.over(u, nearest, k.before[c.end]) {
				left = -1
			} else {
				k.cellSum(terms, c, x, nearest)
				if slopes {
					slope += k.cellSlope(c, x, nearest)
				}
				left--
			}
		}
	}
	terms.settle()
	return terms.sum, slope, nearest
}

// relative returns exp(−(u² − v²)/2) for u ≥ v, written so that squares do not
// overflow or cancel.
func relative(u, v float64) float64 { return math.Exp(-0.5 * (u - v) * (u + v)) }

// cellSum adds the share of one cell.
func (k *Kernel) cellSum(terms *lineSum, c *cell, x, nearest float64) {
	a := (x - c.middle) / k.h
	if c.moments != nil && math.Abs(a) < farthest {
		m := c.moments[:termsFor[int(math.Abs(a))]]
		p := 0.0
		for n := len(m) - 1; n >= 0; n-- {
			p = p*a + m[n]
		}
		terms.add(p, 0.5*(a-nearest)*(a+nearest))
		return
	}
	inverse, w := 1/k.h, k.s.w[c.first:c.end]
	for n, v := range k.s.x[c.first:c.end] {
		u := math.Abs(x-v) * inverse
		terms.add(w[n], max(0, 0.5*(u-nearest)*(u+nearest)))
	}
}

// cellSlope returns the share of one cell in the slope: the derivative of that in the
// sum, which for an expansion exp(−a²/2) P(a) has the factor P′(a) − a P(a).
func (k *Kernel) cellSlope(c *cell, x, nearest float64) float64 {
	a := (x - c.middle) / k.h
	if c.moments != nil && math.Abs(a) < farthest {
		m := c.moments[:termsFor[int(math.Abs(a))]]
		p, d := 0.0, 0.0
		for n := len(m) - 1; n >= 0; n-- {
			d = d*a + p
			p = p*a + m[n]
		}
		return (d - a*p) * math.Exp(-0.5*(a-nearest)*(a+nearest))
	}
	sum := 0.0
	for n := c.first; n < c.end; n++ {
		u := (x - k.s.x[n]) / k.h
		sum -= k.s.w[n] * u * relative(math.Abs(u), nearest)
	}
	return sum
}
