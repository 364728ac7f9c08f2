package process

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/floats"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
)

// A HyperparameterConfig says how to search for the hyperparameters of a Gaussian
// process. Its zero value is a search for the greatest marginal likelihood.
type HyperparameterConfig struct {
	// Restarts is the number of starting points; 0: 5. The first has the
	// hyperparameters of the process itself; the others are drawn around it, with a
	// standard deviation of 1.5 in the logarithms.
	Restarts int
	// MaxIterations bounds the iterations from each of them; 0: 200.
	MaxIterations int
	// PriorSD, if positive, is the standard deviation of a normal prior on the
	// logarithms of all hyperparameters about those of the process itself. What is
	// found is then the maximum a posteriori.
	PriorSD float64
	// KnownNoise leaves the noise as it is.
	KnownNoise bool
	Seed       uint64
	Workers    int // goroutines; 0: all cores. The result does not depend on it.
	// Progress, if not nil, is called after every restart, by one goroutine at a
	// time, in the order in which they end.
	Progress func(HyperparameterStart)
}

// A HyperparameterStart is what came of one starting point.
type HyperparameterStart struct {
	Index                 int
	LogTheta              []float64 // where it ended: kernel, then noise if it was fitted
	LogMarginalLikelihood float64   // there; −Inf if the start itself has none
	Iterations            int
	Converged             bool // the gradient has vanished there

	score float64 // with the prior
}

// A HyperparameterFit is the outcome of a search.
type HyperparameterFit struct {
	*Posterior                       // of the process with the best hyperparameters
	Starts     []HyperparameterStart // in the order of their index; those that were never begun are left out
	Converged  bool                  // for the best start
	Warnings   []belief.Warning
}

// reach is how far the logarithm of a hyperparameter may go from where the process
// stands: beyond it the objective rises steeply.
const reach = 12

// Fit searches for the hyperparameters, those of the kernel and, if it is positive and
// not known, the noise, that make the observations most likely, by BFGS with the gradient of equation 5.9 of
// Rasmussen & Williams (2006) from several starts. The likelihood may have several
// maxima, or none: a logarithm may go 12 from where it stood before a wall stops it,
// and a warning says so. Each evaluation takes O(n³).
//
// The errors are those of [GaussianProcess.Condition], a [*belief.ConfigError], and
// that of the context, in which case the fit is that of the starts so far if there
// were any.
func (g GaussianProcess) Fit(ctx context.Context, x, y []float64, cfg HyperparameterConfig) (*HyperparameterFit, error) {
	if cfg.Restarts < 0 || cfg.MaxIterations < 0 {
		return nil, &belief.ConfigError{Field: "Restarts or MaxIterations", Value: min(cfg.Restarts, cfg.MaxIterations), Want: "0 or positive"}
	}
	if !(cfg.PriorSD >= 0) {
		return nil, &belief.ConfigError{Field: "PriorSD", Value: cfg.PriorSD, Want: "0 or positive"}
	}
	if cfg.Restarts == 0 {
		cfg.Restarts = 5
	}
	if cfg.MaxIterations == 0 {
		cfg.MaxIterations = 200
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if _, err := g.Condition(x, y); err != nil { // finds every mistake in process and data
		return nil, err
	}
	if err := fits("starts of a search", 16*float64(cfg.Restarts), g.limit(), "take fewer restarts"); err != nil {
		return nil, err
	}
	origin := g.logTheta(!cfg.KnownNoise)
	starts := make([]HyperparameterStart, cfg.Restarts)
	each := 24 * float64(len(y)) * float64(len(y)) // bytes that a search takes
	workers := min(parallel.Workers(cfg.Workers), max(1, int(float64(g.limit())/each)))
	var mu sync.Mutex
	err := parallel.For(ctx, cfg.Restarts, workers, func(i int) error {
		theta := slices.Clone(origin)
		if i > 0 {
			r := stream.New(cfg.Seed, "gaussian-process-restart", uint64(i))
			for k := range theta {
				theta[k] += 1.5 * r.NormFloat64()
			}
		}
		starts[i] = g.climb(ctx, x, y, origin, theta, cfg)
		starts[i].Index = i
		if cfg.Progress != nil {
			mu.Lock()
			defer mu.Unlock()
			snapshot := starts[i]
			snapshot.LogTheta = slices.Clone(snapshot.LogTheta)
			cfg.Progress(snapshot)
		}
		return nil
	})
	starts = slices.DeleteFunc(starts, func(s HyperparameterStart) bool { return s.LogTheta == nil })
	if len(starts) == 0 {
		return nil, err
	}
	best := starts[0]
	for _, s := range starts[1:] {
		if s.score > best.score {
			best = s
		}
	}
	p, failed := g.withLogTheta(best.LogTheta).Condition(x, y)
	if failed != nil {
		return nil, failed
	}
	fit := &HyperparameterFit{Posterior: p, Starts: starts, Converged: best.Converged}
	fit.warn(best, origin)
	return fit, err
}

// warn says what a reader of the fit ought to know.
func (f *HyperparameterFit) warn(best HyperparameterStart, origin []float64) {
	add := func(code, format string, args ...any) {
		f.Warnings = append(f.Warnings, belief.Warning{Code: code, Where: "gaussian process", Text: fmt.Sprintf(format, args...)})
	}
	if !f.Converged {
		add("not-converged", "the search from the best start ended before its gradient vanished; allow more iterations")
	}
	if f.Jitter() > 0 {
		add("jitter", "%.3g was added to the diagonal of an ill-conditioned covariance matrix; allow for noise", f.Jitter())
	}
	for k, v := range best.LogTheta {
		if math.Abs(v-origin[k]) > reach {
			add("hyperparameter-edge", "hyperparameter %d runs away to %.3g; the data do not bound it", k, math.Exp(v))
		}
	}
}

// logTheta returns the logarithms of the kernel's hyperparameters and, if that is
// wanted and it is positive, of the noise.
func (g GaussianProcess) logTheta(noise bool) []float64 {
	n := g.Kernel.NumParams()
	theta := make([]float64, n, n+1)
	g.Kernel.ParamsTo(theta)
	if noise && g.Noise > 0 {
		theta = append(theta, math.Log(g.Noise))
	}
	return theta
}

func (g GaussianProcess) withLogTheta(theta []float64) GaussianProcess {
	n := g.Kernel.NumParams()
	g.Kernel = g.Kernel.WithParams(theta[:n])
	if len(theta) > n {
		g.Noise = math.Exp(theta[n])
	}
	return g
}

// climb searches from one start.
func (g GaussianProcess) climb(ctx context.Context, x, y, origin, start []float64, cfg HyperparameterConfig) HyperparameterStart {
	var at []float64 // where last was evaluated, and what came of it
	var last *Posterior
	evaluate := func(theta []float64) *Posterior {
		if at == nil || !slices.Equal(at, theta) {
			at = append(at[:0], theta...)
			last = nil
			if p, err := g.withLogTheta(theta).Condition(x, y); err == nil && !math.IsNaN(p.logLik) && !math.IsInf(p.logLik, 0) {
				last = p
			}
		}
		return last
	}
	value := func(theta []float64) float64 {
		p := evaluate(theta)
		if p == nil {
			return math.Inf(1)
		}
		return penalty(nil, theta, origin, cfg.PriorSD) - p.logLik
	}
	gradient := func(grad, theta []float64) {
		clear(grad)
		if p := evaluate(theta); p != nil {
			penalty(grad, theta, origin, cfg.PriorSD)
			floats.Sub(grad, p.GradLogMarginalLikelihood()[:len(grad)])
		}
	}
	out := HyperparameterStart{LogTheta: start, LogMarginalLikelihood: math.Inf(-1), score: math.Inf(-1)}
	if len(start) == 0 || math.IsInf(value(start), 1) {
		if p := evaluate(start); p != nil { // there is nothing to search
			out.LogMarginalLikelihood, out.score, out.Converged = p.logLik, p.logLik, true
		}
		return out
	}
	out.LogTheta = slices.Clone(start)
	out.Iterations = minimize(ctx, objective{value, gradient}, out.LogTheta, cfg.MaxIterations, 1e-6)
	out.score = -value(out.LogTheta)
	out.LogMarginalLikelihood = last.logLik
	grad := make([]float64, len(start))
	gradient(grad, out.LogTheta)
	out.Converged = flat(grad, out.score)
	return out
}

// penalty returns what prior and wall take from the log likelihood, and adds its
// gradient to grad.
func penalty(grad, theta, origin []float64, sd float64) float64 {
	sum := 0.0
	for k, v := range theta {
		d, slope := v-origin[k], 0.0
		if sd > 0 {
			sum += 0.5 * d * d / (sd * sd)
			slope = d / (sd * sd)
		}
		if over := math.Abs(d) - reach; over > 0 {
			sum += 50 * over * over
			slope += math.Copysign(100*over, d)
		}
		if grad != nil {
			grad[k] += slope
		}
	}
	return sum
}
