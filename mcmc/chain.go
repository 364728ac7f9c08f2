package mcmc

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
)

// chain is one chain of a run. Every step has a random stream of its own, a
// function of seed, chain and step: to resume a chain takes no state of a
// generator, and what was drawn in one step cannot show in another's numbers.
type chain struct {
	index  int
	config Config
	guard  *Guard
	kernel Kernel
	tuner  Tuner // the kernel, if it learns and there is a warm-up
	total  int   // steps to take
	queue  *queue
	disk   *checkpoint // nil if none is kept

	state         State
	step          int    // steps taken
	seed          uint64 // of the chain, a function of the run's
	rng           *rand.Rand
	src           *rand.PCG
	start         []float64
	kept          int // rows handed to the reader
	warmGradients int64

	quantities         func(dst, x []float64)
	at, divergences    atomic.Int64 // for progress
	begun, interrupted atomic.Bool
}

// blockRows and blockNumbers bound the size of a block, blockTime the time in which
// it is filled.
const (
	blockRows    = 256
	blockNumbers = 1 << 16
	blockTime    = 20 * time.Millisecond
)

func newChain(index int, config Config, guard *Guard, kernel Kernel, dim int, e *engine, fingerprint string) *chain {
	c := &chain{index: index, config: config, guard: guard, kernel: kernel,
		total: config.WarmUp + config.Draws*config.Thin,
		queue: newQueue(e.walkers, len(e.stats), len(e.names)),
		state: State{X: make([]float64, dim)},
		seed:  stream.New(config.Seed, "mcmc step", uint64(index)).Uint64(),
		src:   rand.NewPCG(0, 0)}
	c.rng = rand.New(c.src)
	if t, ok := kernel.(Tuner); ok && config.WarmUp > 0 {
		c.tuner = t
	}
	guard.interrupted = &c.interrupted
	if q, ok := guard.Target().(Quantifier); ok {
		c.quantities = q.QuantitiesTo
	}
	if config.Checkpoint != "" {
		c.disk = newCheckpoint(config.Checkpoint, index, fingerprint, e.walkers*len(e.stats), e.walkers*len(e.names))
	}
	return c
}

// run takes the chain to its end, or to that of ctx. At most as many chains as
// there are slots work at the same time.
func (c *chain) run(ctx context.Context, slots chan struct{}) {
	var err error
	defer func() {
		c.guard.interrupted = nil // whoever takes the kernel further is not bound by the run
		c.queue.end(err)
	}()
	var stopped atomic.Bool
	defer context.AfterFunc(ctx, func() { stopped.Store(true); c.interrupt() })()
	work := func(do func() error) (err error) {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		defer func() {
			if v := recover(); v != nil { // a mistake in a kernel, or in a function that it was given
				err = c.failed(&parallel.PanicError{Value: v, Stack: debug.Stack()})
			}
			<-slots
		}()
		if err := ctx.Err(); err != nil {
			return err
		}
		return do()
	}
	err = work(c.begin)
	if err == nil && c.disk != nil {
		err = c.disk.replay(c) // without a slot: it may wait for the reader
	}
	for err == nil && c.step < c.total {
		b := c.queue.take()
		err = work(func() error { return c.fill(b, &stopped) })
		if b.rows > 0 {
			if e := c.hand(b); e != nil {
				err = e
			}
		}
		if err == nil {
			err = ctx.Err()
		}
		if c.disk != nil && err == nil {
			err = c.disk.saveIfDue(c)
		}
	}
	if errors.Is(err, errInterrupted) {
		err = ctx.Err()
	} else if c.disk != nil && c.start != nil && (err == nil || err == ctx.Err()) {
		// After a failure, what was saved before it is what to go on from.
		if e := c.disk.save(c); e != nil {
			err = e
		}
	}
	if c.disk != nil {
		if e := c.disk.close(); err == nil {
			err = e
		}
	}
}

// grace is how long a chain has to end its step once its context is done. A step
// that takes longer is broken off, and lost with what came after the last
// checkpoint; to look for a starting point is broken off at once.
const grace = time.Second

// interrupt makes the chain's target fail, now or after the grace.
func (c *chain) interrupt() {
	if !c.begun.Load() {
		c.interrupted.Store(true)
		return
	}
	time.AfterFunc(grace, func() { c.interrupted.Store(true) })
}

// failed says where in the chain an error came up, unless the chain was told to
// end.
func (c *chain) failed(err error) error {
	if errors.Is(err, errInterrupted) {
		return err
	}
	e := &ChainError{Chain: c.index, Step: c.step, WarmUp: c.step < c.config.WarmUp, Err: err}
	if c.start == nil {
		e.Step = -1
	}
	return e
}

// hand gives a block to the reader, and to the disk before that.
func (c *chain) hand(b *block) error {
	var err error
	if c.disk != nil {
		err = c.disk.log(b)
	}
	if !b.warmUp && b.first == 0 {
		b.comments = c.describe()
	}
	c.kept += b.rows
	c.queue.push(b)
	return err
}

// begin finds the chain's starting point, or its place in a checkpoint.
func (c *chain) begin() error {
	if c.tuner != nil {
		c.tuner.BeginWarmUp(c.config.WarmUp)
	}
	if c.disk != nil {
		if found, err := c.disk.restore(c); found || err != nil {
			c.begun.Store(true)
			return err
		}
	}
	if err := c.findStart(); err != nil {
		return c.failed(err)
	}
	c.start = slices.Clone(c.state.X)
	c.begun.Store(true)
	if c.config.WarmUp == 0 {
		c.warmGradients = c.guard.Gradients
	}
	if c.disk != nil {
		return c.disk.save(c)
	}
	return nil
}

// startTries is how many random points a chain tries, as many as Stan does.
const startTries = 100

func (c *chain) findStart() error {
	if n := len(c.config.Start); n > 0 {
		copy(c.state.X, c.config.Start[c.index%n])
		if err := c.kernel.Init(&c.state); err != nil {
			return err
		}
		if math.IsInf(c.state.LogDensity, -1) {
			return &StartError{Tries: 1, NotANumber: int(c.guard.NotANumber), Given: true, X: slices.Clone(c.state.X)}
		}
		return nil
	}
	rng := stream.New(c.config.Seed, "mcmc start", uint64(c.index))
	for range startTries {
		for i := range c.state.X {
			c.state.X[i] = 4*rng.Float64() - 2
		}
		if p, ok := c.kernel.(placer); ok {
			p.place(rng, c.state.X)
		}
		if err := c.kernel.Init(&c.state); err != nil {
			return err
		}
		if math.IsInf(c.state.LogDensity, -1) {
			continue
		}
		s, ok := c.kernel.(Starter)
		if !ok {
			return nil
		}
		if err := s.Start(rng, c.state.X); err != nil {
			return err
		}
		if err := c.kernel.Init(&c.state); err != nil || !math.IsInf(c.state.LogDensity, -1) {
			return err
		}
	}
	return &StartError{Tries: startTries, NotANumber: int(c.guard.NotANumber), X: slices.Clone(c.state.X)}
}

// fill takes steps until the block is full, its time is over, the warm-up ends
// or the chain does.
func (c *chain) fill(b *block, stopped *atomic.Bool) error {
	deadline := time.Now().Add(blockTime)
	end := c.total
	if b.warmUp = c.step < c.config.WarmUp; b.warmUp {
		end = c.config.WarmUp
		b.first = c.kept
	} else {
		b.first = (c.step - c.config.WarmUp) / c.config.Thin
	}
	look := 1 // steps until the clock is looked at again
	for taken := 1; c.step < end && b.rows < c.queue.most && !stopped.Load(); taken++ {
		if err := c.advance(b); err != nil {
			return err
		}
		if taken == look {
			if !time.Now().Before(deadline) {
				break
			}
			look += min(look, 1024)
		}
	}
	return nil
}

// advance takes one step, and keeps its row if it is one to keep.
func (c *chain) advance(b *block) error {
	stream.Reset(c.src, c.seed, "", uint64(c.step))
	info, err := c.kernel.Step(c.rng, &c.state)
	if err == nil && b.warmUp && c.tuner != nil {
		if err = c.tuner.Tune(&c.state, info); err == nil && c.step+1 == c.config.WarmUp {
			err = c.tuner.EndWarmUp(&c.state)
		}
	}
	if err != nil {
		return c.failed(err)
	}
	c.step++
	c.at.Store(int64(c.step))
	keep := c.config.KeepWarmUp
	if !b.warmUp {
		keep = (c.step-c.config.WarmUp)%c.config.Thin == 0
		if info.Divergent {
			c.divergences.Add(1)
		}
	} else if c.step == c.config.WarmUp {
		c.warmGradients = c.guard.Gradients
	}
	if !keep {
		return nil
	}
	for w := range c.queue.walkers {
		x, l := c.state.X, c.state.LogDensity
		if w > 0 {
			x, l = c.kernel.(Assembly).Walker(&c.state, w)
		}
		n := len(b.values)
		b.values = slices.Grow(b.values, c.queue.nVals)[:n+c.queue.nVals]
		if c.quantities == nil {
			copy(b.values[n:], x)
		} else if err := c.callQuantities(b.values[n:], x); err != nil {
			return err
		}
		b.stats = appendStats(b.stats, c.queue.nStats, l, info)
	}
	b.rows++
	return nil
}

// callQuantities makes a panic of the target's quantities an error with the point.
func (c *chain) callQuantities(dst, x []float64) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &ChainError{Chain: c.index, Step: c.step - 1, WarmUp: c.step <= c.config.WarmUp, Err: panicked(x, p)}
		}
	}()
	c.quantities(dst, x)
	return nil
}

func (c *chain) describe() []string {
	if d, ok := c.kernel.(Describer); ok {
		return d.Describe()
	}
	return nil
}

// report may be called when the chain has ended.
func (c *chain) report() Report {
	r := Report{Start: c.start, End: c.state, Steps: c.step, Evaluations: c.guard.Evaluations, Gradients: c.guard.Gradients,
		WarmUpGradients: c.warmGradients, Divergences: int(c.divergences.Load()), NotANumber: c.guard.NotANumber}
	if c.step < c.config.WarmUp {
		r.WarmUpGradients = c.guard.Gradients
	}
	if c.step >= c.config.WarmUp && c.start != nil {
		r.Tuning = c.describe()
	}
	return r
}
