package main

// The progress bar, for large work on a terminal.

import (
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/belief-go/belief/inference"
)

// A bar shows how far a query is, once it has taken a while.
type bar struct {
	report func(inference.Progress) // nil if there is nobody to look

	t     *tool
	start time.Time
	mu    sync.Mutex // a query that was given up may go on reporting
	ended bool
	shown *progressbar.ProgressBar
}

// progress returns the bar of one query.
func (t *tool) progress() *bar {
	b := &bar{t: t, start: time.Now()}
	if t.flags.progress.value == "auto" && !t.flags.quiet && t.terminal(t.stderr) {
		b.report = b.update
	}
	return b
}

// steps is the resolution of the bar.
const steps = 1000

func (b *bar) update(p inference.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended || !(p.Total > 0) || time.Since(b.start) < b.t.patience {
		return
	}
	if b.shown == nil {
		b.shown = progressbar.NewOptions(steps,
			progressbar.OptionSetWriter(b.t.stderr),
			progressbar.OptionSetDescription("belief"),
			progressbar.OptionSetWidth(30),
			progressbar.OptionThrottle(65*time.Millisecond),
		)
	}
	_ = b.shown.Set(int(steps * p.Done / p.Total)) // a terminal that is gone shows nothing
}

// end takes the bar away for good.
func (b *bar) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	if b.shown != nil {
		_ = b.shown.Clear()
	}
}
