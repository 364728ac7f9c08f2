package em

import (
	"math"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical/chain"
	"github.com/belief-go/belief/internal/stream"
	"gonum.org/v1/gonum/mat"
)

// ldsBegin finds where a start begins. The first takes the principal components of
// windows of rows for states, as many rows as it takes to have enough components, and
// regresses on them; the others draw at random.
func ldsBegin(seqs *data.Sequences, k int, means, variances []float64, seed uint64, start int) *chain.Kalman {
	p := len(means)
	sd := make([]float64, p)
	for j, v := range variances {
		sd[j] = math.Sqrt(v)
	}
	m := &chain.Kalman{States: k, Observed: p, Initial: make([]float64, k), InitialCov: ldsDiagonal(k, 1), Transition: ldsDiagonal(k, 0.9),
		Noise: ldsDiagonal(k, 0.2), Emission: make([]float64, p*k), Offset: append([]float64(nil), means...), EmissionCov: make([]float64, p*p)}
	for j, v := range variances {
		m.EmissionCov[j*p+j] = v / 2
	}
	const most = 512 // columns of a window
	h := 1
	if k > p {
		h = (k+p-1)/p + 1
	}
	if start == 0 && h*p <= most && ldsRegressed(m, seqs, h, means, sd) {
		return m
	}
	r := stream.New(seed, "em linear dynamics", uint64(start))
	for i := range m.Emission {
		m.Emission[i] = sd[i/k] * r.NormFloat64() / math.Sqrt(float64(k))
	}
	for i := range m.Transition {
		m.Transition[i] = m.Transition[i]*r.Float64() + 0.2*r.NormFloat64()/float64(k)
	}
	return m
}

func ldsDiagonal(n int, v float64) []float64 {
	a := make([]float64, n*n)
	for i := range n {
		a[i*n+i] = v
	}
	return a
}

// ldsRegressed sets m by regressions, if there are windows enough.
func ldsRegressed(m *chain.Kalman, seqs *data.Sequences, h int, means, sd []float64) bool {
	k, p := m.States, m.Observed
	width := h * p
	var windows []float64 // of standardized numbers, zero where one is missing
	var lengths []int     // windows of each sequence
	for i := range seqs.Len() {
		x, n := seqs.Rows(i), max(0, seqs.Length(i)-h+1)
		lengths = append(lengths, n)
		for t := range n {
			for c, v := range x[t*p : (t+h)*p] {
				z := (v - means[c%p]) / sd[c%p]
				if z != z {
					z = 0
				}
				windows = append(windows, z)
			}
		}
	}
	n := len(windows) / width
	if n < 2*k+2 {
		return false
	}
	x := mat.NewDense(n, width, windows)
	var cov mat.SymDense
	cov.SymOuterK(1/float64(n), x.T())
	var eigen mat.EigenSym
	if !eigen.Factorize(&cov, true) {
		return false
	}
	values := eigen.Values(nil) // rising
	var vectors, states mat.Dense
	eigen.VectorsTo(&vectors)
	for q := width - k; q < width; q++ {
		if !(values[q] > 1e-10*values[width-1]) {
			return false
		}
	}
	basis := mat.DenseCopyOf(vectors.Slice(0, width, width-k, width))
	for q := range k { // states of variance one, and of one sign on every machine
		scale := 1 / math.Sqrt(values[width-k+q])
		largest := 0.0
		for i := range width {
			if v := basis.At(i, q); math.Abs(v) > math.Abs(largest)*(1+1e-9) {
				largest = v
			}
		}
		if largest < 0 {
			scale = -scale
		}
		for i := range width {
			basis.Set(i, q, basis.At(i, q)*scale)
		}
	}
	states.Mul(x, basis)

	// Both regressions have the sums of squares of the states.
	zz, nz, nn := make([]float64, k*k), make([]float64, k*k), make([]float64, k*k)
	all, xz, xx := make([]float64, k*k), make([]float64, p*k), make([]float64, p*p)
	moves, at := 0.0, 0
	for _, length := range lengths {
		for t := range length {
			z := states.RawRowView(at + t)
			row := windows[(at+t)*width : (at+t)*width+p]
			ldsOuter(all, z, z)
			ldsOuter(xz, row, z)
			ldsOuter(xx, row, row)
			if t+1 < length {
				next := states.RawRowView(at + t + 1)
				ldsOuter(zz, z, z)
				ldsOuter(nz, next, z)
				ldsOuter(nn, next, next)
				moves++
			}
		}
		at += length
	}
	if moves < float64(k) {
		return false
	}
	clear(m.Transition)
	ldsRegress(m.Transition, nn, nz, zz, k, k)
	ldsRegress(m.Emission, xx, xz, all, p, k)
	for i := range nn {
		m.Noise[i] = nn[i] / moves
	}
	unit := make([]float64, k)
	for i := range unit {
		unit[i] = 1
	}
	ldsFloor(m.Noise, unit, 1e-3, k, false)
	for i := range p {
		for j := range k {
			m.Emission[i*k+j] *= sd[i]
		}
		clear(m.EmissionCov[i*p : (i+1)*p])
		m.EmissionCov[i*p+i] = sd[i] * sd[i] * max(xx[i*p+i]/float64(n), 1e-2)
	}
	return m.Validate() == nil
}

// ldsOuter adds a bᵀ to c.
func ldsOuter(c, a, b []float64) {
	for i, v := range a {
		row := c[i*len(b) : (i+1)*len(b)]
		for j, w := range b {
			row[j] += v * w
		}
	}
}
