package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/internal/suggest"
)

// Float is the type of weights: float32 or float64.
type Float = autodiff.Float

// A Layer turns an array into another.
type Layer[T Float] interface {
	Forward(x autodiff.Var[T]) autodiff.Var[T]
}

// Func is a Layer without weights.
type Func[T Float] func(x autodiff.Var[T]) autodiff.Var[T]

// Forward calls f.
func (f Func[T]) Forward(x autodiff.Var[T]) autodiff.Var[T] { return f(x) }

// Sequence is a Layer that applies layers one after the other.
type Sequence[T Float] []Layer[T]

// Forward applies the layers.
func (s Sequence[T]) Forward(x autodiff.Var[T]) autodiff.Var[T] {
	for _, l := range s {
		x = l.Forward(x)
	}
	return x
}

// A Net owns the parameters of a model, in the order in which they were made.
type Net[T Float] struct {
	prefix string
	shared *registry[T]
}

type registry[T Float] struct {
	seed   uint64
	params []*autodiff.Param[T]
	byName map[string]*autodiff.Param[T]
}

// New returns a Net without parameters. The seed is that of their starting values.
func New[T Float](seed uint64) *Net[T] {
	return &Net[T]{shared: &registry[T]{seed: seed, byName: make(map[string]*autodiff.Param[T])}}
}

// Within returns a view of the net that puts the name and a dot in front of the names
// of what is made with it.
func (n *Net[T]) Within(name string) *Net[T] {
	return &Net[T]{n.prefix + name + ".", n.shared}
}

// Param makes a parameter, drawn from init as the weights from in numbers to out
// numbers. A name that is empty or taken, or begins with checkpoint/ as what is in
// checkpoints beside the weights, panics.
func (n *Net[T]) Param(name string, init Init, in, out int, shape ...int) *autodiff.Param[T] {
	full := n.prefix + name
	switch {
	case name == "":
		panic("nn: a parameter without a name")
	case strings.HasPrefix(full, checkpointPrefix):
		panic(fmt.Sprintf("nn: a parameter %q: names with %s are taken for what checkpoints hold beside the weights", full, checkpointPrefix))
	case n.shared.byName[full] != nil:
		panic(fmt.Sprintf("nn: there are two parameters %q", full))
	}
	p := autodiff.NewParam[T](full, shape...)
	draws := make([]float64, len(p.Value))
	init.Draw(stream.New(n.shared.seed, "nn: "+full), draws, in, out)
	for i, v := range draws {
		p.Value[i] = T(v)
	}
	n.shared.params = append(n.shared.params, p)
	n.shared.byName[full] = p
	return p
}

// Fixed makes a parameter of zeros that is not learnt, such as a running mean. It is
// saved with the others.
func (n *Net[T]) Fixed(name string, shape ...int) *autodiff.Param[T] {
	p := n.Param(name, Constant(0), 1, 1, shape...)
	p.Fixed, p.Grad = true, nil
	return p
}

// Params returns the parameters whose names start with the prefix of this view, in
// the order in which they were made.
func (n *Net[T]) Params() []*autodiff.Param[T] {
	if n.prefix == "" {
		return slices.Clone(n.shared.params)
	}
	var ps []*autodiff.Param[T]
	for _, p := range n.shared.params {
		if strings.HasPrefix(p.Name, n.prefix) {
			ps = append(ps, p)
		}
	}
	return ps
}

// Lookup returns the parameter of a full name.
func (n *Net[T]) Lookup(name string) (*autodiff.Param[T], error) {
	if p := n.shared.byName[name]; p != nil {
		return p, nil
	}
	var known []string
	for _, p := range n.shared.params {
		known = append(known, p.Name)
	}
	return nil, unknownParam(name, known)
}

// Size returns the number of weights that are learnt.
func (n *Net[T]) Size() int {
	size := 0
	for _, p := range n.Params() {
		if !p.Fixed {
			size += len(p.Value)
		}
	}
	return size
}

// ZeroGrad sets all gradients to zero.
func (n *Net[T]) ZeroGrad() {
	for _, p := range n.shared.params {
		if strings.HasPrefix(p.Name, n.prefix) {
			p.ZeroGrad()
		}
	}
}

// extended returns the shape with one more dimension, in the memory of x's tape.
func extended[T Float](x autodiff.Var[T], shape []int, last int) []int {
	longer := x.Node().TakeInts(len(shape) + 1)
	copy(longer, shape)
	longer[len(shape)] = last
	return longer
}

// must panics with the error of settings that stand in the program.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// positive checks sizes, given as name, value, name, value.
func positive(layer string, sizes ...any) error {
	for i := 0; i < len(sizes); i += 2 {
		if v := sizes[i+1].(int); v < 1 {
			return &belief.ConfigError{Field: layer + "." + sizes[i].(string), Value: v, Want: "1 or more"}
		}
	}
	return nil
}

func unknownParam(name string, known []string) error {
	return &belief.UnknownNameError{Kind: "parameter", Name: name, Suggestions: suggest.Nearest(name, slices.Values(known), 3)}
}
