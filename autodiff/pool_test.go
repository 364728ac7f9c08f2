package autodiff_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/autodiff/autodifftest"
)

// Windows are looked at entry by entry.
func TestPoolAgainstWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p autodiff.Pool
		shape := []int{rapid.IntRange(1, 2).Draw(t, "batch"), rapid.IntRange(1, 3).Draw(t, "channels"), 0, 0}
		var n, size, stride [2]int
		for i := range 2 {
			size[i] = rapid.IntRange(1, 4).Draw(t, "size")
			stride[i] = rapid.IntRange(1, 4).Draw(t, "stride")
			p.Padding[i] = rapid.IntRange(0, size[i]-1).Draw(t, "padding")
			shape[2+i] = rapid.IntRange(max(1, size[i]-2*p.Padding[i]), 9).Draw(t, "length")
			p.Size[i], p.Stride[i] = size[i], stride[i]
			if stride[i] == size[i] {
				p.Stride[i] = 0
			}
			if size[i] == shape[2+i] && p.Stride[i] != 0 {
				p.Size[i] = 0
			}
			for at := -p.Padding[i]; at+size[i] <= shape[2+i]+p.Padding[i]; at += stride[i] {
				n[i]++
			}
		}
		x := normals[float64](rand.New(rand.NewPCG(3, rapid.Uint64().Draw(t, "seed"))), shape)
		var maxima, means []float64
		for plane := range shape[0] * shape[1] {
			for a := range n[0] {
				for b := range n[1] {
					most, sum, count := math.Inf(-1), 0.0, 0.0
					for u := range size[0] {
						for v := range size[1] {
							r, s := a*stride[0]+u-p.Padding[0], b*stride[1]+v-p.Padding[1]
							if r >= 0 && r < shape[2] && s >= 0 && s < shape[3] {
								e := x[(plane*shape[2]+r)*shape[3]+s]
								most, sum, count = max(most, e), sum+e, count+1
							}
						}
					}
					maxima, means = append(maxima, most), append(means, sum/count)
				}
			}
		}
		var tape tape64
		v := tape.Variable(x, shape...)
		if got := v.MaxPool(p); !slices.Equal(got.Value(), maxima) || !slices.Equal(got.Shape(), []int{shape[0], shape[1], n[0], n[1]}) {
			t.Errorf("maxima of %v, shape %v, want %v, %v", got.Value(), got.Shape(), maxima, n)
		}
		got := v.MeanPool(p)
		for i, m := range means {
			if !(math.Abs(got.Value()[i]-m) <= 1e-14*8) {
				t.Errorf("mean %d is %v, want %v", i, got.Value()[i], m)
			}
		}
	})
}

func TestPoolGradients(t *testing.T) {
	for _, c := range []struct {
		shape []int
		p     autodiff.Pool
	}{
		{[]int{2, 2, 4, 6}, autodiff.Pool{Size: [2]int{2, 3}}},
		{[]int{1, 2, 5, 5}, autodiff.Pool{Size: [2]int{3, 3}, Stride: [2]int{2, 1}, Padding: [2]int{1, 2}}},
		{[]int{2, 3, 7}, autodiff.Pool{Size: [2]int{3}, Stride: [2]int{2}, Padding: [2]int{1}}},
		{[]int{2, 3, 4, 3}, autodiff.Pool{}},
		{[]int{1, 1, 1, 1}, autodiff.Pool{}},
		{[]int{0, 2, 4}, autodiff.Pool{Size: [2]int{2}}},
	} {
		name := " of " + autodiff.FormatShape(c.shape)
		// The square makes the second derivative one that is not zero.
		autodifftest.Run(t, autodifftest.Case{
			Name: "MaxPool" + name, Shapes: [][]int{c.shape}, Twice: true,
			F64: func(_ *tape64, x []var64) var64 { y := x[0].MaxPool(c.p); return y.Mul(y) },
			F32: func(_ *tape32, x []var32) var32 { y := x[0].MaxPool(c.p); return y.Mul(y) },
		})
		autodifftest.Run(t, autodifftest.Case{
			Name: "MeanPool" + name, Shapes: [][]int{c.shape}, Twice: true,
			F64: func(_ *tape64, x []var64) var64 { y := x[0].MeanPool(c.p); return y.Mul(y) },
			F32: func(_ *tape32, x []var32) var32 { y := x[0].MeanPool(c.p); return y.Mul(y) },
		})
	}
}

// Three derivatives go through every operation of pooling, back to the first.
func TestPoolThrice(t *testing.T) {
	for name, pool := range map[string]func(x var64, p autodiff.Pool) var64{"max": var64.MaxPool, "mean": var64.MeanPool} {
		var tape tape64
		x := tape.Variable([]float64{1, 2, 5, 3}, 1, 1, 4)
		y := pool(x, autodiff.Pool{Size: [2]int{2}})
		g := tape.Gradient(y.Mul(y).Mul(y).Sum(), x)[0] // 3y² for each entry of y
		h := tape.Gradient(g.Mul(g).Mul(g).Sum(), x)[0]
		tape.Backward(h.Sum())
		// With y = Σ wᵢxᵢ, g = 3y²w, Σg³ = 27y⁶Σw³, its gradient's sum 162y⁵Σw³Σw.
		want := map[string][]float64{
			"max":  {0, 810 * 16, 810 * 625, 0},
			"mean": {810 * math.Pow(1.5, 4) / 8, 810 * math.Pow(1.5, 4) / 8, 810 * 256 / 8, 810 * 256 / 8},
		}[name]
		for i, v := range x.Grad() {
			if math.Abs(v-want[i]) > 1e-9*math.Abs(want[i]) {
				t.Errorf("%s: entry %d is %v, want %v", name, i, v, want[i])
			}
		}
	}
}

func TestPoolSpecial(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	var tape tape64
	x := tape.Variable([]float64{1, nan, 5, 5, -inf, -inf, nan, nan}, 1, 1, 8)
	y := x.MaxPool(autodiff.Pool{Size: [2]int{2}})
	if v := y.Value(); v[0] == v[0] || v[1] != 5 || v[2] != -inf || v[3] == v[3] {
		t.Errorf("maxima are %v", v)
	}
	tape.Backward(y.Sum())
	if want := []float64{0, 1, 1, 0, 1, 0, 1, 0}; !slices.Equal(x.Grad(), want) {
		t.Errorf("gradients are %v, want %v", x.Grad(), want)
	}
}

func TestPoolShapes(t *testing.T) {
	for _, c := range []struct {
		shape []int
		p     autodiff.Pool
		want  string
	}{
		{[]int{2, 3}, autodiff.Pool{}, "Pool of 2×3: it takes batch"},
		{[]int{2, 3, 4}, autodiff.Pool{Size: [2]int{5}}, "there is no place for the window (size 5, 1"},
		{[]int{2, 3, 4}, autodiff.Pool{Size: [2]int{2}, Padding: [2]int{2}}, "the padding is not less"},
		{[]int{2, 3, 4}, autodiff.Pool{Size: [2]int{-2}}, "negative"},
		{[]int{2, 3, 4}, autodiff.Pool{Stride: [2]int{1 << 30}}, "above"},
		{[]int{2, 3, 0}, autodiff.Pool{Size: [2]int{2}, Padding: [2]int{1}}, "nothing to pool"},
	} {
		for name, pool := range map[string]func(x var64, p autodiff.Pool) var64{"Max": var64.MaxPool, "Mean": var64.MeanPool} {
			func() {
				defer func() {
					err, _ := recover().(error)
					var shape *autodiff.ShapeError
					if !errors.As(err, &shape) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), name+"Pool") {
						t.Errorf("%v with %+v: panic %v, want a ShapeError with %q", c.shape, c.p, err, c.want)
					}
				}()
				var tape tape64
				pool(tape.Variable(make([]float64, autodiff.Size(c.shape)), c.shape...), c.p)
			}()
		}
	}
}
