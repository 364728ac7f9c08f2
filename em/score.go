package em

// What fitted models say of rows.

import (
	"context"
	"fmt"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

// A RowModel is a fitted model of rows.
type RowModel interface {
	// Columns are the names of the columns it was fitted to, in their order.
	Columns() []string
}

// A Density is a model of rows with a density or mass.
type Density interface {
	RowModel
	// LogProbTo writes the logarithm of the density of every row of a block to dst, in
	// nats. With missing cells it is that of the cells that are there, if the model can.
	LogProbTo(dst []float64, b *Block) error
}

// A Clustering is a model of rows with components or clusters.
type Clustering interface {
	RowModel
	Components() int
	// ResponsibilitiesTo writes the probability of every component for every row of a
	// block to dst, b.Rows × Components; one and zeros where clusters are hard.
	ResponsibilitiesTo(dst []float64, b *Block) error
}

// LogProb returns the log density of every row of a source, whose columns are found by
// their names.
func LogProb(ctx context.Context, m Density, src data.Source) ([]float64, error) {
	var out []float64
	err := overRows(ctx, m, src, func(b *Block) error {
		out = append(out, make([]float64, b.Rows)...)
		return m.LogProbTo(out[b.First:], b)
	})
	return out, err
}

// Responsibilities returns the probability of every component for every row of a source,
// rows × m.Components().
func Responsibilities(ctx context.Context, m Clustering, src data.Source) ([]float64, error) {
	var out []float64
	err := overRows(ctx, m, src, func(b *Block) error {
		k := m.Components()
		out = append(out, make([]float64, b.Rows*k)...)
		return m.ResponsibilitiesTo(out[b.First*k:], b)
	})
	return out, err
}

// Labels returns the most probable component of every row of a source, the first of
// those that are equally so.
func Labels(ctx context.Context, m Clustering, src data.Source) ([]int, error) {
	var out []int
	var shares []float64
	err := overRows(ctx, m, src, func(b *Block) error {
		k := m.Components()
		if len(shares) < b.Rows*k {
			shares = make([]float64, b.Rows*k)
		}
		if err := m.ResponsibilitiesTo(shares[:b.Rows*k], b); err != nil {
			return err
		}
		for i := range b.Rows {
			best := 0
			for j, v := range shares[i*k : (i+1)*k] {
				if v > shares[i*k+best] {
					best = j
				}
			}
			out = append(out, best)
		}
		return nil
	})
	return out, err
}

// overRows goes over the rows of a source with the columns of a model.
func overRows(ctx context.Context, m RowModel, src data.Source, body func(b *Block) error) error {
	if src == nil {
		return &belief.ConfigError{Field: "source", Value: "nil", Want: "a source"}
	}
	if v, ok := m.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return err
		}
	}
	src, err := data.Select(src, m.Columns()...)
	if err != nil {
		return fmt.Errorf("em: the model's columns: %w", err)
	}
	if names, ok := m.(interface {
		Match(src data.Source) (data.Source, error)
	}); ok { // the model knows what categories are called
		if src, err = names.Match(src); err != nil {
			return err
		}
	} else {
		for _, c := range src.Columns() {
			if c.Categories != nil {
				return &belief.ConfigError{Field: fmt.Sprintf("column %q", c.Name), Value: "one of categories", Want: "one of numbers"}
			}
		}
	}
	rows := &Rows{source: src, policy: AllowMissing}
	return rows.Each(ctx, Pass{Workers: 1}, func(_ int, b *Block) error {
		if err := rows.check(b); err != nil {
			return err
		}
		return body(b)
	})
}
