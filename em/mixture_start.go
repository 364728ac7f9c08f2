package em

// Mixtures of exponential families: where a fit begins.

import (
	"context"
	"fmt"
	"math"

	"github.com/belief-go/belief/internal/stream"
)

// mean returns the mean of T over all data, of the cells that are there.
func (m *mixtureShape) mean(ctx context.Context, rows *Rows) ([]float64, error) {
	sum, weight := make([]float64, m.dim), make([]float64, len(m.parts))
	one := *m
	one.components = 0
	var s mixtureScratch
	err := rows.Each(ctx, Pass{Workers: 1}, func(_ int, b *Block) error {
		t := one.sufficient(b, &s)
		for i := range b.Rows {
			if b.Weight(i) == 0 {
				continue
			}
			if math.IsInf(s.base[i], -1) {
				return m.outside(b, i)
			}
			m.addRow(sum, weight, b.Row(i), t[i*m.dim:(i+1)*m.dim], b.Weight(i))
		}
		return nil
	})
	m.divide(sum, weight)
	return sum, err
}

// addRow adds T of a row where its cells are there.
func (m *mixtureShape) addRow(sum, weight, row, t []float64, w float64) {
	for j, p := range m.parts {
		if p.size == 1 && row[p.first] != row[p.first] {
			continue
		}
		weight[j] += w
		for i := p.at; i < p.at+p.dim; i++ {
			sum[i] += w * t[i]
		}
	}
}

// divide makes means of sums.
func (m *mixtureShape) divide(sum, weight []float64) {
	for j, p := range m.parts {
		for i := p.at; i < p.at+p.dim && weight[j] > 0; i++ {
			sum[i] /= weight[j]
		}
	}
}

// mixtureSample is how many rows a start looks at.
const mixtureSample = 2048

// start returns a model whose components are what is around rows of a sample that are
// far from each other, drawn towards the mean of all so that each of them determines a
// distribution.
func (m *mixtureShape) start(ctx context.Context, rows *Rows, seed uint64, start int) (*MixtureModel, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	table, err := rows.Sample(mixtureSample, seed, uint64(start))
	if err != nil {
		return nil, err
	}
	n, dim := min(table.Rows(), mixtureSample), m.dim
	b := &Block{Rows: n, Columns: len(m.columns), X: table.Matrix()[:n*len(m.columns)]}
	if w := table.Weights(); w != nil {
		b.Weights = w[:n]
	}
	one := *m
	one.components = 0
	var s mixtureScratch
	t := one.sufficient(b, &s)
	all, weight := make([]float64, dim), make([]float64, len(m.parts))
	total := 0.0
	for i := range n {
		if w := b.Weight(i); w > 0 {
			if math.IsInf(s.base[i], -1) {
				return nil, m.outside(b, i)
			}
			m.addRow(all, weight, b.Row(i), t[i*dim:(i+1)*dim], w)
			total += w
		}
	}
	m.divide(all, weight)
	// Coordinates of mean zero and variance one, in which missing cells are at the mean.
	z, scale := make([]float64, n*dim), make([]float64, dim)
	for i := range n {
		for _, p := range m.parts {
			if p.size == 1 && b.Row(i)[p.first] != b.Row(i)[p.first] {
				continue
			}
			for j := p.at; j < p.at+p.dim; j++ {
				z[i*dim+j] = t[i*dim+j] - all[j]
				scale[j] += b.Weight(i) / total * z[i*dim+j] * z[i*dim+j]
			}
		}
	}
	for i := range z {
		if v := scale[i%dim]; v > 0 {
			z[i] /= math.Sqrt(v)
		}
	}
	nearest, _, err := cluster(ctx, z, dim, m.components, b.Weights, stream.New(seed, "em mixture", uint64(start)))
	if err != nil {
		return nil, err
	}
	// One row with the mean of all is added to each.
	unit := total / float64(n)
	if !(unit > 0) {
		unit = 1
	}
	model := m.model()
	for k := range m.components {
		sum, weight := model.means[k*dim:][:dim], make([]float64, len(m.parts))
		for j, p := range m.parts {
			weight[j] = unit
			for i := p.at; i < p.at+p.dim; i++ {
				sum[i] = unit * all[i]
			}
		}
		share := unit
		for i, at := range nearest {
			if w := b.Weight(i); at == k && w > 0 {
				m.addRow(sum, weight, b.Row(i), t[i*dim:(i+1)*dim], w)
				share += w
			}
		}
		m.divide(sum, weight)
		model.weights[k] = share / (total + unit*float64(m.components))
	}
	if err := model.prepare(); err != nil {
		return nil, fmt.Errorf("em: the start: %w", err)
	}
	return model, nil
}
