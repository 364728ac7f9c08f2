package nn

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

// Positions tells attention where in a sequence a vector stands, as it does not see
// the order by itself: a vector for each position, added to those of the sequence
// (Vaswani et al. 2017; Qiu 2019, eq. 15.112, whose ⊕ joins vectors elsewhere and has
// to be a sum here). They are
//
//	p_{t,2i} = sin(t/10000^{2i/Size}),  p_{t,2i+1} = cos(t/10000^{2i/Size})
//
// with t from 0, for sequences of any length, or Learnt for the first Max positions.
type Positions struct {
	Size   int
	Learnt bool
	Max    int  // of positions that are learnt; of others, how many are computed beforehand
	Init   Init // of learnt ones; by default Normal(0.02)
}

// Validate checks the sizes.
func (p Positions) Validate() error {
	if p.Learnt {
		return positive("Positions", "Size", p.Size, "Max", p.Max)
	}
	if p.Max < 0 {
		return &belief.ConfigError{Field: "Positions.Max", Value: p.Max, Want: "0 or more"}
	}
	return positive("Positions", "Size", p.Size)
}

// A PositionLayer is Positions with their vectors.
type PositionLayer[T Float] struct {
	Positions
	Name   string
	Weight *autodiff.Param[T] // Max×Size; nil if they are not learnt

	table []T
}

// Positions makes vectors of positions, with the parameter name.weight if they are
// learnt.
func (n *Net[T]) Positions(name string, p Positions) *PositionLayer[T] {
	must(p.Validate())
	l := &PositionLayer[T]{Positions: p, Name: n.prefix + name}
	if !p.Learnt {
		l.table = make([]T, p.Max*p.Size)
		l.fill(l.table, 0)
		return l
	}
	start := p.Init
	if start == nil {
		start = Normal(0.02)
	}
	l.Weight = n.Param(name+".weight", start, p.Max, p.Size, p.Max, p.Size)
	return l
}

// fill computes vectors, the first of which is that of position from.
func (l *PositionLayer[T]) fill(rows []T, from int) {
	for i := range rows {
		t, j := from+i/l.Size, i%l.Size
		sin, cos := math.Sincos(float64(t) / math.Pow(10000, float64(j-j%2)/float64(l.Size)))
		if j%2 == 0 {
			rows[i] = T(sin)
		} else {
			rows[i] = T(cos)
		}
	}
}

// Forward adds to x, batch×time×Size, the vectors of the positions 0, 1 …
func (l *PositionLayer[T]) Forward(x autodiff.Var[T]) autodiff.Var[T] { return l.From(x, 0) }

// From is Forward for a piece of a sequence that begins at that position. Positions
// beyond Max that would be learnt panic with a *autodiff.ShapeError.
func (l *PositionLayer[T]) From(x autodiff.Var[T], start int) autodiff.Var[T] {
	t := x.Tape()
	shape := x.Shape()
	if len(shape) != 3 || shape[2] != l.Size || start < 0 {
		wrongShape("positions", fmt.Sprintf("sequences are batch×time×%d, from position 0 on", l.Size), shape)
	}
	before := t.SetLabel(l.Name)
	end := start + shape[1]
	var p autodiff.Var[T]
	switch {
	case l.Learnt:
		if end > l.Max {
			wrongShape("positions", fmt.Sprintf("only %d positions are learnt, position %d is not", l.Max, end-1), shape)
		}
		p = t.Param(l.Weight).Slice(0, start, end)
	case end <= l.Max:
		p = t.Constant(l.table[start*l.Size:end*l.Size], shape[1], l.Size)
	default:
		rows := t.Scratch(shape[1] * l.Size)
		l.fill(rows, start)
		p = t.Constant(rows, shape[1], l.Size)
	}
	y := x.Add(p)
	t.SetLabel(before)
	return y
}
