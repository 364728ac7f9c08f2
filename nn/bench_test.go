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
	b.Run("LSTM", func(b *testing.B) {
		benchmarkStep(b, language(b, func(net *Net[float32]) *RecurrentLayer[float32] { return net.LSTM("rnn", LSTM{In: 128, Hidden: 128}) }))
	})
	b.Run("GRU", func(b *testing.B) {
		benchmarkStep(b, language(b, func(net *Net[float32]) *RecurrentLayer[float32] { return net.GRU("rnn", GRU{In: 128, Hidden: 128}) }))
	})
	b.Run("DCGAN", func(b *testing.B) { benchmarkStep(b, dcgan(b)) })
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
		misfit := logits.BinaryCrossEntropy(x).Sum()
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

// language is the step of a language model of 65 symbols, embedding and hidden 128,
// sequence 64, batch 32.
func language(tb testing.TB, cell func(net *Net[float32]) *RecurrentLayer[float32]) func() {
	net := New[float32](1)
	table, rnn, out := net.Embedding("table", Embedding{Size: 65, Dim: 128}), cell(net), net.Dense("out", Dense{In: 128, Out: 65})
	adam := descent(tb, net, Adam{Rate: 2e-3})
	r := stream.New(1, "test")
	symbols, next := make([]int, 32*64), make([]int, 32*64)
	for i := range symbols {
		symbols[i], next[i] = r.IntN(65), r.IntN(65)
	}
	tape := autodiff.Tape[float32]{Workers: 1, Training: true, Rand: r}
	params := net.Params()
	return func() {
		tape.Reset()
		h := rnn.Forward(table.Lookup(&tape, symbols, 32, 64))
		tape.Backward(CrossEntropy(out.Forward(h), next, 0))
		ClipGradients(params, Clip{Norm: 5})
		adam.Step(1)
	}
}

// dcgan is the step of both networks of a DCGAN for 28×28, batch 64.
func dcgan(tb testing.TB) func() {
	const batch = 64
	four, two, one := [2]int{4, 4}, [2]int{2, 2}, [2]int{1, 1}
	maker := New[float32](1)
	flat := maker.Dense("flat", Dense{In: 64, Out: 7 * 7 * 128})
	norm1 := maker.BatchNorm("norm1", BatchNorm{Channels: 128})
	up1 := maker.ConvTranspose2D("up1", ConvTranspose2D{In: 128, Out: 64, Kernel: four, Stride: two, Padding: one})
	norm2 := maker.BatchNorm("norm2", BatchNorm{Channels: 64})
	up2 := maker.ConvTranspose2D("up2", ConvTranspose2D{In: 64, Out: 1, Kernel: four, Stride: two, Padding: one})
	generate := func(z autodiff.Var[float32]) autodiff.Var[float32] {
		h := norm1.Forward(flat.Forward(z).Reshape(batch, 128, 7, 7)).ReLU()
		return up2.Forward(norm2.Forward(up1.Forward(h)).ReLU()).Tanh()
	}
	critic := New[float32](2)
	down1 := critic.Conv2D("down1", Conv2D{In: 1, Out: 64, Kernel: four, Stride: two, Padding: one})
	down2 := critic.Conv2D("down2", Conv2D{In: 64, Out: 128, Kernel: four, Stride: two, Padding: one})
	norm3 := critic.BatchNorm("norm3", BatchNorm{Channels: 128})
	last := critic.Dense("last", Dense{In: 128 * 49, Out: 1})
	judge := func(x autodiff.Var[float32]) autodiff.Var[float32] {
		h := norm3.Forward(down2.Forward(down1.Forward(x).LeakyReLU(0.2))).LeakyReLU(0.2)
		return last.Forward(h.Reshape(batch, 128*49))
	}
	make1, judge1 := descent(tb, maker, Adam{Rate: 2e-4, Beta1: 0.5}), descent(tb, critic, Adam{Rate: 2e-4, Beta1: 0.5})
	r := stream.New(1, "test")
	pixels := make([]float32, batch*784)
	for i := range pixels {
		pixels[i] = 2*r.Float32() - 1
	}
	ones, zeros := make([]float32, batch), make([]float32, batch)
	for i := range ones {
		ones[i] = 1
	}
	tape := autodiff.Tape[float32]{Workers: 1, Training: true, Rand: r}
	return func() {
		tape.Reset()
		yes, no := tape.Constant(ones, batch, 1), tape.Constant(zeros, batch, 1)
		fake := generate(noise(&tape, r, batch, 64))
		x := tape.Constant(pixels, batch, 1, 28, 28)
		tape.Backward(BinaryCrossEntropy(judge(x), yes).Add(BinaryCrossEntropy(judge(fake.Detach()), no)))
		judge1.Step(1)
		maker.ZeroGrad()
		tape.Backward(BinaryCrossEntropy(judge(fake), yes))
		make1.Step(1)
		critic.ZeroGrad()
	}
}
