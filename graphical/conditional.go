package graphical

import (
	"fmt"
	"strings"
)

// A Conditional is the distribution of one discrete variable given others. A
// table is one; a compact form with few parameters and many parents is another.
// Engines lower it to a dense factor only when they need one and their memory
// budget allows it, which they know from the scope alone.
type Conditional interface {
	// Child is the variable that the distribution is of.
	Child() *Variable
	// Parents are the variables it is conditioned on, in order.
	Parents() []*Variable
	// Prob returns p(child = state | parents = parentStates), all by index.
	Prob(state int, parentStates []int) float64
	// NumParameters is the number of free parameters.
	NumParameters() float64
	// Factor lowers the distribution to a dense factor over the parents, in
	// order, and then the child. It costs as many entries as the scope has
	// combinations of states.
	Factor() (*Factor, error)
}

// A Table is a conditional distribution given by all its numbers.
type Table struct {
	child   *Variable
	parents []*Variable
	factor  *Factor // over parents, then child
}

// Child implements [Conditional].
func (t *Table) Child() *Variable { return t.child }

// Parents implements [Conditional].
func (t *Table) Parents() []*Variable { return t.parents }

// Values returns the entries, shape (rows, states of the child): the last parent
// changes fastest from row to row.
func (t *Table) Values() []float64 { return t.factor.values }

// NumRows returns the number of combinations of parent states.
func (t *Table) NumRows() int { return len(t.factor.values) / len(t.child.states) }

// Row returns the distribution of the child for row i.
func (t *Table) Row(i int) []float64 {
	k := len(t.child.states)
	return t.factor.values[i*k : (i+1)*k]
}

// RowStates writes the parent states of row i into dst, which must have the
// length of Parents, and returns it.
func (t *Table) RowStates(dst []int, i int) []int { return rowStates(dst, t.parents, i) }

func rowStates(dst []int, parents []*Variable, i int) []int {
	for j := len(parents) - 1; j >= 0; j-- {
		k := len(parents[j].states)
		dst[j] = i % k
		i /= k
	}
	return dst
}

// rowName shows the parent states of row i as "A=a, B=b".
func rowName(parents []*Variable, i int) string {
	var b strings.Builder
	for j, s := range rowStates(make([]int, len(parents)), parents, i) {
		if j > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s=%s", parents[j].name, parents[j].states[s])
	}
	return b.String()
}

// Prob implements [Conditional].
func (t *Table) Prob(state int, parentStates []int) float64 {
	if len(parentStates) != len(t.parents) {
		panic(fmt.Sprintf("graphical: Prob of %q wants %d parent states, got %d", t.child.name, len(t.parents), len(parentStates)))
	}
	row := 0
	for j, s := range parentStates {
		row = row*len(t.parents[j].states) + s
	}
	return t.Row(row)[state]
}

// NumParameters implements [Conditional]: every row has one number less than the
// child has states, because it sums to one.
func (t *Table) NumParameters() float64 {
	return float64(t.NumRows()) * float64(len(t.child.states)-1)
}

// Factor implements [Conditional]; it shares the table's memory.
func (t *Table) Factor() (*Factor, error) { return t.factor, nil }
