package autodiff

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/special"
)

// Cross-entropies of distributions that are given by logits, which are the x of a
// softmax or of a logistic function. They are in nats, and computed without the
// probabilities, which may be zero in the machine.

// CrossEntropy returns −Σ q log p of each row of the last axis, where p is the softmax
// of the row and q has 1 − smoothing at the row's label, and the rest evenly at the
// others (Szegedy et al. 2016, whose ε is smoothing·K/(K − 1) for K classes). There
// are as many labels as rows, and they are copied.
func (x Var[T]) CrossEntropy(labels []int, smoothing T) Var[T] {
	t, in := x.Tape(), x.Node()
	rows, width := in.lastAxis("CrossEntropy")
	switch {
	case len(labels) != rows:
		wrongShape("CrossEntropy", fmt.Sprintf("there are %d labels", len(labels)), in)
	case !(smoothing >= 0 && smoothing <= 1):
		panic(fmt.Sprintf("autodiff: CrossEntropy with smoothing %v, which has to be from 0 to 1", smoothing))
	}
	checkIndices("CrossEntropy", labels, width)
	n := t.Record(crossEntropyOp[T]{}, in.shape[:len(in.shape)-1], x)
	n.Ints = t.ints.take(rows)
	copy(n.Ints, labels)
	n.Factor = smoothing
	n.Saved = t.values.take(rows * width)
	kernel.SoftmaxRows(rows, width, n.Saved, in.value, n.value)
	at, others := smoothed(smoothing, width)
	for i, k := range labels {
		n.value[i] -= (at - others) * in.value[i*width+k]
		if others != 0 {
			n.value[i] -= others * kernel.Sum(in.value[i*width:(i+1)*width])
		}
	}
	return n.Var()
}

// smoothed returns the target at the label and at each of the others.
func smoothed[T Float](smoothing T, width int) (at, others T) {
	if width < 2 {
		return 1, 0
	}
	return 1 - smoothing, smoothing / T(width-1)
}

// A node of crossEntropyOp keeps the labels, the smoothing, and the softmax.
type crossEntropyOp[T Float] struct{}

func (crossEntropyOp[T]) Name() string { return "CrossEntropy" }
func (crossEntropyOp[T]) Backward(n *Node[T]) {
	dx := n.Add(0)
	if dx == nil {
		return
	}
	_, width := n.inputs[0].lastAxis("CrossEntropy")
	at, others := smoothed(n.Factor, width)
	for i, k := range n.Ints {
		g, row := n.grad[i], dx[i*width:(i+1)*width]
		kernel.Axpy(g, n.Saved[i*width:(i+1)*width], row)
		row[k] -= g * (at - others)
		if others != 0 {
			kernel.AddConst(-g*others, row, row)
		}
	}
}
func (crossEntropyOp[T]) Chain(n *Node[T], grad Var[T]) {
	in := n.inputs[0]
	_, width := in.lastAxis("CrossEntropy")
	at, others := smoothed(n.Factor, width)
	q := n.tape.zeros(in.shape)
	for i := range q.value {
		q.value[i] = others
	}
	for i, k := range n.Ints {
		q.value[i*width+k] = at
	}
	n.Give(0, in.Var().Softmax().Sub(q.Var()).Mul(in.keptAxis(grad, len(in.shape)-1)))
}

// SoftCrossEntropy returns −Σ q log p of each row of the last axis, where p is the
// softmax of the row and q the row of targets, of the same shape.
func (x Var[T]) SoftCrossEntropy(targets Var[T]) Var[T] {
	t := x.Tape()
	in, q := x.node(t), targets.node(t)
	if !slices.Equal(in.shape, q.shape) {
		wrongShape("SoftCrossEntropy", "", in, q)
	}
	rows, width := in.lastAxis("SoftCrossEntropy")
	n := t.Record(softCrossEntropyOp[T]{}, in.shape[:len(in.shape)-1], x, targets)
	n.Saved = t.values.take(rows*width + 2*rows) // the softmax, log Σeˣ and Σq of each row
	soft, logSums, totals := n.softCrossEntropy(rows, width)
	kernel.SoftmaxRows(rows, width, soft, in.value, logSums)
	for i := range n.value {
		row := q.value[i*width : (i+1)*width]
		totals[i] = kernel.Sum(row)
		n.value[i] = logSums[i]*totals[i] - kernel.Dot(row, in.value[i*width:(i+1)*width])
	}
	return n.Var()
}

type softCrossEntropyOp[T Float] struct{}

func (n *Node[T]) softCrossEntropy(rows, width int) (soft, logSums, totals []T) {
	s := n.Saved
	return s[:rows*width], s[rows*width : rows*width+rows], s[rows*width+rows:]
}

func (softCrossEntropyOp[T]) Name() string { return "SoftCrossEntropy" }
func (softCrossEntropyOp[T]) Backward(n *Node[T]) {
	x, q := n.inputs[0], n.inputs[1]
	rows, width := x.lastAxis("SoftCrossEntropy")
	soft, logSums, totals := n.softCrossEntropy(rows, width)
	dx, dq := n.Add(0), n.Add(1)
	for i, g := range n.grad {
		from, to := i*width, (i+1)*width
		if dx != nil {
			kernel.Axpy(g*totals[i], soft[from:to], dx[from:to])
			kernel.Axpy(-g, q.value[from:to], dx[from:to])
		}
		if dq != nil {
			kernel.Axpy(-g, x.value[from:to], dq[from:to])
			kernel.AddConst(g*logSums[i], dq[from:to], dq[from:to])
		}
	}
}
func (softCrossEntropyOp[T]) Chain(n *Node[T], grad Var[T]) {
	x, q := n.inputs[0].Var(), n.inputs[1].Var()
	last := len(x.n.shape) - 1
	grad = x.n.keptAxis(grad, last)
	if n.OnPath(0) {
		total := x.n.keptAxis(q.SumAxis(last), last)
		n.Give(0, x.Softmax().Mul(total).Sub(q).Mul(grad))
	}
	if n.OnPath(1) {
		n.Give(1, x.LogSoftmax().Mul(grad).Neg())
	}
}

// BinaryCrossEntropy returns −q log p − (1 − q) log(1 − p) of each entry, where p is
// the logistic function of the entry and q that of targets, of the same shape.
func (x Var[T]) BinaryCrossEntropy(targets Var[T]) Var[T] {
	t := x.Tape()
	in, q := x.node(t), targets.node(t)
	if !slices.Equal(in.shape, q.shape) {
		wrongShape("BinaryCrossEntropy", "", in, q)
	}
	n := t.Record(binaryCrossEntropyOp[T]{}, in.shape, x, targets)
	for i, v := range in.value {
		n.value[i] = T(-math.Abs(float64(v)))
	}
	if len(n.value) == 1 {
		n.value[0] = T(special.Softplus(float64(n.value[0])))
	} else {
		kernel.Softplus(n.value, n.value)
	}
	// With |x| in the softplus, nothing is lost for a q of zero or one.
	for i, v := range in.value {
		n.value[i] += max(v, 0) - q.value[i]*v
	}
	return n.Var()
}

type binaryCrossEntropyOp[T Float] struct{}

func (binaryCrossEntropyOp[T]) Name() string { return "BinaryCrossEntropy" }
func (binaryCrossEntropyOp[T]) Backward(n *Node[T]) {
	x, q := n.inputs[0].value, n.inputs[1].value
	dx, dq := n.Add(0), n.Add(1)
	part := n.tape.part()
	for from := 0; from < len(x) && dx != nil; from += len(part) {
		to := min(from+len(part), len(x))
		p := part[:to-from]
		kernel.Sigmoid(p, x[from:to])
		kernel.Sub(p, p, q[from:to])
		kernel.MulAdd(dx[from:to], n.grad[from:to], p)
	}
	if dq != nil {
		for i, g := range n.grad {
			dq[i] -= g * x[i]
		}
	}
}
func (binaryCrossEntropyOp[T]) Chain(n *Node[T], grad Var[T]) {
	x, q := n.inputs[0].Var(), n.inputs[1].Var()
	if n.OnPath(0) {
		n.Give(0, x.Sigmoid().Sub(q).Mul(grad))
	}
	if n.OnPath(1) {
		n.Give(1, x.Mul(grad).Neg())
	}
}
