package data

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
)

// A Table is a source in memory: named columns, rows one after the other, perhaps
// weights. It is made by [NewTable], [FromRows], [FromMatrix], [ReadAll] or a reader
// of files.
type Table struct {
	columns []Column
	rows    int
	x       []float64 // rows × columns
	weights []float64 // nil or one per row
}

// NewTable makes a table of values that stand row after row, and of weights, one per
// row, or nil. It keeps the slices. A value of a column with categories must be NaN
// or the index of one. Numbers of values or weights that do not fit panic.
func NewTable(columns []Column, x, weights []float64) (*Table, error) {
	if err := checkColumns(columns); err != nil {
		return nil, err
	}
	d := len(columns)
	if d == 0 && len(x) > 0 || d > 0 && len(x)%d != 0 {
		panic(fmt.Sprintf("data: %d values in rows of %d columns", len(x), d))
	}
	rows := len(weights)
	if d > 0 {
		rows = len(x) / d
	}
	if weights != nil && len(weights) != rows {
		panic(fmt.Sprintf("data: %d weights for %d rows", len(weights), rows))
	}
	t := &Table{columns: columns, rows: rows, x: x, weights: weights}
	for j, c := range columns {
		if c.Categories == nil {
			continue
		}
		for i := 0; i < rows; i++ {
			if err := checkCategory(c, i, x[i*d+j]); err != nil {
				return nil, err
			}
		}
	}
	for i, w := range weights {
		if err := checkWeight("weight", i, w); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func checkCategory(c Column, row int, v float64) error {
	if k := int(v); v != v || k >= 0 && k < len(c.Categories) && float64(k) == v {
		return nil
	}
	return &ValueError{Column: c.Name, Row: row, Value: v, Want: fmt.Sprintf("NaN or the index of one of %d categories", len(c.Categories))}
}

// categorical lists the columns with categories.
func categorical(columns []Column) []int {
	var at []int
	for j, c := range columns {
		if c.Categories != nil {
			at = append(at, j)
		}
	}
	return at
}

// checkRow checks the categories in some columns of a row.
func checkRow(columns []Column, at []int, row int, values []float64) error {
	for _, j := range at {
		if err := checkCategory(columns[j], row, values[j]); err != nil {
			return err
		}
	}
	return nil
}

func checkWeight(column string, row int, w float64) error {
	if w >= 0 && w <= math.MaxFloat64 {
		return nil
	}
	return &ValueError{Column: column, Row: row, Value: w, Want: "a finite weight, at least 0"}
}

// FromMatrix makes a table of numbers that stand row after row, and keeps the slice.
// Without names the columns are called x1, x2, …; their number then is that of the
// second argument. A number of values that is no multiple of the columns panics.
func FromMatrix(x []float64, columns int, names ...string) (*Table, error) {
	if columns < 1 {
		return nil, &belief.ConfigError{Field: "columns", Value: columns, Want: "at least 1"}
	}
	if names == nil {
		names = defaultNames(columns)
	}
	if len(names) != columns {
		panic(fmt.Sprintf("data: %d names for %d columns", len(names), columns))
	}
	return NewTable(Numbers(names...), x, nil)
}

// FromRows makes a table of a copy of rows of numbers, all of which must have as many
// as the first. Without names the columns are called x1, x2, ….
func FromRows(rows [][]float64, names ...string) (*Table, error) {
	d := len(names)
	if names == nil {
		if len(rows) == 0 || len(rows[0]) == 0 {
			return nil, &belief.ConfigError{Field: "rows", Value: fmt.Sprintf("%d rows, no number in the first", len(rows)), Want: "at least one number, or names"}
		}
		d = len(rows[0])
		names = defaultNames(d)
	}
	x := make([]float64, 0, len(rows)*d)
	for i, row := range rows {
		if len(row) != d {
			return nil, &belief.ConfigError{Field: fmt.Sprintf("rows[%d]", i), Value: fmt.Sprintf("a row of %d", len(row)), Want: fmt.Sprintf("as long as the columns are many, %d", d)}
		}
		x = append(x, row...)
	}
	return NewTable(Numbers(names...), x, nil)
}

// defaultNames are those of columns that nobody has named.
func defaultNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("x%d", i+1)
	}
	return names
}

// Columns says what stands in the rows. The slice is not to be changed.
func (t *Table) Columns() []Column { return t.columns }

// Rows is the number of rows.
func (t *Table) Rows() int { return t.rows }

// Pass starts a pass over the rows.
func (t *Table) Pass(o Order) (Pass, error) { return newRandomPass(t, o) }

// Matrix returns all values, row after row: the table's own, which are not to be
// changed.
func (t *Table) Matrix() []float64 { return t.x }

// Weights returns the weights of the rows, or nil if every row counts once: the
// table's own, which are not to be changed.
func (t *Table) Weights() []float64 { return t.weights }

// Row returns the values of row i: the table's own, which are not to be changed.
func (t *Table) Row(i int) []float64 {
	d := len(t.columns)
	return t.x[i*d : (i+1)*d : (i+1)*d]
}

func (t *Table) reader(uint64) rowReader {
	return func(b *Batch, rows []int) error {
		b.Reshape(len(rows), len(t.columns), t.weights != nil)
		for k, i := range rows {
			copy(b.Row(k), t.Row(i))
		}
		for k := range b.Weights {
			b.Weights[k] = t.weights[rows[k]]
		}
		return nil
	}
}

// Column returns a copy of the values of the column of that name.
func (t *Table) Column(name string) ([]float64, error) {
	j, err := indexOf(t.columns, name)
	if err != nil {
		return nil, err
	}
	values := make([]float64, t.rows)
	for i := range values {
		values[i] = t.x[i*len(t.columns)+j]
	}
	return values, nil
}

// DropMissing returns a table of the rows without missing cells, and the indices of
// the rows that are left out. Without any, it is the same table.
func (t *Table) DropMissing() (complete *Table, dropped []int) {
	for i := range t.rows {
		if hasNaN(t.Row(i)) {
			dropped = append(dropped, i)
		}
	}
	if dropped == nil {
		return t, nil
	}
	n := t.rows - len(dropped)
	c := &Table{columns: t.columns, rows: n, x: make([]float64, 0, n*len(t.columns))}
	if t.weights != nil {
		c.weights = make([]float64, 0, n)
	}
	next := 0 // of dropped
	for i := range t.rows {
		if next < len(dropped) && dropped[next] == i {
			next++
			continue
		}
		c.x = append(c.x, t.Row(i)...)
		if t.weights != nil {
			c.weights = append(c.weights, t.weights[i])
		}
	}
	return c, dropped
}

func hasNaN(x []float64) bool {
	for _, v := range x {
		if v != v {
			return true
		}
	}
	return false
}

// ReadAll puts a source into memory, if lim.Memory allows it. A table comes back as
// it is.
func ReadAll(src Source, lim Limits) (*Table, error) {
	if t, ok := src.(*Table); ok {
		return t, nil
	}
	lim, err := lim.resolve()
	if err != nil {
		return nil, err
	}
	rows, columns := src.Rows(), src.Columns()
	need := 8 * float64(rows) * float64(len(columns)+1) // the weights too
	if need > float64(lim.Memory) {
		return nil, &belief.TooLargeError{
			What: fmt.Sprintf("table of %d rows and %d columns", rows, len(columns)), Bytes: need, Budget: lim.Memory,
			Advice: "read it in batches, or raise Limits.Memory",
		}
	}
	t := &Table{columns: columns, x: make([]float64, 0, rows*len(columns))}
	at := categorical(columns)
	for b, err := range Batches(src, Order{}, 0) {
		if err != nil {
			return nil, err
		}
		for i := range b.Rows {
			if err := checkRow(columns, at, t.rows+i, b.Row(i)); err != nil {
				return nil, err
			}
		}
		t.rows += b.Rows
		t.x = append(t.x, b.X...)
		t.weights = append(t.weights, b.Weights...)
	}
	return t, nil
}
