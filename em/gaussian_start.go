package em

// Gaussian mixtures: the frame, the prior and the starts that the data suggest.

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/stream"
)

// gaussianBeginner makes starts.
type gaussianBeginner struct {
	GaussianMixture
	rows  *Rows
	seed  uint64
	blank *GaussianModel // frame, floor and prior, without parameters
}

// newBeginner looks at the data.
func (g GaussianMixture) newBeginner(ctx context.Context, rows *Rows, c Config) (*gaussianBeginner, error) {
	columns := rows.Columns()
	d := len(columns)
	if n := rows.Len(); g.K > max(manyGaussians, n) {
		return nil, &belief.ConfigError{Field: "K", Value: g.K, Want: fmt.Sprintf("at most %d with %d rows", max(manyGaussians, n), n)}
	}
	if rows.Weight() > gaussianMost {
		return nil, &belief.ConfigError{Field: "weights", Value: rows.Weight(), Want: "of a sum up to 1e140: divide them by their mean"}
	}
	// Parameters and statistics, and what a part of a block is worked on in by every slot.
	scratch := 72 * float64(min(16, rows.Len()/blockRows+1))
	if size := float64(g.K) * (float64(gaussianSums(g.Covariance, 1)) + float64(d)*float64(d) + scratch); size > gaussianLimit {
		return nil, &belief.TooLargeError{What: fmt.Sprintf("mixture of %d components of %d columns", g.K, d), Bytes: 8 * size, Budget: 8 * gaussianLimit}
	}
	blank := &GaussianModel{covariance: g.Covariance, floor: g.floor(), concentration: g.Concentration,
		floored: make([]bool, g.K), emptied: make([]bool, g.K)}
	summary, err := data.Summarize(rows.source)
	if err != nil {
		return nil, err
	}
	for j, col := range columns {
		if col.Categories != nil {
			return nil, &belief.ConfigError{Field: "source", Value: fmt.Sprintf("column %q of categories", col.Name), Want: "columns of numbers only"}
		}
		s := summary.Columns[j]
		if math.IsNaN(s.Mean) {
			return nil, &data.ValueError{Column: col.Name, Value: math.NaN(), Want: "a number in some row whose weight is not zero"}
		}
		scale := s.SD
		if s.Min == s.Max || scale == 0 {
			scale = 1
		}
		if !(scale >= gaussianLeast && scale <= gaussianMost) {
			return nil, &belief.ConfigError{Field: "source", Value: fmt.Sprintf("column %q with standard deviation %g", col.Name, scale), Want: "columns with standard deviations from 1e-140 to 1e140"}
		}
		blank.columns = append(blank.columns, col.Name)
		blank.origin, blank.scale = append(blank.origin, s.Mean), append(blank.scale, scale)
	}
	for i, row := range g.Means {
		for j := range max(d, len(row)) {
			if len(row) != d || !(math.Abs(row[j]) <= math.MaxFloat64) {
				return nil, &belief.ConfigError{Field: fmt.Sprintf("Means[%d]", i), Value: row, Want: fmt.Sprintf("%d finite numbers", d)}
			}
		}
	}
	if g.Start != nil && len(g.Start.columns) != d {
		return nil, &belief.ConfigError{Field: "Start", Value: fmt.Sprintf("of %d columns", len(g.Start.columns)), Want: fmt.Sprintf("a model of %d", d)}
	}
	if s := g.Start; s != nil && !slices.Equal(s.columns, blank.columns) && !slices.Equal(s.columns, gaussianNames(nil, d)) {
		return nil, &belief.ConfigError{Field: "Start", Value: fmt.Sprintf("of columns %q", s.columns), Want: fmt.Sprintf("of columns %q", blank.columns)}
	}
	if g.Prior != nil {
		if blank.prior, err = g.Prior.inFrame(ctx, rows, blank, g.K); err != nil {
			return nil, err
		}
	}
	return &gaussianBeginner{GaussianMixture: g, rows: rows, seed: c.Seed, blank: blank}, nil
}

// model returns a model in the frame of the data, with the given parameters of the frame:
// means and, for every component, a matrix.
func (b *gaussianBeginner) model() *GaussianModel {
	m := &GaussianModel{}
	m.covariance, m.floor, m.concentration, m.prior = b.blank.covariance, b.blank.floor, b.blank.concentration, b.blank.prior
	m.columns, m.origin, m.scale = b.blank.columns, b.blank.origin, b.blank.scale
	m.floored, m.emptied = make([]bool, b.K), make([]bool, b.K)
	k, d := b.K, len(m.columns)
	m.spread = make([]float64, map[Covariance]int{Full: k * d * d, Tied: d * d, Diagonal: k * d, Spherical: k}[m.covariance])
	for range k {
		m.Weights = append(m.Weights, 1/float64(k))
		m.Means = append(m.Means, append([]float64(nil), m.origin...))
	}
	m.broaden()
	return m
}

// broaden sets all covariances to the variances of the data, without correlation.
func (m *GaussianModel) broaden() {
	d := len(m.columns)
	for i := range m.spread {
		switch m.covariance {
		case Full, Tied:
			if r := i / d % d; r == i%d {
				m.spread[i] = m.scale[r] * m.scale[r]
			}
		case Diagonal:
			m.spread[i] = m.scale[i%d] * m.scale[i%d]
		case Spherical:
			for _, s := range m.scale {
				m.spread[i] += s * s / float64(d)
			}
		}
	}
}

// start is a [Starter].
func (b *gaussianBeginner) start(ctx context.Context, start int) (*GaussianModel, error) {
	if start == 0 && b.Start != nil {
		m, s := b.model(), b.Start
		for i, row := range s.Means {
			m.Weights[i] = s.Weights[i]
			copy(m.Means[i], row)
		}
		copy(m.spread, s.spread)
		m.raiseSpread()
		return m, m.prepare()
	}
	sample, err := b.rows.Sample(max(2048, 16*b.K*(len(b.blank.columns)+1)), b.seed, uint64(start))
	if err == nil {
		sample, err = b.completed(sample)
	}
	if err != nil {
		return nil, err
	}
	block := Block{Rows: sample.Rows(), Columns: len(b.blank.columns), X: sample.Matrix(), Weights: sample.Weights()}
	if start == 0 && b.Means != nil {
		z := b.frameOf(&block)
		centres := make([]float64, 0, b.K*block.Columns)
		for _, row := range b.Means {
			for j, v := range row {
				centres = append(centres, (v-b.blank.origin[j])/b.blank.scale[j])
			}
		}
		owner := make([]int, block.Rows)
		if _, err := nearestCenters(ctx, owner, z, centres, block.Columns); err != nil {
			return nil, err
		}
		m, err := b.clustered(&block, owner)
		if err != nil {
			return nil, err
		}
		for i, row := range b.Means {
			copy(m.Means[i], row)
		}
		return m, m.prepare()
	}
	tries := b.Tries
	if tries == 0 {
		tries = 8
	}
	var best *GaussianModel
	objective, floors := math.Inf(-1), 0
	for try := range tries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m, value, err := b.shortRun(ctx, &block, stream.New(b.seed, "em gaussian start", uint64(start), uint64(try)))
		if err != nil {
			return nil, err
		}
		held := 0
		for _, yes := range m.floored {
			if yes {
				held++
			}
		}
		// A component held by the floor has a likelihood that says nothing.
		if best == nil || held < floors || held == floors && value > objective {
			best, objective, floors = m, value, held
		}
	}
	return best, nil
}

// shortIterations are those of a short run.
const shortIterations = 10

// shortRun runs EM for a little on one block.
func (b *gaussianBeginner) shortRun(ctx context.Context, block *Block, r *rand.Rand) (*GaussianModel, float64, error) {
	var m *GaussianModel
	var err error
	if b.Init == RandomStart {
		m = b.model()
		for i, row := range r.Perm(block.Rows)[:min(b.K, block.Rows)] {
			copy(m.Means[i], block.Row(row))
		}
		for i := block.Rows; i < b.K; i++ {
			copy(m.Means[i], block.Row(r.IntN(block.Rows)))
		}
		err = m.prepare()
	} else {
		var owner []int
		if owner, err = b.clusters(ctx, block, r); err == nil {
			m, err = b.clustered(block, owner)
		}
	}
	if err != nil {
		return nil, 0, err
	}
	s, value := m.NewStatistics(), math.Inf(-1)
	for range shortIterations {
		s.Reset()
		for first := 0; first < block.Rows; first += blockRows {
			if err := ctx.Err(); err != nil {
				return nil, 0, err
			}
			end := min(first+blockRows, block.Rows)
			part := Block{First: first, Rows: end - first, Columns: block.Columns, X: block.X[first*block.Columns : end*block.Columns]}
			if block.Weights != nil {
				part.Weights = block.Weights[first:end]
			}
			if err := m.Expect(&part, s); err != nil {
				return nil, 0, err
			}
		}
		value = s.LogLikelihood + m.LogPrior()
		if s.Weight == 0 {
			break // the sample has no weight, and nothing to say
		}
		if err := m.Maximize(s); err != nil {
			return nil, 0, err
		}
	}
	return m, value, nil
}

// frameOf returns the rows of a block in the frame, row after row.
func (b *gaussianBeginner) frameOf(block *Block) []float64 {
	z := make([]float64, len(block.X))
	for i, v := range block.X {
		j := i % block.Columns
		z[i] = min(max((v-b.blank.origin[j])/b.blank.scale[j], -1e100), 1e100)
	}
	return z
}

// clusters returns a cluster for every row.
func (b *gaussianBeginner) clusters(ctx context.Context, block *Block, r *rand.Rand) ([]int, error) {
	owner, _, err := cluster(ctx, b.frameOf(block), block.Columns, b.K, block.Weights, r)
	return owner, err
}

// clustered returns the mixture of clusters: their shares, means and covariances, the
// last drawn a little to what they have in common, so that a cluster of few rows is not
// flat.
func (b *gaussianBeginner) clustered(block *Block, owner []int) (*GaussianModel, error) {
	m := b.model()
	if err := m.prepare(); err != nil {
		return nil, err
	}
	s := m.NewStatistics()
	sc := m.scratch(s)
	k, d := b.K, block.Columns
	var weights []float64
	for from := 0; from < block.Rows; from += sc.rows {
		n := min(sc.rows, block.Rows-from)
		if block.Weights != nil {
			weights = block.Weights[from : from+n]
		}
		m.load(sc, block.X[from*d:], n)
		clear(sc.logs)
		for i := range n {
			sc.logs[owner[from+i]*sc.stride+i] = block.Weight(from + i)
		}
		m.accumulate(sc, s, n, weights)
	}
	total := kernel.Sum(s.Sums[:k])
	if !(total > 0) {
		return m, nil // all rows of the sample have weight zero
	}
	s.Weight = total
	if m.covariance != Tied && k > 1 {
		b.common(m, s, total)
	}
	return m, m.Maximize(s)
}

// common adds to the statistics of every component a few rows about its mean, as the rows
// of all components are about theirs.
func (b *gaussianBeginner) common(m *GaussianModel, s *Statistics, total float64) {
	k, d := b.K, len(m.columns)
	bare := GaussianModel{Weights: m.Weights, covariance: m.covariance, columns: m.columns}
	pooled, one, mean := make([]float64, d*d), make([]float64, d*d), make([]float64, d)
	rows := float64(d + 1)
	for i := range k {
		if n := s.Sums[i]; n > 0 {
			for j := range mean {
				mean[j] = s.Sums[(1+j)*k+i] / n
			}
			bare.scatter(one, s, i, n, mean)
			kernel.Axpy(1/total, one, pooled)
		}
	}
	for i := range k {
		n := s.Sums[i]
		if n <= 0 {
			continue
		}
		// To keep the mean, the products are mixed and nothing else.
		q, keep := 1+d, n/(n+rows)
		for r := range d {
			for c := r; c < d && (c == r || m.covariance == Full); c++ {
				product := s.Sums[(1+r)*k+i] * s.Sums[(1+c)*k+i] / n
				within := s.Sums[q*k+i] - product
				s.Sums[q*k+i] = product + keep*within + (1-keep)*n*pooled[r*d+c]
				q++
			}
		}
	}
}

// inFrame completes a prior from the data.
func (p *GaussianPrior) inFrame(ctx context.Context, rows *Rows, blank *GaussianModel, k int) (*gaussianPrior, error) {
	d := len(blank.columns)
	refuse := func(field string, value any, want string) (*gaussianPrior, error) {
		return nil, &belief.ConfigError{Field: "Prior." + field, Value: value, Want: want}
	}
	f := &gaussianPrior{mean: make([]float64, d), kappa: p.Shrinkage, nu: p.Degrees, lambda: make([]float64, d*d)}
	if f.kappa == 0 {
		f.kappa = 0.01
	}
	if f.nu == 0 {
		f.nu = float64(d) + 2
	}
	if !(f.kappa > 0 && f.kappa <= 1e15) {
		return refuse("Shrinkage", p.Shrinkage, "0 or positive")
	}
	if !(f.nu >= float64(d) && f.nu <= 1e15) {
		return refuse("Degrees", p.Degrees, fmt.Sprintf("0, or at least %d", d))
	}
	if p.Mean != nil && len(p.Mean) != d {
		return refuse("Mean", len(p.Mean), fmt.Sprintf("%d numbers", d))
	}
	for j, v := range p.Mean {
		if f.mean[j] = (v - blank.origin[j]) / blank.scale[j]; !(math.Abs(f.mean[j]) <= 1e100) {
			return refuse(fmt.Sprintf("Mean[%d]", j), v, "finite")
		}
	}
	if p.Scale == nil {
		// One component's statistics hold the covariance of the data.
		one := (&gaussianBeginner{GaussianMixture: GaussianMixture{K: 1}, blank: &GaussianModel{columns: blank.columns, origin: blank.origin, scale: blank.scale, floor: blank.floor}}).model()
		if err := one.prepare(); err != nil {
			return nil, err
		}
		s := one.NewStatistics()
		if err := rows.Each(ctx, Pass{Workers: 1}, func(_ int, b *Block) error { return one.Expect(b, s) }); err != nil {
			return nil, err
		}
		mean := make([]float64, d)
		for j := range mean {
			mean[j] = s.Sums[1+j] / s.Sums[0]
		}
		one.scatter(f.lambda, s, 0, s.Sums[0], mean)
		kernel.Scale(1/s.Sums[0]/math.Pow(float64(k), 2/float64(d)), f.lambda, f.lambda)
		raiseFloor(f.lambda, d, nil, blank.floor)
	} else {
		if len(p.Scale) != d {
			return refuse("Scale", len(p.Scale), fmt.Sprintf("%d rows", d))
		}
		for i, row := range p.Scale {
			if len(row) != d {
				return refuse(fmt.Sprintf("Scale[%d]", i), len(row), fmt.Sprintf("%d numbers", d))
			}
			for j, v := range row {
				if f.lambda[i*d+j] = v / blank.scale[i] / blank.scale[j]; len(p.Scale[j]) != d || v != p.Scale[j][i] {
					return refuse(fmt.Sprintf("Scale[%d][%d]", i, j), v, "as across the diagonal")
				}
			}
		}
		if !choleskyInPlace(append([]float64(nil), f.lambda...), d) {
			return refuse("Scale", p.Scale, "positive definite")
		}
	}
	for j, s := range blank.scale {
		f.sphereMean += f.lambda[j*d+j] * s * s / float64(d)
	}
	return f, nil
}
