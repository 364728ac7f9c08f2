package em

// What a fit of k-means knows of its data: an origin, how far rows are from it, and what
// is kept of every row.

import (
	"context"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/kernel"
)

// kmeansWork is shared by all starts of a fit.
type kmeansWork struct {
	ctx     context.Context
	set     KMeans
	rows    *Rows
	names   []string
	seed    uint64
	workers int
	batches bool
	exact   bool // a start ends when nothing changes

	// origin is what rows and centres are shifted by before anything is multiplied or
	// added up; nil where they are near enough to zero.
	origin []float64
	radius float64 // no row is farther from the origin
	spread float64 // the inertia of one cluster

	seeds *data.Table // rows to draw first centres from

	// Of every row, with rows in memory and without batches; lower and elkan only as the
	// algorithm wants them. owner says, for each unit of rows, under which centres they were
	// written.
	label []int32
	lower []float64
	elkan []float64
	owner []*kmeansCenters
}

// kmeansSeeds is how many rows first centres are drawn from, at least.
const kmeansSeeds = 1 << 14

func newKMeansWork(ctx context.Context, k KMeans, rows *Rows, c Config) (*kmeansWork, error) {
	w := &kmeansWork{ctx: ctx, set: k, rows: rows, seed: c.Seed, workers: c.Workers, batches: c.Batch > 0, names: columnNames(rows.Columns())}
	n, d := float64(rows.Len()), float64(len(w.names))
	budget := c.memory()
	tooLarge := func(what string, bytes float64, advice string) error {
		return &belief.TooLargeError{What: what, Bytes: bytes, Budget: budget, Advice: advice}
	}
	if float64(k.K) > n {
		return nil, &belief.ConfigError{Field: "K", Value: k.K, Want: fmt.Sprintf("at most the number of rows, %d", rows.Len())}
	}
	inMemory := rows.Table() != nil
	if k.Metric == Manhattan && !inMemory {
		return nil, tooLarge("data for medians", 8*n*(d+1), "raise Memory, or choose another metric")
	}
	// Statistics of every slot, and three copies of the centres.
	if bytes := 8 * float64(k.K) * (19*d + 16); bytes > float64(budget) {
		return nil, tooLarge("k-means", bytes, "raise Memory, or lower K")
	}
	if err := w.survey(ctx); err != nil {
		return nil, err
	}
	if w.batches || !inMemory {
		return w, nil
	}
	algorithm := k.Algorithm
	if algorithm == KMeansAuto {
		algorithm = Hamerly
	}
	if algorithm == Elkan {
		bytes := 8 * float64(k.K) * (n + float64(k.K))
		if bytes > float64(budget) {
			return nil, tooLarge("Elkan's bounds", bytes, "raise Memory, or choose Hamerly")
		}
		w.elkan = make([]float64, rows.Len()*k.K)
	}
	w.label = make([]int32, rows.Len())
	w.owner = make([]*kmeansCenters, (rows.Len()+kmeansUnit-1)/kmeansUnit)
	if algorithm != Lloyd {
		w.lower = make([]float64, rows.Len())
	}
	return w, nil
}

// Columns with a mean this many standard deviations from zero are shifted.
const kmeansFar = 16

// survey goes over the data once, for the origin and the radius.
func (w *kmeansWork) survey(ctx context.Context) error {
	d, weights := len(w.names), w.rows.Weight()
	type part struct {
		sum, squares, shifted []float64 // about the first row
		nearZero, nearFirst   float64   // the largest squared distances
		positive              int       // rows with a weight
	}
	parts := make([]part, 16)
	var first []float64
	for b, err := range data.Batches(w.rows.source, data.Order{}, 1) {
		if err != nil {
			return err
		}
		first = append(first, b.Row(0)...)
		break
	}
	for i := range parts {
		parts[i].sum, parts[i].squares, parts[i].shifted = make([]float64, d), make([]float64, d), make([]float64, d)
	}
	err := w.rows.Each(ctx, Pass{Slots: len(parts), Workers: w.workers}, func(slot int, b *Block) error {
		p := &parts[slot]
		for i := range b.Rows {
			row, weight := b.Row(i), b.Weight(i)
			zero := kernel.SumSquares(row)
			if w.set.Metric == Cosine {
				if zero == 0 && kernel.Max(row) == 0 && kernel.Min(row) == 0 {
					return &data.ValueError{Column: w.names[0], Row: b.First + i, Want: "not zero like all others of its row, which has no direction then"}
				}
			} else if !(zero*16*max(1, weights) <= math.MaxFloat64) {
				at := 0
				for j, v := range row {
					if math.Abs(v) > math.Abs(row[at]) {
						at = j
					}
				}
				return &data.ValueError{Column: w.names[at], Row: b.First + i, Value: row[at], Want: "small enough that squares can be added; scale the columns"}
			}
			if weight > 0 {
				if weight < 0x1p-900 {
					return &data.ValueError{Column: "weight", Row: b.First + i, Value: weight, Want: "0, or not so small; multiply all weights by the same"}
				}
				p.positive++
			}
			kernel.Sub(p.shifted, row, first)
			p.nearZero = max(p.nearZero, zero)
			p.nearFirst = max(p.nearFirst, kernel.SumSquares(p.shifted))
			kernel.Axpy(weight, p.shifted, p.sum)
			for j, v := range p.shifted {
				p.squares[j] += weight * v * v
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	all := &parts[0]
	for i := range parts[1:] {
		p := &parts[i+1]
		kernel.Add(all.sum, all.sum, p.sum)
		kernel.Add(all.squares, all.squares, p.squares)
		all.nearZero, all.nearFirst = max(all.nearZero, p.nearZero), max(all.nearFirst, p.nearFirst)
		all.positive += p.positive
	}
	if w.set.K > all.positive {
		return &belief.ConfigError{Field: "K", Value: w.set.K, Want: fmt.Sprintf("at most the number of rows with a weight, %d", all.positive)}
	}
	if w.set.Metric == Cosine {
		w.radius, w.spread = 1, weights
		return nil
	}
	mean, far := all.shifted, false
	for j := range mean {
		shift := all.sum[j] / weights
		variance := max(0, all.squares[j]/weights-shift*shift)
		mean[j] = first[j] + shift
		far = far || math.Abs(mean[j]) > kmeansFar*math.Sqrt(variance)
		if w.set.Metric == Manhattan { // about as large as the distances from the medians
			w.spread += math.Sqrt(variance) * weights
		} else {
			w.spread += variance * weights
		}
	}
	w.radius = math.Sqrt(all.nearZero)
	if far && w.set.Metric == SquaredEuclidean {
		shift := kernel.SquaredDistance(mean, first)
		w.origin, w.radius = mean, (math.Sqrt(all.nearFirst)+math.Sqrt(shift))*(1+1e-9)
	}
	return nil
}

// prepare returns the rows of a block as the centres want them.
func (w *kmeansWork) prepare(s *kmeansScratch, b *Block) ([]float64, error) {
	if w.origin == nil && w.set.Metric != Cosine {
		return b.X, nil
	}
	if len(s.prepared) < b.Rows*b.Columns {
		s.prepared = make([]float64, b.Rows*b.Columns)
	}
	x := s.prepared[:b.Rows*b.Columns]
	if w.set.Metric == Cosine {
		return x, normalizeRows(x, b, w.names)
	}
	for i := range b.Rows {
		kernel.Sub(x[i*b.Columns:(i+1)*b.Columns], b.Row(i), w.origin)
	}
	return x, nil
}

// normalizeRows writes rows of length one.
func normalizeRows(dst []float64, b *Block, names []string) error {
	for i := range b.Rows {
		if !normalizeTo(dst[i*b.Columns:(i+1)*b.Columns], b.Row(i)) {
			return &data.ValueError{Column: names[0], Row: b.First + i, Want: "not zero like all others of its row, which has no direction then"}
		}
	}
	return nil
}

// normalizeTo writes a vector of length one, and reports whether there is one.
func normalizeTo(dst, x []float64) bool {
	squares := kernel.SumSquares(x)
	if !(squares > 0x1p-900 && squares < 0x1p900) { // squares may have been too large or too small
		most := max(kernel.Max(x), -kernel.Min(x))
		if most == 0 {
			return false
		}
		for j, v := range x {
			dst[j] = v / most
		}
		x, squares = dst, kernel.SumSquares(dst)
	}
	kernel.Scale(1/math.Sqrt(squares), dst, x)
	return true
}

// keeps reports whether something is kept of the rows of a block.
func (w *kmeansWork) keeps(b *Block) bool {
	return w.label != nil && b.First%kmeansUnit == 0 && b.Rows == min(kmeansUnit, len(w.label)-b.First)
}
