package nn

import (
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/autodiff"
)

// The LSTM whose speed is held against PyTorch's: hidden 128, sequence 64, batch 32,
// there and back.
func BenchmarkLSTM(b *testing.B) { benchmarkCell(b, LSTM{In: 128, Hidden: 128}) }

func BenchmarkGRU(b *testing.B) { benchmarkCell(b, GRU{In: 128, Hidden: 128, ResetAfter: true}) }

func BenchmarkSRN(b *testing.B) { benchmarkCell(b, SRN{In: 128, Hidden: 128}) }

func benchmarkCell(b *testing.B, c Cell) {
	const batch, time = 32, 64
	net := New[float32](1)
	l := recurrentOf(net, "l", c)
	tape := autodiff.Tape[float32]{Workers: 1}
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, batch*time*128)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	for b.Loop() {
		tape.Reset()
		y := l.Forward(tape.Variable(x, batch, time, 128))
		tape.Backward(y.Sum())
	}
}
