package em

// The rows that a network learns from: those that are the same once, with all their
// weight.

import (
	"context"
	"encoding/binary"

	"github.com/belief-go/belief/data"
)

// networkRows are the data of a network. What becomes of them depends on the rows alone
// and not on how much memory there is, so that results do neither.
type networkRows struct {
	*Rows
	rowOf    []int  // the first of the rows that are the same; nil: the rows are as they were
	observed []bool // by variable: in some row
}

// Rows that are the same are gathered if there are no more than so many cells of different
// ones, and, looked at after so many rows, not nearly all are different.
const (
	networkCells = 1 << 23
	networkLook  = 1 << 13
)

// networkBlockRows is the number of rows in a block: few, for a row may be a lot of work.
const networkBlockRows = 32

// Each implements [Data].
func (d *networkRows) Each(ctx context.Context, p Pass, body func(slot int, block *Block) error) error {
	if p.Rows == 0 {
		p.Rows = networkBlockRows
	}
	return d.Rows.Each(ctx, p, body)
}

func newNetworkRows(ctx context.Context, rows *Rows, m *NetworkModel, c Config) (*networkRows, error) {
	out := &networkRows{Rows: rows, observed: make([]bool, len(m.fixed))}
	gather := c.Batch == 0
	first := map[string]int{}
	var x, weights []float64
	var rowOf []int
	var key []byte
	err := rows.Each(ctx, Pass{Workers: 1}, func(_ int, b *Block) error {
		for i := range b.Rows {
			row, w := b.Row(i), b.Weight(i)
			if w == 0 {
				continue
			}
			key = key[:0]
			for j, v := range row {
				code := uint64(0)
				if v == v {
					code = uint64(v) + 1
					out.observed[m.columns[j]] = true
				}
				key = binary.AppendUvarint(key, code)
			}
			if !gather {
				continue
			}
			if k, same := first[string(key)]; same {
				weights[k] += w
				continue
			}
			first[string(key)] = len(weights)
			x, weights, rowOf = append(x, row...), append(weights, w), append(rowOf, b.First+i)
		}
		if seen := b.First + b.Rows; len(x) > networkCells || seen >= networkLook && len(weights) > seen/10*9 {
			gather = false
			first, x, weights, rowOf = nil, nil, nil, nil
		}
		return nil
	})
	if err != nil || !gather || len(weights) == rows.Len() {
		return out, err
	}
	table, err := data.NewTable(rows.Columns(), x, weights)
	if err != nil {
		return nil, err
	}
	out.rowOf = rowOf
	out.Rows, err = NewRows(ctx, table, c, AllowMissing)
	return out, err
}
