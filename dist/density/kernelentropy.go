package density

import (
	"math"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/quadrature"
)

// Slope and entropy of a kernel estimate of one number.

// GradLogProb implements [dist.Grader]. Where a compact kernel begins or ends, its
// slope counts as that inside; where the density is zero, there is none: NaN.
func (k *Kernel) GradLogProb(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case k.shape == Gaussian:
		sum, slope, _ := k.gaussSums(x, true)
		return slope / sum / k.h
	}
	sum := k.compactSum(x)
	switch {
	case sum == 0:
		return math.NaN()
	case k.shape == Tophat:
		return 0
	}
	slope := 0.0
	for n := firstFrom(k.s.x, x-k.h); n < firstAbove(k.s.x, x+k.h); n++ {
		slope -= 1.5 * k.s.w[n] * ((x - k.s.x[n]) / k.h)
	}
	return slope / sum / k.h
}

// Entropy returns −∫ p log p: for tophats a sum, for others a quadrature whose error
// is below 1e-9 as far as observations have digits in units of h. It is computed at each call, and
// costs O(n log n) for compact kernels, and for Gaussian ones about fifty evaluations
// for each bandwidth that observations are near to.
func (k *Kernel) Entropy() float64 {
	// With q = h p the entropy is ∫ −q log q dx / h + log h.
	var total careful.Accumulator
	switch k.shape {
	case Tophat:
		k.kinks(func(from, to float64, i, j int) {
			if i < j {
				total.Add(information(0.5*(k.before[j]-k.before[i])) * ((to - from) / k.h))
			}
		})
	case Epanechnikov:
		p := newPieces(k.s, k.h)
		value, _ := k.shape.polynomials()
		cuts := newCutter(&total, k.h, func(x float64) float64 {
			i, j := firstFrom(k.s.x, x-k.h), firstAbove(k.s.x, x+k.h)
			return information(p.sum(x, i, j, value))
		})
		k.kinks(func(from, to float64, i, j int) {
			cuts.add(from)
			cuts.add(to)
		})
		cuts.flush()
	default:
		const margin, panel = 9.5, 1.5
		cuts := newCutter(&total, k.h, func(x float64) float64 {
			sum, nearest := k.gaussSum(x)
			return information(sum * math.Exp(-0.5*nearest*nearest) / math.Sqrt(2*math.Pi))
		})
		end := math.Inf(-1) // of what is covered
		for _, c := range k.cells {
			x := max(end, c.low-margin*k.h)
			cuts.add(x)
			for x < c.high+margin*k.h {
				last := x
				if x += panel * k.h; x == last {
					break
				}
				cuts.add(x)
			}
			end = x
		}
		cuts.flush()
	}
	return total.Sum() + math.Log(k.h)
}

// information returns −q log q.
func information(q float64) float64 {
	if !(q > 0) {
		return 0
	}
	return -q * math.Log(q)
}

// kinks calls piece for all intervals between the ends of compact kernels, with the
// observations from i to j that reach it.
func (k *Kernel) kinks(piece func(from, to float64, i, j int)) {
	x, n := k.s.x, len(k.s.x)
	i, j := 0, 1
	last := x[0] - k.h
	for i < n {
		next := x[i] + k.h
		begins := j < n && x[j]-k.h < next
		if begins {
			next = x[j] - k.h
		}
		if next > last {
			piece(last, next, i, j)
		}
		last = max(last, next)
		if begins {
			j++
		} else {
			i++
		}
	}
}

// A cutter integrates between the cuts that it is given in order, in batches, so that
// memory does not depend on how many there are. Within a panel from a to b it takes
// x = a + (b − a) s³(10 − 15s + 6s²), 0 ≤ s ≤ 1, which makes q log q smooth where q
// begins at zero.
type cutter struct {
	total *careful.Accumulator // of the integral over h
	h     float64
	f     func(x float64) float64
	cuts  []float64
	whole []float64 // 0, 1, 2, ...: the cuts in s
}

const cutterBatch = 1024

func newCutter(total *careful.Accumulator, h float64, f func(x float64) float64) *cutter {
	c := &cutter{total: total, h: h, f: f}
	for i := range cutterBatch {
		c.whole = append(c.whole, float64(i))
	}
	return c
}

func (c *cutter) add(x float64) {
	if n := len(c.cuts); n > 0 && !(x > c.cuts[n-1]) {
		return
	}
	if c.cuts = append(c.cuts, x); len(c.cuts) == cutterBatch {
		c.flush()
		c.cuts = append(c.cuts, x)
	}
}

func (c *cutter) flush() {
	integral, _ := quadrature.Adaptive(func(y float64) float64 {
		i := int(y)
		a, s := c.cuts[i], y-float64(i)
		width := (c.cuts[i+1] - a) / c.h
		slope := 30 * s * s * (1 - s) * (1 - s)
		return c.f(a+c.h*(width*(s*s*s*(10-s*(15-6*s))))) * (width * slope)
	}, c.whole[:len(c.cuts)], 1e-10, cutterBatch)
	c.total.Add(integral)
	c.cuts = c.cuts[:0]
}
