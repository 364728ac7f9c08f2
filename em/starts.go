package em

// A run of several starts, of which the best is kept.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/belief-go/belief"
)

// fit is a run at work.
type fit[D any, M Model[D]] struct {
	data   Data[D]
	begin  Starter[M]
	config Config
	run    *Run[M] // with the best start that has ended
	at     progress
	model  M             // of the start that is under way
	slots  []*Statistics // of that model, as are the next two
	spare  *Statistics   // for what Maximize may change
	mean   *Statistics   // over batches
	failed error         // of the first start that failed, in this process

	fingerprint string
	savedAt     time.Time
}

// progress is where a run stands, besides its models: what a checkpoint holds.
type progress struct {
	Start         int     `json:"start"`     // that is under way
	Begun         bool    `json:"begun"`     // there is a model of it
	Iteration     int     `json:"iteration"` // that has ended
	Rise          rise    `json:"rise"`
	LogLikelihood float64 `json:"log_likelihood"` // the last

	// With batches:
	Blocks  int     `json:"blocks"`  // done of a pass
	Batches int     `json:"batches"` // done in all passes
	Pass    float64 `json:"pass"`    // the log-likelihood of the blocks done
	Last    bool    `json:"last"`    // the last E step is all that is left
	Settled bool    `json:"settled"` // little was left to gain

	Best           int              `json:"best"` // the best start that has ended; −1: none
	BestLikelihood float64          `json:"best_log_likelihood"`
	BestHistory    []float64        `json:"best_history"`
	Starts         []Start          `json:"starts"`
	Warnings       []belief.Warning `json:"warnings"`
	Done           bool             `json:"done"`
}

// errBroken says that the caller has broken out of Steps.
var errBroken = errors.New("em: broken out")

// A stepError is one of the model, and not of the data or of the caller.
type stepError struct{ err error }

func (e *stepError) Error() string { return e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

func newFit[D any, M Model[D]](ctx context.Context, d Data[D], begin Starter[M], c Config) (*fit[D, M], error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	f := &fit[D, M]{data: d, begin: begin, config: c, run: &Run[M]{Weight: d.Weight(), Observations: observations(d), Objective: math.Inf(-1), LogLikelihood: math.Inf(-1)}}
	f.at.Best = -1
	if c.Checkpoint != "" {
		if err := f.restore(ctx); err != nil {
			return nil, err
		}
	}
	f.savedAt = time.Now()
	return f, nil
}

// all runs the starts that are left.
func (f *fit[D, M]) all(ctx context.Context, yield func(Step) bool) error {
	for !f.at.Done {
		err := f.start(ctx, yield)
		var problem *stepError
		switch {
		case err == nil:
		case ctx.Err() == nil && errors.As(err, &problem):
			if f.failed == nil {
				f.failed = problem.err
			}
			f.end(Start{Objective: math.NaN(), Iterations: f.at.Iteration, Problem: problem.Error()})
		default:
			if cause := ctx.Err(); cause != nil && errors.Is(err, cause) {
				err = cause
			}
			if e := f.save(); e != nil {
				err = errors.Join(err, e)
			}
			return err
		}
	}
	if err := f.save(); err != nil {
		return err
	}
	return f.finish()
}

// start begins a start, if need be, and goes to its end.
func (f *fit[D, M]) start(ctx context.Context, yield func(Step) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !f.at.Begun {
		m, err := f.begin(ctx, f.at.Start)
		if err != nil {
			return &stepError{err}
		}
		if err := f.able(m); err != nil {
			return err
		}
		f.model, f.at.Begun = m, true
	}
	return f.climb(ctx, yield)
}

// able checks that a model can do what it is to do.
func (f *fit[D, M]) able(m M) error {
	v := any(m)
	name := fmt.Sprintf("with a %T", v)
	if _, ok := v.(HardModel[D]); f.config.Hard && !ok {
		return &belief.ConfigError{Field: "Hard", Value: true, Want: "false " + name}
	}
	if _, ok := v.(Stepwise); f.config.Batch > 0 && !ok {
		return &belief.ConfigError{Field: "Batch", Value: f.config.Batch, Want: "0 " + name}
	}
	_, writes := v.(json.Marshaler)
	_, reads := v.(json.Unmarshaler)
	if f.config.Checkpoint != "" && !(writes && reads) {
		return &belief.ConfigError{Field: "Checkpoint", Value: f.config.Checkpoint, Want: "empty " + name}
	}
	if f.at.Best >= 0 && reflect.TypeOf(v).Kind() == reflect.Pointer && v == any(f.run.Model) {
		return &belief.ConfigError{Field: "Starts", Value: f.config.Starts, Want: "1 where all begin with one and the same model"}
	}
	return nil
}

// end records what has become of the start under way, and turns to the next.
func (f *fit[D, M]) end(record Start) {
	a := &f.at
	a.Starts = append(a.Starts, record)
	if w, fell := a.Rise.warning(a.Start); fell {
		a.Warnings = append(a.Warnings, w)
	}
	if record.Problem == "" && (a.Best < 0 || record.Objective > f.run.Objective) {
		a.Best, a.BestLikelihood, a.BestHistory = a.Start, a.LogLikelihood, a.Rise.History
		f.adopt(f.model, record)
	}
	var none M
	f.model, f.slots, f.spare, f.mean = none, nil, nil, nil
	*a = progress{
		Start: a.Start + 1, Done: a.Start+1 == f.config.Starts,
		Best: a.Best, BestLikelihood: a.BestLikelihood, BestHistory: a.BestHistory, Starts: a.Starts, Warnings: a.Warnings,
	}
}

// adopt puts the best start into the run.
func (f *fit[D, M]) adopt(m M, record Start) {
	r := f.run
	r.Model, r.Objective, r.Iterations, r.Converged = m, record.Objective, record.Iterations, record.Converged
	r.LogLikelihood, r.History = f.at.BestLikelihood, f.at.BestHistory
}

// finish says what the run is worth.
func (f *fit[D, M]) finish() error {
	a, r := &f.at, f.run
	problems, first := 0, ""
	for _, s := range a.Starts {
		if s.Problem != "" {
			if problems++; problems == 1 {
				first = s.Problem
			}
		}
	}
	if a.Best < 0 {
		if f.failed == nil {
			f.failed = errors.New(first)
		}
		if len(a.Starts) == 1 {
			return f.failed
		}
		return fmt.Errorf("em: none of %d starts came to an end; the first: %w", len(a.Starts), f.failed)
	}
	r.Starts, r.Warnings = a.Starts, append([]belief.Warning(nil), a.Warnings...)
	if problems > 0 {
		r.Warnings = append(r.Warnings, belief.Warning{Code: "starts-failed", Text: fmt.Sprintf("%d of %d starts failed; the first: %s", problems, len(a.Starts), first)})
	}
	if !r.Converged {
		r.Warnings = append(r.Warnings, belief.Warning{
			Code: "not-converged", Where: fmt.Sprintf("start %d", a.Best),
			Text: fmt.Sprintf("there was something left to gain after %d iterations; raise Iterations or Tolerance", r.Iterations),
		})
	}
	if w, ok := any(r.Model).(Warner); ok {
		r.Warnings = append(r.Warnings, w.Warnings()...)
	}
	return nil
}

// partial puts what an interrupted run has into f.run, if that is anything.
func (f *fit[D, M]) partial() bool {
	a, r := &f.at, f.run
	if a.Begun {
		record := Start{Objective: math.Inf(-1), Iterations: a.Iteration}
		if n := len(a.Rise.History); n > 0 {
			record.Objective = a.Rise.History[n-1]
		}
		if a.Best < 0 || record.Objective > r.Objective {
			a.Best, a.BestLikelihood, a.BestHistory = a.Start, a.LogLikelihood, a.Rise.History
			if a.Iteration == 0 {
				a.BestLikelihood = math.Inf(-1)
			}
			f.adopt(f.model, record)
		}
	}
	if a.Best < 0 {
		return false
	}
	r.Starts, r.Warnings = a.Starts, append([]belief.Warning(nil), a.Warnings...)
	if w, fell := a.Rise.warning(a.Start); a.Begun && fell {
		r.Warnings = append(r.Warnings, w)
	}
	r.Warnings = append(r.Warnings, belief.Warning{Code: "interrupted", Text: fmt.Sprintf("the run was interrupted in start %d of %d", min(a.Start+1, f.config.Starts), f.config.Starts)})
	return true
}
