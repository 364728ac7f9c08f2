package em

// The statistics of normals in hidden Markov models, and their M step.

import (
	"math"

	"github.com/belief-go/belief/internal/kernel"
)

// size is the number of sums of a component: its mass, the first moments about its mean,
// and the second, of the full form the lower triangle row by row.
func (n *hmmNormals) size() int {
	d := n.dim
	if n.full {
		return 1 + d + d*(d+1)/2
	}
	return 1 + 2*d
}

func (n *hmmNormals) sums() int { return n.states * n.mixture * n.size() }

// expect adds what a sequence says, with the probabilities of the states, T × states,
// that have its weight. Missing cells are as expected, given those that are there.
func (n *hmmNormals) expect(w *hmmNormalScratch, sums, rows, gamma []float64) {
	w.fit(n)
	d := n.dim
	for t := range len(rows) / d {
		row := rows[t*d : (t+1)*d]
		w.missing(row)
		if len(w.seen) == 0 {
			continue
		}
		for s, g := range gamma[t*n.states : (t+1)*n.states] {
			if g == 0 {
				continue
			}
			if n.mixture == 1 {
				n.add(w, sums, s, row, g)
				continue
			}
			n.stateLog(w, s, row)
			for i, share := range w.shares {
				if share > 0 {
					n.add(w, sums, s*n.mixture+i, row, g*share)
				}
			}
		}
	}
}

// add counts a row for component c, with probability g.
func (n *hmmNormals) add(w *hmmNormalScratch, sums []float64, c int, row []float64, g float64) {
	d, r := n.dim, w.r
	s := sums[c*n.size() : (c+1)*n.size()]
	first, second := s[1:1+d], s[1+d:]
	kernel.Sub(r, row, n.mean(c))
	if len(w.unseen) > 0 {
		n.fill(w, c)
	}
	s[0] += g
	kernel.Axpy(g, r, first)
	if !n.full {
		for j, v := range r {
			second[j] += g * v * v
		}
		for _, j := range w.unseen {
			second[j] += g * n.cov(c)[j]
		}
		return
	}
	at := 0
	for i, v := range r {
		gv := g * v
		for j, u := range r[:i+1] {
			second[at+j] += gv * u
		}
		at += i + 1
	}
	for _, i := range w.unseen {
		for _, j := range w.unseen {
			if j <= i {
				second[i*(i+1)/2+j] += g * w.extra[i*d+j]
			}
		}
	}
}

// fill puts into w.r what missing cells are expected to be, and into w.extra what is
// left of their covariance.
func (n *hmmNormals) fill(w *hmmNormalScratch, c int) {
	d, cov, m := n.dim, n.cov(c), len(w.seen)
	if !n.full {
		for _, j := range w.unseen {
			w.r[j] = 0
		}
		return
	}
	root := n.block(w, c)
	for _, j := range w.unseen { // gain: Σ_oo⁻¹ Σ_oj
		g := w.gain[j*d : j*d+m]
		for i, a := range w.seen {
			s := cov[a*d+j]
			for q, v := range root[i*m : i*m+i] {
				s -= v * g[q]
			}
			g[i] = s / root[i*m+i]
		}
		for i := m - 1; i >= 0; i-- {
			s := g[i]
			for q := i + 1; q < m; q++ {
				s -= root[q*m+i] * g[q]
			}
			g[i] = s / root[i*m+i]
		}
		w.r[j] = 0
		for i, a := range w.seen {
			w.r[j] += g[i] * w.r[a]
		}
	}
	for _, i := range w.unseen {
		for _, j := range w.unseen {
			left := cov[i*d+j]
			for q, a := range w.seen {
				left -= w.gain[i*d+q] * cov[a*d+j]
			}
			w.extra[i*d+j] = left
		}
	}
}

// hmmNormalPrior returns κ, ν and the factor of Λ, and whether there is a prior.
func (h *HiddenMarkov) normalPrior(d int) (kappa, nu, scale float64, some bool) {
	p := h.Prior.Normal
	if p == nil {
		return 0, 0, 0, false
	}
	kappa, nu, scale = p.Shrinkage, p.Degrees, p.Scale
	if kappa == 0 {
		kappa = 0.01
	}
	if nu == 0 {
		nu = float64(d + 2)
	}
	if scale == 0 {
		scale = 0.1
	}
	return kappa, nu, scale, true
}

// maximize returns the normals of which sums, pooled over states that share them, are
// most probable, and the states that no data reach.
func (n *hmmNormals) maximize(sums []float64, h *HiddenMarkov, classes []int) (*hmmNormals, []int, error) {
	next := n.like()
	per := n.mixture * n.size()
	for s, first := range classes {
		if first != s {
			kernel.Add(sums[first*per:(first+1)*per], sums[first*per:(first+1)*per], sums[s*per:(s+1)*per])
		}
	}
	var idle []int
	for s, first := range classes {
		if first != s {
			copy(next.weights[s*n.mixture:(s+1)*n.mixture], next.weights[first*n.mixture:])
			for i := range n.mixture {
				copy(next.mean(s*n.mixture+i), next.mean(first*n.mixture+i))
				copy(next.cov(s*n.mixture+i), next.cov(first*n.mixture+i))
			}
			next.floored[s] = next.floored[first]
			continue
		}
		masses, free := make([]float64, n.mixture), make([]bool, n.mixture)
		for i := range masses {
			masses[i] = sums[(s*n.mixture+i)*n.size()]
			free[i] = n.weights[s*n.mixture+i] > 0
		}
		if !hmmMaximizeRow(next.weights[s*n.mixture:(s+1)*n.mixture], masses, free, h.Prior.Mixture, -1, 0) {
			idle = append(idle, s)
		}
		for i := range n.mixture {
			c := s*n.mixture + i
			if n.maximizeComponent(next, sums[c*n.size():(c+1)*n.size()], h, c) {
				next.floored[s] = true
			}
		}
	}
	return next, idle, next.derive()
}

// maximizeComponent says whether the floor acts.
func (n *hmmNormals) maximizeComponent(next *hmmNormals, sums []float64, h *HiddenMarkov, c int) bool {
	d, mass := n.dim, sums[0]
	kappa, nu, scale, some := h.normalPrior(d)
	if !(mass > math.SmallestNonzeroFloat64*0x1p60) { // else moments are not finite
		if !some {
			return false
		}
		mass = 0
	}
	first, second := sums[1:1+d], sums[1+d:]
	shift := make([]float64, d) // of the mean
	for j, v := range first {
		if mass > 0 {
			shift[j] = v / mass
		}
	}
	// Scatter about the mean of the data.
	cov, mean := next.cov(c), next.mean(c)
	weight := mass
	scatter := func(i, j int, v float64) float64 { return v - mass*shift[i]*shift[j] }
	if some {
		weight += nu + 3
		if n.full {
			weight += float64(d - 1)
		}
	}
	value := func(i, j int, v float64) float64 {
		if mass > 0 {
			v = scatter(i, j, v)
		} else {
			v = 0
		}
		if some {
			between := kappa * mass / (kappa + mass)
			v += between * (n.mean(c)[i] + shift[i] - n.center[i]) * (n.mean(c)[j] + shift[j] - n.center[j])
			if i == j {
				v += scale * n.scale[i]
			}
		}
		return v / weight
	}
	if n.full {
		at := 0
		for i := range d {
			for j := range i + 1 {
				v := value(i, j, second[at])
				cov[i*d+j], cov[j*d+i] = v, v
				at++
			}
		}
	} else {
		for j, v := range second {
			cov[j] = value(j, j, v)
		}
	}
	for j := range mean {
		mean[j] += shift[j]
		if some {
			mean[j] = (kappa*n.center[j] + mass*mean[j]) / (kappa + mass)
		}
	}
	if n.full {
		return raiseFloor(cov, d, n.scale, h.floor())
	}
	acts := false
	for j, v := range cov {
		if least := h.floor() * n.scale[j]; !(v >= least) {
			cov[j], acts = least, true
		}
	}
	return acts
}

// logPrior is that of all normals that are not shared copies, up to a constant.
func (n *hmmNormals) logPrior(h HiddenMarkov) float64 {
	sum := 0.0
	kappa, nu, scale, some := h.normalPrior(n.dim)
	z := make([]float64, n.dim)
	for s, first := range hmmClasses(h.Ties.Emission, n.states) {
		if first != s {
			continue
		}
		for i := range n.mixture {
			c := s*n.mixture + i
			if a := hmmAlpha(h.Prior.Mixture) - 1; a > 0 {
				sum += a * math.Log(n.weights[c])
			}
			if !some {
				continue
			}
			root, mean, d := n.root(c), n.mean(c), n.dim
			if !n.full {
				for j, r := range root { // r = 1/σ
					delta := mean[j] - n.center[j]
					sum += (nu+3)*math.Log(r) - r*r/2*(scale*n.scale[j]+kappa*delta*delta)
				}
				continue
			}
			for j := range d {
				sum -= (nu + float64(d) + 2) * math.Log(root[j*d+j])
				// The column of L⁻¹ that belongs to j gives (Σ⁻¹)_jj.
				clear(z)
				z[j] = 1
				solveLower(root, z)
				sum -= scale * n.scale[j] / 2 * kernel.SumSquares(z)
			}
			kernel.Sub(z, mean, n.center)
			solveLower(root, z)
			sum -= kappa / 2 * kernel.SumSquares(z)
		}
	}
	return sum
}

// recentre makes sums about the means of sums about others.
func (n *hmmNormals) recentre(sums, from []float64) {
	d := n.dim
	shift := make([]float64, d)
	for c := range n.states * n.mixture {
		s := sums[c*n.size() : (c+1)*n.size()]
		first, second := s[1:1+d], s[1+d:]
		kernel.Sub(shift, from[c*d:(c+1)*d], n.mean(c))
		if n.full {
			at := 0
			for i, a := range shift {
				for j, b := range shift[:i+1] {
					second[at] += a*first[j] + b*first[i] + s[0]*a*b
					at++
				}
			}
		} else {
			for j, a := range shift {
				second[j] += 2*a*first[j] + s[0]*a*a
			}
		}
		kernel.Axpy(s[0], shift, first)
	}
}
