package linear

// Small positive definite matrices.

import "math"

// cholesky replaces the lower triangle of the n×n matrix a by its factor, and says whether
// there is one.
func cholesky(a []float64, n int) bool {
	for j := range n {
		s := a[j*n+j]
		for _, v := range a[j*n : j*n+j] {
			s -= v * v
		}
		if !(s > 0 && s <= math.MaxFloat64) {
			return false
		}
		s = math.Sqrt(s)
		a[j*n+j] = s
		for i := j + 1; i < n; i++ {
			t := a[i*n+j]
			for p, v := range a[j*n : j*n+j] {
				t -= v * a[i*n+p]
			}
			a[i*n+j] = t / s
		}
	}
	return true
}

// solve replaces x by the solution of L Lᵀ y = x.
func solve(l []float64, n int, x []float64) {
	for i := range n {
		s := x[i]
		for p, v := range l[i*n : i*n+i] {
			s -= v * x[p]
		}
		x[i] = s / l[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		s := x[i]
		for p := i + 1; p < n; p++ {
			s -= l[p*n+i] * x[p]
		}
		x[i] = s / l[i*n+i]
	}
}

// inverse writes (L Lᵀ)⁻¹ to dst.
func inverse(dst, l []float64, n int) {
	clear(dst[:n*n])
	for i := range n {
		row := dst[i*n : (i+1)*n]
		row[i] = 1
		solve(l, n, row)
	}
}

// halfLogDet returns ½ log |L Lᵀ|.
func halfLogDet(l []float64, n int) float64 {
	s := 0.0
	for i := range n {
		s += math.Log(l[i*n+i])
	}
	return s
}
