package nn

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

// A stack is its layers by hand.
func TestStackByHand(t *testing.T) {
	const batch, time = 2, 3
	for _, c := range []Cell{SRN{In: 3, Hidden: 2}, LSTM{In: 3, Hidden: 2}, GRU{In: 3, Hidden: 2, ResetAfter: true}} {
		for _, both := range []bool{false, true} {
			net := New[float64](1)
			l := net.Stack("s", Stack{Of: c, Layers: 2, Bidirectional: both})
			var tape autodiff.Tape[float64]
			x := make([]float64, batch*time*3)
			state := make([]float64, batch*l.StateSize())
			for i := range x {
				x[i] = float64(i%5) - 2
			}
			for i := range state {
				state[i] = float64(i%7)/4 - 1
			}
			v, s := tape.Constant(x, batch, time, 3), tape.Constant(state, batch, l.StateSize())
			mask := tape.Constant([]float64{1, 1, 1, 1, 0, 0}, batch, time)
			y, last := l.Run(v, s, mask)

			n := l.Layers[0].StateSize()
			in := v
			for i := 0; i < len(l.Layers); i++ {
				out, end := l.Layers[i].Run(in, s.Slice(1, i*n, (i+1)*n), mask)
				if !slices.Equal(end.Value(), last.Slice(1, i*n, (i+1)*n).Value()) {
					t.Errorf("%T: the state of layer %d is another", c, i)
				}
				if both {
					i++
					back, end := l.Layers[i].Run(in, s.Slice(1, i*n, (i+1)*n), mask)
					out = autodiff.Concat(2, out, back)
					if !slices.Equal(end.Value(), last.Slice(1, i*n, (i+1)*n).Value()) {
						t.Errorf("%T: the state of layer %d is another", c, i)
					}
				}
				in = out
			}
			if !slices.Equal(y.Value(), in.Value()) || y.Dim(2) != l.OutputSize() {
				t.Errorf("%T: outputs %v, want %v", c, y.Value(), in.Value())
			}
			var none v64
			zeros, _ := l.Run(v, none, none)
			if !slices.Equal(l.Forward(v).Value(), zeros.Value()) {
				t.Errorf("%T: Forward is not Run from zeros", c)
			}
		}
	}
}

// The output of a bidirectional layer at each end is that of a layer which has seen
// all, and the reversed half is a layer that reads the sequence turned round.
func TestBidirectional(t *testing.T) {
	const time, h = 4, 3
	net := New[float64](1)
	l := net.Stack("s", Stack{Of: GRU{In: 1, Hidden: h}, Bidirectional: true})
	ahead := New[float64](2).GRU("g", GRU{In: 1, Hidden: h})
	for i, p := range []*autodiff.Param[float64]{ahead.Weight, ahead.Recurrent, ahead.Bias} {
		back := l.Layers[1]
		copy(p.Value, []*autodiff.Param[float64]{back.Weight, back.Recurrent, back.Bias}[i].Value)
	}
	var tape autodiff.Tape[float64]
	y := l.Forward(tape.Constant([]float64{1, 2, 3, 4}, 1, time, 1)).Value()
	turned := ahead.Forward(tape.Constant([]float64{4, 3, 2, 1}, 1, time, 1)).Value()
	for s := range time {
		if !slices.Equal(y[s*2*h+h:(s+1)*2*h], turned[(time-1-s)*h:(time-s)*h]) {
			t.Errorf("step %d from the end differs", s)
		}
	}
}

func TestStackGradients(t *testing.T) {
	checkLayer(t, func(net *Net[float64]) func(x v64) v64 {
		l := net.Stack("s", Stack{Of: LSTM{In: 2, Hidden: 3, StateDropout: 0.3}, Layers: 2, Bidirectional: true, Dropout: 0.4})
		state := net.Param("state", Normal(1), 1, 1, 2, l.StateSize())
		return func(x v64) v64 {
			y, last := l.Run(x, x.Tape().Param(state), v64{})
			return autodiff.Concat(0, y.Reshape(-1), last.Reshape(-1))
		}
	}, 2, 3, 2)
}

// Steps give what the whole sequence does.
func TestStackStep(t *testing.T) {
	net := New[float64](1)
	l := net.Stack("s", Stack{Of: LSTM{In: 1, Hidden: 3}, Layers: 3})
	var tape autodiff.Tape[float64]
	x := []float64{1, -2, 3}
	whole := l.Forward(tape.Constant(x, 1, 3, 1)).Value()
	var y, state v64
	for _, v := range x {
		y, state = l.Step(tape.Constant([]float64{v}, 1, 1), state)
	}
	compare(t, "the last step", map[string][]float64{"y": y.Value()}, map[string][]float64{"y": whole[6:]}, 1e-15)
}

func TestStackMistakes(t *testing.T) {
	cell := LSTM{In: 1, Hidden: 1}
	for want, s := range map[string]Stack{
		"Stack.Of":            {},
		"Stack.Layers":        {Of: cell, Layers: -1},
		"Stack.Dropout":       {Of: cell, Dropout: 1},
		"Stack.Bidirectional": {Of: LSTM{In: 1, Hidden: 1, Reverse: true}, Bidirectional: true},
		"LSTM.In":             {Of: LSTM{Hidden: 1}},
	} {
		var e *belief.ConfigError
		if err := s.Validate(); !errors.As(err, &e) || e.Field != want {
			t.Errorf("%v, want an error of %s", err, want)
		}
	}
	l := New[float64](1).Stack("s", Stack{Of: cell, Bidirectional: true})
	var tape autodiff.Tape[float64]
	x := tape.Constant([]float64{1}, 1, 1)
	for want, f := range map[string]func(){
		"no single step":       func() { l.Step(x, v64{}) },
		"the state is batch×4": func() { l.Run(x.Reshape(1, 1, 1), x, v64{}) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}

// When Training, entries between layers are dropped, step by step, and those at the
// two ends are not.
func TestStackDropout(t *testing.T) {
	l := New[float64](1).Stack("s", Stack{Of: GRU{In: 2, Hidden: 3}, Layers: 2, Dropout: 0.5})
	tape := autodiff.Tape[float64]{Training: true, Rand: rand.New(rand.NewPCG(1, 2))}
	x := tape.Constant([]float64{1, 2, 3, 4, 5, 6, 7, 8}, 1, 4, 2)
	got := l.Forward(x)
	tape.Rand = rand.New(rand.NewPCG(1, 2))
	want := l.Layers[1].Forward(Dropout[float64](0.5)(l.Layers[0].Forward(x)))
	if !slices.Equal(got.Value(), want.Value()) {
		t.Errorf("outputs %v, want %v", got.Value(), want.Value())
	}
}
