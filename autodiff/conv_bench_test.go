package autodiff_test

import (
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/autodiff"
)

// The convolutions of the networks that testdata/conv_torch.py times.
func BenchmarkConv(b *testing.B) {
	for _, c := range []struct {
		name string
		c    convCase
	}{
		{"dcgan 64-128", convCase{batch: 64, in: 64, out: 128, size: [2]int{14, 14}, kernel: [2]int{4, 4}, w: autodiff.Window{Stride: [2]int{2, 2}, Padding: [2]int{1, 1}}}},
		{"dcgan 1-64", convCase{batch: 64, in: 1, out: 64, size: [2]int{28, 28}, kernel: [2]int{4, 4}, w: autodiff.Window{Stride: [2]int{2, 2}, Padding: [2]int{1, 1}}}},
		{"lenet 1-6", convCase{batch: 64, in: 1, out: 6, size: [2]int{28, 28}, kernel: [2]int{5, 5}, w: autodiff.Window{Padding: [2]int{2, 2}}}},
		{"lenet 6-16", convCase{batch: 64, in: 6, out: 16, size: [2]int{14, 14}, kernel: [2]int{5, 5}}},
		{"3x3 32-64", convCase{batch: 64, in: 32, out: 64, size: [2]int{14, 14}, kernel: [2]int{3, 3}, w: autodiff.Window{Padding: [2]int{1, 1}}}},
	} {
		r := rand.New(rand.NewPCG(1, 2))
		xs, ks, ys := c.c.shapes()
		x, k, g := normals[float32](r, xs), normals[float32](r, ks), normals[float32](r, ys)
		t := autodiff.Tape[float32]{Workers: 1}
		forward := func(needX, needK bool) autodiff.Var[float32] {
			t.Reset()
			vx, vk := t.Constant(x, xs...), t.Constant(k, ks...)
			if needX {
				vx = t.Variable(x, xs...)
			}
			if needK {
				vk = t.Variable(k, ks...)
			}
			return vx.Conv(vk, c.c.w)
		}
		b.Run(c.name+"/forward", func(b *testing.B) {
			for b.Loop() {
				forward(false, false)
			}
		})
		for _, d := range []struct {
			name         string
			needX, needK bool
		}{{"input", true, false}, {"kernel", false, true}, {"both", true, true}} {
			b.Run(c.name+"/"+d.name, func(b *testing.B) {
				y := forward(d.needX, d.needK)
				loss := y.Mul(t.Constant(g, ys...)).Sum()
				for b.Loop() {
					t.Backward(loss)
				}
			})
		}
	}
}
