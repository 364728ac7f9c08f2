package data

import (
	"fmt"
	"iter"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/stream"
)

// Sequences are sequences of rows, each of a length of its own: observations for a
// hidden Markov model, sentences for a tagger. They are in memory, do not change, and
// may be used concurrently.
type Sequences struct {
	table  *Table
	starts []int    // of the rows of each in table, and the end of the last
	names  []string // nil: none
}

// NewSequences cuts a table into sequences of the given lengths, which must add up to
// its rows. It keeps the table, which must have no weights: they are for rows that are
// independent.
func NewSequences(table *Table, lengths []int) (*Sequences, error) {
	if table.weights != nil {
		return nil, &belief.ConfigError{Field: "table", Value: "a table with weights", Want: "one without"}
	}
	s := &Sequences{table: table, starts: make([]int, 1, len(lengths)+1)}
	end := 0
	for i, n := range lengths {
		if n < 0 || n > table.rows-end {
			return nil, &belief.ConfigError{Field: fmt.Sprintf("lengths[%d]", i), Value: n, Want: fmt.Sprintf("at least 0, and at most the %d rows that are left", table.rows-end)}
		}
		end += n
		s.starts = append(s.starts, end)
	}
	if end != table.rows {
		return nil, &belief.ConfigError{Field: "lengths", Value: fmt.Sprintf("numbers that add up to %d", end), Want: fmt.Sprintf("ones that add up to the rows of the table, %d", table.rows)}
	}
	return s, nil
}

// FromSymbols makes sequences of one column of categories, each symbol the index of one,
// or −1 where it is missing.
func FromSymbols(column Column, sequences [][]int) (*Sequences, error) {
	var x []float64
	lengths := make([]int, len(sequences))
	if column.Categories == nil {
		return nil, &belief.ConfigError{Field: "column", Value: column.Name, Want: "one with categories"}
	}
	for i, seq := range sequences {
		lengths[i] = len(seq)
		for _, k := range seq {
			v := float64(k)
			if k == -1 {
				v = math.NaN()
			}
			x = append(x, v)
		}
	}
	table, err := NewTable([]Column{column}, x, nil)
	if err != nil {
		return nil, err
	}
	return NewSequences(table, lengths)
}

// GroupBy puts a source into memory, if lim.Memory allows it twice, and makes a sequence
// of all rows that agree in the column of that name, which is then no longer one. Rows
// keep their order, and sequences come in the order of their first rows.
func GroupBy(src Source, name string, lim Limits) (*Sequences, error) {
	at, err := Index(src, name)
	if err != nil {
		return nil, err
	}
	lim, err = lim.resolve()
	if err != nil {
		return nil, err
	}
	lim.Memory = max(lim.Memory/2, 1)
	table, err := ReadAll(src, lim)
	if err != nil {
		return nil, err
	}
	place := map[float64]int{} // of a sequence
	var lengths, group []int
	var names []string
	for i := range table.rows {
		v := table.Row(i)[at]
		if v != v {
			return nil, &ValueError{Column: name, Row: i, Value: v, Want: "the name of a sequence"}
		}
		k, known := place[v]
		if !known {
			k = len(lengths)
			place[v] = k
			lengths = append(lengths, 0)
			if c := table.columns[at].Categories; c != nil {
				names = append(names, c[int(v)])
			} else {
				names = append(names, fmt.Sprint(v))
			}
		}
		lengths[k]++
		group = append(group, k)
	}
	next := make([]int, len(lengths)) // the row that comes next in each sequence
	for k := 1; k < len(next); k++ {
		next[k] = next[k-1] + lengths[k-1]
	}
	keep := others(table, []int{at})
	x := make([]float64, table.rows*len(keep))
	for i, k := range group {
		row, to := table.Row(i), x[next[k]*len(keep):]
		for m, j := range keep {
			to[m] = row[j]
		}
		next[k]++
	}
	columns := make([]Column, len(keep))
	for m, j := range keep {
		columns[m] = table.columns[j]
	}
	s, err := NewSequences(&Table{columns: columns, rows: table.rows, x: x, weights: table.weights}, lengths)
	if err != nil {
		return nil, err
	}
	s.names = names
	return s, nil
}

// Len is the number of sequences.
func (s *Sequences) Len() int { return len(s.starts) - 1 }

// Columns says what stands in the rows. The slice is not to be changed.
func (s *Sequences) Columns() []Column { return s.table.columns }

// Table returns the rows of all sequences, one after the other.
func (s *Sequences) Table() *Table { return s.table }

// Length is the number of rows of sequence i.
func (s *Sequences) Length(i int) int { return s.starts[i+1] - s.starts[i] }

// Rows returns the values of sequence i, row after row: its own, not to be changed.
func (s *Sequences) Rows(i int) []float64 {
	d := len(s.table.columns)
	return s.table.x[s.starts[i]*d : s.starts[i+1]*d : s.starts[i+1]*d]
}

// Name returns the name of sequence i, which is its number if it has none.
func (s *Sequences) Name(i int) string {
	if s.names == nil {
		return fmt.Sprint(i)
	}
	return s.names[i]
}

// Symbols returns a column of categories as lists of their indices, −1 where one is
// missing.
func (s *Sequences) Symbols(name string) ([][]int, error) {
	j, err := indexOf(s.table.columns, name)
	if err != nil {
		return nil, err
	}
	if s.table.columns[j].Categories == nil {
		return nil, &belief.ConfigError{Field: "name", Value: name, Want: "a column with categories"}
	}
	all := make([]int, s.table.rows)
	for i := range all {
		if v := s.table.Row(i)[j]; v == v {
			all[i] = int(v)
		} else {
			all[i] = -1
		}
	}
	out := make([][]int, s.Len())
	for i := range out {
		out[i] = all[s.starts[i]:s.starts[i+1]:s.starts[i+1]]
	}
	return out, nil
}

// Batches goes over the sequences in batches of so many of their numbers, of which only
// the last may have fewer. What is yielded is the caller's to read until the next.
func (s *Sequences) Batches(o Order, size int) iter.Seq[[]int] {
	if size < 1 {
		panic("data: batches of no sequences")
	}
	return func(yield func([]int) bool) {
		var order []int
		if o.Shuffle {
			order = stream.New(o.Seed, "data sequences", o.Epoch).Perm(s.Len())
		} else {
			order = make([]int, s.Len())
			for i := range order {
				order[i] = i
			}
		}
		for from := 0; from < len(order); from += size {
			if !yield(order[from:min(len(order), from+size)]) {
				return
			}
		}
	}
}

// Pick returns the sequences of the given numbers, in that order.
func (s *Sequences) Pick(which []int) *Sequences {
	p := &Sequences{table: &Table{columns: s.table.columns}, starts: make([]int, 1, len(which)+1)}
	for _, i := range which {
		p.table.x = append(p.table.x, s.Rows(i)...)
		p.table.rows += s.Length(i)
		p.starts = append(p.starts, p.table.rows)
		if s.names != nil {
			p.names = append(p.names, s.names[i])
		}
	}
	return p
}

// Split deals the sequences at random into parts, as [Split] does with rows.
func (s *Sequences) Split(seed uint64, fractions ...float64) ([]*Sequences, error) {
	sizes, err := splitSizes(s.Len(), fractions)
	if err != nil {
		return nil, err
	}
	parts := make([]*Sequences, len(sizes))
	for k, list := range deal(seed, sizes) {
		parts[k] = s.Pick(list)
	}
	return parts, nil
}
