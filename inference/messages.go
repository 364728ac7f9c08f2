package inference

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/careful"
)

// A Message is what one node of a factor graph tells a neighbour: a function of
// one variable.
type Message struct {
	From, To string
	Variable *graphical.Variable
	Probs    []float64 // normalized to sum to one
	LogScale float64   // the message is exp(LogScale) · Probs
}

// String shows the message as it is sent, not normalized.
func (m Message) String() string {
	parts := make([]string, len(m.Probs))
	for i, x := range m.Probs {
		parts[i] = fmt.Sprintf("%.6g", x)
		if x > 0 {
			parts[i] = fmt.Sprintf("%.6g", math.Exp(careful.Log(x)+m.LogScale))
		}
	}
	return fmt.Sprintf("%s → %s: (%s)", m.From, m.To, strings.Join(parts, ", "))
}

// belief is the posterior of a variable.
func (ms *Messages) belief(v int) []float64 {
	b := ms.product(v)
	total := careful.LogSumExp(b)
	for s, x := range b {
		b[s] = math.Exp(x - total)
	}
	return b
}

// LogEvidence returns log p(e), for an undirected model the log partition
// function.
func (ms *Messages) LogEvidence() float64 { return ms.logZ }

// Marginal returns the posterior of a variable; the error is a
// [*belief.UnknownNameError].
func (ms *Messages) Marginal(name string) (Marginal, error) {
	v, err := ms.p.model.Variable(name)
	if err != nil {
		return Marginal{}, err
	}
	return Marginal{Variable: v, Probs: ms.belief(ms.p.model.Index(v))}, nil
}

// ToVariable returns the message of factor f of the model to a variable of its
// scope.
func (ms *Messages) ToVariable(f int, name string) (Message, error) {
	e, err := ms.find(f, name)
	if err != nil {
		return Message{}, err
	}
	return ms.message(ms.factorName(f), name, e, ms.toVar[e]), nil
}

// ToFactor returns the message of a variable to factor f of the model, in whose
// scope it is.
func (ms *Messages) ToFactor(name string, f int) (Message, error) {
	e, err := ms.find(f, name)
	if err != nil {
		return Message{}, err
	}
	return ms.message(name, ms.factorName(f), e, ms.toFact[e]), nil
}

func (ms *Messages) factorName(f int) string {
	return "φ(" + strings.Join(ms.p.names(ms.scopes[f]), ", ") + ")"
}

// find returns the edge between a factor and a variable.
func (ms *Messages) find(f int, name string) (int, error) {
	if f < 0 || f >= len(ms.scopes) {
		return 0, fmt.Errorf("inference: no factor %d among %d", f, len(ms.scopes))
	}
	v, err := ms.p.model.Variable(name)
	if err != nil {
		return 0, err
	}
	k := slices.Index(ms.scopes[f], ms.p.model.Index(v))
	if k < 0 {
		return 0, &belief.UnknownNameError{Kind: "variable", Name: name, In: ms.factorName(f), Suggestions: ms.p.names(ms.scopes[f])}
	}
	return ms.edge[f] + k, nil
}

func (ms *Messages) message(from, to string, e int, logs []float64) Message {
	m := Message{From: from, To: to, Variable: ms.p.vars[ms.ends[e]], LogScale: careful.LogSumExp(logs)}
	for _, x := range logs {
		m.Probs = append(m.Probs, math.Exp(x-m.LogScale))
	}
	return m
}
