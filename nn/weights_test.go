package nn

import (
	"context"
	"math"
	"testing"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
)

// A row of weight 9 counts as nine rows.
func TestBatchMean(t *testing.T) {
	table, err := data.FromMatrix([]float64{0, 9, 10, 1}, 2)
	if err != nil {
		t.Fatal(err)
	}
	src, err := data.Weighted(table, table.Columns()[1].Name)
	if err != nil {
		t.Fatal(err)
	}
	net := New[float64](1)
	level := net.Param("level", Constant(5), 1, 1, 1)
	trainer := Trainer[float64]{
		Net: net, Optimizer: SGD{Rate: 0.1},
		Loss: func(t *autodiff.Tape[float64], b *Batch[float64]) autodiff.Var[float64] {
			return b.Mean(b.Input(t, 0, 1).Reshape(-1).Sub(t.Param(level)).Square())
		},
	}
	if _, err := trainer.Fit(context.Background(), src, Config{Epochs: 200, Batch: 2}); err != nil {
		t.Fatal(err)
	}
	if got := level.Value[0]; math.Abs(got-1) > 1e-9 {
		t.Errorf("the weighted mean is %v, want 1", got)
	}
	var tape autodiff.Tape[float64]
	losses := tape.Variable([]float64{3, 5}, 2)
	b := Batch[float64]{Rows: 2, Weights: []float64{0, 0}}
	if got := b.Mean(losses).Number(); got != 0 {
		t.Errorf("without weight the mean is %v", got)
	}
	b.Weights = nil
	if got := b.Mean(losses).Number(); got != 4 {
		t.Errorf("the mean is %v, want 4", got)
	}
}
