package linear

// Jacobi's method, for covariances of columns on quite different scales.

import (
	"cmp"
	"math"
	"slices"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/kernel"
)

const (
	gradedSpread = 1e10 // of variances, beyond which other methods lose the small ones
	jacobiMost   = 256  // columns
	jacobiSweeps = 60
)

// jacobi decomposes a positive semidefinite matrix by rotations of pairs of rows and
// columns until every element is small beside the geometric mean of the two diagonal ones.
// So every eigenvalue has digits of its own, however small it is beside the others, if the
// matrix with its diagonal scaled to one is well conditioned (Demmel & Veselić 1992,
// theorem 2.3). O(n³) for each of some ten sweeps.
func jacobi(c []float64, n, k int) (*spectrum, error) {
	a := append([]float64(nil), c...)
	v := make([]float64, n*n) // rows are the vectors
	for i := range n {
		v[i*n+i] = 1
	}
	turned := true
	for sweep := 0; turned; sweep++ {
		if sweep == jacobiSweeps {
			return nil, &dist.FitError{Distribution: "eigenvectors", Row: -1, Problem: "the eigenvalues of the covariance were not found"}
		}
		turned = false
		for p := range n {
			for q := p + 1; q < n; q++ {
				pp, qq, pq := a[p*n+p], a[q*n+q], a[p*n+q]
				// Apart, since the product may leave the range.
				if !(math.Abs(pq) > 0x1p-52*math.Sqrt(max(pp, 0))*math.Sqrt(max(qq, 0))) || math.Abs(pq) < math.SmallestNonzeroFloat64/0x1p-52 {
					continue
				}
				turned = true
				tau := (qq - pp) / (2 * pq)
				t := 1 / (math.Abs(tau) + math.Hypot(1, tau))
				if tau < 0 {
					t = -t
				}
				cos := 1 / math.Hypot(1, t)
				sin := cos * t
				for j := range n {
					x, y := a[p*n+j], a[q*n+j]
					a[p*n+j], a[q*n+j] = cos*x-sin*y, sin*x+cos*y
				}
				for j := range n {
					a[j*n+p], a[j*n+q] = a[p*n+j], a[q*n+j]
				}
				a[p*n+p], a[q*n+q] = pp-t*pq, qq+t*pq
				a[p*n+q], a[q*n+p] = 0, 0
				for j := range n {
					x, y := v[p*n+j], v[q*n+j]
					v[p*n+j], v[q*n+j] = cos*x-sin*y, sin*x+cos*y
				}
			}
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(a[j*n+j], a[i*n+i]) })
	s := &spectrum{vectors: make([]float64, k*n), exact: true}
	for r, i := range order {
		value := max(a[i*n+i], 0)
		s.values = append(s.values, value)
		if r < k {
			copy(s.vectors[r*n:(r+1)*n], v[i*n:(i+1)*n])
			kernel.Scale(1/math.Sqrt(kernel.SumSquares(v[i*n:(i+1)*n])), s.vectors[r*n:(r+1)*n], s.vectors[r*n:(r+1)*n])
		} else {
			s.rest += value
		}
	}
	return s, nil
}
