package em

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
)

// A Block is consecutive rows of the data, not to be changed.
type Block struct {
	First         int // the number of the first row, in the order of the pass
	Rows, Columns int
	X             []float64 // Rows × Columns; NaN where a cell is missing
	Weights       []float64 // one per row; nil if every row counts once
}

// Row returns row i of the block, no copy.
func (b *Block) Row(i int) []float64 {
	return b.X[i*b.Columns : (i+1)*b.Columns : (i+1)*b.Columns]
}

// Weight returns the weight of row i.
func (b *Block) Weight(i int) float64 {
	if b.Weights == nil {
		return 1
	}
	return b.Weights[i]
}

// Rows are rows of a source as the engine reads them: kept in memory if they fit into
// the budget, else read anew in every pass, to the same bits.
type Rows struct {
	source data.Source // kept or read anew
	kept   *data.Table // nil: read anew
	weight float64
	policy Missing
}

// Missing says what becomes of missing cells.
type Missing bool

const (
	RefuseMissing Missing = false // they are an error
	AllowMissing  Missing = true  // they reach the model as NaN
)

// NewRows reads a source into memory if it takes no more than c.Memory there, and checks
// that its rows can be learnt from: that there are some, with weights that are finite, not
// negative and not all zero, and that all cells are finite, or missing where that is
// allowed, also in rows of weight zero. A bad cell or weight is a [*data.ValueError],
// anything else a [*belief.ConfigError]; errors of the source come as they are.
func NewRows(ctx context.Context, src data.Source, c Config, missing Missing) (*Rows, error) {
	if src == nil {
		return nil, &belief.ConfigError{Field: "source", Value: "nil", Want: "a source"}
	}
	columns := src.Columns()
	if src.Rows() == 0 || len(columns) == 0 {
		return nil, &belief.ConfigError{Field: "source", Value: "without rows or columns", Want: "at least one row of one column"}
	}
	r := &Rows{source: src, policy: missing}
	r.kept, _ = src.(*data.Table)
	if r.kept == nil && float64(src.Rows())*float64(len(columns)+1)*8 <= float64(c.memory()) {
		table, err := data.ReadAll(src, data.Limits{Memory: c.memory()})
		if err != nil {
			return nil, err
		}
		r.kept, r.source = table, table
	}
	// Weights are added in the order of the blocks.
	err := r.Each(ctx, Pass{}, func(_ int, b *Block) error {
		if err := r.check(b); err != nil {
			return err
		}
		if b.Weights == nil {
			r.weight += float64(b.Rows)
		}
		for _, w := range b.Weights {
			r.weight += w
		}
		return nil
	})
	if err == nil && !(r.weight > 0 && r.weight <= math.MaxFloat64) {
		err = &belief.ConfigError{Field: "weights", Value: r.weight, Want: "ones with a positive, finite sum"}
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// check refuses cells that nothing can be learnt from.
func (r *Rows) check(b *Block) error {
	for i, w := range b.Weights {
		if !(w >= 0 && w <= math.MaxFloat64) {
			return &data.ValueError{Column: "weight", Row: b.First + i, Value: w, Want: "a finite weight, at least 0"}
		}
	}
	for i, v := range b.X {
		if math.IsInf(v, 0) || v != v && r.policy == RefuseMissing {
			want := "finite"
			if r.policy == AllowMissing {
				want = "finite or missing"
			}
			return &data.ValueError{Column: r.Columns()[i%b.Columns].Name, Row: b.First + i/b.Columns, Value: v, Want: want}
		}
	}
	return nil
}

// Columns says what stands in the rows.
func (r *Rows) Columns() []data.Column { return r.source.Columns() }

// Len is the number of rows.
func (r *Rows) Len() int { return r.source.Rows() }

// Weight is the sum of the weights.
func (r *Rows) Weight() float64 { return r.weight }

// Table returns the rows in memory, nil if they are not kept there.
func (r *Rows) Table() *data.Table { return r.kept }

// Each implements [Data].
func (r *Rows) Each(ctx context.Context, p Pass, body func(slot int, block *Block) error) error {
	p = p.withDefaults()
	if r.kept != nil && !p.Order.Shuffle {
		return r.eachKept(ctx, p, body)
	}
	return r.eachRead(ctx, p, body)
}

// eachKept goes over rows in memory without copying them.
func (r *Rows) eachKept(ctx context.Context, p Pass, body func(slot int, block *Block) error) error {
	x, weights, d := r.kept.Matrix(), r.kept.Weights(), len(r.kept.Columns())
	n := r.kept.Rows()
	return parallel.For(ctx, min(p.Slots, (n+p.Rows-1)/p.Rows), p.Workers, func(slot int) error {
		var b Block
		for first := slot * p.Rows; first < n; first += p.Slots * p.Rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			end := min(first+p.Rows, n)
			b = Block{First: first, Rows: end - first, Columns: d, X: x[first*d : end*d]}
			if weights != nil {
				b.Weights = weights[first:end]
			}
			if err := body(slot, &b); err != nil {
				return err
			}
		}
		return nil
	})
}

// eachRead reads as many blocks as there are slots and works on them together, and so on.
func (r *Rows) eachRead(ctx context.Context, p Pass, body func(slot int, block *Block) error) (err error) {
	pass, err := r.source.Pass(p.Order)
	if err != nil {
		return err
	}
	defer func() {
		if e := pass.Close(); err == nil {
			err = e
		}
	}()
	batches := make([]data.Batch, p.Slots)
	blocks := make([]Block, p.Slots)
	for first, ended := 0, false; !ended; {
		filled := 0
		for filled < p.Slots {
			b := &batches[filled]
			b.Size = p.Rows
			if err := pass.Next(b); err == io.EOF {
				ended = true
				break
			} else if err != nil {
				return err
			}
			if columns := len(r.Columns()); b.Columns != columns || len(b.X) != b.Rows*columns || b.Weights != nil && len(b.Weights) != b.Rows {
				return &belief.ConfigError{Field: "source", Value: fmt.Sprintf("a batch of %d rows, %d columns, %d cells and %d weights", b.Rows, b.Columns, len(b.X), len(b.Weights)),
					Want: fmt.Sprintf("batches of %d columns with all their cells, and weights for all rows or none", columns)}
			}
			blocks[filled] = Block{First: first, Rows: b.Rows, Columns: b.Columns, X: b.X, Weights: b.Weights}
			first += b.Rows
			filled++
		}
		if err := parallel.For(ctx, filled, p.Workers, func(slot int) error { return body(slot, &blocks[slot]) }); err != nil {
			return err
		}
	}
	return nil
}

// Sample draws n rows, at least one, of those whose weight is not zero, without
// replacement and each with the same probability, and puts them into memory with their
// weights. All rows, in their order, are returned if there are no more. Models find their
// starts on it.
func (r *Rows) Sample(n int, seed uint64, index ...uint64) (*data.Table, error) {
	n = max(n, 1)
	if r.kept != nil && r.kept.Rows() <= n {
		return r.kept, nil
	}
	d := len(r.Columns())
	rng := stream.New(seed, "em sample", index...)
	var x, weights []float64
	seen := 0
	// Vitter 1985, algorithm R.
	for b, err := range data.Batches(r.source, data.Order{}, blockRows) {
		if err != nil {
			return nil, err
		}
		for i := range b.Rows {
			if b.Weights != nil && b.Weights[i] == 0 {
				continue
			}
			at := seen
			if seen >= n {
				at = rng.IntN(seen + 1)
			}
			seen++
			if at >= n {
				continue
			}
			if at*d == len(x) {
				x = append(x, b.Row(i)...)
				if b.Weights != nil {
					weights = append(weights, b.Weights[i])
				}
				continue
			}
			copy(x[at*d:], b.Row(i))
			if b.Weights != nil {
				weights[at] = b.Weights[i]
			}
		}
	}
	return data.NewTable(r.Columns(), x, weights)
}
