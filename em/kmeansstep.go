package em

// The steps of k-means as the engine takes them: rows are added up by cluster, and
// centres are moved.

import (
	"context"
	"math"
	"slices"

	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/parallel"
)

// assign finds label and cost of every row of a block, in all of the scratch.
func (m *KMeansModel) assign(b *Block, s *kmeansScratch) (*kmeansCenters, error) {
	w := m.work
	if w == nil {
		c, x, err := m.look(b)
		if err != nil {
			return c, err
		}
		s.fit(x, b.Rows, c)
		c.settle(&s.all, s.f, c.reach(x, b.Rows))
		return c, nil
	}
	c := m.centers()
	x, err := w.prepare(s, b)
	if err != nil {
		return c, err
	}
	s.fit(x, b.Rows, c)
	if reach := c.bound(w.radius); w.keeps(b) {
		c.bounded(w, s, b.First, reach)
	} else {
		c.settle(&s.all, s.f, reach)
	}
	return c, nil
}

// Expect implements [Model].
func (m *KMeansModel) Expect(b *Block, s *Statistics) error {
	scratch, _ := s.Scratch.(*kmeansScratch)
	if scratch == nil {
		scratch = new(kmeansScratch)
		s.Scratch = scratch
	}
	var part Block
	for from := 0; from < b.Rows; from += kmeansUnit {
		b.part(&part, from, min(from+kmeansUnit, b.Rows))
		if err := m.expect(&part, s, scratch); err != nil {
			return err
		}
	}
	return nil
}

// kmeansUnit is how many rows are worked on at a time, so few that they stay in the first
// cache from their distances to their sums.
const kmeansUnit = 128

// part makes p some rows of b.
func (b *Block) part(p *Block, from, to int) {
	*p = Block{First: b.First + from, Rows: to - from, Columns: b.Columns, X: b.X[from*b.Columns : to*b.Columns]}
	if b.Weights != nil {
		p.Weights = b.Weights[from:to]
	}
}

// expect is Expect for a few rows.
func (m *KMeansModel) expect(b *Block, s *Statistics, scratch *kmeansScratch) error {
	c, err := m.assign(b, scratch)
	if err != nil {
		return err
	}
	sizes, sums := s.Sums[:c.k], s.Sums[c.k:]
	rows := &scratch.all
	inertia, total := 0.0, 0.0
	for i, j := range rows.label {
		w := b.Weight(i)
		if w == 0 {
			continue
		}
		sizes[j] += w
		total += w
		inertia += w * rows.cost[i]
		if !c.manhattan {
			kernel.Axpy(w, rows.x[i*c.d:(i+1)*c.d], sums[int(j)*c.d:(int(j)+1)*c.d])
		}
	}
	s.LogLikelihood -= c.scale * inertia
	s.Weight += total
	return nil
}

// ExpectHard implements [HardModel]: k-means is hard as it is.
func (m *KMeansModel) ExpectHard(b *Block, s *Statistics) error { return m.Expect(b, s) }

// Origin implements [Stepwise]: sums are about one origin throughout a fit.
func (m *KMeansModel) Origin() []float64 { return nil }

// Recentre implements [Stepwise]. There is nothing to do.
func (m *KMeansModel) Recentre(*Statistics, []float64) {}

// Maximize implements [Model]. A cluster without rows is moved to the row that is
// farthest from its centre, if one is away from it at all; with batches, or where the
// data are not at hand, it stays where it is.
func (m *KMeansModel) Maximize(s *Statistics) error {
	if err := s.Check(m.layout()); err != nil {
		return err
	}
	c, w := m.centers(), m.work
	sizes := s.Sums[:c.k]
	var vacant []int
	for j, size := range sizes {
		if !(size > 0) {
			vacant = append(vacant, j)
		}
	}
	var far []farRow
	if len(vacant) > 0 && w != nil && !w.batches {
		var err error
		if far, err = m.farthest(w.ctx, len(vacant)); err != nil {
			return err
		}
	}
	next, err := m.next(s)
	if err != nil {
		return err
	}
	for i, row := range far {
		copy(next[vacant[i]], row.x)
	}
	m.repaired += len(far)
	m.empty = append(m.empty[:0], vacant[len(far):]...)
	m.Centers, m.Sizes = next, slices.Clone(sizes)
	c.set(next, m.origin())
	return nil
}

// next returns the centres of the rows of each cluster; one without rows has its own.
func (m *KMeansModel) next(s *Statistics) ([][]float64, error) {
	c := m.centers()
	sizes, sums := s.Sums[:c.k], s.Sums[c.k:]
	next := make([][]float64, c.k)
	for j := range next {
		next[j] = slices.Clone(m.Centers[j])
	}
	if c.manhattan {
		if err := m.medians(next); err != nil {
			return nil, err
		}
	}
	for j, size := range sizes {
		if c.manhattan || !(size > 0) {
			continue
		}
		sum, to := sums[j*c.d:(j+1)*c.d], next[j]
		if m.Metric == Cosine {
			normalizeTo(to, sum) // all directions are equally good if they cancel
			continue
		}
		kernel.Scale(1/size, to, sum)
		if origin := m.origin(); origin != nil {
			kernel.Add(to, to, origin)
		}
	}
	return next, nil
}

// settled says that no centre would be moved by more than rounding may. A row that
// changes its cluster moves two, also where the inertia of others hides that.
func (m *KMeansModel) settled(s *Statistics) bool {
	if m.work == nil || !m.work.exact {
		return true
	}
	next, err := m.next(s)
	if err != nil {
		return true // as the M step will say
	}
	origin := m.origin()
	for j, row := range next {
		for i, v := range row {
			size := max(math.Abs(v), math.Abs(m.Centers[j][i]))
			if origin != nil {
				size = max(size, math.Abs(origin[i]))
			}
			if math.Abs(v-m.Centers[j][i]) > 1e-13*size {
				return false
			}
		}
	}
	return true
}

// A farRow is a row far from its centre.
type farRow struct {
	row  int
	cost float64
	x    []float64
}

// before orders rows, the farthest first.
func (r farRow) before(o farRow) bool {
	return r.cost > o.cost || r.cost == o.cost && r.row < o.row
}

// farthest returns up to n different rows that are farthest from their centres.
func (m *KMeansModel) farthest(ctx context.Context, n int) ([]farRow, error) {
	const slots = 16
	var found [slots][]farRow
	var scratch [slots]kmeansScratch
	err := m.work.rows.Each(ctx, Pass{Slots: slots, Workers: m.work.workers}, func(slot int, b *Block) error {
		s := &scratch[slot]
		if _, err := m.assign(b, s); err != nil {
			return err
		}
		for i, cost := range s.all.cost {
			if cost > 0 && b.Weight(i) > 0 {
				x := b.Row(i)
				if m.Metric == Cosine {
					x = s.all.x[i*b.Columns : (i+1)*b.Columns]
				}
				found[slot] = insertFar(found[slot], farRow{b.First + i, cost, x}, n)
			}
		}
		return nil
	})
	var all []farRow
	for _, part := range found {
		for _, r := range part {
			all = insertFar(all, r, n)
		}
	}
	return all, err
}

// insertFar puts a row into a list of up to n, in order, if it belongs there. Of equal
// rows the first stays.
func insertFar(list []farRow, r farRow, n int) []farRow {
	at := len(list)
	for at > 0 && r.before(list[at-1]) {
		at--
	}
	if at == n {
		return list
	}
	same := func(o farRow) bool { return o.cost == r.cost && slices.Equal(o.x, r.x) }
	if i := slices.IndexFunc(list, same); i >= 0 {
		if r.row < list[i].row {
			list[i].row = r.row
		}
		return list
	}
	r.x = slices.Clone(r.x)
	list = slices.Insert(list, at, r)
	return list[:min(n, len(list))]
}

// measure finds sizes and inertia after the fit.
func (m *KMeansModel) measure(ctx context.Context) error {
	const slots = 16
	var parts [slots]*Statistics
	for i := range parts {
		parts[i] = m.NewStatistics()
	}
	err := m.work.rows.Each(ctx, Pass{Slots: slots, Workers: m.work.workers}, func(slot int, b *Block) error {
		return m.Expect(b, parts[slot])
	})
	if err != nil {
		return err
	}
	for _, p := range parts[1:] {
		if err := parts[0].Merge(p); err != nil {
			return err
		}
	}
	m.Sizes = slices.Clone(parts[0].Sums[:len(m.Centers)])
	m.Inertia = -parts[0].LogLikelihood
	return nil
}

// medians moves centres to the weighted medians of their rows.
func (m *KMeansModel) medians(next [][]float64) error {
	w, d := m.work, len(m.Names)
	if w == nil {
		return errMedians
	}
	x, weights := w.rows.Table().Matrix(), w.rows.Table().Weights()
	members := make([][]int32, len(next))
	for i, j := range w.label {
		if weights == nil || weights[i] > 0 {
			members[j] = append(members[j], int32(i))
		}
	}
	return parallel.For(w.ctx, len(next), w.workers, func(j int) error {
		rows := members[j]
		if len(rows) == 0 {
			return nil
		}
		values := make([]weighted, len(rows))
		for col := range d {
			for i, row := range rows {
				values[i] = weighted{x[int(row)*d+col], 1}
				if weights != nil {
					values[i].weight = weights[row]
				}
			}
			next[j][col] = weightedMedian(values)
		}
		return nil
	})
}

type weighted struct{ value, weight float64 }

// weightedMedian returns the middle of all numbers with at most half the weight on either
// side. It changes the order of v.
func weightedMedian(v []weighted) float64 {
	total := 0.0
	for _, e := range v {
		total += e.weight
	}
	slices.SortFunc(v, func(a, b weighted) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	sum := 0.0
	for i, e := range v {
		sum += e.weight
		if 2*sum > total || i == len(v)-1 {
			return e.value
		}
		if 2*sum == total {
			return e.value + (v[i+1].value-e.value)/2
		}
	}
	return math.NaN()
}
