package em

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical/chain"
)

// A HiddenMarkovModel is a fitted hidden Markov model: HMM can be asked everything that
// package chain answers.
type HiddenMarkovModel struct {
	HMM *chain.HMM

	// What the M step needs and a saved model does without.
	settings HiddenMarkov
	free     hmmFree
	normals  *hmmNormals // nil with symbols
	idle     []string    // what the last M step had no data for
}

// hmmFree says which probabilities are not held at zero.
type hmmFree struct {
	initial, transition, symbols []bool
}

// Columns are the names of the columns it was fitted to.
func (m *HiddenMarkovModel) Columns() []string { return m.HMM.Columns }

// LogProb returns the log density of each sequence, in nats.
func (m *HiddenMarkovModel) LogProb(ctx context.Context, seqs *data.Sequences) ([]float64, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return m.HMM.LogProb(ctx, seqs)
}

// classes returns for each state the first that shares parameters with it.
func hmmClasses(ties []int, states int) []int {
	first := make([]int, states)
	for i := range first {
		first[i] = i
		if ties != nil {
			first[i] = slices.Index(ties, ties[i])
		}
	}
	return first
}

// Parameters is the number of free parameters: those that are fixed, held at zero or
// shared with another state do not count.
func (m *HiddenMarkovModel) Parameters() int {
	s, n := len(m.HMM.Initial), 0
	rows := func(free []bool, classes []int, width int) {
		for i, first := range classes {
			if first != i {
				continue
			}
			n--
			for _, f := range free[i*width : (i+1)*width] {
				if f {
					n++
				}
			}
		}
	}
	if !m.settings.Fix.Initial {
		rows(m.free.initial, []int{0}, s)
	}
	if !m.settings.Fix.Transition {
		rows(m.free.transition, hmmClasses(m.settings.Ties.Transition, s), s)
	}
	if m.settings.Fix.Emission {
		return n
	}
	classes := hmmClasses(m.settings.Ties.Emission, s)
	if c, ok := m.HMM.Emission.(*chain.Categorical); ok {
		rows(m.free.symbols, classes, c.Len())
		return n
	}
	for i, first := range classes {
		if first == i {
			n += m.normals.parameters()
		}
	}
	return n
}

// LogPrior implements [Prior].
func (m *HiddenMarkovModel) LogPrior() float64 {
	h, prior, s := m.HMM, m.settings.Prior, len(m.HMM.Initial)
	sum := 0.0
	rows := func(p []float64, free []bool, classes []int, width int, alpha, own float64) {
		for i, first := range classes {
			if first != i {
				continue
			}
			for j, f := range free[i*width : (i+1)*width] {
				a := hmmAlpha(alpha) - 1
				if j == i {
					a += own
				}
				if f && a > 0 {
					sum += a * math.Log(p[i*width+j])
				}
			}
		}
	}
	if !m.settings.Fix.Initial {
		rows(h.Initial, m.free.initial, []int{0}, s, prior.Initial, 0)
	}
	if !m.settings.Fix.Transition {
		rows(h.Transition, m.free.transition, hmmClasses(m.settings.Ties.Transition, s), s, prior.Transition, prior.Sticky)
	}
	if m.settings.Fix.Emission {
		return sum
	}
	if c, ok := h.Emission.(*chain.Categorical); ok {
		rows(c.P, m.free.symbols, hmmClasses(m.settings.Ties.Emission, s), c.Len(), prior.Symbols, 0)
		return sum
	}
	return sum + m.normals.logPrior(m.settings)
}

// Complete implements [Bounded], for symbols. It is NaN for numbers.
func (m *HiddenMarkovModel) Complete(s *Statistics) float64 {
	c, ok := m.HMM.Emission.(*chain.Categorical)
	if !ok {
		return math.NaN()
	}
	states := len(m.HMM.Initial)
	initial, transition, emission := m.view(s.Sums)
	sum := 0.0
	add := func(n, p float64) {
		if n > 0 {
			sum += n * math.Log(p)
		}
	}
	for i, n := range initial {
		add(n, m.HMM.Initial[i])
	}
	for i, n := range transition {
		add(n, m.HMM.Transition[i])
	}
	for k := range c.Len() {
		for i := range states {
			add(emission[k*states+i], c.P[i*c.Len()+k])
		}
	}
	return sum
}

// Warnings says which states no data reach and which variances are at their floor.
func (m *HiddenMarkovModel) Warnings() []belief.Warning {
	var out []belief.Warning
	for _, where := range m.idle {
		out = append(out, belief.Warning{Code: "no-data", Where: where, Text: "no data reach it, and its parameters are as they were; fewer states may do"})
	}
	if m.normals != nil {
		for i, acts := range m.normals.floored {
			if acts {
				out = append(out, belief.Warning{Code: "variance-floor", Where: "state " + m.stateName(i), Text: "a variance is at its floor: the state has shrunk to points that are alike; fewer states or a prior may do"})
			}
		}
	}
	return out
}

func (m *HiddenMarkovModel) stateName(i int) string {
	if m.HMM.States != nil {
		return m.HMM.States[i]
	}
	return fmt.Sprint(i)
}
