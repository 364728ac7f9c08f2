package parallel

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Workers resolves a requested number of workers: 0 and negative numbers stand
// for all cores that Go may use.
func Workers(n int) int {
	if n <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return n
}

// A PanicError carries a panic of a loop body to the goroutine that started the
// loop, which panics with it.
type PanicError struct {
	Value any
	Stack []byte
}

func (p *PanicError) Error() string {
	return fmt.Sprintf("parallel: a loop body panicked: %v\n%s", p.Value, p.Stack)
}

// For calls body(i) for i from 0 to n−1 on up to workers goroutines (0: all
// cores). After an error, or when ctx ends, no further index is started. It
// returns the error of the lowest index that failed, else ctx's. With one worker
// the loop runs in the caller's goroutine.
func For(ctx context.Context, n, workers int, body func(i int) error) error {
	workers = min(Workers(workers), n)
	if workers <= 1 {
		for i := 0; i < n; i++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := body(i); err != nil {
				return err
			}
		}
		return ctx.Err()
	}
	var (
		next   atomic.Int64
		failed failure
		wg     sync.WaitGroup
	)
	for range workers {
		wg.Go(func() {
			for !failed.happened() && ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				failed.record(i, guarded(body, i))
			}
		})
	}
	wg.Wait()
	return failed.result(ctx)
}

// Tree calls body for every node of a forest, children before their parents, on
// up to workers goroutines. parent[i] is the parent of node i, −1 for a root.
// Errors and cancellation are as in For.
func Tree(ctx context.Context, parent []int, workers int, body func(i int) error) error {
	pending := make([]int32, len(parent))
	for i, p := range parent {
		if p >= len(parent) || p == i {
			panic(fmt.Sprintf("parallel: node %d has parent %d", i, p))
		}
		if p >= 0 {
			pending[p]++
		}
	}
	ready := make(chan int, len(parent))
	for i, k := range pending {
		if k == 0 {
			ready <- i
		}
	}
	release := func(i int) {
		if p := parent[i]; p >= 0 && atomic.AddInt32(&pending[p], -1) == 0 {
			ready <- p
		}
	}
	return graph(ctx, len(parent), workers, ready, body, release)
}

// TreeDown calls body for every node of a forest, parents before their children.
// children[i] are the children of node i.
func TreeDown(ctx context.Context, parent []int, children [][]int, workers int, body func(i int) error) error {
	ready := make(chan int, len(parent))
	for i, p := range parent {
		if p < 0 {
			ready <- i
		}
	}
	release := func(i int) {
		for _, c := range children[i] {
			ready <- c
		}
	}
	return graph(ctx, len(parent), workers, ready, body, release)
}

// graph executes n nodes as they become ready.
func graph(ctx context.Context, n, workers int, ready chan int, body func(i int) error, release func(i int)) error {
	if n == 0 {
		return ctx.Err()
	}
	var (
		done   atomic.Int64
		failed failure
		wg     sync.WaitGroup
		stop   = make(chan struct{})
		once   sync.Once
	)
	for range min(Workers(workers), n) {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-ctx.Done():
					return
				case i := <-ready:
					if failed.happened() || ctx.Err() != nil {
						return // select picks at random among what is ready
					}
					if err := guarded(body, i); err != nil {
						failed.record(i, err)
						once.Do(func() { close(stop) })
						return
					}
					release(i)
					if done.Add(1) == int64(n) {
						once.Do(func() { close(stop) })
						return
					}
				}
			}
		})
	}
	wg.Wait()
	return failed.result(ctx)
}

// guarded runs one body and turns its panic into an error.
func guarded(body func(int) error, i int) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return body(i)
}

// failure keeps the error of the lowest index.
type failure struct {
	mu    sync.Mutex
	any   atomic.Bool
	index int
	err   error
}

func (f *failure) happened() bool { return f.any.Load() }

func (f *failure) record(i int, err error) {
	if err == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil || i < f.index {
		f.index, f.err = i, err
	}
	f.any.Store(true)
}

func (f *failure) result(ctx context.Context) error {
	if p, ok := f.err.(*PanicError); ok {
		panic(p)
	}
	if f.err != nil {
		return f.err
	}
	return ctx.Err()
}
