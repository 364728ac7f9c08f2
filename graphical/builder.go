package graphical

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
)

// Row sums: a row within exactRow of one is one, within looseRow it is kept with
// a warning, and beyond it is refused. looseRow is a thousandth and a little, for
// three times 0.333 misses one by more than 1e-3 in binary.
const (
	exactRow = 1e-9
	looseRow = 1e-3 + 1e-12
)

// A BayesNetBuilder collects variables and conditional distributions and turns
// them into a [BayesNet]. Mistakes do not stop it: Build reports all of them.
type BayesNetBuilder struct {
	name       string
	vars       []*Variable
	names      map[string]bool
	bad        map[*Variable]bool // not declared by a mistake that was reported
	cpds       []Conditional
	tables     []*TableBuilder
	properties []Property
	normalize  bool
	mistakes   mistakes
}

// NewBayesNet starts an empty Bayesian network.
func NewBayesNet() *BayesNetBuilder {
	return &BayesNetBuilder{names: map[string]bool{}, bad: map[*Variable]bool{}}
}

// Name names the network.
func (b *BayesNetBuilder) Name(name string) *BayesNetBuilder {
	b.name = name
	return b
}

// Normalize makes Build divide every row of every table by its sum, whatever the
// sum is, so long as it is positive.
func (b *BayesNetBuilder) Normalize() *BayesNetBuilder {
	b.normalize = true
	return b
}

// Property attaches a free text to the network, a variable or a table.
func (b *BayesNetBuilder) Property(p Property) *BayesNetBuilder {
	b.properties = append(b.properties, p)
	return b
}

// Variable declares a variable with its states. The result is never nil, so that
// building can go on after a mistake.
func (b *BayesNetBuilder) Variable(name string, states ...string) *Variable {
	v, err := NewVariable(name, states...)
	if err != nil {
		b.mistakes.add(err)
		b.names[name] = true
		v = &Variable{name: name, states: states}
		b.bad[v] = true // tables need not report it again
		return v
	}
	b.Add(v)
	return v
}

// Add declares a variable made elsewhere.
func (b *BayesNetBuilder) Add(v *Variable) *BayesNetBuilder {
	if v == nil {
		b.mistakes.add(&NameError{Kind: "variable", Problem: "a nil variable is declared"})
		return b
	}
	if b.names[v.name] {
		b.mistakes.add(&NameError{Kind: "variable", Name: v.name, Problem: "declared twice"})
		b.bad[v] = true
		return b
	}
	b.names[v.name] = true
	b.vars = append(b.vars, v)
	return b
}

// Table starts the table of p(child | parents); rows follow by
// [TableBuilder.Row] or all at once by [TableBuilder.Values].
func (b *BayesNetBuilder) Table(child *Variable, parents ...*Variable) *TableBuilder {
	t := &TableBuilder{child: child, parents: slices.Clone(parents)}
	b.tables = append(b.tables, t)
	return t
}

// Conditional adds a conditional distribution that is not a table of numbers.
func (b *BayesNetBuilder) Conditional(c Conditional) *BayesNetBuilder {
	if c == nil {
		b.mistakes.add(&NameError{Kind: "variable", Problem: "a conditional distribution is nil"})
		return b
	}
	b.cpds = append(b.cpds, c)
	return b
}

// A TableBuilder takes the numbers of one table.
type TableBuilder struct {
	child   *Variable
	parents []*Variable
	values  []float64
	rows    int
	badRow  int // 1 + the first row of wrong length
	badLen  int
}

// Row adds the distribution of the child for the next combination of parent
// states, the last parent changing fastest.
func (t *TableBuilder) Row(p ...float64) *TableBuilder {
	t.rows++
	if t.badRow == 0 && t.child != nil && len(p) != len(t.child.states) {
		t.badRow, t.badLen = t.rows, len(p)
	}
	t.values = append(t.values, p...)
	return t
}

// Values gives all rows at once, shape (rows, states of the child). The table
// takes the slice over; it must not be changed afterwards.
func (t *TableBuilder) Values(values []float64) *TableBuilder {
	t.values = values
	return t
}

// Build checks everything and returns the network, or a [*BuildError] with every
// mistake. It costs O(table entries).
func (b *BayesNetBuilder) Build() (*BayesNet, error) {
	m := b.mistakes // a second Build starts from the same mistakes
	m.list = slices.Clone(m.list)
	net := &BayesNet{name: b.name, domain: newDomain(slices.Clone(b.vars)), properties: slices.Clone(b.properties)}
	net.cpds = make([]Conditional, len(net.vars))
	sums := rowSums{}
	for _, t := range b.tables {
		if !b.checkScope(net, t.child, t.parents, &m) {
			net.spoil(t.child)
			continue
		}
		if table := b.buildTable(t, &m, &sums); table != nil {
			b.place(net, table, &m)
		} else {
			net.cpds[net.Index(t.child)] = &Table{child: t.child, parents: t.parents} // known to be wrong, not missing
		}
	}
	for _, c := range b.cpds {
		if b.checkScope(net, c.Child(), c.Parents(), &m) {
			b.place(net, c, &m)
		} else {
			net.spoil(c.Child())
		}
	}
	for i, c := range net.cpds {
		if c == nil && m.full() {
			m.more++
		} else if c == nil {
			m.add(&TableError{Variable: net.vars[i].name, Problem: "it has no table"})
		}
	}
	net.link()
	if cycle := net.sort(); cycle != nil {
		m.add(&CycleError{Path: cycle})
	}
	if err := m.err(); err != nil {
		return nil, err
	}
	net.warnings, net.rowError = sums.warnings(), sums.worst
	return net, nil
}

// checkScope says whether child and parents can be the scope of a table.
func (b *BayesNetBuilder) checkScope(net *BayesNet, child *Variable, parents []*Variable, m *mistakes) bool {
	if child == nil {
		m.add(&NameError{Kind: "variable", Problem: "a table has no variable"})
		return false
	}
	ok := true
	if net.Index(child) < 0 {
		if !b.bad[child] {
			_, err := net.Variable(child.name)
			if err == nil {
				err = &NameError{Kind: "variable", Name: child.name, Problem: "a table is of another variable of that name"}
			}
			m.add(err)
		}
		ok = false
	}
	for i, p := range parents {
		switch {
		case p == nil:
			m.add(&TableError{Variable: child.name, Problem: fmt.Sprintf("its parent %d is nil", i)})
			ok = false
		case b.bad[p] && net.Index(p) < 0:
			ok = false
		case net.Index(p) < 0:
			_, err := net.Variable(p.name)
			if err == nil {
				err = &NameError{Kind: "variable", Name: p.name, Problem: "another variable of that name is meant"}
			}
			m.add(fmt.Errorf("parent of %q: %w", child.name, err))
			ok = false
		case p == child:
			m.add(&CycleError{Path: []string{child.name, child.name}})
			ok = false
		case slices.Contains(parents[:i], p):
			m.add(&TableError{Variable: child.name, Problem: fmt.Sprintf("parent %q is listed twice", p.name)})
			ok = false
		}
	}
	return ok
}

// spoil notes that v has a table with a mistake, so that it is not reported as
// missing.
func (n *BayesNet) spoil(v *Variable) {
	if i, ok := n.index[v]; ok && n.cpds[i] == nil {
		n.cpds[i] = &Table{child: v}
	}
}

// place puts c where its child is.
func (b *BayesNetBuilder) place(net *BayesNet, c Conditional, m *mistakes) {
	i := net.Index(c.Child())
	if net.cpds[i] != nil {
		m.add(&TableError{Variable: c.Child().name, Problem: "it has two tables"})
		return
	}
	net.cpds[i] = c
}

// buildTable checks the numbers of one table; nil means a mistake was added.
func (b *BayesNetBuilder) buildTable(t *TableBuilder, m *mistakes, sums *rowSums) *Table {
	states := len(t.child.states)
	if r := t.badRow - 1; r >= 0 && float64(r) < tableSize(t.parents) {
		m.add(&SizeError{Variable: t.child.name, Row: rowName(t.parents, r), What: "entries", Got: t.badLen, Want: float64(states)})
		return nil
	}
	want := tableSize(t.parents) * float64(states)
	if float64(len(t.values)) != want {
		m.add(&SizeError{Variable: t.child.name, What: "entries", Got: len(t.values), Want: want})
		return nil
	}
	values := t.values
	if b.normalize {
		values = slices.Clone(values)
	}
	ok := true
	for r := 0; r*states < len(values); r++ {
		if !b.checkRow(t, r, values[r*states:(r+1)*states], m, sums) {
			ok = false
		}
	}
	if !ok {
		return nil
	}
	scope := append(slices.Clone(t.parents), t.child)
	return &Table{child: t.child, parents: t.parents, factor: &Factor{vars: scope, values: values}}
}

// checkRow checks, and if asked normalizes, one row.
func (b *BayesNetBuilder) checkRow(t *TableBuilder, r int, row []float64, m *mistakes, sums *rowSums) bool {
	sum := 0.0
	for s, p := range row {
		if !(p >= 0) || math.IsInf(p, 1) {
			m.add(&EntryError{Variable: t.child.name, Row: rowName(t.parents, r), State: t.child.states[s], Value: p})
			return false
		}
		sum += p
	}
	off := math.Abs(sum - 1)
	if b.normalize && sum > 0 && !math.IsInf(sum, 1) {
		for s := range row {
			row[s] /= sum
		}
		return true
	}
	if !(off <= looseRow) {
		m.add(&RowSumError{Variable: t.child.name, Row: rowName(t.parents, r), Sum: sum})
		return false
	}
	if off > exactRow {
		sums.note(t, r, sum)
	}
	return true
}

// rowSums remembers the rows that nearly sum to one.
type rowSums struct {
	count    int
	worst    float64
	worstSum float64
	table    *TableBuilder
	row      int
}

func (s *rowSums) note(t *TableBuilder, row int, sum float64) {
	s.count++
	if off := math.Abs(sum - 1); off > s.worst {
		s.worst, s.worstSum, s.table, s.row = off, sum, t, row
	}
}

func (s *rowSums) warnings() []belief.Warning {
	if s.count == 0 {
		return nil
	}
	rows := "the only row that misses 1"
	if s.count > 1 {
		rows = fmt.Sprintf("the worst of %d rows that miss 1", s.count)
	}
	return []belief.Warning{{
		Code:  "row-sum",
		Where: fmt.Sprintf("table of %q%s", s.table.child.name, rowSuffix(rowName(s.table.parents, s.row))),
		Text: fmt.Sprintf("the row sums to %.10g, %s; rows are used as given, normalize to divide each by its sum",
			s.worstSum, rows),
	}}
}
