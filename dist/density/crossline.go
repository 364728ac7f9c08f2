package density

import (
	"context"
	"math"

	"github.com/belief-go/belief/internal/parallel"
)

// Exact scores in one dimension. A density without an observation is the full one
// minus its kernel. For Gaussian kernels the sums are those of evaluation, by cells,
// at a few points of each cell, and the overlaps are the densities of bandwidth √2 h. Compact kernels and their
// overlaps are polynomials of the distance, whose sums over a window follow from
// moments: O(n log n) a trial. Where others are so few or far that a difference would
// lose digits, they are summed one by one.

// linePart prepares a trial and returns the contribution of one observation to it.
func (v *validator) linePart(ctx context.Context, h float64) (func(i int, h float64) float64, error) {
	s := &sample{x: v.z[0], w: v.w}
	if v.shape != Gaussian {
		return v.compactPart(s, newPieces(s, h)), nil
	}
	plain := gaussianKernel(s, h)
	full, err := plain.ownSums(ctx, v.workers)
	var wide []float64
	if v.rule == LeastSquares && err == nil {
		wide, err = gaussianKernel(s, math.Sqrt2*h).ownSums(ctx, v.workers)
	}
	return func(i int, h float64) float64 {
		w := s.w[i]
		others, nearest := full[i]-w, 0.0
		if !(others > 0.01*full[i]) {
			others, nearest = plain.gaussSumWithout(i)
		}
		others /= 1 - w
		if v.rule == Likelihood {
			return w * (halfLog2Pi + math.Log(h) + 0.5*nearest*nearest - math.Log(others))
		}
		others *= math.Exp(-0.5 * nearest * nearest)
		return w * (wide[i]/(2*math.SqrtPi) - 2*others/math.Sqrt(2*math.Pi)) / h
	}, err
}

// nodes is how many values determine the sums within a cell. Interpolation between
// Chebyshev's points on a quarter of a bandwidth to either side leaves out
// 4^−nodes 2^(1−nodes) max|φ^(nodes)|/nodes!, which is below 2e-18.
const nodes = 14

// chebyshev holds the points, and the cosines of their multiples.
var chebyshev = func() (c [nodes][nodes]float64) {
	for k := range c {
		for j := range c[k] {
			c[k][j] = math.Cos(math.Pi * float64(k) * (float64(j) + 0.5) / nodes)
		}
	}
	return c
}()

// ownSums returns Σ_j w_j exp(−(x_i − x_j)²/2h²) for all observations. Where a cell
// has many of them, sums at a few points say the others.
func (k *Kernel) ownSums(ctx context.Context, workers int) ([]float64, error) {
	x, out := k.s.x, make([]float64, len(k.s.x))
	return out, parallel.For(ctx, len(k.cells), workers, func(at int) error {
		c := &k.cells[at]
		half := 0.5 * (c.high - c.low)
		if c.end-c.first < 2*nodes || half == 0 {
			for i := c.first; i < c.end; i++ {
				out[i], _ = k.gaussSum(x[i])
			}
			return nil
		}
		var values, series [nodes]float64
		for j := range values {
			sum, nearest := k.gaussSum(c.middle + half*chebyshev[1][j])
			values[j] = sum * math.Exp(-0.5*nearest*nearest)
		}
		for n := range series {
			for j, f := range values {
				series[n] += 2. / nodes * f * chebyshev[n][j]
			}
		}
		for i := c.first; i < c.end; i++ { // Clenshaw's recurrence
			t := (x[i] - c.middle) / half
			a, b := 0.0, 0.0
			for n := nodes - 1; n > 0; n-- {
				a, b = 2*t*a-b+series[n], a
			}
			out[i] = t*a - b + 0.5*series[0]
		}
		return nil
	})
}

// gaussianKernel prepares sums of Gaussian kernels.
func gaussianKernel(s *sample, h float64) *Kernel {
	k := &Kernel{shape: Gaussian, h: h, s: s, cells: makeCells(s, h)}
	k.before, k.from = sums(s.w)
	return k
}

// gaussSumWithout returns what gaussSum does at observation i, from the others only,
// one by one.
func (k *Kernel) gaussSumWithout(i int) (sum, nearest float64) {
	x, w, n := k.s.x, k.s.w, len(k.s.x)
	nearest = math.Inf(1)
	if i > 0 {
		nearest = (x[i] - x[i-1]) / k.h
	}
	if i+1 < n {
		nearest = min(nearest, (x[i+1]-x[i])/k.h)
	}
	if nearest > limit {
		return 1, nearest
	}
	for j := i + 1; j < n; j++ {
		term := relative((x[j]-x[i])/k.h, nearest)
		if term*k.from[j] <= negligible*sum {
			break
		}
		sum += w[j] * term
	}
	for j := i - 1; j >= 0; j-- {
		term := relative((x[i]-x[j])/k.h, nearest)
		if term*k.before[j+1] <= negligible*sum {
			break
		}
		sum += w[j] * term
	}
	return sum, nearest
}

// compactPart is linePart for the other kernels.
func (v *validator) compactPart(s *sample, p *pieces) func(i int, h float64) float64 {
	value, overlap := v.shape.polynomials()
	peak := v.shape.value(0)
	return func(i int, h float64) float64 {
		x, w := s.x[i], s.w[i]
		from, to := firstFrom(s.x, x-h), firstAbove(s.x, x+h)
		others := p.sum(x, from, to, value) - w*peak
		if to-from <= 8 || !(others > 1e-3*w*peak) {
			others = 0
			for j := from; j < to; j++ {
				if j != i {
					others += s.w[j] * v.shape.value((x-s.x[j])/h)
				}
			}
		}
		others /= 1 - w
		if v.rule == Likelihood {
			return w * (math.Log(h) - math.Log(others))
		}
		// Every pair once, and twice counted.
		both := p.sum(x, i+1, firstAbove(s.x, x+2*h), overlap)
		return w * (w*overlap[0] + 2*both - 2*others) / h
	}
}

// A polynomial of degree at most 5, the constant first.
type polynomial [6]float64

// polynomials returns K(u) and its overlap with itself for u ≥ 0 within their reach.
func (k KernelShape) polynomials() (value, overlap polynomial) {
	if k == Tophat {
		return polynomial{0.5}, polynomial{0.5, -0.25}
	}
	return polynomial{0.75, 0, -0.75}, polynomial{0.6, 0, -0.75, 0.375, 0, -3. / 160}
}

// pieces sums polynomials over runs of observations in constant time. Observations
// are in groups at most h wide; each knows the moments, about the middle of its group
// and in units of h, of those of the group up to itself, so that differences of
// moments lose nothing to observations far away.
type pieces struct {
	s       *sample
	h       float64
	groups  []group
	of      []int32 // group of each observation
	moments []polynomial
}

func newPieces(s *sample, h float64) *pieces {
	v := validator{z: [][]float64{s.x}, w: s.w}
	p := &pieces{s: s, h: h, groups: v.groups(h), of: make([]int32, len(s.x)), moments: make([]polynomial, len(s.x))}
	for g := range p.groups {
		c := &p.groups[g]
		c.at = s.x[c.first] + 0.5*(s.x[c.end-1]-s.x[c.first])
		var sum polynomial
		for i := c.first; i < c.end; i++ {
			b, term := (s.x[i]-c.at)/h, s.w[i]
			for k := range sum {
				sum[k] += term
				term *= b
			}
			p.of[i], p.moments[i] = int32(g), sum
		}
	}
	return p
}

// sum returns Σ w q((x_n − x)/h) over from ≤ n < to.
func (p *pieces) sum(x float64, from, to int, q polynomial) float64 {
	total := 0.0
	for from < to {
		c := &p.groups[p.of[from]]
		end := min(c.end, to)
		// The polynomial about the middle, by repeated division.
		t, shift := q, (c.at-x)/p.h
		for k := range t {
			for j := len(t) - 2; j >= k; j-- {
				t[j] += shift * t[j+1]
			}
		}
		m := p.moments[end-1]
		if from > c.first {
			for k, v := range p.moments[from-1] {
				m[k] -= v
			}
		}
		for k, v := range m {
			total += t[k] * v
		}
		from = end
	}
	return total
}
