//go:build !(386 || arm || mips || mipsle)

package autodiff_test

import (
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

// Shapes that no memory can hold are refused before any is taken.
func TestHugeShapes(t *testing.T) {
	var tape tape64
	one := tape.Variable([]float64{1}, 1)
	none := tape.Variable(nil, 0)
	for name, f := range map[string]func(){
		"BroadcastTo":     func() { one.BroadcastTo(1<<31, 1<<31, 1<<31) },
		"BroadcastTo -1":  func() { one.BroadcastTo(-1) },
		"Variable":        func() { tape.Variable(nil, 1<<40, 1<<40) },
		"Constant":        func() { tape.Constant(nil, -1) },
		"NewParam":        func() { autodiff.NewParam[float64]("p", 1<<62, 2) },
		"Reshape":         func() { none.Reshape(1<<32, 1<<32) },
		"Reshape open":    func() { none.Reshape(1<<33, 1<<33, -1) },
		"Reshape nothing": func() { none.Reshape(-1, 0) },
		"Reshape twice":   func() { one.Reshape(-1, -1) },
		"Size":            func() { autodiff.Size([]int{1 << 31, 1 << 31, 4}) },
	} {
		panics[*autodiff.ShapeError](t, name, f)
	}
	for name, f := range map[string]func(){
		"BroadcastTo": func() { one.BroadcastTo(1<<30, 1<<20) },
		"Add":         func() { one.BroadcastTo(1<<20, 1).Add(one.BroadcastTo(1, 1<<20)) },
		"Diag":        func() { one.BroadcastTo(1 << 20).Diag() },
		"NewParam":    func() { autodiff.NewParam[float64]("p", 1<<40) },
	} {
		if err := panics[*belief.TooLargeError](t, name, f); err != nil && !strings.Contains(err.Error(), "budget is 16 GiB") {
			t.Errorf("%s panics with %v", name, err)
		}
	}
	// A budget of one's own, in both precisions, for all arrays of a step together.
	small, single := tape64{Memory: 1 << 20}, tape32{Memory: 1 << 20}
	for range 3 {
		small.Reset()
		x := small.Variable(make([]float64, 1000), 1000)
		for range 100 {
			x = x.Square()
		}
	}
	small.Reset()
	y := small.Variable(make([]float64, 1000), 1000).Square().Sum()
	for range 1000 { // the gradients of one do not stay beside those of the next
		small.Backward(y)
	}
	small.Reset()
	err := panics[*belief.TooLargeError](t, "many arrays", func() {
		for x := small.Variable(make([]float64, 1000), 1000); ; {
			x = x.Square()
		}
	})
	if err != nil && (err.Budget != 1<<20 || err.Bytes <= 1<<20 || err.Bytes > 1.2*(1<<20)) {
		t.Errorf("it panics with %v", err)
	}
	x := single.Variable(make([]float32, 200_000), 200_000)
	x.Square()
	if err := panics[*belief.TooLargeError](t, "two arrays", func() { x.Square() }); err != nil && err.Budget != 1<<20 {
		t.Errorf("it panics with %v", err)
	}
}
