package ladder

import (
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
)

// ABC is approximate Bayesian computation for models that can be simulated but whose
// likelihood is not known: the path from the prior to the parameters whose simulated
// data are within the tolerance ε of those observed,
//
//	f_b(θ, ρ) = p(θ) p(ρ | θ) 1[b ρ ≤ ε],
//
// ρ being the distance of the simulated data. Under [SMC] the tolerance falls from +∞
// to ε at a pace that the particles choose, and the parameters move by a random walk
// with a fresh simulation for each proposal (Del Moral, Doucet & Jasra 2012). The
// evidence is the probability of a distance of at most ε. An ABC serves one run at a
// time.
//
// A tolerance that hardly any simulation meets leaves particles that do not move any
// more; the run then is slow, and its lineages are few.
type ABC struct {
	Prior Base
	// Distance simulates data for the parameters and returns how far they are from
	// the data observed: 0 or more, +Inf included. It must be safe for concurrent use.
	Distance func(r *rand.Rand, theta []float64) float64
	// Tolerance is ε > 0.
	Tolerance float64

	rung *rung
}

// validate refuses what cannot be run.
func (p *ABC) validate() error {
	bad := func(field string, value any, want string) error {
		return &belief.ConfigError{Field: field, Value: value, Want: want}
	}
	switch {
	case p.Prior == nil:
		return bad("Prior", nil, "a distribution of the parameters")
	case p.Distance == nil:
		return bad("Distance", nil, "a function that simulates")
	case !(p.Tolerance > 0) || math.IsInf(p.Tolerance, 1):
		return bad("Tolerance", p.Tolerance, "positive and finite")
	case p.Prior.Dim() < 1:
		return bad("Prior", p.Prior.Dim(), "of one dimension or more")
	}
	return nil
}

// Bytes is the memory of n particles.
func (p *ABC) Bytes(n int) float64 {
	if p.validate() != nil {
		return 0
	}
	return 8 * float64(n) * float64(p.Prior.Dim()+2)
}

// distance simulates.
func (p *ABC) distance(r *rand.Rand, theta []float64) (float64, error) {
	d := p.Distance(r, theta)
	if !(d >= 0) {
		return 0, &belief.ConfigError{Field: "Distance", Value: d, Want: "0 or more"}
	}
	return d, nil
}

// Draw implements [Path].
func (p *ABC) Draw(r *rand.Rand, n int) (*Points, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	d := p.Prior.Dim()
	// The distances take the place of the target's log densities.
	s := &Points{X: make([]float64, n*d), base: make([]float64, n), target: make([]float64, n), n: d,
		noise: make([]float64, d), next: make([]float64, d)}
	for i := range n {
		x := p.Prior.RandTo(s.At(i), r)
		s.base[i] = p.Prior.LogProb(x)
		var err error
		if s.target[i], err = p.distance(r, x); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// within tells whether a distance is within the tolerance of b.
func (p *ABC) within(distance, b float64) bool { return b == 0 || b*distance <= p.Tolerance }

// LogRatioTo implements [Path].
func (p *ABC) LogRatioTo(dst []float64, s *Points, _, to float64) error {
	for i, d := range s.target {
		dst[i] = 0
		if !p.within(d, to) {
			dst[i] = math.Inf(-1)
		}
	}
	return nil
}

// Copy implements [Population].
func (p *ABC) Copy(dst *Points, i int, src *Points, j int) { dst.set(i, src, j) }

// Adapt implements [Adapter].
func (p *ABC) Adapt(b float64, batches []*Points, weights []float64, population []int) error {
	if b == 0 {
		p.rung = nil
		return nil
	}
	var before *walk
	if p.rung != nil {
		before = p.rung.walk
	}
	for j, s := range batches {
		s.group = population[j] + 1
	}
	p.rung = &rung{b: b}
	p.rung.walk, p.rung.apart = fitWalks(before, batches, weights, population, p.Prior.Dim() > maxDense)
	return nil
}

// Move implements [Path].
func (p *ABC) Move(r *rand.Rand, s *Points, b float64) error {
	var w *walk
	if p.rung == nil {
		w = firstWalk(s.n)
	} else {
		w = p.rung.walkOf(s.group)
	}
	for i, d := range s.target {
		if !p.within(d, b) {
			continue
		}
		x := s.At(i)
		for j := range s.noise {
			s.noise[j] = r.NormFloat64()
		}
		u := r.Float64()
		w.step(s.next, x, s.noise)
		s.score.proposals++
		base := p.Prior.LogProb(s.next)
		if !(u < math.Exp(base-s.base[i])) { // NaN too
			continue // no simulation can save it
		}
		distance, err := p.distance(r, s.next)
		if err != nil {
			return err
		}
		if p.within(distance, b) {
			s.score.accept++
			copy(x, s.next)
			s.base[i], s.target[i] = base, distance
		}
	}
	return nil
}

var _ Population[*Points] = (*ABC)(nil)
