package nn

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"sync/atomic"
	"time"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
)

// A Trainer fits the parameters of a net to data by steps against the gradient of a
// loss. Net and Loss are all that it needs.
type Trainer[T Float] struct {
	Net *Net[T]
	// Loss computes the loss of a batch, a single number on the tape: the mean over
	// its rows. It is called in learning and, with Tape.Training false, in validation.
	// What it draws it has to draw from Tape.Rand, which depends on the seed and the
	// step alone. Of rows with weights, Batch.Mean makes the mean.
	Loss      func(t *autodiff.Tape[T], b *Batch[T]) autodiff.Var[T]
	Optimizer Optimizer // nil means Adam
	Schedule  Schedule  // of the learning rate; nil means that it stays the same
	Clip      Clip      // of the gradients
	// Decay tells whether the weight decay of the optimizer applies to a parameter;
	// nil means to all. See MatricesOnly.
	Decay func(p *autodiff.Param[T]) bool
}

// Config says how a [Trainer] goes about it. The zero value is ten shuffled passes over
// the data in batches of 64 rows.
type Config struct {
	Epochs int    `json:"epochs,omitempty"` // passes over the source; 0 means 10, or as many as Steps takes
	Steps  int    `json:"steps,omitempty"`  // at most; 0 means as many as Epochs takes
	Batch  int    `json:"batch,omitempty"`  // rows of a batch; 0 means 64
	Seed   uint64 `json:"seed"`             // of the order and of what the loss draws; 0 is a seed like any other
	// Workers bounds the goroutines of large operations; 0 means all cores. The
	// results do not depend on it.
	Workers int `json:"workers,omitempty"`
	// Accumulate is the number of batches whose gradients, weighted by their rows,
	// make one step, where more rows than fit into memory are to; 0 means 1. The last
	// step of an epoch takes what is left.
	Accumulate int  `json:"accumulate,omitempty"`
	KeepOrder  bool `json:"keep_order,omitempty"` // the rows are not shuffled

	// Validation is a source whose mean loss is computed now and then.
	Validation data.Source `json:"-"`
	// Validate is a function to call in its place. Less is better.
	Validate func(ctx context.Context) (float64, error) `json:"-"`
	// ValidateEvery is the number of steps between validations; 0 means after each
	// epoch. A run that ends between them has one more.
	ValidateEvery int           `json:"validate_every,omitempty"`
	EarlyStopping EarlyStopping `json:"early_stopping"`

	// Checkpoint is a file in which the run keeps what it needs to go on after a
	// crash; empty means none. A run that finds its own checkpoint there goes on from
	// it, to the bits that it would have had without interruption, if Loss remembers
	// nothing; a finished run can be made longer. Net.Load takes the weights out.
	Checkpoint string `json:"checkpoint,omitempty"`
	// CheckpointEvery is the time between checkpoints; 0 means 30 s. There is one at
	// the end of a run as well, also when it is cancelled.
	CheckpointEvery time.Duration `json:"checkpoint_every,omitempty"`

	// Progress is called after every step. Nil means never.
	Progress func(Step) `json:"-"`
}

// A Step tells how a step of learning went.
type Step struct {
	Step  int `json:"step"`            // from 1
	Epoch int `json:"epoch,omitempty"` // from 1; 0 without a source
	Rows  int `json:"rows,omitempty"`  // that it learnt from
	// Loss is the mean over these rows, before the weights were changed.
	Loss float64 `json:"loss"`
	// GradientNorm is the Euclidean norm of the gradient before clipping.
	GradientNorm float64 `json:"gradient_norm"`
	Rate         float64 `json:"rate"` // the learning rate
	// Validation is there if one was due.
	Validation *Validation `json:"validation,omitempty"`
}

// A Validation is the mean loss of data that the net does not learn from.
type Validation struct {
	Step int     `json:"step"` // taken by then
	Loss float64 `json:"loss"`
}

// A Run tells how training went. After resuming it is that of the whole run.
type Run struct {
	Steps       int          `json:"steps"`  // taken
	Epochs      int          `json:"epochs"` // completed
	Losses      []float64    `json:"losses"` // mean loss of each completed epoch, in learning
	Validations []Validation `json:"validations,omitempty"`
	// Best is the validation with the least loss; with EarlyStopping the net has its
	// weights, if the run has come to its end.
	Best     *Validation      `json:"best,omitempty"`
	Stopped  bool             `json:"stopped"` // early
	Warnings []belief.Warning `json:"warnings,omitempty"`
}

// Fit takes all steps and tells how it went. The source may be nil if Loss makes its
// own data; Config.Steps has to be set then.
//
// When ctx ends it returns after the step at hand with what there is and ctx's error.
// Shapes that do not fit, and data that Loss cannot take, are a [*StepError]; a loss, a
// gradient or a parameter that is not finite is a [*DivergedError], and the net then has
// the weights before that step. Settings that make no sense are a [*belief.ConfigError], files
// that cannot be used or written a [*CheckpointError].
func (t Trainer[T]) Fit(ctx context.Context, src data.Source, c Config) (*Run, error) {
	r, err := newTraining(t, src, c)
	if err != nil {
		return nil, err
	}
	err = r.run(ctx, func(Step) bool { return true })
	return r.report(), err
}

// Steps is Fit as a sequence of steps. The weights are those after the step until the
// next one. Breaking out ends the run as cancelling does. An error is the last
// element. The sequence can be used once: a second time it is an error.
func (t Trainer[T]) Steps(ctx context.Context, src data.Source, c Config) iter.Seq2[Step, error] {
	var used atomic.Bool
	return func(yield func(Step, error) bool) {
		if used.Swap(true) {
			yield(Step{}, errors.New("nn: this sequence of steps has been used; call Steps for another"))
			return
		}
		r, err := newTraining(t, src, c)
		if err == nil {
			broken := false
			err = r.run(ctx, func(s Step) bool {
				broken = !yield(s, nil)
				return !broken
			})
			if broken {
				return // nobody is left to hear of an error
			}
		}
		if err != nil {
			yield(Step{}, err)
		}
	}
}

// withDefaults returns the configuration with its defaults filled in.
func (c Config) withDefaults(src data.Source) (Config, error) {
	if c.Steps == 0 && src == nil {
		return c, &belief.ConfigError{Field: "Steps", Value: 0, Want: "the number of steps, as there is no source to count epochs of"}
	}
	if c.Epochs == 0 {
		c.Epochs = 10
		if c.Steps > 0 {
			c.Epochs = math.MaxInt
		}
	}
	for _, f := range []struct {
		name  string
		value *int
		whenZ int
	}{{"Epochs", &c.Epochs, 0}, {"Steps", &c.Steps, math.MaxInt}, {"Batch", &c.Batch, 64}, {"Accumulate", &c.Accumulate, 1},
		{"Workers", &c.Workers, 0}, {"ValidateEvery", &c.ValidateEvery, 0}} {
		if *f.value < 0 {
			return c, &belief.ConfigError{Field: f.name, Value: *f.value, Want: "at least 0, which means the default"}
		}
		if *f.value == 0 {
			*f.value = f.whenZ
		}
	}
	if c.CheckpointEvery < 0 {
		return c, &belief.ConfigError{Field: "CheckpointEvery", Value: c.CheckpointEvery, Want: "at least 0, which means the default"}
	}
	if c.CheckpointEvery == 0 {
		c.CheckpointEvery = 30 * time.Second
	}
	if src != nil && src.Rows() < 1 {
		return c, &belief.ConfigError{Field: "source", Value: fmt.Sprintf("of %d rows", src.Rows()), Want: "one with rows"}
	}
	if c.Validation != nil && c.Validation.Rows() < 1 {
		return c, &belief.ConfigError{Field: "Validation", Value: fmt.Sprintf("of %d rows", c.Validation.Rows()), Want: "one with rows"}
	}
	if src == nil && c.validates() && c.ValidateEvery == 0 {
		return c, &belief.ConfigError{Field: "ValidateEvery", Value: 0, Want: "a number of steps, as there is no source to count epochs of"}
	}
	return c, c.EarlyStopping.validate(c.validates())
}

func (c Config) validates() bool { return c.Validation != nil || c.Validate != nil }
