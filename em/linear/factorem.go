package linear

// The E step and the M step of factor analysis and probabilistic PCA, with missing cells.

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/internal/kernel"
)

// The sums are about the current fit: with ẑ and V the posterior mean and covariance of a
// row's factors and r = x − μ − W ẑ its residual, the M step solves for the change of W
// and μ. So nothing is lost where noise is small beside signal, or data are far from zero.
//
//	z2   Σ ẑẑᵀ        k×k      rz   Σ r ẑᵀ   d×k
//	v    Σ V          k×k      r    Σ r      d
//	z    Σ ẑ          k        rr   Σ r²     d
//	n    Σ 1
//
// over rows, each with its weight, and cells that are there. With missing cells there is
// besides, for every column, what the rows without it are to be taken off by:
// Σ ẑẑᵀ + V, Σ ẑ, Σ V w and Σ 1.
type factorSums struct {
	z2, v, z, n, rz, r, rr []float64
	gaps                   []float64 // d × gapSize
}

func gapSize(k int) int { return k*k + 2*k + 1 }

func (m *FactorModel) sums(s *em.Statistics) factorSums {
	k, d := m.K, len(m.Mean)
	rest := s.Sums
	take := func(n int) []float64 {
		part := rest[:n:n]
		rest = rest[n:]
		return part
	}
	return factorSums{take(k * k), take(k * k), take(k), take(1), take(d * k), take(d), take(d), rest}
}

// NewStatistics returns empty statistics.
func (m *FactorModel) NewStatistics() *em.Statistics { return em.NewStatistics(m.layout()) }

// layout is the kind of the statistics, and how many sums they have.
func (m *FactorModel) layout() (kind string, sums int) {
	k, d := m.K, len(m.Mean)
	n := 2*k*k + k + 1 + d*(k+2)
	if m.Incomplete {
		n += d * gapSize(k)
	}
	return fmt.Sprintf("%s %d×%d", m.kind(), d, k), n
}

// factorWork is memory for going over a block, and what only depends on the parameters.
type factorWork struct {
	k, d int
	wn   []float64 // Ψ⁻¹W, d×k
	l, v []float64 // the Cholesky factor of I + WᵀΨ⁻¹W and its inverse, k×k
	beta []float64 // Ψ⁻¹W V, d×k
	half float64   // ½ log |W Wᵀ + Ψ| + ½ d log 2π

	ll, z      []float64 // of the rows of the block: log-likelihood, posterior mean
	x, zs, r   []float64 // centred complete rows; their factors; their residuals
	at         []int     // where the complete rows are
	weights    []float64 // theirs
	rowL, rowV []float64 // as l and v, of an incomplete row
	mask       []bool    // the cells that rowL is for
	half1      float64
	incomplete bool // the last row was
	scratch    []float64
}

func newFactorWork(m *FactorModel) *factorWork {
	w := &factorWork{}
	w.fit(m)
	return w
}

var factorSpare = sync.Pool{New: func() any { return &factorWork{} }}

func resize(x *[]float64, n int) {
	if cap(*x) < n {
		*x = make([]float64, n)
	}
	*x = (*x)[:n]
}

// fit makes the memory that of a model.
func (w *factorWork) fit(m *FactorModel) {
	w.k, w.d = m.K, len(m.Mean)
	for _, x := range []*[]float64{&w.wn, &w.beta} {
		resize(x, w.d*w.k)
	}
	for _, x := range []*[]float64{&w.l, &w.v, &w.rowL, &w.rowV} {
		resize(x, w.k*w.k)
	}
	resize(&w.scratch, max(w.d, w.k))
	w.mask = slices.Grow(w.mask[:0], w.d)[:w.d]
}

// prepare computes what depends on the parameters alone, in O(d k² + k³).
func (w *factorWork) prepare(m *FactorModel) error {
	k, d := w.k, w.d
	logNoise := 0.0
	for j := range d {
		kernel.Scale(1/m.Noise[j], w.wn[j*k:(j+1)*k], m.loading(j))
		logNoise += math.Log(m.Noise[j])
	}
	kernel.Gemm(true, false, k, k, d, 1, m.Loadings, k, w.wn, k, 0, w.l, k, 1)
	for i := range k {
		w.l[i*k+i]++
	}
	if !cholesky(w.l, k) {
		return &dist.ParameterError{Distribution: m.kind(), Parameter: "Loadings", Value: kernel.Max(m.Loadings), Want: "ones whose products, divided by the noise, stay finite"}
	}
	inverse(w.v, w.l, k)
	kernel.Gemm(false, false, d, k, k, 1, w.wn, k, w.v, k, 0, w.beta, k, 1)
	w.half = 0.5*logNoise + halfLogDet(w.l, k) + 0.5*float64(d)*math.Log(2*math.Pi)
	return nil
}

// Expect adds what the rows of a block say. It implements [em.Model].
func (m *FactorModel) Expect(b *em.Block, s *em.Statistics) error {
	w, ok := s.Scratch.(*factorWork)
	if !ok || w.k != m.K || w.d != len(m.Mean) {
		w = newFactorWork(m)
		s.Scratch = w
	}
	if err := w.prepare(m); err != nil {
		return err
	}
	sums := m.sums(s)
	w.block(m, b, &sums)
	for i, ll := range w.ll {
		s.LogLikelihood += b.Weight(i) * ll
		s.Weight += b.Weight(i)
	}
	return nil
}

// block finds the log-likelihoods and the posterior means of the rows, and adds to sums
// unless that is nil.
func (w *factorWork) block(m *FactorModel, b *em.Block, sums *factorSums) {
	k, d, n := w.k, w.d, b.Rows
	for _, x := range []struct {
		x *[]float64
		n int
	}{{&w.ll, n}, {&w.z, n * k}, {&w.x, n * d}, {&w.zs, n * k}, {&w.r, n * d}, {&w.weights, n}} {
		resize(x.x, x.n)
	}
	w.at = w.at[:0]
	known := false // the mask is that of a row
	w.incomplete = false
	for i := range n {
		row := b.Row(i)
		to := w.x[len(w.at)*d:][:d]
		kernel.Sub(to, row, m.Mean)
		if sums != nil && b.Weight(i) == 0 {
			clear(to) // it says nothing, whatever it is
		}
		if s := kernel.Sum(to); s-s == 0 { // a sum without NaN has no missing cell
			w.weights[len(w.at)] = b.Weight(i)
			w.at = append(w.at, i)
			continue
		}
		known = w.row(m, i, to, b.Weight(i), known, sums)
	}
	c := len(w.at)
	if c == 0 {
		return
	}
	x, z, r := w.x[:c*d], w.zs[:c*k], w.r[:c*d]
	kernel.Gemm(false, false, c, k, d, 1, x, d, w.beta, k, 0, z, k, 1)
	copy(r, x)
	kernel.Gemm(false, true, c, d, k, -1, z, k, m.Loadings, k, 1, r, d, 1)
	for p, i := range w.at {
		q := kernel.SumSquares(z[p*k : (p+1)*k])
		for j, v := range r[p*d : (p+1)*d] {
			q += v * v / m.Noise[j]
		}
		w.ll[i] = -w.half - 0.5*q
		copy(w.z[i*k:(i+1)*k], z[p*k:(p+1)*k])
	}
	if sums == nil {
		return
	}
	total := 0.0
	for p := range c {
		weight := w.weights[p]
		total += weight
		zp, rp, xp := z[p*k:(p+1)*k], r[p*d:(p+1)*d], x[p*d:(p+1)*d]
		kernel.Axpy(weight, zp, sums.z)
		kernel.Scale(weight, xp, rp) // x is not needed any more
		kernel.Add(sums.r, sums.r, xp)
		kernel.MulAdd(sums.rr, xp, rp)
		if weight != 1 {
			kernel.Scale(math.Sqrt(weight), zp, zp)
		}
	}
	kernel.Gemm(true, false, k, k, c, 1, z, k, z, k, 1, sums.z2, k, 1)
	for p, weight := range w.weights[:c] {
		if weight != 1 {
			copy(z[p*k:(p+1)*k], w.z[w.at[p]*k:][:k])
		}
	}
	kernel.Gemm(true, false, d, k, c, 1, x, d, z, k, 1, sums.rz, k, 1)
	kernel.Axpy(total, w.v, sums.v)
	sums.n[0] += total
}

// row is block for one row with missing cells, x being centred. It says whether the mask
// is that of a row now.
func (w *factorWork) row(m *FactorModel, i int, x []float64, weight float64, known bool, sums *factorSums) bool {
	k := w.k
	w.incomplete = true
	same, there := known, 0
	for j, v := range x {
		if is := v == v; is != w.mask[j] {
			same, w.mask[j] = false, is
		}
		if w.mask[j] {
			there++
		}
	}
	z := w.z[i*k : (i+1)*k]
	clear(z)
	if !same {
		// Posterior precision I + Σ w wᵀ/ψ over the cells that are there.
		clear(w.rowL)
		w.half1 = 0.5 * float64(there) * math.Log(2*math.Pi)
		for j, is := range w.mask {
			if is {
				w.half1 += 0.5 * math.Log(m.Noise[j])
				for a, v := range w.wn[j*k : (j+1)*k] {
					kernel.Axpy(v, m.Loadings[j*k:j*k+a+1], w.rowL[a*k:a*k+a+1])
				}
			}
		}
		for a := range k {
			w.rowL[a*k+a]++
		}
		cholesky(w.rowL, k) // the whole one has a factor, so this one does
		inverse(w.rowV, w.rowL, k)
		w.half1 += halfLogDet(w.rowL, k)
	}
	for j, v := range x {
		if w.mask[j] {
			kernel.Axpy(v, w.wn[j*k:(j+1)*k], z)
		}
	}
	solve(w.rowL, k, z)
	q := kernel.SumSquares(z)
	r := w.scratch[:w.d]
	for j, v := range x {
		r[j] = 0
		if w.mask[j] {
			r[j] = v - kernel.Dot(m.loading(j), z)
			q += r[j] * r[j] / m.Noise[j]
		}
	}
	w.ll[i] = -w.half1 - 0.5*q
	if sums == nil || there == 0 || weight == 0 {
		return true
	}
	for a, v := range z {
		kernel.Axpy(weight*v, z, sums.z2[a*k:(a+1)*k])
	}
	kernel.Axpy(weight, w.rowV, sums.v)
	kernel.Axpy(weight, z, sums.z)
	sums.n[0] += weight
	for j, is := range w.mask {
		if is {
			kernel.Axpy(weight*r[j], z, sums.rz[j*k:(j+1)*k])
			sums.r[j] += weight * r[j]
			sums.rr[j] += weight * r[j] * r[j]
			continue
		}
		gap := sums.gaps[j*gapSize(k) : (j+1)*gapSize(k)]
		for a, v := range z {
			kernel.Axpy(weight*v, z, gap[a*k:(a+1)*k])
		}
		kernel.Axpy(weight, w.rowV, gap[:k*k])
		kernel.Axpy(weight, z, gap[k*k:k*k+k])
		for a := range k {
			gap[k*k+k+a] += weight * kernel.Dot(w.rowV[a*k:(a+1)*k], m.loading(j))
		}
		gap[k*k+2*k] += weight
	}
	return true
}

// Maximize sets the parameters (Rubin & Thayer 1982, with means; Bishop 2006, equations
// 12.56, 12.57, 12.69 and 12.70), and then lets the factors have the covariance that the
// posterior gives them and takes it into the loadings: parameter-expanded EM, which is far
// faster (Liu, Rubin & Wu 1998). It implements [em.Model].
func (m *FactorModel) Maximize(s *em.Statistics) error {
	if err := s.Check(m.layout()); err != nil {
		return err
	}
	k, d := m.K, len(m.Mean)
	sums := m.sums(s)
	second := make([]float64, k*k) // Σ E zzᵀ
	kernel.Add(second, sums.z2, sums.v)
	e := k + 1
	l, own := make([]float64, e*e), make([]float64, e*e)
	rhs, change := make([]float64, e), make([]float64, e)
	whole := false // l is factorized
	loadings, mean, noise := slices.Clone(m.Loadings), slices.Clone(m.Mean), slices.Clone(m.Noise)
	all, cells := 0.0, 0.0
	for j := range d {
		var gap []float64
		if m.Incomplete {
			gap = sums.gaps[j*gapSize(k) : (j+1)*gapSize(k)]
		}
		a, n := l, sums.n[0]
		partly := gap != nil && gap[k*k+2*k] > 0
		if partly {
			a = own
			n -= gap[k*k+2*k]
		}
		if partly || !whole {
			for p := range k {
				copy(a[p*e:p*e+k], second[p*k:(p+1)*k])
				a[k*e+p] = sums.z[p]
				if partly {
					kernel.Sub(a[p*e:p*e+k], a[p*e:p*e+k], gap[p*k:(p+1)*k])
					a[k*e+p] -= gap[k*k+p]
				}
			}
			a[k*e+k] = n
			if !cholesky(a, e) {
				return &dist.FitError{Distribution: m.kind(), Row: -1, Problem: fmt.Sprintf("there is too little of column %q to find its loadings", m.Names[j])}
			}
			whole = whole || !partly
		}
		w := m.loading(j)
		left := sums.rr[j]
		for p := range k {
			vw := kernel.Dot(sums.v[p*k:(p+1)*k], w)
			if partly {
				vw -= gap[k*k+k+p]
			}
			left += w[p] * vw
			rhs[p] = sums.rz[j*k+p] - vw
		}
		rhs[k] = sums.r[j]
		copy(change, rhs)
		solve(a, e, change)
		left = max(0, left-kernel.Dot(change, rhs))
		kernel.Add(loadings[j*k:(j+1)*k], w, change[:k])
		mean[j] += change[k]
		noise[j] = max(left/n, m.Floor[j])
		all += left
		cells += n
	}
	if m.Isotropic {
		for j := range noise {
			noise[j] = max(all/cells, m.Floor[0])
		}
	}
	kernel.Scale(1/sums.n[0], second, second)
	if cholesky(second, k) {
		for j := range d {
			row := loadings[j*k : (j+1)*k]
			for p := range k { // row·L, in place: column p needs entries from p on
				t := 0.0
				for q := p; q < k; q++ {
					t += row[q] * second[q*k+p]
				}
				row[p] = t
			}
		}
	}
	m.Loadings, m.Mean, m.Noise = loadings, mean, noise
	m.principal() // keeps the posterior precision well conditioned, column by column
	return nil
}
