package nn

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/stream"
)

// Evaluate returns the mean of a function of batches over all rows of a source, in
// their order; a batch counts as much as its rows, or their weights. A value that is
// not finite is the result; weights that are all 0 are a [*belief.ConfigError]. Batch, Seed and Workers of the configuration matter.
// Tape.Training is false; Tape.Rand depends on the seed and the number of the batch.
// What panics in a [Trainer]'s loss to become an error does so here.
func Evaluate[T Float](ctx context.Context, src data.Source, c Config, f func(t *autodiff.Tape[T], b *Batch[T]) float64) (float64, error) {
	if src == nil {
		return 0, &belief.ConfigError{Field: "source", Value: nil, Want: "one"}
	}
	c, err := c.withDefaults(src)
	if err != nil {
		return 0, err
	}
	return newEvaluator[T](c).mean(ctx, src, "source", f)
}

// Evaluate returns the mean loss over all rows of a source, see the function of that
// name.
func (t Trainer[T]) Evaluate(ctx context.Context, src data.Source, c Config) (float64, error) {
	return Evaluate(ctx, src, c, func(tape *autodiff.Tape[T], b *Batch[T]) float64 { return float64(t.Loss(tape, b).Number()) })
}

// evaluator keeps the memory of evaluations.
type evaluator[T Float] struct {
	tape   autodiff.Tape[T]
	random *rand.PCG
	seed   uint64
	batch  Batch[T]
}

func newEvaluator[T Float](c Config) *evaluator[T] {
	e := &evaluator[T]{random: rand.NewPCG(0, 0), seed: c.Seed}
	e.tape.Workers, e.tape.Rand = c.Workers, rand.New(e.random)
	e.batch.from.Size = c.Batch
	return e
}

// mean is the mean over a source, which errors call by the name.
func (e *evaluator[T]) mean(ctx context.Context, src data.Source, name string, f func(t *autodiff.Tape[T], b *Batch[T]) float64) (mean float64, err error) {
	pass, err := src.Pass(data.Order{})
	if err != nil {
		return 0, err
	}
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
		if e := pass.Close(); err == nil {
			err = e
		}
	}()
	sum, weight := 0.0, 0.0
	for i, rows := 0, 0; rows < src.Rows(); i++ {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if err := e.batch.next(pass, src.Columns()); err != nil {
			return 0, err
		}
		rows += e.batch.Rows
		stream.Reset(e.random, e.seed, "nn: evaluation", uint64(i))
		e.tape.Reset()
		w := e.batch.weight()
		v := f(&e.tape, &e.batch)
		if v-v != 0 {
			return v, nil // the tape shows where it comes from
		}
		sum += w * v
		weight += w
	}
	if weight == 0 {
		return 0, &belief.ConfigError{Field: name, Value: "one whose weights are all 0", Want: "one with rows that count"}
	}
	return sum / weight, nil
}

// Accuracy returns the share of rows of the last axis of x whose largest entry, the
// first of them, is that of their label. No label is right where there is NaN. There
// are as many labels as rows, or it panics.
func Accuracy[T Float](x autodiff.Var[T], labels []int) float64 {
	values := x.Value()
	if len(labels) == 0 && len(values) == 0 {
		return math.NaN()
	}
	width := x.Dim(-1)
	if width*len(labels) != len(values) {
		panic(fmt.Sprintf("nn: %d labels for %d values in rows of %d", len(labels), len(values), width))
	}
	right := 0
	for i, label := range labels {
		row := values[i*width : (i+1)*width]
		best := 0
		for k, v := range row {
			if v != v {
				best = -1 // no label is right
				break
			}
			if v > row[best] {
				best = k
			}
		}
		if best == label && label >= 0 {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}
