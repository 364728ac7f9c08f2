package autodiff_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/autodiff/autodifftest"
)

// convCase is a convolution to test; one dimension is two with widths of one.
type convCase struct {
	batch, in, out int
	size, kernel   [2]int
	w              autodiff.Window
}

func (c convCase) String() string {
	return fmt.Sprintf("%d×%d→%d %v kernel %v %+v", c.batch, c.in, c.out, c.size, c.kernel, c.w)
}

func (c convCase) groups() int { return max(c.w.Groups, 1) }

// places counts them one by one.
func (c convCase) places() (n [2]int) {
	for i := range n {
		p, d, s := c.w.Padding[i], max(c.w.Dilation[i], 1), max(c.w.Stride[i], 1)
		for at := -p; at+d*(c.kernel[i]-1) < c.size[i]+p; at += s {
			n[i]++
		}
	}
	return n
}

// direct visits every product of an entry of the array and one of the kernel.
func (c convCase) direct(visit func(y, x, k int)) {
	n := c.places()
	in, out := c.in/c.groups(), c.out/c.groups()
	for b := range c.batch {
		for o := range c.out {
			for i := range in {
				for p := range n[0] {
					for q := range n[1] {
						for u := range c.kernel[0] {
							for v := range c.kernel[1] {
								r := p*max(c.w.Stride[0], 1) + u*max(c.w.Dilation[0], 1) - c.w.Padding[0]
								s := q*max(c.w.Stride[1], 1) + v*max(c.w.Dilation[1], 1) - c.w.Padding[1]
								if r < 0 || r >= c.size[0] || s < 0 || s >= c.size[1] {
									continue
								}
								channel := o/out*in + i
								visit(((b*c.out+o)*n[0]+p)*n[1]+q, ((b*c.in+channel)*c.size[0]+r)*c.size[1]+s, ((o*in+i)*c.kernel[0]+u)*c.kernel[1]+v)
							}
						}
					}
				}
			}
		}
	}
}

func (c convCase) shapes() (x, k, y []int) {
	n := c.places()
	return []int{c.batch, c.in, c.size[0], c.size[1]}, []int{c.out, c.in / c.groups(), c.kernel[0], c.kernel[1]}, []int{c.batch, c.out, n[0], n[1]}
}

func normals[T autodiff.Float](r *rand.Rand, shape []int) []T {
	v := make([]T, autodiff.Size(shape))
	for i := range v {
		v[i] = T(r.NormFloat64())
	}
	return v
}

// check compares the convolution, its transpose and their gradients with the direct
// sums.
func checkConv[T autodiff.Float](c convCase, workers int, tol float64) error {
	r := rand.New(rand.NewPCG(7, 8))
	xs, ks, ys := c.shapes()
	x, k, g, bias := normals[T](r, xs), normals[T](r, ks), normals[T](r, ys), normals[T](r, ks[:1])
	y, dx, dk, db := make([]float64, len(g)), make([]float64, len(x)), make([]float64, len(k)), make([]float64, c.out)
	for i := range y {
		o := i / (ys[2] * ys[3]) % c.out
		y[i] = float64(bias[o])
		db[o] += float64(g[i])
	}
	c.direct(func(i, j, l int) {
		y[i] += float64(x[j]) * float64(k[l])
		dx[j] += float64(g[i]) * float64(k[l])
		dk[l] += float64(g[i]) * float64(x[j])
	})
	t := autodiff.Tape[T]{Workers: workers}
	for range 2 { // the second time, memory holds what was there before
		t.Reset()
		vx, vk, vb := t.Variable(x, xs...), t.Variable(k, ks...), t.Variable(bias, c.out)
		vy := vx.Conv(vk, c.w, vb)
		if !slices.Equal(vy.Shape(), ys) {
			return fmt.Errorf("the shape is %v, want %v", vy.Shape(), ys)
		}
		t.Backward(vy.Mul(t.Constant(g, ys...)).Sum())
		transposed := c.w
		for i, m := range c.size {
			s, d := max(c.w.Stride[i], 1), max(c.w.Dilation[i], 1)
			transposed.Extra[i] = m - ((ys[2+i]-1)*s - 2*c.w.Padding[i] + d*(c.kernel[i]-1) + 1)
		}
		vg := t.Constant(g, ys...)
		vt := vg.ConvTranspose(vk, transposed)
		for _, cmp := range []struct {
			what string
			got  []T
			want []float64
		}{{"y", vy.Value(), y}, {"dx", vx.Grad(), dx}, {"dk", vk.Grad(), dk}, {"db", vb.Grad(), db}, {"transpose", vt.Value(), dx}} {
			if len(cmp.got) != len(cmp.want) {
				return fmt.Errorf("%s has %d entries, want %d", cmp.what, len(cmp.got), len(cmp.want))
			}
			scale := 1.0
			for _, v := range cmp.want {
				scale = max(scale, math.Abs(v))
			}
			for i, v := range cmp.got {
				if !(math.Abs(float64(v)-cmp.want[i]) <= tol*scale) {
					return fmt.Errorf("%s[%d] is %v, want %v", cmp.what, i, v, cmp.want[i])
				}
			}
		}
	}
	return nil
}

func TestConvAgainstSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := convCase{batch: rapid.IntRange(1, 3).Draw(t, "batch")}
		c.w.Groups = rapid.IntRange(0, 3).Draw(t, "groups")
		c.in = c.groups() * rapid.IntRange(1, 6).Draw(t, "in")
		c.out = c.groups() * rapid.SampledFrom([]int{1, 2, 5, 16, 19}).Draw(t, "out")
		for i := range 2 {
			c.kernel[i] = rapid.IntRange(1, 4).Draw(t, "kernel")
			c.w.Stride[i] = rapid.IntRange(0, 3).Draw(t, "stride")
			c.w.Dilation[i] = rapid.IntRange(0, 3).Draw(t, "dilation")
			c.w.Padding[i] = rapid.IntRange(0, 5).Draw(t, "padding")
			c.size[i] = rapid.IntRange(max(1, max(c.w.Dilation[i], 1)*(c.kernel[i]-1)+1-2*c.w.Padding[i]), 12).Draw(t, "size")
		}
		if err := checkConv[float64](c, rapid.IntRange(1, 3).Draw(t, "workers"), 1e-12); err != nil {
			t.Fatal(err)
		}
	})
}

// Batches that are several products, and images that are.
func TestConvInParts(t *testing.T) {
	for _, c := range []convCase{
		{batch: 31, in: 16, out: 20, size: [2]int{9, 9}, kernel: [2]int{4, 4}, w: autodiff.Window{Stride: [2]int{2, 2}, Padding: [2]int{1, 1}}},
		{batch: 2, in: 5, out: 3, size: [2]int{70, 61}, kernel: [2]int{3, 3}, w: autodiff.Window{Padding: [2]int{1, 1}}},
		{batch: 1, in: 2, out: 17, size: [2]int{5000, 1}, kernel: [2]int{5, 1}, w: autodiff.Window{Padding: [2]int{2, 0}, Dilation: [2]int{3, 1}}},
		{batch: 40, in: 1, out: 18, size: [2]int{30, 30}, kernel: [2]int{4, 4}, w: autodiff.Window{Stride: [2]int{2, 2}, Padding: [2]int{1, 1}}},
		{batch: 1, in: 2, out: 17, size: [2]int{90, 90}, kernel: [2]int{3, 3}, w: autodiff.Window{Padding: [2]int{4, 1}, Dilation: [2]int{2, 1}}},
		{batch: 3, in: 2, out: 2, size: [2]int{4, 3000}, kernel: [2]int{2, 7}, w: autodiff.Window{Groups: 2}},
	} {
		for workers := range 4 {
			if err := checkConv[float64](c, workers, 1e-12); err != nil {
				t.Errorf("%v, %d workers: %v", c, workers, err)
			}
		}
		if err := checkConv[float32](c, 2, 1e-5); err != nil {
			t.Errorf("%v in float32: %v", c, err)
		}
	}
}

// The same bits for any number of workers.
func TestConvWorkers(t *testing.T) {
	c := convCase{batch: 40, in: 32, out: 24, size: [2]int{14, 14}, kernel: [2]int{4, 4}, w: autodiff.Window{Stride: [2]int{2, 2}, Padding: [2]int{1, 1}}}
	xs, ks, ys := c.shapes()
	r := rand.New(rand.NewPCG(1, 2))
	x, k, g := normals[float32](r, xs), normals[float32](r, ks), normals[float32](r, ys)
	var want []float32
	for workers := 1; workers <= 5; workers++ {
		tape := autodiff.Tape[float32]{Workers: workers}
		vx, vk := tape.Variable(x, xs...), tape.Variable(k, ks...)
		y := vx.Conv(vk, c.w)
		tape.Backward(y.Mul(tape.Constant(g, ys...)).Sum())
		got := slices.Concat(y.Value(), vx.Grad(), vk.Grad())
		if workers == 1 {
			want = got
		} else if !slices.Equal(got, want) {
			t.Errorf("%d workers give other bits", workers)
		}
	}
}

func TestConvGradients(t *testing.T) {
	for _, c := range []struct {
		x, k []int
		w    autodiff.Window
	}{
		{[]int{2, 2, 7}, []int{3, 2, 3}, autodiff.Window{Stride: [2]int{2}, Padding: [2]int{1}}},
		{[]int{1, 1, 4}, []int{1, 1, 2}, autodiff.Window{Dilation: [2]int{2}}},
		{[]int{2, 2, 4, 5}, []int{2, 2, 3, 2}, autodiff.Window{Stride: [2]int{2, 1}, Padding: [2]int{1, 0}, Dilation: [2]int{1, 2}}},
		{[]int{2, 2, 6, 5}, []int{2, 1, 3, 2}, autodiff.Window{Groups: 2, Stride: [2]int{2, 2}}},
		{[]int{1, 1, 1, 1}, []int{1, 1, 1, 1}, autodiff.Window{}},
		{[]int{0, 2, 3}, []int{2, 2, 2}, autodiff.Window{}},
		{[]int{1, 0, 3}, []int{2, 0, 2}, autodiff.Window{}},
	} {
		name := autodiff.FormatShape(c.x) + " and " + autodiff.FormatShape(c.k)
		bias := []int{c.k[0]}
		autodifftest.Run(t, autodifftest.Case{
			Name: "Conv of " + name, Shapes: [][]int{c.x, c.k, bias}, Twice: true,
			F64: func(_ *tape64, x []var64) var64 { return x[0].Conv(x[1], c.w, x[2]) },
			F32: func(_ *tape32, x []var32) var32 { return x[0].Conv(x[1], c.w, x[2]) },
		})
		if c.x[1] == 0 {
			continue
		}
		// The transpose takes what Conv gives back to what it took.
		y := slices.Clone(c.x)
		y[1] = c.k[0]
		for i, m := range c.x[2:] {
			s, d := max(c.w.Stride[i], 1), max(c.w.Dilation[i], 1)
			y[2+i] = (m+2*c.w.Padding[i]-d*(c.k[2+i]-1)-1)/s + 1
		}
		bias = []int{c.x[1]}
		autodifftest.Run(t, autodifftest.Case{
			Name: "ConvTranspose to " + name, Shapes: [][]int{y, c.k, bias}, Twice: true,
			F64: func(_ *tape64, x []var64) var64 { return x[0].ConvTranspose(x[1], c.w, x[2]) },
			F32: func(_ *tape32, x []var32) var32 { return x[0].ConvTranspose(x[1], c.w, x[2]) },
		})
	}
}

// Gradients as parts of a formula that is differentiated twice more.
func TestConvGradientsOfGradients(t *testing.T) {
	w := autodiff.Window{Stride: [2]int{2}, Padding: [2]int{1}}
	for i, name := range []string{"the array", "the kernel"} {
		for transposed, what := range []string{"Conv", "ConvTranspose"} {
			autodifftest.Run(t, autodifftest.Case{
				Name: "gradient of " + what + " in " + name, Shapes: [][]int{{2, 2, 5}, {2, 2, 3}}, Twice: true,
				F64: func(t *tape64, x []var64) var64 {
					y := x[0]
					if transposed == 1 {
						y = y.ConvTranspose(x[1], w)
					} else {
						y = y.Conv(x[1], w)
					}
					return t.Gradient(y.Mul(y).Sum(), x[i])[0]
				},
			})
		}
	}
}

// What the loops need beside the results is used again by the next operation.
func TestConvMemory(t *testing.T) {
	const n, size = 16, 64 // a result has 32 kB, its matrix of patches 0.3 MB
	x, k := make([]float64, size*size), make([]float64, 9)
	tape := tape64{Workers: 1}
	held := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before := held()
	for range 4 {
		tape.Reset()
		y := tape.Variable(x, 1, 1, size, size)
		for range n {
			y = y.Conv(tape.Variable(k, 1, 1, 3, 3), autodiff.Window{Padding: [2]int{1, 1}})
		}
		tape.Backward(y.Sum())
	}
	if grown := held() - before; grown > 4e6 {
		t.Errorf("the tape holds %.1f MB", grown/1e6)
	}
	runtime.KeepAlive(&tape)
}

func TestConvShapes(t *testing.T) {
	for _, c := range []struct {
		x, k       []int
		bias       []int
		w          autodiff.Window
		transposed bool
		want       string
	}{
		{x: []int{2, 3}, k: []int{4, 3, 2}, want: "2×3 and 4×3×2: it takes batch"},
		{x: []int{2, 3, 5}, k: []int{4, 3, 2, 2}, want: "it takes batch"},
		{x: []int{2, 3, 5}, k: []int{4, 2, 2}, want: "Conv of 2×3×5 and 4×2×2: the channels are not those of the kernel"},
		{x: []int{2, 3, 5}, k: []int{4, 3, 6}, want: "there is no place for the kernel"},
		{x: []int{2, 3, 5}, k: []int{4, 3, 3}, w: autodiff.Window{Dilation: [2]int{3}}, want: "there is no place for the kernel (dilation 3, 1)"},
		{x: []int{2, 3, 5}, k: []int{4, 3, 0}, want: "the kernel is empty"},
		{x: []int{2, 3, 5}, k: []int{4, 3, 2}, w: autodiff.Window{Groups: 2}, want: "the groups do not divide the channels (2 groups)"},
		{x: []int{2, 3, 5}, k: []int{4, 3, 2}, w: autodiff.Window{Padding: [2]int{-1}}, want: "a setting is negative"},
		{x: []int{2, 3, 5}, k: []int{4, 3, 2}, w: autodiff.Window{Stride: [2]int{1 << 30}}, want: "or above 1048576"},
		{x: []int{2, 3, 5, 5}, k: []int{4, 3, 2, 2}, w: autodiff.Window{Padding: [2]int{1 << 20, 1 << 20}}, want: "the padded array is too large"},
		{x: []int{2, 3, 5}, k: []int{4, 3, 2}, bias: []int{3}, want: "the bias is not one array of 4"},
		{x: []int{2, 3, 5}, k: []int{4, 3, 2}, transposed: true, want: "ConvTranspose of 2×3×5 and 4×3×2: the channels are not those of the kernel"},
		{x: []int{2, 3, 5}, k: []int{3, 4, 2}, w: autodiff.Window{Stride: [2]int{2}, Extra: [2]int{2}}, transposed: true, want: "no array has a convolution of this size (stride 2, 1; extra 2, 0)"},
		{x: []int{2, 3, 5}, k: []int{3, 4, 2}, bias: []int{3}, transposed: true, want: "the bias is not one array of 4"},
		{x: []int{2, 3, 0}, k: []int{3, 4, 2}, transposed: true, want: "there is no place"},
	} {
		func() {
			defer func() {
				err, _ := recover().(error)
				var shape *autodiff.ShapeError
				if !errors.As(err, &shape) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v and %v: panic %v, want a ShapeError with %q", c.x, c.k, err, c.want)
				}
			}()
			var tape tape64
			x, k := tape.Variable(make([]float64, autodiff.Size(c.x)), c.x...), tape.Variable(make([]float64, autodiff.Size(c.k)), c.k...)
			var bias []var64
			if c.bias != nil {
				bias = append(bias, tape.Variable(make([]float64, autodiff.Size(c.bias)), c.bias...))
			}
			if c.transposed {
				x.ConvTranspose(k, c.w, bias...)
			} else {
				x.Conv(k, c.w, bias...)
			}
		}()
	}
}
