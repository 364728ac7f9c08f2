package linear

import (
	"context"
	"fmt"
	"math"
	"sync"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

// A Transformer is a fitted model that writes rows in other, often fewer, numbers: scores
// of a [PCAModel], latent means of a [FactorModel], codes of a [SparseModel].
type Transformer interface {
	em.RowModel
	// Dim is how many numbers a row becomes.
	Dim() int
	// TransformTo writes them for the rows of a block to dst, b.Rows × Dim.
	TransformTo(dst []float64, b *em.Block) error
}

// Transform returns what the rows of a source, whose columns are found by their names,
// become: rows × m.Dim().
func Transform(ctx context.Context, m Transformer, src data.Source) ([]float64, error) {
	if src == nil {
		return nil, &belief.ConfigError{Field: "source", Value: "nil", Want: "a source"}
	}
	src, err := data.Select(src, m.Columns()...)
	if err != nil {
		return nil, fmt.Errorf("em/linear: the model's columns: %w", err)
	}
	var out []float64
	k, first := m.Dim(), 0
	for b, err := range data.Batches(src, data.Order{}, 512) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		out = append(out, make([]float64, b.Rows*k)...)
		if err := m.TransformTo(out[first*k:], &em.Block{First: first, Rows: b.Rows, Columns: b.Columns, X: b.X, Weights: b.Weights}); err != nil {
			return nil, err
		}
		first += b.Rows
	}
	return out, nil
}

func checkLength(have, want int) {
	if have < want {
		panic(fmt.Sprintf("em/linear: a slice of %d where %d are written or read", have, want))
	}
}

func checkBlock(b *em.Block, d int) {
	if b.Columns != d {
		panic(fmt.Sprintf("em/linear: a block of %d columns for a model of %d", b.Columns, d))
	}
	checkLength(len(b.X), b.Rows*d)
}

// finiteOrMissing refuses infinite cells.
func finiteOrMissing(names []string, b *em.Block) error {
	for i, v := range b.X[:b.Rows*b.Columns] {
		if math.IsInf(v, 0) {
			return &data.ValueError{Column: names[i%b.Columns], Row: b.First + i/b.Columns, Value: v, Want: "finite or missing"}
		}
	}
	return nil
}

// spare keeps memory for calls that have no place of their own for it.
var spare = sync.Pool{New: func() any { return new([]float64) }}

// borrow returns n numbers of any value, to be given back by spare.Put.
func borrow(n int) *[]float64 {
	p := spare.Get().(*[]float64)
	if cap(*p) < n {
		*p = make([]float64, n)
	}
	*p = (*p)[:n]
	return p
}
