package data

import (
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/suggest"
)

// A Column says what stands in one place of every row.
type Column struct {
	Name string
	// Categories are the texts that the values of the column stand for: value k is
	// Categories[k]. They are nil for a column of numbers.
	Categories []string
}

// Numbers returns columns of numbers with the given names.
func Numbers(names ...string) []Column {
	columns := make([]Column, len(names))
	for i, name := range names {
		columns[i].Name = name
	}
	return columns
}

// A Source is a table that is read in passes: a [*Table] in memory, a file too large
// for it, images, numbers made up on the fly, or a part of another source. It does
// not change and may be used concurrently; every pass belongs to one goroutine.
type Source interface {
	// Columns says what stands in the rows. The slice is not to be changed.
	Columns() []Column
	// Rows is the number of rows in a pass.
	Rows() int
	// Pass starts a pass over all rows in the given order.
	Pass(Order) (Pass, error)
}

// An Order is the order of the rows in a pass. The zero value is that of the source.
// One source gives the same rows in the same order for the same Order, on every
// machine and in every run. Sources in memory are shuffled as a whole, every
// permutation being as likely as any other. Files are shuffled through a window of
// rows, see [CSVOptions].
type Order struct {
	Shuffle bool
	Seed    uint64 // of the shuffling
	Epoch   uint64 // counts passes: other epochs have other orders, and other draws where a source draws anew
}

// A Pass goes once over the rows of a source.
type Pass interface {
	// Next puts the next rows into b, b.Size of them or as many as are left, and
	// returns io.EOF, with b empty, when none are. It reuses the memory of b: once b
	// has grown to its size, nothing is allocated. After an error the pass is over.
	Next(b *Batch) error
	// Skip passes over the next rows as if they had been read, so that a run that
	// was interrupted goes on where it was. Skipping more than are left is no error;
	// a negative number panics.
	Skip(rows int) error
	// Close ends the pass, wherever it is.
	Close() error
}

// A Batch holds consecutive rows of a pass, in memory of its own. The zero value is
// ready for use.
type Batch struct {
	Size    int       // the most rows that a pass puts in; 0 is 1024
	Rows    int       // the rows that are in
	Columns int       // values per row
	X       []float64 // Rows × Columns values, row after row; NaN where a cell is missing
	Weights []float64 // one per row; nil if every row counts once
}

const defaultBatch = 1024

// Row returns row i of the batch, no copy.
func (b *Batch) Row(i int) []float64 {
	return b.X[i*b.Columns : (i+1)*b.Columns : (i+1)*b.Columns]
}

// Room returns how many rows the batch takes in.
func (b *Batch) Room() int {
	if b.Size < 0 {
		panic("data: a batch of negative size")
	}
	if b.Size == 0 {
		return defaultBatch
	}
	return b.Size
}

// Reshape makes the batch one of so many rows, columns and weights, whose values are
// left to the caller. It is what Next of a Pass starts with.
func (b *Batch) Reshape(rows, columns int, weighted bool) {
	b.Rows, b.Columns = rows, columns
	b.X = grow(b.X, rows*columns)
	if weighted {
		b.Weights = grow(b.Weights, rows)
	} else {
		b.Weights = nil
	}
}

// empty leaves no row in the batch, and keeps its memory.
func (b *Batch) empty() {
	b.Rows, b.X = 0, b.X[:0]
	if b.Weights != nil {
		b.Weights = b.Weights[:0]
	}
}

func grow(s []float64, n int) []float64 {
	if n > cap(s) {
		return make([]float64, n)
	}
	return s[:n]
}

// Batches goes over a source in batches of so many rows (0: 1024), of which only the
// last may have fewer. The batch is the same one every time, refilled. An error ends
// the sequence; it comes with a nil batch.
func Batches(src Source, o Order, size int) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		pass, err := src.Pass(o)
		if err != nil {
			yield(nil, err)
			return
		}
		b := &Batch{Size: size}
		for {
			if err = pass.Next(b); err != nil {
				break
			}
			if !yield(b, nil) {
				pass.Close() // nobody is left to hear of an error
				return
			}
		}
		if closing := pass.Close(); err == io.EOF {
			err = closing
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// Index returns the place of the column of that name, or a
// [*belief.UnknownNameError] that suggests others.
func Index(src Source, name string) (int, error) { return indexOf(src.Columns(), name) }

func indexOf(columns []Column, name string) (int, error) {
	for i := range columns {
		if columns[i].Name == name {
			return i, nil
		}
	}
	known := func(yield func(string) bool) {
		for i := range columns {
			if !yield(columns[i].Name) {
				return
			}
		}
	}
	return -1, &belief.UnknownNameError{Kind: "column", Name: name, Suggestions: suggest.Nearest(name, known, 3)}
}

// indicesOf finds several columns.
func indicesOf(columns []Column, names []string) ([]int, error) {
	find := func(name string) (int, error) { return indexOf(columns, name) }
	if len(names) > 8 { // else looking through them is faster
		places := make(map[string]int, len(columns))
		for i := range slices.Backward(columns) { // so that the first of a name stays
			places[columns[i].Name] = i
		}
		find = func(name string) (int, error) {
			if i, ok := places[name]; ok {
				return i, nil
			}
			return indexOf(columns, name) // for its error
		}
	}
	at := make([]int, len(names))
	taken := make([]bool, len(columns))
	for k, name := range names {
		i, err := find(name)
		if err != nil {
			return nil, err
		}
		if taken[i] {
			return nil, &belief.ConfigError{Field: "columns", Value: fmt.Sprintf("%q", name), Want: "given once only"}
		}
		at[k], taken[i] = i, true
	}
	return at, nil
}

// checkColumns refuses names that are empty or not unique, and categories likewise.
func checkColumns(columns []Column) error {
	seen := make(map[string]bool, len(columns))
	for i, c := range columns {
		if c.Name == "" {
			return &belief.ConfigError{Field: fmt.Sprintf("Columns[%d].Name", i), Value: `""`, Want: "a name"}
		}
		if seen[c.Name] {
			return &belief.ConfigError{Field: fmt.Sprintf("Columns[%d].Name", i), Value: fmt.Sprintf("%q", c.Name), Want: "a name that no column before it has"}
		}
		seen[c.Name] = true
		texts := make(map[string]bool, len(c.Categories))
		for k, text := range c.Categories {
			if texts[text] {
				return &belief.ConfigError{Field: fmt.Sprintf("Columns[%d].Categories[%d]", i, k), Value: fmt.Sprintf("%q", text), Want: "different from those before it"}
			}
			texts[text] = true
		}
	}
	return nil
}

// A ValueError says which cell of a source cannot be what it is.
type ValueError struct {
	Column string
	Row    int // in the order of the source that was read, from 0
	Value  float64
	Want   string // what it must be
}

// Error names the cell.
func (e *ValueError) Error() string {
	return fmt.Sprintf("column %q of row %d is %v; it must be %s", e.Column, e.Row, e.Value, e.Want)
}
