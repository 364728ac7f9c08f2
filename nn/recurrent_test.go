package nn

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/patience"
)

// large returns a trial's layer in float32 with inputs that keep several workers busy.
func largeSequences(c Cell, batch, time int) (*Net[float32], *RecurrentLayer[float32], []float32) {
	net := New[float32](3)
	l := recurrentOf(net, "l", c)
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, batch*time*l.size.in)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return net, l, x
}

// The bits do not depend on the number of workers, nor on the other rows of a batch.
func TestRecurrentWorkers(t *testing.T) {
	const batch, time = 13, 9
	for _, c := range []Cell{SRN{In: 20, Hidden: 50}, LSTM{In: 20, Hidden: 50}, GRU{In: 20, Hidden: 50}, GRU{In: 20, Hidden: 50, ResetAfter: true}} {
		net, l, x := largeSequences(c, batch, time)
		var first [][]float32
		for _, workers := range []int{1, 2, 3} {
			tape := autodiff.Tape[float32]{Workers: workers}
			net.ZeroGrad()
			in := tape.Variable(x, batch, time, 20)
			y, last := l.Run(in, autodiff.Var[float32]{}, autodiff.Var[float32]{})
			tape.Backward(y.Mul(y).Sum().Add(last.Sum()))
			all := [][]float32{y.Value(), last.Value(), in.Grad()}
			for _, p := range net.Params() {
				all = append(all, slices.Clone(p.Grad))
			}
			if first == nil {
				first = all
			}
			for i := range all {
				if !slices.Equal(all[i], first[i]) {
					t.Errorf("%T: array %d has other bits with %d workers", c, i, workers)
				}
			}
		}
		var tape autodiff.Tape[float32]
		one := l.Forward(tape.Constant(x[time*20:2*time*20], 1, time, 20))
		if !slices.Equal(one.Value(), first[0][time*50:2*time*50]) {
			t.Errorf("%T: a sequence alone gives other bits than in a batch", c)
		}
	}
}

// A sequence in pieces, with the state carried by a Memory, and step by step, gives
// what the whole does, up to the rounding of small products.
func TestCarriedState(t *testing.T) {
	const batch, time = 3, 10
	for name, c := range cells {
		s := c.sizes()
		if s.reverse || s.in != 3 {
			continue
		}
		_, l, x := largeSequences(c, batch, time)
		var tape autodiff.Tape[float32]
		whole := slices.Clone(l.Forward(tape.Constant(x, batch, time, 3)).Value())
		piece := func(from, to int) []float32 {
			var part []float32
			for b := range batch {
				part = append(part, x[(b*time+from)*3:(b*time+to)*3]...)
			}
			return part
		}
		same := func(what string, y []float32, from, to int) {
			t.Helper()
			h := s.hidden
			for b := range batch {
				if !near32(y[b*(to-from)*h:(b+1)*(to-from)*h], whole[(b*time+from)*h:(b*time+to)*h]) {
					t.Fatalf("%s, %s: steps %d to %d of sequence %d differ", name, what, from, to, b)
				}
			}
		}
		var carried Memory[float32]
		for _, cut := range [][2]int{{0, 4}, {4, 5}, {5, 10}} {
			tape.Reset()
			y, last := l.Run(tape.Constant(piece(cut[0], cut[1]), batch, cut[1]-cut[0], 3), carried.State(&tape), autodiff.Var[float32]{})
			carried.Keep(last)
			same("carried", y.Value(), cut[0], cut[1])
		}
		tape.Reset()
		var state autodiff.Var[float32]
		for s := range time {
			var y autodiff.Var[float32]
			y, state = l.Step(tape.Constant(piece(s, s+1), batch, 3), state)
			same("step by step", y.Value(), s, s+1)
		}
		if !near32(state.Value(), carried.Value) {
			t.Errorf("%s: the last states differ", name)
		}
	}
}

func near32(x, y []float32) bool {
	return slices.EqualFunc(x, y, func(a, b float32) bool { return math.Abs(float64(a-b)) <= 1e-6*max(1, math.Abs(float64(b))) })
}

// Forgetting a sequence sets its state to zero, and no other.
func TestMemory(t *testing.T) {
	var m Memory[float64]
	var tape autodiff.Tape[float64]
	if m.State(&tape) != (autodiff.Var[float64]{}) {
		t.Error("a new memory has a state")
	}
	m.Keep(tape.Constant([]float64{1, 2, 3, 4}, 2, 2))
	s := m.State(&tape)
	m.Forget(0)
	if !slices.Equal(m.Value, []float64{0, 0, 3, 4}) || !slices.Equal(s.Value(), []float64{1, 2, 3, 4}) {
		t.Errorf("the memory is %v, the state %v", m.Value, s.Value())
	}
	if allocated := patience.Allocations(5, func() { tape.Reset(); m.Keep(m.State(&tape)) }); allocated > 0 {
		t.Errorf("a warm memory allocates %v times", allocated)
	}
}

// With nothing to read, the state goes through, and its gradient comes back.
func TestRecurrentEmpty(t *testing.T) {
	for name, c := range cells {
		s := c.sizes()
		for _, size := range [][2]int{{2, 0}, {0, 3}} {
			net := New[float64](1)
			l := recurrentOf(net, "l", c)
			var tape autodiff.Tape[float64]
			values := make([]float64, size[0]*l.StateSize())
			for i := range values {
				values[i] = float64(i)
			}
			state := tape.Variable(values, size[0], l.StateSize())
			y, last := l.Run(tape.Constant(nil, size[0], size[1], s.in), state, v64{})
			if y.Dim(0) != size[0] || y.Dim(1) != size[1] || !slices.Equal(last.Value(), values) {
				t.Errorf("%s: the last state is %v, want %v", name, last.Value(), values)
			}
			tape.Backward(last.Mul(last).Sum().Add(y.Sum()))
			for i, g := range state.Grad() {
				if g != 2*values[i] {
					t.Errorf("%s: the gradient of the state is %v", name, state.Grad())
					break
				}
			}
		}
	}
}

func TestRecurrentStart(t *testing.T) {
	net := New[float64](1)
	l := net.LSTM("l", LSTM{In: 5, Hidden: 4})
	for i, v := range l.Bias.Value {
		want := 0.0
		if i >= 4 && i < 8 {
			want = 1
		}
		if v != want {
			t.Errorf("bias %d starts as %v", i, v)
		}
	}
	for k := range 4 { // each block of U has orthonormal rows
		for i := range 4 {
			for j := range 4 {
				dot, want := 0.0, 0.0
				for q := range 4 {
					dot += l.Recurrent.Value[i*16+4*k+q] * l.Recurrent.Value[j*16+4*k+q]
				}
				if i == j {
					want = 1
				}
				if d := dot - want; d > 1e-12 || d < -1e-12 {
					t.Errorf("rows %d and %d of block %d have product %v", i, j, k, dot)
				}
			}
		}
	}
	for b, want := range map[float64]float64{None: 0, 2: 2} {
		if got := New[float64](1).LSTM("l", LSTM{In: 1, Hidden: 1, ForgetBias: b}).Bias.Value[1]; got != want {
			t.Errorf("forget bias %v starts as %v", b, got)
		}
	}
}

func TestRecurrentValidate(t *testing.T) {
	for want, c := range map[string]Cell{
		"SRN.In":            SRN{Hidden: 1},
		"SRN.Hidden":        SRN{In: 1},
		"SRN.Activation":    SRN{In: 1, Hidden: 1, Activation: GELU},
		"LSTM.Hidden":       LSTM{In: 1},
		"LSTM.Coupled":      LSTM{In: 1, Hidden: 1, Coupled: true, NoForget: true},
		"LSTM.InputDropout": LSTM{In: 1, Hidden: 1, InputDropout: 1},
		"LSTM.StateDropout": LSTM{In: 1, Hidden: 1, StateDropout: -0.1},
		"GRU.In":            GRU{Hidden: 1},
	} {
		var e *belief.ConfigError
		if err := c.Validate(); !errors.As(err, &e) || e.Field != want {
			t.Errorf("%#v: %v, want an error of %s", c, err, want)
		}
	}
}

func TestRecurrentShapes(t *testing.T) {
	net := New[float64](1)
	l := net.LSTM("l", LSTM{In: 3, Hidden: 2})
	var tape autodiff.Tape[float64]
	zeros := func(shape ...int) v64 { return tape.Constant(make([]float64, autodiff.Size(shape)), shape...) }
	x := zeros(2, 5, 3)
	for want, f := range map[string]func(){
		"LSTM of 2×3: sequences are batch×time×3":       func() { l.Forward(zeros(2, 3)) },
		"LSTM of 2×5×2: sequences are batch×time×3":     func() { l.Forward(zeros(2, 5, 2)) },
		"LSTM of 2×5×3 and 2×2: the state is batch×4":   func() { l.Run(x, zeros(2, 2), v64{}) },
		"LSTM of 2×5×3 and 3×4: the state is batch×4":   func() { l.Run(x, zeros(3, 4), v64{}) },
		"LSTM of 2×5×3 and 5×2: the mask is batch×time": func() { l.Run(x, v64{}, zeros(5, 2)) },
		"LSTM of 2×5×3: a step's input is batch×3":      func() { l.Step(x, v64{}) },
		"autodiff: LSTM has no second derivative here": func() {
			y := l.Forward(tape.Variable(make([]float64, 3), 1, 1, 3))
			tape.Gradient(y.Sum(), y, tape.Param(l.Weight))
		},
		"nn: dropout needs Tape.Rand": func() {
			tape.Training = true
			New[float64](1).SRN("s", SRN{In: 3, Hidden: 1, StateDropout: 0.5}).Forward(x)
		},
		"SRN.Hidden": func() { net.SRN("s", SRN{In: 1}) },
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
