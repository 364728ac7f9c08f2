package chain

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/belief-go/belief/data"
)

// fading is a context that ends after it was looked at some times.
type fading struct {
	context.Context
	looks atomic.Int64
}

func (f *fading) Err() error {
	if f.looks.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// Passes over one long sequence heed the context.
func TestLongSequencesHeedContext(t *testing.T) {
	const s, n = 64, 5000
	h := &HMM{Initial: make([]float64, s), Transition: make([]float64, s*s), Emission: &Categorical{Symbols: []string{"x"}, P: make([]float64, s)}}
	for i := range s {
		h.Initial[i] = 1. / s
		h.Emission.(*Categorical).P[i] = 1
	}
	for i := range h.Transition {
		h.Transition[i] = 1. / s
	}
	cancelled, cancel := context.WithCancel(background)
	cancel()
	m, e := h.Markov(), Evidence{Log: make([]float64, s*n)}
	for _, logSpace := range []bool{false, true} {
		w := &Workspace{LogSpace: logSpace, Context: cancelled}
		for name, call := range map[string]func() error{
			"Expect":  func() error { return w.Expect(new(Expected), m, []Evidence{e}, nil) },
			"Filter":  func() error { _, err := w.Filter(make([]float64, s*n), m, e); return err },
			"LogProb": func() error { return w.LogProb(make([]float64, 1), m, []Evidence{e}) },
			"Sample":  func() error { return w.Sample(make([][]int, 1), m, e, rand.New(rand.NewPCG(1, 1))) },
		} {
			if err := call(); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, in log space %v: %v", name, logSpace, err)
			}
		}
	}
	seqs, err := data.FromSymbols(data.Column{Name: "x", Categories: []string{"x"}}, [][]int{make([]int, 4*n)})
	if err != nil {
		t.Fatal(err)
	}
	ctx := &fading{Context: background}
	ctx.looks.Store(6)
	if _, err := h.Smooth(ctx, seqs); !errors.Is(err, context.Canceled) {
		t.Errorf("Smooth: %v", err)
	}
}
