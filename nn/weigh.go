package nn

import (
	"math"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/kernel"
)

// A Mask says which keys attention may see. The zero value shows all.
type Mask[T Float] struct {
	// Keys is batch×keys, 0 where there is nothing but padding; the zero Var hides
	// nothing.
	Keys autodiff.Var[T]
	// Causal hides from a query the keys that are later. The last query and the last
	// key are of the same time, so that queries may be the end of a sequence.
	Causal bool
}

// visible returns how many keys the query of that index sees.
func visible(causal bool, query, queries, keys int) int {
	if !causal {
		return keys
	}
	return max(0, min(keys, keys-queries+query+1))
}

// weigh writes the softmax of scale·scores over the keys that may be seen, of which
// there are at most the first count, to w; zeros elsewhere, and everywhere if no key
// may be seen.
func weigh[T Float](w, scores, seen []T, scale T, count int) {
	kernel.Scale(scale, w[:count], scores[:count])
	clear(w[count:])
	hidden := 0
	if len(seen) > 0 {
		for j, s := range seen[:count] {
			if s == 0 {
				w[j] = T(math.Inf(-1))
				hidden++
			}
		}
	}
	if hidden == count {
		clear(w)
		return
	}
	kernel.Softmax(w[:count], w[:count])
}

// weighBack adds the gradient of scores from that of the weights, times scale.
func weighBack[T Float](scores, w, dw []T, scale T) {
	mean := kernel.Dot(w, dw)
	for j, v := range w {
		scores[j] += scale * v * (dw[j] - mean)
	}
}

// weights is the operation that makes weights of scores, batch×queries×keys.
type weights[T Float] struct{}

func (weights[T]) Name() string { return "attention" }

func weightsOf[T Float](scores autodiff.Var[T], scale T, mask Mask[T]) autodiff.Var[T] {
	t := scores.Tape()
	shape := scores.Shape()
	n := t.Record(weights[T]{}, shape, scores, keysOf(t, mask, shape[0], shape[2], shape))
	n.Factor = scale
	queries, keys := shape[1], shape[2]
	from, seen := scores.Value(), n.Input(1).Value()
	for i := range shape[0] * queries {
		var row []T
		if len(seen) > 0 {
			b := i / queries
			row = seen[b*keys : (b+1)*keys]
		}
		weigh(n.Value()[i*keys:(i+1)*keys], from[i*keys:(i+1)*keys], row, scale, visible(mask.Causal, i%queries, queries, keys))
	}
	return n.Var()
}

// keysOf checks the keys' mask. Without one, it returns an array without entries.
func keysOf[T Float](t *autodiff.Tape[T], mask Mask[T], batch, keys int, shape []int) autodiff.Var[T] {
	if mask.Keys == (autodiff.Var[T]{}) {
		return t.Constant(nil, 0)
	}
	if got := mask.Keys.Shape(); len(got) != 2 || got[0] != batch || got[1] != keys {
		wrongShape("attention", "the mask of the keys is batch×keys", shape, got)
	}
	return mask.Keys
}

func (weights[T]) Backward(n *autodiff.Node[T]) {
	d := n.Add(0)
	if d == nil {
		return
	}
	shape := n.Shape()
	keys := shape[2]
	for i := range shape[0] * shape[1] {
		from, to := i*keys, (i+1)*keys
		weighBack(d[from:to], n.Value()[from:to], n.Grad()[from:to], n.Factor)
	}
}
