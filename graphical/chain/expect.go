package chain

import (
	"fmt"
	"math"
)

// Expect is the E step of Baum & Welch: it adds what the states of the sequences of a
// batch are expected to do to Initial and Transition of x, and to Rows if there are such,
// and writes LogZ, Gamma and Pairs, whose memory it takes if it is large enough. Weights
// are one per sequence, finite and not negative, or nil for all one. Wrong lengths
// and weights panic.
// The error, an [*ImpossibleError] or [*EvidenceError], leaves x half done.
func (w *Workspace) Expect(x *Expected, m Markov, batch []Evidence, weights []float64) error {
	if err := m.check(batch...); err != nil {
		return err
	}
	x.prepare(m, batch, weights)
	w.watch()
	if w.LogSpace {
		for i, e := range batch {
			if err := w.log.expect(x, m, e, i, weightOf(weights, i)); err != nil {
				return err
			}
		}
		return nil
	}
	w.groups.begin(m)
	w.order = byLength(w.order, batch, m.States())
	groups := (len(batch) + groupSize - 1) / groupSize // of equal size, up to one
	for k := range groups {
		members := w.order[k*len(batch)/groups : (k+1)*len(batch)/groups]
		w.groups.group(members, batch, false)
		if w.groups.expect(x, weights, w.Memory); w.groups.err != nil {
			return w.groups.err
		}
		for j, i := range members {
			if !w.groups.dead[j] {
				continue
			}
			if err := w.log.expect(x, m, batch[i], i, weightOf(weights, i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// prepare checks the lengths and makes room.
func (x *Expected) prepare(m Markov, batch []Evidence, weights []float64) {
	s := m.States()
	if weights != nil && len(weights) != len(batch) {
		panic(fmt.Sprintf("chain: %d weights for %d sequences", len(weights), len(batch)))
	}
	for i := range weights {
		if w := weights[i]; !(w >= 0 && w <= math.MaxFloat64) {
			panic(fmt.Sprintf("chain: the weight of sequence %d is %v, want a finite one, not negative", i, w))
		}
	}
	for _, e := range batch {
		if x.Rows != nil && (e.Index == nil || len(e.Log) != len(x.Rows)) {
			panic("chain: sums by row are for evidence that shares its rows")
		}
	}
	if x.Initial == nil {
		x.Initial = make([]float64, s)
	}
	if x.Transition == nil {
		x.Transition = make([]float64, s*s)
	}
	if len(x.Initial) != s || len(x.Transition) != s*s {
		panic(fmt.Sprintf("chain: sums for %d states and %d transitions, want %d states", len(x.Initial), len(x.Transition), s))
	}
	x.LogZ = grow(x.LogZ, len(batch))
	if x.Gamma != nil {
		x.Gamma = room(x.Gamma, len(batch))
		for i, e := range batch {
			x.Gamma[i] = grow(x.Gamma[i], e.Len(s)*s)
		}
	}
	if x.Pairs != nil {
		x.Pairs = room(x.Pairs, len(batch))
		for i, e := range batch {
			x.Pairs[i] = grow(x.Pairs[i], max(e.Len(s)-1, 0)*s*s)
		}
	}
}

// room returns lists with length n, and keeps those that are there.
func room[T any](lists [][]T, n int) [][]T {
	lists = lists[:cap(lists)]
	for len(lists) < n {
		lists = append(lists, nil)
	}
	return lists[:n]
}
