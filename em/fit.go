package em

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math"

	"github.com/belief-go/belief"
)

// A Run is what has become of a fit with a model of type M.
type Run[M any] struct {
	Model M // the best of all starts
	// Objective is what the best start reached, LogLikelihood the part of it that comes
	// from the data, both of the parameters of Model.
	Objective     float64
	LogLikelihood float64
	Weight        float64 // of the data: the number of rows or sequences if all count once
	Iterations    int     // of the best start
	Converged     bool    // the best start did
	History       []float64
	Starts        []Start
	Warnings      []belief.Warning
}

// A Start is what has become of one start.
type Start struct {
	Objective  float64 `json:"objective"`
	Iterations int     `json:"iterations"`
	Converged  bool    `json:"converged"`
	Problem    string  `json:"problem,omitempty"` // why it ended early
}

// Parameters is the number of free parameters of the model, −1 if it does not know it.
func (r *Run[M]) Parameters() int {
	if c, ok := any(r.Model).(Counted); ok {
		return c.Parameters()
	}
	return -1
}

// BIC is −2 L + p log n with p parameters and n the weight of the data (Schwarz 1978);
// less is better. NaN if the model does not know p.
func (r *Run[M]) BIC() float64 {
	p := r.Parameters()
	if p < 0 {
		return math.NaN()
	}
	return -2*r.LogLikelihood + float64(p)*math.Log(r.Weight)
}

// AIC is −2 L + 2 p (Akaike 1974); less is better.
func (r *Run[M]) AIC() float64 {
	p := r.Parameters()
	if p < 0 {
		return math.NaN()
	}
	return -2*r.LogLikelihood + 2*float64(p)
}

// A Starter makes the model that a start, counted from 0, begins with. What it draws it
// has to draw from streams of the seed and the start.
type Starter[M any] func(ctx context.Context, start int) (M, error)

// Fit runs EM to its end. When ctx ends it returns the best so far and ctx's error.
func Fit[D any, M Model[D]](ctx context.Context, d Data[D], begin Starter[M], c Config) (*Run[M], error) {
	f, err := newFit(d, begin, c)
	if err != nil {
		return nil, err
	}
	for _, e := range f.steps(ctx) {
		err = e
	}
	return f.run, err
}

// Steps runs EM an iteration at a time; breaking out ends it. The model of a start can
// be looked at through what begin returned.
func Steps[D any, M Model[D]](ctx context.Context, d Data[D], begin Starter[M], c Config) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		f, err := newFit(d, begin, c)
		if err != nil {
			yield(Step{}, err)
			return
		}
		f.steps(ctx)(yield)
	}
}

var _ json.Marshaler // models are saved as JSON

// fit is a run at work.
type fit[D any, M Model[D]] struct {
	data   Data[D]
	begin  Starter[M]
	config Config
	run    *Run[M]
	slots  []*Statistics
}

func newFit[D any, M Model[D]](d Data[D], begin Starter[M], c Config) (*fit[D, M], error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	return &fit[D, M]{data: d, begin: begin, config: c, run: &Run[M]{Weight: d.Weight(), Objective: math.Inf(-1), LogLikelihood: math.Inf(-1)}}, nil
}

// slotMemory bounds what the statistics of all slots take.
const slotMemory = 64 << 20

// expect is the E step of all data.
func (f *fit[D, M]) expect(ctx context.Context, m M) (*Statistics, error) {
	if f.slots == nil {
		first := m.NewStatistics()
		n := max(1, min(16, slotMemory/(8*len(first.Sums)+1)))
		f.slots = []*Statistics{first}
		for len(f.slots) < n {
			f.slots = append(f.slots, m.NewStatistics())
		}
	}
	for _, s := range f.slots {
		s.Reset()
	}
	step := m.Expect
	if f.config.Hard {
		hard, ok := any(m).(HardModel[D])
		if !ok {
			return nil, &belief.ConfigError{Field: "Hard", Value: true, Want: fmt.Sprintf("false with a %T", m)}
		}
		step = hard.ExpectHard
	}
	err := f.data.Each(ctx, Pass{Slots: len(f.slots), Workers: f.config.Workers}, func(slot int, block D) error {
		return step(block, f.slots[slot])
	})
	if err != nil {
		return nil, err
	}
	total := f.slots[0]
	for _, s := range f.slots[1:] {
		if err := total.Merge(s); err != nil {
			return nil, err
		}
	}
	return total, nil
}
func (f *fit[D, M]) steps(ctx context.Context) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		for start := range f.config.Starts {
			m, err := f.begin(ctx, start)
			if err != nil {
				yield(Step{}, err)
				return
			}
			if more, err := f.climb(ctx, m, start, yield); err != nil {
				yield(Step{}, err)
				return
			} else if !more {
				return
			}
		}
	}
}

// climb is one start. The simplest form of it: batch EM.
func (f *fit[D, M]) climb(ctx context.Context, m M, start int, yield func(Step, error) bool) (bool, error) {
	last, lastGain := math.NaN(), math.NaN()
	var history []float64
	record := Start{}
	keep := func(objective, ll float64) {
		record.Objective = objective
		if objective > f.run.Objective || len(f.run.Starts) == 0 {
			f.run.Model, f.run.Objective, f.run.LogLikelihood = m, objective, ll
			f.run.Iterations, f.run.Converged, f.run.History = record.Iterations, record.Converged, history
		}
		f.run.Starts = append(f.run.Starts, record)
	}
	for it := 1; ; it++ {
		s, err := f.expect(ctx, m)
		if err != nil {
			return false, err
		}
		objective := s.LogLikelihood
		if p, ok := any(m).(Prior); ok {
			objective += p.LogPrior()
		}
		ll := s.LogLikelihood
		history = append(history, objective)
		step := Step{Start: start, Iteration: it, Objective: objective, LogLikelihood: ll, Gain: objective - last, Bound: math.NaN(), Left: math.Inf(1)}
		if a := step.Gain / lastGain; a >= 0 && a < 1 {
			step.Left = step.Gain * a / (1 - a)
		}
		small := f.config.Tolerance * max(math.Abs(objective), f.data.Weight())
		step.Converged = math.Abs(step.Gain) <= small && (step.Left <= small || step.Gain == 0)
		record.Converged = step.Converged
		if step.Converged || it > f.config.Iterations {
			keep(objective, ll)
			return yield(step, nil), nil
		}
		if err := m.Maximize(s); err != nil {
			return false, err
		}
		record.Iterations = it
		last, lastGain = objective, step.Gain
		if !yield(step, nil) {
			return false, nil
		}
	}
}
