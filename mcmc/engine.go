package mcmc

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/mcmc/draws"
)

// engine runs the chains of a sampler, each in a goroutine of its own, and merges
// what they draw. Chains know nothing of each other, so neither their number of
// workers nor their speed can show in the draws.
type engine struct {
	config   Config
	names    []string // of the quantities
	stats    []string // of the sampler's statistics
	walkers  int      // of each chain, which make as many chains of draws
	chains   []*chain
	maxDepth int  // of trees, 0 if there are none
	bounded  bool // chains may not run far ahead of the reader
}

func newEngine(s Sampler, t Target, c Config) (*engine, error) {
	if s == nil || t == nil {
		return nil, &belief.ConfigError{Field: "Sampler or Target", Value: nil, Want: "not nil"}
	}
	dim := t.Dim()
	c, err := c.withDefaults(s, dim)
	if err != nil {
		return nil, err
	}
	e := &engine{config: c, names: quantityNames(t), bounded: c.Discard}
	if err := checkNames(e.names); err != nil {
		return nil, err
	}
	if err := c.checkMemory(len(e.names) + 2); err != nil {
		return nil, err
	}
	fingerprint := fingerprint(s, e.names, dim, c)
	for i := range c.Chains {
		own := cloned(t)
		if own == nil || own.Dim() != dim {
			return nil, &belief.ConfigError{Field: "Target.Clone", Value: fmt.Sprint(own), Want: "an equal target"}
		}
		guard := NewGuard(own)
		kernel, err := s.Kernel(guard)
		if err != nil {
			return nil, err
		}
		if e.stats == nil {
			e.stats, e.walkers = statistics(kernel), 1
			if h, ok := kernel.(Hamiltonian); ok {
				e.maxDepth = h.MaxTreeDepth()
			}
			if a, ok := kernel.(Assembly); ok {
				e.walkers = a.Walkers()
			}
			if err := c.checkMemory(e.walkers * (len(e.names) + len(e.stats))); err != nil {
				return nil, err
			}
		}
		e.chains = append(e.chains, newChain(i, c, guard, kernel, dim, e, fingerprint))
	}
	return e, nil
}

// quantityNames names what a target writes down.
func quantityNames(t Target) []string {
	if q, ok := t.(Quantifier); ok {
		return q.Names()
	}
	names := make([]string, t.Dim())
	for i := range names {
		names[i] = fmt.Sprintf("x[%d]", i+1)
	}
	return names
}

// checkNames refuses quantities that could not be told apart.
func checkNames(names []string) error {
	seen := make(map[string]bool, len(names))
	for i, name := range names {
		if name == "" || seen[name] {
			return &belief.ConfigError{Field: fmt.Sprintf("Names()[%d]", i), Value: name, Want: "not empty, and not a name that was there before"}
		}
		seen[name] = true
	}
	return nil
}

// statistics names what a kernel's Info tells.
func statistics(k Kernel) []string {
	if _, ok := k.(Hamiltonian); ok {
		return []string{draws.LogDensity, draws.AcceptStat, draws.StepSize, draws.TreeDepth, draws.Leapfrogs, draws.Divergent, draws.Energy}
	}
	return []string{draws.LogDensity, draws.AcceptStat}
}

// appendStats appends a row of the columns of statistics.
func appendStats(dst []float64, columns int, logDensity float64, i Info) []float64 {
	dst = append(dst, logDensity, i.Accept)
	if columns == 2 {
		return dst
	}
	divergent := 0.0
	if i.Divergent {
		divergent = 1
	}
	return append(dst, i.StepSize, float64(i.Depth), float64(i.Leapfrogs), divergent, i.Energy)
}

// drawn is the number of chains of draws.
func (e *engine) drawn() int { return e.config.Chains * e.walkers }

// steps starts the chains and yields their rows in order. It has ended all its
// goroutines when it returns.
func (e *engine) steps(outer context.Context) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		began := time.Now()
		ctx, cancel := context.WithCancel(outer)
		var wg sync.WaitGroup
		slots := make(chan struct{}, min(parallel.Workers(e.config.Workers), e.config.Chains))
		for _, c := range e.chains {
			c.queue.bounded = e.bounded
			wg.Go(func() { c.run(ctx, slots) })
		}
		ticker := time.NewTicker(e.config.ProgressEvery)
		tick := func(done bool) {
			if e.config.Progress != nil {
				e.config.Progress(e.progress(time.Since(began), done))
			}
		}
		finish := sync.OnceFunc(func() {
			cancel()
			ticker.Stop()
			for _, c := range e.chains {
				c.queue.abandon()
			}
			wg.Wait()
		})
		defer finish() // also if the reader panics
		err := e.merge(ticker, func() { tick(false) }, yield)
		finish()
		tick(true)
		if err == errStopped {
			return
		}
		if outer.Err() != nil && err != nil {
			err = outer.Err()
		}
		if err != nil {
			yield(Step{}, err)
		}
	}
}

// errStopped says that the reader broke out of the sequence.
var errStopped = fmt.Errorf("the reader has stopped")

// merge yields row after row of all chains, as long as every chain has one.
func (e *engine) merge(ticker *time.Ticker, tick func(), yield func(Step, error) bool) error {
	for {
		finished := false
		for _, c := range e.chains {
			more, err := c.queue.wait(ticker, tick)
			if err != nil {
				return err
			}
			finished = finished || !more
		}
		if finished {
			return nil
		}
		for i, c := range e.chains {
			for w := range e.walkers {
				step := c.queue.next(w)
				step.Chain = i*e.walkers + w
				if !yield(step, nil) {
					return errStopped
				}
			}
		}
	}
}

func (e *engine) progress(elapsed time.Duration, done bool) Progress {
	p := Progress{Chains: make([]ChainProgress, len(e.chains)), Elapsed: elapsed, Done: done}
	for i, c := range e.chains {
		at := int(c.at.Load())
		p.Chains[i] = ChainProgress{Step: at, Steps: c.total, WarmUp: at < c.config.WarmUp, Divergences: int(c.divergences.Load())}
	}
	return p
}

func (e *engine) reports() ([]Report, []Kernel) {
	reports, kernels := make([]Report, len(e.chains)), make([]Kernel, len(e.chains))
	for i, c := range e.chains {
		reports[i], kernels[i] = c.report(), c.kernel
	}
	return reports, kernels
}
