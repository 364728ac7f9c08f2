package em

// How well clusters are apart: silhouettes, and Davies and Bouldin's index.

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
)

// Silhouette measures how well rows lie within their clusters (Rousseeuw 1987). With a
// the mean distance of a row from the others of its cluster, and b the least of its mean
// distances from the other clusters, the row has
//
//	s = (b − a)/max(a, b),
//
// near 1 if it lies well within, below 0 if another cluster would suit it better, and 0
// if it is alone. A row of weight 2 counts as two rows.
//
// All rows cost O(n² d), and no memory beyond that of the rows. A sample of them, each
// still compared with all others, costs O(m n d), and its mean has a standard error.
type Silhouette struct {
	// Metric is the distance; that of SquaredEuclidean is the Euclidean one, not squared.
	Metric  Metric `json:"metric"`
	Sample  int    `json:"sample,omitempty"` // how many rows with a weight are measured; 0 means all
	Seed    uint64 `json:"seed"`             // of the sample
	Workers int    `json:"workers,omitempty"`
	Memory  int64  `json:"memory,omitempty"` // of the rows, as in [Config]
}

// Silhouettes are those of rows.
type Silhouettes struct {
	Mean   float64 // by weight
	StdErr float64 // of the mean, for a sample, +Inf for one of one row; 0 if all rows were measured
	Rows   []int   // that were measured, in order; nil if all were
	Values []float64
}

// Score measures rows whose clusters are given by any numbers, such as [Labels] returns.
// There have to be two clusters at least.
func (s Silhouette) Score(ctx context.Context, src data.Source, labels []int) (*Silhouettes, error) {
	if s.Sample < 0 {
		return nil, &belief.ConfigError{Field: "Sample", Value: s.Sample, Want: "not negative"}
	}
	if int(s.Metric) >= len(metrics.names) {
		return nil, &belief.ConfigError{Field: "Metric", Value: uint8(s.Metric), Want: "SquaredEuclidean, Manhattan or Cosine"}
	}
	g, err := groupRows(ctx, src, labels, Config{Workers: s.Workers, Memory: s.Memory}, s.Metric)
	if err != nil {
		return nil, err
	}
	out := &Silhouettes{}
	var measured, weighty []int
	for i := range g.n {
		measured = append(measured, i)
		if g.weight(i) > 0 {
			weighty = append(weighty, i)
		}
	}
	if s.Sample > 0 && s.Sample < len(weighty) {
		measured = nil
		for _, at := range sampleRows(len(weighty), s.Sample, stream.New(s.Seed, "em silhouette")) {
			measured = append(measured, weighty[at])
		}
		out.Rows = measured
	}
	out.Values = make([]float64, len(measured))
	const unit = 16
	err = parallel.For(ctx, (len(measured)+unit-1)/unit, s.Workers, func(part int) error {
		sums := make([]float64, g.k)
		for at := part * unit; at < min((part+1)*unit, len(measured)); at++ {
			out.Values[at] = g.silhouette(measured[at], s.Metric, sums)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out.mean(measured, len(weighty), g)
	return out, nil
}

// mean is that of the values, and its error as a mean of a sample without replacement
// (Cochran 1977, equation 2.20; of a ratio, where there are weights, equation 6.13).
func (s *Silhouettes) mean(measured []int, of int, g *groupedRows) {
	sum, weight := 0.0, 0.0
	for at, i := range measured {
		sum += g.weight(i) * s.Values[at]
		weight += g.weight(i)
	}
	s.Mean = sum / weight
	if s.Rows == nil {
		return
	}
	m := float64(len(measured))
	if m == 1 {
		s.StdErr = math.Inf(1)
		return
	}
	squares := 0.0
	for at, i := range measured {
		e := g.weight(i) * (s.Values[at] - s.Mean)
		squares += e * e
	}
	s.StdErr = math.Sqrt(squares*m/(m-1)*(1-m/float64(of))) / weight
}

// sampleRows draws m of n numbers without replacement, in order (Knuth 1997, algorithm
// 3.4.2S).
func sampleRows(n, m int, rng *rand.Rand) []int {
	out := make([]int, 0, m)
	for i := range n {
		if rng.IntN(n-i) < m-len(out) {
			out = append(out, i)
		}
	}
	return out
}

// groupedRows are rows in memory with their clusters numbered from 0.
type groupedRows struct {
	n, d, k int
	x       []float64 // of length one with the cosine metric
	label   []int
	weights []float64 // nil if all count once
	sizes   []float64 // of clusters, by weight
}

func (g *groupedRows) weight(i int) float64 {
	if g.weights == nil {
		return 1
	}
	return g.weights[i]
}

func (g *groupedRows) row(i int) []float64 { return g.x[i*g.d : (i+1)*g.d] }

// groupRows brings rows and labels together. Clusters without weight do not count.
func groupRows(ctx context.Context, src data.Source, labels []int, c Config, metric Metric) (*groupedRows, error) {
	rows, err := NewRows(ctx, src, c, RefuseMissing)
	if err != nil {
		return nil, err
	}
	t := rows.Table()
	if t == nil {
		return nil, &belief.TooLargeError{What: "rows for distances", Bytes: 8 * float64(rows.Len()) * float64(len(rows.Columns())+1), Budget: c.memory(),
			Advice: "raise Memory, or measure a part of the rows"}
	}
	g := &groupedRows{n: t.Rows(), d: len(t.Columns()), x: t.Matrix(), weights: t.Weights()}
	if len(labels) != g.n {
		return nil, &belief.ConfigError{Field: "labels", Value: len(labels), Want: fmt.Sprintf("as many as rows, %d", g.n)}
	}
	g.label, g.k = numberLabels(labels)
	g.sizes = make([]float64, g.k)
	for i, j := range g.label {
		g.sizes[j] += g.weight(i)
	}
	there := 0
	for _, size := range g.sizes {
		if size > 0 {
			there++
		}
	}
	if there < 2 {
		return nil, &belief.ConfigError{Field: "labels", Value: there, Want: "those of two clusters at least"}
	}
	if metric == Cosine {
		g.x = make([]float64, len(g.x))
		if err := normalizeRows(g.x, &Block{Rows: g.n, Columns: g.d, X: t.Matrix()}, columnNames(t.Columns())); err != nil {
			return nil, err
		}
		return g, nil
	}
	// What is measured does not depend on the unit of the rows, but squares do.
	if most := max(kernel.Max(g.x), -kernel.Min(g.x)); most > 0 && !(most > 0x1p-400 && most < 0x1p400) {
		x := make([]float64, len(g.x))
		for i, v := range g.x {
			x[i] = v / most
		}
		g.x = x
	}
	return g, nil
}

// numberLabels numbers labels from 0 in their order.
func numberLabels(labels []int) (numbers []int, k int) {
	values := slices.Clone(labels)
	slices.Sort(values)
	values = slices.Compact(values)
	numbers = make([]int, len(labels))
	for i, l := range labels {
		numbers[i], _ = slices.BinarySearch(values, l)
	}
	return numbers, len(values)
}

// silhouette is that of row i, with memory for a sum per cluster.
func (g *groupedRows) silhouette(i int, metric Metric, sums []float64) float64 {
	clear(sums)
	x := g.row(i)
	for r, j := range g.label {
		if r == i {
			continue
		}
		var d float64
		switch metric {
		case Manhattan:
			d = manhattanDistance(x, g.row(r))
		case Cosine:
			d = kernel.SquaredDistance(x, g.row(r)) / 2
		default:
			d = math.Sqrt(kernel.SquaredDistance(x, g.row(r)))
		}
		sums[j] += g.weight(r) * d
	}
	own := g.label[i]
	others := g.sizes[own] - 1
	if !(others > 0) {
		return 0
	}
	a, b := sums[own]/others, math.Inf(1)
	for j, sum := range sums {
		if j != own && g.sizes[j] > 0 {
			b = min(b, sum/g.sizes[j])
		}
	}
	if a == b {
		return 0
	}
	return (b - a) / max(a, b)
}

// DaviesBouldin returns the mean over clusters of how alike a cluster is to the one most
// like it, which is (sᵢ + sⱼ)/dᵢⱼ: s is the mean Euclidean distance of rows from their
// centre, d that of two centres (Davies & Bouldin 1979). Less is better; it is +Inf where
// centres coincide.
func DaviesBouldin(ctx context.Context, src data.Source, labels []int) (float64, error) {
	g, err := groupRows(ctx, src, labels, Config{}, SquaredEuclidean)
	if err != nil {
		return 0, err
	}
	// Centres are means about the first row of each cluster.
	first := make([]int, g.k)
	for i := g.n - 1; i >= 0; i-- {
		first[g.label[i]] = i
	}
	centers, s, shifted := make([]float64, g.k*g.d), make([]float64, g.k), make([]float64, g.d)
	center := func(j int) []float64 { return centers[j*g.d : (j+1)*g.d] }
	for i, j := range g.label {
		kernel.Sub(shifted, g.row(i), g.row(first[j]))
		kernel.Axpy(g.weight(i), shifted, center(j))
	}
	var there []int
	for j, size := range g.sizes {
		if size > 0 {
			there = append(there, j)
			kernel.Scale(1/size, center(j), center(j))
			kernel.Add(center(j), center(j), g.row(first[j]))
		}
	}
	for i, j := range g.label {
		if g.sizes[j] > 0 {
			s[j] += g.weight(i) / g.sizes[j] * math.Sqrt(kernel.SquaredDistance(g.row(i), center(j)))
		}
	}
	total := 0.0
	for _, i := range there {
		worst := 0.0
		for _, j := range there {
			d := math.Sqrt(kernel.SquaredDistance(center(i), center(j)))
			switch {
			case i == j:
			case d == 0:
				worst = math.Inf(1)
			default:
				worst = max(worst, (s[i]+s[j])/d)
			}
		}
		total += worst
	}
	return total / float64(len(there)), ctx.Err()
}
