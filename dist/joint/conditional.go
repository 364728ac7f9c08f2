package joint

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
)

// This file has conditional distributions, and joint ones made of them: the product
// rule and Bayes' rule.

// A Conditional is a distribution of some variables, the children, for each state
// of others, the parents: p(children | parents).
type Conditional struct {
	space             // the parents first
	parents int       // how many they are
	p       []float64 // row by row; a row of NaN where the parents have probability zero
}

// errEmpty is the error of a nil or zero Table or Conditional.
var errEmpty = &VariableError{"", "the table has no variables; make it with New or NewConditional"}

// NewConditional returns the conditional distribution of children given parents.
// The probabilities stand row by row, one for each combination of the parents'
// states, in which as in the rows the states of the last variable change fastest.
// Each row must sum to one up to 1e-8, and is then divided by its sum. The error is
// a [*VariableError], a [*dist.ParameterError] or a [*belief.TooLargeError].
func NewConditional(children, parents []Variable, p []float64) (*Conditional, error) {
	switch {
	case len(children) == 0:
		return nil, &VariableError{"", "there are no children"}
	case len(parents) == 0:
		return nil, &VariableError{"", "there are no parents"}
	}
	s, cells, err := newSpace(slices.Concat(parents, children))
	if err != nil {
		return nil, err
	}
	if err := s.checkCells("probabilities", p, cells); err != nil {
		return nil, err
	}
	c := &Conditional{s, len(parents), slices.Clone(p)}
	for i, row := range c.rows() {
		sum := careful.Sum(row)
		if !(math.Abs(sum-1) <= tolerance) {
			return nil, &dist.ParameterError{Distribution: "conditional table", Parameter: "sum of " + c.row(i), Value: sum, Want: "one"}
		}
		for k := range row {
			row[k] /= sum
		}
	}
	return c, nil
}

// rows yields the rows of the table.
func (c *Conditional) rows() func(yield func(i int, row []float64) bool) {
	width := 1
	for _, d := range c.dims[c.parents:] {
		width *= d
	}
	return func(yield func(i int, row []float64) bool) {
		for i := range len(c.p) / width {
			if !yield(i, c.p[i*width:(i+1)*width]) {
				return
			}
		}
	}
}

// row names row i, as "P(· | rain=yes)".
func (c *Conditional) row(i int) string {
	parents := space{c.vars[:c.parents], c.dims[:c.parents]}
	return "P(· | " + parents.cell(i)[len("P("):]
}

// Parents returns the names of the parents, Children those of the others.
func (c *Conditional) Parents() []string { return names(c.vars[:c.parents]) }

// Children returns the names of the variables whose distributions these are.
func (c *Conditional) Children() []string { return names(c.vars[c.parents:]) }

// At returns the distribution of the children for one state of each parent. A state
// of probability zero, for which no distribution is known, is a
// [*belief.ImpossibleEvidenceError].
func (c *Conditional) At(parents Event) (*Table, error) {
	if c == nil || len(c.p) == 0 {
		return nil, errEmpty
	}
	states, err := c.fix(parents)
	if err != nil {
		return nil, err
	}
	i := 0
	for k, state := range states {
		switch {
		case k < c.parents && state < 0:
			return nil, &VariableError{c.vars[k].Name, "is a parent and has no state in the event"}
		case k >= c.parents && state >= 0:
			return nil, &VariableError{c.vars[k].Name, "is a child and has a state in the event"}
		case k < c.parents:
			i = i*c.dims[k] + state
		}
	}
	width := len(c.p)
	for _, d := range c.dims[:c.parents] {
		width /= d
	}
	row := c.p[i*width : (i+1)*width]
	if math.IsNaN(row[0]) {
		return nil, impossibleRow(c, i)
	}
	s, _, err := newSpace(c.vars[c.parents:])
	if err != nil {
		return nil, err
	}
	return &Table{s, slices.Clone(row)}, nil
}

// impossibleRow is the error for a row of parents that have probability zero.
func impossibleRow(c *Conditional, row int) error {
	conflict := make([]string, c.parents)
	for k := c.parents - 1; k >= 0; k-- {
		conflict[k] = c.vars[k].Name + "=" + c.vars[k].States[row%c.dims[k]]
		row /= c.dims[k]
	}
	return &belief.ImpossibleEvidenceError{Conflict: conflict, Partial: true}
}

// Conditional returns the distributions of the other variables for each state of
// the given ones: p(y | x) = p(x, y)/p(x) (Qiu 2019, equation D.29).
func (t *Table) Conditional(parents ...string) (*Conditional, error) {
	if t == nil || len(t.p) == 0 {
		return nil, errEmpty
	}
	axes, err := t.axes(parents)
	if err != nil {
		return nil, err
	}
	switch rest := t.others(axes); {
	case len(axes) == 0:
		return nil, &VariableError{"", "there are no parents"}
	case len(rest) == 0:
		return nil, &VariableError{"", "there are no children"}
	default:
		axes = append(axes, rest...)
	}
	s, _, err := newSpace(t.pick(axes))
	if err != nil {
		return nil, err
	}
	c := &Conditional{s, len(parents), t.MarginalTo(nil, axes...)}
	for _, row := range c.rows() {
		sum := careful.Sum(row)
		for k := range row {
			row[k] /= sum // 0/0 is the NaN of a row that no distribution fills
		}
	}
	return c, nil
}

// Chain returns the joint distribution p(x) p(y | x) p(z | x, y) … of the product
// rule. The parents of each conditional distribution must be among the variables
// before it and have the same states, and its children must be new.
func Chain(first *Table, rest ...*Conditional) (*Table, error) {
	if first == nil || len(first.p) == 0 {
		return nil, errEmpty
	}
	t := first
	for _, c := range rest {
		if c == nil || len(c.p) == 0 {
			return nil, errEmpty
		}
		at := make([]int, c.parents) // where the parents stand in t
		for k, v := range c.vars[:c.parents] {
			i, err := t.Index(v.Name)
			if err != nil {
				return nil, err
			}
			if !slices.Equal(t.vars[i].States, v.States) {
				return nil, &VariableError{v.Name, fmt.Sprintf("has the states %q in one table and %q in another", t.vars[i].States, v.States)}
			}
			at[k] = i
		}
		s, cells, err := newSpace(slices.Concat(t.vars, c.vars[c.parents:]))
		if err != nil {
			return nil, err
		}
		p := make([]float64, 0, cells)
		width := cells / len(t.p)
		states := make([]int, len(t.vars))
		for _, q := range t.p {
			row := 0
			for k, i := range at {
				row = row*c.dims[k] + states[i]
			}
			for _, v := range c.p[row*width : (row+1)*width] {
				if q == 0 { // whatever the row is
					v = 0
				} else if math.IsNaN(v) {
					return nil, impossibleRow(c, row)
				}
				p = append(p, q*v)
			}
			t.next(states)
		}
		t = newTable(s, p, careful.Sum(p))
	}
	return t, nil
}

// Independent returns the joint distribution of independent tables, Π p_i, whose
// variables must all be different.
func Independent(first *Table, rest ...*Table) (*Table, error) {
	if first == nil || len(first.p) == 0 {
		return nil, errEmpty
	}
	vars := slices.Clone(first.vars)
	for _, t := range rest {
		if t == nil || len(t.p) == 0 {
			return nil, errEmpty
		}
		vars = append(vars, t.vars...)
	}
	s, cells, err := newSpace(vars)
	if err != nil {
		return nil, err
	}
	p := append(make([]float64, 0, cells), first.p...)
	for _, t := range rest {
		p = outer(p, t.p)
	}
	return newTable(s, p, careful.Sum(p)), nil
}

// outer returns all products of an element of a and one of b.
func outer(a, b []float64) []float64 {
	out := make([]float64, 0, len(a)*len(b))
	for _, u := range a {
		for _, v := range b {
			out = append(out, u*v)
		}
	}
	return out
}

// Bayes returns p(x | y) = p(y | x) p(x)/p(y) for each y, from the prior p(x) and the
// likelihood p(y | x) (Qiu 2019, equation D.32). It is the way back from effects to
// causes: [Chain] makes the joint distribution, and that is conditioned on y.
func Bayes(prior *Table, likelihood *Conditional) (*Conditional, error) {
	t, err := Chain(prior, likelihood)
	if err != nil {
		return nil, err
	}
	return t.Conditional(likelihood.Children()...)
}
