package graphical

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
	"strconv"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
)

// A Finding is the evidence on one variable of a model, all pieces together.
type Finding struct {
	Variable *Variable
	Index    int       // of the variable in the model
	State    int       // the state it is fixed at, −1 if it is not
	Weights  []float64 // one per state; a hard finding has one positive weight
	LogScale float64   // the weights are to be multiplied by exp(LogScale)
}

// String shows the finding as "A=a" or "A~weights".
func (f Finding) String() string {
	if f.State >= 0 {
		return f.Variable.name + "=" + f.Variable.states[f.State]
	}
	return fmt.Sprintf("%s~%v", f.Variable.name, f.Weights)
}

// Resolve looks the evidence up in a model and returns one finding per variable,
// in the order of the model's variables. Several findings on one variable
// multiply; if nothing is left, the error is a [*belief.ImpossibleEvidenceError].
// Other mistakes are reported all at once in a [*BuildError].
func (e Evidence) Resolve(m Model) ([]Finding, error) {
	if e.Len() == 0 {
		return nil, nil
	}
	var bad mistakes
	gathered := map[*Variable]*pieces{}
	var vars []*Variable
	find := finder(m)
	for _, f := range e.findings() {
		v, err := find(f.variable)
		if err != nil {
			bad.add(err)
			continue
		}
		weights, err := f.resolve(v)
		if err != nil {
			bad.add(err)
			continue
		}
		all := gathered[v]
		if all == nil {
			all = &pieces{}
			gathered[v] = all
			vars = append(vars, v)
		}
		all.add(f, weights)
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	sort.Slice(vars, func(a, b int) bool { return m.Index(vars[a]) < m.Index(vars[b]) })
	out := make([]Finding, 0, len(vars))
	for _, v := range vars {
		f, err := gathered[v].finding(v, m.Index(v))
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// finder finds variables by name as m does, but looks for near names only for the
// first few unknown ones, because in a large model that takes long.
func finder(m Model) func(name string) (*Variable, error) {
	type lookup interface {
		lookup(name string) (*Variable, bool)
	}
	quick, ok := m.(lookup)
	if !ok {
		return m.Variable
	}
	unknown := 0
	return func(name string) (*Variable, error) {
		if v, ok := quick.lookup(name); ok {
			return v, nil
		}
		if unknown++; unknown > maxSuggestions {
			return nil, &belief.UnknownNameError{Kind: "variable", Name: name}
		}
		return m.Variable(name)
	}
}

// pieces are the findings on one variable.
type pieces struct {
	of      []finding
	weights [][]float64
}

func (p *pieces) add(f finding, weights []float64) {
	p.of, p.weights = append(p.of, f), append(p.weights, weights)
}

// finding multiplies the pieces, by their logarithms if need be, so that no number
// of them underflows.
func (p *pieces) finding(v *Variable, index int) (Finding, error) {
	f := Finding{Variable: v, Index: index, State: -1, Weights: slices.Clone(p.weights[0])}
	for _, weights := range p.weights[1:] {
		for s, w := range weights {
			product := f.Weights[s] * w
			if f.Weights[s] != 0 && w != 0 && !(product > 1e-150 && product < 1e150) {
				if err := p.multiplyLogs(&f); err != nil {
					return f, err
				}
				return p.decide(f)
			}
			f.Weights[s] = product
		}
	}
	return p.decide(f)
}

// decide says which state is left, if it is one.
func (p *pieces) decide(f Finding) (Finding, error) {
	positive := 0
	for s, w := range f.Weights {
		if w > 0 {
			positive++
			f.State = s
		}
	}
	switch positive {
	case 0:
		return f, &belief.ImpossibleEvidenceError{Conflict: p.clash(f.Variable)}
	case 1:
		return f, nil
	}
	f.State = -1
	return f, nil
}

// multiplyLogs sets the weights of f to the product of all pieces, the largest
// being one.
func (p *pieces) multiplyLogs(f *Finding) error {
	logs := make([]float64, len(f.Weights))
	for _, weights := range p.weights {
		for s, w := range weights {
			logs[s] += careful.Log(w)
		}
	}
	f.LogScale = slices.Max(logs)
	for s, l := range logs {
		f.Weights[s] = math.Exp(l - f.LogScale)
		if f.Weights[s] < 0x1p-1022 && !math.IsInf(l, -1) { // digits are lost
			return &BuildError{Mistakes: []error{&TableError{Variable: f.Variable.name, Problem: fmt.Sprintf(
				"its evidence weighs state %q by less than 1e-307 of the largest weight, which float64 cannot hold", f.Variable.states[s])}}}
		}
	}
	return nil
}

// clash shows those of the findings that leave the variable no state, every one of
// them needed: the first against each state, less those that the others make
// superfluous.
func (p *pieces) clash(v *Variable) []string {
	var chosen []int
	for s := range v.states {
		k := slices.IndexFunc(p.weights, func(w []float64) bool { return w[s] == 0 })
		if !slices.Contains(chosen, k) {
			chosen = append(chosen, k)
		}
	}
	slices.Sort(chosen)
	for i := len(chosen) - 1; i >= 0; i-- {
		rest := slices.Delete(slices.Clone(chosen), i, i+1)
		possible := false
		for s := range v.states {
			possible = possible || !slices.ContainsFunc(rest, func(k int) bool { return p.weights[k][s] == 0 })
		}
		if !possible {
			chosen = rest
		}
	}
	out := make([]string, len(chosen))
	for i, k := range chosen {
		out[i] = p.of[k].String()
	}
	return out
}

// resolve returns the weights of the states of v.
func (f finding) resolve(v *Variable) ([]float64, error) {
	weights := make([]float64, len(v.states))
	switch {
	case f.byIndex:
		if f.index < 0 || f.index >= len(v.states) {
			return nil, &belief.UnknownNameError{Kind: "state", Name: "#" + strconv.Itoa(f.index), In: fmt.Sprintf("variable %q, which has %d states", v.name, len(v.states))}
		}
		weights[f.index] = 1
	case f.weights != nil:
		if len(f.weights) != len(v.states) {
			return nil, &SizeError{Variable: v.name, What: "evidence weights", Got: len(f.weights), Want: float64(len(v.states))}
		}
		copy(weights, f.weights)
	case f.named != nil:
		for _, state := range slices.Sorted(maps.Keys(f.named)) {
			s, err := v.FindState(state)
			if err != nil {
				return nil, err
			}
			weights[s] = f.named[state]
		}
	default:
		s, err := v.FindState(f.state)
		if err != nil {
			return nil, err
		}
		weights[s] = 1
	}
	for s, w := range weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return nil, &EntryError{Variable: v.name, Row: "evidence", State: v.states[s], Value: w}
		}
	}
	return weights, nil
}
