package ladder

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/diagnostics"
)

// AISConfig are the settings of annealed importance sampling. The zero value is
// 100 chains along 1000 sigmoidal steps.
type AISConfig struct {
	Schedule  mcmc.Schedule `json:"schedule,omitempty"`   // nil stands for mcmc.SigmoidSchedule(1000, 4)
	Chains    int           `json:"chains,omitempty"`     // independent chains; 0 stands for 100
	Moves     int           `json:"moves,omitempty"`      // transitions at each temperature; 0 stands for 1
	BaseLogZ  float64       `json:"base_log_z,omitempty"` // log ∫f₀, in nats; 0 if the base is normalized
	Seed      uint64        `json:"seed,omitempty"`       // of all that is random
	Batch     int           `json:"batch,omitempty"`      // chains that move together; 0 stands for a sixteenth of them
	Workers   int           `json:"workers,omitempty"`    // goroutines; 0 stands for all cores. No result depends on it
	Memory    int64         `json:"memory,omitempty"`     // budget in bytes; 0 stands for 1 GiB
	KeepState bool          `json:"keep_state,omitempty"` // the states at the end are wanted, not only their weights
	// Done are the log weights of a run of the same settings that was cancelled.
	// Batches of which none is NaN are not run again, and the result is that of a
	// run that was not cancelled, but for the states of those batches.
	Done     []float64      `json:"-"`
	Progress func(Progress) `json:"-"` // called about a hundred times per batch, never twice at a time
}

// An AISResult is what annealed importance sampling has found.
type AISResult[S any] struct {
	// LogZ is log ∫f₁ in nats, with a standard error by the delta method. From
	// [AIS] its expectation is below the truth, from [ReverseAIS] above.
	LogZ belief.Estimate
	// Bias is the expectation of LogZ less the truth to second order, ∓½ StdErr².
	// It is not subtracted.
	Bias float64
	// LogWeights are those of the chains; NaN stands for a chain that a
	// cancelled run has not finished. Their mean is LogZ less that of the base,
	// of a reversed run the negative of that.
	LogWeights []float64
	// ESS is (Σw)²/Σw², of at most as many as there are chains.
	ESS float64
	// ParetoK is the shape of the tail of the weights, which says whether LogZ is
	// normally distributed with its standard error: so below about 0.5, hardly
	// above 0.7 (Vehtari et al. 2024). NaN if the weights are too few or too equal
	// to tell.
	ParetoK float64
	// Batches are the states at the end, if they were to be kept: with their
	// weights they are draws from f₁, of a reversed run from f₀. Those of a batch
	// that has not finished are the zero value.
	Batches []S
	// BatchSize is the number of states in all batches but the last.
	BatchSize int
	Warnings  []belief.Warning
}

// Weights returns the weights of the finished chains, which sum to one; those of
// others are zero.
func (a *AISResult[S]) Weights() []float64 { return normalized(a.LogWeights) }

// AIS estimates the normalizer of the target by annealed importance sampling
// (Neal 2001): chains start in the base, climb the schedule, and gather
//
//	log w = Σ_k log f_{b_k}(x_{k−1}) − log f_{b_{k−1}}(x_{k−1}),
//
// x_k coming from x_{k−1} by a transition that leaves f_{b_k} invariant. The mean of
// w is ∫f₁/∫f₀ without bias however badly the transitions mix; so log Ẑ is too low
// in expectation, and above log Z + a with probability at most exp(−a).
//
// When ctx ends, the chains that are through are what the result is made of, and the
// error is that of ctx. Other errors are [*belief.ConfigError],
// [*belief.TooLargeError], [*WeightError], [*DepletedError], and what the path
// returns.
func AIS[S any](ctx context.Context, path Path[S], cfg AISConfig) (*AISResult[S], error) {
	return anneal(ctx, path, path.Draw, cfg, false)
}

// ReverseAIS runs down the schedule from exact draws of the target, which start
// returns in batches of n: the mean of 1/w is ∫f₀/∫f₁ without bias, and log Ẑ is too
// high in expectation and below log Z − a with probability at most exp(−a). Between
// the two lies the truth (Grosse, Ghahramani & Adams 2015). Exact draws are at hand
// where data were simulated from the model. Starts that are none, such as test
// images for a Boltzmann machine, give a figure without that guarantee (Burda,
// Grosse & Salakhutdinov 2015).
func ReverseAIS[S any](ctx context.Context, path Path[S], start func(r *rand.Rand, n int) (S, error), cfg AISConfig) (*AISResult[S], error) {
	return anneal(ctx, path, start, cfg, true)
}

// anneal runs the chains of all batches.
func anneal[S any](ctx context.Context, path Path[S], start func(*rand.Rand, int) (S, error), cfg AISConfig, reverse bool) (*AISResult[S], error) {
	if cfg.Schedule == nil {
		var err error
		if cfg.Schedule, err = mcmc.SigmoidSchedule(1000, 4); err != nil {
			return nil, err
		}
	}
	if err := cfg.Schedule.Validate(); err != nil {
		return nil, err
	}
	if cfg.Chains == 0 {
		cfg.Chains = 100
	}
	n, err := moves(cfg.Moves, 1)
	if err != nil {
		return nil, err
	}
	if math.IsNaN(cfg.BaseLogZ) || math.IsInf(cfg.BaseLogZ, 0) {
		return nil, &belief.ConfigError{Field: "BaseLogZ", Value: cfg.BaseLogZ, Want: "finite"}
	}
	l, err := newLayout(path, cfg.Chains, cfg.Batch, cfg.Memory, 40)
	if err != nil {
		return nil, err
	}
	if cfg.Done != nil && len(cfg.Done) != l.chains {
		return nil, &belief.ConfigError{Field: "Done", Value: fmt.Sprintf("of length %d", len(cfg.Done)), Want: fmt.Sprintf("of as many log weights as there are chains, %d", l.chains)}
	}
	if p, ok := path.(Preparer); ok {
		if err := p.Prepare(ctx, stream.New(cfg.Seed, "ladder/pilot").Uint64(), cfg.Workers); err != nil && ctx.Err() == nil {
			return nil, err
		}
	}

	run := climb{betas: cfg.Schedule, moves: n, batches: l.batches(), progress: cfg.Progress}
	purpose := "ladder/ais"
	if reverse {
		run.betas, purpose = reversed(cfg.Schedule), "ladder/reverse"
	}
	out := &AISResult[S]{LogWeights: make([]float64, l.chains), BatchSize: l.batch}
	for i := range out.LogWeights {
		out.LogWeights[i] = math.NaN()
	}
	if cfg.KeepState {
		out.Batches = make([]S, l.batches())
	}
	lost := make([]int, l.batches()) // the last step at which a chain lost its weight
	err = parallel.For(ctx, l.batches(), cfg.Workers, func(j int) error {
		low, high := l.bounds(j)
		if cfg.Done != nil && !slices.ContainsFunc(cfg.Done[low:high], math.IsNaN) {
			copy(out.LogWeights[low:high], cfg.Done[low:high])
			return nil
		}
		r := stream.New(cfg.Seed, purpose, uint64(j))
		s, err := start(r, high-low)
		if err != nil {
			return fmt.Errorf("ladder: drawing the starts of chains %d to %d: %w", low, high-1, err)
		}
		logw := make([]float64, high-low)
		if lost[j], err = climbBatch(ctx, &run, path, s, r, logw, j, low); err != nil {
			return err
		}
		copy(out.LogWeights[low:high], logw)
		if cfg.KeepState {
			out.Batches[j] = s
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		return nil, err
	}
	if err == nil {
		if !slices.ContainsFunc(out.LogWeights, func(w float64) bool { return !math.IsInf(w, -1) }) {
			step := max(1, slices.Max(lost)) // 1 if all is from an earlier run
			return nil, &DepletedError{Step: step, Beta: run.betas[step]}
		}
	}
	out.summarize(cfg.BaseLogZ, reverse)
	out.Warnings = append(out.Warnings, warningsOf(path)...)
	return out, err
}

// climb is what the batches of a run share.
type climb struct {
	betas    []float64
	moves    int
	batches  int
	mu       sync.Mutex // for progress
	progress func(Progress)
}

// climbBatch takes one batch along the schedule and adds up its log weights. It
// returns the last step at which a chain lost its weight. After the start it
// allocates nothing.
func climbBatch[S any](ctx context.Context, c *climb, path Path[S], s S, r *rand.Rand, logw []float64, batch, first int) (lost int, err error) {
	ratio := make([]float64, len(logw))
	steps := len(c.betas) - 1
	every := max(1, steps/100)
	for k := 1; k <= steps; k++ {
		if err := ctx.Err(); err != nil {
			return lost, err
		}
		if err := path.LogRatioTo(ratio, s, c.betas[k-1], c.betas[k]); err != nil {
			return lost, fmt.Errorf("ladder: step %d: %w", k, err)
		}
		alive := false
		for i, w := range logw {
			if math.IsInf(w, -1) {
				continue
			}
			if v := ratio[i]; math.IsNaN(v) || math.IsInf(v, 1) {
				return lost, &WeightError{Step: k, Beta: c.betas[k], Chain: first + i, Value: v}
			}
			logw[i] = w + ratio[i]
			if math.IsInf(logw[i], -1) {
				lost = k
			} else {
				alive = true
			}
		}
		if c.progress != nil && (k%every == 0 || k == steps) {
			c.mu.Lock()
			c.progress(Progress{Batch: batch, Batches: c.batches, Step: k, Steps: steps, Beta: c.betas[k]})
			c.mu.Unlock()
		}
		if !alive {
			return lost, nil
		}
		if k == steps {
			break // the draws are weighted as they are
		}
		for range c.moves {
			if err := path.Move(r, s, c.betas[k]); err != nil {
				return lost, fmt.Errorf("ladder: step %d: %w", k, err)
			}
		}
	}
	return lost, nil
}

// summarize fills in what follows from the weights.
func (a *AISResult[S]) summarize(base float64, reverse bool) {
	logw := make([]float64, 0, len(a.LogWeights))
	for _, w := range a.LogWeights {
		if !math.IsNaN(w) {
			logw = append(logw, w)
		}
	}
	m := meanOf(logw)
	sign := 1.0
	if reverse {
		sign = -1
	}
	a.LogZ = belief.Estimate{Value: base + sign*m.logMean, Kind: belief.Sampled, StdErr: m.stdErr}
	a.Bias = -sign * m.stdErr * m.stdErr / 2
	a.ESS = m.ess
	a.ParetoK = math.NaN()
	if k := diagnostics.PSIS(slices.Clone(logw), 0); !math.IsInf(k, 0) {
		a.ParetoK = k
	}
	a.Warnings = weightWarnings(len(logw), m, a.ParetoK)
}

// MarshalJSON writes everything but the states.
func (a *AISResult[S]) MarshalJSON() ([]byte, error) {
	out := struct {
		LogZ       belief.Estimate  `json:"log_z"`
		Bias       belief.Number    `json:"bias"`
		ESS        belief.Number    `json:"ess"`
		ParetoK    belief.Number    `json:"pareto_k"`
		LogWeights []belief.Number  `json:"log_weights"`
		Warnings   []belief.Warning `json:"warnings,omitempty"`
	}{LogZ: a.LogZ, Bias: belief.Number(a.Bias), ESS: belief.Number(a.ESS), ParetoK: belief.Number(a.ParetoK), Warnings: a.Warnings}
	for _, w := range a.LogWeights {
		out.LogWeights = append(out.LogWeights, belief.Number(w))
	}
	return json.Marshal(out)
}
