package em

// The E step of k-means: the nearest centre, found by products of matrices and, where
// rounding could decide, by the distances themselves.

import (
	"math"
	"sync"

	"github.com/belief-go/belief/internal/kernel"
)

// kmeansCenters are centres as the E step needs them. Rows and centres are shifted by
// an origin, or of length one, before they come here. The cost of a row is its squared
// distance, or the Manhattan distance; scale makes the metric of it.
//
// With f(x, j) = ‖cⱼ‖² − 2 x·cⱼ, the squared distances of a row less ‖x‖², a product of
// matrices finds nearly all that there is to find. f is wrong by so much at most that
// whoever is within reach of the smallest may be the nearest; then the distances decide.
type kmeansCenters struct {
	k, d      int
	chunk     int // rows whose f are in memory at a time; 0 for Manhattan distances
	manhattan bool
	scale     float64
	c         []float64 // k × d
	norms     []float64 // ‖c‖²
	panel     []float64 // −2c, packed
	radius    float64   // the largest ‖c‖

	// What bounds need, see the file of bounds. Movements are sums since the first
	// centres, so that bounds of any iteration can be brought up to date.
	slack   float64   // what rounding may do to a distance, relatively
	apart   []float64 // half the distance to the nearest other centre
	between []float64 // half the distances of all pairs, k × k; only for Elkan
	moved   []float64 // how far each centre has moved, all in all
	others  []float64 // the sum of the farthest moves of the others

	pool sync.Pool // of *kmeansScratch
}

// kmeansBatch is rows at work: where they are, and what has been found of them.
type kmeansBatch struct {
	x     []float64 // rows × d
	label []int32
	cost  []float64
	lower []float64 // of the cost of the second nearest, less what rounding may do
}

// kmeansScratch is memory of one worker.
type kmeansScratch struct {
	prepared []float64 // rows shifted, or of length one
	f        []float64 // of chunk × k
	all, few kmeansBatch
	todo     []int32 // rows that bounds did not settle
}

func newKMeansCenters(k, d int, metric Metric) *kmeansCenters {
	c := &kmeansCenters{k: k, d: d, manhattan: metric == Manhattan, scale: 1, c: make([]float64, k*d)}
	if metric == Cosine {
		c.scale = 0.5 // for ‖x − c‖² = 2 − 2 x·c
	}
	c.slack = 1e-9 + float64(d)*1e-15
	if !c.manhattan {
		c.chunk = max(8, min(blockRows, 1<<15/k))
		c.norms = make([]float64, k)
		c.panel = make([]float64, kernel.PanelLen[float64](d, k))
	}
	return c
}

// centers returns the centres as the E step needs them. They are made where they are
// missing: after reading a file, or for a model that somebody has put together.
func (m *KMeansModel) centers() *kmeansCenters {
	if c := m.derived.Load(); c != nil {
		return c
	}
	c := newKMeansCenters(len(m.Centers), len(m.Names), m.Metric)
	if m.work != nil {
		c.withBounds(m.work)
	}
	c.set(m.Centers, m.origin())
	if m.derived.CompareAndSwap(nil, c) {
		return c
	}
	return m.derived.Load()
}

func (m *KMeansModel) origin() []float64 {
	if m.work == nil {
		return nil
	}
	return m.work.origin
}

// set takes new centres over.
func (c *kmeansCenters) set(centers [][]float64, origin []float64) {
	var before []float64
	if c.moved != nil && c.radius >= 0 {
		before = append(before, c.c...)
	}
	c.radius = 0
	for j, row := range centers {
		to := c.c[j*c.d : (j+1)*c.d]
		copy(to, row)
		if origin != nil {
			kernel.Sub(to, row, origin)
		}
		if !c.manhattan {
			c.norms[j] = kernel.SumSquares(to)
			c.radius = max(c.radius, math.Sqrt(c.norms[j]))
		}
	}
	if !c.manhattan {
		twice := make([]float64, len(c.c))
		kernel.Scale(-2, twice, c.c)
		kernel.PackPanel(c.panel, true, c.d, c.k, twice, c.d)
	}
	if c.moved != nil {
		c.move(before)
	}
}

// cost is how far a row is from centre j, but for scale.
func (c *kmeansCenters) cost(x []float64, j int) float64 {
	y := c.c[j*c.d : (j+1)*c.d]
	if c.manhattan {
		return manhattanDistance(x, y)
	}
	return kernel.SquaredDistance(x, y)
}

// distance is what the triangle inequality holds for.
func (c *kmeansCenters) distance(cost float64) float64 {
	if c.manhattan {
		return cost
	}
	return math.Sqrt(cost)
}

func manhattanDistance(x, y []float64) float64 {
	y = y[:len(x)]
	var a, b, e, f float64
	i := 0
	for ; i+3 < len(x); i += 4 {
		a += math.Abs(x[i] - y[i])
		b += math.Abs(x[i+1] - y[i+1])
		e += math.Abs(x[i+2] - y[i+2])
		f += math.Abs(x[i+3] - y[i+3])
	}
	for ; i < len(x); i++ {
		a += math.Abs(x[i] - y[i])
	}
	return (a + b) + (e + f)
}

// fit makes room for so many rows. What all holds are then those of x.
func (s *kmeansScratch) fit(x []float64, rows int, c *kmeansCenters) {
	if n := min(c.chunk, rows) * c.k; len(s.f) < n {
		s.f = make([]float64, n)
	}
	if cap(s.all.label) < rows {
		s.all = kmeansBatch{label: make([]int32, rows), cost: make([]float64, rows), lower: make([]float64, rows)}
	}
	s.all.x, s.all.label, s.all.cost, s.all.lower = x, s.all.label[:rows], s.all.cost[:rows], s.all.lower[:rows]
}

// ulp is the distance of 1 from the next float64.
const ulp = 0x1p-52

// bound is what f may be wrong by and still not decide, for rows of norms up to radius:
// two inner products and two squared distances of d numbers, each with an error of
// (d + 2) ulp/2 of the sum of the absolute values, and as much again to be safe.
func (c *kmeansCenters) bound(radius float64) float64 {
	r := radius + c.radius
	return 4 * float64(c.d+8) * ulp * r * r
}

// reach is bound for given rows.
func (c *kmeansCenters) reach(x []float64, rows int) float64 {
	if c.manhattan {
		return 0
	}
	most := 0.0
	for i := range rows {
		most = max(most, kernel.SumSquares(x[i*c.d:(i+1)*c.d]))
	}
	return c.bound(math.Sqrt(most))
}

// settle finds label, cost and lower of rows.
func (c *kmeansCenters) settle(b *kmeansBatch, f []float64, reach float64) {
	for i := range b.label {
		x := b.x[i*c.d : (i+1)*c.d]
		if c.manhattan {
			b.label[i], b.cost[i], b.lower[i] = c.search(x, nil)
		} else {
			b.label[i], b.cost[i], b.lower[i] = c.nearest(c.product(f, b, i), x, reach)
		}
	}
}

// resettle is settle for rows whose former label is known, and the cost that it has now.
func (c *kmeansCenters) resettle(b *kmeansBatch, f []float64, reach float64) {
	if c.manhattan {
		c.settle(b, f, reach)
		return
	}
	for i, a := range b.label {
		f := c.product(f, b, i)
		own := f[a]
		f[a] = math.Inf(1)
		if second := kernel.Min(f); second > own+reach {
			b.lower[i] = b.cost[i] + (second - own) - reach
			continue
		}
		f[a] = own
		b.label[i], b.cost[i], b.lower[i] = c.nearest(f, b.x[i*c.d:(i+1)*c.d], reach)
	}
}

// product returns f of row i and all centres, for rows in order. It works out some more
// in advance.
func (c *kmeansCenters) product(f []float64, b *kmeansBatch, i int) []float64 {
	at := i % c.chunk
	if at == 0 {
		rows := min(c.chunk, len(b.label)-i)
		f := f[:rows*c.k]
		for n := copy(f, c.norms); n < len(f); {
			n += copy(f[n:], f[:n])
		}
		kernel.AddPanel(rows, c.k, c.d, b.x[i*c.d:], c.d, c.panel, f, c.k)
	}
	return f[at*c.k : (at+1)*c.k]
}

// nearest finds the nearest centre, given f, which it changes.
func (c *kmeansCenters) nearest(f, x []float64, reach float64) (label int32, cost, lower float64) {
	limit := kernel.Min(f) + reach
	if !(limit <= math.MaxFloat64) { // rows that no fit would take
		return c.search(x, nil)
	}
	best := -1
	for j, v := range f {
		if v > limit {
			continue
		}
		if d := c.cost(x, j); best < 0 || d < cost {
			best, cost = j, d
		}
	}
	own := f[best]
	f[best] = math.Inf(1)
	return int32(best), cost, cost + (kernel.Min(f) - own) - reach
}

// search finds the nearest centre by all distances, which it writes to all unless that
// is nil.
func (c *kmeansCenters) search(x, all []float64) (label int32, cost, lower float64) {
	cost, lower = math.Inf(1), math.Inf(1)
	for j := range c.k {
		d := c.cost(x, j)
		if all != nil {
			all[j] = d
		}
		if d < cost {
			label, cost, lower = int32(j), d, cost
		} else if d < lower {
			lower = d
		}
	}
	return label, cost, lower
}
