package linear

// Rotations of factors, which leave the distribution as it is.

import (
	"cmp"
	"math"
	"slices"

	"github.com/belief-go/belief/internal/kernel"
)

// principal turns the factors so that WᵀΨ⁻¹W is diagonal, the strongest first, with the
// first of the largest loadings of each positive.
func (m *FactorModel) principal() {
	k, d := m.K, len(m.Mean)
	wn := make([]float64, d*k)
	for j := range d {
		kernel.Scale(1/m.Noise[j], wn[j*k:(j+1)*k], m.loading(j))
	}
	g := make([]float64, k*k)
	kernel.Gemm(true, false, k, k, d, 1, m.Loadings, k, wn, k, 0, g, k, 1)
	found, err := jacobi(g, k, k)
	if err != nil {
		return // as good as any other rotation
	}
	turned := make([]float64, d*k)
	kernel.Gemm(false, true, d, k, k, 1, m.Loadings, k, found.vectors, k, 0, turned, k, 1)
	m.Loadings = turned
	m.signs()
}

// signs turns every factor so that the first of its largest loadings is positive.
func (m *FactorModel) signs() {
	d := len(m.Mean)
	column := make([]float64, d)
	for i := range m.K {
		for j := range column {
			column[j] = m.Loadings[j*m.K+i]
		}
		positive(column)
		for j, v := range column {
			m.Loadings[j*m.K+i] = v
		}
	}
}

// Varimax returns the model with the factors turned so that the squares of each factor's
// loadings vary as much as they can: columns load on few factors (Kaiser 1958, without
// his normalization). Factors come in the order of their sums of squares.
func (m *FactorModel) Varimax() *FactorModel {
	k, d := m.K, len(m.Mean)
	out := *m
	out.Loadings = slices.Clone(m.Loadings)
	w := out.Loadings
	most := max(kernel.Max(w), -kernel.Min(w))
	if !(most > 0) {
		return &out
	}
	for range 1000 {
		moved := 0.0
		for p := range k {
			for q := p + 1; q < k; q++ {
				// The angle for which the criterion of two factors is largest.
				var a, b, c, e float64
				for j := range d {
					x, y := w[j*k+p]/most, w[j*k+q]/most
					u, v := x*x-y*y, 2*x*y
					a += u
					b += v
					c += u*u - v*v
					e += 2 * u * v
				}
				n := float64(d)
				angle := math.Atan2(e-2*a*b/n, c-(a*a-b*b)/n) / 4
				moved = max(moved, math.Abs(angle))
				sin, cos := math.Sincos(angle)
				for j := range d {
					x, y := w[j*k+p], w[j*k+q]
					w[j*k+p], w[j*k+q] = cos*x+sin*y, cos*y-sin*x
				}
			}
		}
		if moved < 1e-12 {
			break
		}
	}
	size, order := make([]float64, k), make([]int, k)
	for i := range k {
		order[i] = i
		for j := range d {
			size[i] += (w[j*k+i] / most) * (w[j*k+i] / most)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(size[j], size[i]) })
	sorted := make([]float64, d*k)
	for j := range d {
		for i, from := range order {
			sorted[j*k+i] = w[j*k+from]
		}
	}
	out.Loadings = sorted
	out.signs()
	return &out
}
