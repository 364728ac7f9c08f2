package chain

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"

	"github.com/belief-go/belief/internal/kernel"
)

// graphMemory is what the tables of a chain that is made a graph may take.
const graphMemory = 1 << 30

func graphSize(times, entries int) error {
	if need := 8 * float64(times) * float64(entries); need > graphMemory {
		return &belief.TooLargeError{What: "graph of a chain", Bytes: need, Budget: graphMemory, Advice: "take fewer times, or ask the chain itself"}
	}
	return nil
}

// BayesNet returns the model over so many times as a Bayesian network with the variables
// z0, x0, z1, x1 and so on, of which the latter are observed. The emission has to be
// [*Categorical]; the error is a [*belief.ConfigError] or [*belief.TooLargeError].
func (h *HMM) BayesNet(times int) (*graphical.BayesNet, error) {
	if err := h.Validate(); err != nil {
		return nil, err
	}
	c, ok := h.Emission.(*Categorical)
	if !ok {
		return nil, &belief.ConfigError{Field: "Emission", Value: fmt.Sprintf("a %T", h.Emission), Want: "categorical: the variables of the network are discrete"}
	}
	if times < 1 {
		return nil, &belief.ConfigError{Field: "times", Value: times, Want: "positive"}
	}
	s := len(h.Initial)
	if err := graphSize(times, s*s+len(c.P)); err != nil {
		return nil, err
	}
	b := graphical.NewBayesNet()
	var before *graphical.Variable
	for t := range times {
		z := b.Variable(fmt.Sprintf("z%d", t), h.stateNames()...)
		x := b.Variable(fmt.Sprintf("x%d", t), c.Symbols...)
		if t == 0 {
			b.Table(z).Values(slices.Clone(h.Initial))
		} else {
			b.Table(z, before).Values(slices.Clone(h.Transition))
		}
		b.Table(x, z).Values(slices.Clone(c.P))
		before = z
	}
	return b.Build()
}

// FactorGraph returns p(z, x) with x observed as a factor graph over the variables z0, z1
// and so on, whose partition function is p(x): any emission will do. The error is a
// [*belief.ConfigError], an [*EvidenceError] or a [*belief.TooLargeError].
func (h *HMM) FactorGraph(e Evidence) (*graphical.FactorGraph, error) {
	if err := h.Validate(); err != nil {
		return nil, err
	}
	m := h.Markov()
	m.checkLengths(e)
	s := len(h.Initial)
	times := e.Len(s)
	if err := checkEvidence(e, s, 0); err != nil {
		return nil, err
	}
	if err := graphSize(times, s*s+s); err != nil {
		return nil, err
	}
	b := graphical.NewFactors()
	var before *graphical.Variable
	for t := range times {
		z := b.Variable(fmt.Sprintf("z%d", t), h.stateNames()...)
		if t == 0 {
			b.Factor(slices.Clone(h.Initial), z)
		} else {
			b.Factor(slices.Clone(h.Transition), before, z)
		}
		likelihood, most := slices.Clone(e.row(t, s)), kernel.Max(e.row(t, s))
		if math.IsInf(most, -1) { // all are impossible
			most = 0
		}
		kernel.AddConst(-most, likelihood, likelihood)
		kernel.Exp(likelihood, likelihood)
		f, err := graphical.NewFactor([]*graphical.Variable{z}, likelihood)
		if err != nil {
			return nil, err
		}
		b.AddFactor(f.Scale(most))
		before = z
	}
	return b.FactorGraph()
}

// stateNames are the names of the states.
func (h *HMM) stateNames() []string {
	if h.States != nil {
		return h.States
	}
	names := make([]string, len(h.Initial))
	for i := range names {
		names[i] = fmt.Sprint(i)
	}
	return names
}
