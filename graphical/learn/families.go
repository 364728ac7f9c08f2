package learn

// What is counted: one number for every entry of every table.

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/kernel"
)

// Families are the variables of a network, each with its parents, and the place of every
// entry of their tables in one flat array, table after table in the order of the
// variables. A table has a row per combination of parents' states, the last parent
// changing fastest, and the child's states in a row. Families are immutable.
type Families struct {
	net     *graphical.BayesNet
	first   []int // of every table, and the end of the last
	from    []int // of every family in members, and the end of the last
	members []int // variables: parents, then the child
	strides []int // of the members in the table
}

// defaultMemory bounds the tables unless there is another bound.
const defaultMemory = 1 << 30

// NewFamilies lays the tables of a network out, if they take no more than memory bytes (0:
// 1 GiB); else the error is a [*belief.TooLargeError]. It looks at scopes only.
func NewFamilies(net *graphical.BayesNet, memory int64) (*Families, error) {
	if net == nil || net.NumVariables() == 0 {
		return nil, &belief.ConfigError{Field: "network", Value: "without variables", Want: "one with variables"}
	}
	if memory < 0 {
		return nil, &belief.ConfigError{Field: "Memory", Value: memory, Want: "not negative"}
	}
	if memory == 0 {
		memory = defaultMemory
	}
	f := &Families{net: net, first: []int{0}, from: []int{0}}
	total := 0.0
	for i, v := range net.Variables() {
		entries := 1.0
		for _, m := range net.Scope(i) {
			entries *= float64(m.NumStates())
		}
		if total += entries; 8*total > float64(memory) || total > math.MaxInt32 {
			e := &belief.TooLargeError{What: "tables of the network", Bytes: 8 * total, Budget: memory, AtLeast: true, Entries: entries, Width: len(net.Scope(i)) - 1}
			for _, m := range net.Scope(i) {
				e.Largest = append(e.Largest, m.Name())
			}
			e.Advice = fmt.Sprintf("that is where the table of %q is counted in", v.Name())
			return nil, e
		}
		stride, at := 1, len(f.members)
		for _, m := range slices.Backward(net.Scope(i)) {
			f.members, f.strides = append(f.members, net.Index(m)), append(f.strides, stride)
			stride *= m.NumStates()
		}
		slices.Reverse(f.members[at:])
		slices.Reverse(f.strides[at:])
		f.first = append(f.first, int(total))
		f.from = append(f.from, len(f.members))
	}
	return f, nil
}

// Net returns the network.
func (f *Families) Net() *graphical.BayesNet { return f.net }

// Size is the number of entries of all tables.
func (f *Families) Size() int { return f.first[len(f.first)-1] }

// Table returns the part of a flat array that belongs to variable i.
func (f *Families) Table(flat []float64, i int) []float64 {
	return flat[f.first[i]:f.first[i+1]:f.first[i+1]]
}

// First is where the table of variable i begins in a flat array.
func (f *Families) First(i int) int { return f.first[i] }

// Members returns the variables of family i, by their indices, parents first, and how far
// apart in the table their states are. They are not to be changed.
func (f *Families) Members(i int) (variables, strides []int) {
	return f.members[f.from[i]:f.from[i+1]], f.strides[f.from[i]:f.from[i+1]]
}

// rowName shows the parents' states of row j of the table of variable i.
func (f *Families) rowName(i, j int) string {
	parents := f.net.Parents(f.net.Variables()[i])
	name := ""
	for _, p := range slices.Backward(parents) {
		part := p.Name() + "=" + p.States()[j%p.NumStates()]
		if name != "" {
			part += ", "
		}
		name, j = part+name, j/p.NumStates()
	}
	return name
}

// Parameters writes the tables of a network, which must have the structure of the
// families, to a flat array. Distributions that are not tables are lowered; the error is
// what that gives, or one of structure.
func (f *Families) Parameters(flat []float64, net *graphical.BayesNet) error {
	if len(flat) != f.Size() {
		panic(fmt.Sprintf("learn: %d numbers for tables of %d entries", len(flat), f.Size()))
	}
	if err := f.same(net); err != nil {
		return err
	}
	for i := range net.Variables() {
		factor, err := net.Factor(i)
		if err != nil {
			return err
		}
		scale := math.Exp(factor.LogScale())
		for k, x := range factor.Values() {
			f.Table(flat, i)[k] = x * scale
		}
	}
	return nil
}

// same says whether a network has the variables, states and parents of the families'.
func (f *Families) same(net *graphical.BayesNet) error {
	if net == f.net {
		return nil
	}
	names := func(vars []*graphical.Variable) []string {
		var out []string
		for _, v := range vars {
			out = append(out, v.Name())
		}
		return out
	}
	if net == nil || net.NumVariables() != f.net.NumVariables() {
		return &belief.ConfigError{Field: "network", Value: "another", Want: "of the same variables"}
	}
	for i, v := range f.net.Variables() {
		o := net.Variables()[i]
		if v.Name() != o.Name() || !slices.Equal(v.States(), o.States()) || !slices.Equal(names(f.net.Scope(i)), names(net.Scope(i))) {
			return &belief.ConfigError{Field: "network", Value: "another", Want: fmt.Sprintf("one in which %q has the same place, states and parents", v.Name())}
		}
	}
	return nil
}

// Network returns the network with tables from a flat array. Those of variables for which
// keep is true stay as they are; nil keeps none. The tables are copied.
func (f *Families) Network(flat []float64, keep []bool) (*graphical.BayesNet, error) {
	if len(flat) != f.Size() {
		panic(fmt.Sprintf("learn: %d numbers for tables of %d entries", len(flat), f.Size()))
	}
	b := graphical.NewBayesNet().Name(f.net.Name())
	for _, v := range f.net.Variables() {
		b.Add(v)
	}
	for i, v := range f.net.Variables() {
		c := f.net.Conditional(v)
		table, isTable := c.(*graphical.Table)
		switch {
		case keep != nil && keep[i] && isTable:
			b.Table(v, c.Parents()...).Values(table.Values())
		case keep != nil && keep[i]:
			b.Conditional(c)
		default:
			b.Table(v, c.Parents()...).Values(slices.Clone(f.Table(flat, i)))
		}
	}
	for _, p := range f.net.Properties() {
		b.Property(p)
	}
	return b.Build()
}

// A ConditionalError says that the distribution of a variable is of a kind that cannot be
// learnt.
type ConditionalError struct {
	Variable    string
	Conditional graphical.Conditional
}

// Error names the variable and what it has.
func (e *ConditionalError) Error() string {
	return fmt.Sprintf("variable %q has a %T, and only tables are learnt; fix the variable to keep it as it is", e.Variable, e.Conditional)
}

// Fixed marks the variables of the given names as those that keep their distributions. A
// name that the network does not have is a [*belief.UnknownNameError]. If one of the
// others has a distribution that is no table, the error is a [*ConditionalError].
func (f *Families) Fixed(names []string) ([]bool, error) {
	fixed := make([]bool, f.net.NumVariables())
	for _, name := range names {
		v, err := f.net.Variable(name)
		if err != nil {
			return nil, err
		}
		fixed[f.net.Index(v)] = true
	}
	for i, v := range f.net.Variables() {
		if _, ok := f.net.Conditional(v).(*graphical.Table); !ok && !fixed[i] {
			return nil, &ConditionalError{Variable: v.Name(), Conditional: f.net.Conditional(v)}
		}
	}
	return fixed, nil
}

// Counts are how often states occur together with states of parents, or are expected to:
// the sufficient statistics of a network's tables.
type Counts struct {
	Families *Families
	Sums     []float64 // one per table entry, laid out as Families say
	Weight   float64   // of all rows
}

// NewCounts returns counts of nothing.
func NewCounts(f *Families) *Counts { return &Counts{Families: f, Sums: make([]float64, f.Size())} }

// Add counts a row with a state for every variable, by index. A wrong number of states, or
// a state that is none of a variable's, panics.
func (c *Counts) Add(states []int, weight float64) {
	f := c.Families
	if len(states) != len(f.first)-1 {
		panic(fmt.Sprintf("learn: %d states for %d variables", len(states), len(f.first)-1))
	}
	for i, s := range states {
		if uint(s) >= uint(f.net.Variables()[i].NumStates()) {
			panic(fmt.Sprintf("learn: variable %q has no state %d", f.net.Variables()[i].Name(), s))
		}
	}
	c.add(states, weight)
}

func (c *Counts) add(states []int, weight float64) {
	f := c.Families
	m := 0
	for i, at := range f.first[:len(f.first)-1] {
		for ; m < f.from[i+1]; m++ {
			at += states[f.members[m]] * f.strides[m]
		}
		c.Sums[at] += weight
	}
	c.Weight += weight
}

// Table returns the counts of variable i, laid out as its table is; they are not a copy.
func (c *Counts) Table(i int) []float64 { return c.Families.Table(c.Sums, i) }

// Merge adds the counts of other rows. Those of other families panic.
func (c *Counts) Merge(other *Counts) {
	if c.Families != other.Families {
		panic("learn: counts of different families are merged")
	}
	kernel.Add(c.Sums, c.Sums, other.Sums)
	c.Weight += other.Weight
}
