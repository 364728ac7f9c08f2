package joint

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/tensor"
)

// Budget is the greatest size of a table, in bytes: 2^27 probabilities.
const Budget = 1 << 30

// tolerance is how far from one probabilities may sum.
const tolerance = 1e-8

// A Table is the joint distribution of discrete random variables.
type Table struct {
	space
	p []float64 // the last variable changing fastest
}

// New returns the distribution with the given probabilities, the states of the last
// variable changing fastest. They must sum to one up to 1e-8, and are then divided by
// their sum. The error is a [*VariableError], a [*dist.ParameterError] that names
// the cell, or a [*belief.TooLargeError]. Variables and probabilities are copied.
func New(vars []Variable, p []float64) (*Table, error) {
	s, cells, err := newSpace(vars)
	if err != nil {
		return nil, err
	}
	if err := s.checkCells("probabilities", p, cells); err != nil {
		return nil, err
	}
	sum := careful.Sum(p)
	if !(math.Abs(sum-1) <= tolerance) {
		return nil, &dist.ParameterError{Distribution: "joint table", Parameter: "sum of the probabilities", Value: sum, Want: "one"}
	}
	return newTable(s, slices.Clone(p), sum), nil
}

// newTable divides p, which it keeps, by its sum.
func newTable(s space, p []float64, sum float64) *Table {
	if sum != 1 {
		for i := range p {
			p[i] /= sum
		}
	}
	return &Table{s, p}
}

// checkCells looks at the number of cells and at each of them.
func (s *space) checkCells(what string, p []float64, cells int) error {
	if len(p) != cells {
		return &dist.ParameterError{
			Distribution: "joint table", Parameter: "number of " + what, Value: float64(len(p)),
			Want: fmt.Sprintf("%d, one for each combination of states", cells),
		}
	}
	for i, v := range p {
		if !(v >= 0) || math.IsInf(v, 1) {
			return &dist.ParameterError{Distribution: "joint table", Parameter: s.cell(i), Value: v, Want: "finite and not negative"}
		}
	}
	return nil
}

// cell names cell i, as "P(rain=yes, grass=wet)".
func (s *space) cell(i int) string {
	text := ")"
	for k := len(s.vars) - 1; k >= 0; k-- {
		text = s.vars[k].Name + "=" + s.vars[k].States[i%s.dims[k]] + text
		if i /= s.dims[k]; k > 0 {
			text = ", " + text
		}
	}
	return "P(" + text
}

// Probs returns the probabilities themselves, the states of the last variable
// changing fastest. They must not be changed.
func (t *Table) Probs() []float64 { return t.p }

// MarginalTo writes the probabilities of some variables to dst, in the order in
// which their positions are given, the last one changing fastest, and returns it;
// nil allocates. No positions give the total. A wrong position or length panics.
func (t *Table) MarginalTo(dst []float64, axes ...int) []float64 {
	return sumTo(dst, &t.space, t.p, axes)
}

// sumTo sums a table over all but some axes.
func sumTo(dst []float64, s *space, p []float64, axes []int) []float64 {
	size := 1
	for k, a := range axes {
		if a < 0 || a >= len(s.dims) || slices.Contains(axes[:k], a) {
			panic(fmt.Sprintf("joint: positions %v of %d variables", axes, len(s.dims)))
		}
		size *= s.dims[a]
	}
	if dst == nil {
		dst = make([]float64, size)
	}
	if len(dst) != size {
		panic(fmt.Sprintf("joint: destination of length %d, want %d", len(dst), size))
	}
	every := make([]int, len(s.dims))
	for i := range every {
		every[i] = i
	}
	plan := tensor.New(s.dims, [][]int{tensor.Strides(s.dims, every)}, [][]int{tensor.Strides(s.dims, axes)})
	var scratch tensor.Scratch
	// Only a context can make it fail.
	_ = plan.SumProduct(context.Background(), &scratch, [][]float64{p}, [][]float64{dst})
	return dst
}

// Marginal returns the distribution of some of the variables, in the order in which
// they are named: the sum over the others (Qiu 2019, equations D.25 and D.26).
func (t *Table) Marginal(names ...string) (*Table, error) {
	axes, err := t.axes(names)
	if err != nil {
		return nil, err
	}
	s, _, err := newSpace(t.pick(axes))
	if err != nil {
		return nil, err
	}
	return &Table{s, t.MarginalTo(nil, axes...)}, nil
}

// Prob returns the probability of an event.
func (t *Table) Prob(e Event) (float64, error) {
	states, err := t.fix(e)
	if err != nil {
		return 0, err
	}
	return min(1, careful.Sum(t.slice(states))), nil
}

// slice returns the cells that agree with states, of which −1 stands for any.
func (t *Table) slice(states []int) []float64 {
	size, free := 1, len(t.dims) // from here on, everything is free
	for i, d := range t.dims {
		if states[i] < 0 {
			size *= d
		}
	}
	block := 1
	for free > 0 && states[free-1] < 0 {
		free--
		block *= t.dims[free]
	}
	out := make([]float64, 0, size)
	var walk func(axis, at int)
	walk = func(axis, at int) {
		switch {
		case axis == free:
			out = append(out, t.p[at*block:(at+1)*block]...)
		case states[axis] >= 0:
			walk(axis+1, at*t.dims[axis]+states[axis])
		default:
			for j := range t.dims[axis] {
				walk(axis+1, at*t.dims[axis]+j)
			}
		}
	}
	walk(0, 0)
	return out
}

// Given returns the conditional distribution of the other variables (Qiu 2019,
// equation D.29). An event of probability zero is a
// [*belief.ImpossibleEvidenceError], one that leaves no variable a
// [*VariableError].
func (t *Table) Given(e Event) (*Table, error) {
	states, err := t.fix(e)
	if err != nil {
		return nil, err
	}
	var fixed []int
	for i, state := range states {
		if state >= 0 {
			fixed = append(fixed, i)
		}
	}
	if len(fixed) == len(t.vars) {
		return nil, &VariableError{"", "the event leaves no variable"}
	}
	p := t.slice(states)
	sum := careful.Sum(p)
	if sum == 0 {
		return nil, t.impossible(e)
	}
	s, _, err := newSpace(t.pick(t.others(fixed)))
	if err != nil {
		return nil, err
	}
	return newTable(s, p, sum), nil
}

// impossible finds out which part of an event is enough to make it impossible.
func (t *Table) impossible(e Event) error {
	e = maps.Clone(e)
	for _, name := range sortedKeys(e) {
		state := e[name]
		delete(e, name)
		if p, err := t.Prob(e); err != nil || p > 0 {
			e[name] = state
		}
	}
	var conflict []string
	for _, name := range sortedKeys(e) {
		conflict = append(conflict, name+"="+e[name])
	}
	return &belief.ImpossibleEvidenceError{Conflict: conflict}
}

func sortedKeys(e Event) []string { return slices.Sorted(maps.Keys(e)) }
