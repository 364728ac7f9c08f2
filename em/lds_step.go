package em

// The E step and the M step of linear dynamical systems.

import (
	"errors"
	"fmt"
	"math"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical/chain"
	"github.com/belief-go/belief/internal/kernel"
	"gonum.org/v1/gonum/mat"
)

// ldsSums are the statistics: moments of what the present parameters leave unexplained,
// so that nothing cancels. u is a state followed by one.
type ldsSums struct {
	starts       []float64 // number of sequences
	first        []float64 // Σ E[z₁ − m], k
	firstSquare  []float64 // Σ E[(z₁ − m)(z₁ − m)ᵀ], k × k
	moves        []float64 // number of transitions
	before       []float64 // Σ E[z_t z_tᵀ] of all that have a next, k × k
	shockBefore  []float64 // Σ E[w_t z_tᵀ], k × k
	shock        []float64 // Σ E[w_t w_tᵀ], k × k
	rows         []float64 // number of rows
	state        []float64 // Σ E[u uᵀ], (k+1) × (k+1)
	errorState   []float64 // Σ E[v uᵀ], p × (k+1)
	errorSquares []float64 // Σ E[v vᵀ], p × p
}

func ldsSizes(k, p int) [11]int {
	return [11]int{1, k, k * k, 1, k * k, k * k, k * k, 1, (k + 1) * (k + 1), p * (k + 1), p * p}
}

func ldsView(sums []float64, k, p int) ldsSums {
	var v ldsSums
	parts := []*[]float64{&v.starts, &v.first, &v.firstSquare, &v.moves, &v.before, &v.shockBefore, &v.shock, &v.rows, &v.state, &v.errorState, &v.errorSquares}
	for i, n := range ldsSizes(k, p) {
		*parts[i], sums = sums[:n:n], sums[n:]
	}
	return v
}

// NewStatistics implements [Model].
func (m *LinearDynamicsModel) NewStatistics() *Statistics { return NewStatistics(m.layout()) }

// layout is the kind of the statistics, and how many sums they have.
func (m *LinearDynamicsModel) layout() (kind string, sums int) {
	k, p := m.System.States, m.System.Observed
	n := 0
	for _, size := range ldsSizes(k, p) {
		n += size
	}
	return fmt.Sprintf("%s %d %d", ldsKind, k, p), n
}

// ldsScratch is memory of one slot.
type ldsScratch struct {
	post             chain.KalmanPosterior
	seen, unseen     []int
	residual, u      []float64
	w, shake, buffer []float64
	effect           []float64 // p × k: v = y − effect·(z − ẑ) + noise
	noise, cov       []float64
}

// Expect implements [Model].
func (m *LinearDynamicsModel) Expect(b *SequenceBlock, s *Statistics) error {
	k, p := m.System.States, m.System.Observed
	w, ok := s.Scratch.(*ldsScratch)
	if !ok {
		w = &ldsScratch{residual: make([]float64, p), u: make([]float64, k+1), w: make([]float64, k), shake: make([]float64, k*k),
			buffer: make([]float64, max(k*k, p*k)), effect: make([]float64, p*k), noise: make([]float64, p*p), cov: make([]float64, p*p)}
		s.Scratch = w
	}
	sums := ldsView(s.Sums, k, p)
	for _, i := range b.Members {
		weight := b.Weight(i)
		x := b.From.Rows(i)
		s.Weight += weight
		if weight == 0 || len(x) == 0 {
			continue
		}
		if err := m.System.SmoothTo(&w.post, x); err != nil {
			var far *data.ValueError
			if errors.As(err, &far) {
				return fmt.Errorf("em: sequence %s: %w", b.From.Name(i), err)
			}
			return fmt.Errorf("em: sequence %s, states: %w", b.From.Name(i), err)
		}
		s.LogLikelihood += weight * w.post.LogLikelihood
		m.expectStates(w, weight, &sums)
		for t := range w.post.Steps {
			m.expectRow(w, t, x[t*p:(t+1)*p], weight, &sums)
		}
	}
	return nil
}

// expectStates adds what a sequence says of the first state and of the transitions.
func (m *LinearDynamicsModel) expectStates(w *ldsScratch, weight float64, sums *ldsSums) {
	k, post, a := m.System.States, &w.post, m.System.Transition
	sums.starts[0] += weight
	for i := range k {
		w.w[i] = post.SmoothedMean[i] - m.System.Initial[i]
		sums.first[i] += weight * w.w[i]
	}
	for i := range k {
		for j := range k {
			sums.firstSquare[i*k+j] += weight * (post.SmoothedCov[i*k+j] + w.w[i]*w.w[j])
		}
	}
	for t := range post.Steps - 1 {
		sums.moves[0] += weight
		z, v := post.SmoothedMean[t*k:(t+1)*k], post.SmoothedCov[t*k*k:(t+1)*k*k]
		next, nextCov := post.SmoothedMean[(t+1)*k:(t+2)*k], post.SmoothedCov[(t+1)*k*k:(t+2)*k*k]
		cross := post.CrossCov[t*k*k : (t+1)*k*k]
		for i := range k {
			w.w[i] = next[i]
			for j := range k {
				w.w[i] -= a[i*k+j] * z[j]
			}
		}
		// Cov(w, z) = cross − A V and Cov(w) = V₊ − cross Aᵀ − A Cov(w, z)ᵀ.
		kernel.Gemm(false, false, k, k, k, -1, a, k, v, k, 0, w.shake, k, 1)
		kernel.Add(w.shake, w.shake, cross)
		kernel.Gemm(false, true, k, k, k, 1, cross, k, a, k, 0, w.buffer[:k*k], k, 1)
		kernel.Gemm(false, true, k, k, k, 1, a, k, w.shake, k, 1, w.buffer[:k*k], k, 1)
		for i := range k {
			for j := range k {
				at := i*k + j
				sums.before[at] += weight * (v[at] + z[i]*z[j])
				sums.shockBefore[at] += weight * (w.shake[at] + w.w[i]*z[j])
				// The mean with the transpose, so that it is symmetric to the bit.
				sums.shock[at] += weight * (nextCov[at] - (w.buffer[at]+w.buffer[j*k+i])/2 + w.w[i]*w.w[j])
			}
		}
	}
}

// expectRow adds what a row says of the emission. Of numbers that are missing it is what
// the state and the others say.
func (m *LinearDynamicsModel) expectRow(w *ldsScratch, t int, row []float64, weight float64, sums *ldsSums) {
	sys := m.System
	k, p := sys.States, sys.Observed
	w.seen, w.unseen = w.seen[:0], w.unseen[:0]
	for i, v := range row {
		if v == v {
			w.seen = append(w.seen, i)
		} else {
			w.unseen = append(w.unseen, i)
		}
	}
	if len(w.seen) == 0 {
		return
	}
	sums.rows[0] += weight
	z, v := w.post.SmoothedMean[t*k:(t+1)*k], w.post.SmoothedCov[t*k*k:(t+1)*k*k]
	copy(w.u, z)
	w.u[k] = 1
	for i := range k + 1 {
		for j := range k + 1 {
			c := w.u[i] * w.u[j]
			if i < k && j < k {
				c += v[i*k+j]
			}
			sums.state[i*(k+1)+j] += weight * c
		}
	}
	clear(w.noise)
	for _, i := range w.seen {
		c := sys.Emission[i*k : (i+1)*k]
		copy(w.effect[i*k:], c)
		r := row[i] - sys.Offset[i]
		for j, e := range c {
			r -= e * z[j]
		}
		w.residual[i] = r
	}
	if len(w.unseen) > 0 {
		m.fill(w)
	}
	// v = residual − effect·(z − ẑ) + noise
	kernel.Gemm(false, false, p, k, k, 1, w.effect, k, v, k, 0, w.buffer[:p*k], k, 1)
	kernel.Gemm(false, true, p, p, k, 1, w.buffer[:p*k], k, w.effect, k, 0, w.cov, p, 1)
	for i := range p {
		r := weight * w.residual[i]
		for j := range k {
			sums.errorState[i*(k+1)+j] += r*z[j] - weight*w.buffer[i*k+j]
		}
		sums.errorState[i*(k+1)+k] += r
		for j := range p {
			sums.errorSquares[i*p+j] += r*w.residual[j] + weight*((w.cov[i*p+j]+w.cov[j*p+i])/2+w.noise[i*p+j])
		}
	}
}

// fill predicts the errors of missing numbers from those of the others: R_mo R_oo⁻¹.
func (m *LinearDynamicsModel) fill(w *ldsScratch) {
	sys := m.System
	k, p, n := sys.States, sys.Observed, len(w.seen)
	seen := mat.NewSymDense(n, nil)
	for i, a := range w.seen {
		for j, b := range w.seen[:i+1] {
			seen.SetSym(i, j, sys.EmissionCov[a*p+b])
		}
	}
	var root mat.Cholesky
	root.Factorize(seen) // a block of a definite matrix is definite
	across := mat.NewDense(n, len(w.unseen), nil)
	for i, a := range w.seen {
		for j, b := range w.unseen {
			across.Set(i, j, sys.EmissionCov[a*p+b])
		}
	}
	var gain mat.Dense // R_oo⁻¹ R_om
	if err := root.SolveTo(&gain, across); err != nil {
		gain.Reset()
		gain.ReuseAs(n, len(w.unseen))
	}
	for j, b := range w.unseen {
		w.residual[b] = 0
		clear(w.effect[b*k : (b+1)*k])
		for i, a := range w.seen {
			g := gain.At(i, j)
			w.residual[b] += g * w.residual[a]
			kernel.Axpy(g, w.effect[a*k:(a+1)*k], w.effect[b*k:(b+1)*k])
		}
		for l, c := range w.unseen {
			left := sys.EmissionCov[b*p+c]
			for i := range w.seen {
				left -= gain.At(i, j) * across.At(i, l)
			}
			w.noise[b*p+c] = left
		}
	}
}

// Maximize implements [Model].
func (m *LinearDynamicsModel) Maximize(s *Statistics) error {
	if err := s.Check(m.layout()); err != nil {
		return err
	}
	k, p, fix := m.System.States, m.System.Observed, m.settings.Fix
	sums := ldsView(s.Sums, k, p)
	next := ldsClone(m.System)
	floored := false
	if n := sums.starts[0]; n > 0 && !fix.Initial {
		for i := range k {
			sums.first[i] /= n
			next.Initial[i] += sums.first[i]
		}
		for i := range k {
			for j := range k {
				next.InitialCov[i*k+j] = sums.firstSquare[i*k+j]/n - sums.first[i]*sums.first[j]
			}
		}
		ldsSemidefinite(next.InitialCov, k)
	}
	if n := sums.moves[0]; n > 0 {
		if !fix.Transition {
			ldsRegress(next.Transition, sums.shock, sums.shockBefore, sums.before, k, k)
		}
		if !fix.Noise {
			kernel.Scale(1/n, next.Noise, sums.shock)
			ldsSemidefinite(next.Noise, k)
		}
	}
	if n := sums.rows[0]; n > 0 {
		if !fix.Emission {
			both := make([]float64, p*(k+1))
			for i := range p {
				copy(both[i*(k+1):], next.Emission[i*k:(i+1)*k])
				both[i*(k+1)+k] = next.Offset[i]
			}
			ldsRegress(both, sums.errorSquares, sums.errorState, sums.state, p, k+1)
			for i := range p {
				copy(next.Emission[i*k:(i+1)*k], both[i*(k+1):])
				next.Offset[i] = both[i*(k+1)+k]
			}
		}
		if !fix.EmissionCov {
			kernel.Scale(1/n, next.EmissionCov, sums.errorSquares)
			floored = ldsFloor(next.EmissionCov, m.scale, m.settings.Floor, p, m.settings.Diagonal)
		}
	}
	if err := next.Validate(); err != nil {
		return fmt.Errorf("em: the M step of a linear dynamical system: %w", err)
	}
	m.System, m.floored = next, floored
	return nil
}

// ldsRegress adds to b, n × k, the least squares coefficients of Σ e uᵀ = eu on Σ u uᵀ =
// uu, and takes what they explain from Σ e eᵀ = ee.
func ldsRegress(b, ee, eu, uu []float64, n, k int) {
	// Scaled to a diagonal of ones, and without directions that rounding decides on.
	scale := make([]float64, k)
	a := mat.NewSymDense(k, nil)
	for i := range k {
		scale[i] = 1
		if v := uu[i*k+i]; v > 0 {
			scale[i] = 1 / math.Sqrt(v)
		}
		for j := range i + 1 {
			a.SetSym(i, j, uu[i*k+j]*scale[i]*scale[j])
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(a, true) {
		return
	}
	var v mat.Dense
	eigen.VectorsTo(&v)
	delta := make([]float64, n*k)
	for q, value := range eigen.Values(nil) {
		if !(value > 1e-13*float64(k)) {
			continue
		}
		for i := range n {
			c := 0.0
			for j := range k {
				c += eu[i*k+j] * scale[j] * v.At(j, q)
			}
			c /= value
			for j := range k {
				delta[i*k+j] += c * v.At(j, q) * scale[j]
			}
		}
	}
	kernel.Add(b, b, delta)
	// Σ (e − Δu)(e − Δu)ᵀ = ee − Δ ueᵀ − ue Δᵀ + Δ uu Δᵀ
	half := make([]float64, n*k) // eu − Δ uu / 2
	copy(half, eu)
	kernel.Gemm(false, false, n, k, k, -0.5, delta, k, uu, k, 1, half, k, 1)
	less := make([]float64, n*n)
	kernel.Gemm(false, true, n, n, k, 1, half, k, delta, k, 0, less, n, 1)
	for i := range n {
		for j := range n {
			ee[i*n+j] -= less[i*n+j] + less[j*n+i]
		}
	}
}

// ldsSemidefinite takes from a covariance what rounding made of it: asymmetry and
// negative eigenvalues.
func ldsSemidefinite(a []float64, n int) {
	own := make([]float64, n)
	for i := range own {
		own[i] = a[i*n+i]
	}
	raiseFloor(a, n, own, 0)
}

// ldsFloor raises the variances of a covariance, relative to scale, to the floor in every
// direction, which is what maximizes the likelihood under that bound. It says whether any
// was below.
func ldsFloor(a, scale []float64, floor float64, n int, diagonal bool) bool {
	if !diagonal {
		return raiseFloor(a, n, scale, floor)
	}
	acts := false
	for i := range n {
		for j := range n {
			if i != j {
				a[i*n+j] = 0
			}
		}
		if least := floor * scale[i]; !(a[i*n+i] >= least) {
			a[i*n+i], acts = least, true
		}
	}
	return acts
}
