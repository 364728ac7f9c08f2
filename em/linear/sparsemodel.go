package linear

// A learnt dictionary and what it says of rows.

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/stream"
)

// A SparseModel is a dictionary and how rows are coded with it. It is safe for concurrent
// use as long as nobody changes it.
type SparseModel struct {
	Names []string // of the columns
	P     int      // the number of atoms
	// Atoms are P × d, an atom to a row; without a ridge none is longer than one.
	Atoms          []float64
	Penalty        Penalty
	Eta, Ridge     float64
	Solver         CodeSolver
	CodeIterations int
	CodeTolerance  float64
	// Replaced is how often an atom that no row used was replaced by a row.
	Replaced int
	// Unfinished is the weight of the rows whose codes used up their iterations in the
	// last E step.
	Unfinished float64

	codes  []float64 // of all rows of the data, for the fit
	sample *data.Table
	seed   uint64
	start  int
}

// Columns are the names of the columns it was fitted to.
func (m *SparseModel) Columns() []string { return m.Names }

// Dim is the number of atoms.
func (m *SparseModel) Dim() int { return m.P }

func (m *SparseModel) atom(j int) []float64 {
	d := len(m.Names)
	return m.Atoms[j*d : (j+1)*d : (j+1)*d]
}

// unit makes an atom of length one, of random numbers if it is zero or
// next to it.
func (m *SparseModel) unit(atom []float64, random func() float64) {
	for {
		most := max(kernel.Max(atom), -kernel.Min(atom))
		if most > 1e-290 {
			kernel.Scale(1/most, atom, atom) // so that the squares stay in range
			kernel.Scale(1/math.Sqrt(kernel.SumSquares(atom)), atom, atom)
			return
		}
		for i := range atom {
			atom[i] = random()
		}
	}
}

// Validate reports a model that cannot be as a [*dist.ParameterError].
func (m *SparseModel) Validate() error {
	d := len(m.Names)
	if m.P < 1 || d == 0 || m.P > len(m.Atoms) || len(m.Atoms) != m.P*d {
		return &dist.ParameterError{Distribution: kindSparse, Parameter: "P", Value: float64(m.P), Want: fmt.Sprintf("the number of rows of %d columns that make %d numbers", d, len(m.Atoms))}
	}
	for i, v := range m.Atoms {
		if !(math.Abs(v) <= 1e150) {
			return &dist.ParameterError{Distribution: kindSparse, Parameter: fmt.Sprintf("Atoms[%d]", i), Value: v, Want: "finite, with a square that is"}
		}
	}
	s := SparseCoding{Penalty: m.Penalty, Eta: m.Eta, Ridge: m.Ridge, Solver: m.Solver, CodeIterations: m.CodeIterations, CodeTolerance: m.CodeTolerance}
	if err := s.Validate(); err != nil {
		return err
	}
	if !(m.Unfinished >= 0 && m.Unfinished <= math.MaxFloat64) || m.Replaced < 0 || !(m.Eta > 0) {
		return &dist.ParameterError{Distribution: kindSparse, Parameter: "Eta", Value: m.Eta, Want: "positive, with counts that are not negative"}
	}
	return nil
}

// Warnings says whether codes are not what they are to be, and which atoms no row uses.
func (m *SparseModel) Warnings() []belief.Warning {
	if m.Unfinished > 0 {
		return []belief.Warning{{Code: "codes", Text: fmt.Sprintf("codes of rows of weight %.6g used up their %d steps: raise CodeIterations or CodeTolerance", m.Unfinished, m.CodeIterations)}}
	}
	return nil
}

// LogPrior is −λ‖A‖², the ridge.
func (m *SparseModel) LogPrior() float64 { return -m.Ridge * kernel.SumSquares(m.Atoms) }

// TransformTo writes the codes of the rows of a block to dst, b.Rows × P. The error is a
// [*data.ValueError] for a missing or infinite cell.
func (m *SparseModel) TransformTo(dst []float64, b *em.Block) error {
	checkBlock(b, len(m.Names))
	checkLength(len(dst), b.Rows*m.P)
	if err := complete(m.Names, b); err != nil {
		return err
	}
	w := codeSpare.Get().(*codeWork)
	defer codeSpare.Put(w)
	clear(dst[:b.Rows*m.P])
	w.prepare(m)
	w.encode(m, b, dst)
	return nil
}

// InverseTo writes the rows that codes, rows × P, stand for to dst, rows × d.
func (m *SparseModel) InverseTo(dst, codes []float64, rows int) {
	d := len(m.Names)
	checkLength(len(codes), rows*m.P)
	checkLength(len(dst), rows*d)
	kernel.Gemm(false, false, rows, d, m.P, 1, codes, m.P, m.Atoms, d, 0, dst, d, 1)
}

// CostTo writes ‖x − A z‖² + η ρ(z) for every row of a block and its code in codes,
// b.Rows × P, to dst.
func (m *SparseModel) CostTo(dst []float64, b *em.Block, codes []float64) {
	d := len(m.Names)
	checkBlock(b, d)
	checkLength(len(dst), b.Rows)
	p := borrow(b.Rows * d)
	defer spare.Put(p)
	m.InverseTo(*p, codes, b.Rows)
	for i := range b.Rows {
		dst[i] = kernel.SquaredDistance(b.Row(i), (*p)[i*d:(i+1)*d]) + m.Eta*m.Penalty.of(codes[i*m.P:(i+1)*m.P])
	}
}

// of returns ρ(z).
func (p Penalty) of(z []float64) float64 {
	s := 0.0
	for _, v := range z {
		switch p {
		case LogPenalty:
			s += math.Log1p(v * v)
		case Exponential:
			s -= math.Exp(-v * v)
		default:
			s += math.Abs(v)
		}
	}
	return s
}

// NewStatistics returns empty statistics: Σ zzᵀ, P × P, Σ z xᵀ, P × d, and the weight of
// unfinished codes.
func (m *SparseModel) NewStatistics() *em.Statistics { return em.NewStatistics(m.layout()) }

// layout is the kind of the statistics, and how many sums they have.
func (m *SparseModel) layout() (kind string, sums int) {
	return fmt.Sprintf("%s %d×%d", kindSparse, m.P, len(m.Names)), m.P*m.P + m.P*len(m.Names) + 1
}

// Expect finds the codes of a block. It implements [em.Model].
func (m *SparseModel) Expect(b *em.Block, s *em.Statistics) error {
	w, ok := s.Scratch.(*codeWork)
	if !ok {
		w = &codeWork{}
		s.Scratch = w
	}
	w.prepare(m)
	p, d := m.P, len(m.Names)
	if slices.Contains(b.Weights, 0) { // rows without weight might be anything
		some := *b
		some.X = slices.Clone(b.X)
		for i, weight := range b.Weights {
			if weight == 0 {
				clear(some.Row(i))
			}
		}
		b = &some
	}
	var z []float64
	if m.codes != nil {
		z = m.codes[b.First*p : (b.First+b.Rows)*p]
	} else {
		resize(&w.own, b.Rows*p)
		z = w.own
		clear(z)
	}
	unfinished := w.encode(m, b, z)
	resize(&w.cost, b.Rows)
	m.CostTo(w.cost, b, z)
	for i, v := range w.cost {
		s.LogLikelihood -= b.Weight(i) * v
		s.Weight += b.Weight(i)
	}
	for _, i := range unfinished {
		s.Sums[len(s.Sums)-1] += b.Weight(i)
	}
	x := b.X
	if b.Weights != nil {
		resize(&w.z, b.Rows*p)
		resize(&w.x, b.Rows*d)
		for i := range b.Rows {
			root := math.Sqrt(b.Weight(i))
			kernel.Scale(root, w.z[i*p:(i+1)*p], z[i*p:(i+1)*p])
			kernel.Scale(root, w.x[i*d:(i+1)*d], b.Row(i))
		}
		z, x = w.z, w.x
	}
	kernel.Gemm(true, false, p, p, b.Rows, 1, z, p, z, p, 1, s.Sums, p, 1)
	kernel.Gemm(true, false, p, d, b.Rows, 1, z, p, x, d, 1, s.Sums[p*p:], d, 1)
	return nil
}

// Maximize sets the dictionary: in closed form with a ridge (equation 9.17), else atom by
// atom within the ball of radius one (Mairal, Bach, Ponce & Sapiro 2009, algorithm 2). It
// implements [em.Model].
func (m *SparseModel) Maximize(s *em.Statistics) error {
	if err := s.Check(m.layout()); err != nil {
		return err
	}
	p, d := m.P, len(m.Names)
	square, cross := s.Sums[:p*p], s.Sums[p*p:p*p+p*d]
	m.Unfinished = s.Sums[p*p+p*d]
	if m.Ridge > 0 {
		for i := range p {
			square[i*p+i] += m.Ridge
		}
		if !cholesky(square, p) {
			return &dist.FitError{Distribution: kindSparse, Row: -1, Problem: "the dictionary is not determined; raise the ridge"}
		}
		column := make([]float64, p)
		for j := range d {
			for i := range p {
				column[i] = cross[i*d+j]
			}
			solve(square, p, column)
			for i, v := range column {
				m.Atoms[i*d+j] = v
			}
		}
		return nil
	}
	change, most := make([]float64, d), 0.0
	for i := range p {
		most = max(most, square[i*p+i])
	}
	for range 100 {
		moved := 0.0
		for j := range p {
			own := square[j*p+j]
			if !(own > max(1e-14*most, 1e-290)) {
				continue
			}
			atom := m.atom(j)
			copy(change, cross[j*d:(j+1)*d])
			kernel.Gemv(true, p, d, -1, m.Atoms, d, square[j*p:(j+1)*p], 1, change)
			kernel.Scale(1/own, change, change)
			kernel.Add(change, change, atom)
			if n := math.Sqrt(kernel.SumSquares(change)); n > 1 {
				kernel.Scale(1/n, change, change)
			}
			moved = max(moved, kernel.SquaredDistance(change, atom))
			copy(atom, change)
		}
		if moved < 1e-16 {
			break
		}
	}
	if m.sample == nil {
		return nil
	}
	for j := range p {
		if square[j*p+j] > 0 {
			continue
		}
		// No row uses it, so that another costs nothing.
		m.Replaced++
		rng := stream.New(m.seed, "em/linear replaced", uint64(m.start), uint64(m.Replaced))
		copy(m.atom(j), m.sample.Row(rng.IntN(m.sample.Rows())))
		m.unit(m.atom(j), rng.NormFloat64)
	}
	return nil
}

// Origin implements [em.Stepwise]: sums have none.
func (m *SparseModel) Origin() []float64 { return nil }

// Recentre implements [em.Stepwise].
func (m *SparseModel) Recentre(*em.Statistics, []float64) {}

var _ interface {
	em.Model[*em.Block]
	em.Stepwise
	em.Prior
	em.Warner
	Transformer
} = (*SparseModel)(nil)
