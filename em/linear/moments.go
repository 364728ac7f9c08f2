package linear

// Means and covariances of rows, a block at a time.

import (
	"context"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/internal/kernel"
)

// momentRows is the number of rows that are centred and multiplied at once.
const momentRows = 1024

// open reads the rows of a source of numbers.
func open(ctx context.Context, src data.Source, c em.Config, missing em.Missing) (*em.Rows, error) {
	rows, err := em.NewRows(ctx, src, c, missing)
	if err != nil {
		return nil, err
	}
	for _, column := range rows.Columns() {
		if column.Categories != nil {
			return nil, &belief.ConfigError{Field: fmt.Sprintf("column %q", column.Name), Value: "one of categories", Want: "one of numbers; data.Without leaves it out"}
		}
	}
	return rows, nil
}

func names(columns []data.Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Name
	}
	return out
}

// columnMoments are what is known of single columns: means and variances of the cells that
// are there, divided by their weight.
type columnMoments struct {
	mean, variance, weight []float64
	missing                bool
}

// moments1 goes over the data twice: means about a first value, then variances about the
// means, so that columns far from zero lose nothing.
func moments1(ctx context.Context, rows *em.Rows, model string) (*columnMoments, error) {
	d := len(rows.Columns())
	m := &columnMoments{mean: make([]float64, d), variance: make([]float64, d), weight: make([]float64, d)}
	origin, seen := make([]float64, d), make([]bool, d)
	err := rows.Each(ctx, em.Pass{Rows: momentRows}, func(_ int, b *em.Block) error {
		for i := range b.Rows {
			w := b.Weight(i)
			if w == 0 {
				continue
			}
			for j, v := range b.Row(i) {
				if v != v {
					m.missing = true
					continue
				}
				if !seen[j] {
					origin[j], seen[j] = v, true
				}
				m.mean[j] += w * (v - origin[j])
				m.weight[j] += w
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for j := range m.mean {
		if m.weight[j] == 0 {
			return nil, &data.ValueError{Column: rows.Columns()[j].Name, Value: math.NaN(), Want: "there in at least one row that counts"}
		}
		m.mean[j] = origin[j] + m.mean[j]/m.weight[j]
	}
	err = rows.Each(ctx, em.Pass{Rows: momentRows}, func(_ int, b *em.Block) error {
		for i := range b.Rows {
			w := b.Weight(i)
			if w == 0 {
				continue
			}
			for j, v := range b.Row(i) {
				if v = v - m.mean[j]; v == v {
					m.variance[j] += w * v * v
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for j := range m.variance {
		m.variance[j] /= m.weight[j]
		if !(m.variance[j] <= math.MaxFloat64) || math.IsInf(m.mean[j], 0) {
			return nil, &dist.FitError{Distribution: model, Row: -1, Problem: fmt.Sprintf("the variance of column %q overflows; scale it", rows.Columns()[j].Name)}
		}
		// What is left of a constant column is rounding.
		if s := 4 * 0x1p-52 * math.Abs(m.mean[j]); m.variance[j] <= s*s {
			m.variance[j] = 0
		}
	}
	return m, nil
}

// centre writes the rows of a block less the means, times the roots of their weights and
// column by column times scale, to dst. Missing cells become zero.
func centre(dst []float64, b *em.Block, mean, scale []float64) {
	d := b.Columns
	for i := range b.Rows {
		to := dst[i*d : (i+1)*d]
		if b.Weight(i) == 0 {
			clear(to)
			continue
		}
		kernel.Sub(to, b.Row(i), mean)
		if scale != nil {
			kernel.Mul(to, to, scale)
		}
		if w := b.Weight(i); w != 1 {
			kernel.Scale(math.Sqrt(w), to, to)
		}
	}
	for i, v := range dst[:b.Rows*d] {
		if v != v {
			dst[i] = 0
		}
	}
}

// covariance returns the weighted covariance of the rows, divided by their weight, d×d, of
// columns that are multiplied by scale (nil: by one).
func covariance(ctx context.Context, rows *em.Rows, mean, scale []float64, workers int) ([]float64, error) {
	d := len(mean)
	c := make([]float64, d*d)
	buf := make([]float64, min(momentRows, rows.Len())*d)
	err := rows.Each(ctx, em.Pass{Rows: momentRows}, func(_ int, b *em.Block) error {
		centre(buf, b, mean, scale)
		addSquare(c, buf, b.Rows, d, workers)
		return nil
	})
	if err != nil {
		return nil, err
	}
	mirror(c, d, 1/rows.Weight())
	return c, nil
}

// squarePanel is the width of the panels that addSquare goes by: the narrower, the less is
// computed below the diagonal.
const squarePanel = 112

// addSquare adds xᵀx to the upper triangle of c, for x of n rows and d columns.
func addSquare(c, x []float64, n, d, workers int) {
	for from := 0; from < d; from += squarePanel {
		to := min(from+squarePanel, d)
		kernel.Gemm(true, false, to, to-from, n, 1, x, d, x[from:], d, 1, c[from:], d, workers)
	}
}

// mirror multiplies the upper triangle of c and copies it to the lower one.
func mirror(c []float64, d int, by float64) {
	for i := range d {
		kernel.Scale(by, c[i*d+i:(i+1)*d], c[i*d+i:(i+1)*d])
		for j := i + 1; j < d; j++ {
			c[j*d+i] = c[i*d+j]
		}
	}
}
