package autodiff

import "github.com/belief-go/belief/internal/kernel"

// The operations of convolution. Each is linear in each of two arrays; what one passes
// back is computed by the other two, so all can be differentiated as often as wanted.
//
//	y = conv(x, k)    ⟨y, g⟩ = ⟨x, convInput(g, k)⟩ = ⟨k, convWeight(x, g)⟩

// keepWindow stores the settings in a node, and keptWindow returns them.
func keepWindow[T Float](n *Node[T], w Window) {
	n.Ints = append(n.tape.ints.take(9)[:0], w.Stride[0], w.Stride[1], w.Padding[0], w.Padding[1], w.Dilation[0], w.Dilation[1], w.Extra[0], w.Extra[1], w.Groups)
}

func keptWindow[T Float](n *Node[T]) Window {
	i := n.Ints
	return Window{Stride: [2]int{i[0], i[1]}, Padding: [2]int{i[2], i[3]}, Dilation: [2]int{i[4], i[5]}, Extra: [2]int{i[6], i[7]}, Groups: i[8]}
}

// conv of an array, a kernel and a bias.
type convOp[T Float] struct{}

func (convOp[T]) Name() string { return "Conv" }

func (convOp[T]) Backward(n *Node[T]) {
	x, k := n.inputs[0], n.inputs[1]
	c, _ := convOf(keptWindow(n), x.shape, k.shape, n.shape)
	if dx := n.Add(0); dx != nil {
		convolveInput(n.tape, c, n.grad, k.value, dx)
	}
	if dk := n.Add(1); dk != nil {
		convolveKernel(n.tape, c, x.value, n.grad, dk)
	}
	biasBackward(n)
}

func (convOp[T]) Chain(n *Node[T], grad Var[T]) {
	x, k, w := n.inputs[0], n.inputs[1], keptWindow(n)
	if n.OnPath(0) {
		n.Give(0, grad.convInput(k.Var(), w, x.shape))
	}
	if n.OnPath(1) {
		n.Give(1, x.Var().convWeight(grad, w, k.shape))
	}
	biasChain(n, grad)
}

// convInput of a gradient, a kernel and a bias, which is ConvTranspose.
type convInputOp[T Float] struct{}

func (convInputOp[T]) Name() string { return "ConvTranspose" }

func (convInputOp[T]) Backward(n *Node[T]) {
	g, k := n.inputs[0], n.inputs[1]
	c, _ := convOf(keptWindow(n), n.shape, k.shape, g.shape)
	if dg := n.Add(0); dg != nil {
		convolve(n.tape, c, n.grad, k.value, dg, nil, true)
	}
	if dk := n.Add(1); dk != nil {
		convolveKernel(n.tape, c, n.grad, g.value, dk)
	}
	biasBackward(n)
}

func (convInputOp[T]) Chain(n *Node[T], grad Var[T]) {
	g, k, w := n.inputs[0], n.inputs[1], keptWindow(n)
	if n.OnPath(0) {
		n.Give(0, grad.Conv(k.Var(), w))
	}
	if n.OnPath(1) {
		n.Give(1, grad.convWeight(g.Var(), w, k.shape))
	}
	biasChain(n, grad)
}

// convWeight of an array and a gradient.
type convWeightOp[T Float] struct{}

func (convWeightOp[T]) Name() string { return "Conv" }

func (convWeightOp[T]) Backward(n *Node[T]) {
	x, g := n.inputs[0], n.inputs[1]
	c, _ := convOf(keptWindow(n), x.shape, n.shape, g.shape)
	if dx := n.Add(0); dx != nil {
		convolveInput(n.tape, c, g.value, n.grad, dx)
	}
	if dg := n.Add(1); dg != nil {
		convolve(n.tape, c, x.value, n.grad, dg, nil, true)
	}
}

func (convWeightOp[T]) Chain(n *Node[T], grad Var[T]) {
	x, g, w := n.inputs[0], n.inputs[1], keptWindow(n)
	if n.OnPath(0) {
		n.Give(0, g.Var().convInput(grad, w, x.shape))
	}
	if n.OnPath(1) {
		n.Give(1, x.Var().Conv(grad, w))
	}
}

// biasBackward sums the gradient over the batch and the places.
func biasBackward[T Float](n *Node[T]) {
	if len(n.inputs) < 3 {
		return
	}
	db := n.Add(2)
	if len(db) == 0 || len(n.grad) == 0 {
		return
	}
	plane := len(n.grad) / n.shape[0] / len(db)
	for i := 0; i < len(n.grad); i += plane {
		db[i/plane%len(db)] += kernel.Sum(n.grad[i : i+plane])
	}
}

func biasChain[T Float](n *Node[T], grad Var[T]) {
	if len(n.inputs) < 3 || !n.OnPath(2) {
		return
	}
	if len(n.shape) == 3 {
		grad = grad.SumTo(n.shape[1], 1)
	} else {
		grad = grad.SumTo(n.shape[1], 1, 1)
	}
	n.Give(2, grad.Reshape(n.shape[1]))
}
