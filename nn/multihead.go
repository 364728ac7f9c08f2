package nn

import (
	"context"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/parallel"
)

// MultiHead is attention by scaled dot products in several projections at once
// (Vaswani et al. 2017; Qiu 2019, eq. 15.107 to 15.111): head m computes
//
//	softmax(Q_m·K_mᵀ/√d)·V_m  with  Q_m = X·W_Q, K_m = M·W_K, V_m = M·W_V
//
// and the heads, side by side, go through W_O. With the memory M = X it is
// self-attention. It takes O(queries·keys·Size) time, and memory for the weights.
type MultiHead struct {
	Size   int // of the queries' vectors, and of the result
	Heads  int // 0 means 1
	Memory int // the size of the memory's vectors; 0 means Size
	Head   int // the size of a head; 0 means Size/Heads
	NoBias bool
	// Dropout is the probability with which a weight is zero when Training.
	Dropout float64
	Init    Init // of the matrices; by default Xavier
}

// Validate checks the sizes and the probability.
func (m MultiHead) Validate() error {
	if err := positive("MultiHead", "Size", m.Size); err != nil {
		return err
	}
	switch heads := max(m.Heads, 1); {
	case m.Heads < 0:
		return &belief.ConfigError{Field: "MultiHead.Heads", Value: m.Heads, Want: "0 or more"}
	case m.Memory < 0:
		return &belief.ConfigError{Field: "MultiHead.Memory", Value: m.Memory, Want: "0 or more"}
	case m.Head < 0 || m.Head == 0 && m.Size%heads != 0:
		return &belief.ConfigError{Field: "MultiHead.Head", Value: m.Head, Want: fmt.Sprintf("more than 0, as %d heads do not divide Size %d", heads, m.Size)}
	case !(m.Dropout >= 0 && m.Dropout < 1):
		return &belief.ConfigError{Field: "MultiHead.Dropout", Value: m.Dropout, Want: "at least 0 and less than 1"}
	}
	return nil
}

// A MultiHeadLayer is a MultiHead with its weights.
type MultiHeadLayer[T Float] struct {
	MultiHead
	Name                   string
	Query, Key, Value, Out *DenseLayer[T]
}

// MultiHead makes attention of several heads from the dense layers name.query,
// name.key, name.value and name.out.
func (n *Net[T]) MultiHead(name string, m MultiHead) *MultiHeadLayer[T] {
	must(m.Validate())
	m.Heads = max(m.Heads, 1)
	if m.Memory == 0 {
		m.Memory = m.Size
	}
	if m.Head == 0 {
		m.Head = m.Size / m.Heads
	}
	dense := func(part string, in, out int) *DenseLayer[T] {
		return n.Dense(name+"."+part, Dense{In: in, Out: out, NoBias: m.NoBias, Init: m.Init})
	}
	width := m.Heads * m.Head
	return &MultiHeadLayer[T]{m, n.prefix + name, dense("query", m.Size, width),
		dense("key", m.Memory, width), dense("value", m.Memory, width), dense("out", width, m.Size)}
}

// Forward is self-attention of x, batch×time×Size, without a mask.
func (l *MultiHeadLayer[T]) Forward(x autodiff.Var[T]) autodiff.Var[T] {
	y, _ := l.Self(x, Mask[T]{})
	return y
}

// Self is self-attention of x, batch×time×Size: [MultiHeadLayer.Attend] with x as the
// memory.
func (l *MultiHeadLayer[T]) Self(x autodiff.Var[T], mask Mask[T]) (y autodiff.Var[T], weights []T) {
	keys, values := l.Prepare(x)
	return l.Attend(x, keys, values, mask)
}

// Prepare computes the keys and values of a memory, batch×keys×Memory, once for all
// queries that are to come.
func (l *MultiHeadLayer[T]) Prepare(memory autodiff.Var[T]) (keys, values autodiff.Var[T]) {
	if shape := memory.Shape(); len(shape) != 3 || shape[2] != l.Memory {
		wrongShape("attention", fmt.Sprintf("the memory is batch×keys×%d", l.Memory), shape)
	}
	return l.Key.Forward(memory), l.Value.Forward(memory)
}

// Attend returns for x, batch×queries×Size, what it reads from prepared keys and
// values, batch×queries×Size, and for those who look the weights,
// batch×heads×queries×keys, which last until Reset. A query that sees no key reads
// zeros.
func (l *MultiHeadLayer[T]) Attend(x, keys, values autodiff.Var[T], mask Mask[T]) (y autodiff.Var[T], weights []T) {
	shape, k := x.Shape(), keys.Shape()
	if len(shape) != 3 || shape[2] != l.Size || len(k) != 3 || k[0] != shape[0] {
		wrongShape("attention", fmt.Sprintf("queries are batch×queries×%d, with keys of that batch", l.Size), shape, k)
	}
	if v := values.Shape(); len(v) != 3 || v[0] != k[0] || v[1] != k[1] || v[2] != k[2] || k[2] != l.Heads*l.Head {
		wrongShape("attention", fmt.Sprintf("prepared keys and values are batch×keys×%d", l.Heads*l.Head), k, v)
	}
	t := x.Tape()
	q := l.Query.Forward(x)
	before := t.SetLabel(l.Name)
	drop := t.Constant(nil, 0)
	if t.Training && l.Dropout > 0 {
		drop = DropoutMask(t, l.Dropout, shape[0], l.Heads, shape[1], k[1])
	}
	n := t.Record(heads[T]{}, q.Shape(), q, keys, values, keysOf(t, mask, k[0], k[1], k), drop)
	n.Ints = n.TakeInts(2)
	n.Ints[0], n.Ints[1] = l.Heads, 0
	if mask.Causal {
		n.Ints[1] = 1
	}
	count := shape[0] * l.Heads * shape[1] * k[1]
	n.Saved = t.Scratch(2 * count)
	headsOf(n).each(false)
	t.SetLabel(before)
	return l.Out.Forward(n.Var()), n.Saved[:count:count]
}

// heads is the operation between the projections: for each sequence and each head two
// products of matrices, whose rows lie in the projections as they are, and the
// softmax. Its node saves the weights, and what dropout leaves of them, and keeps in
// Ints the number of heads and 1 if the mask is causal.
type heads[T Float] struct{}

func (heads[T]) Name() string { return "attention" }

// views is what a node of heads works on.
type views[T Float] struct {
	node                            *autodiff.Node[T]
	batch, heads, queries, keys     int
	width, size                     int // of all heads, of one
	q, k, v, seen, drop, w, dropped []T
	dq, dk, dv, dw                  []T
	scale                           T
	causal                          bool
}

func headsOf[T Float](n *autodiff.Node[T]) views[T] {
	q, k := n.Shape(), n.Input(1).Shape()
	v := views[T]{node: n, batch: q[0], heads: n.Ints[0], queries: q[1], keys: k[1], width: q[2], size: q[2] / n.Ints[0],
		q: n.Input(0).Value(), k: n.Input(1).Value(), v: n.Input(2).Value(), seen: n.Input(3).Value(), drop: n.Input(4).Value()}
	half := len(n.Saved) / 2
	v.w, v.dropped = n.Saved[:half], n.Saved[half:]
	v.causal, v.scale = n.Ints[1] != 0, T(1/math.Sqrt(float64(v.size)))
	return v
}

// each takes every sequence and head forwards or back, with several workers if it pays.
func (v views[T]) each(back bool) {
	pairs := v.batch * v.heads
	workers := parallel.Workers(v.node.Tape().Workers)
	if workers == 1 || float64(pairs*v.queries)*float64(v.keys*v.size) < 1<<18 {
		for i := range pairs {
			v.one(i/v.heads, i%v.heads, back)
		}
		return
	}
	shared := v // on the heap, which one worker is spared
	err := parallel.For(context.Background(), pairs, workers, func(i int) error {
		shared.one(i/shared.heads, i%shared.heads, back)
		return nil
	})
	if err != nil {
		panic(err)
	}
}

func (v *views[T]) one(b, h int, back bool) {
	if back {
		v.back(b, h)
	} else {
		v.read(b, h)
	}
}

// of returns where the rows of a head begin in a projection of that many rows.
func (v *views[T]) of(x []T, b, h, rows int) []T { return tail(x, b*rows*v.width+h*v.size) }

// square returns the part of an array of batch×heads×queries×keys.
func (v *views[T]) square(x []T, b, h int) []T {
	n := v.queries * v.keys
	i := (b*v.heads + h) * n
	return x[i : i+n]
}

func (v *views[T]) read(b, h int) {
	w, used := v.square(v.w, b, h), v.square(v.dropped, b, h)
	kernel.Gemm(false, true, v.queries, v.keys, v.size, 1, v.of(v.q, b, h, v.queries), v.width, v.of(v.k, b, h, v.keys), v.width, 0, w, v.keys, 1)
	var seen []T
	if len(v.seen) > 0 {
		seen = v.seen[b*v.keys : (b+1)*v.keys]
	}
	for i := range v.queries {
		row := w[i*v.keys : (i+1)*v.keys]
		weigh(row, row, seen, v.scale, visible(v.causal, i, v.queries, v.keys))
	}
	if len(v.drop) > 0 {
		kernel.Mul(used, w, v.square(v.drop, b, h))
	} else {
		copy(used, w)
	}
	kernel.Gemm(false, false, v.queries, v.size, v.keys, 1, used, v.keys, v.of(v.v, b, h, v.keys), v.width, 0, v.of(v.node.Value(), b, h, v.queries), v.width, 1)
}

func (heads[T]) Backward(n *autodiff.Node[T]) {
	v := headsOf(n)
	v.dq, v.dk, v.dv = n.Add(0), n.Add(1), n.Add(2)
	v.dw = n.Tape().Scratch(2 * len(v.w))
	v.each(true)
}

func (v *views[T]) back(b, h int) {
	w, used := v.square(v.w, b, h), v.square(v.dropped, b, h)
	dw, ds := v.square(v.dw, b, h), v.square(v.dw[len(v.w):], b, h)
	dy := v.of(v.node.Grad(), b, h, v.queries)
	if v.dv != nil {
		kernel.Gemm(true, false, v.keys, v.size, v.queries, 1, used, v.keys, dy, v.width, 1, v.of(v.dv, b, h, v.keys), v.width, 1)
	}
	if v.dq == nil && v.dk == nil {
		return
	}
	kernel.Gemm(false, true, v.queries, v.keys, v.size, 1, dy, v.width, v.of(v.v, b, h, v.keys), v.width, 0, dw, v.keys, 1)
	if len(v.drop) > 0 {
		kernel.Mul(dw, dw, v.square(v.drop, b, h))
	}
	for i := range v.queries {
		from, to := i*v.keys, (i+1)*v.keys
		weighBack(ds[from:to], w[from:to], dw[from:to], v.scale)
	}
	if v.dq != nil {
		kernel.Gemm(false, false, v.queries, v.size, v.keys, 1, ds, v.keys, v.of(v.k, b, h, v.keys), v.width, 1, v.of(v.dq, b, h, v.queries), v.width, 1)
	}
	if v.dk != nil {
		kernel.Gemm(true, false, v.keys, v.size, v.queries, 1, ds, v.keys, v.of(v.q, b, h, v.queries), v.width, 1, v.of(v.dk, b, h, v.keys), v.width, 1)
	}
}
