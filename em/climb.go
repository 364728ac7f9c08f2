package em

// One start, iteration by iteration.

import (
	"context"
	"math"
	"time"

	"github.com/belief-go/belief/data"
)

// slotMemory bounds what the statistics of all slots take.
const slotMemory = 64 << 20

// climb goes on with the start under way until it ends.
func (f *fit[D, M]) climb(ctx context.Context, yield func(Step) bool) error {
	if f.slots == nil {
		first := f.model.NewStatistics()
		n := max(1, min(16, slotMemory/(8*len(first.Sums)+1)))
		f.slots = []*Statistics{first}
		for len(f.slots) < n {
			f.slots = append(f.slots, f.model.NewStatistics())
		}
		f.spare = f.model.NewStatistics()
	}
	for start := f.at.Start; f.at.Start == start && !f.at.Done; {
		iterate := f.whole
		if f.config.Batch > 0 && f.at.Iteration > 0 && !f.at.Last {
			iterate = f.batches
		}
		step, last, err := iterate(ctx)
		if err != nil {
			return err
		}
		if last {
			f.end(Start{Objective: step.Objective, Iterations: step.Iteration - 1, Converged: step.Converged})
		}
		if f.config.Progress != nil {
			f.config.Progress(step)
		}
		if !yield(step) {
			return errBroken
		}
		if err := f.saveAtTimes(); err != nil {
			return err
		}
	}
	return nil
}

// A settler knows whether an M step would change it still, where the objective is too
// large to show it.
type settler interface{ settled(s *Statistics) bool }

// whole is an E step of all data with one set of parameters and, unless it is the last,
// an M step.
func (f *fit[D, M]) whole(ctx context.Context) (step Step, last bool, err error) {
	a, c, m := &f.at, &f.config, f.model
	s, err := f.expect(ctx)
	if err != nil {
		return step, false, err
	}
	step = Step{Start: a.Start, Iteration: a.Iteration + 1, LogLikelihood: s.LogLikelihood, Bound: math.NaN()}
	prior := f.logPrior()
	step.Objective = s.LogLikelihood + prior
	if !finiteObjective(step.Objective) {
		return step, false, &stepError{&ObjectiveError{a.Start, step.Iteration, step.Objective}}
	}
	step.Gain, step.Left, step.Converged = a.Rise.add(step.Objective, f.run.Weight, c.Tolerance, c.Batch == 0, c.Hard)
	if v, ok := any(m).(settler); ok && step.Converged && !v.settled(s) {
		step.Converged = false
	}
	if last = step.Converged || step.Iteration > c.Iterations; c.Batch > 0 {
		last = a.Last
		step.Converged = last && a.Settled
	}
	bounded, knows := any(m).(Bounded)
	knows = knows && c.Batch == 0
	switch {
	case last && knows:
		step.Bound = step.Objective
	case !last:
		var complete float64
		if c.Batch > 0 {
			f.mean = m.NewStatistics()
			f.mean.set(s)
		} else if knows {
			f.spare.set(s)
			complete = bounded.Complete(f.spare)
		}
		if err := f.maximize(s); err != nil {
			return step, false, err
		}
		if knows {
			step.Bound = step.Objective + (bounded.Complete(f.spare) - complete) + (f.logPrior() - prior)
		}
	}
	a.Iteration, a.LogLikelihood = step.Iteration, step.LogLikelihood
	a.Last = c.Batch > 0 && a.Iteration >= c.Iterations
	return step, last, nil
}

// maximize is the M step of statistics which it may change.
func (f *fit[D, M]) maximize(s *Statistics) error {
	origin, stepwise := any(f.model).(Stepwise)
	var from []float64
	if stepwise = stepwise && f.mean != nil; stepwise {
		from = origin.Origin()
	}
	if err := f.model.Maximize(s); err != nil {
		return &stepError{err}
	}
	if from != nil {
		origin.Recentre(f.mean, from)
	}
	return nil
}

// logPrior is that of the parameters as they are.
func (f *fit[D, M]) logPrior() float64 {
	if p, ok := any(f.model).(Prior); ok {
		return p.LogPrior()
	}
	return 0
}

// expect is the E step of all data. The statistics returned are one of the slots.
func (f *fit[D, M]) expect(ctx context.Context) (*Statistics, error) {
	for _, s := range f.slots {
		s.Reset()
	}
	step := f.model.Expect
	if f.config.Hard {
		step = any(f.model).(HardModel[D]).ExpectHard
	}
	err := f.data.Each(ctx, Pass{Slots: len(f.slots), Workers: f.config.Workers}, func(slot int, block D) error {
		if err := step(block, f.slots[slot]); err != nil {
			return &stepError{err}
		}
		return nil
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

// batches is a pass with an M step after every batch, of the average
//
//	s ← (1 − γ) s + γ W s_t/w_t,  γ = (t + 2)^−κ,
//
// with the statistics and weight of batch t and the weight W of all data (Cappé &
// Moulines 2009, section 2.2). A pass that was interrupted goes on where it was.
func (f *fit[D, M]) batches(ctx context.Context) (step Step, last bool, err error) {
	a, c, m := &f.at, &f.config, f.model
	// A batch is as many blocks as it takes.
	perBatch := (c.Batch + blockRows - 1) / blockRows
	rows := (c.Batch + perBatch - 1) / perBatch
	order := data.Order{Shuffle: true, Seed: c.Seed, Epoch: uint64(a.Start)<<32 + uint64(a.Iteration)}
	s, seen, done := f.slots[0], 0, a.Blocks
	s.Reset()
	update := func() error {
		if s.Weight > 0 {
			likelihood := s.LogLikelihood
			gamma := math.Pow(float64(a.Batches)+2, -c.Decay)
			f.mean.Scale(1 - gamma)
			s.Scale(gamma * f.run.Weight / s.Weight)
			if err := f.mean.Merge(s); err != nil {
				return &stepError{err}
			}
			f.spare.set(f.mean)
			if err := f.maximize(f.spare); err != nil {
				return err
			}
			a.Pass += likelihood
			if !finiteObjective(a.Pass) {
				return &stepError{&ObjectiveError{a.Start, a.Iteration + 1, a.Pass}}
			}
			a.Batches++
		}
		a.Blocks = seen
		s.Reset()
		return nil
	}
	err = f.data.Each(ctx, Pass{Order: order, Slots: 1, Workers: 1, Rows: rows}, func(_ int, block D) error {
		if seen++; seen <= done {
			return nil
		}
		if err := m.Expect(block, s); err != nil {
			return &stepError{err}
		}
		if (seen-done)%perBatch != 0 {
			return nil
		}
		if err := update(); err != nil {
			return err
		}
		return f.saveAtTimes()
	})
	if err == nil {
		err = update()
	}
	if err != nil {
		return step, false, err
	}
	step = Step{Start: a.Start, Iteration: a.Iteration + 1, LogLikelihood: a.Pass, Bound: math.NaN()}
	step.Objective = a.Pass + f.logPrior()
	if !finiteObjective(step.Objective) {
		return step, false, &stepError{&ObjectiveError{a.Start, step.Iteration, step.Objective}}
	}
	step.Gain, step.Left, a.Settled = a.Rise.add(step.Objective, f.run.Weight, c.Tolerance, false, false)
	a.Iteration, a.LogLikelihood = step.Iteration, a.Pass
	a.Blocks, a.Pass = 0, 0
	a.Last = a.Settled || a.Iteration >= c.Iterations
	return step, false, nil
}

func finiteObjective(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// saveAtTimes writes a checkpoint when it is time to.
func (f *fit[D, M]) saveAtTimes() error {
	if f.config.Checkpoint == "" || time.Since(f.savedAt) < f.config.CheckpointEvery {
		return nil
	}
	return f.save()
}
