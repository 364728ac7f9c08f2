package nn

import (
	"testing"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/stream"
)

// BenchmarkStepDCGAN is the task dcgan of scripts/bench-nn.
func BenchmarkStepDCGAN(b *testing.B) { benchmarkStep(b, dcgan(b)) }

// dcgan is the step of both networks of a DCGAN for images of 28×28, batch 64.
func dcgan(tb testing.TB) func() {
	const batch = 64
	net := New[float32](1)
	g, d := net.Within("generator"), net.Within("critic")
	four := func(in, out int, a Activation) Conv2D {
		return Conv2D{In: in, Out: out, Kernel: [2]int{4}, Stride: [2]int{2}, Padding: [2]int{1}, Activation: a}
	}
	generator := Sequence[float32]{
		g.Dense("project", Dense{In: 64, Out: 128 * 7 * 7}), Images[float32](128, 7, 7),
		g.BatchNorm("norm0", BatchNorm{Channels: 128}), Func[float32](autodiff.Var[float32].ReLU),
		g.ConvTranspose2D("up1", ConvTranspose2D{In: 128, Out: 64, Kernel: [2]int{4}, Stride: [2]int{2}, Padding: [2]int{1}}),
		g.BatchNorm("norm1", BatchNorm{Channels: 64}), Func[float32](autodiff.Var[float32].ReLU),
		g.ConvTranspose2D("up2", ConvTranspose2D{In: 64, Out: 1, Kernel: [2]int{4}, Stride: [2]int{2}, Padding: [2]int{1}, Activation: Tanh}),
	}
	leaky := Func[float32](func(x autodiff.Var[float32]) autodiff.Var[float32] { return x.LeakyReLU(0.2) })
	critic := Sequence[float32]{
		d.Conv2D("down1", four(1, 64, "")), leaky,
		d.Conv2D("down2", four(64, 128, "")), d.BatchNorm("norm", BatchNorm{Channels: 128}), leaky,
		Flatten[float32](), d.Dense("judge", Dense{In: 128 * 7 * 7, Out: 1}),
	}
	adam := Adam{Rate: 2e-4, Beta1: 0.5}
	makers, judges := descent(tb, g, adam), descent(tb, d, adam)
	r := stream.New(1, "test")
	images := make([]float32, batch*28*28)
	for i := range images {
		images[i] = 2*r.Float32() - 1
	}
	// Gradients that nobody asked for are not computed: Fixed parameters have none.
	learn := func(net *Net[float32], on bool) {
		for _, p := range net.Params() {
			if p.Grad != nil {
				p.Fixed = !on
			}
		}
	}
	tapes := [2]autodiff.Tape[float32]{{Workers: 1, Training: true}, {Workers: 1, Training: true}}
	return func() {
		made, judged := &tapes[0], &tapes[1]
		made.Reset()
		judged.Reset()
		fake := generator.Forward(noise(made, r, batch, 64))
		real := critic.Forward(judged.Constant(images, batch, 1, 28, 28))
		imagined := critic.Forward(judged.Constant(fake.Value(), batch, 1, 28, 28))
		judged.Backward(real.Neg().Softplus().Mean().Add(imagined.Softplus().Mean()))
		judges.Step(1)
		learn(d, false)
		made.Backward(critic.Forward(fake).Neg().Softplus().Mean())
		learn(d, true)
		makers.Step(1)
	}
}
