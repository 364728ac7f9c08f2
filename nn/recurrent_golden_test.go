package nn

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief/autodiff"
)

// Outputs, states and gradients are those of PyTorch 1.13, and for the GRU that
// resets before the product, those of its equations there (testdata/recurrent.py).
// Sums in another order differ by less than 1e-12.
func TestRecurrentGolden(t *testing.T) {
	const batch, time, in, hidden = 2, 4, 3, 5
	data, err := os.ReadFile("testdata/recurrent.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden map[string]struct {
		Y, Last   []float64
		Gradients map[string][]float64
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	wave := func(v []float64, seed float64) []float64 {
		for i := range v {
			v[i] = 0.6 * math.Sin(1.7*float64(i)+seed)
		}
		return v
	}
	for name, c := range map[string]Cell{
		"srn": SRN{In: in, Hidden: hidden}, "lstm": LSTM{In: in, Hidden: hidden},
		"gru": GRU{In: in, Hidden: hidden}, "gru after": GRU{In: in, Hidden: hidden, ResetAfter: true},
	} {
		want := golden[name]
		l := recurrentOf(New[float64](1), "l", c)
		wave(l.Weight.Value, 2)
		wave(l.Recurrent.Value, 3)
		wave(l.Bias.Value, 4)
		var tape autodiff.Tape[float64]
		x := tape.Variable(wave(make([]float64, batch*time*in), 1), batch, time, in)
		h := tape.Variable(wave(make([]float64, batch*hidden), 5), batch, hidden)
		state := h
		gradients := map[string][]float64{"weight": l.Weight.Grad, "recurrent": l.Recurrent.Grad, "bias": l.Bias.Grad}
		var cell v64
		if name == "lstm" {
			cell = tape.Variable(wave(make([]float64, batch*hidden), 6), batch, hidden)
			state = autodiff.Concat(1, h, cell)
		}
		if l.Extra != nil {
			wave(l.Extra.Value, 7)
			gradients["extra"] = l.Extra.Grad
		}
		y, last := l.Run(x, state, v64{})
		sum := y.Mul(tape.Constant(wave(make([]float64, len(y.Value())), 8), y.Shape()...)).Sum()
		sum = sum.Add(last.Mul(tape.Constant(wave(make([]float64, len(last.Value())), 9), last.Shape()...)).Sum())
		tape.Backward(sum)
		gradients["x"], gradients["h0"] = x.Grad(), h.Grad()
		if name == "lstm" {
			gradients["c0"] = cell.Grad()
		}
		compare(t, name, map[string][]float64{"y": y.Value(), "last": last.Value()}, map[string][]float64{"y": want.Y, "last": want.Last}, 1e-12)
		compare(t, name, gradients, want.Gradients, 1e-12)
		if len(gradients) != len(want.Gradients) {
			t.Errorf("%s: %d gradients, want %d", name, len(gradients), len(want.Gradients))
		}
	}
}
