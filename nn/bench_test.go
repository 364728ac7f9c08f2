package nn

import (
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/stream"
)

// The steps of learning that scripts/bench-nn compares with PyTorch, on one thread.
func BenchmarkStep(b *testing.B) {
	b.Run("VAE", func(b *testing.B) { benchmarkStep(b, vae(b)) })
}

func benchmarkStep(b *testing.B, step func()) {
	for range 3 {
		step()
	}
	b.ReportAllocs()
	for b.Loop() {
		step()
	}
}

func descent(tb testing.TB, net *Net[float32], o Optimizer) *Descent[float32] {
	d, err := NewDescent(net.Params(), o)
	if err != nil {
		tb.Fatal(err)
	}
	d.Workers = 1
	return d
}

// vae is the step of a variational autoencoder 784-400-20-400-784, batch 128.
func vae(tb testing.TB) func() {
	net := New[float32](1)
	hidden := net.Dense("hidden", Dense{In: 784, Out: 400, Activation: ReLU})
	mean, spread := net.Dense("mean", Dense{In: 400, Out: 20}), net.Dense("spread", Dense{In: 400, Out: 20})
	back := net.Dense("back", Dense{In: 20, Out: 400, Activation: ReLU})
	out := net.Dense("out", Dense{In: 400, Out: 784})
	adam := descent(tb, net, Adam{Rate: 1e-3})
	r := stream.New(1, "test")
	pixels := make([]float32, 128*784)
	for i := range pixels {
		if r.Float64() < 0.13 {
			pixels[i] = 1
		}
	}
	tape := autodiff.Tape[float32]{Workers: 1, Training: true, Rand: r}
	return func() {
		tape.Reset()
		x := tape.Constant(pixels, 128, 784)
		h := hidden.Forward(x)
		mu, logVar := mean.Forward(h), spread.Forward(h)
		z := mu.Add(logVar.Scale(0.5).Exp().Mul(noise(&tape, r, 128, 20)))
		logits := out.Forward(back.Forward(z))
		misfit := logits.Softplus().Sub(logits.Mul(x)).Sum()
		divergence := mu.Square().Add(logVar.Exp()).Sub(logVar).Shift(-1).Sum().Scale(0.5)
		tape.Backward(misfit.Add(divergence).Scale(1.0 / 128))
		adam.Step(1)
	}
}

func noise(t *autodiff.Tape[float32], r *rand.Rand, shape ...int) autodiff.Var[float32] {
	eps := t.Scratch(autodiff.Size(shape))
	for i := range eps {
		eps[i] = float32(r.NormFloat64())
	}
	return t.Constant(eps, shape...)
}
