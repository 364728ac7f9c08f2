package nn_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/patience"
	"github.com/belief-go/belief/nn"
)

// line is n rows x, 2·x + 1, with a wave for noise.
func line(n int) *data.Table {
	var x []float64
	for i := range n {
		at := float64(i)/float64(n) - 0.5
		x = append(x, at, 2*at+1+0.1*math.Sin(float64(7*i)))
	}
	t, err := data.FromMatrix(x, 2, "x", "y")
	if err != nil {
		panic(err)
	}
	return t
}

// regression is a linear model of the second column by the first.
func regression[T nn.Float](o nn.Optimizer) nn.Trainer[T] {
	net := nn.New[T](1)
	l := net.Dense("line", nn.Dense{In: 1, Out: 1})
	return nn.Trainer[T]{Net: net, Optimizer: o, Loss: func(t *autodiff.Tape[T], b *nn.Batch[T]) autodiff.Var[T] {
		return nn.SquaredError(l.Forward(b.Input(t, 0, 1)), b.Input(t, 1, 2))
	}}
}

func weightsOf[T nn.Float](net *nn.Net[T]) (all []T) {
	for _, p := range net.Params() {
		all = append(all, p.Value...)
	}
	return all
}

// The trainer's weights are those of the steps written out.
func TestTrainerTakesTheseSteps(t *testing.T) {
	src := line(10)
	tr := regression[float64](nn.SGD{Rate: 0.3, Momentum: 0.5})
	tr.Schedule = nn.LinearDecay{Steps: 12}
	tr.Clip.Norm = 0.7
	at := weightsOf(tr.Net)
	run, err := tr.Fit(context.Background(), src, nn.Config{Epochs: 2, Batch: 4, KeepOrder: true})
	if err != nil {
		t.Fatal(err)
	}
	var vel [2]float64
	var means []float64
	for epoch := range 2 {
		sum := 0.0
		for k, rows := range [][2]int{{0, 4}, {4, 8}, {8, 10}} {
			var g [2]float64
			n := float64(rows[1] - rows[0])
			for i := rows[0]; i < rows[1]; i++ {
				x, y := src.Row(i)[0], src.Row(i)[1]
				d := at[0]*x + at[1] - y
				g[0] += 2 * d * x / n
				g[1] += 2 * d / n
				sum += d * d
			}
			if norm := math.Hypot(g[0], g[1]); norm > 0.7 {
				g[0], g[1] = g[0]*0.7/norm, g[1]*0.7/norm
			}
			rate := 0.3 * (1 - float64(3*epoch+k)/12)
			for i := range vel {
				vel[i] = 0.5*vel[i] - rate*g[i]
				at[i] += vel[i]
			}
		}
		means = append(means, sum/10)
	}
	for i, w := range weightsOf(tr.Net) {
		if math.Abs(w-at[i]) > 1e-14 {
			t.Errorf("weight %d is %v, want %v", i, w, at[i])
		}
	}
	if run.Steps != 6 || run.Epochs != 2 || len(run.Losses) != 2 {
		t.Fatalf("%+v", run)
	}
	for i, mean := range means {
		if math.Abs(run.Losses[i]-mean) > 1e-14 {
			t.Errorf("mean loss of epoch %d is %v, want %v", i, run.Losses[i], mean)
		}
	}
}

// Accumulated gradients are those of large batches, also where weights differ and at
// the end of an epoch.
func TestAccumulate(t *testing.T) {
	table := line(22)
	w := make([]float64, 22)
	for i := range w {
		w[i] = float64(i%3) + 0.5
	}
	src, err := data.NewTable(data.Numbers("x", "y"), table.Matrix(), w)
	if err != nil {
		t.Fatal(err)
	}
	fit := func(batch, accumulate int) ([]float64, []nn.Step) {
		net := nn.New[float64](1)
		l := net.Dense("line", nn.Dense{In: 1, Out: 1})
		tr := nn.Trainer[float64]{Net: net, Loss: func(t *autodiff.Tape[float64], b *nn.Batch[float64]) autodiff.Var[float64] {
			sum := 0.0
			for _, w := range b.Weights {
				sum += w
			}
			d := l.Forward(b.Input(t, 0, 1)).Sub(b.Input(t, 1, 2))
			return d.Mul(d).Mul(t.Constant(b.Weights, b.Rows, 1)).Sum().Scale(1 / sum)
		}, Optimizer: nn.SGD{Rate: 0.2}}
		var steps []nn.Step
		for s, err := range tr.Steps(context.Background(), src, nn.Config{Epochs: 3, Batch: batch, Accumulate: accumulate, Seed: 4}) {
			if err != nil {
				t.Fatal(err)
			}
			steps = append(steps, s)
		}
		return weightsOf(net), steps
	}
	want, wantSteps := fit(8, 1)
	got, gotSteps := fit(2, 4)
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-13 {
			t.Errorf("weights %v, want %v", got, want)
		}
	}
	if len(gotSteps) != 9 || len(wantSteps) != 9 {
		t.Fatalf("%d and %d steps, want 9", len(gotSteps), len(wantSteps))
	}
	for i, s := range gotSteps {
		o := wantSteps[i]
		if s.Rows != o.Rows || s.Step != i+1 || s.Epoch != i/3+1 || math.Abs(s.Loss-o.Loss) > 1e-13 || math.Abs(s.GradientNorm-o.GradientNorm) > 1e-12 {
			t.Errorf("step %+v, want %+v", s, o)
		}
	}
}

// Evaluation weights the short last batch by its rows.
func TestEvaluate(t *testing.T) {
	src := line(10)
	tr := regression[float64](nil)
	copy(tr.Net.Params()[0].Value, []float64{1})
	want := 0.0
	for i := range 10 {
		d := src.Row(i)[0] - src.Row(i)[1]
		want += d * d / 10
	}
	for _, batch := range []int{0, 1, 3, 4, 10} {
		got, err := tr.Evaluate(context.Background(), src, nn.Config{Batch: batch})
		if err != nil || math.Abs(got-want) > 1e-15 {
			t.Errorf("batches of %d: %v, %v; want %v", batch, got, err, want)
		}
	}
	w := slices.Repeat([]float64{0, 3}, 5)
	weighted, err := data.NewTable(data.Numbers("x", "y"), src.Matrix(), w)
	if err != nil {
		t.Fatal(err)
	}
	got, err := nn.Evaluate(context.Background(), weighted, nn.Config{Batch: 4}, func(tape *autodiff.Tape[float64], b *nn.Batch[float64]) float64 {
		if tape.Training || b.Step != 0 {
			t.Error("evaluation looks like training")
		}
		sum := 0.0
		for i, w := range b.Weights {
			sum += w * b.X[2*i] / 3 / float64(b.Rows/2)
		}
		return sum
	})
	want = 0
	for i := 1; i < 10; i += 2 {
		want += src.Row(i)[0] / 5
	}
	if err != nil || math.Abs(got-want) > 1e-15 {
		t.Errorf("weighted mean %v, %v; want %v", got, err, want)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := tr.Evaluate(ctx, src, nn.Config{}); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

// Validations come when they are asked for, and early stopping takes the best.
func TestEarlyStopping(t *testing.T) {
	for _, c := range []struct {
		losses  []float64
		e       nn.EarlyStopping
		steps   int
		best    int // step
		stopped bool
	}{
		{[]float64{5, 4, 3, 2, 1, 0}, nn.EarlyStopping{Patience: 1}, 12, 12, false},
		{[]float64{5, 4, 3, 3.5, 1, 0}, nn.EarlyStopping{Patience: 1}, 8, 6, true},
		{[]float64{5, 4, 3, 3.5, 1, 2}, nn.EarlyStopping{Patience: 2}, 12, 10, false},
		{[]float64{5, 6, 4.5, 4.4, 4.3, 0}, nn.EarlyStopping{Patience: 3, MinDelta: 1}, 8, 2, true},
		{[]float64{5, 6, 4.5, 4.4, 3.9, 0}, nn.EarlyStopping{Patience: 4, MinDelta: 1}, 12, 12, false},
		{[]float64{5, 6, 7, 8, 9, 10}, nn.EarlyStopping{}, 12, 2, false},
	} {
		tr := regression[float32](nn.SGD{Rate: 0.1})
		var seen [][]float32
		config := nn.Config{Epochs: 3, Batch: 3, ValidateEvery: 2, EarlyStopping: c.e,
			Validate: func(context.Context) (float64, error) {
				seen = append(seen, weightsOf(tr.Net))
				return c.losses[len(seen)-1], nil
			}}
		run, err := tr.Fit(context.Background(), line(10), config)
		if err != nil {
			t.Fatal(err)
		}
		if run.Steps != c.steps || run.Best.Step != c.best || run.Stopped != c.stopped || len(run.Validations) != c.steps/2 {
			t.Errorf("%v %+v: %d steps, %d validations, best %+v, stopped %t", c.losses, c.e, run.Steps, len(run.Validations), run.Best, run.Stopped)
		}
		want := seen[len(seen)-1]
		if c.e.Patience > 0 {
			want = seen[c.best/2-1]
		}
		if !slices.Equal(weightsOf(tr.Net), want) {
			t.Errorf("%v %+v: the weights are %v, want %v", c.losses, c.e, weightsOf(tr.Net), want)
		}
	}
}

func TestValidationAfterEpochsAndAtTheEnd(t *testing.T) {
	tr := regression[float64](nil)
	var at []string
	run, err := tr.Fit(context.Background(), line(10), nn.Config{Steps: 7, Batch: 4, Validation: line(5), Progress: func(s nn.Step) {
		if s.Validation != nil {
			at = append(at, fmt.Sprint(s.Step, s.Epoch, s.Validation.Step))
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"3 1 3", "6 2 6"}, at); d != "" {
		t.Error(d)
	}
	last, err := tr.Evaluate(context.Background(), line(5), nn.Config{Batch: 4})
	if err != nil || len(run.Validations) != 3 || run.Validations[2] != (nn.Validation{Step: 7, Loss: last}) || run.Epochs != 2 {
		t.Errorf("%+v, %v, %v", run, last, err)
	}
}

// A loss without a source makes its data from the seed and the step.
func TestTrainerWithoutSource(t *testing.T) {
	var drawn [][]float64
	fit := func(seed uint64) {
		net := nn.New[float64](1)
		w := net.Param("w", nn.Constant(1), 1, 1)
		tr := nn.Trainer[float64]{Net: net, Loss: func(t *autodiff.Tape[float64], b *nn.Batch[float64]) autodiff.Var[float64] {
			x := t.Rand.NormFloat64()
			drawn[len(drawn)-1] = append(drawn[len(drawn)-1], x)
			return t.Param(w).Scale(x).Square()
		}}
		drawn = append(drawn, nil)
		run, err := tr.Fit(context.Background(), nil, nn.Config{Steps: 5, Seed: seed})
		if err != nil || run.Steps != 5 || run.Epochs != 0 {
			t.Error(run, err)
		}
	}
	fit(1)
	fit(1)
	fit(2)
	if len(drawn[0]) != 5 || !slices.Equal(drawn[0], drawn[1]) || drawn[0][0] == drawn[2][0] || drawn[0][0] == drawn[0][1] {
		t.Error(drawn)
	}
}

func TestTrainerSettings(t *testing.T) {
	for _, c := range []struct {
		field  string
		src    data.Source
		change func(*nn.Trainer[float64], *nn.Config)
	}{
		{"Trainer", line(3), func(t *nn.Trainer[float64], c *nn.Config) { t.Net = nil }},
		{"Trainer", line(3), func(t *nn.Trainer[float64], c *nn.Config) { t.Loss = nil }},
		{"Trainer.Net", line(3), func(t *nn.Trainer[float64], c *nn.Config) { t.Net = nn.New[float64](1) }},
		{"Adam.Rate", line(3), func(t *nn.Trainer[float64], c *nn.Config) { t.Optimizer = nn.Adam{Rate: -3} }},
		{"StepDecay.Every", line(3), func(t *nn.Trainer[float64], c *nn.Config) { t.Schedule = nn.StepDecay{} }},
		{"Clip.Norm", line(3), func(t *nn.Trainer[float64], c *nn.Config) { t.Clip.Norm = -1 }},
		{"Steps", nil, func(t *nn.Trainer[float64], c *nn.Config) {}},
		{"source", line(0), func(t *nn.Trainer[float64], c *nn.Config) {}},
		{"Epochs", line(3), func(t *nn.Trainer[float64], c *nn.Config) { c.Epochs = -1 }},
		{"Steps", line(3), func(t *nn.Trainer[float64], c *nn.Config) { c.Steps = -1 }},
		{"Batch", line(3), func(t *nn.Trainer[float64], c *nn.Config) { c.Batch = -1 }},
		{"Accumulate", line(3), func(t *nn.Trainer[float64], c *nn.Config) { c.Accumulate = -1 }},
		{"Workers", line(3), func(t *nn.Trainer[float64], c *nn.Config) { c.Workers = -1 }},
		{"CheckpointEvery", line(3), func(t *nn.Trainer[float64], c *nn.Config) { c.CheckpointEvery = -1 }},
		{"Validation", line(3), func(t *nn.Trainer[float64], c *nn.Config) { c.Validation = line(0) }},
		{"ValidateEvery", line(3), func(t *nn.Trainer[float64], c *nn.Config) { c.ValidateEvery = -1 }},
		{"ValidateEvery", nil, func(t *nn.Trainer[float64], c *nn.Config) { c.Steps, c.Validation = 3, line(3) }},
		{"EarlyStopping.Patience", line(3), func(t *nn.Trainer[float64], c *nn.Config) { c.EarlyStopping.Patience = 1 }},
		{"EarlyStopping.Patience", line(3), func(t *nn.Trainer[float64], c *nn.Config) { c.EarlyStopping.Patience = -1 }},
		{"EarlyStopping.MinDelta", line(3), func(t *nn.Trainer[float64], c *nn.Config) { c.EarlyStopping.MinDelta = math.NaN() }},
	} {
		tr, config := regression[float64](nil), nn.Config{}
		c.change(&tr, &config)
		_, err := tr.Fit(context.Background(), c.src, config)
		var bad *belief.ConfigError
		if !errors.As(err, &bad) || bad.Field != c.field {
			t.Errorf("%v, want an error of %s", err, c.field)
		}
		for _, err := range tr.Steps(context.Background(), c.src, config) {
			if !errors.As(err, &bad) || bad.Field != c.field {
				t.Errorf("%v, want an error of %s", err, c.field)
			}
		}
	}
	tr := regression[float64](nil)
	tr.Schedule = nn.ScheduleFunc(func(t int) float64 { return 1 - float64(t) })
	_, err := tr.Fit(context.Background(), line(3), nn.Config{})
	var at *nn.StepError
	if !errors.As(err, &at) || at.Step != 3 {
		t.Errorf("a negative rate: %v", err)
	}
	if _, err := tr.Evaluate(context.Background(), nil, nn.Config{Steps: 1}); err == nil {
		t.Error("nothing can be evaluated")
	}
}

func TestWarmStepOfATrainerDoesNotAllocate(t *testing.T) {
	tr := regression[float32](nil)
	tr.Clip.Norm = 1
	src := line(4000)
	taken := func(steps int) func() {
		return func() {
			if _, err := tr.Fit(context.Background(), src, nn.Config{Steps: steps, Batch: 4}); err != nil {
				t.Error(err)
			}
		}
	}
	few, many := patience.Allocations(5, taken(20)), patience.Allocations(5, taken(920))
	if many > few+5 {
		t.Errorf("900 steps more allocate %v times more", many-few)
	}
}

func TestAccuracy(t *testing.T) {
	var tape autodiff.Tape[float64]
	nan := math.NaN()
	x := tape.Constant([]float64{1, 2, 0, 5, 5, 4, nan, 0, 0, 1, nan, 0, -1, -3, -2}, 5, 3)
	if got := nn.Accuracy(x, []int{1, 0, 0, 0, 2}); got != 2.0/5 {
		t.Errorf("accuracy %v, want 2/5", got)
	}
	if got := nn.Accuracy(x, []int{1, 0, -1, -1, 0}); got != 3.0/5 {
		t.Errorf("accuracy %v, want 3/5", got)
	}
	if got := nn.Accuracy(tape.Constant(nil, 0, 3), nil); got == got {
		t.Errorf("accuracy of nothing is %v", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("labels that are too few are taken")
		}
	}()
	nn.Accuracy(x, []int{1})
}

func TestWarnings(t *testing.T) {
	tr := regression[float64](nn.SGD{Rate: 1.2})
	tr.Clip.Value = 1e-3
	copy(tr.Net.Params()[1].Value, []float64{0.9})
	run, err := tr.Fit(context.Background(), line(50), nn.Config{Epochs: 2})
	if err != nil || len(run.Warnings) != 1 || run.Warnings[0].Code != "often-clipped" {
		t.Errorf("%+v, %v", run, err)
	}
	tr.Clip.Value = 0
	tr.Optimizer = nn.SGD{Rate: 1.2}
	copy(tr.Net.Params()[1].Value, []float64{3})
	run, err = tr.Fit(context.Background(), line(50), nn.Config{Epochs: 3})
	if err != nil || len(run.Warnings) != 1 || run.Warnings[0].Code != "nothing-learnt" {
		t.Errorf("%+v, %v", run, err)
	}
}

// Every epoch takes all rows, in an order of its own.
func TestEpochsHaveOtherOrders(t *testing.T) {
	tr := regression[float64](nil)
	loss := tr.Loss
	var seen []float64
	tr.Loss = func(t *autodiff.Tape[float64], b *nn.Batch[float64]) autodiff.Var[float64] {
		seen = append(seen, b.X[0])
		return loss(t, b)
	}
	if _, err := tr.Fit(context.Background(), line(20), nn.Config{Epochs: 2, Batch: 1}); err != nil {
		t.Fatal(err)
	}
	first, second := seen[:20], seen[20:]
	if slices.Equal(first, second) {
		t.Error("two epochs have one order")
	}
	slices.Sort(first)
	slices.Sort(second)
	if !slices.Equal(first, second) {
		t.Error("an epoch has other rows")
	}
}
