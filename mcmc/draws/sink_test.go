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

func TestSelect(t *testing.T) {
	d := draws.New([]string{"a", "b", "c"}, []string{"lp__", "energy__"}, 2, 0)
	for i := range 3 {
		x := float64(i)
		d.Draw(0, i == 0, []float64{-x, x}, []float64{x, 10 + x, 20 + x})
	}
	d.Comment(0, "comment")
	got := d.Select(func(name string) bool { return name == "c" || name == "a" || name == "energy__" })
	want := &draws.Draws{Names: []string{"a", "c"}, Stats: []string{"energy__"}, Chains: []*draws.Chain{{
		Values: []float64{1, 21, 2, 22}, Stats: []float64{1, 2}, WarmUp: []float64{0, 20}, WarmUpStats: []float64{0}, Comments: []string{"comment"},
	}, {}}}
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Error(diff)
	}
	if none := d.Select(func(string) bool { return false }); len(none.Names)+len(none.Stats) != 0 || none.Len(0) != 0 || len(none.Chains) != 2 {
		t.Errorf("nothing selected gives %v", none)
	}
}
