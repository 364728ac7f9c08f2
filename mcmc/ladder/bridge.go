package ladder

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync/atomic"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/mcmc"
)

// A Base is a normalized distribution of vectors to start from, such as a normal
// one, or the prior of a Bayesian model whose target is prior times likelihood.
type Base interface {
	dist.VectorLogProber
	dist.VectorRander
}

// A Bridge is the geometric path from a distribution to a target of package mcmc,
//
//	log f_b(x) = (1 − b) log base(x) + b log target(x).
//
// The target must have mass only where the base has some, and its tails should not
// be heavier. Transitions are random-walk Metropolis with the covariance of the
// particles, of each population with that of the others, unless Sampler says
// otherwise. Annealed importance sampling learns
// them from a pilot run of sequential Monte Carlo, whose randomness is its own.
//
// A Bridge serves one run at a time.
type Bridge struct {
	Base   Base
	Target mcmc.Target
	// Sampler makes the transitions; nil stands for the random walk, and beyond 30
	// dimensions, where that takes too many steps, for NUTS if there are gradients.
	// Samplers that use them need a base with [dist.VectorGrader] and a GradTarget.
	Sampler mcmc.Sampler
	// WarmUp is the number of steps that a sampler that adapts is tuned for at each
	// temperature of the run that it learns from; 0 stands for 100.
	WarmUp int
	// Pilot is the number of particles of the pilot run; 0 stands for 500.
	Pilot int

	ladder []*rung // what was learnt, by rising temperature
	tuner  *tuner
	stuck  int          // temperatures at which the particles have hardly moved
	nan    atomic.Int64 // densities that were no number
}

// A rung is what was learnt at a temperature.
type rung struct {
	b      float64
	walk   *walk   // learnt from all particles
	apart  []*walk // for each population, learnt from the others
	tuning []byte  // of the kernel
}

// Points are a batch of states of a [Bridge] or an [ABC].
type Points struct {
	X           []float64 // a row for each point
	base        []float64 // log densities at the points
	target      []float64
	n           int // coordinates
	tempered    *tempered
	kernel      mcmc.Kernel // nil for the random walk
	state       mcmc.State
	rung        *rung // the one that the kernel is tuned to, nil if none
	noise, next []float64
	group       int // one more than the population; 0 if there is none
	score       score
	nan         int64 // those that the bridge knows of
}

// Len returns the number of points.
func (p *Points) Len() int { return len(p.base) }

// At returns a point; it shares the memory of p.
func (p *Points) At(i int) []float64 { return p.X[i*p.n : (i+1)*p.n : (i+1)*p.n] }

// set overwrites point i by point j of src.
func (p *Points) set(i int, src *Points, j int) {
	copy(p.At(i), src.At(j))
	p.base[i], p.target[i] = src.base[j], src.target[j]
}

// validate refuses what cannot be bridged.
func (p *Bridge) validate() error {
	bad := func(field string, value any, want string) error {
		return &belief.ConfigError{Field: field, Value: value, Want: want}
	}
	switch {
	case p.Base == nil:
		return bad("Base", nil, "a distribution to start from")
	case p.Target == nil:
		return bad("Target", nil, "a target")
	case p.Base.Dim() != p.Target.Dim():
		return bad("Base", fmt.Sprintf("of dimension %d", p.Base.Dim()), fmt.Sprintf("of the target's, %d", p.Target.Dim()))
	case p.Base.Dim() < 1:
		return bad("Target", fmt.Sprintf("of dimension %d", p.Target.Dim()), "of one dimension or more")
	case p.WarmUp < 0:
		return bad("WarmUp", p.WarmUp, "positive, or 0 for the default")
	case p.Pilot < 0:
		return bad("Pilot", p.Pilot, "positive, or 0 for the default")
	}
	return nil
}

// sampler is that of the transitions, nil for the random walk.
func (p *Bridge) sampler() mcmc.Sampler {
	if p.Sampler != nil || p.Base.Dim() <= maxWalk {
		return p.Sampler
	}
	_, slope := p.Base.(dist.VectorGrader)
	if _, ok := p.Target.(mcmc.GradTarget); ok && slope {
		return mcmc.NUTS{}
	}
	return nil
}

// Bytes is the memory of n points.
func (p *Bridge) Bytes(n int) float64 {
	if p.validate() != nil {
		return 0
	}
	return 8 * float64(n) * float64(p.Base.Dim()+2)
}

// Start makes a batch of points that were drawn elsewhere, row by row, such as the
// exact draws of the target that [ReverseAIS] begins with.
func (p *Bridge) Start(x []float64) (*Points, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	d := p.Base.Dim()
	if len(x)%d != 0 {
		return nil, &belief.ConfigError{Field: "x", Value: fmt.Sprintf("of length %d", len(x)), Want: fmt.Sprintf("rows of %d", d)}
	}
	s, err := p.points(len(x) / d)
	if err != nil {
		return nil, err
	}
	copy(s.X, x)
	return s, s.evaluate()
}

// points makes room for a batch.
func (p *Bridge) points(n int) (*Points, error) {
	d := p.Base.Dim()
	s := &Points{
		X: make([]float64, n*d), base: make([]float64, n), target: make([]float64, n), n: d,
		noise: make([]float64, d), next: make([]float64, d),
		tempered: newTempered(p.Base, p.Target),
	}
	if k := p.sampler(); k != nil {
		var err error
		if s.kernel, err = k.Kernel(mcmc.NewGuard(s.tempered.asTarget())); err != nil {
			return nil, err
		}
		s.state.X = make([]float64, d)
	}
	return s, nil
}

// evaluate computes the log densities at all points.
func (p *Points) evaluate() (err error) {
	for i := range p.base {
		if p.base[i], p.target[i], err = p.tempered.components(p.At(i)); err != nil {
			return err
		}
	}
	return nil
}

// Draw implements [Path].
func (p *Bridge) Draw(r *rand.Rand, n int) (*Points, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	s, err := p.points(n)
	if err != nil {
		return nil, err
	}
	for i := range n {
		p.Base.RandTo(s.At(i), r)
	}
	return s, s.evaluate()
}

// LogRatioTo implements [Path].
func (p *Bridge) LogRatioTo(dst []float64, s *Points, from, to float64) error {
	for i, base := range s.base {
		target := s.target[i]
		if !math.IsInf(base, -1) && !math.IsInf(target, -1) {
			dst[i] = (to - from) * (target - base)
			continue
		}
		dst[i] = temper(to, base, target) - temper(from, base, target)
	}
	if nan := s.tempered.guard.NotANumber; nan != s.nan {
		p.nan.Add(nan - s.nan)
		s.nan = nan
	}
	return nil
}

// Copy implements [Population].
func (p *Bridge) Copy(dst *Points, i int, src *Points, j int) { dst.set(i, src, j) }

// Move implements [Path].
func (p *Bridge) Move(r *rand.Rand, s *Points, b float64) error {
	k := p.rungFor(b)
	switch {
	case s.kernel != nil:
		return p.moveKernel(r, s, b, k)
	case k == nil:
		return s.moveWalk(r, b, firstWalk(s.n))
	}
	return s.moveWalk(r, b, k.walkOf(s.group))
}

// rungFor returns the highest rung that is not above b, else the lowest; nil if
// nothing was learnt.
func (p *Bridge) rungFor(b float64) *rung {
	if len(p.ladder) == 0 {
		return nil
	}
	k := 0
	for k+1 < len(p.ladder) && p.ladder[k+1].b <= b {
		k++
	}
	return p.ladder[k]
}

// Adapt implements [Adapter].
func (p *Bridge) Adapt(b float64, batches []*Points, weights []float64, population []int) error {
	for j, s := range batches {
		s.group = population[j] + 1
	}
	if b == 0 {
		p.ladder, p.tuner, p.stuck = nil, nil, 0
		p.nan.Store(0)
		return nil
	}
	next := &rung{b: b}
	var before *walk
	if n := len(p.ladder); n > 0 {
		before = p.ladder[n-1].walk
		p.ladder[n-1].apart = nil // the populations have left this temperature
	}
	if p.sampler() == nil {
		next.walk, next.apart = fitWalks(before, batches, weights, population, p.Base.Dim() > maxDense)
	} else { // how far it takes the particles is all that is needed
		next.walk, _ = fitWalks(before, batches, weights, make([]int, len(batches)), true)
	}
	if next.walk.kept > mostKept {
		p.stuck++
	}
	if p.sampler() != nil {
		if before == nil {
			next.walk.keep = 0 // nothing is known of the sampler's moves
		}
		var err error
		if next.tuning, err = p.tune(b, batches, weights); err != nil {
			return err
		}
	}
	p.ladder = append(p.ladder, next)
	return nil
}

// Moves implements [Mixer].
func (p *Bridge) Moves() int {
	least := 5
	if p.sampler() != nil {
		least = 1
	}
	if n := len(p.ladder); n > 0 {
		return p.ladder[n-1].walk.moves(least)
	}
	return least
}

// Prepare implements [Preparer] by a pilot run.
func (p *Bridge) Prepare(ctx context.Context, seed uint64, workers int) error {
	if err := p.validate(); err != nil {
		return err
	}
	n := p.Pilot
	if n == 0 {
		n = 500
	}
	_, err := SMC(ctx, p, SMCConfig{Particles: n, CESS: 0.8, Moves: 2, Seed: seed, Workers: workers})
	p.nan.Store(0)
	p.stuck = 0
	return err
}

// Warnings tells of densities that were no number in the last run, and of particles
// of it that stayed where they were.
func (p *Bridge) Warnings() []belief.Warning {
	var out []belief.Warning
	if n := p.nan.Load(); n > 0 {
		out = append(out, belief.Warning{Code: "not-a-number", Where: "target",
			Text: fmt.Sprintf("the log density was not a number %d times; these points were taken for points of density zero, which must be true for the evidence to be: return −Inf there, and check the target elsewhere", n)})
	}
	if n := len(p.ladder) - 1; n > 0 && 2*p.stuck > n {
		out = append(out, belief.Warning{Code: "smc-moves",
			Text: fmt.Sprintf("at %d of %d temperatures the particles have kept more than %.0f %% of their correlation with where they were, so that the weights grow uneven and their number is not what they are worth; take more moves, or a sampler that uses gradients", p.stuck, n, 100*mostKept)})
	}
	return out
}

var (
	_ Population[*Points] = (*Bridge)(nil)
	_ Adapter[*Points]    = (*Bridge)(nil)
	_ Preparer            = (*Bridge)(nil)
	_ Mixer               = (*Bridge)(nil)
)
