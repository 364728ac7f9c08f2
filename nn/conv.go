package nn

import (
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

// Conv1D is a convolution of sequences, of batch × In × length, as package autodiff
// computes it: y = f(W⊗x + b), with W of Out × In/Groups × Kernel (Qiu 2019, eq. 5.20
// and 5.21).
type Conv1D struct {
	In, Out    int // channels
	Kernel     int
	Stride     int        // 0 means 1
	Padding    int        // zeros at both ends
	Dilation   int        // 0 means 1
	Groups     int        // 0 means 1
	Activation Activation // f; by default none
	NoBias     bool
	Init       Init // of W; by default He for ReLU and LeakyReLU, else Xavier
}

// Conv2D is a convolution of images, of batch × In × height × width, with W of
// Out × In/Groups × Kernel × Kernel. The second number of a pair is that of the width;
// 0 means as the first.
type Conv2D struct {
	In, Out    int // channels
	Kernel     [2]int
	Stride     [2]int     // 0 means 1
	Padding    [2]int     // zeros on all sides; None means none in the width only
	Dilation   [2]int     // 0 means 1
	Groups     int        // 0 means 1
	Activation Activation // f; by default none
	NoBias     bool
	Init       Init // of W; by default He for ReLU and LeakyReLU, else Xavier
}

// ConvTranspose1D is the transpose of a convolution of sequences, from batch × In × n
// to batch × Out × m, with W of In × Out/Groups × Kernel (Qiu 2019, eq. 5.45) and
// m = (n−1)·Stride − 2·Padding + Dilation·(Kernel−1) + 1 + Extra.
type ConvTranspose1D struct {
	In, Out    int // channels
	Kernel     int
	Stride     int        // 0 means 1
	Padding    int        // that of the convolution, from In to Out
	Extra      int        // entries at the end, fewer than Stride
	Dilation   int        // 0 means 1
	Groups     int        // 0 means 1
	Activation Activation // f; by default none
	NoBias     bool
	Init       Init // of W; by default He for ReLU and LeakyReLU, else Xavier
}

// ConvTranspose2D is the transpose of a convolution of images, as ConvTranspose1D.
// The second number of a pair is that of the width; 0 means as the first.
type ConvTranspose2D struct {
	In, Out    int // channels
	Kernel     [2]int
	Stride     [2]int     // 0 means 1
	Padding    [2]int     // that of the convolution; None means none in the width only
	Extra      [2]int     // entries at the end, fewer than Stride; None as for Padding
	Dilation   [2]int     // 0 means 1
	Groups     int        // 0 means 1
	Activation Activation // f; by default none
	NoBias     bool
	Init       Init // of W; by default He for ReLU and LeakyReLU, else Xavier
}

// convolution is what the four have in common.
type convolution struct {
	name       string
	in, out    int
	kernel     []int
	window     autodiff.Window
	transposed bool
	activation Activation
	noBias     bool
	init       Init
}

func (c Conv1D) general() convolution {
	w := autodiff.Window{Stride: [2]int{c.Stride}, Padding: [2]int{c.Padding}, Dilation: [2]int{c.Dilation}, Groups: c.Groups}
	return convolution{"Conv1D", c.In, c.Out, []int{c.Kernel}, w, false, c.Activation, c.NoBias, c.Init}
}

func (c Conv2D) general() convolution {
	w := autodiff.Window{Stride: pair(c.Stride), Padding: pair(c.Padding), Dilation: pair(c.Dilation), Groups: c.Groups}
	k := pair(c.Kernel)
	return convolution{"Conv2D", c.In, c.Out, k[:], w, false, c.Activation, c.NoBias, c.Init}
}

func (c ConvTranspose1D) general() convolution {
	w := autodiff.Window{Stride: [2]int{c.Stride}, Padding: [2]int{c.Padding}, Dilation: [2]int{c.Dilation}, Groups: c.Groups, Extra: [2]int{c.Extra}}
	return convolution{"ConvTranspose1D", c.In, c.Out, []int{c.Kernel}, w, true, c.Activation, c.NoBias, c.Init}
}

func (c ConvTranspose2D) general() convolution {
	w := autodiff.Window{Stride: pair(c.Stride), Padding: pair(c.Padding), Dilation: pair(c.Dilation), Groups: c.Groups, Extra: pair(c.Extra)}
	k := pair(c.Kernel)
	return convolution{"ConvTranspose2D", c.In, c.Out, k[:], w, true, c.Activation, c.NoBias, c.Init}
}

// pair fills in the second number.
func pair(p [2]int) [2]int {
	switch p[1] {
	case 0:
		p[1] = p[0]
	case None:
		p[1] = 0
	}
	return p
}

// Validate checks the settings.
func (c Conv1D) Validate() error { return c.general().validate() }

// Validate checks the settings.
func (c Conv2D) Validate() error { return c.general().validate() }

// Validate checks the settings.
func (c ConvTranspose1D) Validate() error { return c.general().validate() }

// Validate checks the settings.
func (c ConvTranspose2D) Validate() error { return c.general().validate() }

func (c convolution) validate() error {
	if err := c.activation.Validate(); err != nil {
		return err
	}
	if err := positive(c.name, "In", c.in, "Out", c.out); err != nil {
		return err
	}
	const most = 1 << 16
	w := c.window
	for _, s := range []struct {
		name        string
		values      []int
		least, most int
		want        string
	}{
		{"Kernel", c.kernel, 1, most, "1 to 65536"},
		{"Stride", w.Stride[:], 0, most, "0 to 65536"},
		{"Padding", w.Padding[:], 0, most, "0 to 65536"},
		{"Dilation", w.Dilation[:], 0, most, "0 to 65536"},
		{"Groups", []int{w.Groups}, 0, most, "0 to 65536"},
	} {
		for _, v := range s.values {
			if v < s.least || v > s.most {
				return &belief.ConfigError{Field: c.name + "." + s.name, Value: v, Want: s.want}
			}
		}
	}
	for i, v := range w.Extra {
		if v < 0 || v > 0 && v >= max(w.Stride[i], 1) {
			return &belief.ConfigError{Field: c.name + ".Extra", Value: v, Want: "less than Stride"}
		}
	}
	if g := max(w.Groups, 1); c.in%g != 0 || c.out%g != 0 {
		return &belief.ConfigError{Field: c.name + ".Groups", Value: g, Want: "a divisor of In and Out"}
	}
	return nil
}

// A ConvLayer is a convolution, or the transpose of one, with its weights.
type ConvLayer[T Float] struct {
	Name       string
	Window     autodiff.Window
	Transposed bool
	Weight     *autodiff.Param[T] // Out × In/Groups × Kernel (× Kernel); transposed, In × Out/Groups × …
	Bias       *autodiff.Param[T] // Out; nil without
	f          function
}

// Conv1D makes a convolution of sequences with the parameters name.weight and
// name.bias, which starts at zero.
func (n *Net[T]) Conv1D(name string, c Conv1D) *ConvLayer[T] {
	return newConv(n, name, c.general())
}

// Conv2D makes a convolution of images with the parameters name.weight and name.bias,
// which starts at zero.
func (n *Net[T]) Conv2D(name string, c Conv2D) *ConvLayer[T] {
	return newConv(n, name, c.general())
}

// ConvTranspose1D makes the transpose of a convolution of sequences with the
// parameters name.weight and name.bias, which starts at zero.
func (n *Net[T]) ConvTranspose1D(name string, c ConvTranspose1D) *ConvLayer[T] {
	return newConv(n, name, c.general())
}

// ConvTranspose2D makes the transpose of a convolution of images with the parameters
// name.weight and name.bias, which starts at zero.
func (n *Net[T]) ConvTranspose2D(name string, c ConvTranspose2D) *ConvLayer[T] {
	return newConv(n, name, c.general())
}

func newConv[T Float](n *Net[T], name string, c convolution) *ConvLayer[T] {
	must(c.validate())
	f, _ := c.activation.parse()
	l := &ConvLayer[T]{Name: n.prefix + name, Window: c.window, Transposed: c.transposed, f: f}
	groups := max(c.window.Groups, 1)
	shape := append([]int{c.out, c.in / groups}, c.kernel...)
	if c.transposed {
		shape[0], shape[1] = c.in, c.out/groups
	}
	// How many numbers a result is computed from, and how many results from a number.
	in, out := c.in/groups, c.out/groups
	for i, k := range c.kernel {
		s := max(c.window.Stride[i], 1)
		if c.transposed {
			in, out = max(1, in*k/s), out*k
		} else {
			in, out = in*k, max(1, out*k/s)
		}
	}
	l.Weight = n.Param(name+".weight", byRows{f.init(c.init), shape[0]}, in, out, shape...)
	if !c.noBias {
		l.Bias = n.Param(name+".bias", Constant(0), in, out, c.out)
	}
	return l
}

// byRows is an Init for weights that are a matrix of so many rows, whatever the
// numbers that they connect.
type byRows struct {
	Init
	rows int
}

func (b byRows) Draw(r *rand.Rand, w []float64, in, out int) {
	if o, ok := b.Init.(Orthogonal); ok {
		in = b.rows
		o.Draw(r, w, in, out)
		return
	}
	b.Init.Draw(r, w, in, out)
}

// Forward takes batch × In × n (× n) to batch × Out × m (× m).
func (l *ConvLayer[T]) Forward(x autodiff.Var[T]) autodiff.Var[T] {
	t := x.Tape()
	before := t.SetLabel(l.Name)
	w := t.Param(l.Weight)
	switch {
	case l.Transposed && l.Bias == nil:
		x = x.ConvTranspose(w, l.Window)
	case l.Transposed:
		x = x.ConvTranspose(w, l.Window, t.Param(l.Bias))
	case l.Bias == nil:
		x = x.Conv(w, l.Window)
	default:
		x = x.Conv(w, l.Window, t.Param(l.Bias))
	}
	x = apply(l.f, x)
	t.SetLabel(before)
	return x
}
