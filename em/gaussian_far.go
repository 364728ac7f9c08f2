package em

// Gaussian mixtures: rows far from the data of the fit.

import (
	"fmt"
	"math"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/kernel"
)

const (
	// A row that is farther from the origin in some column is looked at by itself: its
	// log densities are too large for the linear form.
	gaussianFar = 1e4
	// A row that is farther has no density that a float64 holds.
	gaussianBeyond = 1e200
)

// frameRow writes the cells of a row in the given columns (nil: all) to dst, in the
// frame. One whose density is zero anyway is drawn in, along its direction.
func (m *GaussianModel) frameRow(dst, row []float64, columns []int) {
	most := 0.0
	for a := range dst {
		c := a
		if columns != nil {
			c = columns[a]
		}
		dst[a] = min(max((row[c]-m.origin[c])/m.scale[c], -math.MaxFloat64), math.MaxFloat64)
		most = max(most, math.Abs(dst[a]))
	}
	if most > gaussianBeyond {
		for a := range dst {
			dst[a] *= gaussianBeyond / most
		}
	}
}

// lengthBy is |T y| for a T that is lower triangular or, with as many numbers as y has, a
// diagonal. It overflows later than its square.
func lengthBy(t, y []float64) float64 {
	d, most := len(y), 0.0
	for _, v := range y {
		most = max(most, math.Abs(v))
	}
	if most == 0 {
		return 0
	}
	q := 0.0
	for r := range y {
		v := 0.0
		if len(t) == d {
			v = t[r] * (y[r] / most)
		} else {
			for c, x := range y[:r+1] {
				v += t[r*d+c] * (x / most)
			}
		}
		q += v * v
	}
	return most * math.Sqrt(q)
}

// farLength is how far a row of the frame is from component k, in standard deviations.
func (m *GaussianModel) farLength(sc *gaussianScratch, k int) float64 {
	d := sc.d
	for c := range d {
		sc.from[c] = sc.row[c] - m.frameMean(k, c)
	}
	switch m.covariance {
	case Full:
		return lengthBy(m.white[k*d*d:(k+1)*d*d], sc.from)
	case Tied:
		return lengthBy(m.white, sc.from)
	}
	return lengthBy(m.white[k*d:(k+1)*d], sc.from)
}

// farLogs writes the log joint densities of the rows in sc.far.
func (m *GaussianModel) farLogs(sc *gaussianScratch, x []float64) {
	for _, i := range sc.far {
		m.frameRow(sc.row, x[i*sc.d:(i+1)*sc.d], nil)
		for k, constant := range m.constants {
			if !m.narrow[k] { // it is that of the linear form
				shift := m.shift[k*sc.d : (k+1)*sc.d]
				constant += kernel.Dot(shift, shift) / 2
			}
			length := m.farLength(sc, k)
			sc.logs[k*sc.stride+i] = constant - length*length/2
		}
	}
}

// unreached says that no component has a density at a row; column c is there.
func (m *GaussianModel) unreached(b *Block, i, c int) error {
	return fmt.Errorf("em: no component reaches row %d, where all densities are zero: %w", b.First+i, &data.ValueError{
		Column: m.columns[c], Row: b.First + i, Value: b.Row(i)[c], Want: "in a row less far from all others, or the start nearer to it"})
}

// nearestFarOff returns the component nearest to a row whose density is zero.
func (m *GaussianModel) nearestFarOff(sc *gaussianScratch, row []float64) int {
	m.frameRow(sc.row, row, nil)
	best, least := 0, math.Inf(1)
	for k, w := range m.Weights {
		if w == 0 {
			continue
		}
		if v := m.farLength(sc, k); v < least {
			best, least = k, v
		}
	}
	return best
}
