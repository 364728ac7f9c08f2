package autodiff

import (
	"fmt"
	"slices"
	"strings"
)

// A Window says how a convolution kernel moves over an array, in each of its one or
// two dimensions. The zero value moves by one and pads nothing. In one dimension only
// the first numbers count.
type Window struct {
	Stride   [2]int // steps between places; 0 means 1
	Padding  [2]int // zeros before and after the array
	Dilation [2]int // steps between entries of the kernel; 0 means 1
	// Groups divides the channels: the first outputs see only the first inputs, and
	// so on. 0 means 1.
	Groups int
	// Extra entries at the end of the result of ConvTranspose, fewer than the stride:
	// with one above 1, arrays of several sizes have convolutions of the same size,
	// and this says which of them is wanted.
	Extra [2]int
}

// settings writes down what is not as usual.
func (w Window) settings() string {
	var parts []string
	for _, p := range []struct {
		name  string
		v     [2]int
		usual int
	}{{"stride", w.Stride, 1}, {"padding", w.Padding, 0}, {"dilation", w.Dilation, 1}, {"extra", w.Extra, 0}} {
		for i := range p.v {
			if p.v[i] == 0 {
				p.v[i] = p.usual
			}
		}
		if p.v != [2]int{p.usual, p.usual} {
			parts = append(parts, fmt.Sprintf("%s %d, %d", p.name, p.v[0], p.v[1]))
		}
	}
	if w.Groups > 1 {
		parts = append(parts, fmt.Sprintf("%d groups", w.Groups))
	}
	return strings.Join(parts, "; ")
}

// Conv returns the cross-correlation of x, of batch × channels × length or of batch ×
// channels × height × width, with a kernel of out × channels/groups × size (× size):
//
//	y[b,o,i,j] = bias[o] + Σ x[b,c, i·stride+u·dilation−padding, …] · kernel[o,c,u,v]
//
// over c, u and v. As everywhere in this field it is called a convolution, though the
// kernel is not turned around. The result is of batch × out × n (× n), with
// n = ⌊(length + 2·padding − dilation·(size−1) − 1)/stride⌋ + 1 in each dimension. A
// bias of out numbers is optional.
//
// Patches of x, some hundred at a time, become the rows of a matrix that is multiplied
// with the kernel (Chellapilla, Puri & Simard 2006). The time is that of the product,
// 2·channels/groups·size·size operations for each entry of the result, and the memory
// beside it is bounded, but for single rows that are longer than a few thousand.
func (x Var[T]) Conv(kernel Var[T], w Window, bias ...Var[T]) Var[T] {
	t := x.Tape()
	a, k := x.node(t), kernel.node(t)
	d := len(a.shape)
	if d < 3 || d > 4 || len(k.shape) != d {
		wrongConv("Conv", "it takes batch × channels × n (× n) and out × channels × n (× n)", w, a, k)
	}
	c, why := convOf(w, a.shape, k.shape, nil)
	if why != "" {
		wrongConv("Conv", why, w, a, k)
	}
	if len(bias) > 1 || len(bias) == 1 && !slices.Equal(bias[0].Shape(), k.shape[:1]) {
		wrongConv("Conv", fmt.Sprintf("the bias is not one array of %d", k.shape[0]), w, a, k)
	}
	shape := imageShape(t, d, a.shape[0], k.shape[0], c.oh, c.ow)
	var n *Node[T]
	var b []T
	if len(bias) == 0 {
		n = t.Record(convOp[T]{}, shape, x, kernel)
	} else {
		n = t.Record(convOp[T]{}, shape, x, kernel, bias[0])
		b = bias[0].n.value
	}
	keepWindow(n, w)
	convolve(t, c, a.value, k.value, n.value, b, false)
	return n.Var()
}

// ConvTranspose returns the transpose of the linear map that Conv is in its array,
// applied to x. For x of batch × in × n (× n) and a kernel of in × out/groups × size
// (× size), the result is of batch × out × m (× m), with
// m = (n−1)·stride − 2·padding + dilation·(size−1) + 1 + extra in each dimension. It
// is not the inverse of Conv, though some call it a deconvolution.
func (x Var[T]) ConvTranspose(kernel Var[T], w Window, bias ...Var[T]) Var[T] {
	t := x.Tape()
	g, k := x.node(t), kernel.node(t)
	d := len(g.shape)
	if d < 3 || d > 4 || len(k.shape) != d {
		wrongConv("ConvTranspose", "it takes batch × in × n (× n) and in × out × n (× n)", w, g, k)
	}
	size := w.transposed(g.shape, k.shape)
	shape := t.ints.take(d)
	copy(shape, g.shape)
	shape[1] = k.shape[1] * max(w.Groups, 1)
	copy(shape[2:], size[:])
	c, why := convOf(w, shape, k.shape, g.shape)
	if why != "" {
		wrongConv("ConvTranspose", why, w, g, k)
	}
	if len(bias) > 1 || len(bias) == 1 && !slices.Equal(bias[0].Shape(), shape[1:2]) {
		wrongConv("ConvTranspose", fmt.Sprintf("the bias is not one array of %d", shape[1]), w, g, k)
	}
	var n *Node[T]
	var b []T
	if len(bias) == 0 {
		n = t.Record(convInputOp[T]{}, shape, x, kernel)
	} else {
		n = t.Record(convInputOp[T]{}, shape, x, kernel, bias[0])
		b = bias[0].n.value
	}
	keepWindow(n, w)
	fillPlanes(n.value, c.in*c.groups, c.h*c.w, b)
	convolveInput(t, c, g.value, k.value, n.value)
	return n.Var()
}

// convWeight returns the gradient of ⟨g, Conv(x, k)⟩ in k, of the given shape: the
// third of the maps that are linear in each of two arrays and whose derivatives are
// one another.
func (x Var[T]) convWeight(g Var[T], w Window, shape []int) Var[T] {
	t := x.Tape()
	a, b := x.node(t), g.node(t)
	c, why := convOf(w, a.shape, shape, b.shape)
	if why != "" {
		wrongConv("Conv", why, w, a, b)
	}
	n := t.Record(convWeightOp[T]{}, shape, x, g)
	keepWindow(n, w)
	clear(n.value)
	convolveKernel(t, c, a.value, b.value, n.value)
	return n.Var()
}

// convInput is ConvTranspose to a result of a known shape.
func (x Var[T]) convInput(kernel Var[T], w Window, shape []int) Var[T] {
	size := w.transposed(x.Shape(), kernel.Shape())
	for i, m := range shape[2:] {
		w.Extra[i] += m - size[i]
	}
	return x.ConvTranspose(kernel, w)
}

func wrongConv[T Float](op, text string, w Window, nodes ...*Node[T]) {
	if s := w.settings(); s != "" {
		text += " (" + s + ")"
	}
	wrongShape(op, text, nodes...)
}

// conv is the geometry of a convolution of x with a kernel; one dimension is two with
// a width of one.
type conv struct {
	batch, groups  int
	in, out        int // channels of a group
	h, w           int // of x
	oh, ow         int // of the result
	kh, kw         int // of the kernel
	sh, sw, dh, dw int // stride and dilation
	ph, pw         int // padding
}

// convOf works out the geometry, with the shape of the result unless that is given,
// or says why there is none.
func convOf(w Window, x, k, g []int) (c conv, why string) {
	c = conv{batch: x[0], groups: max(w.Groups, 1), w: 1, ow: 1, kw: 1, sw: 1, dw: 1}
	c.h, c.kh, c.sh, c.dh, c.ph = x[2], k[2], max(w.Stride[0], 1), max(w.Dilation[0], 1), w.Padding[0]
	if len(x) == 4 {
		c.w, c.kw, c.sw, c.dw, c.pw = x[3], k[3], max(w.Stride[1], 1), max(w.Dilation[1], 1), w.Padding[1]
	}
	for i := range 2 {
		if lo, hi := min(w.Stride[i], w.Padding[i], w.Dilation[i], w.Extra[i], w.Groups), max(w.Stride[i], w.Padding[i], w.Dilation[i], w.Extra[i]); lo < 0 || hi > mostWindow {
			return c, fmt.Sprintf("a setting is negative or above %d", mostWindow)
		}
	}
	if x[1]%c.groups != 0 || k[0]%c.groups != 0 {
		return c, "the groups do not divide the channels"
	}
	c.in, c.out = x[1]/c.groups, k[0]/c.groups
	if k[1] != c.in {
		return c, "the channels are not those of the kernel"
	}
	if c.kh < 1 || c.kw < 1 {
		return c, "the kernel is empty"
	}
	if g == nil {
		c.oh, c.ow = places(c.h, c.kh, c.sh, c.dh, c.ph), places(c.w, c.kw, c.sw, c.dw, c.pw)
	} else {
		c.oh = g[2]
		if len(g) == 4 {
			c.ow = g[3]
		}
		if g[1] != k[0] {
			return c, "the channels are not those of the kernel"
		}
		if c.oh > 0 && c.ow > 0 && (c.oh != places(c.h, c.kh, c.sh, c.dh, c.ph) || c.ow != places(c.w, c.kw, c.sw, c.dw, c.pw)) {
			return c, "no array has a convolution of this size"
		}
	}
	if c.oh < 1 || c.ow < 1 {
		return c, "there is no place for the kernel"
	}
	if float64(c.h+2*c.ph)*float64(c.w+2*c.pw)*float64(c.in) > mostPadded {
		return c, "the padded array is too large"
	}
	return c, ""
}

// The largest setting, so that sizes cannot overflow, and the largest padded array of
// one image.
const (
	mostWindow = 1 << 20
	mostPadded = 1 << 30
)

// places returns the number of places that a kernel of size k has in n entries.
func places(n, k, stride, dilation, padding int) int {
	room := int64(n) + 2*int64(padding) - int64(dilation)*int64(k-1) - 1
	if room < 0 {
		return 0
	}
	return int(room/int64(stride)) + 1
}

// transposed returns the size of a ConvTranspose.
func (w Window) transposed(x, k []int) (m [2]int) {
	for i := range x[2:] {
		m[i] = int(max(0, (int64(x[2+i])-1)*int64(max(w.Stride[i], 1))-2*int64(w.Padding[i])+int64(max(w.Dilation[i], 1))*(int64(k[2+i])-1)+1+int64(w.Extra[i])))
	}
	return m
}

// imageShape is the shape of images, or of sequences if d is 3.
func imageShape[T Float](t *Tape[T], d, batch, channels, h, w int) []int {
	s := t.ints.take(d)
	s[0], s[1], s[2] = batch, channels, h
	if d == 4 {
		s[3] = w
	}
	return s
}
