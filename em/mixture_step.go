package em

// Mixtures of exponential families: E step and M step.

import (
	"fmt"
	"math"
	"strings"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist/expfam"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/special"
)

// The sums are the weight of every component, K; the sums of T, K × dim; and the weights
// of the cells that were missing, K × parts.

// NewStatistics implements [Model].
func (m *MixtureModel) NewStatistics() *Statistics { return NewStatistics(m.layout()) }

// layout is the kind of the statistics, and how many sums they have.
func (m *MixtureModel) layout() (kind string, sums int) {
	k := m.components
	families := m.familyNames()
	return fmt.Sprintf("mixture of %d × %d in %d parts: %s", k, m.dim, len(m.parts), strings.Join(families, ", ")), k + k*m.dim + k*len(m.parts)
}

// mixtureScratch is the memory of one E step.
type mixtureScratch struct {
	t, joint, base, logs []float64
	missing              []mixtureCell
	part                 Block
}

// A mixtureCell is a missing one.
type mixtureCell struct{ row, part int }

// logFactorials are of the counts that are most common.
var logFactorials = func() (t [256]float64) {
	for i := range t {
		t[i] = special.LogGamma(float64(i) + 1)
	}
	return t
}()

// sufficient returns T of the rows of a block, which may be the rows, with log h in
// s.base, −Inf in rows outside the support, and the missing cells in s.missing.
func (m *mixtureShape) sufficient(b *Block, s *mixtureScratch) []float64 {
	if cap(s.base) < b.Rows {
		s.base, s.logs = make([]float64, b.Rows), make([]float64, b.Rows)
		s.joint = make([]float64, b.Rows*m.components)
	}
	s.base, s.logs, s.joint = s.base[:b.Rows], s.logs[:b.Rows], s.joint[:b.Rows*m.components]
	clear(s.base)
	s.missing = s.missing[:0]
	if m.identity && m.plain(b, s) {
		return b.X
	}
	clear(s.base)
	if cap(s.t) < b.Rows*m.dim {
		s.t = make([]float64, b.Rows*m.dim)
	}
	t := s.t[:b.Rows*m.dim]
	for i := range b.Rows {
		row, to := b.Row(i), t[i*m.dim:(i+1)*m.dim]
		for j := range m.parts {
			p := &m.parts[j]
			x, dst := row[p.first:p.first+p.size], to[p.at:p.at+p.dim]
			if p.size == 1 && x[0] != x[0] {
				s.missing = append(s.missing, mixtureCell{i, j})
				clear(dst)
				continue
			}
			base := p.family.LogBase(x)
			if !(base > math.Inf(-1)) { // NaN is a missing cell in a row that may have none
				s.base[i] = math.Inf(-1)
				clear(dst)
				continue
			}
			s.base[i] += base
			if p.identity {
				dst[0] = x[0]
			} else {
				p.family.SufficientTo(dst, x)
			}
		}
	}
	return t
}

// plain adds up log h of rows that are their own T. It is false if something is missing
// or outside the support.
func (m *mixtureShape) plain(b *Block, s *mixtureScratch) bool {
	if m.bits {
		// Every cell of an image is looked at in every E step: nothing else is done there.
		for _, x := range b.X {
			if x*(1-x) != 0 {
				return false
			}
		}
		return true
	}
	for i := range b.Rows {
		row := b.Row(i)
		base := 0.0
		for j := range m.parts {
			x := row[j]
			if _, ok := m.parts[j].family.(expfam.Poisson); ok {
				if k := int(x); x >= 0 && x < float64(len(logFactorials)) && float64(k) == x {
					base -= logFactorials[k]
					continue
				}
			}
			v := m.parts[j].family.LogBase(row[j : j+1])
			if !(v > math.Inf(-1)) {
				return false
			}
			base += v
		}
		s.base[i] = base
	}
	return true
}

// outside is the error of the first cell of a row that is not in the support.
func (m *mixtureShape) outside(b *Block, i int) error {
	row := b.Row(i)
	for _, p := range m.parts {
		x := row[p.first : p.first+p.size]
		if p.size == 1 && x[0] != x[0] {
			continue
		}
		if !(p.family.LogBase(x) > math.Inf(-1)) {
			return &data.ValueError{Column: m.columns[p.first].Name, Row: b.First + i, Value: x[0], Want: fmt.Sprintf("in the support of the family %v", p.family)}
		}
	}
	return nil
}

// mixtureUnit bounds the numbers in T of the rows that are worked on at a time.
const mixtureUnit = 1 << 17

// inParts goes over the rows of a block, a few at a time where their T take memory.
func (m *mixtureShape) inParts(b *Block, s *mixtureScratch, body func(from int, part *Block) error) error {
	rows := b.Rows
	if !m.identity {
		rows = max(1, min(rows, mixtureUnit/m.dim))
	}
	if rows == b.Rows {
		return body(0, b)
	}
	for from := 0; from < b.Rows; from += rows {
		b.part(&s.part, from, min(from+rows, b.Rows))
		if err := body(from, &s.part); err != nil {
			return err
		}
	}
	return nil
}

// joint writes log p(x, k), less the base, of every row to s.joint.
func (m *MixtureModel) joint(b *Block, s *mixtureScratch) (t []float64) {
	t = m.sufficient(b, s)
	for i := range b.Rows {
		copy(s.joint[i*m.components:], m.bias)
	}
	kernel.Gemm(false, true, b.Rows, m.components, m.dim, 1, t, m.dim, m.eta, m.dim, 1, s.joint, m.components, 1)
	parts := len(m.parts)
	for _, c := range s.missing {
		for k := range m.components {
			s.joint[c.row*m.components+k] += m.partition[k*parts+c.part]
		}
	}
	return t
}

// Expect implements [Model].
func (m *MixtureModel) Expect(b *Block, s *Statistics) error { return m.expectBlock(b, s, false) }

// ExpectHard implements [HardModel].
func (m *MixtureModel) ExpectHard(b *Block, s *Statistics) error { return m.expectBlock(b, s, true) }

func (m *MixtureModel) expectBlock(b *Block, s *Statistics, hard bool) error {
	scratch, ok := s.Scratch.(*mixtureScratch)
	if !ok {
		scratch = new(mixtureScratch)
		s.Scratch = scratch
	}
	return m.inParts(b, scratch, func(_ int, part *Block) error { return m.expect(part, s, scratch, hard) })
}

func (m *MixtureModel) expect(b *Block, s *Statistics, scratch *mixtureScratch, hard bool) error {
	t, k := m.joint(b, scratch), m.components
	if hard {
		for i := range b.Rows {
			scratch.logs[i] = hardMaximum(scratch.joint[i*k : (i+1)*k])
		}
	} else {
		kernel.SoftmaxRows(b.Rows, k, scratch.joint, scratch.joint, scratch.logs)
	}
	for i := range b.Rows {
		w, shares := b.Weight(i), scratch.joint[i*k:(i+1)*k]
		if w == 0 {
			clear(shares)
			continue
		}
		if math.IsInf(scratch.base[i], -1) {
			return m.outside(b, i)
		}
		s.LogLikelihood += w * (scratch.logs[i] + scratch.base[i])
		s.Weight += w
		if w != 1 {
			kernel.Scale(w, shares, shares)
		}
	}
	kernel.SumRows(b.Rows, k, s.Sums[:k], scratch.joint)
	kernel.Gemm(true, false, k, m.dim, b.Rows, 1, scratch.joint, k, t, m.dim, 1, s.Sums[k:k+k*m.dim], m.dim, 1)
	parts, missing := len(m.parts), s.Sums[k+k*m.dim:]
	for _, c := range scratch.missing {
		for j, r := range scratch.joint[c.row*k : (c.row+1)*k] {
			missing[j*parts+c.part] += r
		}
	}
	return nil
}

// hardMaximum makes x one at the first of its largest numbers and zero elsewhere, and
// returns that number.
func hardMaximum(x []float64) float64 {
	best := 0
	for i, v := range x {
		if v > x[best] {
			best = i
		}
	}
	most := x[best]
	clear(x)
	x[best] = 1
	return most
}

// observed is the weight of the cells of part j that component k is responsible for.
func (m *MixtureModel) observed(s *Statistics, k, j int) float64 {
	missing := s.Sums[m.components+m.components*m.dim+k*len(m.parts)+j]
	n := s.Sums[k] - missing
	if n < 1e-14*s.Sums[k] {
		return 0 // rounding
	}
	return n
}

// Maximize implements [Model].
func (m *MixtureModel) Maximize(s *Statistics) error {
	if err := s.Check(m.layout()); err != nil {
		return err
	}
	c := m.smoothing
	m.kept = m.kept[:0]
	total := s.Weight + c*float64(m.components)
	mean := make([]float64, m.dim)
	for k := range m.components {
		m.weights[k] = (s.Sums[k] + c) / total
		sums := s.Sums[m.components+k*m.dim:][:m.dim]
		means := m.means[k*m.dim:][:m.dim]
		copy(mean, means)
		for j, p := range m.parts {
			n := m.observed(s, k, j)
			for i := p.at; i < p.at+p.dim; i++ {
				switch {
				case p.outcomes > 0:
					mean[i] = min(p.trials*(sums[i]+c)/(n*p.trials+c*float64(p.outcomes)), p.trials)
				case c > 0:
					mean[i] = (sums[i] + c*m.center[i]) / (n + c)
				default:
					mean[i] = sums[i] / n
				}
			}
			if n+c > 0 {
				if m.preparePart(k, j, mean) == nil {
					copy(means[p.at:][:p.dim], mean[p.at:][:p.dim])
					continue
				}
			}
			m.kept = append(m.kept, fmt.Sprintf("%s in component %d", m.name(p), k))
		}
	}
	m.prepareBias()
	return nil
}

// Complete implements [Bounded].
func (m *MixtureModel) Complete(s *Statistics) float64 {
	sum := 0.0
	for k, w := range m.weights {
		if s.Sums[k] > 0 {
			sum += s.Sums[k] * math.Log(w)
		}
		sum += kernel.Dot(m.eta[k*m.dim:][:m.dim], s.Sums[m.components+k*m.dim:][:m.dim])
		for j := range m.parts {
			sum -= m.observed(s, k, j) * m.partition[k*len(m.parts)+j]
		}
	}
	return sum
}

// Origin implements [Stepwise]: sums are about zero.
func (m *MixtureModel) Origin() []float64 { return nil }

// Recentre implements [Stepwise].
func (m *MixtureModel) Recentre(*Statistics, []float64) {}

// LogProbTo implements [Density]. It is −Inf in rows outside the support.
func (m *MixtureModel) LogProbTo(dst []float64, b *Block) error {
	m.wantBlock(b, len(dst), 1)
	var s mixtureScratch
	return m.inParts(b, &s, func(from int, part *Block) error {
		m.joint(part, &s)
		for i := range part.Rows {
			dst[from+i] = kernel.LogSumExp(s.joint[i*m.components:(i+1)*m.components]) + s.base[i]
		}
		return nil
	})
}

// ResponsibilitiesTo implements [Clustering]. A row outside the support is a
// [*data.ValueError].
func (m *MixtureModel) ResponsibilitiesTo(dst []float64, b *Block) error {
	m.wantBlock(b, len(dst), m.components)
	var s mixtureScratch
	return m.inParts(b, &s, func(from int, part *Block) error {
		m.joint(part, &s)
		for i := range part.Rows {
			if math.IsInf(s.base[i], -1) {
				return m.outside(part, i)
			}
		}
		kernel.SoftmaxRows(part.Rows, m.components, dst[from*m.components:(from+part.Rows)*m.components], s.joint, nil)
		return nil
	})
}

// wantBlock panics at a block or a destination of another shape.
func (m *MixtureModel) wantBlock(b *Block, dst, perRow int) {
	if b.Columns != len(m.columns) || dst != b.Rows*perRow {
		panic(fmt.Sprintf("em: a block of %d rows and %d columns with a destination of %d; the mixture has %d columns, the destination takes %d per row", b.Rows, b.Columns, dst, len(m.columns), perRow))
	}
}
