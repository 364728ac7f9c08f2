package em

// What k-means has found: centres, and what they say of rows.

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/saved"
)

// A KMeansModel is clusters with centres. [Labels] gives the clusters of rows. It may be
// used concurrently once it is fitted, and is not to be changed then.
type KMeansModel struct {
	Names   []string    // of the columns
	Metric  Metric      // by which rows are near
	Centers [][]float64 // one per cluster
	Sizes   []float64   // the weight of the rows of each cluster
	Inertia float64     // the sum of the rows' distances from their centres

	repaired int         // how often an empty cluster was moved
	empty    []int       // clusters that were empty in the last M step and could not be
	work     *kmeansWork // of the fit; nil after it
	derived  atomic.Pointer[kmeansCenters]
}

var (
	_ Model[*Block]     = (*KMeansModel)(nil)
	_ HardModel[*Block] = (*KMeansModel)(nil)
	_ Stepwise          = (*KMeansModel)(nil)
	_ Clustering        = (*KMeansModel)(nil)
	_ Warner            = (*KMeansModel)(nil)
)

// Columns returns the names of the columns.
func (m *KMeansModel) Columns() []string { return m.Names }

// Components returns the number of clusters.
func (m *KMeansModel) Components() int { return len(m.Centers) }

// NewStatistics implements [Model]: the weight of each cluster and, but with Manhattan
// distances, the sum of its rows about the origin.
func (m *KMeansModel) NewStatistics() *Statistics { return NewStatistics(m.layout()) }

// layout is the kind of the statistics, and how many sums they have.
func (m *KMeansModel) layout() (kind string, sums int) {
	k, d := len(m.Centers), len(m.Names)
	if m.Metric == Manhattan {
		d = 0
	}
	return fmt.Sprintf("kmeans %v %d×%d", m.Metric, k, len(m.Names)), k * (d + 1)
}

// DistancesTo writes the distance of every row of a block from every centre to dst,
// b.Rows × Components: squared where the metric is. A missing cell is a
// [*data.ValueError].
func (m *KMeansModel) DistancesTo(dst []float64, b *Block) error {
	k := len(m.Centers)
	if len(dst) != b.Rows*k {
		panic(fmt.Sprintf("em: %d distances for %d rows and %d clusters", len(dst), b.Rows, k))
	}
	c, x, err := m.look(b)
	if err != nil {
		return err
	}
	for i := range b.Rows {
		row := x[i*c.d : (i+1)*c.d]
		for j := range k {
			dst[i*k+j] = c.scale * c.cost(row, j)
		}
	}
	return nil
}

// ResponsibilitiesTo writes 1 for the nearest centre of every row of a block, the first
// if several are, and 0 for all others.
func (m *KMeansModel) ResponsibilitiesTo(dst []float64, b *Block) error {
	k := len(m.Centers)
	if len(dst) != b.Rows*k {
		panic(fmt.Sprintf("em: %d responsibilities for %d rows and %d clusters", len(dst), b.Rows, k))
	}
	c, x, err := m.look(b)
	if err != nil {
		return err
	}
	s, _ := c.pool.Get().(*kmeansScratch)
	if s == nil {
		s = new(kmeansScratch)
	}
	defer c.pool.Put(s)
	s.fit(x, b.Rows, c)
	c.settle(&s.all, s.f, c.reach(x, b.Rows))
	clear(dst)
	for i, j := range s.all.label {
		dst[i*k+int(j)] = 1
	}
	return nil
}

// look checks rows that do not come from a fit.
func (m *KMeansModel) look(b *Block) (*kmeansCenters, []float64, error) {
	if m.derived.Load() == nil {
		if err := m.Validate(); err != nil {
			return nil, nil, err
		}
	}
	c := m.centers()
	if b.Columns != c.d {
		panic(fmt.Sprintf("em: a block of %d columns for a model of %d", b.Columns, c.d))
	}
	for i, v := range b.X[:b.Rows*b.Columns] {
		if v-v != 0 {
			return nil, nil, &data.ValueError{Column: m.Names[i%c.d], Row: b.First + i/c.d, Value: v, Want: "finite"}
		}
	}
	if m.Metric != Cosine {
		return c, b.X, nil
	}
	x := make([]float64, b.Rows*c.d)
	return c, x, normalizeRows(x, b, m.Names)
}

// Warnings tells of clusters that ran empty.
func (m *KMeansModel) Warnings() []belief.Warning {
	var out []belief.Warning
	if m.repaired > 0 {
		out = append(out, belief.Warning{Code: "empty-cluster-moved",
			Text: fmt.Sprintf("clusters ran empty %d times and were moved to the rows farthest from their centres; fewer clusters may do", m.repaired)})
	}
	if len(m.empty) > 0 {
		out = append(out, belief.Warning{Code: "empty-cluster", Where: fmt.Sprintf("cluster %d", m.empty[0]),
			Text: fmt.Sprintf("%d of %d clusters have no rows; there may be fewer different rows than clusters", len(m.empty), len(m.Centers))})
	}
	return out
}

// Validate reports what no fitted model has.
func (m *KMeansModel) Validate() error {
	bad := func(field string, value any, want string) error {
		return &belief.ConfigError{Field: field, Value: value, Want: want}
	}
	if int(m.Metric) >= len(metrics.names) {
		return bad("Metric", uint8(m.Metric), "one of those that there are")
	}
	if len(m.Names) == 0 {
		return bad("Names", m.Names, "not empty")
	}
	if len(m.Centers) == 0 {
		return bad("Centers", m.Centers, "at least one")
	}
	seen := map[string]bool{}
	for _, n := range m.Names {
		if seen[n] {
			return bad("Names", n, "all different")
		}
		seen[n] = true
	}
	for j, c := range m.Centers {
		if len(c) != len(m.Names) {
			return bad(fmt.Sprintf("Centers[%d]", j), len(c), fmt.Sprintf("%d numbers", len(m.Names)))
		}
		squares := 0.0
		for _, v := range c {
			if v-v != 0 {
				return bad(fmt.Sprintf("Centers[%d]", j), v, "finite")
			}
			squares += v * v
		}
		if m.Metric == Cosine && math.Abs(squares-1) > 1e-6 {
			return bad(fmt.Sprintf("Centers[%d]", j), c, "of length one")
		}
	}
	if m.Sizes != nil && len(m.Sizes) != len(m.Centers) {
		return bad("Sizes", len(m.Sizes), "as many as there are centres")
	}
	for j, v := range m.Sizes {
		if !(v >= 0 && v <= math.MaxFloat64) {
			return bad(fmt.Sprintf("Sizes[%d]", j), v, "finite and not negative")
		}
	}
	if !(m.Inertia >= 0) {
		return bad("Inertia", m.Inertia, "not negative")
	}
	return nil
}

const kmeansKind = "kmeans"

// kmeansForm is version 1 of a saved model.
type kmeansForm struct {
	Columns []string      `json:"columns"`
	Metric  Metric        `json:"metric"`
	Centers [][]float64   `json:"centers"`
	Sizes   []float64     `json:"sizes,omitempty"`
	Inertia belief.Number `json:"inertia"`
}

// MarshalJSON writes the model, exactly.
func (m *KMeansModel) MarshalJSON() ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return saved.Marshal(kmeansKind, 1, kmeansForm{m.Names, m.Metric, m.Centers, m.Sizes, belief.Number(m.Inertia)})
}

// UnmarshalJSON reads what MarshalJSON has written. The error is a
// [*belief.ParseError] or, for numbers that no model has, a [*belief.ConfigError].
func (m *KMeansModel) UnmarshalJSON(b []byte) error {
	var f kmeansForm
	if _, err := saved.Unmarshal(b, kmeansKind, 1, &f); err != nil {
		return err
	}
	read := KMeansModel{Names: f.Columns, Metric: f.Metric, Centers: f.Centers, Sizes: f.Sizes, Inertia: float64(f.Inertia)}
	if err := read.Validate(); err != nil {
		return err
	}
	m.Names, m.Metric, m.Centers, m.Sizes, m.Inertia = read.Names, read.Metric, read.Centers, read.Sizes, read.Inertia
	m.derived.Store(nil)
	return nil
}
