package graphical

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Evidence is what is known about some variables: hard findings, which fix a
// state, and soft ones, which weigh the states (virtual evidence, Pearl 1988,
// section 2.2.2). It names variables and is made without a model; a model
// resolves it. The zero value is no evidence. Evidence is immutable: And and its
// kin return a longer one, in constant time.
type Evidence struct{ last *link }

// A link is the last finding of some evidence and all before it.
type link struct {
	finding finding
	before  *link
	n       int // findings up to here
}

// A finding is one piece of evidence: a state by name or index, or weights by
// position or name.
type finding struct {
	variable string
	state    string
	index    int                // used if byIndex
	byIndex  bool               // the state is given by index
	weights  []float64          // not nil: soft, one weight per state
	named    map[string]float64 // not nil: soft, unnamed states weigh zero
}

// Observe is the evidence that a variable is in a state.
func Observe(variable, state string) Evidence { return Evidence{}.And(variable, state) }

// And adds that a variable is in a state.
func (e Evidence) And(variable, state string) Evidence {
	return e.with(finding{variable: variable, state: state})
}

// AndIndex adds that a variable is in the state of that index.
func (e Evidence) AndIndex(variable string, state int) Evidence {
	return e.with(finding{variable: variable, index: state, byIndex: true})
}

// AndLikelihood adds soft evidence: weights[i] is proportional to the probability
// of what was seen if the variable is in state i. Only ratios matter for the
// posterior; the evidence's probability scales with the weights.
func (e Evidence) AndLikelihood(variable string, weights ...float64) Evidence {
	return e.with(finding{variable: variable, weights: append([]float64{}, weights...)}) // never nil
}

// AndWeights is AndLikelihood with the states named; those left out weigh zero.
func (e Evidence) AndWeights(variable string, weights map[string]float64) Evidence {
	named := make(map[string]float64, len(weights)) // never nil
	maps.Copy(named, weights)
	return e.with(finding{variable: variable, named: named})
}

// AndAll adds all findings of other.
func (e Evidence) AndAll(other Evidence) Evidence {
	for _, f := range other.findings() {
		e = e.with(f)
	}
	return e
}

func (e Evidence) with(f finding) Evidence {
	return Evidence{&link{finding: f, before: e.last, n: e.Len() + 1}}
}

// findings lists the findings in the order in which they were added.
func (e Evidence) findings() []finding {
	out := make([]finding, e.Len())
	for l := e.last; l != nil; l = l.before {
		out[l.n-1] = l.finding
	}
	return out
}

// Len returns the number of findings.
func (e Evidence) Len() int {
	if e.last == nil {
		return 0
	}
	return e.last.n
}

// Variables returns the names of the variables with findings, each once, in the
// order of their first finding.
func (e Evidence) Variables() []string {
	var out []string
	seen := map[string]bool{}
	for _, f := range e.findings() {
		if !seen[f.variable] {
			seen[f.variable] = true
			out = append(out, f.variable)
		}
	}
	return out
}

// String shows the findings as "A=a, B~{b0: 0.2, b1: 0.8}".
func (e Evidence) String() string {
	parts := make([]string, e.Len())
	for i, f := range e.findings() {
		parts[i] = f.String()
	}
	return strings.Join(parts, ", ")
}

func (f finding) String() string {
	switch {
	case f.byIndex:
		return fmt.Sprintf("%s=#%d", f.variable, f.index)
	case f.weights != nil:
		return fmt.Sprintf("%s~%v", f.variable, f.weights)
	case f.named != nil:
		keys := slices.Sorted(maps.Keys(f.named))
		for i, k := range keys {
			keys[i] = fmt.Sprintf("%s: %v", k, f.named[k])
		}
		return fmt.Sprintf("%s~{%s}", f.variable, strings.Join(keys, ", "))
	}
	return f.variable + "=" + f.state
}
