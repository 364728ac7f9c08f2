package chain

import (
	"fmt"

	"github.com/belief-go/belief/internal/kernel"
)

// filterTimes is how many times a forward pass that keeps nothing has in memory.
const filterTimes = 16

// LogProb writes log p(x), or log Z, of every sequence of a batch to dst, in nats. The
// error is an [*ImpossibleError] or [*EvidenceError].
func (w *Workspace) LogProb(dst []float64, m Markov, batch []Evidence) error {
	if len(dst) != len(batch) {
		panic(fmt.Sprintf("chain: %d numbers for %d sequences", len(dst), len(batch)))
	}
	if err := m.check(batch...); err != nil {
		return err
	}
	w.watch()
	c := &w.groups.scaled
	if !w.LogSpace {
		c.begin(m)
	}
	w.order = byLength(w.order, batch, m.States())
	groups := (len(batch) + groupSize - 1) / groupSize
	for k := range groups {
		members := w.order[k*len(batch)/groups : (k+1)*len(batch)/groups]
		if !w.LogSpace {
			c.group(members, batch, true)
			if c.filter(nil); c.err != nil {
				return c.err
			}
			c.logZ(dst)
		}
		for j, i := range members {
			if !w.LogSpace && !c.dead[j] {
				continue
			}
			var err error
			if dst[i], err = w.log.filter(nil, m, batch[i], i); err != nil {
				return err
			}
		}
	}
	return nil
}

// Filter writes p(z_t | x_0 … x_t) to dst, T×S, and returns log p(x). The error is an
// [*ImpossibleError] or [*EvidenceError].
func (w *Workspace) Filter(dst []float64, m Markov, e Evidence) (float64, error) {
	if err := m.check(e); err != nil {
		return 0, err
	}
	wantNumbers(len(dst), e.Len(m.States())*m.States())
	w.watch()
	if !w.LogSpace {
		w.alone(m, e)
		c := &w.groups.scaled
		if c.filter(dst); c.err != nil {
			return 0, c.err
		}
		if !c.dead[0] {
			c.logZ(w.one[:])
			return w.one[0], nil
		}
	}
	return w.log.filter(dst, m, e, 0)
}

func wantNumbers(got, want int) {
	if got != want {
		panic(fmt.Sprintf("chain: a slice of length %d, want %d", got, want))
	}
}

// alone makes a group of one sequence.
func (w *Workspace) alone(m Markov, e Evidence) {
	w.single[0] = e
	w.groups.begin(m)
	w.order = grow(w.order, 1)
	w.order[0] = 0
	w.groups.group(w.order, w.single[:], true)
}

// filter goes forward, and writes α of the first sequence to dst if there is one.
func (c *scaled) filter(dst []float64) {
	times := len(c.n) - 1
	var before []float64
	for first := 0; first < times; first += filterTimes {
		last := min(first+filterTimes, times)
		c.forward(first, last, before)
		before = c.rowsOf(last - 1)
		if dst != nil {
			copy(dst[first*c.s:], c.alpha[len(c.alpha)-(last-first)*c.s:])
		}
	}
}

// filter is Filter with logarithms.
func (l *logSpace) filter(dst []float64, m Markov, e Evidence, sequence int) (float64, error) {
	s := m.States()
	n := e.Len(s)
	if err := checkEvidence(e, s, sequence); err != nil {
		return 0, err
	}
	l.begin(m)
	l.alpha = grow(l.alpha, 2*s)
	logZ := 0.0
	var past []float64
	for t := range n {
		now := l.alpha[t%2*s : (t%2+1)*s]
		if l.ended(8 * s * s) { // exponentials
			return 0, l.err
		}
		if !l.advance(now, past, e.row(t, s), t) {
			return 0, &ImpossibleError{Sequence: sequence, Time: t}
		}
		sum := kernel.LogSumExp(now)
		kernel.AddConst(-sum, now, now)
		logZ += sum
		if dst != nil {
			kernel.Exp(dst[t*s:(t+1)*s], now)
		}
		past = now
	}
	return logZ, nil
}
