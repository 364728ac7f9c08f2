package em

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief/data"
)

// What data cannot be read is no fault of a start.
func TestEngineDataErrors(t *testing.T) {
	src := &engineFaulty{Source: engineStream{engineRows(t, make([]float64, 3000), 1, Config{}).Table()}, left: 2}
	rows, err := NewRows(context.Background(), src, Config{Memory: 1}, RefuseMissing)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Fit(context.Background(), rows, enginePairFrom(pair{0.4, 0.3, 0.6}), Config{Starts: 3})
	if err == nil || err.Error() != "unplugged" {
		t.Errorf("%v", err)
	}
}

type engineFaulty struct {
	data.Source
	left int // passes that go well
}

func (f *engineFaulty) Pass(o data.Order) (data.Pass, error) {
	if f.left--; f.left < 0 {
		return nil, errors.New("unplugged")
	}
	return f.Source.Pass(o)
}

// A fit that is interrupted returns the best so far and the context's error, also in the
// middle of an E step.
func TestEngineCancel(t *testing.T) {
	x := make([]float64, 5000)
	for i := range x {
		x[i] = float64(i % 3 / 2)
	}
	rows := engineRows(t, x, 1, Config{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if run, err := Fit(ctx, rows, enginePairFrom(pair{0.4, 0.6, 0.7}), Config{}); run != nil || err != context.Canceled {
		t.Errorf("before the start: %v, %v", run, err)
	}
	for _, when := range []int{1, 2, 3} {
		for _, batch := range []int{0, 700} {
			ctx, cancel := context.WithCancel(context.Background())
			m := &engineCancelling{pair: pair{0.4, 0.6, 0.7}, cancel: cancel, when: when}
			run, err := Fit(ctx, rows, func(context.Context, int) (*engineCancelling, error) { return m, nil }, Config{Workers: 1, Batch: batch, Tolerance: -1})
			if err != context.Canceled || run == nil || run.Model != m || run.Converged || run.Iterations != when-1 {
				t.Errorf("in iteration %d: %+v, %v", when, run, err)
			} else if len(run.History) != when-1 || when > 1 && run.Objective != run.History[when-2] || when == 1 && !(math.IsInf(run.Objective, -1) && math.IsInf(run.LogLikelihood, -1)) {
				t.Errorf("in iteration %d: %+v", when, run)
			} else if w := run.Warnings; len(w) != 1 || w[0].Code != "interrupted" {
				t.Errorf("warnings %v", w)
			}
			cancel()
		}
	}
	// Of two starts the better one is returned, though the other was under way.
	ctx, cancel = context.WithCancel(context.Background())
	defer cancel()
	run, err := Fit(ctx, rows, engineScripts(&engineScript{objectives: []float64{-1}, beta: 1}, &engineScript{objectives: []float64{-5}}), Config{Starts: 2, Progress: func(s Step) {
		if s.Start == 1 {
			cancel()
		}
	}})
	if err != context.Canceled || run.Model.beta != 1 || !run.Converged || len(run.Starts) != 1 {
		t.Errorf("%+v, %v", run, err)
	}
}

// engineCancelling cancels in the middle of a pass.
type engineCancelling struct {
	pair
	cancel context.CancelFunc
	when   int
	seen   int
}

func (m *engineCancelling) Expect(b *Block, s *Statistics) error {
	if b.First == 0 {
		m.seen++
	}
	if m.seen == m.when && b.First > 1000 {
		m.cancel()
	}
	return m.pair.Expect(b, s)
}

// Breaking out ends a run, and nothing is called after it.
func TestEngineBreak(t *testing.T) {
	rows := engineRows(t, engineTosses, 1, Config{})
	n := 0
	for range Steps(context.Background(), rows, enginePairFrom(pair{0.4, 0.6, 0.7}), Config{Starts: 9}) {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d steps", n)
	}
	for _, err := range Steps(context.Background(), rows, enginePairFrom(pair{0.4, 0.6, 0.7}), Config{Starts: -9}) {
		if err == nil {
			t.Error("no error")
		}
	}
}
