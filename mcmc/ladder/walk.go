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
	// keep is what a move leaves of the correlation of a point with where it was.
	keep     float64
	kept     float64 // what all moves at the temperature before have left of it
	variance []float64
}

// A score tells how the moves of a batch went.
type score struct {
	accept    float64 // sum over proposals
	jump      float64 // likewise of accepted squared jumps, in units of the covariance or of the variances
	proposals int
}

// walkOf returns the walk of a population.
func (k *rung) walkOf(group int) *walk {
	if group == 0 || k.apart == nil {
		return k.walk
	}
	return k.apart[group-1]
}

const (
	// maxDense is the dimension beyond which a walk keeps to a diagonal.
	maxDense = 256
	// wantAccept lies between the optima of one dimension, 0.44, and of many, 0.234.
	wantAccept = 0.3
	// wantKeep is what the moves at one temperature leave of the correlation of a
	// point with where it was.
	wantKeep = 0.5
	maxMoves = 100
	// maxWalk is the dimension beyond which gradients are used if there are any: that
	// of a walk which takes some 25 steps to get there.
	maxWalk = 30
	// mostKept is where it is too much.
	mostKept = 0.8
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
		jump := 0.0
		for _, z := range p.noise {
			jump += z * z
		}
		p.score.accept += accept
		p.score.jump += accept * jump * w.scale * w.scale
		p.score.proposals++
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

// moves is the number of steps that leave little of the correlation.
func (w *walk) moves(least int) int {
	if !(w.keep < 1) {
		return maxMoves
	}
	return max(least, int(math.Ceil(min(math.Log(wantKeep)/math.Log(w.keep), maxMoves))))
}

// moments are weighted sums over particles: of the weights, of their squares, of the
// deviations from a centre and of the products of these, row after row of a triangle
// or, if long, of the squares alone.
type moments struct {
	weight, squares float64
	first, second   []float64
	long            bool
}

func newMoments(d int, long bool) *moments {
	m := &moments{first: make([]float64, d), long: long}
	if long {
		m.second = make([]float64, d)
	} else {
		m.second = make([]float64, d*(d+1)/2)
	}
	return m
}

func (m *moments) add(weight float64, x, centre []float64) {
	m.weight += weight
	m.squares += weight * weight
	row := m.second
	for i, v := range x {
		dev := weight * (v - centre[i])
		m.first[i] += dev
		if m.long {
			m.second[i] += dev * (v - centre[i])
			continue
		}
		for j := range i + 1 {
			row[j] += dev * (x[j] - centre[j])
		}
		row = row[i+1:]
	}
}

func (m *moments) addAll(o *moments) {
	m.weight += o.weight
	m.squares += o.squares
	for i, v := range o.first {
		m.first[i] += v
	}
	for i, v := range o.second {
		m.second[i] += v
	}
}

// fitWalks learns from weighted particles, and from how the walk before did, a walk
// from all of them, and for each population one from the others. There is none of
// the latter if there is but one population, and long ones have no correlations.
func fitWalks(before *walk, batches []*Points, weights []float64, population []int, long bool) (all *walk, apart []*walk) {
	d := batches[0].n
	scale, kept, points := 2.38/math.Sqrt(float64(d)), 0.0, 0
	keep := 1 - wantAccept*scale*scale/2
	var total score
	for _, p := range batches {
		points += p.Len()
		total.accept += p.score.accept
		total.jump += p.score.jump
		total.proposals += p.score.proposals
		p.score = score{}
	}
	if before != nil {
		scale, keep = before.scale, before.keep
		if n := float64(total.proposals); n > 0 {
			scale *= math.Exp(2 * (total.accept/n - wantAccept))
			scale = min(max(scale, 1e-6), 10)
			keep = max(0, 1-total.jump/n/(2*float64(d)))
			kept = math.Pow(keep, n/float64(points))
		}
	}
	centre := make([]float64, d)
	each := func(f func(population int, weight float64, x []float64)) {
		k := 0
		for j, p := range batches {
			for i := range p.base {
				if weights[k] > 0 {
					f(population[j], weights[k], p.At(i))
				}
				k++
			}
		}
	}
	each(func(_ int, weight float64, x []float64) {
		for j, v := range x {
			centre[j] += weight * v
		}
	})
	groups := make([]*moments, population[len(population)-1]+1)
	for g := range groups {
		groups[g] = newMoments(d, long)
	}
	each(func(g int, weight float64, x []float64) { groups[g].add(weight, x, centre) })
	fit := func(without int) *walk {
		m := newMoments(d, long)
		for g, o := range groups {
			if g != without {
				m.addAll(o)
			}
		}
		w := m.walk()
		w.scale, w.keep, w.kept = scale, keep, kept
		return w
	}
	all = fit(-1)
	if len(groups) > 1 {
		for g := range groups {
			apart = append(apart, fit(g))
		}
	}
	return all, apart
}

// walk makes the covariance of the particles that of a walk.
func (m *moments) walk() *walk {
	d := len(m.first)
	cov := func(k, i, j int) float64 {
		return m.second[k]/m.weight - m.first[i]/m.weight*(m.first[j]/m.weight)
	}
	variance := make([]float64, d)
	for i := range variance {
		k := i
		if !m.long {
			k = i * (i + 3) / 2
		}
		variance[i] = cov(k, i, i)
		if !(variance[i] > 0 && variance[i] <= math.MaxFloat64) { // one particle, or all at one place
			variance[i] = 1
		}
	}
	w := &walk{long: m.long, variance: variance}
	if w.long {
		for _, v := range variance {
			w.lower = append(w.lower, math.Sqrt(v))
		}
		return w
	}
	// Few particles know little of correlations: shrink them by d/(d + ESS).
	ess := m.weight * m.weight / m.squares
	keep := ess / (ess + float64(d))
	if !(keep >= 0) { // no particle has weight
		keep = 0
	}
	s := mat.NewSymDense(d, nil)
	for i := range d {
		for j := range i {
			if keep > 0 {
				s.SetSym(i, j, keep*cov(i*(i+1)/2+j, i, j))
			}
		}
		s.SetSym(i, i, variance[i])
	}
	var chol mat.Cholesky
	if ok := chol.Factorize(s); !ok {
		s = mat.NewSymDense(d, nil)
		for i, v := range variance {
			s.SetSym(i, i, v)
		}
		chol.Factorize(s)
	}
	var lower mat.TriDense
	chol.LTo(&lower)
	for i := range d {
		for j := range i + 1 {
			w.lower = append(w.lower, lower.At(i, j))
		}
	}
	return w
}
