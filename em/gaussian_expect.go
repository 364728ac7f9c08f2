package em

// Gaussian mixtures: the E step of a block of rows.

import (
	"fmt"
	"math"

	"github.com/belief-go/belief/internal/kernel"
)

// gaussianScratch is what a part of a block is worked on in. Arrays have a row for each
// feature or component, and a column for each row of the data.
type gaussianScratch struct {
	k, d, rows int // rows at a time
	stride     int // not a power of two, so that rows do not share lines of the cache
	features   []float64
	logs       []float64 // K rows: log joint densities, and then responsibilities
	white      []float64 // d rows
	most, sum  []float64
	density    []float64
	beyond     []float64
	least      []float64 // constant
	near       bool      // log joint densities are finite, and of moderate size
	far        []int     // rows that are far from the origin
	row, from  []float64 // one of them
	product    []float64 // d×d, where it is needed
}

func (m *GaussianModel) newScratch() *gaussianScratch {
	k, d := m.Components(), len(m.columns)
	n := 1 + d + max(0, gaussianFeatures(m.covariance, d)-d)
	s := &gaussianScratch{k: k, d: d, rows: blockRows}
	for s.rows > 64 && (n+k+d)*s.rows > 48<<10 {
		s.rows /= 2
	}
	s.stride = s.rows + 8
	s.features = make([]float64, n*s.stride)
	for i := range s.rows {
		s.features[i] = 1
	}
	s.logs = make([]float64, k*s.stride)
	s.white = make([]float64, d*s.stride)
	s.most, s.sum, s.density = make([]float64, s.rows), make([]float64, s.rows), make([]float64, s.rows)
	s.beyond, s.least = make([]float64, s.rows), make([]float64, s.rows)
	for i := range s.least {
		s.least[i] = leastExponent
	}
	s.far, s.row, s.from = make([]int, 0, s.rows), make([]float64, d), make([]float64, d)
	if n == 1+d {
		s.product = make([]float64, d*d)
	}
	return s
}

// scratch returns that of statistics, made on the first use.
func (m *GaussianModel) scratch(s *Statistics) *gaussianScratch {
	sc, ok := s.Scratch.(*gaussianScratch)
	if !ok || sc.k != m.Components() || sc.d != len(m.columns) {
		sc = m.newScratch()
		s.Scratch = sc
	}
	return sc
}

// NewStatistics implements [Model].
func (m *GaussianModel) NewStatistics() *Statistics { return NewStatistics(m.layout()) }

// layout is the kind of the statistics, and how many sums they have.
func (m *GaussianModel) layout() (kind string, sums int) {
	k, d := m.Components(), len(m.columns)
	n := k * gaussianSums(m.covariance, d)
	if m.covariance == Tied {
		n += d * (d + 1) / 2
	}
	return fmt.Sprintf("gaussian mixture, %v, %d components, %d columns", m.covariance, k, d), n
}

// Expect implements [Model]. The statistics are, of the rows in the model's frame, the
// sums of their responsibilities, of them times the columns, and times the products of
// columns.
func (m *GaussianModel) Expect(b *Block, s *Statistics) error { return m.expect(b, s, false) }

// ExpectHard implements [HardModel].
func (m *GaussianModel) ExpectHard(b *Block, s *Statistics) error { return m.expect(b, s, true) }

func (m *GaussianModel) expect(b *Block, s *Statistics, hard bool) error {
	if hasMissing(b) {
		return m.expectMissing(b, s, hard)
	}
	sc := m.scratch(s)
	for from := 0; from < b.Rows; from += sc.rows {
		n := min(sc.rows, b.Rows-from)
		var weights []float64
		if b.Weights != nil {
			weights = b.Weights[from : from+n]
		}
		m.logJoints(sc, b.X[from*b.Columns:], n)
		if hard {
			sc.winners(n, weights)
		} else {
			sc.shares(n, weights)
		}
		for i, v := range sc.density[:n] {
			w := 1.0
			if weights != nil {
				w = weights[i]
			}
			if w == 0 {
				continue
			}
			if math.IsInf(v, 0) || v != v {
				return m.unreached(b, from+i, 0)
			}
			s.LogLikelihood += w * v
			s.Weight += w
		}
		m.accumulate(sc, s, n, weights)
	}
	return nil
}

// load puts rows into the frame, and computes their features. It notes those that are too
// far from the origin for log densities that are linear in them.
func (m *GaussianModel) load(sc *gaussianScratch, x []float64, n int) {
	const beyond = 1e140 // what can still be squared, and counts for nothing with weight zero
	d, stride := sc.d, sc.stride
	z := sc.features[stride:]
	near := true
	for j := range d {
		col, origin, unit := z[j*stride:j*stride+n], m.origin[j], 1/m.scale[j]
		for i := range col {
			col[i] = (x[i*d+j] - origin) * unit
		}
		near = near && kernel.SumSquares(col) <= gaussianFar*gaussianFar
	}
	sc.far = sc.far[:0]
	for i := 0; i < n && !near; i++ {
		far := false
		for j := range d {
			v := &z[j*stride+i]
			far = far || math.Abs(*v) > gaussianFar
			*v = min(max(*v, -beyond), beyond)
		}
		if far {
			sc.far = append(sc.far, i)
		}
	}
	if gaussianSums(m.covariance, d) == 1+d || len(sc.features) == (1+d)*stride {
		return
	}
	next := z[d*stride:]
	for i := range d {
		last := i + 1
		if m.covariance == Full {
			last = d
		}
		a := z[i*stride : i*stride+n]
		for j := i; j < last; j++ {
			kernel.Mul(next[:n], a, z[j*stride:j*stride+n])
			next = next[stride:]
		}
	}
}

// logJoints writes log w_k N(x | μ_k, Σ_k) of n rows to sc.logs.
func (m *GaussianModel) logJoints(sc *gaussianScratch, x []float64, n int) {
	k, d, stride := sc.k, sc.d, sc.stride
	m.load(sc, x, n)
	sc.near = len(sc.far) == 0 && !m.someNarrow
	z := sc.features[stride:]
	if !m.allNarrow {
		f := gaussianFeatures(m.covariance, d)
		kernel.Gemm(false, false, k, n, f, 1, m.linear, f, z, stride, 0, sc.logs, stride, 1)
	}
	if m.covariance == Tied {
		kernel.Gemm(false, false, d, n, d, 1, m.white, d, z, stride, 0, sc.white, stride, 1)
	}
	for i := range k {
		row := sc.logs[i*stride : i*stride+n]
		if m.narrow[i] {
			m.squares(sc, row, i, n)
			kernel.Scale(-0.5, row, row)
		}
		kernel.AddConst(m.constants[i], row, row)
	}
	m.farLogs(sc, x)
}

// squares writes |T_k z − T_k m_k|² of the rows in sc to dst.
func (m *GaussianModel) squares(sc *gaussianScratch, dst []float64, k, n int) {
	d, stride := sc.d, sc.stride
	z, y := sc.features[stride:], sc.white
	clear(dst)
	if m.Weights[k] == 0 { // no row is near it, and log 0 is all there is to say
		return
	}
	shift := m.shift[k*d : (k+1)*d]
	switch m.covariance {
	case Full:
		kernel.Gemm(false, false, d, n, d, 1, m.white[k*d*d:(k+1)*d*d], d, z, stride, 0, y, stride, 1)
	case Diagonal, Spherical:
		t := m.white[k*d : (k+1)*d]
		for j := range d {
			kernel.Scale(t[j], y[j*stride:j*stride+n], z[j*stride:j*stride+n])
		}
	}
	for j := range d {
		kernel.AddSquareFrom(shift[j], dst, y[j*stride:j*stride+n])
	}
}

// shares makes of log joint densities the responsibilities, times the weights if there
// are some, and the log densities.
func (sc *gaussianScratch) shares(n int, weights []float64) {
	stride := sc.stride
	most, sum, beyond := sc.most[:n], sc.sum[:n], sc.beyond[:n]
	if sc.near {
		sc.aboutLargest(n)
	} else {
		sc.largest(n)
	}
	clear(sum)
	for k := range sc.k {
		row := sc.logs[k*stride : k*stride+n]
		kernel.Sub(row, row, most)
		if sc.near {
			kernel.Sub(beyond, sc.least[:n], row)
			kernel.ReLU(0, beyond, beyond)
			kernel.Add(row, row, beyond)
		}
		kernel.Exp(row, row)
		kernel.Add(sum, sum, row)
	}
	density := sc.density[:n]
	kernel.Log(density, sum)
	kernel.Add(density, density, most)
	for i, s := range sum {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		if s >= 0.5 { // else the row is nowhere near
			sum[i] = w / s
			continue
		}
		sum[i] = w
		density[i] = math.Inf(-1)
		for k := range sc.k {
			sc.logs[k*stride+i] = 0
		}
	}
	for k := range sc.k {
		row := sc.logs[k*stride : k*stride+n]
		kernel.Mul(row, row, sum)
	}
}

// leastExponent is what the logarithms of responsibilities are raised to: below, the
// exponential is not a normal number, which takes the kernel longer and adds nothing.
const leastExponent = -708

// aboutLargest finds the largest of every row of data but for rounding, without branches
// that are hard to foresee.
func (sc *gaussianScratch) aboutLargest(n int) {
	most, beyond := sc.most[:n], sc.beyond[:n]
	copy(most, sc.logs)
	for k := 1; k < sc.k; k++ {
		kernel.Sub(beyond, sc.logs[k*sc.stride:k*sc.stride+n], most)
		kernel.ReLU(0, beyond, beyond)
		kernel.Add(most, most, beyond)
	}
}

// largest finds the largest of every row of data.
func (sc *gaussianScratch) largest(n int) {
	most := sc.most[:n]
	copy(most, sc.logs)
	for k := 1; k < sc.k; k++ {
		row := sc.logs[k*sc.stride : k*sc.stride+n]
		for i, v := range row {
			if v > most[i] {
				most[i] = v
			}
		}
	}
}

// winners puts the weight of every row on its most probable component, the first of
// those that are equally so, and takes that one's log joint density.
func (sc *gaussianScratch) winners(n int, weights []float64) {
	sc.largest(n)
	copy(sc.density, sc.most[:n])
	for i, most := range sc.most[:n] {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		for k := range sc.k {
			at := k*sc.stride + i
			if sc.logs[at] == most && most > math.Inf(-1) {
				sc.logs[at], w = w, 0
			} else {
				sc.logs[at] = 0
			}
		}
	}
}

// accumulate adds the statistics of n rows with the responsibilities in sc.
func (m *GaussianModel) accumulate(sc *gaussianScratch, s *Statistics, n int, weights []float64) {
	k, d, stride := sc.k, sc.d, sc.stride
	f := len(sc.features) / stride
	kernel.Gemm(false, true, f, k, n, 1, sc.features, stride, sc.logs, stride, 1, s.Sums, k, 1)
	z, y := sc.features[stride:], sc.white
	switch {
	case m.covariance == Tied:
		for j := range d {
			if weights == nil {
				copy(y[j*stride:j*stride+n], z[j*stride:])
			} else {
				kernel.Mul(y[j*stride:j*stride+n], z[j*stride:j*stride+n], weights)
			}
		}
		sc.addProducts(s.Sums[(1+d)*k:], 1, n)
	case f == 1+d: // full, with too many columns
		for i := range k {
			for j := range d {
				kernel.Mul(y[j*stride:j*stride+n], z[j*stride:j*stride+n], sc.logs[i*stride:i*stride+n])
			}
			sc.addProducts(s.Sums[(1+d)*k+i:], k, n)
		}
	}
}

// addProducts adds the upper triangle of y zᵀ to every step-th number of dst.
func (sc *gaussianScratch) addProducts(dst []float64, step, n int) {
	d, stride := sc.d, sc.stride
	kernel.Gemm(false, true, d, d, n, 1, sc.white, stride, sc.features[stride:], stride, 0, sc.product, d, 1)
	at := 0
	for i := range d {
		for _, v := range sc.product[i*d+i : (i+1)*d] {
			dst[at] += v
			at += step
		}
	}
}

var (
	_ Model[*Block]     = (*GaussianModel)(nil)
	_ HardModel[*Block] = (*GaussianModel)(nil)
	_ Stepwise          = (*GaussianModel)(nil)
	_ Bounded           = (*GaussianModel)(nil)
	_ Prior             = (*GaussianModel)(nil)
	_ Counted           = (*GaussianModel)(nil)
	_ Warner            = (*GaussianModel)(nil)
	_ Density           = (*GaussianModel)(nil)
	_ Clustering        = (*GaussianModel)(nil)
)
