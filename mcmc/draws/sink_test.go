package draws_test

import (
	"fmt"
	"testing"

	"github.com/belief-go/belief/mcmc/draws"
	"github.com/google/go-cmp/cmp"
)

func ExampleSink() {
	var memory draws.Draws
	var sink draws.Sink = &memory
	sink.Begin([]string{"mu"}, []string{draws.LogDensity}, 2)
	for i := range 3 {
		sink.Draw(0, i == 0, []float64{-float64(i)}, []float64{float64(i)})
		sink.Draw(1, i == 0, []float64{0}, []float64{10})
	}
	sink.End()
	fmt.Println(&memory)
	fmt.Println(memory.Column("mu"))
	// Output:
	// draws: 2 chains × 2 iterations × 1 quantities
	// [[1 2] [10 10]] true
}

func TestReplay(t *testing.T) {
	d := draws.New([]string{"a", "b"}, []string{"lp__"}, 2, 3)
	for i := range 12 {
		x := float64(i)
		d.Draw(i%2, i < 4, []float64{-x}, []float64{x, x / 8})
	}
	d.Comment(1, "Step size = 0.5")
	var e draws.Draws
	if err := d.Replay(&e); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, &e); diff != "" {
		t.Error(diff)
	}
	if n := e.Len(1); n != 4 {
		t.Errorf("%d draws in chain 1, want 4", n)
	}
}

func TestDrawOfWrongLength(t *testing.T) {
	d := draws.New([]string{"a", "b"}, nil, 1, 3)
	defer func() {
		if recover() == nil {
			t.Error("a draw that is too short was taken")
		}
	}()
	d.Draw(0, false, nil, []float64{1})
}
