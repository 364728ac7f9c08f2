package em

// Small symmetric matrices, row after row: factors, floors.

import (
	"math"

	"github.com/belief-go/belief/internal/kernel"
	"gonum.org/v1/gonum/mat"
)

// choleskyInPlace replaces a symmetric matrix by its lower Cholesky factor.
func choleskyInPlace(a []float64, d int) bool {
	for i := range d {
		for j := 0; j <= i; j++ {
			s := a[i*d+j]
			for l := range j {
				s -= a[i*d+l] * a[j*d+l]
			}
			if i != j {
				a[i*d+j] = s / a[j*d+j]
				continue
			}
			if !(s > 0 && s <= math.MaxFloat64) {
				return false
			}
			a[i*d+i] = math.Sqrt(s)
		}
		clear(a[i*d+i+1 : (i+1)*d])
	}
	return true
}

// invertedRoot replaces a symmetric matrix Σ by the inverse T of its lower Cholesky
// factor, so that TᵀT = Σ⁻¹.
func invertedRoot(a []float64, d int) bool {
	if !choleskyInPlace(a, d) {
		return false
	}
	for i := range d {
		a[i*d+i] = 1 / a[i*d+i]
		for j := range i {
			s := 0.0
			for l := j; l < i; l++ {
				s += a[i*d+l] * a[l*d+j]
			}
			a[i*d+j] = -s * a[i*d+i]
		}
	}
	return true
}

// solveLower solves L x = b in place.
func solveLower(l, b []float64) {
	d := len(b)
	for i := range b {
		b[i] = (b[i] - kernel.Dot(l[i*d:i*d+i], b[:i])) / l[i*d+i]
	}
}

// logDiagonal is log |T|.
func logDiagonal(t []float64, d int) float64 {
	v, step := 0.0, 1
	if len(t) > d {
		step = d + 1
	}
	for i := 0; i < len(t); i += step {
		v += math.Log(t[i])
	}
	return v
}

// traceOf is tr(T A Tᵀ).
func traceOf(t, a []float64, d int) float64 {
	v := 0.0
	for r := range d {
		if len(t) == d {
			v += t[r] * t[r] * a[r*d+r]
			continue
		}
		for i := 0; i <= r; i++ {
			for j := 0; j <= r; j++ {
				v += t[r*d+i] * t[r*d+j] * a[i*d+j]
			}
		}
	}
	return v
}

// raiseFloor raises the eigenvalues of a covariance, in units in which the variances are
// scale (nil: ones), to at least floor, and makes it symmetric. Of all covariances that
// keep to the floor the result has the greatest likelihood. It says whether it had to.
func raiseFloor(a []float64, d int, scale []float64, floor float64) bool {
	root := make([]float64, d)
	for i := range root {
		root[i] = 1
		if scale != nil && scale[i] > 0 {
			root[i] = math.Sqrt(scale[i])
		}
	}
	s := make([]float64, d*d)
	for i := range d {
		for j := range i + 1 {
			v := a[i*d+j]/2 + a[j*d+i]/2
			a[i*d+j], a[j*d+i] = v, v
			s[i*d+j] = v / root[i] / root[j]
		}
		s[i*d+i] -= floor
	}
	if choleskyInPlace(s, d) {
		return false
	}
	for i := range d {
		for j := range i + 1 {
			s[j*d+i] = a[i*d+j] / root[i] / root[j]
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(d, s), true) {
		// Nothing is known to make it fail. What is left is right within a factor d.
		for i := range d {
			for j := range d {
				if i != j {
					a[i*d+j] = 0
				}
			}
			a[i*d+i] = max(a[i*d+i], floor*root[i]*root[i])
		}
		return true
	}
	values := eigen.Values(nil)
	if values[0] >= floor {
		return false // but for rounding
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	for i := range d {
		for j := range i + 1 {
			v := 0.0
			for l, value := range values {
				v += vectors.At(i, l) * max(value, floor) * vectors.At(j, l)
			}
			v *= root[i] * root[j]
			a[i*d+j], a[j*d+i] = v, v
		}
	}
	return true
}
