package linear

// Codes of rows over a dictionary: proximal gradient steps for whole blocks of rows.

import (
	"math"
	"sync"

	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/internal/kernel"
)

// codeWork is memory for coding a block. Rows that are finished leave it, so that what is
// left is at the front.
type codeWork struct {
	gram, power, square []float64 // A Aᵀ for atoms in rows, p×p
	lipschitz           float64   // of the gradient: twice a bound of its largest eigenvalue

	at                   []int     // which row of the block each one is
	b, z, y, v           []float64 // A x; the code; where the gradient is taken; there, A Aᵀ y
	xx, first, t, moved  []float64 // ‖x‖²; the first cost; momentum; the last step, squared
	own, cost, x, before []float64
	left                 []int
}

var codeSpare = sync.Pool{New: func() any { return &codeWork{} }}

// prepare computes the products of the atoms and a bound of the largest eigenvalue, the
// 64th root of the trace of the 64th power, which is too large by a factor p^(1/64).
func (w *codeWork) prepare(m *SparseModel) {
	p, d := m.P, len(m.Names)
	for _, x := range []*[]float64{&w.gram, &w.power, &w.square} {
		resize(x, p*p)
	}
	kernel.Gemm(false, true, p, p, d, 1, m.Atoms, d, m.Atoms, d, 0, w.gram, p, 1)
	copy(w.power, w.gram)
	log, exponent := 0.0, 1.0
	for squarings := 0; ; squarings++ {
		trace := 0.0
		for i := range p {
			trace += w.power[i*p+i]
		}
		if !(trace > 0) {
			w.lipschitz = 0 // all atoms are zero
			return
		}
		log += math.Log(trace) / exponent
		if squarings == 6 {
			break
		}
		kernel.Scale(1/trace, w.power, w.power)
		kernel.Gemm(false, false, p, p, p, 1, w.power, p, w.power, p, 0, w.square, p, 1)
		w.power, w.square = w.square, w.power
		exponent *= 2
	}
	w.lipschitz = 2 * math.Exp(log) * (1 + 1e-12)
}

// checkEvery is the number of steps between looks at how far the codes have come.
const checkEvery = 10

// encode improves the codes z of the rows of a block until they are within the tolerance
// of the best ones. None gets worse. It returns the rows that used up their steps.
func (w *codeWork) encode(m *SparseModel, b *em.Block, z []float64) (unfinished []int) {
	p, d, n := m.P, len(m.Names), b.Rows
	if w.lipschitz == 0 {
		clear(z[:n*p])
		return nil
	}
	for _, x := range []*[]float64{&w.b, &w.z, &w.y, &w.v, &w.before} {
		resize(x, n*p)
	}
	for _, x := range []*[]float64{&w.xx, &w.first, &w.t, &w.moved} {
		resize(x, n)
	}
	w.at, w.left = w.at[:0], w.left[:0]
	kernel.Gemm(false, true, n, p, d, 1, b.X, d, m.Atoms, d, 0, w.b, p, 1)
	copy(w.z, z[:n*p])
	copy(w.y, z[:n*p])
	kernel.Gemm(false, false, n, p, p, 1, w.z, p, w.gram, p, 0, w.v, p, 1)
	for i := range n {
		w.at = append(w.at, i)
		w.xx[i], w.t[i] = kernel.SumSquares(b.Row(i)), 1
		w.first[i] = w.value(m, i)
	}
	last, tolerance := codeLimits(m.CodeIterations, m.CodeTolerance)
	for step := 1; len(w.at) > 0; step++ {
		a := len(w.at)
		kernel.Gemm(false, false, a, p, p, 1, w.y, p, w.gram, p, 0, w.v, p, 1)
		for i := range a {
			w.step(m, i)
		}
		if step%checkEvery == 0 || step >= last {
			w.retire(m, z, tolerance, step >= last)
		}
	}
	return w.left
}

// value is the cost of row i, whose z has its image in v.
func (w *codeWork) value(m *SparseModel, i int) float64 {
	p := m.P
	z, v, b := w.z[i*p:(i+1)*p], w.v[i*p:(i+1)*p], w.b[i*p:(i+1)*p]
	return w.xx[i] - 2*kernel.Dot(z, b) + kernel.Dot(z, v) + m.Eta*m.Penalty.of(z)
}

// step takes a step from y. With ℓ1 it is the exact proximal step, a soft threshold. The
// other penalties are concave in z² and lie below a parabola ρ'(z²) z², which is taken in
// their place (reweighting): the step minimizes a bound of the objective that touches it,
// so that the objective does not rise, and ends in a point without slope, which need not
// be the best.
func (w *codeWork) step(m *SparseModel, i int) {
	p := m.P
	z, y, v, b := w.z[i*p:(i+1)*p], w.y[i*p:(i+1)*p], w.v[i*p:(i+1)*p], w.b[i*p:(i+1)*p]
	rate, before := 1/w.lipschitz, w.before[i*p:(i+1)*p]
	copy(before, z)
	moved, turn := 0.0, 0.0
	if m.Penalty == L1 {
		threshold := m.Eta * rate
		for j, at := range y {
			u := at - 2*rate*(v[j]-b[j])
			switch {
			case u > threshold:
				u -= threshold
			case u < -threshold:
				u += threshold
			default:
				u = 0
			}
			turn += (at - u) * (u - before[j])
			moved += (u - before[j]) * (u - before[j])
			z[j] = u
		}
	} else {
		for j, at := range y {
			u := at - 2*rate*(v[j]-b[j])
			weight := math.Exp(-at * at)
			if m.Penalty == LogPenalty {
				weight = 1 / (1 + at*at)
			}
			u /= 1 + 2*m.Eta*weight*rate
			moved += (u - at) * (u - at)
			z[j] = u
		}
	}
	w.moved[i] = moved
	if m.Penalty != L1 || m.Solver == ISTA {
		copy(y, z)
		return
	}
	if turn > 0 { // the momentum leads uphill
		w.t[i] = 1
		copy(y, z)
		return
	}
	next := (1 + math.Sqrt(1+4*w.t[i]*w.t[i])) / 2
	by := (w.t[i] - 1) / next
	w.t[i] = next
	for j, u := range z {
		y[j] = u + by*(u-before[j])
	}
}

// retire writes the codes of rows that are finished to z and closes the gaps.
func (w *codeWork) retire(m *SparseModel, z []float64, tolerance float64, all bool) {
	p, a := m.P, len(w.at)
	kernel.Gemm(false, false, a, p, p, 1, w.z, p, w.gram, p, 0, w.v, p, 1)
	kept := 0
	for i := range a {
		cost := w.value(m, i)
		done := w.lipschitz*w.moved[i] <= 1e-2*tolerance*w.xx[i]
		if m.Penalty == L1 {
			done = cost-w.dual(m, i) <= tolerance*w.xx[i]
		}
		if done || all {
			if cost <= w.first[i] {
				copy(z[w.at[i]*p:(w.at[i]+1)*p], w.z[i*p:(i+1)*p])
			}
			if !done {
				w.left = append(w.left, w.at[i])
			}
			continue
		}
		if kept != i {
			for _, x := range [][]float64{w.b, w.z, w.y} {
				copy(x[kept*p:(kept+1)*p], x[i*p:(i+1)*p])
			}
			w.xx[kept], w.first[kept], w.t[kept], w.at[kept] = w.xx[i], w.first[i], w.t[i], w.at[i]
		}
		kept++
	}
	w.at = w.at[:kept]
}

// dual is a lower bound of the least cost with ℓ1: for every u with |2 Aᵀu| ≤ η it is
// 2 uᵀx − ‖u‖², and a multiple of the residual is taken for u.
func (w *codeWork) dual(m *SparseModel, i int) float64 {
	p := m.P
	z, v, b := w.z[i*p:(i+1)*p], w.v[i*p:(i+1)*p], w.b[i*p:(i+1)*p]
	most, zb, zv := 0.0, kernel.Dot(z, b), kernel.Dot(z, v)
	for j, c := range b {
		most = max(most, math.Abs(c-v[j]))
	}
	rx, rr := w.xx[i]-zb, w.xx[i]-2*zb+zv
	scale := 0.0
	if rr > 0 {
		scale = rx / rr
	}
	if 2*most*math.Abs(scale) > m.Eta {
		scale = math.Copysign(m.Eta/(2*most), scale)
	}
	return 2*scale*rx - scale*scale*rr
}
