package ladder

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// A walk is a Gaussian random walk, x' = x + scale · L z, whose covariance is that of
// the particles and whose scale follows from how many proposals were accepted.
type walk struct {
	lower []float64 // L, row after row of a triangle; the diagonal alone if long
	long  bool
	scale float64
}

const (
	// maxDense is the dimension beyond which a walk keeps to a diagonal.
	maxDense = 256
	// wantAccept lies between the optima of one dimension, 0.44, and of many, 0.234.
	wantAccept = 0.3
)

// firstWalk is what one starts with where nothing is known.
func firstWalk(d int) *walk {
	w := &walk{long: true, scale: 2.38 / math.Sqrt(float64(d)), lower: make([]float64, d)}
	for i := range w.lower {
		w.lower[i] = 1
	}
	return w
}

// moveWalk moves every point that has density.
func (p *Points) moveWalk(r *rand.Rand, b float64, w *walk) error {
	t := p.tempered
	for i := range p.base {
		x := p.At(i)
		here := temper(b, p.base[i], p.target[i])
		if math.IsInf(here, -1) {
			continue
		}
		for j := range p.noise {
			p.noise[j] = r.NormFloat64()
		}
		u := r.Float64()
		w.step(p.next, x, p.noise)
		base, target, err := t.components(p.next)
		if err != nil {
			return err
		}
		there := temper(b, base, target)
		accept := math.Exp(min(0, there-here))
		p.accept += accept
		p.proposals++
		if u < accept {
			copy(x, p.next)
			p.base[i], p.target[i] = base, target
		}
	}
	return nil
}

// step writes x + scale · L z to dst.
func (w *walk) step(dst, x, z []float64) {
	if w.long {
		for i, v := range x {
			dst[i] = v + w.scale*w.lower[i]*z[i]
		}
		return
	}
	row := w.lower
	for i, v := range x {
		sum := 0.0
		for j, l := range row[:i+1] {
			sum += l * z[j]
		}
		dst[i] = v + w.scale*sum
		row = row[i+1:]
	}
}

// fitWalk learns a walk from weighted particles and from how the one before did.
func fitWalk(before *walk, batches []*Points, weights []float64) *walk {
	d := batches[0].n
	w := &walk{scale: 2.38 / math.Sqrt(float64(d)), long: d > maxDense}
	accept, proposals := 0.0, 0
	for _, p := range batches {
		accept += p.accept
		proposals += p.proposals
		p.accept, p.proposals = 0, 0
	}
	if before != nil {
		w.scale = before.scale
		if proposals > 0 {
			w.scale *= math.Exp(2 * (accept/float64(proposals) - wantAccept))
			w.scale = min(max(w.scale, 1e-6), 10)
		}
	}

	mean, variance := make([]float64, d), make([]float64, d)
	each := func(f func(weight float64, x []float64)) {
		k := 0
		for _, p := range batches {
			for i := range p.base {
				if weights[k] > 0 {
					f(weights[k], p.At(i))
				}
				k++
			}
		}
	}
	squares := 0.0
	each(func(weight float64, x []float64) {
		squares += weight * weight
		for j, v := range x {
			mean[j] += weight * v
		}
	})
	each(func(weight float64, x []float64) {
		for j, v := range x {
			variance[j] += weight * (v - mean[j]) * (v - mean[j])
		}
	})
	for j, v := range variance {
		if !(v > 0 && v <= math.MaxFloat64) { // one particle, or all at one place
			variance[j] = 1
		}
	}
	if w.long {
		for _, v := range variance {
			w.lower = append(w.lower, math.Sqrt(v))
		}
		return w
	}
	// Few particles know little of correlations: shrink them by d/(d + ESS).
	ess := 1 / squares
	keep := ess / (ess + float64(d))
	cov := mat.NewSymDense(d, nil)
	each(func(weight float64, x []float64) {
		for j := range x {
			for k := range j {
				cov.SetSym(j, k, cov.At(j, k)+keep*weight*(x[j]-mean[j])*(x[k]-mean[k]))
			}
		}
	})
	for j, v := range variance {
		cov.SetSym(j, j, v)
	}
	var chol mat.Cholesky
	if ok := chol.Factorize(cov); !ok {
		cov = mat.NewSymDense(d, nil)
		for j, v := range variance {
			cov.SetSym(j, j, v)
		}
		chol.Factorize(cov)
	}
	var lower mat.TriDense
	chol.LTo(&lower)
	for j := range d {
		for k := range j + 1 {
			w.lower = append(w.lower, lower.At(j, k))
		}
	}
	return w
}
