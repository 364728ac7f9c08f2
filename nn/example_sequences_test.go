package nn_test

import (
	"fmt"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/nn"
)

// A pointer network chooses among its inputs by the scores alone.
func ExampleAttentionLayer() {
	net := nn.New[float64](1)
	a := net.Attention("a", nn.Attention{Score: nn.Dot, Query: 2, Key: 2})

	var t autodiff.Tape[float64]
	keys := a.Prepare(t.Constant([]float64{1, 0, 0, 1, 1, 1}, 1, 3, 2))
	fmt.Println(a.Scores(t.Constant([]float64{2, 3}, 1, 1, 2), keys).Value())
	// Output: [2 3 5]
}

// A decoder prepares what it reads once, and attends to it at every step.
func ExampleMultiHeadLayer() {
	net := nn.New[float32](1)
	m := net.MultiHead("m", nn.MultiHead{Size: 8, Heads: 4})

	var t autodiff.Tape[float32]
	keys, values := m.Prepare(t.Constant(make([]float32, 5*8), 1, 5, 8))
	y, weights := m.Attend(t.Constant(make([]float32, 8), 1, 1, 8), keys, values, nn.Mask[float32]{})
	fmt.Println(y.Shape(), len(weights)) // four heads, one query, five keys
	// Output: [1 1 8] 20
}

// Decoding goes on at the position where it was.
func ExamplePositionLayer() {
	net := nn.New[float64](1)
	p := net.Positions("p", nn.Positions{Size: 2})

	var t autodiff.Tape[float64]
	zeros := t.Constant(make([]float64, 3*2), 1, 3, 2)
	whole, part := p.Forward(zeros).Value(), p.From(zeros.Slice(1, 0, 1), 2).Value()
	fmt.Println(whole[4] == part[0], whole[5] == part[1])
	// Output: true true
}

// What a user of a network needs not know is which cells it has.
func ExampleCell() {
	for _, of := range []nn.Cell{nn.SRN{In: 3, Hidden: 4}, nn.LSTM{In: 3, Hidden: 4}, nn.GRU{In: 3, Hidden: 4}} {
		net := nn.New[float32](1)
		net.Stack("rnn", nn.Stack{Of: of, Layers: 2})
		fmt.Printf("%T %d\n", of, net.Size())
	}
	// Output:
	// nn.SRN 68
	// nn.LSTM 272
	// nn.GRU 204
}

// A function for anything that reads sequences.
func ExampleRecurrent() {
	net := nn.New[float32](1)
	var t autodiff.Tape[float32]
	x := t.Constant(make([]float32, 7*3), 1, 7, 3)
	last := func(l nn.Recurrent[float32]) []int {
		var none autodiff.Var[float32]
		_, state := l.Run(x, none, none)
		return state.Shape()
	}
	fmt.Println(last(net.GRU("gru", nn.GRU{In: 3, Hidden: 4})))
	fmt.Println(last(net.Stack("stack", nn.Stack{Of: nn.LSTM{In: 3, Hidden: 4}, Layers: 2})))
	// Output:
	// [1 4]
	// [1 16]
}

func ExampleStackLayer() {
	net := nn.New[float32](1)
	l := net.Stack("s", nn.Stack{Of: nn.GRU{In: 3, Hidden: 4}, Layers: 2, Bidirectional: true})

	var t autodiff.Tape[float32]
	y := l.Forward(t.Constant(make([]float32, 2*5*3), 2, 5, 3))
	fmt.Println(y.Shape(), l.OutputSize(), l.StateSize())
	// Output: [2 5 8] 8 16
}

// A block of a decoder reads what came before, and the output of an encoder.
func ExampleTransformerLayer() {
	net := nn.New[float32](1)
	block := net.Transformer("block", nn.Transformer{Size: 8, Heads: 2, Memory: 8})

	var t autodiff.Tape[float32]
	x, encoded := t.Constant(make([]float32, 3*8), 1, 3, 8), t.Constant(make([]float32, 5*8), 1, 5, 8)
	y := block.Read(x, nn.Mask[float32]{Causal: true}, encoded, nn.Mask[float32]{})
	fmt.Println(y.Shape())
	// Output: [1 3 8]
}
