package ladder

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/mcmc"
)

// SMCConfig are the settings of a sequential Monte Carlo sampler. The zero value is
// 1000 particles along temperatures that choose themselves.
type SMCConfig struct {
	Particles int `json:"particles,omitempty"` // 0 stands for 1000
	// Schedule are the temperatures; nil lets the particles choose them. With a
	// schedule, and transitions that do not adapt, the evidence is without bias.
	Schedule mcmc.Schedule `json:"schedule,omitempty"`
	// CESS is the conditional effective sample size per particle that a step of
	// its own choice keeps, between 0 and 1; 0 stands for 0.9.
	CESS float64 `json:"cess,omitempty"`
	// MaxSteps is where a ladder that chooses its steps gives up; 0 stands for 10000.
	MaxSteps int `json:"max_steps,omitempty"`
	// Populations are groups of particles that resample among themselves alone. They
	// know nothing of each other but their transitions, which each learns from the
	// others, and the spread of their estimates judges that of the whole. 0 stands
	// for 4, or fewer if there are fewer batches or so many would be of less than 8
	// particles, 100 is the most; 1 has neither.
	Populations int `json:"populations,omitempty"`
	// Moves is the number of transitions at each temperature; 0 stands for what the
	// path asks for, as a [Mixer], or else for 5.
	Moves int `json:"moves,omitempty"`
	// Resampling is the scheme, and ResampleBelow the effective sample size per
	// particle below which it is used: 0 stands for 0.5, 1 resamples at each step.
	Resampling    Resampling     `json:"resampling,omitempty"`
	ResampleBelow float64        `json:"resample_below,omitempty"`
	BaseLogZ      float64        `json:"base_log_z,omitempty"` // log ∫f₀, in nats; 0 if the base is normalized
	Seed          uint64         `json:"seed,omitempty"`       // of all that is random
	Batch         int            `json:"batch,omitempty"`      // particles that move together; 0 stands for a sixteenth of them
	Workers       int            `json:"workers,omitempty"`    // goroutines; 0 stands for all cores. No result depends on it
	Memory        int64          `json:"memory,omitempty"`     // budget in bytes; 0 stands for 1 GiB
	Progress      func(Progress) `json:"-"`                    // called after every step
}

// An SMCStep tells of one temperature.
type SMCStep struct {
	Beta      float64 // the inverse temperature
	ESS       float64 `json:"ess"`       // effective particles after the weights have changed
	CESS      float64 `json:"cess"`      // conditional effective particles of the change
	LogRatio  float64 `json:"log_ratio"` // estimate of log ∫f_b less that of the temperature before
	Moves     int     `json:"moves"`     // transitions
	Resampled bool    `json:"resampled"` // of some population
}

// An SMCResult is what a sequential Monte Carlo sampler has found.
type SMCResult[S any] struct {
	// LogZ is log ∫f₁ in nats. Its standard error is that of this run, from the
	// genealogy of the particles or from how the populations differ, whichever is
	// larger. Of a run that was cancelled it is log ∫f_b of the temperature that
	// was reached, and an approximation of nothing else; NaN if nothing was.
	LogZ belief.Estimate `json:"log_z"`
	// LogZs are the estimates of the populations, whose mean is that of LogZ before
	// logarithms are taken.
	LogZs []belief.Number `json:"log_zs,omitempty"`
	// Weights sum to one; with the states they are draws from f₁.
	Weights []float64 `json:"weights"`
	// Batches are the particles: particle i is state i mod BatchSize of batch
	// i / BatchSize.
	Batches   []S `json:"-"`
	BatchSize int `json:"-"`
	// ESS is 1/ΣWeights².
	ESS float64 `json:"ess"`
	// Lineages is the number of particles of the base that have descendants with
	// weight. The standard error is worth little if they are few.
	Lineages int `json:"lineages"`
	// ParetoK is the shape of the heaviest tail among the weights of the steps. Above
	// ½ the standard error has no meaning. −Inf if no step had a tail to look at.
	ParetoK belief.Number `json:"pareto_k"`
	Steps   []SMCStep     `json:"steps"`
	// Converged tells whether the target was reached.
	Converged bool             `json:"converged"`
	Warnings  []belief.Warning `json:"warnings,omitempty"`
}

// Schedule returns the temperatures of the run, 0 included.
func (s *SMCResult[S]) Schedule() mcmc.Schedule {
	out := mcmc.Schedule{0}
	for _, step := range s.Steps {
		out = append(out, step.Beta)
	}
	return out
}

// SMC samples the target by sequential Monte Carlo (Del Moral, Doucet & Jasra 2006,
// section 3.3.2.3): particles of the base are reweighted from temperature to
// temperature, resampled when their weights get uneven, and moved. The evidence is
// the product over steps of Σ_i W_i f_b'(x_i)/f_b(x_i). Resampling is within each of
// a few populations, which learn their transitions from each other.
//
// Temperatures that choose themselves, and transitions that adapt, leave the
// evidence consistent but cost the exact absence of bias (Beskos, Jasra, Kantas &
// Thiery 2016).
//
// When ctx ends, the result is the weighted sample of the temperature reached, or one
// that says nothing if there are no particles yet, and the error is that of ctx.
// Other errors are as in [AIS].
func SMC[S any](ctx context.Context, path Population[S], cfg SMCConfig) (*SMCResult[S], error) {
	p, err := newPopulation(path, cfg)
	if err != nil {
		return nil, err
	}
	if err := p.start(ctx); err != nil {
		if ctx.Err() != nil {
			return p.nothing(), ctx.Err()
		}
		return nil, err
	}
	beta := 0.0
	for k := 1; beta < 1; k++ {
		if p.cfg.Schedule == nil && k > p.cfg.MaxSteps {
			p.warn("smc-steps", fmt.Sprintf("%d steps have not reached the target but b = %.3g; take a base that is nearer to it, or more steps", p.cfg.MaxSteps, beta))
			return p.result(false), nil
		}
		next, err := p.step(ctx, k, beta)
		if err != nil {
			if ctx.Err() != nil {
				return p.result(false), ctx.Err()
			}
			return nil, err
		}
		beta = next
	}
	return p.result(true), nil
}

// population is a run.
type population[S any] struct {
	path    Population[S]
	cfg     SMCConfig
	layout  layout
	batches []S
	rand    []*rand.Rand // of the batches
	pick    *rand.Rand   // of resampling

	logw   []float64 // sum of the weights is one
	ratio  []float64
	w      []float64
	sums   []float64
	counts []int
	eve    []int // the ancestor among the draws of the base
	family []float64

	groups   []group
	of       []int // the group of a batch
	logZ     float64
	lineages int
	tail     float64 // the worst Pareto shape of a step
	steps    []SMCStep
	warnings []belief.Warning
}

func newPopulation[S any](path Population[S], cfg SMCConfig) (*population[S], error) {
	if cfg.Schedule != nil {
		if err := cfg.Schedule.Validate(); err != nil {
			return nil, err
		}
	}
	if cfg.Particles == 0 {
		cfg.Particles = 1000
	}
	for _, f := range []struct {
		name      string
		value     *float64
		otherwise float64
	}{{"CESS", &cfg.CESS, 0.9}, {"ResampleBelow", &cfg.ResampleBelow, 0.5}} {
		if *f.value == 0 {
			*f.value = f.otherwise
		}
		if !(*f.value > 0 && *f.value <= 1) {
			return nil, &belief.ConfigError{Field: f.name, Value: *f.value, Want: "between 0 and 1"}
		}
	}
	if cfg.CESS == 1 {
		return nil, &belief.ConfigError{Field: "CESS", Value: 1.0, Want: "below 1, or no step can be made"}
	}
	if cfg.MaxSteps < 0 {
		return nil, &belief.ConfigError{Field: "MaxSteps", Value: cfg.MaxSteps, Want: "positive, or 0 for the default"}
	}
	if cfg.MaxSteps == 0 {
		cfg.MaxSteps = 10000
	}
	if math.IsNaN(cfg.BaseLogZ) || math.IsInf(cfg.BaseLogZ, 0) {
		return nil, &belief.ConfigError{Field: "BaseLogZ", Value: cfg.BaseLogZ, Want: "finite"}
	}
	if err := cfg.Resampling.validate(); err != nil {
		return nil, err
	}
	var err error
	if _, err = moves(cfg.Moves, 0); err != nil {
		return nil, err
	}
	switch {
	case cfg.Populations < 0, cfg.Populations > 100, cfg.Populations > cfg.Particles && cfg.Particles > 0:
		return nil, &belief.ConfigError{Field: "Populations", Value: cfg.Populations, Want: "positive, at most 100 and not more than there are particles, or 0 for the default"}
	case cfg.Populations > 1 && cfg.Batch == 0 && cfg.Particles > 0:
		cfg.Batch = min((cfg.Particles-1)/16+1, cfg.Particles/cfg.Populations)
	}
	l, err := newLayout(path, cfg.Particles, cfg.Batch, cfg.Memory, 80)
	if err != nil {
		return nil, err
	}
	if cfg.Populations > l.batches() {
		return nil, &belief.ConfigError{Field: "Populations", Value: cfg.Populations, Want: fmt.Sprintf("not more than there are batches, %d", l.batches())}
	}
	if cfg.Populations == 0 {
		cfg.Populations = min(4, l.batches(), max(1, l.chains/8))
	}
	n := l.chains
	p := &population[S]{
		path: path, cfg: cfg, layout: l, logZ: cfg.BaseLogZ, tail: math.Inf(-1),
		batches: make([]S, l.batches()), rand: make([]*rand.Rand, l.batches()),
		pick: stream.New(cfg.Seed, "ladder/resample"),
		logw: make([]float64, n), ratio: make([]float64, n), w: make([]float64, n), sums: make([]float64, n),
		counts: make([]int, n), eve: make([]int, n), family: make([]float64, n),
		of: make([]int, l.batches()),
	}
	p.divide(cfg.Populations)
	for i := range n {
		p.eve[i] = i
		p.logw[i] = -math.Log(float64(n))
		p.w[i] = 1 / float64(n)
	}
	p.genealogy()
	return p, nil
}

// start draws the particles from the base.
func (p *population[S]) start(ctx context.Context) error {
	err := parallel.For(ctx, len(p.batches), p.cfg.Workers, func(j int) (err error) {
		low, high := p.layout.bounds(j)
		p.rand[j] = stream.New(p.cfg.Seed, "ladder/smc", uint64(j))
		if p.batches[j], err = p.path.Draw(p.rand[j], high-low); err != nil {
			err = fmt.Errorf("ladder: drawing particles %d to %d: %w", low, high-1, err)
		}
		return err
	})
	if err != nil {
		return err
	}
	return p.adapt(0)
}

// adapt lets the path learn.
func (p *population[S]) adapt(b float64) error {
	if a, ok := p.path.(Adapter[S]); ok {
		return a.Adapt(b, p.batches, p.w, p.of)
	}
	return nil
}

// step goes from beta to the next temperature. If it fails before the weights have
// changed, the population is that of beta.
func (p *population[S]) step(ctx context.Context, k int, beta float64) (float64, error) {
	next, cess, err := p.choose(ctx, k, beta)
	if err != nil {
		return 0, err
	}
	if cess < 0.98*float64(p.layout.chains) { // else nothing is much larger than the rest
		p.watch(p.ratio)
	}
	for i, v := range p.ratio {
		p.logw[i] = orZero(p.logw[i] + v) // NaN only where there was no weight
	}
	increment, ess := p.normalize()
	if math.IsInf(increment, -1) {
		return 0, &DepletedError{Step: k, Beta: next}
	}
	p.logZ += increment
	p.genealogy()
	p.steps = append(p.steps, SMCStep{Beta: next, ESS: ess, CESS: cess, LogRatio: increment})
	s := &p.steps[len(p.steps)-1]
	if err := p.adapt(next); err != nil {
		return 0, err
	}
	for g := range p.groups {
		if p.resample(&p.groups[g]) {
			s.Resampled = true
		}
	}
	s.Moves = p.cfg.Moves
	if m, ok := p.path.(Mixer); ok && s.Moves == 0 {
		s.Moves = m.Moves()
	}
	if s.Moves <= 0 {
		s.Moves = 5
	}
	err = parallel.For(ctx, len(p.batches), p.cfg.Workers, func(j int) error {
		for range s.Moves {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := p.path.Move(p.rand[j], p.batches[j], next); err != nil {
				return fmt.Errorf("ladder: step %d: %w", k, err)
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if p.cfg.Progress != nil {
		p.cfg.Progress(Progress{Batches: len(p.batches), Step: k, Steps: max(0, len(p.cfg.Schedule)-1), Beta: next, ESS: ess})
	}
	return next, nil
}

// normalize makes the weights sum to one and returns the logarithm of what their sum
// was, and how many particles they are worth.
func (p *population[S]) normalize() (logSum, ess float64) {
	top := math.Inf(-1)
	for _, l := range p.logw {
		top = max(top, l)
	}
	if math.IsInf(top, -1) {
		return top, 0
	}
	sum := 0.0
	for i, l := range p.logw {
		p.w[i] = math.Exp(l - top)
		sum += p.w[i]
	}
	logSum = top + math.Log(sum)
	squares := 0.0
	for i := range p.w {
		p.w[i] /= sum
		p.logw[i] -= logSum
		squares += p.w[i] * p.w[i]
	}
	return logSum, 1 / squares
}

func (p *population[S]) warn(code, text string) {
	p.warnings = append(p.warnings, belief.Warning{Code: code, Text: text})
}

// result sums the run up.
func (p *population[S]) result(converged bool) *SMCResult[S] {
	out := &SMCResult[S]{
		LogZ:    belief.Estimate{Value: p.logZ, Kind: belief.Sampled, StdErr: p.stdErr()},
		Weights: p.w, Batches: p.batches, BatchSize: p.layout.batch,
		Lineages: p.lineages, ParetoK: belief.Number(p.tail), Steps: p.steps, Converged: converged,
	}
	for _, g := range p.groups {
		share := float64(g.high-g.low) / float64(p.layout.chains)
		out.LogZs = append(out.LogZs, belief.Number(p.logZ+math.Log(g.mass/share)))
	}
	squares := 0.0
	for _, w := range p.w {
		squares += w * w
	}
	out.ESS = 1 / squares
	if converged {
		p.judge(out)
	} else {
		out.LogZ.Kind, out.LogZ.StdErr = belief.Approximation, 0
	}
	out.Warnings = append(p.warnings, warningsOf(p.path)...)
	return out
}

// nothing is the result of a run that was cancelled before it had particles.
func (p *population[S]) nothing() *SMCResult[S] {
	p.warn("smc-nothing", "the run ended before the particles were drawn, so that nothing is known of the evidence; give it more time")
	return &SMCResult[S]{LogZ: belief.Estimate{Value: math.NaN(), Kind: belief.Approximation}, BatchSize: p.layout.batch, ParetoK: belief.Number(math.NaN()), Warnings: p.warnings}
}
