package learn

// From the columns of a table to the variables of a network.

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/suggest"
)

// A StateError says that a cell is none of the states of its variable.
type StateError struct {
	Column string // and the variable
	Row    int    // in the order of the source that was read, from 0
	State  string // what stands there
	Want   string // what it must be, if not a state by its name
	Err    error  // a [*belief.UnknownNameError]
}

// Error names the cell.
func (e *StateError) Error() string {
	text := fmt.Sprintf("column %q of row %d: %v", e.Column, e.Row, e.Err)
	if e.Want != "" {
		text += "; " + e.Want
	}
	return text
}

// Unwrap returns the cause.
func (e *StateError) Unwrap() error { return e.Err }

// Match returns a source of the states of a network's variables: its columns are those of
// src, in the order of the variables, and have the states for categories. Columns and
// variables, categories and states are matched by their names. A column of numbers fits
// states that have numbers for names; with indices it holds the indices of states, from
// 0. Missing cells stay missing.
//
// A column that is named after no variable is a [*belief.UnknownNameError] now, a cell
// that is none of its variable's states a [*StateError] in every pass.
func Match(net *graphical.BayesNet, src data.Source, indices bool) (data.Source, error) {
	if src == nil {
		return nil, &belief.ConfigError{Field: "source", Value: "nil", Want: "a source"}
	}
	m := &matched{src: src}
	columns := src.Columns()
	at := make([]int, net.NumVariables()) // the column of every variable, plus one
	for j, c := range columns {
		v, err := net.Variable(c.Name)
		if err != nil {
			if e, ok := err.(*belief.UnknownNameError); ok {
				err = &belief.UnknownNameError{Kind: e.Kind, Name: e.Name, In: "the network, for which the data have a column", Suggestions: e.Suggestions}
			}
			return nil, err
		}
		if i := net.Index(v); at[i] == 0 {
			at[i] = j + 1
		}
	}
	for i, v := range net.Variables() {
		if at[i] == 0 {
			continue
		}
		c := columns[at[i]-1]
		m.columns = append(m.columns, data.Column{Name: v.Name(), Categories: v.States()})
		m.codes = append(m.codes, newCode(v, c, at[i]-1, indices))
	}
	if len(m.columns) == 0 {
		return nil, &belief.ConfigError{Field: "source", Value: "without columns", Want: "columns that are named after variables"}
	}
	return m, nil
}

// A code turns the values of a column into states.
type code struct {
	at       int // the column
	variable *graphical.Variable
	column   data.Column
	states   []int           // by category, −1 for none; nil for a column of numbers
	values   map[float64]int // by number, if they are names
	indices  bool
}

func newCode(v *graphical.Variable, c data.Column, at int, indices bool) code {
	k := code{at: at, variable: v, column: c, indices: indices && c.Categories == nil}
	switch {
	case c.Categories != nil:
		k.states = make([]int, len(c.Categories))
		for i, text := range c.Categories {
			s, ok := v.StateIndex(text)
			if !ok {
				s = -1
			}
			k.states[i] = s
		}
	case !indices:
		k.values = map[float64]int{}
		for s, name := range v.States() {
			x, err := strconv.ParseFloat(name, 64)
			if _, twice := k.values[x]; err == nil && !twice {
				k.values[x] = s
			}
		}
	}
	return k
}

// state returns the state of a value, −1 if there is none.
func (k *code) state(x float64) int {
	switch {
	case k.states != nil:
		if c := int(x); c >= 0 && c < len(k.states) && float64(c) == x {
			return k.states[c]
		}
	case k.indices:
		if s := int(x); s >= 0 && s < k.variable.NumStates() && float64(s) == x {
			return s
		}
	default:
		if s, ok := k.values[x]; ok {
			return s
		}
	}
	return -1
}

// refuse says what is wrong with a value.
func (k *code) refuse(x float64, row int) error {
	e := &StateError{Column: k.variable.Name(), Row: row, State: strconv.FormatFloat(x, 'g', -1, 64)}
	in := fmt.Sprintf("variable %q", k.variable.Name())
	if c := int(x); k.states != nil && c >= 0 && c < len(k.states) {
		e.State = k.column.Categories[c]
		_, e.Err = k.variable.FindState(e.State)
		return e
	}
	unknown := &belief.UnknownNameError{Kind: "state", Name: e.State, In: in}
	switch {
	case k.indices:
		e.Want = fmt.Sprintf("indices of its states go from 0 to %d", k.variable.NumStates()-1)
	case len(k.values) == 0 && k.states == nil:
		e.Want = "none of its states is a number; numbers are indices of states only if Indices says so"
	default:
		unknown.Suggestions = suggest.Nearest(e.State, slices.Values(k.variable.States()), 3)
	}
	e.Err = unknown
	return e
}

// matched is a source of states.
type matched struct {
	src     data.Source
	columns []data.Column
	codes   []code
}

// Columns implements [data.Source].
func (m *matched) Columns() []data.Column { return m.columns }

// Rows implements [data.Source].
func (m *matched) Rows() int { return m.src.Rows() }

// Pass implements [data.Source].
func (m *matched) Pass(o data.Order) (data.Pass, error) {
	p, err := m.src.Pass(o)
	if err != nil {
		return nil, err
	}
	return &matchedPass{Pass: p, m: m}, nil
}

type matchedPass struct {
	data.Pass
	m    *matched
	in   data.Batch
	done int
}

func (p *matchedPass) Next(b *data.Batch) error {
	p.in.Size = b.Room()
	if err := p.Pass.Next(&p.in); err != nil {
		b.Reshape(0, len(p.m.columns), p.in.Weights != nil)
		return err
	}
	b.Reshape(p.in.Rows, len(p.m.columns), p.in.Weights != nil)
	copy(b.Weights, p.in.Weights)
	for i := range b.Rows {
		row, out := p.in.Row(i), b.Row(i)
		for j := range p.m.codes {
			k := &p.m.codes[j]
			x := row[k.at]
			if x != x {
				out[j] = math.NaN()
				continue
			}
			s := k.state(x)
			if s < 0 {
				err := k.refuse(x, p.done+i)
				b.Reshape(0, len(p.m.columns), p.in.Weights != nil)
				return err
			}
			out[j] = float64(s)
		}
	}
	p.done += b.Rows
	return nil
}

func (p *matchedPass) Skip(rows int) error {
	p.done += rows
	return p.Pass.Skip(rows)
}
