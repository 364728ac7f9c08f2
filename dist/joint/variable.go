package joint

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/suggest"
)

// A Variable is a discrete random variable.
type Variable struct {
	Name   string    `json:"name"`
	States []string  `json:"states"`           // their names
	Values []float64 `json:"values,omitempty"` // the numbers that they stand for; nil if they stand for none
}

// NewVariable returns a variable whose states are names.
func NewVariable(name string, states ...string) Variable {
	return Variable{Name: name, States: states}
}

// NewNumber returns a variable whose states are numbers, which name them, too.
func NewNumber(name string, values ...float64) Variable {
	v := Variable{Name: name, Values: values}
	for _, x := range values {
		v.States = append(v.States, strconv.FormatFloat(x, 'g', -1, 64))
	}
	return v
}

// An Event is that some variables have certain states, by name: all of them
// together. The empty event is certain.
type Event map[string]string

// A VariableError says what is wrong with a variable, or with its use.
type VariableError struct {
	Variable string
	Problem  string
}

// Error names the variable.
func (e *VariableError) Error() string {
	if e.Variable == "" {
		return "joint table: " + e.Problem
	}
	return fmt.Sprintf("joint table: variable %q %s", e.Variable, e.Problem)
}

// check returns what is wrong with a variable.
func (v Variable) check() error {
	switch {
	case v.Name == "":
		return &VariableError{"", "a variable has no name"}
	case !utf8.ValidString(v.Name):
		return &VariableError{v.Name, "has a name that is not UTF-8"}
	case len(v.States) == 0:
		return &VariableError{v.Name, "has no states"}
	case v.Values != nil && len(v.Values) != len(v.States):
		return &VariableError{v.Name, fmt.Sprintf("has %d values for %d states", len(v.Values), len(v.States))}
	}
	seen := make(map[string]bool, len(v.States))
	for i, s := range v.States {
		switch {
		case s == "":
			return &VariableError{v.Name, fmt.Sprintf("has a state %d without name", i)}
		case !utf8.ValidString(s):
			return &VariableError{v.Name, fmt.Sprintf("has a state %d whose name is not UTF-8", i)}
		case seen[s]:
			return &VariableError{v.Name, fmt.Sprintf("has the state %q twice", s)}
		}
		seen[s] = true
	}
	for i, x := range v.Values {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return &VariableError{v.Name, fmt.Sprintf("has the value %v for state %q", x, v.States[i])}
		}
	}
	return nil
}

// value is the number that a state stands for, its position if it stands for none.
func (v Variable) value(state int) float64 {
	if v.Values == nil {
		return float64(state)
	}
	return v.Values[state]
}

// find returns the position of a state.
func (v Variable) find(state string) (int, error) {
	if i := slices.Index(v.States, state); i >= 0 {
		return i, nil
	}
	return 0, &belief.UnknownNameError{
		Kind: "state", Name: state, In: fmt.Sprintf("variable %q", v.Name),
		Suggestions: suggest.Nearest(state, slices.Values(v.States), suggestions),
	}
}

// suggestions is how many near names an error offers.
const suggestions = 3

// A space is a list of different variables, and the shape of a table over them.
type space struct {
	vars []Variable
	dims []int
}

// newSpace copies and checks variables. It says how many cells a table has.
func newSpace(vars []Variable) (s space, cells int, err error) {
	if len(vars) == 0 {
		return s, 0, &VariableError{"", "there are no variables"}
	}
	s = space{make([]Variable, len(vars)), make([]int, len(vars))}
	seen := make(map[string]bool, len(vars))
	size := 1.0
	for i, v := range vars {
		if err := v.check(); err != nil {
			return s, 0, err
		}
		if seen[v.Name] {
			return s, 0, &VariableError{v.Name, "occurs twice"}
		}
		seen[v.Name] = true
		s.vars[i] = Variable{v.Name, slices.Clone(v.States), slices.Clone(v.Values)}
		s.dims[i] = len(v.States)
		size *= float64(len(v.States))
	}
	if size*8 > Budget {
		return s, 0, &belief.TooLargeError{
			What: "joint table", Bytes: size * 8, Budget: Budget, Entries: size, Largest: names(vars),
			Advice: "a network of package graphical holds many variables without a table of all",
		}
	}
	return s, int(size), nil
}

// names returns those of variables.
func names(vars []Variable) []string {
	out := make([]string, len(vars))
	for i, v := range vars {
		out[i] = v.Name
	}
	return out
}

// Variables returns copies of the variables, in order.
func (s *space) Variables() []Variable {
	out := make([]Variable, len(s.vars))
	for i, v := range s.vars {
		out[i] = Variable{v.Name, slices.Clone(v.States), slices.Clone(v.Values)}
	}
	return out
}

// Dims returns the numbers of states of the variables.
func (s *space) Dims() []int { return slices.Clone(s.dims) }

// Index returns the position of a variable; the error is a
// [*belief.UnknownNameError].
func (s *space) Index(name string) (int, error) {
	for i, v := range s.vars {
		if v.Name == name {
			return i, nil
		}
	}
	return 0, &belief.UnknownNameError{
		Kind: "variable", Name: name, Suggestions: suggest.Nearest(name, slices.Values(names(s.vars)), suggestions),
	}
}

// axes returns the positions of different variables.
func (s *space) axes(names []string) ([]int, error) {
	axes := make([]int, len(names))
	for k, name := range names {
		i, err := s.Index(name)
		if err != nil {
			return nil, err
		}
		if slices.Contains(axes[:k], i) {
			return nil, &VariableError{name, "is named twice"}
		}
		axes[k] = i
	}
	return axes, nil
}

// fix returns the state of each variable that an event fixes, and −1 for others.
func (s *space) fix(e Event) ([]int, error) {
	states := slices.Repeat([]int{-1}, len(s.vars))
	for _, name := range sortedKeys(e) { // so that of two mistakes always the same is told
		i, err := s.Index(name)
		if err != nil {
			return nil, err
		}
		if states[i], err = s.vars[i].find(e[name]); err != nil {
			return nil, err
		}
	}
	return states, nil
}

// pick returns the variables at positions.
func (s *space) pick(axes []int) []Variable {
	out := make([]Variable, len(axes))
	for k, i := range axes {
		out[k] = s.vars[i]
	}
	return out
}

// others returns the positions that are not in axes.
func (s *space) others(axes []int) []int {
	var out []int
	for i := range s.vars {
		if !slices.Contains(axes, i) {
			out = append(out, i)
		}
	}
	return out
}

// next moves states to the next cell, the last variable changing fastest, and is
// false after the last one.
func (s *space) next(states []int) bool {
	for i := len(states) - 1; i >= 0; i-- {
		if states[i]++; states[i] < s.dims[i] {
			return true
		}
		states[i] = 0
	}
	return false
}

// Event returns the event that the variables have the states at these positions.
func (s *space) Event(states []int) Event {
	if len(states) != len(s.vars) {
		panic(fmt.Sprintf("joint: %d states for %d variables", len(states), len(s.vars)))
	}
	e := make(Event, len(states))
	for i, v := range s.vars {
		e[v.Name] = v.States[states[i]]
	}
	return e
}
