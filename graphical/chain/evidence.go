package chain

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/suggest"
)

// EvidenceTo returns the evidence of the sequences of the given numbers, in memory of dst
// if there is enough. That of an emission which is a [Table] shares its rows: one for each
// symbol, and one of zeros for what is missing. The categories of a column are found among
// the symbols of a [Categorical] by their names.
func (h *HMM) EvidenceTo(dst []Evidence, seqs *data.Sequences, members []int) ([]Evidence, error) {
	at, err := h.columns(seqs)
	if err != nil {
		return dst, err
	}
	s, d := len(h.Initial), h.Emission.Dim()
	for len(dst) < len(members) {
		dst = append(dst, Evidence{})
	}
	dst = dst[:len(members)]
	if table, ok := h.Emission.(Table); ok {
		k := table.Len()
		places, err := h.places(seqs.Columns()[at[0]])
		if err != nil {
			return dst, err
		}
		var log []float64
		if len(dst) > 0 {
			log = grow(dst[0].Log, (k+1)*s)
		}
		for m, i := range members {
			rows, width := seqs.Rows(i), len(seqs.Columns())
			e := Evidence{Log: log, Index: dst[m].Index}
			if e.Index = grow(e.Index, seqs.Length(i)); e.Index == nil {
				e.Index = []int{}
			}
			for t := range e.Index {
				v := rows[t*width+at[0]]
				if places != nil && v == v {
					v = places[int(v)]
				}
				y, err := symbol(v, k, t)
				if err != nil {
					return dst, named(err, seqs, i, at)
				}
				e.Index[t] = y
			}
			dst[m] = e
		}
		if len(dst) > 0 {
			table.LogTableTo(log[:k*s])
			clear(log[k*s:])
		}
		return dst, nil
	}
	for m, i := range members {
		rows := seqs.Rows(i)
		if len(seqs.Columns()) != d || !inOrder(at) {
			rows = pick(rows, len(seqs.Columns()), at)
		}
		if dst[m].Index != nil { // its rows are those of the others, too
			dst[m] = Evidence{}
		}
		e := Evidence{Log: grow(dst[m].Log, seqs.Length(i)*s)}
		if err := h.Emission.LogProbTo(e.Log, rows); err != nil {
			return dst, named(err, seqs, i, at)
		}
		dst[m] = e
	}
	return dst, nil
}

// places returns the number of the symbol that each category of a column is, nil if it is
// the number of the category.
func (h *HMM) places(column data.Column) ([]float64, error) {
	c, ok := h.Emission.(*Categorical)
	if !ok || column.Categories == nil || len(column.Categories) <= len(c.Symbols) && slices.Equal(column.Categories, c.Symbols[:len(column.Categories)]) {
		return nil, nil
	}
	places := make([]float64, len(column.Categories))
	number := make(map[string]int, len(c.Symbols))
	for k, name := range c.Symbols {
		number[name] = k
	}
	for i, name := range column.Categories {
		k, ok := number[name]
		if !ok {
			return nil, &belief.UnknownNameError{Kind: "symbol", Name: name, In: fmt.Sprintf("column %q", column.Name), Suggestions: suggest.Nearest(name, slices.Values(c.Symbols), 3)}
		}
		places[i] = float64(k)
	}
	return places, nil
}

// columns finds what the emission reads.
func (h *HMM) columns(seqs *data.Sequences) ([]int, error) {
	if seqs == nil {
		return nil, noSequences()
	}
	columns, d := seqs.Columns(), h.Emission.Dim()
	at := make([]int, d)
	if h.Columns == nil {
		if len(columns) != d {
			return nil, &belief.ConfigError{Field: "columns", Value: len(columns), Want: fmt.Sprintf("%d, which the emission has", d)}
		}
		for j := range at {
			at[j] = j
		}
		return at, nil
	}
	for j, name := range h.Columns {
		k, err := data.Index(seqs.Table(), name)
		if err != nil {
			return nil, err
		}
		at[j] = k
	}
	return at, nil
}

func noSequences() error {
	return &belief.ConfigError{Field: "sequences", Value: "nil", Want: "some"}
}

func inOrder(at []int) bool {
	for i, j := range at {
		if i != j {
			return false
		}
	}
	return true
}

// pick copies some columns.
func pick(rows []float64, width int, at []int) []float64 {
	out := make([]float64, 0, len(rows)/width*len(at))
	for from := 0; from < len(rows); from += width {
		for _, j := range at {
			out = append(out, rows[from+j])
		}
	}
	return out
}

// named says in which sequence and column a value was found, and in which row of the data.
func named(err error, seqs *data.Sequences, i int, at []int) error {
	if v, ok := err.(*data.ValueError); ok {
		told := *v
		if j, err := strconv.Atoi(v.Column); err == nil && j < len(at) {
			told.Column = seqs.Columns()[at[j]].Name
		} else if len(at) == 1 {
			told.Column = seqs.Columns()[at[0]].Name
		}
		for k := range i {
			told.Row += seqs.Length(k)
		}
		err = &told
	}
	return fmt.Errorf("sequence %s: %w", seqs.Name(i), err)
}
