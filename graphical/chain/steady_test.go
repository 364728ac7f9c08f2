package chain

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/belief-go/belief/internal/patience"
)

// A warm workspace allocates nothing, in either numerics.
func TestSteadyStateDoesNotAllocate(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 10))
	m, batch, weights := randomBatch(r, 6, 40, true, 0)
	_, dense := randomChain(r, 6, 40, false, false, 0)
	varying, _ := randomChain(r, 6, 40, true, false, 0)
	for _, logs := range []bool{false, true} {
		for _, memory := range []int64{0, 1} {
			w := Workspace{LogSpace: logs, Memory: memory}
			x := Expected{Rows: make([]float64, 3*6), Gamma: [][]float64{}}
			path, paths := make([]int, 40), [][]int{make([]int, 40)}
			logZ, rows := make([]float64, len(batch)), make([]float64, 40*6)
			for name, f := range map[string]func() error{
				"Expect":  func() error { return w.Expect(&x, m, batch, weights) },
				"LogProb": func() error { return w.LogProb(logZ, m, batch) },
				"Filter":  func() error { _, err := w.Filter(rows, m, dense); return err },
				"Smooth":  func() error { _, err := w.Smooth(rows, varying, dense); return err },
				"Viterbi": func() error { _, _, err := w.Viterbi(path, m, dense); return err },
				"Decode":  func() error { _, err := w.Decode(path, m, dense); return err },
				"Sample":  func() error { return w.Sample(paths, m, dense, r) },
			} {
				if err := f(); err != nil {
					t.Fatal(name, err)
				}
				if n := patience.Allocations(10, func() { _ = f() }); n != 0 {
					t.Errorf("%s, logarithms %v, memory %d: %v allocations", name, logs, memory, n)
				}
			}
			o, err := NewOnline(m)
			if err != nil {
				t.Fatal(err)
			}
			if n := patience.Allocations(10, func() { _, _ = o.Step(dense.row(0, 6)) }); n != 0 {
				t.Errorf("Online: %v allocations", n)
			}
		}
	}
}

// What is said of a sequence has the same bits whatever others are beside it, however
// many rows are kept, and for any number of cores.
func TestSameBits(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 11))
	m, batch, _ := randomBatch(r, 7, 80, false, 0.2)
	for len(batch) < 20 {
		_, e := randomChain(r, 7, 30, false, false, 0)
		batch = append(batch, e)
	}
	for _, logs := range []bool{false, true} {
		all, few := Workspace{LogSpace: logs}, Workspace{LogSpace: logs, Memory: 1}
		x, y := Expected{Gamma: [][]float64{}}, Expected{Gamma: [][]float64{}}
		if err := all.Expect(&x, m, batch, nil); err != nil {
			t.Fatal(err)
		}
		for i, e := range batch {
			if err := few.Expect(&y, m, []Evidence{e}, nil); err != nil {
				t.Fatal(err)
			}
			if y.LogZ[0] != x.LogZ[i] || !slices.Equal(y.Gamma[0], x.Gamma[i]) {
				t.Errorf("sequence %d of %d times is another one when it is alone", i, e.Len(7))
			}
		}
	}
	h := weather()
	var seqs [][]int
	for range 500 {
		seq := make([]int, 1+r.IntN(20))
		for i := range seq {
			seq[i] = r.IntN(3)
		}
		seqs = append(seqs, seq)
	}
	d := symbols(t, h, seqs...)
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	var want []float64
	for _, cores := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(cores)
		got, err := h.LogProb(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		if want != nil && !slices.Equal(got, want) {
			t.Errorf("%d cores give other bits", cores)
		}
		want = got
	}
}
