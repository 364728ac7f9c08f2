package mcmc

import (
	"math"
	"math/rand/v2"
)

// A metric is the inverse mass matrix of the kinetic energy ½ pᵀΣp,
//
//	Σ = D (I + Uᵀ (Λ − I) U) D,
//
// with D diagonal and few orthonormal rows U: a good one is near the covariance
// of the target. Rank 0 is a diagonal metric. Where U has more than a quarter of
// all directions the product is kept as a full matrix, which is then cheaper.
type metric struct {
	n       int
	scale   []float64 // D
	square  []float64 // D²
	values  []float64 // Λ
	vectors []float64 // U, a row for each of values
	full    []float64 // Σ, empty if it is cheaper to do without
	scratch []float64
}

// newMetric returns the identity.
func newMetric(n int) *metric {
	m := &metric{n: n, scratch: make([]float64, n)}
	m.scale, m.square = make([]float64, n), make([]float64, n)
	for i := range n {
		m.scale[i], m.square[i] = 1, 1
	}
	return m
}

// set changes the metric. It keeps no argument.
func (m *metric) set(scale, values, vectors []float64) {
	copy(m.scale, scale)
	for i, s := range m.scale {
		m.square[i] = s * s
	}
	m.values = append(m.values[:0], values...)
	m.vectors = append(m.vectors[:0], vectors[:len(values)*m.n]...)
	m.full = m.full[:0]
	if n := m.n; 4*len(values) > n {
		m.full = append(m.full, make([]float64, n*n)...)
		for k, l := range values {
			u := m.vectors[k*n : (k+1)*n]
			for i := range n {
				axpy(m.full[i*n:(i+1)*n], (l-1)*u[i], u)
			}
		}
		for i := range n {
			row := m.full[i*n : (i+1)*n]
			row[i]++
			for j := range row {
				row[j] *= m.scale[i] * m.scale[j]
			}
		}
	}
}

// diagonal tells whether Σ is.
func (m *metric) diagonal() bool { return len(m.values) == 0 }

// mulTo writes Σx to dst, which is not x.
func (m *metric) mulTo(dst, x []float64) {
	n := m.n
	switch {
	case m.diagonal():
		for i, s := range m.square {
			dst[i] = s * x[i]
		}
	case len(m.full) > 0:
		for i := range dst {
			dst[i] = dot(m.full[i*n:(i+1)*n], x)
		}
	default:
		y := m.scratch
		for i, s := range m.scale {
			y[i] = s * x[i]
			dst[i] = y[i]
		}
		for k, l := range m.values {
			u := m.vectors[k*n : (k+1)*n]
			axpy(dst, (l-1)*dot(u, y), u)
		}
		for i, s := range m.scale {
			dst[i] *= s
		}
	}
}

// draw draws a momentum p from N(0, Σ⁻¹) and writes Σp to v.
func (m *metric) draw(r *rand.Rand, p, v []float64) {
	n, z := m.n, m.scratch
	for i := range z {
		z[i] = r.NormFloat64()
		p[i], v[i] = z[i], z[i]
	}
	for k, l := range m.values {
		u, root := m.vectors[k*n:(k+1)*n], math.Sqrt(l)
		c := dot(u, z)
		axpy(v, (root-1)*c, u)
		axpy(p, (1/root-1)*c, u)
	}
	for i, s := range m.scale {
		p[i] /= s
		v[i] *= s
	}
}

// dot returns xᵀy; it sums in four lanes.
func dot(x, y []float64) float64 {
	y = y[:len(x)]
	var a, b, c, d float64
	for len(x) >= 4 && len(y) >= 4 {
		a += x[0] * y[0]
		b += x[1] * y[1]
		c += x[2] * y[2]
		d += x[3] * y[3]
		x, y = x[4:], y[4:]
	}
	for i, x := range x {
		a += x * y[i]
	}
	return (a + b) + (c + d)
}

// axpy adds a·x to dst.
func axpy(dst []float64, a float64, x []float64) {
	dst = dst[:len(x)]
	for i, x := range x {
		dst[i] += a * x
	}
}
