package autodiff

import "fmt"

// A Pool says which windows of an array, of batch × channels × length or of batch ×
// channels × height × width, are pooled to one entry. In one dimension only the first
// numbers count.
type Pool struct {
	Size    [2]int // 0 means all there is
	Stride  [2]int // steps between windows; 0 means Size, which divides the array
	Padding [2]int // entries before and after the array that belong to windows, less than Size, but have no value
}

// MaxPool returns the largest entry of each window, of batch × channels × n (× n) with
// n = ⌊(length + 2·padding − size)/stride⌋ + 1. NaN counts as the largest. The
// gradient goes to the first of equal entries.
func (x Var[T]) MaxPool(p Pool) Var[T] {
	t := x.Tape()
	a := x.node(t)
	c := poolOf("MaxPool", p, a)
	n := t.Record(pickOp[T]{}, imageShape(t, len(a.shape), a.shape[0], a.shape[1], c.oh, c.ow), x)
	n.Ints = t.ints.take(len(n.value))
	i := 0
	for plane := range c.batch {
		from := plane * c.h * c.w
		for y := range c.oh {
			top, bottom := clip(y*c.sh-c.ph, c.kh, c.h)
			for z := range c.ow {
				left, right := clip(z*c.sw-c.pw, c.kw, c.w)
				best := from + top*c.w + left
				most := a.value[best]
				for r := top; r < bottom; r++ {
					start := from + r*c.w + left
					for s, v := range a.value[start : start+right-left] {
						if v > most || v != v && most == most {
							best, most = start+s, v
						}
					}
				}
				n.value[i], n.Ints[i] = most, best
				i++
			}
		}
	}
	return n.Var()
}

// MeanPool returns the mean of each window, over the entries that have a value. The
// shape is as for MaxPool.
func (x Var[T]) MeanPool(p Pool) Var[T] {
	t := x.Tape()
	a := x.node(t)
	c := poolOf("MeanPool", p, a)
	n := t.Record(meanPoolOp[T]{}, imageShape(t, len(a.shape), a.shape[0], a.shape[1], c.oh, c.ow), x)
	keepPool(n, p)
	clear(n.value)
	meanPool(c, n.value, a.value)
	return n.Var()
}

// poolOf works out the geometry, with a plane for each image and channel.
func poolOf[T Float](op string, p Pool, x *Node[T]) conv {
	if d := len(x.shape); d < 3 || d > 4 {
		wrongShape(op, "it takes batch × channels × n (× n)", x)
	}
	c := conv{batch: x.shape[0] * x.shape[1], h: x.shape[2], w: 1, kw: 1, sw: 1}
	c.kh, c.sh, c.ph = p.Size[0], p.Stride[0], p.Padding[0]
	if len(x.shape) == 4 {
		c.w, c.kw, c.sw, c.pw = x.shape[3], p.Size[1], p.Stride[1], p.Padding[1]
	}
	whole := func(size, stride *int, n int) {
		if *size == 0 {
			*size = n
		}
		if *stride == 0 {
			*stride = max(*size, 1)
		}
	}
	whole(&c.kh, &c.sh, c.h)
	whole(&c.kw, &c.sw, c.w)
	settings := func(text string) {
		wrongShape(op, fmt.Sprintf("%s (size %d, %d; stride %d, %d; padding %d, %d)", text, c.kh, c.kw, c.sh, c.sw, c.ph, c.pw), x)
	}
	switch {
	case c.h == 0 || c.w == 0:
		settings("there is nothing to pool")
	case min(c.kh, c.kw, c.sh, c.sw) < 1 || min(c.ph, c.pw) < 0 || max(c.kh, c.kw, c.sh, c.sw) > max(mostWindow, c.h, c.w):
		settings(fmt.Sprintf("a setting is negative or above %d", mostWindow))
	case c.ph >= c.kh || c.pw >= c.kw:
		settings("the padding is not less than the size")
	}
	c.oh, c.ow = places(c.h, c.kh, c.sh, 1, c.ph), places(c.w, c.kw, c.sw, 1, c.pw)
	if c.oh < 1 || c.ow < 1 {
		settings("there is no place for the window")
	}
	return c
}

// clip returns the part of a window that begins there and lies in n entries.
func clip(from, size, n int) (int, int) { return max(from, 0), min(from+size, n) }

// pickOp takes the entries at Ints; placeOp, its transpose, adds them there.
type pickOp[T Float] struct{}

func (pickOp[T]) Name() string { return "MaxPool" }
func (pickOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		for i, at := range n.Ints {
			dx[at] += n.grad[i]
		}
	}
}

func (pickOp[T]) Chain(n *Node[T], grad Var[T]) {
	x := n.inputs[0]
	m := n.tape.Record(placeOp[T]{}, x.shape, grad)
	m.Ints = n.Ints
	clear(m.value)
	for i, at := range m.Ints {
		m.value[at] += grad.n.value[i]
	}
	n.Give(0, m.Var())
}

type placeOp[T Float] struct{}

func (placeOp[T]) Name() string { return "MaxPool" }
func (placeOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		for i, at := range n.Ints {
			dx[i] += n.grad[at]
		}
	}
}

func (placeOp[T]) Chain(n *Node[T], grad Var[T]) {
	m := n.tape.Record(pickOp[T]{}, n.inputs[0].shape, grad)
	m.Ints = n.Ints
	for i, at := range m.Ints {
		m.value[i] = grad.n.value[at]
	}
	n.Give(0, m.Var())
}

func keepPool[T Float](n *Node[T], p Pool) {
	n.Ints = append(n.tape.ints.take(6)[:0], p.Size[0], p.Size[1], p.Stride[0], p.Stride[1], p.Padding[0], p.Padding[1])
}

func keptPool[T Float](n *Node[T]) Pool {
	i := n.Ints
	return Pool{Size: [2]int{i[0], i[1]}, Stride: [2]int{i[2], i[3]}, Padding: [2]int{i[4], i[5]}}
}

// meanPoolOp and unpoolOp are the transposes of each other.
type meanPoolOp[T Float] struct{}

func (meanPoolOp[T]) Name() string { return "MeanPool" }
func (op meanPoolOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		meanUnpool(poolOf(op.Name(), keptPool(n), n.inputs[0]), dx, n.grad)
	}
}

func (op meanPoolOp[T]) Chain(n *Node[T], grad Var[T]) {
	x := n.inputs[0]
	m := n.tape.Record(unpoolOp[T]{}, x.shape, grad)
	m.Ints = n.Ints
	clear(m.value)
	meanUnpool(poolOf(op.Name(), keptPool(n), x), m.value, grad.n.value)
	n.Give(0, m.Var())
}

type unpoolOp[T Float] struct{}

func (unpoolOp[T]) Name() string { return "MeanPool" }
func (op unpoolOp[T]) Backward(n *Node[T]) {
	if dx := n.Add(0); dx != nil {
		meanPool(poolOf(op.Name(), keptPool(n), n), dx, n.grad)
	}
}
func (unpoolOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.MeanPool(keptPool(n))) }

// meanPool adds the means of the windows of x to y.
func meanPool[T Float](c conv, y, x []T) {
	i := 0
	for plane := range c.batch {
		x := x[plane*c.h*c.w:]
		for p := range c.oh {
			top, bottom := clip(p*c.sh-c.ph, c.kh, c.h)
			for q := range c.ow {
				left, right := clip(q*c.sw-c.pw, c.kw, c.w)
				var sum T
				for r := top; r < bottom; r++ {
					for _, v := range x[r*c.w+left : r*c.w+right] {
						sum += v
					}
				}
				y[i] += sum / T((bottom-top)*(right-left))
				i++
			}
		}
	}
}

// meanUnpool adds to dx what the gradient g of the means gives to each entry.
func meanUnpool[T Float](c conv, dx, g []T) {
	i := 0
	for plane := range c.batch {
		dx := dx[plane*c.h*c.w:]
		for p := range c.oh {
			top, bottom := clip(p*c.sh-c.ph, c.kh, c.h)
			for q := range c.ow {
				left, right := clip(q*c.sw-c.pw, c.kw, c.w)
				v := g[i] / T((bottom-top)*(right-left))
				i++
				for r := top; r < bottom; r++ {
					d := dx[r*c.w+left : r*c.w+right]
					for s := range d {
						d[s] += v
					}
				}
			}
		}
	}
}
