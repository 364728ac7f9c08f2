package em

import (
	"context"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/stream"
)

// What the mixtures built upon ellipses begin with.

// checkNumbers asks for n finite numbers.
func checkNumbers(field string, x []float64, n int) error {
	if len(x) != n {
		return &belief.ConfigError{Field: "len(" + field + ")", Value: len(x), Want: fmt.Sprint(n)}
	}
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &belief.ConfigError{Field: fmt.Sprintf("%s[%d]", field, i), Value: v, Want: "finite"}
		}
	}
	return nil
}

// rowMoments returns mean and covariance of rows without missing cells.
func rowMoments(ctx context.Context, rows *Rows) (mean, cov []float64, err error) {
	d := len(rows.Columns())
	e := newEllipses(Full, 1, d)
	s := NewStatistics(e.layout())
	err = rows.Each(ctx, Pass{}, func(_ int, b *Block) error {
		if b.First == 0 {
			copy(e.origins, b.Row(0))
		}
		sc := e.scratch(s, b.Rows)
		sc.load(b)
		e.scatter(s.Sums, sc, 0, sc.weights[:b.Rows])
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	mean, cov = make([]float64, d), make([]float64, d*d)
	e.moments(mean, cov, s.Sums)
	kernel.Scale(1/rows.Weight(), cov, cov)
	return mean, cov, nil
}

// startSample is how many rows a start is found on, at least.
const startSample = 10000

// startRows takes the sums of the rows of a sample, each counted for one component, as
// heavy as all rows: of the nearest of the means that are given to the beginner, else by
// k-means. The origins of e become the means of the components.
func (b *gaussianBeginner) startRows(ctx context.Context, e *ellipses, start int) (*Statistics, error) {
	sample, err := b.rows.Sample(max(startSample, 50*b.K), b.seed, uint64(start))
	if err != nil {
		return nil, err
	}
	all := &Block{Rows: sample.Rows(), Columns: e.d, X: sample.Matrix(), Weights: sample.Weights()}
	var labels []int
	if b.Means != nil && start == 0 {
		var centers []float64
		for _, row := range b.Means {
			for c, v := range row {
				centers = append(centers, (v-b.blank.origin[c])/b.blank.scale[c])
			}
		}
		labels = make([]int, all.Rows)
		if _, err := nearestCenters(ctx, labels, b.frameOf(all), centers, e.d); err != nil {
			return nil, err
		}
	} else {
		if labels, err = b.clusters(ctx, all, stream.New(b.seed, "em mixture start", uint64(start))); err != nil {
			return nil, err
		}
	}
	counts := make([]float64, e.k)
	for i, j := range labels {
		counts[j] += all.Weight(i)
	}
	for j := range e.k {
		copy(e.origin(j), b.blank.origin)
	}
	for i, j := range labels {
		if w := all.Weight(i); w > 0 {
			for c, v := range all.Row(i) {
				e.origin(j)[c] += w / counts[j] * (v - b.blank.origin[c])
			}
		}
	}
	s := NewStatistics(e.layout())
	for first := 0; first < all.Rows; first += blockRows {
		part := &Block{Rows: min(blockRows, all.Rows-first), Columns: e.d, X: all.X[first*e.d:]}
		if all.Weights != nil {
			part.Weights = all.Weights[first:]
		}
		sc := e.scratch(s, part.Rows)
		sc.load(part)
		for j := range e.k {
			for i := range part.Rows {
				sc.product[i] = 0
				if labels[first+i] == j {
					sc.product[i] = sc.weights[i]
				}
			}
			e.scatter(s.Sums, sc, j, sc.product[:part.Rows])
		}
		s.Weight += kernel.Sum(sc.weights[:part.Rows])
	}
	if s.Weight > 0 {
		s.Scale(b.rows.Weight() / s.Weight)
	}
	return s, nil
}
