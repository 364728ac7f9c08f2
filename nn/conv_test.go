package nn

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

func TestConvLayers(t *testing.T) {
	type forward = func(x autodiff.Var[float64]) autodiff.Var[float64]
	for _, c := range []struct {
		name  string
		build func(net *Net[float64]) forward
		in    []int
		out   []int
		size  int // weights
	}{
		{"Conv1D", func(n *Net[float64]) forward {
			return n.Conv1D("c", Conv1D{In: 2, Out: 3, Kernel: 3, Stride: 2, Padding: 1, Activation: Tanh}).Forward
		}, []int{2, 2, 7}, []int{2, 3, 4}, 3*2*3 + 3},
		{"Conv1D dilated", func(n *Net[float64]) forward {
			return n.Conv1D("c", Conv1D{In: 2, Out: 2, Kernel: 2, Dilation: 3, Groups: 2, NoBias: true}).Forward
		}, []int{2, 2, 7}, []int{2, 2, 4}, 2 * 2},
		{"Conv2D", func(n *Net[float64]) forward {
			return n.Conv2D("c", Conv2D{In: 2, Out: 3, Kernel: [2]int{3}, Stride: [2]int{2}, Padding: [2]int{1}, Activation: Softplus}).Forward
		}, []int{2, 2, 5, 6}, []int{2, 3, 3, 3}, 3*2*9 + 3},
		{"Conv2D not square", func(n *Net[float64]) forward {
			return n.Conv2D("c", Conv2D{In: 2, Out: 4, Kernel: [2]int{3, 2}, Stride: [2]int{2, 1}, Padding: [2]int{1, None}, Dilation: [2]int{1, 2}, Groups: 2, NoBias: true}).Forward
		}, []int{2, 2, 5, 5}, []int{2, 4, 3, 3}, 4 * 1 * 6},
		{"ConvTranspose1D", func(n *Net[float64]) forward {
			return n.ConvTranspose1D("c", ConvTranspose1D{In: 3, Out: 2, Kernel: 3, Stride: 2, Padding: 1, Extra: 1, Activation: Tanh}).Forward
		}, []int{2, 3, 3}, []int{2, 2, 6}, 3*2*3 + 2},
		{"ConvTranspose1D dilated", func(n *Net[float64]) forward {
			return n.ConvTranspose1D("c", ConvTranspose1D{In: 2, Out: 4, Kernel: 2, Dilation: 3, Groups: 2, NoBias: true}).Forward
		}, []int{2, 2, 3}, []int{2, 4, 6}, 2 * 2 * 2},
		{"ConvTranspose2D", func(n *Net[float64]) forward {
			return n.ConvTranspose2D("c", ConvTranspose2D{In: 3, Out: 2, Kernel: [2]int{4}, Stride: [2]int{2}, Padding: [2]int{1}}).Forward
		}, []int{2, 3, 2, 3}, []int{2, 2, 4, 6}, 3*2*16 + 2},
		{"ConvTranspose2D not square", func(n *Net[float64]) forward {
			return n.ConvTranspose2D("c", ConvTranspose2D{In: 1, Out: 2, Kernel: [2]int{2, 3}, Stride: [2]int{2, 3}, Extra: [2]int{1, None}, NoBias: true}).Forward
		}, []int{2, 1, 2, 2}, []int{2, 2, 5, 6}, 2 * 6},
		{"MaxPool", func(*Net[float64]) forward { return MaxPool[float64](Pool{Size: [2]int{2}}) }, []int{2, 2, 4, 6}, []int{2, 2, 2, 3}, 0},
		{"MeanPool", func(*Net[float64]) forward {
			return MeanPool[float64](Pool{Size: [2]int{3, 2}, Stride: [2]int{2, 1}, Padding: [2]int{1, None}})
		}, []int{2, 2, 4, 3}, []int{2, 2, 2, 2}, 0},
		{"GlobalMaxPool", func(*Net[float64]) forward { return GlobalMaxPool[float64]() }, []int{2, 3, 4, 3}, []int{2, 3}, 0},
		{"GlobalMeanPool", func(*Net[float64]) forward { return GlobalMeanPool[float64]() }, []int{2, 3, 5}, []int{2, 3}, 0},
		{"Flatten", func(*Net[float64]) forward { return Flatten[float64]() }, []int{2, 3, 2, 2}, []int{2, 12}, 0},
		{"Images", func(*Net[float64]) forward { return Images[float64](3, 2, 2) }, []int{2, 12}, []int{2, 3, 2, 2}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := New[float64](1)
			f := c.build(net)
			var tape autodiff.Tape[float64]
			if y := f(tape.Constant(make([]float64, autodiff.Size(c.in)), c.in...)); !slices.Equal(y.Shape(), c.out) || net.Size() != c.size {
				t.Errorf("the shape is %v and there are %d weights, want %v and %d", y.Shape(), net.Size(), c.out, c.size)
			}
			checkLayer(t, c.build, c.in...)
		})
	}
}

func TestConvSettings(t *testing.T) {
	two := Conv2D{In: 4, Out: 4, Kernel: [2]int{3}}
	with := func(change func(c *Conv2D)) Conv2D {
		c := two
		change(&c)
		return c
	}
	for _, c := range []struct {
		settings interface{ Validate() error }
		field    string // "" for none
	}{
		{two, ""},
		{with(func(c *Conv2D) { c.In = 0 }), "Conv2D.In"},
		{with(func(c *Conv2D) { c.Out = -1 }), "Conv2D.Out"},
		{with(func(c *Conv2D) { c.Kernel[0] = 0 }), "Conv2D.Kernel"},
		{with(func(c *Conv2D) { c.Kernel[1] = 1 << 30 }), "Conv2D.Kernel"},
		{with(func(c *Conv2D) { c.Stride[0] = -2 }), "Conv2D.Stride"},
		{with(func(c *Conv2D) { c.Padding[0] = -1 }), "Conv2D.Padding"},
		{with(func(c *Conv2D) { c.Padding[1] = None }), ""},
		{with(func(c *Conv2D) { c.Dilation[1] = 1 << 17 }), "Conv2D.Dilation"},
		{with(func(c *Conv2D) { c.Groups = 3 }), "Conv2D.Groups"},
		{with(func(c *Conv2D) { c.Groups = 4 }), ""},
		{with(func(c *Conv2D) { c.Activation = "none" }), "Activation"},
		{Conv1D{In: 1, Out: 1}, "Conv1D.Kernel"},
		{ConvTranspose1D{In: 1, Out: 1, Kernel: 2, Extra: 1}, "ConvTranspose1D.Extra"},
		{ConvTranspose1D{In: 1, Out: 1, Kernel: 2, Stride: 2, Extra: 1}, ""},
		{ConvTranspose2D{In: 1, Out: 1, Kernel: [2]int{2}, Stride: [2]int{2, 1}, Extra: [2]int{1}}, "ConvTranspose2D.Extra"},
		{ConvTranspose2D{In: 1, Out: 1, Kernel: [2]int{2}, Stride: [2]int{2, 1}, Extra: [2]int{1, None}}, ""},
		{Pool{Size: [2]int{2}}, ""},
		{Pool{}, "Pool.Size"},
		{Pool{Size: [2]int{2}, Stride: [2]int{-3}}, "Pool.Stride"},
		{Pool{Size: [2]int{2}, Padding: [2]int{2}}, "Pool.Padding"},
		{BatchNorm{Channels: 2}, ""},
		{BatchNorm{}, "BatchNorm.Channels"},
		{BatchNorm{Channels: 2, Momentum: 1.5}, "BatchNorm.Momentum"},
		{BatchNorm{Channels: 2, Momentum: math.NaN()}, "BatchNorm.Momentum"},
		{BatchNorm{Channels: 2, Epsilon: -1}, "BatchNorm.Epsilon"},
		{LayerNorm{Shape: []int{2, 3}}, ""},
		{LayerNorm{}, "LayerNorm.Shape"},
		{LayerNorm{Shape: []int{2, 0}}, "LayerNorm.Shape"},
		{LayerNorm{Shape: []int{2}, Epsilon: math.Inf(1)}, "LayerNorm.Epsilon"},
	} {
		err := c.settings.Validate()
		var bad *belief.ConfigError
		if c.field == "" && err != nil || c.field != "" && (!errors.As(err, &bad) || bad.Field != c.field) {
			t.Errorf("%+v: error %v, want one of %q", c.settings, err, c.field)
		}
	}
	defer func() {
		if err, _ := recover().(error); !errors.As(err, new(*belief.ConfigError)) {
			t.Errorf("a layer of wrong settings: %v", err)
		}
	}()
	New[float64](1).Conv2D("c", Conv2D{})
}

// The starting weights take into account how many numbers a result comes from: in a
// transposed convolution with steps of two, one entry of the kernel out of four.
func TestConvStart(t *testing.T) {
	net := New[float64](1)
	for _, c := range []struct {
		w    *autodiff.Param[float64]
		want float64
	}{
		{net.Conv2D("a", Conv2D{In: 40, Out: 60, Kernel: [2]int{3}, Activation: ReLU}).Weight, 2.0 / (40 * 9)},
		{net.Conv2D("b", Conv2D{In: 40, Out: 60, Kernel: [2]int{3}, Groups: 4}).Weight, 2.0 / (25 * 9)},
		{net.ConvTranspose2D("c", ConvTranspose2D{In: 60, Out: 40, Kernel: [2]int{4}, Stride: [2]int{2}, Activation: ReLU}).Weight, 2.0 / (60 * 4)},
		{net.Conv1D("d", Conv1D{In: 90, Out: 90, Kernel: 4, Init: LeCun{}}).Weight, 1.0 / (90 * 4)},
	} {
		squares := 0.0
		for _, v := range c.w.Value {
			squares += v * v
		}
		n := float64(len(c.w.Value))
		// Five standard errors of a normal variance: a false alarm in 1.7 million.
		if got := squares / n; math.Abs(got/c.want-1) > 5*math.Sqrt(2/n) {
			t.Errorf("%s has variance %v, want %v", c.w.Name, got, c.want)
		}
	}
	for _, w := range []*autodiff.Param[float64]{
		net.Conv2D("e", Conv2D{In: 3, Out: 5, Kernel: [2]int{2}, Init: Orthogonal{}}).Weight,
		net.ConvTranspose2D("f", ConvTranspose2D{In: 5, Out: 3, Kernel: [2]int{3}, Stride: [2]int{2}, Init: Orthogonal{}}).Weight,
	} {
		cols := len(w.Value) / 5
		for i := range 5 {
			for j := range i + 1 {
				dot := 0.0
				for k := range cols {
					dot += w.Value[i*cols+k] * w.Value[j*cols+k]
				}
				if i == j {
					dot--
				}
				if math.Abs(dot) > 1e-14 {
					t.Errorf("%s: the product of filters %d and %d is off by %v", w.Name, i, j, dot)
				}
			}
		}
	}
}

// LeNet-5 has the sizes of Qiu (2019), section 5.4.1, but for C3, which sees all of S2
// here: 96·25 + 16 weights instead of 1,516.
func TestLeNet(t *testing.T) {
	net := New[float32](1)
	x := Sequence[float32]{
		net.Conv2D("c1", Conv2D{In: 1, Out: 6, Kernel: [2]int{5}, Activation: Tanh}),
		MeanPool[float32](Pool{Size: [2]int{2}}),
		net.Conv2D("c3", Conv2D{In: 6, Out: 16, Kernel: [2]int{5}, Activation: Tanh}),
		MeanPool[float32](Pool{Size: [2]int{2}}),
		net.Conv2D("c5", Conv2D{In: 16, Out: 120, Kernel: [2]int{5}, Activation: Tanh}),
		Flatten[float32](),
		net.Dense("f6", Dense{In: 120, Out: 84, Activation: Tanh}),
		net.Dense("output", Dense{In: 84, Out: 10}),
	}
	for name, want := range map[string]int{"c1": 156, "c3": 2416, "c5": 48120, "f6": 10164} {
		if got := net.Within(name).Size(); got != want {
			t.Errorf("%s has %d weights, want %d", name, got, want)
		}
	}
	var tape autodiff.Tape[float32]
	y := tape.Constant(make([]float32, 2*32*32), 2, 1, 32, 32)
	for i, want := range []int{4704, 1176, 1600, 400, 120, 120, 84, 10} {
		if y = x[i].Forward(y); len(y.Value()) != 2*want {
			t.Errorf("layer %d has %d units, want %d", i+1, len(y.Value())/2, want)
		}
	}
}

// The label tells which layer has overflowed.
func TestConvLabel(t *testing.T) {
	net := New[float32](1)
	l := net.Within("critic").Conv1D("first", Conv1D{In: 1, Out: 1, Kernel: 1})
	l.Weight.Value[0] = math.MaxFloat32
	var tape autodiff.Tape[float32]
	l.Forward(tape.Constant([]float32{1, 2}, 1, 1, 2))
	if op, label, _, found := tape.NonFinite(); op != "Conv" || label != "critic.first" || !found {
		t.Errorf("NonFinite says %q, %q, %v", op, label, found)
	}
}
