package em

// Gaussian mixtures: densities and responsibilities.

import (
	"fmt"
	"math"

	"github.com/belief-go/belief/data"
)

// answer runs body on parts of a block, with their log joint densities in sc.logs.
func (m *GaussianModel) answer(b *Block, body func(sc *gaussianScratch, from, n int)) error {
	if b.Columns != len(m.columns) {
		panic(fmt.Sprintf("em: a block has %d columns, the mixture %d", b.Columns, len(m.columns)))
	}
	sc, _ := m.scratches.Get().(*gaussianScratch)
	if sc == nil {
		sc = m.newScratch()
	}
	defer m.scratches.Put(sc)
	for from := 0; from < b.Rows; from += sc.rows {
		n := min(sc.rows, b.Rows-from)
		for i, v := range b.X[from*b.Columns : (from+n)*b.Columns] {
			if v != v {
				return &data.ValueError{Column: m.columns[i%b.Columns], Row: b.First + from + i/b.Columns, Value: v, Want: "a number"}
			}
		}
		m.logJoints(sc, b.X[from*b.Columns:], n)
		body(sc, from, n)
	}
	return nil
}

// LogProbTo implements [Density], of rows with missing cells the density of the others.
func (m *GaussianModel) LogProbTo(dst []float64, b *Block) error {
	if len(dst) != b.Rows {
		panic(fmt.Sprintf("em: dst has length %d for %d rows", len(dst), b.Rows))
	}
	if hasMissing(b) {
		return m.answerMissing(dst, nil, b)
	}
	return m.answer(b, func(sc *gaussianScratch, from, n int) {
		sc.shares(n, nil)
		copy(dst[from:], sc.density[:n])
	})
}

// ResponsibilitiesTo implements [Clustering]. A row whose density is zero goes to the
// component that is nearest in standard deviations.
func (m *GaussianModel) ResponsibilitiesTo(dst []float64, b *Block) error {
	k := m.Components()
	if len(dst) != b.Rows*k {
		panic(fmt.Sprintf("em: dst has length %d for %d rows and %d components", len(dst), b.Rows, k))
	}
	if hasMissing(b) {
		return m.answerMissing(nil, dst, b)
	}
	return m.answer(b, func(sc *gaussianScratch, from, n int) {
		sc.shares(n, nil)
		for i := range n {
			row := dst[(from+i)*k : (from+i+1)*k]
			for j := range row {
				row[j] = sc.logs[j*sc.stride+i]
			}
			if math.IsInf(sc.density[i], -1) {
				row[m.nearestFarOff(sc, i)] = 1
			}
		}
	})
}

// nearestFarOff returns the component nearest to row i in sc, which is so far away that
// only its direction matters.
func (m *GaussianModel) nearestFarOff(sc *gaussianScratch, i int) int {
	d := sc.d
	u, far := make([]float64, d), 0.0
	for j := range u {
		u[j] = sc.features[(1+j)*sc.stride+i]
		far = max(far, math.Abs(u[j]))
	}
	best, least := 0, math.Inf(1)
	for k, w := range m.Weights {
		if w == 0 {
			continue
		}
		q := 0.0
		for r := range d {
			v := 0.0
			switch m.covariance {
			case Diagonal, Spherical:
				v = m.white[k*d+r] * u[r] / far
			default:
				t := m.white[:d*d]
				if m.covariance == Full {
					t = m.white[k*d*d : (k+1)*d*d]
				}
				for s := 0; s <= r; s++ {
					v += t[r*d+s] * u[s] / far
				}
			}
			q += v * v
		}
		if q < least {
			best, least = k, q
		}
	}
	return best
}
