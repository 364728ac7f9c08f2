package parallel

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const maxWorkers = 8

var ctx = context.Background()

// A forest is a random one: parents are not ordered in any way by their index.
type forest struct {
	parent   []int
	children [][]int
}

func newForest(r *rand.Rand, n int) forest {
	f := forest{make([]int, n), make([][]int, n)}
	name := r.Perm(n)
	roots := 1 + r.IntN(3)
	for k := range n {
		if k < roots {
			f.parent[name[k]] = -1
			continue
		}
		from := 0
		if r.IntN(2) == 0 {
			from = max(0, k-3) // long and thin in half of the places
		}
		f.parent[name[k]] = name[from+r.IntN(k-from)]
	}
	for i, p := range f.parent {
		if p >= 0 {
			f.children[p] = append(f.children[p], i)
		}
	}
	return f
}

// newChain hangs every node on the one before it.
func newChain(n int) forest {
	f := forest{make([]int, n), make([][]int, n)}
	for i := range n {
		f.parent[i] = i - 1
		if i > 0 {
			f.children[i-1] = []int{i}
		}
	}
	return f
}

func (f forest) run(ctx context.Context, down bool, workers int, body func(int) error) error {
	if down {
		return TreeDown(ctx, f.parent, f.children, workers, body)
	}
	return Tree(ctx, f.parent, workers, body)
}

// term is a number whose sums depend on the order of summation.
func term(i int) float64 { return math.Sin(float64(i)+0.5) * math.Exp2(float64(i%40)) }

func TestSameBitsForAnyNumberOfWorkers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{0, 1, 2, 7, 1000} {
		f := newForest(r, n)
		loops := map[string]func(workers int, x []float64) error{
			"For": func(workers int, x []float64) error {
				return For(ctx, n, workers, func(i int) error {
					x[i] = rand.New(rand.NewPCG(5, uint64(i))).NormFloat64()
					return nil
				})
			},
			"Tree": func(workers int, x []float64) error {
				return f.run(ctx, false, workers, func(i int) error {
					x[i] = term(i)
					for _, c := range f.children[i] {
						x[i] += x[c] / 3
					}
					return nil
				})
			},
			"TreeDown": func(workers int, x []float64) error {
				return f.run(ctx, true, workers, func(i int) error {
					x[i] = term(i)
					if p := f.parent[i]; p >= 0 {
						x[i] += x[p] / 3
					}
					return nil
				})
			},
		}
		for name, loop := range loops {
			want := make([]float64, n)
			if err := loop(1, want); err != nil {
				t.Fatal(err)
			}
			if slices.Contains(want, 0) {
				t.Errorf("%s of %d left a node out", name, n)
			}
			for workers := 0; workers <= maxWorkers; workers++ {
				got := make([]float64, n)
				if err := loop(workers, got); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s of %d, %d workers against 1 (-want +got):\n%s", name, n, workers, diff)
				}
			}
		}
	}
}

// Every node runs once, after all its children have ended or, on the way down,
// after its parent has.
func TestTreeOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for trial := range 60 {
		n := 1 + r.IntN(60)
		f := newForest(r, n)
		if trial == 0 {
			f = newChain(n)
		}
		for _, down := range []bool{false, true} {
			workers := 1 + r.IntN(maxWorkers)
			synctest.Test(t, func(t *testing.T) {
				var clock atomic.Int64
				start, end := make([]int64, n), make([]int64, n)
				err := f.run(ctx, down, workers, func(i int) error {
					if start[i] != 0 {
						t.Errorf("node %d runs twice", i)
					}
					start[i] = clock.Add(1)
					time.Sleep(time.Duration(i*7%5) * time.Millisecond) // of the bubble's time: mixes the order
					end[i] = clock.Add(1)
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				for i, p := range f.parent {
					if end[i] == 0 {
						t.Fatalf("node %d does not run", i)
					}
					if p < 0 {
						continue
					}
					first, second := i, p
					if down {
						first, second = p, i
					}
					if end[first] > start[second] {
						t.Fatalf("down %v, %d workers: node %d starts before %d has ended; parents %v", down, workers, second, first, f.parent)
					}
				}
			})
		}
	}
}

// In For the indices start in order, so that the lowest failing index always
// runs and the error is the same for any number of workers.
func TestForGivesErrorOfLowestIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		n := 1 + r.IntN(50)
		fails := make([]bool, n)
		lowest := -1
		for i := n - 1; i >= 0; i-- {
			if r.IntN(8) == 0 {
				fails[i], lowest = true, i
			}
		}
		for workers := 1; workers <= maxWorkers; workers++ {
			synctest.Test(t, func(t *testing.T) {
				err := For(ctx, n, workers, func(i int) error {
					time.Sleep(time.Duration((n-i)*3%7) * time.Millisecond)
					if fails[i] {
						return fmt.Errorf("index %d", i)
					}
					return nil
				})
				want := fmt.Sprintf("index %d", lowest)
				if lowest < 0 {
					want = "<nil>"
				}
				if got := fmt.Sprint(err); got != want {
					t.Errorf("%d workers: error %q, want %q of %v", workers, got, want, fails)
				}
			})
		}
	}
}

// An error anywhere in a tree comes back, that of the lowest index among those
// that ran; nothing that waits for the failed node runs, and nothing hangs: in a
// bubble a deadlock fails the test.
func TestTreeError(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 100 {
		n := 1 + r.IntN(40)
		f := newForest(r, n)
		bad := r.IntN(n)
		fails := func(i int) bool { return i == bad || i%11 == 5 }
		for _, down := range []bool{false, true} {
			workers := 1 + r.IntN(maxWorkers)
			synctest.Test(t, func(t *testing.T) {
				ran := make([]atomic.Bool, n)
				err := f.run(ctx, down, workers, func(i int) error {
					ran[i].Store(true)
					time.Sleep(time.Duration(i*5%4) * time.Millisecond)
					if fails(i) {
						return fmt.Errorf("node %d", i)
					}
					return nil
				})
				lowest := -1
				for i := n - 1; i >= 0; i-- {
					if ran[i].Load() && fails(i) {
						lowest = i
					}
				}
				if lowest < 0 {
					t.Fatalf("down %v: no failing node ran, error %v", down, err)
				}
				if want := fmt.Sprintf("node %d", lowest); fmt.Sprint(err) != want {
					t.Errorf("down %v, %d workers: error %q, want %q", down, workers, err, want)
				}
				for i, p := range f.parent {
					if p < 0 {
						continue
					}
					first, second := i, p
					if down {
						first, second = p, i
					}
					if fails(first) && ran[second].Load() {
						t.Errorf("down %v: node %d runs though %d, which it waits for, failed", down, second, first)
					}
				}
			})
		}
	}
}

// After an error no further index starts.
func TestForStopsAfterError(t *testing.T) {
	fail := errors.New("fail")
	for workers := 1; workers <= maxWorkers; workers++ {
		synctest.Test(t, func(t *testing.T) {
			var started atomic.Int32
			err := For(ctx, 100, workers, func(i int) error {
				started.Add(1)
				if i == 0 {
					return fail
				}
				time.Sleep(time.Millisecond) // until the failure is on record
				return nil
			})
			if err != fail || int(started.Load()) > workers {
				t.Errorf("%d workers started %d indices, error %v", workers, started.Load(), err)
			}
		})
	}
}

// After cancelling no further index starts, running ones end, and the error is
// that of the context, unless a body has one of its own.
func TestForStopsAfterCancel(t *testing.T) {
	for workers := 1; workers <= maxWorkers; workers++ {
		for _, own := range []error{nil, errors.New("own")} {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(ctx)
				defer cancel()
				var started, ended atomic.Int32
				err := For(ctx, 100, workers, func(i int) error {
					started.Add(1)
					defer ended.Add(1)
					if i > 0 {
						time.Sleep(time.Minute)
						return nil
					}
					time.Sleep(time.Second) // until every worker is in a body
					cancel()
					return own
				})
				want := own
				if own == nil {
					want = context.Canceled
				}
				if err != want || int(started.Load()) != workers || ended.Load() != started.Load() {
					t.Errorf("%d workers: started %d, ended %d, error %v, want %v", workers, started.Load(), ended.Load(), err, want)
				}
			})
		}
	}
}

// Cancelling ends the walk over a tree long before its end, here a chain's.
func TestTreeCancel(t *testing.T) {
	const n = 200
	chain := newChain(n)
	for _, down := range []bool{false, true} {
		for workers := 1; workers <= maxWorkers; workers++ {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(ctx, 1500*time.Millisecond)
				defer cancel()
				var ran atomic.Int32
				err := chain.run(ctx, down, workers, func(int) error {
					ran.Add(1)
					time.Sleep(time.Second)
					return nil
				})
				if err != context.DeadlineExceeded || ran.Load() == 0 || ran.Load() > n/2 {
					t.Errorf("down %v, %d workers: %d nodes ran, error %v", down, workers, ran.Load(), err)
				}
			})
		}
	}
}

func TestCancelledBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	for workers := 1; workers <= 3; workers++ {
		err := For(ctx, 10, workers, func(i int) error {
			t.Errorf("index %d starts", i)
			return nil
		})
		if err != context.Canceled {
			t.Errorf("For: error %v", err)
		}
	}
}

// A panic reaches the goroutine that started the loop. One worker runs For in
// that goroutine, and there the panic is the body's own.
func TestPanic(t *testing.T) {
	f := forest{parent: []int{-1, 0, 0, 1}, children: [][]int{{1, 2}, {3}, nil, nil}}
	loops := map[string]func(workers int, body func(int) error) error{
		"For":      func(workers int, body func(int) error) error { return For(ctx, 4, workers, body) },
		"Tree":     func(workers int, body func(int) error) error { return f.run(ctx, false, workers, body) },
		"TreeDown": func(workers int, body func(int) error) error { return f.run(ctx, true, workers, body) },
	}
	for name, loop := range loops {
		for workers := 1; workers <= maxWorkers; workers++ {
			got := recovered(func() {
				_ = loop(workers, func(i int) error {
					if i == 1 {
						explode()
					}
					return nil
				})
			})
			if name == "For" && workers == 1 {
				if got != "boom" {
					t.Errorf("For, one worker: recovered %v", got)
				}
				continue
			}
			p, ok := got.(*PanicError)
			if !ok {
				t.Errorf("%s, %d workers: recovered %v", name, workers, got)
				continue
			}
			if p.Value != "boom" || !strings.Contains(string(p.Stack), "explode") || !strings.Contains(p.Error(), "boom") {
				t.Errorf("%s, %d workers: %v", name, workers, p)
			}
		}
	}
}

//go:noinline
func explode() { panic("boom") }

func recovered(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

// A parent that is no node, or the node itself, is a mistake of the programmer.
func TestBadParent(t *testing.T) {
	for _, parent := range [][]int{{-1, 2}, {0}, {-1, 7, 0}} {
		got := recovered(func() { _ = Tree(ctx, parent, 2, func(int) error { return nil }) })
		if text, ok := got.(string); !ok || !strings.HasPrefix(text, "parallel: ") {
			t.Errorf("parents %v: recovered %v", parent, got)
		}
	}
}

func TestNothingToDo(t *testing.T) {
	never := func(i int) error { return fmt.Errorf("index %d runs", i) }
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	for workers := 0; workers <= 3; workers++ {
		for _, c := range []struct {
			ctx  context.Context
			want error
		}{{ctx, nil}, {cancelled, context.Canceled}} {
			for name, err := range map[string]error{
				"For":      For(c.ctx, 0, workers, never),
				"Tree":     Tree(c.ctx, nil, workers, never),
				"TreeDown": TreeDown(c.ctx, nil, nil, workers, never),
			} {
				if err != c.want {
					t.Errorf("%s over nothing: %v, want %v", name, err, c.want)
				}
			}
		}
	}
}

func TestWorkers(t *testing.T) {
	for n, want := range map[int]int{3: 3, 1: 1, 0: runtime.GOMAXPROCS(0), -2: runtime.GOMAXPROCS(0)} {
		if got := Workers(n); got != want {
			t.Errorf("Workers(%d) = %d, want %d", n, got, want)
		}
	}
}
