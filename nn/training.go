package nn

// The steps of a Trainer: what a run is made of.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/stream"
)

// training is a run at work.
type training[T Float] struct {
	Trainer[T]
	config  Config
	source  data.Source
	params  []*autodiff.Param[T]
	descent *Descent[T]
	judge   *evaluator[T]

	tape   autodiff.Tape[T]
	random *rand.PCG
	batch  Batch[T]
	loss   autodiff.Var[T] // of the last batch
	pass   data.Pass

	at     progress
	best   [][]T // weights of the best validation, if it may come to stopping early
	before [][]T // all weights before a step

	fingerprint string
	saved       int // the step of the last checkpoint; −1 before the first
	savedAt     time.Time
}

// progress is where a run stands.
type progress struct {
	Step        int          `json:"step"`  // taken
	Epoch       int          `json:"epoch"` // completed
	Row         int          `json:"row"`   // of the epoch, to come next
	Sum         float64      `json:"sum"`   // of the losses in this epoch
	Weight      float64      `json:"weight"`
	Losses      []float64    `json:"losses"`
	Validations []Validation `json:"validations"`
	Best        int          `json:"best"` // index of the best validation; −1 before the first
	Worse       int          `json:"worse"`
	Stopped     bool         `json:"stopped"`
	Clipped     int          `json:"clipped"` // steps
}

func newTraining[T Float](t Trainer[T], src data.Source, c Config) (*training[T], error) {
	if t.Net == nil || t.Loss == nil {
		return nil, &belief.ConfigError{Field: "Trainer", Value: "incomplete", Want: "one with Net and Loss"}
	}
	if t.Optimizer == nil {
		t.Optimizer = Adam{}
	}
	if t.Schedule == nil {
		t.Schedule = ExponentialDecay{Factor: 1}
	}
	c, err := c.withDefaults(src)
	if err == nil {
		err = errors.Join(t.Schedule.Validate(), t.Clip.Validate())
	}
	if err != nil {
		return nil, err
	}
	r := &training[T]{Trainer: t, config: c, source: src, params: t.Net.Params(), saved: -1, savedAt: time.Now()}
	if r.descent, err = NewDescent(r.params, t.Optimizer); err != nil {
		return nil, err
	}
	if len(r.descent.params) == 0 {
		return nil, &belief.ConfigError{Field: "Trainer.Net", Value: "without parameters", Want: "one with something to learn"}
	}
	r.descent.Workers, r.descent.Decay = c.Workers, t.Decay
	r.random = rand.NewPCG(0, 0)
	r.tape.Workers, r.tape.Training, r.tape.Rand = c.Workers, true, rand.New(r.random)
	r.batch.from.Size = c.Batch
	r.at.Best = -1
	if c.Checkpoint != "" {
		r.fingerprint = r.describe()
		err = r.restore()
	}
	return r, err
}

// run takes steps until all are done, the context ends, yield wants no more, or
// something is wrong.
func (r *training[T]) run(ctx context.Context, yield func(Step) bool) (err error) {
	defer func() {
		if r.pass != nil {
			r.pass.Close()
		}
	}()
	var step Step
	for taken := false; ; taken = true {
		// A run that was interrupted within a validation has it first.
		if r.validationDue() {
			step.Validation, err = r.validate(ctx)
		}
		if taken {
			if err == nil && r.config.Checkpoint != "" && time.Since(r.savedAt) >= r.config.CheckpointEvery {
				err = r.save()
			}
			if r.config.Progress != nil {
				r.config.Progress(step)
			}
			if !yield(step) {
				return r.save()
			}
			step = Step{}
		}
		if err == nil {
			err = ctx.Err()
		}
		switch {
		case err != nil && ctx.Err() != nil:
			if e := r.save(); e != nil {
				err = errors.Join(err, e)
			}
			return err
		case err != nil:
			return err
		case r.over():
			return r.finish(ctx)
		}
		late := step.Validation
		if step, err = r.step(); err != nil {
			return err
		}
		step.Validation = late
	}
}

func (r *training[T]) over() bool {
	return r.at.Stopped || r.at.Step >= r.config.Steps || r.at.Epoch >= r.config.Epochs
}

// finish saves where the run stands, has a last look at the validation data, and gives
// the net its best weights. The last look is not saved, as a longer run would not
// have had it.
func (r *training[T]) finish(ctx context.Context) error {
	err := r.save()
	if r.config.validates() && r.lastValidation() < r.at.Step && err == nil {
		stopped := r.at.Stopped
		_, err = r.validate(ctx)
		r.at.Stopped = stopped
	}
	if err == nil && r.best != nil {
		for i, p := range r.params {
			copy(p.Value, r.best[i])
		}
	}
	return err
}

func (r *training[T]) lastValidation() int {
	if n := len(r.at.Validations); n > 0 {
		return r.at.Validations[n-1].Step
	}
	return 0
}

func (r *training[T]) validationDue() bool {
	if !r.config.validates() || r.lastValidation() == r.at.Step {
		return false
	}
	if n := r.config.ValidateEvery; n > 0 {
		return r.at.Step%n == 0
	}
	return r.at.Row == 0
}

func (r *training[T]) validate(ctx context.Context) (*Validation, error) {
	var loss float64
	var err error
	if f := r.config.Validate; f != nil {
		loss, err = f(ctx)
	} else {
		if r.judge == nil {
			r.judge = newEvaluator[T](r.config)
		}
		loss, err = r.judge.mean(ctx, r.config.Validation, "Validation", r.lossNumber)
	}
	if err == nil && loss-loss != 0 {
		e := r.diverged("validation", loss)
		e.Step, e.Epoch = r.lastStep()
		if r.judge != nil {
			e.Operation, e.Layer, e.Parameter, _ = r.judge.tape.NonFinite()
		}
		return nil, e
	}
	if err != nil && ctx.Err() == nil {
		err = r.failedAfter(err)
	}
	if err != nil {
		return nil, err
	}
	v := Validation{Step: r.at.Step, Loss: loss}
	r.judged(v)
	return &v, nil
}

func (r *training[T]) lossNumber(t *autodiff.Tape[T], b *Batch[T]) float64 {
	return float64(r.Loss(t, b).Number())
}

// step takes one step. If it cannot, or if Loss panics, the net is as it was before.
func (r *training[T]) step() (s Step, err error) {
	scale := r.Schedule.Scale(r.at.Step)
	if !(scale >= 0) || scale-scale != 0 {
		return Step{}, r.failed(&belief.ConfigError{Field: "Schedule", Value: scale, Want: "finite and at least 0"})
	}
	r.before = snapshot(r.before, r.params)
	taken := false
	defer func() {
		if taken {
			return
		}
		for i, p := range r.params {
			copy(p.Value, r.before[i])
		}
		r.Net.ZeroGrad()
	}()
	// The steps of other trainers may have left gradients here, as those of a generator
	// do in its discriminator.
	r.Net.ZeroGrad()
	s, weight, err := r.gradient()
	if err == nil {
		s.Rate = scale * r.Optimizer.LearningRate()
		s.GradientNorm, err = r.clip()
	}
	if err != nil {
		return Step{}, err
	}
	r.descent.Step(scale)
	if err := r.finite(); err != nil {
		return Step{}, err
	}
	taken = true
	at := &r.at
	at.Step++
	at.Sum += s.Loss * weight
	at.Weight += weight
	if r.Clip.Norm > 0 && s.GradientNorm > r.Clip.Norm || r.Clip.Value > 0 && s.GradientNorm > r.Clip.Value {
		at.Clipped++
	}
	if r.source != nil {
		if at.Row += s.Rows; at.Row >= r.source.Rows() {
			mean := 0.0
			if at.Weight > 0 {
				mean = at.Sum / at.Weight
			}
			at.Losses = append(at.Losses, mean)
			at.Epoch, at.Row, at.Sum, at.Weight = at.Epoch+1, 0, 0, 0
			err = r.pass.Close()
			r.pass = nil
			if err != nil {
				return s, r.failedAfter(err)
			}
		}
	}
	return s, nil
}

// gradient leaves the gradient of the next batch, or batches, in the parameters.
func (r *training[T]) gradient() (s Step, weight float64, err error) {
	s.Step = r.at.Step + 1
	if r.source != nil {
		s.Epoch = r.at.Epoch + 1
		if r.pass == nil {
			if r.pass, err = r.source.Pass(data.Order{Shuffle: !r.config.KeepOrder, Seed: r.config.Seed, Epoch: uint64(r.at.Epoch)}); err == nil && r.at.Row > 0 {
				err = r.pass.Skip(r.at.Row)
			}
			if err != nil {
				return s, 0, r.failed(err)
			}
		}
	}
	stream.Reset(r.random, r.config.Seed, "nn: step", uint64(s.Step))
	r.batch.Step, r.batch.Epoch = s.Step, s.Epoch
	for range r.config.Accumulate {
		w := 1.0
		if r.source != nil {
			if r.at.Row+s.Rows >= r.source.Rows() {
				break
			}
			if err := r.batch.next(r.pass, r.source.Columns()); err != nil {
				if err == io.EOF {
					err = fmt.Errorf("the source has only %d rows and not %d: %w", r.at.Row+s.Rows, r.source.Rows(), io.ErrUnexpectedEOF)
				}
				return s, 0, r.failed(err)
			}
			w = r.batch.weight()
			s.Rows += r.batch.Rows
		}
		loss, err := r.compute(w)
		if err != nil {
			return s, 0, err
		}
		s.Loss += w * loss
		weight += w
	}
	if weight > 0 {
		s.Loss /= weight
	}
	if r.config.Accumulate > 1 && weight > 0 {
		for _, p := range r.descent.params {
			kernel.Scale(T(1/weight), p.Grad, p.Grad)
		}
	}
	return s, weight, nil
}

// compute adds to the gradients of the parameters that of the loss of the batch.
func (r *training[T]) compute(weight float64) (value float64, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = r.failed(panicked(v))
		}
	}()
	r.tape.Reset()
	loss := r.Loss(&r.tape, &r.batch)
	if value = float64(loss.Number()); value-value != 0 {
		e := r.diverged("loss", value)
		e.Operation, e.Layer, e.Parameter, _ = r.tape.NonFinite()
		return 0, e
	}
	if r.config.Accumulate > 1 {
		loss = loss.Scale(T(weight))
	}
	r.loss = loss
	r.tape.Backward(loss)
	return value, nil
}

// clip bounds the gradient and returns the norm that it had.
func (r *training[T]) clip() (norm float64, err error) {
	norm = ClipGradients(r.descent.params, r.Clip)
	after := norm
	if r.Clip.Value > 0 || r.Clip.Norm > 0 {
		after = GradientNorm(r.descent.params)
	}
	if s := T(after) * T(after); s-s == 0 {
		return norm, nil
	}
	e := r.diverged("gradient", norm)
	for _, p := range r.descent.params {
		if n := GradientNorm([]*autodiff.Param[T]{p}); T(n)*T(n)-T(n)*T(n) != 0 {
			e.Parameter = p.Name
			break
		}
	}
	if norm-norm != 0 {
		e.Operation, e.Layer, _ = r.tape.NonFiniteGrad(r.loss)
	}
	return norm, e
}

// finite checks what a step has made of the weights, and of what is Fixed.
func (r *training[T]) finite() error {
	for _, p := range r.params {
		if i := nonFinite(p.Value); i >= 0 {
			e := r.diverged("parameter", float64(p.Value[i]))
			e.Parameter = p.Name
			return e
		}
	}
	return nil
}

// nonFinite returns where the first number of x is that is not finite, or −1.
func nonFinite[T Float](x []T) int {
	// The sum of finite numbers may be out of range, so that it only acquits.
	if s := kernel.Sum(x); s-s == 0 {
		return -1
	}
	return slices.IndexFunc(x, func(v T) bool { return v-v != 0 })
}

// snapshot copies the values of parameters, to memory that is there already if any.
func snapshot[T Float](dst [][]T, params []*autodiff.Param[T]) [][]T {
	if dst == nil {
		dst = make([][]T, len(params))
	}
	for i, p := range params {
		dst[i] = append(dst[i][:0], p.Value...)
	}
	return dst
}

func (r *training[T]) report() *Run {
	at := &r.at
	run := &Run{Steps: at.Step, Epochs: at.Epoch, Losses: slices.Clone(at.Losses), Validations: slices.Clone(at.Validations), Stopped: at.Stopped}
	if at.Best >= 0 {
		best := at.Validations[at.Best]
		run.Best = &best
	}
	if 2*at.Clipped > at.Step {
		run.Warnings = append(run.Warnings, belief.Warning{Code: "often-clipped",
			Text: fmt.Sprintf("the gradient was clipped in %d of %d steps, so that its size hardly mattered: allow a larger one, or lower the rate", at.Clipped, at.Step)})
	}
	if n := len(at.Losses); n > 1 && at.Losses[n-1] >= at.Losses[0] {
		run.Warnings = append(run.Warnings, belief.Warning{Code: "nothing-learnt",
			Text: fmt.Sprintf("the mean loss of the last epoch, %.6g, is not below that of the first, %.6g: try another learning rate", at.Losses[n-1], at.Losses[0])})
	}
	return run
}
