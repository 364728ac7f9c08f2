package nn

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

// A RecurrentLayer reads sequences step by step and keeps a state: it is an [SRN], an
// [LSTM] or a [GRU] with its weights. Whole sequences are one operation: the inputs of
// all steps are multiplied at once, and so are the gradients, whose way back through
// time is written by hand (Werbos 1990). It takes 2·G·Hidden·(In+Hidden) operations
// per step, where G is the number of gates and candidates, and Backward twice as many.
//
// The weights of gates and candidates lie side by side, in the order that their kind
// states.
type RecurrentLayer[T Float] struct {
	Name      string
	Cell      Cell
	Weight    *autodiff.Param[T] // In×G·Hidden: W of the equations
	Recurrent *autodiff.Param[T] // Hidden×G·Hidden: U of the equations
	Bias      *autodiff.Param[T] // G·Hidden
	Extra     *autodiff.Param[T] // peepholes, or the bias that is reset; else nil

	size sizes
	step stepper[T]
}

// A Cell says which recurrent layer to make: it is an [SRN], an [LSTM] or a [GRU].
type Cell interface {
	// Validate checks the settings.
	Validate() error
	sizes() sizes
	with(in int, reverse bool) Cell
}

// sizes is what the kinds of cells have in common.
type sizes struct {
	in, hidden              int
	gates                   int // and candidates
	states                  int // arrays of the hidden size in the state
	reverse                 bool
	inputDropout, stDropout float64
	init, recurrentInit     Init
}

func (s sizes) validate(name string) error {
	if err := positive(name, "In", s.in, "Hidden", s.hidden); err != nil {
		return err
	}
	for _, d := range []struct {
		field string
		p     float64
	}{{"InputDropout", s.inputDropout}, {"StateDropout", s.stDropout}} {
		if !(d.p >= 0 && d.p < 1) {
			return &belief.ConfigError{Field: name + "." + d.field, Value: d.p, Want: "at least 0 and less than 1"}
		}
	}
	return nil
}

func newRecurrent[T Float](n *Net[T], name string, c Cell, step stepper[T], bias Init) *RecurrentLayer[T] {
	s := c.sizes()
	if s.init == nil {
		s.init = Xavier{}
	}
	if s.recurrentInit == nil {
		s.recurrentInit = Orthogonal{}
	}
	width := s.gates * s.hidden
	return &RecurrentLayer[T]{
		Name: n.prefix + name, Cell: c, size: s, step: step,
		Weight:    n.Param(name+".weight", beside{s.init, s.gates}, s.in, s.hidden, s.in, width),
		Recurrent: n.Param(name+".recurrent", beside{s.recurrentInit, s.gates}, s.hidden, s.hidden, s.hidden, width),
		Bias:      n.Param(name+".bias", bias, s.in, s.hidden, width),
	}
}

// beside draws matrices one by one and puts them side by side.
type beside struct {
	each  Init
	count int
}

func (b beside) Draw(r *rand.Rand, w []float64, in, out int) {
	one := make([]float64, in*out)
	for k := range b.count {
		b.each.Draw(r, one, in, out)
		for i := range in {
			copy(w[(i*b.count+k)*out:], one[i*out:(i+1)*out])
		}
	}
}

// StateSize returns the number of entries of a sequence's state.
func (l *RecurrentLayer[T]) StateSize() int { return l.size.states * l.size.hidden }

// OutputSize returns Hidden.
func (l *RecurrentLayer[T]) OutputSize() int { return l.size.hidden }

// Forward takes sequences x of batch×time×In to their outputs h, batch×time×Hidden,
// from a state of zeros.
func (l *RecurrentLayer[T]) Forward(x autodiff.Var[T]) autodiff.Var[T] {
	var none autodiff.Var[T]
	return l.run(x, none, none).Var()
}

// Run is Forward from a state, and returns the last one too: batch×StateSize. A state
// that is the zero Var is zeros. A mask of batch×time, unless it is the zero Var, is
// 0 where a sequence has no entry: there the state stays as it is, and so does the
// output.
func (l *RecurrentLayer[T]) Run(x, state, mask autodiff.Var[T]) (y, last autodiff.Var[T]) {
	n := l.run(x, state, mask)
	y = n.Var()
	return y, l.last(y)
}

// Step is one step, for decoding: it takes an input of batch×In and a state, or the
// zero Var, to the output of batch×Hidden and the next state. When Training, the
// layer's dropout is drawn for this step.
func (l *RecurrentLayer[T]) Step(x, state autodiff.Var[T]) (y, next autodiff.Var[T]) {
	if len(x.Shape()) != 2 {
		wrongShape(l.step.name(), "a step's input is batch×"+fmt.Sprint(l.size.in), x.Shape())
	}
	batch := x.Dim(0)
	var none autodiff.Var[T]
	y, next = l.Run(x.Reshape(batch, 1, x.Dim(1)), state, none)
	return y.Reshape(batch, l.size.hidden), next
}

func (l *RecurrentLayer[T]) run(x, state, mask autodiff.Var[T]) *autodiff.Node[T] {
	t := x.Tape()
	before := t.SetLabel(l.Name)
	s, op := l.size, l.step.name()
	shape := x.Shape()
	if len(shape) != 3 || shape[2] != s.in {
		wrongShape(op, fmt.Sprintf("sequences are batch×time×%d", s.in), shape)
	}
	batch, time := shape[0], shape[1]
	var none autodiff.Var[T]
	empty := t.Constant(nil, 0)
	extra, drop := empty, empty
	if state == none {
		state = empty
	} else if got := state.Shape(); len(got) != 2 || got[0] != batch || got[1] != l.StateSize() {
		wrongShape(op, fmt.Sprintf("the state is batch×%d", l.StateSize()), shape, got)
	}
	if mask == none {
		mask = empty
	} else if got := mask.Shape(); len(got) != 2 || got[0] != batch || got[1] != time {
		wrongShape(op, "the mask is batch×time", shape, got)
	}
	if l.Extra != nil {
		extra = t.Param(l.Extra)
	}
	if t.Training && s.inputDropout > 0 {
		x = x.Mul(DropoutMask(t, s.inputDropout, batch, 1, s.in))
	}
	if t.Training && s.stDropout > 0 {
		drop = DropoutMask(t, s.stDropout, batch, s.hidden)
	}
	z := x.MatMul(t.Param(l.Weight))
	dims := z.Node().TakeInts(3)
	dims[0], dims[1], dims[2] = batch, time, s.hidden
	n := t.Record(recurrence[T]{l}, dims, z, t.Param(l.Recurrent), t.Param(l.Bias), state, mask, drop, extra)
	n.Saved = t.Scratch(batch*time*s.hidden*l.step.saved() + batch*l.StateSize())
	passOf(l, n).forward()
	t.SetLabel(before)
	return n
}

// wrongShape panics with a ShapeError.
func wrongShape(op, text string, shapes ...[]int) {
	e := &autodiff.ShapeError{Op: op, Text: text}
	for _, s := range shapes {
		e.Shapes = append(e.Shapes, slices.Clone(s))
	}
	panic(e)
}
