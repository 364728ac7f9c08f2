package em

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
)

// Gaussian mixtures of rows with missing cells (Ghahramani & Jordan 1994, section 3),
// where which cells are missing says nothing about their values but through those that
// are there. The E step is exact: rows of a block with the same cells missing share
// Cholesky factors and regressions of every component. It is O(k d³) for every such
// pattern of a block and O(k d²) for every row.

// hasMissing says whether a block may have missing cells.
func hasMissing(b *Block) bool { return math.IsNaN(kernel.Sum(b.X[:b.Rows*b.Columns])) }

// A missingPattern is what every component says of some cells given the others, in the
// frame of the model.
type missingPattern struct {
	there, missing []int
	constants      []float64   // log w_k − ½ log |2πΣ_oo|, in the units of the data
	roots          [][]float64 // T with TᵀT = Σ_oo⁻¹
	slopes         [][]float64 // missing × there: Σ_mo Σ_oo⁻¹
	rest           [][]float64 // missing × missing: Σ_mm − Σ_mo Σ_oo⁻¹ Σ_om
	logs           []float64   // of a row: log joint densities, then responsibilities
	z, row         []float64   // of a row, in the frame: all cells, and those that are there
	deviations     [][]float64 // of a row: from every mean, of the cells that are there
}

func (m *GaussianModel) newPattern(row []float64) (*missingPattern, error) {
	k, d := m.Components(), len(m.columns)
	p := &missingPattern{logs: make([]float64, k), z: make([]float64, d)}
	units := 0.0
	for c, v := range row {
		if v != v {
			p.missing = append(p.missing, c)
			continue
		}
		p.there = append(p.there, c)
		units += 0.5*math.Log(2*math.Pi) + math.Log(m.scale[c])
	}
	o, h := len(p.there), len(p.missing)
	p.row = make([]float64, o)
	at := func(j, a, b int) float64 { return m.covarianceAt(j, a, b) / m.scale[a] / m.scale[b] }
	for j, w := range m.Weights {
		root, slope, rest := make([]float64, o*o), make([]float64, h*o), make([]float64, h*h)
		for a, ca := range p.there {
			for b, cb := range p.there {
				root[a*o+b] = at(j, ca, cb)
			}
		}
		if o > 0 && !invertedRoot(root, o) {
			return nil, &belief.ConfigError{Field: fmt.Sprintf("Covariances[%d]", j), Value: errNotPositive, Want: "positive definite"}
		}
		for a, ca := range p.missing {
			// u = T Σ_om, by which Σ_mo Σ_oo⁻¹ is uᵀT and what is explained uᵀu.
			for b := range o {
				for c := range b + 1 {
					slope[a*o+b] += root[b*o+c] * at(j, p.there[c], ca)
				}
			}
			for b, cb := range p.missing[:a+1] {
				v := at(j, ca, cb) - kernel.Dot(slope[a*o:(a+1)*o], slope[b*o:(b+1)*o])
				rest[a*h+b], rest[b*h+a] = v, v
			}
		}
		u := make([]float64, o)
		for a := range h {
			copy(u, slope[a*o:(a+1)*o])
			clear(slope[a*o : (a+1)*o])
			for b, v := range u {
				kernel.Axpy(v, root[b*o:b*o+b+1], slope[a*o:a*o+b+1])
			}
		}
		constant := math.Log(w) - units
		for a := range o {
			constant += math.Log(root[a*o+a])
		}
		p.constants = append(p.constants, constant)
		p.roots, p.slopes, p.rest = append(p.roots, root), append(p.slopes, slope), append(p.rest, rest)
		p.deviations = append(p.deviations, make([]float64, o))
	}
	return p, nil
}

// mean is that of component j in column c of the frame.
func (m *GaussianModel) frameMean(j, c int) float64 {
	return (m.Means[j][c] - m.origin[c]) / m.scale[c]
}

// look makes responsibilities of a row and returns its log density, or with hard the log
// joint density of its most probable component.
func (p *missingPattern) look(m *GaussianModel, row []float64, hard bool) float64 {
	m.frameRow(p.row, row, p.there)
	nearest, least := 0, math.Inf(1)
	for j, c := range p.constants {
		y := p.deviations[j]
		for a, ca := range p.there {
			p.z[ca] = p.row[a]
			y[a] = p.row[a] - m.frameMean(j, ca)
		}
		length := lengthBy(p.roots[j], y)
		p.logs[j] = c - 0.5*length*length
		if length < least && m.Weights[j] > 0 {
			nearest, least = j, length
		}
	}
	total := careful.LogSumExp(p.logs)
	best := 0
	for j, v := range p.logs {
		if v > p.logs[best] {
			best = j
		}
	}
	if math.IsInf(total, -1) {
		best = nearest // in standard deviations
	}
	if hard {
		total = p.logs[best]
	}
	for j, v := range p.logs {
		switch {
		case math.IsInf(total, -1) || hard:
			p.logs[j] = 0
			if j == best {
				p.logs[j] = 1
			}
		default:
			p.logs[j] = math.Exp(v - total)
		}
	}
	return total
}

// fill writes what component j expects of the missing cells to z.
func (p *missingPattern) fill(m *GaussianModel, j int) {
	o := len(p.there)
	for a, c := range p.missing {
		p.z[c] = m.frameMean(j, c) + kernel.Dot(p.slopes[j][a*o:(a+1)*o], p.deviations[j])
	}
}

// eachPattern goes over the rows of a block, pattern after pattern in the order in which
// they appear.
func (m *GaussianModel) eachPattern(b *Block, body func(p *missingPattern, i int) error) error {
	rows := map[string][]int{}
	var order []string
	for i, v := range b.X[:b.Rows*b.Columns] {
		if math.IsInf(v, 0) {
			return &data.ValueError{Column: m.columns[i%b.Columns], Row: b.First + i/b.Columns, Value: v, Want: "finite or missing"}
		}
	}
	key := make([]byte, (b.Columns+7)/8)
	for i := range b.Rows {
		clear(key)
		for c, v := range b.Row(i) {
			if v != v {
				key[c/8] |= 1 << (c % 8)
			}
		}
		if rows[string(key)] == nil {
			order = append(order, string(key))
		}
		rows[string(key)] = append(rows[string(key)], i)
	}
	for _, name := range order {
		p, err := m.newPattern(b.Row(rows[name][0]))
		if err != nil {
			return err
		}
		for _, i := range rows[name] {
			if err := body(p, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// expectMissing is the E step of a block with missing cells. Rows without any cell say
// nothing and are left out.
func (m *GaussianModel) expectMissing(b *Block, s *Statistics, hard bool) error {
	k, d := m.Components(), len(m.columns)
	return m.eachPattern(b, func(p *missingPattern, i int) error {
		w := b.Weight(i)
		if len(p.there) == 0 || w == 0 {
			return nil
		}
		total := p.look(m, b.Row(i), hard)
		if math.IsInf(total, 0) || total != total {
			return m.unreached(b, i, p.there[0])
		}
		s.LogLikelihood += w * total
		s.Weight += w
		for j, r := range p.logs {
			if r *= w; r == 0 {
				continue
			}
			p.fill(m, j)
			s.Sums[j] += r
			for c, v := range p.z {
				s.Sums[(1+c)*k+j] += r * v
			}
			// Products stand in gaussianFeatures' order, those of Tied at the end.
			at, step := (1+d)*k+j, k
			if m.covariance == Tied {
				at, step = (1+d)*k, 1
			}
			for a := range d {
				last := d
				if m.covariance >= Diagonal {
					last = a + 1
				}
				for c := a; c < last; c++ {
					s.Sums[at] += r * p.z[a] * p.z[c]
					at += step
				}
			}
			p.addRest(m, s, j, r)
		}
		return nil
	})
}

// addRest adds to the products what component j leaves open of the missing cells.
func (p *missingPattern) addRest(m *GaussianModel, s *Statistics, j int, r float64) {
	k, d, h := m.Components(), len(m.columns), len(p.missing)
	for a, ca := range p.missing {
		for b, cb := range p.missing[a:] {
			v := r * p.rest[j][a*h+a+b]
			pair := ca*d - ca*(ca-1)/2 + cb - ca // ca ≤ cb
			switch m.covariance {
			case Full:
				s.Sums[(1+d+pair)*k+j] += v
			case Tied:
				s.Sums[(1+d)*k+pair] += v
			default:
				if ca == cb {
					s.Sums[(1+d+ca)*k+j] += v
				}
			}
		}
	}
}

// ImputeTo writes the rows of a block to dst, b.Rows × columns, with what is expected of
// missing cells given the others, E[x_m | x_o], in their places.
func (m *GaussianModel) ImputeTo(dst []float64, b *Block) error {
	if len(dst) != b.Rows*b.Columns || b.Columns != len(m.columns) {
		panic(fmt.Sprintf("em: dst has length %d for %d rows of %d columns, the mixture has %d", len(dst), b.Rows, b.Columns, len(m.columns)))
	}
	copy(dst, b.X)
	return m.eachPattern(b, func(p *missingPattern, i int) error {
		if len(p.missing) == 0 {
			return nil
		}
		p.look(m, b.Row(i), false)
		row := dst[i*b.Columns : (i+1)*b.Columns]
		for _, c := range p.missing {
			row[c] = m.origin[c]
		}
		for j, r := range p.logs {
			p.fill(m, j)
			for _, c := range p.missing {
				if r > 0 {
					row[c] += r * p.z[c] * m.scale[c]
				}
			}
		}
		return nil
	})
}

// Impute returns the rows of a source, its columns those of the model, with what the
// model expects of missing cells in their places; weights are kept.
func Impute(ctx context.Context, m *GaussianModel, src data.Source) (*data.Table, error) {
	var x, weights []float64
	err := overRows(ctx, m, src, func(b *Block) error {
		x = append(x, make([]float64, b.Rows*b.Columns)...)
		if b.Weights != nil {
			weights = append(weights, b.Weights[:b.Rows]...)
		}
		return m.ImputeTo(x[len(x)-b.Rows*b.Columns:], b)
	})
	if err != nil {
		return nil, err
	}
	return data.NewTable(data.Numbers(m.columns...), x, weights)
}

// answerMissing is the answer to a block with missing cells: log densities of the cells
// that are there to dst, and responsibilities to shares, unless they are nil.
func (m *GaussianModel) answerMissing(dst, shares []float64, b *Block) error {
	k := m.Components()
	return m.eachPattern(b, func(p *missingPattern, i int) error {
		v := p.look(m, b.Row(i), false)
		if dst != nil {
			dst[i] = v
		}
		if shares != nil {
			copy(shares[i*k:(i+1)*k], p.logs)
		}
		return nil
	})
}

// completed returns a table with the means of the frame for missing cells, from which
// starts are found.
func (b *gaussianBeginner) completed(t *data.Table) (*data.Table, error) {
	x := t.Matrix()
	if !math.IsNaN(kernel.Sum(x)) {
		return t, nil
	}
	x = slices.Clone(x)
	for i, v := range x {
		if v != v {
			x[i] = b.blank.origin[i%len(b.blank.origin)]
		}
	}
	return data.NewTable(t.Columns(), x, t.Weights())
}
