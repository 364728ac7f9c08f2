package mcmc

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/mcmc/diagnostics"
	"github.com/belief-go/belief/mcmc/draws"
)

// A Run is what a sampler has drawn, and how it went.
type Run struct {
	*draws.Draws
	// Reports tells of each chain; of an [Assembly] once for all its walkers.
	Reports []Report
	// Kernels are the chains' kernels as the run has left them, for what they can
	// tell, as [Tempered] does of its ladder.
	Kernels []Kernel
	// MaxTreeDepth is the most doublings that a trajectory could have, 0 if the
	// sampler has no trees.
	MaxTreeDepth int
	// Warnings say what a reader of the draws ought to know about the target and
	// the run; those about the draws come with the summary.
	Warnings []belief.Warning
}

// Summary judges the draws: moments, quantiles, effective sample sizes, R-hat, and
// warnings, those of the run included.
func (r *Run) Summary() *diagnostics.Summary {
	s, err := diagnostics.Config{MaxTreeDepth: r.MaxTreeDepth}.Summarize(context.Background(), r.Draws)
	if err != nil {
		panic("mcmc: " + err.Error()) // no setting is wrong, nothing is cancelled
	}
	s.Warnings = append(s.Warnings, r.Warnings...)
	s.Converged = s.Converged && !slices.ContainsFunc(r.Warnings, func(w belief.Warning) bool { return w.Code == hiddenDivergences })
	return s
}

// A Report tells how a chain went. After resuming, it is that of the whole chain.
type Report struct {
	Start           []float64 // the first point
	End             State     // where the chain stands
	Steps           int       // taken, warm-up included
	Evaluations     int64     // of the target, with and without gradient
	Gradients       int64     // of the target
	WarmUpGradients int64     // those before the first draw, start included
	Divergences     int       // divergent steps after the warm-up
	NotANumber      int64     // evaluations that gave NaN, or a gradient that is not finite
	Tuning          []string  // what the warm-up has led to, in the kernel's words
}

// Progress is a snapshot of a run.
type Progress struct {
	Chains  []ChainProgress
	Elapsed time.Duration
	Done    bool // no more snapshots follow
}

// ChainProgress is a snapshot of a chain.
type ChainProgress struct {
	Step, Steps int // taken, and to be taken, warm-up included
	WarmUp      bool
	Divergences int // after the warm-up
}

// A Step is one draw of one chain. Its slices are valid until the next one.
type Step struct {
	Chain     int // of the draws, counted over the walkers of an Assembly too
	Iteration int // of the warm-up or of the draws that are kept, from 0
	WarmUp    bool
	// Stats are the log density and the acceptance, and of Hamiltonian kernels what
	// Stan keeps too, in the order of a run's Stats.
	Stats  []float64
	Values []float64 // quantities of the target, else its coordinates
	// Comments tell what the warm-up has led to; they come with the first draw.
	Comments []string
}

// Sample runs the chains of a sampler and returns their draws. With the same
// seed the draws have the same bits for any number of workers.
//
// When ctx ends or a chain fails, Sample returns the draws that all chains have
// reached together with the error: ctx's, or a [*ChainError]. A chain without a
// starting point is a [*StartError] within. Settings that make no sense are a
// [*belief.ConfigError], draws that would not fit a [*belief.TooLargeError].
func Sample(ctx context.Context, s Sampler, t Target, c Config) (*Run, error) {
	e, err := newEngine(s, t, c)
	if err != nil {
		return nil, err
	}
	sinks := []draws.Sink{}
	run := &Run{MaxTreeDepth: e.maxDepth, Draws: draws.New(e.names, e.stats, e.drawn(), 0)}
	if !e.config.Discard {
		sinks = append(sinks, run.Draws)
	}
	if e.config.Sink != nil {
		sinks = append(sinks, e.config.Sink)
	}
	for i, sink := range sinks {
		if err = sink.Begin(e.names, e.stats, e.drawn()); err != nil {
			sinks = sinks[:i+1]
			break
		}
	}
	if err == nil {
		if !e.config.Discard {
			run.reserve(e.config)
		}
		for step, stepErr := range e.steps(ctx) {
			if err = stepErr; err == nil {
				err = hand(step, sinks)
			}
			if err != nil {
				break
			}
		}
	}
	for _, sink := range sinks {
		if endErr := sink.End(); err == nil {
			err = endErr
		}
	}
	run.Reports, run.Kernels = e.reports()
	run.warn()
	return run, err
}

// reserve makes room for all draws, which checkMemory has allowed.
func (r *Run) reserve(c Config) {
	for _, chain := range r.Chains {
		chain.Values = make([]float64, 0, c.Draws*len(r.Names))
		chain.Stats = make([]float64, 0, c.Draws*len(r.Stats))
	}
}

// hand gives a step to every sink.
func hand(step Step, sinks []draws.Sink) error {
	for _, sink := range sinks {
		for _, line := range step.Comments {
			if err := sink.Comment(step.Chain, line); err != nil {
				return err
			}
		}
		if err := sink.Draw(step.Chain, step.WarmUp, step.Stats, step.Values); err != nil {
			return err
		}
	}
	return nil
}

// Steps is [Sample] as a sequence: iteration after iteration, and in each the
// chains in their order; the warm-up comes first if it is to be kept. It leaves
// Sink and Discard aside. Breaking out ends the run; an error is the last
// element. The sequence can be used once.
func Steps(ctx context.Context, s Sampler, t Target, c Config) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		c.Sink, c.Discard, c.Memory = nil, false, math.MaxInt64
		e, err := newEngine(s, t, c)
		if err != nil {
			yield(Step{}, err)
			return
		}
		e.bounded = true
		e.steps(ctx)(yield)
	}
}

// hiddenDivergences is the code of a warning of divergent steps that are not among
// the draws, which no summary can see. Up to one in a thousand steps are few.
const hiddenDivergences = "hidden-divergences"

// warn says what the counters of a run mean.
func (r *Run) warn() {
	for i, report := range r.Reports {
		if report.NotANumber > 0 {
			r.Warnings = append(r.Warnings, belief.Warning{Code: "not-a-number", Where: fmt.Sprintf("chain %d", i+1),
				Text: fmt.Sprintf("the log density or its gradient was not a number %d times in %d evaluations; these points were rejected, "+
					"which is right only where the density is zero: return −Inf or ErrReject there, and check the target elsewhere", report.NotANumber, report.Evaluations)})
		}
	}
	seen, all := 0.0, 0
	kept, _ := r.Column(draws.Divergent)
	for _, chain := range kept {
		for _, v := range chain {
			seen += v
		}
	}
	steps := 0
	for _, report := range r.Reports {
		all += report.Divergences
		steps += report.Steps
	}
	if float64(all) > seen {
		code := hiddenDivergences
		if 1000*all <= steps {
			code = "few-" + hiddenDivergences
		}
		r.Warnings = append(r.Warnings, belief.Warning{Code: code,
			Text: fmt.Sprintf("%d steps after the warm-up diverged, of which %v are among the draws here; the others were left out by thinning, went to the sink alone or came after the last draw that all chains have. "+
				"The sampler may not have got everywhere: raise TargetAccept, or write the model with other parameters", all, seen)})
	}
}

// A ChainError says in which chain and step a run failed.
type ChainError struct {
	Chain  int // from 0
	Step   int // from 0, warm-up included; −1 before the first
	WarmUp bool
	Err    error
}

// Error names chain and step, counted from 1.
func (e *ChainError) Error() string {
	switch {
	case e.Step < 0:
		return fmt.Sprintf("chain %d: %v", e.Chain+1, e.Err)
	case e.WarmUp:
		return fmt.Sprintf("chain %d, warm-up step %d: %v", e.Chain+1, e.Step+1, e.Err)
	default:
		return fmt.Sprintf("chain %d, step %d: %v", e.Chain+1, e.Step+1, e.Err)
	}
}

// Unwrap returns the cause.
func (e *ChainError) Unwrap() error { return e.Err }

// A StartError says that no starting point with a positive density was found.
type StartError struct {
	Tries      int       // points that were tried
	NotANumber int       // evaluations on the way that gave NaN, or a gradient that is not finite
	Given      bool      // the point was the user's
	X          []float64 // the last point
}

// Error tells what was tried and what to do.
func (e *StartError) Error() string {
	what := "zero"
	if e.NotANumber > 0 {
		what = "zero or not a number"
	}
	if e.Given {
		return fmt.Sprintf("mcmc: the density is %s at the starting point %s", what, formatPoint(e.X))
	}
	text := fmt.Sprintf("mcmc: no starting point: the density was %s at %d random points, the last of them %s", what, e.Tries, formatPoint(e.X))
	if e.NotANumber > 0 {
		text += fmt.Sprintf("; %d evaluations gave NaN or a gradient that is not finite: check the target", e.NotANumber)
	}
	return text + "; give Start a point of positive density"
}
