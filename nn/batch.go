package nn

import (
	"fmt"
	"math"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/kernel"
)

// A Batch is what the loss of a [Trainer] is computed from: rows of a data.Source, in
// the precision of the net. Without a source it has no rows, and the loss makes its
// data from Tape.Rand, which depends on the seed and the step alone.
type Batch[T Float] struct {
	Step    int // the number of the step, from 1; 0 in validation
	Epoch   int // the number of the pass over the source, from 1; 0 without one, and in validation
	Rows    int
	Columns []data.Column // what stands in the rows, not to be changed
	X       []T           // Rows × len(Columns) values, row after row
	Weights []T           // one per row; nil if every row counts once

	from data.Batch
	ints [][]int
}

// Input returns the columns from one to before another as an array of Rows × (to−from)
// on the tape that has no gradient. Columns that there are not panic.
func (b *Batch[T]) Input(t *autodiff.Tape[T], from, to int) autodiff.Var[T] {
	width, columns := to-from, len(b.Columns)
	if from < 0 || to < from || to > columns {
		panic(fmt.Sprintf("nn: input of the columns %d to %d of a batch of %d", from, to, columns))
	}
	if width == columns {
		return t.Constant(b.X, b.Rows, columns)
	}
	x := t.Scratch(b.Rows * width)
	for i := range b.Rows {
		copy(x[i*width:(i+1)*width], b.X[i*columns+from:i*columns+to])
	}
	return t.Constant(x, b.Rows, width)
}

// Mean returns the mean of losses, one for each row of the batch, by the weights of the
// rows if they have any; 0 if all weights are.
func (b *Batch[T]) Mean(losses autodiff.Var[T]) autodiff.Var[T] {
	if b.Weights == nil {
		return losses.Mean()
	}
	total := kernel.Sum(b.Weights)
	if total == 0 {
		return losses.Sum().Scale(0)
	}
	return losses.Mul(losses.Tape().Constant(b.Weights, b.Rows)).Sum().Scale(1 / total)
}

// Labels returns a column as whole numbers, such as the classes of [Batch.Columns]
// with categories. They are valid until the next batch. Another number, or a missing
// one, panics with a *data.ValueError, which a [Trainer] returns as an error; its Row is
// that of the batch, from 0. A column that there is not panics.
func (b *Batch[T]) Labels(column int) []int {
	if column < 0 || column >= len(b.Columns) {
		panic(fmt.Sprintf("nn: labels of column %d of a batch of %d", column, len(b.Columns)))
	}
	for len(b.ints) <= column {
		b.ints = append(b.ints, nil)
	}
	labels := b.ints[column][:0]
	for i := range b.Rows {
		v := b.from.Row(i)[column] // in double precision
		if v != math.Trunc(v) || math.Abs(v) > 1<<31-1 {
			panic(&data.ValueError{Column: b.Columns[column].Name, Row: i, Value: v, Want: "a whole number, to be a label; the row is counted within the batch"})
		}
		labels = append(labels, int(v))
	}
	b.ints[column] = labels
	return labels
}

// next takes the next rows of a pass.
func (b *Batch[T]) next(p data.Pass, columns []data.Column) error {
	err := p.Next(&b.from)
	b.Rows, b.Columns = b.from.Rows, columns
	b.X = convert(b.X, b.from.X)
	if b.from.Weights == nil || err != nil {
		b.Weights = nil
	} else {
		b.Weights = convert(b.Weights, b.from.Weights)
	}
	return err
}

func convert[T Float](dst []T, src []float64) []T {
	if cap(dst) < len(src) {
		dst = make([]T, len(src))
	}
	dst = dst[:len(src)]
	for i, v := range src {
		dst[i] = T(v)
	}
	return dst
}

// weight is what the batch counts for in a mean: its rows, or their weights.
func (b *Batch[T]) weight() float64 {
	if b.from.Weights == nil {
		return float64(b.Rows)
	}
	sum := 0.0
	for _, w := range b.from.Weights {
		sum += w
	}
	return sum
}
