package nn_test

import (
	"fmt"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/nn"
)

// A query reads the value whose key is like it.
func ExampleAttention() {
	net := nn.New[float64](1)
	a := net.Attention("a", nn.Attention{Score: nn.Dot, Query: 2, Key: 2})

	var t autodiff.Tape[float64]
	keys := t.Constant([]float64{5, 0, 0, 5}, 1, 2, 2)
	values := t.Constant([]float64{10, 20}, 1, 2, 1)
	query := t.Constant([]float64{0, 1}, 1, 1, 2)
	y, weights := a.Attend(query, a.Prepare(keys), values, nn.Mask[float64]{})
	fmt.Printf("%.3f %.2f\n", weights.Value(), y.Value())
	// Output: [0.007 0.993] [19.93]
}

func ExampleScore() {
	for _, s := range []nn.Score{nn.Dot, nn.Bilinear, nn.Additive} {
		net := nn.New[float32](1)
		net.Attention("a", nn.Attention{Score: s, Query: 4, Key: 4, Hidden: 8})
		fmt.Println(s, net.Size())
	}
	// Output:
	// dot 0
	// bilinear 16
	// additive 72
}

func ExampleMultiHead() {
	net := nn.New[float32](1)
	m := net.MultiHead("m", nn.MultiHead{Size: 8, Heads: 2})

	var t autodiff.Tape[float32]
	x := t.Constant(make([]float32, 3*8), 1, 3, 8)
	y, weights := m.Self(x, nn.Mask[float32]{Causal: true})
	fmt.Println(y.Shape())
	for i := range 3 { // what the queries of the first head see
		fmt.Printf("%.2f\n", weights[3*i:3*i+3])
	}
	// Output:
	// [1 3 8]
	// [1.00 0.00 0.00]
	// [0.50 0.50 0.00]
	// [0.33 0.33 0.33]
}

// The second sequence has two entries; what follows is padding.
func ExampleMask() {
	net := nn.New[float64](1)
	a := net.Attention("a", nn.Attention{Query: 1, Key: 1})

	var t autodiff.Tape[float64]
	x := t.Constant(make([]float64, 2*4), 2, 4, 1)
	mask := nn.Mask[float64]{Keys: t.Constant([]float64{1, 1, 1, 1, 1, 1, 0, 0}, 2, 4)}
	_, weights := a.Attend(t.Constant([]float64{1, 1}, 2, 1, 1), a.Prepare(x), x, mask)
	fmt.Println(weights.Value())
	// Output: [0.25 0.25 0.25 0.25 0.5 0.5 0 0]
}

func ExamplePositions() {
	net := nn.New[float64](1)
	p := net.Positions("p", nn.Positions{Size: 4})

	var t autodiff.Tape[float64]
	fmt.Printf("%.3f\n", p.Forward(t.Constant(make([]float64, 2*4), 1, 2, 4)).Value())
	// Output: [0.000 1.000 0.000 1.000 0.841 0.540 0.010 1.000]
}

// A language model: blocks that do not look ahead, over symbols with positions.
func ExampleTransformer() {
	net := nn.New[float32](1)
	symbols := net.Embedding("symbols", nn.Embedding{Size: 10, Dim: 8})
	positions := net.Positions("positions", nn.Positions{Size: 8})
	block := net.Transformer("block", nn.Transformer{Size: 8, Heads: 2, Dropout: 0.1})

	var t autodiff.Tape[float32]
	x := positions.Forward(symbols.Lookup(&t, []int{3, 1, 4, 1, 5, 9}, 2, 3))
	logits := symbols.Logits(block.Run(x, nn.Mask[float32]{Causal: true}))
	fmt.Println(logits.Shape())
	// Output: [2 3 10]
}
