package autodifftest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/patience"
)

// complaints collects what a check says.
type complaints struct{ strings.Builder }

func (c *complaints) Helper() {}

func (c *complaints) Errorf(format string, args ...any) { fmt.Fprintf(c, format+"\n", args...) }

// triple is y = 3x, with mistakes.
type triple[T autodiff.Float] struct {
	slope, chain T
	sink         *[]T
}

func (*triple[T]) Name() string { return "triple" }

func (op *triple[T]) Backward(n *autodiff.Node[T]) {
	for i, g := range n.Grad() {
		n.Add(0)[i] += op.slope * g
	}
	if op.sink != nil {
		*op.sink = make([]T, 10)
	}
}

func (op *triple[T]) Chain(n *autodiff.Node[T], grad autodiff.Var[T]) {
	n.Give(0, grad.Scale(op.chain))
}

func (op *triple[T]) apply(x autodiff.Var[T]) autodiff.Var[T] {
	n := x.Tape().Record(op, x.Shape(), x)
	for i, v := range x.Value() {
		n.Value()[i] = 3 * v
	}
	return n.Var()
}

// The kit accepts what is right and refuses each kind of mistake.
func TestRefuses(t *testing.T) {
	right32, steps := triple[float32]{slope: 3, chain: 3}, 0.0
	for _, c := range []struct {
		name, want string // part of the complaint; empty if there is none
		op         triple[float64]
		op32       triple[float32]
		change     func() float64
	}{
		{name: "right", op: triple[float64]{slope: 3, chain: 3}, op32: right32},
		{name: "slope", op: triple[float64]{slope: 3.00001, chain: 3.00001}, op32: right32, want: "differences give"},
		{name: "slope in float32", op: triple[float64]{slope: 3, chain: 3}, op32: triple[float32]{slope: 3.01, chain: 3}, want: "in float32"},
		{name: "chain", op: triple[float64]{slope: 3, chain: 3.001}, op32: right32, want: "of Gradient"},
		{name: "memory", op: triple[float64]{slope: 3, chain: 3, sink: new([]float64)}, op32: right32, want: "allocates"},
		{name: "bits", op: triple[float64]{slope: 3, chain: 3}, op32: right32, change: func() float64 { steps++; return 1e-9 * steps }, want: "other bits"},
		{name: "value", op: triple[float64]{slope: 3, chain: 3}, op32: right32, change: func() float64 { return math.NaN() }, want: "the value is NaN"},
	} {
		if c.op.sink != nil && patience.Allocations(1, func() { *c.op.sink = make([]float64, 10) }) == 0 {
			continue // the race detector is at work
		}
		var said complaints
		check(&said, Case{
			Shapes: [][]int{{2, 3}}, Twice: true,
			F64: func(_ *autodiff.Tape[float64], x []autodiff.Var[float64]) autodiff.Var[float64] {
				y := c.op.apply(x[0].Mul(x[0]))
				if c.change != nil {
					y = y.Shift(c.change())
				}
				return y
			},
			F32: func(_ *autodiff.Tape[float32], x []autodiff.Var[float32]) autodiff.Var[float32] {
				return c.op32.apply(x[0].Mul(x[0]))
			},
		})
		if c.want == "" && said.Len() > 0 || !strings.Contains(said.String(), c.want) {
			t.Errorf("%s: the kit says %q, want %q", c.name, said.String(), c.want)
		}
	}
}

// A second derivative that is wrong where the first is right is refused, too.
func TestRefusesSecond(t *testing.T) {
	var said complaints
	check(&said, Case{
		Shapes: [][]int{{3}}, Twice: true,
		F64: func(_ *autodiff.Tape[float64], x []autodiff.Var[float64]) autodiff.Var[float64] {
			n := x[0].Tape().Record(stiff{}, x[0].Shape(), x[0])
			for i, v := range x[0].Value() {
				n.Value()[i] = v * v
			}
			return n.Var()
		},
	})
	if !strings.Contains(said.String(), "of H·v") {
		t.Errorf("the kit says %q", said.String())
	}
}

// stiff is y = x² whose chain takes 2x for a constant.
type stiff struct{}

func (stiff) Name() string { return "stiff" }

func (stiff) Backward(n *autodiff.Node[float64]) {
	for i, g := range n.Grad() {
		n.Add(0)[i] += 2 * n.Input(0).Value()[i] * g
	}
}

func (stiff) Chain(n *autodiff.Node[float64], grad autodiff.Var[float64]) {
	t := n.Tape()
	n.Give(0, grad.Mul(t.Constant(n.Input(0).Value(), n.Shape()...)).Scale(2))
}
