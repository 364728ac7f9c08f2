package nn

import (
	"fmt"

	"github.com/belief-go/belief/autodiff"
)

// A Memory carries the state of a recurrent layer from one piece of long sequences to
// the next, across Reset of the tape and without its gradient: backpropagation
// through time that is truncated at the pieces (Williams & Peng 1990). The zero value
// remembers nothing, which is a state of zeros. A checkpoint of a [Trainer] does not
// hold it; a state in a parameter of Net.Fixed it does.
type Memory[T Float] struct {
	Batch, Size int
	Value       []T // Batch×Size
}

// State returns what is kept as an array of the tape; the zero Var if nothing is.
func (m *Memory[T]) State(t *autodiff.Tape[T]) autodiff.Var[T] {
	if m.Value == nil {
		return autodiff.Var[T]{}
	}
	s := t.Scratch(len(m.Value)) // since Keep may come before Backward
	copy(s, m.Value)
	return t.Constant(s, m.Batch, m.Size)
}

// Keep keeps a copy of the state, batch×size.
func (m *Memory[T]) Keep(state autodiff.Var[T]) {
	shape := state.Shape()
	if len(shape) != 2 {
		wrongShape("Memory", "a state is batch×size", shape)
	}
	m.Batch, m.Size = shape[0], shape[1]
	if m.Value == nil {
		m.Value = make([]T, 0, len(state.Value()))
	}
	m.Value = append(m.Value[:0], state.Value()...)
}

// Forget sets the state of sequence b to zeros, as a new one begins there.
func (m *Memory[T]) Forget(b int) {
	if m.Value == nil {
		return
	}
	if b < 0 || b >= m.Batch {
		panic(fmt.Sprintf("nn: there is no sequence %d among %d", b, m.Batch))
	}
	clear(m.Value[b*m.Size : (b+1)*m.Size])
}
