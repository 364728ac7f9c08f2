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
			if v-v != 0 {
				return &data.ValueError{Column: m.columns[i%b.Columns], Row: b.First + from + i/b.Columns, Value: v, Want: "a finite number"}
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
				row[m.nearestFarOff(sc, b.Row(from+i))] = 1
			}
		}
	})
}
