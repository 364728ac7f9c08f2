package nn_test

import (
	"fmt"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/nn"
)

func ExampleSRN() {
	net := nn.New[float64](1)
	srn := net.SRN("srn", nn.SRN{In: 1, Hidden: 1})
	srn.Weight.Value[0], srn.Recurrent.Value[0] = 1, 0.5

	var t autodiff.Tape[float64]
	h := srn.Forward(t.Constant([]float64{1, 0, 0}, 1, 3, 1))
	fmt.Printf("%.4f\n", h.Value())
	// Output: [0.7616 0.3634 0.1797]
}

func ExampleLSTM() {
	net := nn.New[float32](1)
	lstm := net.LSTM("lstm", nn.LSTM{In: 3, Hidden: 5, Peephole: true})

	var t autodiff.Tape[float32]
	x := t.Constant(make([]float32, 2*4*3), 2, 4, 3) // batch × time × features
	fmt.Println(lstm.Forward(x).Shape())
	for _, p := range net.Params() {
		fmt.Println(p.Name, p.Shape)
	}
	// Output:
	// [2 4 5]
	// lstm.weight [3 20]
	// lstm.recurrent [5 20]
	// lstm.bias [20]
	// lstm.peephole [3 5]
}

// The two conventions of the reset gate have the same weights, but for a bias.
func ExampleGRU() {
	net := nn.New[float64](1)
	before := net.GRU("before", nn.GRU{In: 1, Hidden: 2})
	after := net.GRU("after", nn.GRU{In: 1, Hidden: 2, ResetAfter: true})
	copy(after.Weight.Value, before.Weight.Value)
	copy(after.Recurrent.Value, before.Recurrent.Value)

	var t autodiff.Tape[float64]
	x := t.Constant([]float64{1, -1, 2}, 1, 3, 1)
	a, b := before.Forward(x).Value(), after.Forward(x).Value()
	fmt.Println("first step:", a[0] == b[0], a[1] == b[1]) // the state is still zero
	fmt.Println("last step:", a[4] == b[4], a[5] == b[5])
	// Output:
	// first step: true true
	// last step: false false
}

// Decoding goes one step at a time, with the weights of the whole sequence.
func ExampleRecurrentLayer() {
	net := nn.New[float64](1)
	gru := net.GRU("gru", nn.GRU{In: 1, Hidden: 2})

	var t autodiff.Tape[float64]
	var none autodiff.Var[float64]
	y, last := gru.Run(t.Constant([]float64{1, 2, 3, 4, 0, 0}, 2, 3, 1), none, t.Constant([]float64{1, 1, 1, 1, 0, 0}, 2, 3))
	fmt.Println(y.Shape(), last.Shape()) // the second sequence has one entry

	state := none
	for _, x := range []float64{1, 2, 3} {
		_, state = gru.Step(t.Constant([]float64{x}, 1, 1), state)
	}
	fmt.Println(state.Value()[0] == last.Value()[0])
	// Output:
	// [2 3 2] [2 2]
	// true
}

// The state of a long text goes on where the last piece ended.
func ExampleMemory() {
	net := nn.New[float64](1)
	lstm := net.LSTM("lstm", nn.LSTM{In: 1, Hidden: 2})

	var t autodiff.Tape[float64]
	var carried nn.Memory[float64]
	var none autodiff.Var[float64]
	for _, piece := range [][]float64{{1, 2}, {3, 4}} {
		t.Reset()
		_, last := lstm.Run(t.Constant(piece, 1, 2, 1), carried.State(&t), none)
		carried.Keep(last)
	}
	t.Reset()
	whole := lstm.Forward(t.Constant([]float64{1, 2, 3, 4}, 1, 4, 1))
	fmt.Printf("%.4f %.4f\n", carried.Value[0], whole.Value()[6]) // the state is h, then c
	// Output: -0.2861 -0.2861
}

func ExampleStack() {
	net := nn.New[float32](1)
	encoder := net.Stack("encoder", nn.Stack{
		Of: nn.LSTM{In: 3, Hidden: 5, InputDropout: 0.2, StateDropout: 0.2}, Layers: 2, Bidirectional: true})

	var t autodiff.Tape[float32]
	var none autodiff.Var[float32]
	y, last := encoder.Run(t.Constant(make([]float32, 4*7*3), 4, 7, 3), none, none)
	fmt.Println(y.Shape(), last.Shape())
	for _, l := range encoder.Layers {
		fmt.Println(l.Name, l.Weight.Shape)
	}
	// Output:
	// [4 7 10] [4 40]
	// encoder.0 [3 20]
	// encoder.0.reverse [3 20]
	// encoder.1 [10 20]
	// encoder.1.reverse [10 20]
}
