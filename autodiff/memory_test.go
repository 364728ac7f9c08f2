package autodiff_test

import (
	"runtime"
	"testing"
)

// inUse returns the bytes that are not garbage.
func inUse() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// A tape holds on to the memory of about one step: when blocks have been replaced by a
// larger one, and after steps that need far less.
func TestMemoryHeld(t *testing.T) {
	before := inUse()
	var tape tape64
	step := func(n int) int {
		tape.Reset()
		held := inUse() - before
		x := tape.Variable(make([]float64, n), n)
		for range 16 {
			x = x.Shift(1)
		}
		tape.Backward(x.Sum())
		return held
	}
	const large = 1 << 16
	bytes := 8 * large * 17 * 2 // values and gradients
	step(large)
	if held := step(large); held > bytes*3/2 {
		t.Errorf("%d MB are held of a step of %d MB", held>>20, bytes>>20)
	}
	for range 600 {
		tape.Reset()
		tape.Backward(tape.Variable([]float64{1}).Shift(1))
	}
	if held := step(1); held > bytes/4 {
		t.Errorf("%d MB are held of small steps after a large one of %d MB", held>>20, bytes>>20)
	}
	runtime.KeepAlive(&tape)
}
