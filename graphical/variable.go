package graphical

import (
	"fmt"
	"iter"
	"slices"
	"unicode/utf8"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/suggest"
)

// maxSuggestions is how many near names an error offers.
const maxSuggestions = 3

// A Variable is a discrete random variable with named states. It is immutable,
// and two variables are the same if their pointers are.
type Variable struct {
	name   string
	states []string
	lookup map[string]int // nil if there are few states
}

// fewStates is the number of states up to which a scan beats a map.
const fewStates = 16

// NewVariable makes a variable of at least one state. Names must be UTF-8 and not
// empty, and states must differ. The error is a [*NameError].
func NewVariable(name string, states ...string) (*Variable, error) {
	if name == "" {
		return nil, &NameError{Kind: "variable", Problem: "a variable needs a name"}
	}
	if !utf8.ValidString(name) {
		return nil, &NameError{Kind: "variable", Name: name, Problem: "the name is not UTF-8"}
	}
	if len(states) == 0 {
		return nil, &NameError{Kind: "variable", Name: name, Problem: "it has no states"}
	}
	v := &Variable{name: name, states: slices.Clone(states)}
	if len(states) > fewStates {
		v.lookup = make(map[string]int, len(states))
	}
	for i, s := range v.states {
		if !utf8.ValidString(s) {
			return nil, &NameError{Kind: "state", Name: s, Problem: fmt.Sprintf("the name of a state of %q is not UTF-8", name)}
		}
		if s == "" {
			return nil, &NameError{Kind: "variable", Name: name, Problem: fmt.Sprintf("its state %d has an empty name", i)}
		}
		if _, dup := v.StateIndex(s); v.lookup != nil && dup || v.lookup == nil && slices.Contains(v.states[:i], s) {
			return nil, &NameError{Kind: "state", Name: s, Problem: fmt.Sprintf("variable %q has it twice", name)}
		}
		if v.lookup != nil {
			v.lookup[s] = i
		}
	}
	return v, nil
}

// Name returns the variable's name.
func (v *Variable) Name() string { return v.name }

// String returns the variable's name.
func (v *Variable) String() string { return v.name }

// States returns the names of the states, in order.
func (v *Variable) States() []string { return v.states }

// NumStates returns the number of states.
func (v *Variable) NumStates() int { return len(v.states) }

// StateIndex returns the position of a state, and whether there is one of that
// name.
func (v *Variable) StateIndex(state string) (int, bool) {
	if v.lookup != nil {
		i, ok := v.lookup[state]
		return i, ok
	}
	i := slices.Index(v.states, state)
	return i, i >= 0
}

// FindState returns the position of a state, or a [*belief.UnknownNameError]
// that suggests near ones.
func (v *Variable) FindState(state string) (int, error) {
	if i, ok := v.StateIndex(state); ok {
		return i, nil
	}
	near := suggest.Nearest(state, slices.Values(v.states), maxSuggestions)
	if near == nil && len(v.states) <= 4 {
		near = v.states
	}
	return 0, &belief.UnknownNameError{
		Kind: "state", Name: state, In: fmt.Sprintf("variable %q", v.name), Suggestions: near,
	}
}

// domain is the ordered set of variables that every model has.
type domain struct {
	vars  []*Variable
	index map[*Variable]int
	names map[string]int
}

func newDomain(vars []*Variable) domain {
	d := domain{vars: vars, index: make(map[*Variable]int, len(vars)), names: make(map[string]int, len(vars))}
	for i, v := range vars {
		d.index[v] = i
		d.names[v.name] = i
	}
	return d
}

// Variables returns the model's variables in the order of their declaration.
func (d *domain) Variables() []*Variable { return d.vars }

// NumVariables returns the number of variables.
func (d *domain) NumVariables() int { return len(d.vars) }

// Index returns the position of v among the model's variables, −1 if it is not
// one of them.
func (d *domain) Index(v *Variable) int {
	if i, ok := d.index[v]; ok {
		return i
	}
	return -1
}

// Variable finds a variable by name; the error is a [*belief.UnknownNameError]
// that suggests near ones.
func (d *domain) Variable(name string) (*Variable, error) {
	if i, ok := d.names[name]; ok {
		return d.vars[i], nil
	}
	return nil, &belief.UnknownNameError{
		Kind: "variable", Name: name, Suggestions: suggest.Nearest(name, variableNames(d.vars), maxSuggestions),
	}
}

// lookup is Variable without suggestions.
func (d *domain) lookup(name string) (*Variable, bool) {
	i, ok := d.names[name]
	if !ok {
		return nil, false
	}
	return d.vars[i], true
}

// variableNames yields the names of vars.
func variableNames(vars []*Variable) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, v := range vars {
			if !yield(v.name) {
				return
			}
		}
	}
}

// names returns the names of vars.
func names(vars []*Variable) []string { return slices.Collect(variableNames(vars)) }

// tableSize returns the number of entries of a table over vars, as a float64
// because it may be astronomical.
func tableSize(vars []*Variable) float64 {
	n := 1.0
	for _, v := range vars {
		n *= float64(len(v.states))
	}
	return n
}
