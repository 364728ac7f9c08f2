package em

// Mixtures of exponential families: where a fit begins.

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief/dist/expfam"
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

const (
	mixtureSample = 2048    // rows that a start looks at, at most
	mixtureCells  = 1 << 20 // numbers in their T
	mixtureTries  = 6       // short runs that a start takes the best of
)

// A mixtureStarter is a sample of rows in which starts are looked for.
type mixtureStarter struct {
	*mixtureShape
	block *Block
	t     []float64 // T of the rows
	mean  []float64 // of T, by weight
	unit  float64   // the mean weight of a row
}

// start returns the best of several models after short runs on a sample of the rows.
// They begin with groups of rows that k-means finds in different coordinates: where one
// component is far away, others are seen apart in some of them only.
func (m *mixtureShape) start(ctx context.Context, rows *Rows, seed uint64, start int) (*MixtureModel, error) {
	x, err := m.starter(rows, seed, start)
	if err != nil {
		return nil, err
	}
	tries := 6
	kinds := []func([]float64){x.stabilize, x.rank, func([]float64) {}}
	if !slices.ContainsFunc(m.parts, func(p mixturePart) bool { return p.trials != 1 }) {
		kinds, tries = kinds[2:], 4 // they are all alike
	}
	var best *MixtureModel
	var failed error
	most := math.Inf(-1)
	for try := range tries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		z := slices.Clone(x.t)
		kinds[try%len(kinds)](z)
		x.standardize(z)
		owner, _, err := cluster(ctx, z, m.dim, m.components, x.block.Weights, stream.New(seed, "em mixture", uint64(start), uint64(try)))
		if err != nil {
			return nil, err
		}
		model, value, err := x.shortRun(owner)
		if err != nil {
			if failed == nil {
				failed = err
			}
			continue
		}
		// What is kept from before is no fit.
		if best == nil || len(model.kept) < len(best.kept) || len(model.kept) == len(best.kept) && value > most {
			best, most = model, value
		}
	}
	if best == nil {
		return nil, failed
	}
	return best, nil
}

// starter draws the sample.
func (m *mixtureShape) starter(rows *Rows, seed uint64, start int) (*mixtureStarter, error) {
	n := max(min(mixtureSample, mixtureCells/m.dim), 2*m.components)
	table, err := rows.Sample(n, seed, uint64(start))
	if err != nil {
		return nil, err
	}
	n, dim := min(table.Rows(), n), m.dim
	b := &Block{Rows: n, Columns: len(m.columns), X: table.Matrix()[:n*len(m.columns)]}
	if w := table.Weights(); w != nil {
		b.Weights = w[:n]
	}
	one := *m
	one.components = 0
	var s mixtureScratch
	x := &mixtureStarter{mixtureShape: m, block: b, t: one.sufficient(b, &s), mean: make([]float64, dim)}
	weight, total := make([]float64, len(m.parts)), 0.0
	for i := range n {
		if w := b.Weight(i); w > 0 {
			if math.IsInf(s.base[i], -1) {
				return nil, m.outside(b, i)
			}
			m.addRow(x.mean, weight, b.Row(i), x.row(i), w)
			total += w
		}
	}
	m.divide(x.mean, weight)
	if x.unit = total / float64(n); !(x.unit > 0) {
		x.unit = 1
	}
	return x, nil
}

// row is T of a row.
func (x *mixtureStarter) row(i int) []float64 { return x.t[i*x.dim : (i+1)*x.dim] }

// missing says whether a cell is.
func (x *mixtureStarter) missing(i int, p mixturePart) bool {
	v := x.block.Row(i)[p.first]
	return p.size == 1 && v != v
}

// standardize makes the mean of coordinates zero and their variance one. Missing cells
// are at the mean.
func (x *mixtureStarter) standardize(z []float64) {
	mean, square, weight := make([]float64, x.dim), make([]float64, x.dim), make([]float64, len(x.parts))
	for i := range x.block.Rows {
		x.addRow(mean, weight, x.block.Row(i), z[i*x.dim:(i+1)*x.dim], x.block.Weight(i))
	}
	x.divide(mean, weight)
	for i := range x.block.Rows {
		for _, p := range x.parts {
			for j := p.at; j < p.at+p.dim; j++ {
				v := &z[i*x.dim+j]
				if x.missing(i, p) {
					*v = mean[j]
				}
				*v -= mean[j]
				square[j] += x.block.Weight(i) / x.unit * *v * *v / float64(x.block.Rows)
			}
		}
	}
	for i := range z {
		if v := square[i%x.dim]; v > 0 {
			z[i] /= math.Sqrt(v)
		}
	}
}

// stabilize takes counts and sizes to a scale in which a component is about as wide
// wherever it is (Anscombe 1948): to roots where the variance is as the mean, to
// logarithms where the deviation is.
func (x *mixtureStarter) stabilize(z []float64) {
	for _, p := range x.parts {
		if p.outcomes > 0 || p.dim > 1 {
			continue
		}
		_, poisson := p.family.(expfam.Poisson)
		scale := 0.0
		for i := range x.block.Rows {
			scale += math.Abs(x.row(i)[p.at]) / float64(x.block.Rows)
		}
		for i := range x.block.Rows {
			v := &z[i*x.dim+p.at]
			switch {
			case poisson:
				*v = math.Sqrt(*v + 0.375)
			case p.countable():
				*v = math.Asinh(math.Sqrt(*v + 0.375))
			case scale > 0:
				*v = math.Asinh(*v / scale * 1e6)
			}
		}
	}
}

// rank replaces coordinates by their ranks, equal ones by the mean of theirs.
func (x *mixtureStarter) rank(z []float64) {
	order := make([]int, x.block.Rows)
	for j := range x.dim {
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x.row(a)[j], x.row(b)[j]) })
		for from := 0; from < len(order); {
			to := from
			for to < len(order) && x.row(order[to])[j] == x.row(order[from])[j] {
				to++
			}
			for _, i := range order[from:to] {
				z[i*x.dim+j] = float64(from+to-1) / 2
			}
			from = to
		}
	}
}

// mixtureShort are the iterations of a short run.
const mixtureShort = 10

// shortRun makes components of groups and runs EM for a little on the sample.
func (x *mixtureStarter) shortRun(owner []int) (*MixtureModel, float64, error) {
	model := x.model()
	if x.fromGroups(model, owner, true) != nil {
		if err := x.fromGroups(model, owner, false); err != nil {
			return nil, 0, fmt.Errorf("em: the start: %w", err)
		}
	}
	s, value := model.NewStatistics(), math.Inf(-1)
	for range mixtureShort {
		s.Reset()
		if err := model.Expect(x.block, s); err != nil {
			return nil, 0, err
		}
		if s.Weight == 0 {
			break // the sample has no weight, and nothing to say
		}
		value = s.LogLikelihood + model.LogPrior()
		if err := model.Maximize(s); err != nil {
			return nil, 0, err
		}
	}
	return model, value, nil
}

// fromGroups makes components of groups of rows. Each is given a row with the mean of
// all, so that it determines a distribution that can still change, or, where that would
// blur a large group, less than one.
func (x *mixtureStarter) fromGroups(model *MixtureModel, owner []int, less bool) error {
	size := make([]float64, x.components) // in rows
	for i, k := range owner {
		size[k] += x.block.Weight(i) / x.unit
	}
	for k := range x.components {
		sum, weight := model.means[k*x.dim:][:x.dim], make([]float64, len(x.parts))
		for j, p := range x.parts {
			weight[j] = x.unit
			if less && p.outcomes == 0 {
				weight[j] /= 1 + size[k]*size[k]/100
			}
			for i := p.at; i < p.at+p.dim; i++ {
				sum[i] = weight[j] * x.mean[i]
			}
		}
		for i, at := range owner {
			if w := x.block.Weight(i); at == k && w > 0 {
				x.addRow(sum, weight, x.block.Row(i), x.row(i), w)
			}
		}
		x.divide(sum, weight)
		model.weights[k] = (size[k] + 1) / float64(len(owner)+x.components)
	}
	return model.prepare()
}
