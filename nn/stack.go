package nn

import (
	"fmt"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

// Recurrent is a layer that reads sequences step by step: a [RecurrentLayer], or a
// [StackLayer] of them.
type Recurrent[T Float] interface {
	Layer[T]
	Run(x, state, mask autodiff.Var[T]) (y, last autodiff.Var[T])
	Step(x, state autodiff.Var[T]) (y, next autodiff.Var[T])
	StateSize() int
	OutputSize() int
}

// Stack is a number of recurrent layers of one kind, each of which reads what the one
// below has written (Qiu 2019, eq. 6.70). In pairs they read in both directions, and their
// outputs are joined (Schuster & Paliwal 1997; Qiu 2019, eq. 6.71 to 6.73).
type Stack struct {
	Of            Cell // all layers; its In is that of the first
	Layers        int  // 0 means 1
	Bidirectional bool
	// Dropout is the probability with which an entry between two layers is zero when
	// Training, drawn for each step (Zaremba, Sutskever & Vinyals 2014). The cell's
	// InputDropout and StateDropout, drawn for each sequence, work in all layers.
	Dropout float64
}

// Validate checks the number of layers, the probability, and the cell.
func (s Stack) Validate() error {
	switch {
	case s.Of == nil:
		return &belief.ConfigError{Field: "Stack.Of", Value: nil, Want: "an SRN, LSTM or GRU"}
	case s.Layers < 0:
		return &belief.ConfigError{Field: "Stack.Layers", Value: s.Layers, Want: "0 or more"}
	case !(s.Dropout >= 0 && s.Dropout < 1):
		return &belief.ConfigError{Field: "Stack.Dropout", Value: s.Dropout, Want: "at least 0 and less than 1"}
	case s.Bidirectional && s.Of.sizes().reverse:
		return &belief.ConfigError{Field: "Stack.Bidirectional", Value: true, Want: "false if the cell is reversed"}
	}
	return s.Of.Validate()
}

// A StackLayer is a Stack with its layers, from the bottom; in pairs, if it is
// bidirectional. A state is those of the layers in this order.
type StackLayer[T Float] struct {
	Stack
	Name   string
	Layers []*RecurrentLayer[T]

	dropout Func[T]
}

// Stack makes recurrent layers with the names name.0, name.1 …, and name.0.reverse … of
// those that read from the end.
func (n *Net[T]) Stack(name string, s Stack) *StackLayer[T] {
	must(s.Validate())
	l := &StackLayer[T]{Stack: s, Name: n.prefix + name, dropout: Dropout[T](s.Dropout)}
	size := s.Of.sizes()
	in, out := size.in, size.hidden
	if s.Bidirectional {
		out *= 2
	}
	for i := range max(s.Layers, 1) {
		at := fmt.Sprintf("%s.%d", name, i)
		l.Layers = append(l.Layers, recurrentOf(n, at, s.Of.with(in, size.reverse)))
		if s.Bidirectional {
			l.Layers = append(l.Layers, recurrentOf(n, at+".reverse", s.Of.with(in, true)))
		}
		in = out
	}
	return l
}

// recurrentOf makes the layer of any cell.
func recurrentOf[T Float](n *Net[T], name string, c Cell) *RecurrentLayer[T] {
	switch c := c.(type) {
	case SRN:
		return n.SRN(name, c)
	case LSTM:
		return n.LSTM(name, c)
	case GRU:
		return n.GRU(name, c)
	}
	panic(fmt.Sprintf("nn: %T is no cell", c))
}

// StateSize returns the number of entries of a sequence's state in all layers.
func (l *StackLayer[T]) StateSize() int { return len(l.Layers) * l.Layers[0].StateSize() }

// OutputSize returns Hidden, or twice that if the stack is bidirectional.
func (l *StackLayer[T]) OutputSize() int {
	if l.Bidirectional {
		return 2 * l.Layers[0].OutputSize()
	}
	return l.Layers[0].OutputSize()
}

// Forward takes sequences x of batch×time×In to the outputs of the last layer,
// batch×time×OutputSize, from a state of zeros.
func (l *StackLayer[T]) Forward(x autodiff.Var[T]) autodiff.Var[T] {
	var none autodiff.Var[T]
	y, _ := l.run(x, none, none, false)
	return y
}

// Run is Forward from a state, and returns the last one; state and mask are as in
// [RecurrentLayer.Run].
func (l *StackLayer[T]) Run(x, state, mask autodiff.Var[T]) (y, last autodiff.Var[T]) {
	return l.run(x, state, mask, true)
}

func (l *StackLayer[T]) run(x, state, mask autodiff.Var[T], wanted bool) (y, last autodiff.Var[T]) {
	var none autodiff.Var[T]
	one := l.Layers[0].StateSize()
	if state != none {
		if got := state.Shape(); len(got) != 2 || got[1] != l.StateSize() {
			wrongShape("Stack", fmt.Sprintf("the state is batch×%d", l.StateSize()), x.Shape(), got)
		}
	}
	layer := func(i int) autodiff.Var[T] {
		from := none
		if state != none {
			from = state.Slice(1, i*one, (i+1)*one)
		}
		if !wanted {
			return l.Layers[i].run(x, from, mask).Var()
		}
		y, end := l.Layers[i].Run(x, from, mask)
		if i > 0 {
			end = autodiff.Concat(1, last, end)
		}
		last = end
		return y
	}
	for i := 0; i < len(l.Layers); i++ {
		if i > 0 {
			x = l.dropout(x)
		}
		y = layer(i)
		if l.Bidirectional {
			i++
			y = autodiff.Concat(2, y, layer(i))
		}
		x = y
	}
	return y, last
}

// Step is one step, as in [RecurrentLayer.Step]. A bidirectional stack has none, and
// panics.
func (l *StackLayer[T]) Step(x, state autodiff.Var[T]) (y, next autodiff.Var[T]) {
	if l.Bidirectional {
		panic("nn: a bidirectional stack has no single step, as it reads from the end too")
	}
	if len(x.Shape()) != 2 {
		wrongShape("Stack", "a step's input is batch×features", x.Shape())
	}
	var none autodiff.Var[T]
	batch := x.Dim(0)
	y, next = l.Run(x.Reshape(batch, 1, x.Dim(1)), state, none)
	return y.Reshape(batch, l.OutputSize()), next
}
