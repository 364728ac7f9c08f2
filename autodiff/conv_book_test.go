package autodiff_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belief-go/belief/autodiff"
)

// Qiu (2019), chapter 5: how long the results are.
func TestConvSizes(t *testing.T) {
	for _, c := range []struct {
		what        string
		n, m, s     int
		padding, d  int
		want, extra int
	}{
		{"narrow: n−m+1", 10, 3, 1, 0, 1, 8, 0},
		{"wide: n+m−1", 10, 3, 1, 2, 1, 12, 0},
		{"of equal width: n", 10, 3, 1, 1, 1, 10, 0},
		{"(n−m+2p)/s+1", 11, 3, 2, 2, 1, 7, 0},
		{"dilated, m+(m−1)(d−1) long (eq. 5.47)", 10, 3, 1, 0, 2, 6, 0},
		{"dilated, of equal width with p = d(m−1)/2 (exercise 5-7)", 10, 5, 1, 6, 3, 10, 0},
		{"AlexNet 1", 224, 11, 4, 3, 1, 55, 3},
		// The book says p = 1, with which the result would be 25.
		{"AlexNet 2", 27, 5, 1, 2, 1, 27, 0},
		{"AlexNet 3", 13, 3, 1, 1, 1, 13, 0},
	} {
		var tape autodiff.Tape[float32]
		w := autodiff.Window{Stride: [2]int{c.s}, Padding: [2]int{c.padding}, Dilation: [2]int{c.d}}
		k := tape.Constant(make([]float32, c.m), 1, 1, c.m)
		y := tape.Constant(make([]float32, c.n), 1, 1, c.n).Conv(k, w)
		if y.Dim(2) != c.want {
			t.Errorf("%s: %d, want %d", c.what, y.Dim(2), c.want)
		}
		w.Extra[0] = c.extra
		if back := y.ConvTranspose(k, w); back.Dim(2) != c.n {
			t.Errorf("%s: its transpose gives %d, want %d", c.what, back.Dim(2), c.n)
		}
	}
	// 5.5.1: from p to s(p−1)+m.
	var tape autodiff.Tape[float32]
	for s := 1; s < 4; s++ {
		y := tape.Constant(make([]float32, 6), 1, 1, 6).ConvTranspose(tape.Constant(make([]float32, 3), 1, 1, 3), autodiff.Window{Stride: [2]int{s}})
		if y.Dim(2) != s*5+3 {
			t.Errorf("stride %d: the transpose gives %d, want %d", s, y.Dim(2), s*5+3)
		}
	}
	// AlexNet's pooling: 55 to 27 to 13 to 6.
	n := 55
	for _, want := range []int{27, 13, 6} {
		y := tape.Constant(make([]float32, n), 1, 1, n).MaxPool(autodiff.Pool{Size: [2]int{3}, Stride: [2]int{2}})
		if n = y.Dim(2); n != want {
			t.Errorf("pooled to %d, want %d", n, want)
		}
	}
}

// turned is a plane turned by 180 degrees.
func turned(x []float64) []float64 {
	y := slices.Clone(x)
	slices.Reverse(y)
	return y
}

// Qiu (2019): convolution commutes if it is wide (eq. 5.10), and its gradients are
// convolutions (eq. 5.14 and 5.18).
func TestConvIdentities(t *testing.T) {
	const h, w, m, n = 5, 4, 3, 2
	r := rand.New(rand.NewPCG(5, 6))
	whole := func() float64 { return float64(r.IntN(9) - 4) } // so that sums are exact
	x, k, g := make([]float64, h*w), make([]float64, m*n), make([]float64, (h-m+1)*(w-n+1))
	for _, s := range [][]float64{x, k, g} {
		for i := range s {
			s[i] = whole()
		}
	}
	var tape tape64
	plane := func(v []float64, h, w int) var64 { return tape.Variable(v, 1, 1, h, w) }
	same := func(what string, got, want []float64) {
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	a := plane(x, h, w).Conv(plane(turned(k), m, n), autodiff.Window{Padding: [2]int{m - 1, n - 1}})
	b := plane(k, m, n).Conv(plane(turned(x), h, w), autodiff.Window{Padding: [2]int{h - 1, w - 1}})
	same("wide convolutions", a.Value(), b.Value())

	vx, vk := plane(x, h, w), plane(k, m, n)
	y := vx.Conv(vk, autodiff.Window{})
	tape.Backward(y.Mul(plane(g, h-m+1, w-n+1)).Sum())
	same("gradient in the kernel", vk.Grad(), vx.Conv(plane(g, h-m+1, w-n+1), autodiff.Window{}).Value())
	same("gradient in the array", vx.Grad(), plane(g, h-m+1, w-n+1).Conv(plane(turned(k), m, n), autodiff.Window{Padding: [2]int{m - 1, n - 1}}).Value())
}
