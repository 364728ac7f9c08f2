package linear

// The largest eigenvalues of a symmetric positive semidefinite matrix and their vectors.

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/stream"
)

// spectrum is an eigendecomposition, or the upper part of one.
type spectrum struct {
	values  []float64 // falling
	vectors []float64 // of the first k values, k × n, row after row
	rest    float64   // the sum of the eigenvalues that are not among the first k
	exact   bool      // every value is right relative to itself; else to the largest
}

// symmetric decomposes the n×n matrix c, which it does not change.
//
// A few of many are found by subspace iteration with Chebyshev polynomials, all of them
// with gonum, and with Jacobi's rotations where columns of quite different scales would
// lose the small eigenvalues beside the large ones.
func symmetric(c []float64, n, k, workers int) (*spectrum, error) {
	trace := 0.0
	low, high := math.Inf(1), 0.0
	for i := range n {
		v := c[i*n+i]
		trace += v
		if high = max(high, v); v > 0 {
			low = min(low, v)
		}
	}
	graded := high > gradedSpread*low
	if graded && n <= jacobiMost {
		return jacobi(c, n, k)
	}
	if n >= 128 && k+chebyshevBuffer(k) <= n/3 {
		if values, vectors := chebyshev(c, n, k, workers); values != nil {
			s := &spectrum{values: values, vectors: vectors, rest: trace}
			for _, v := range values {
				s.rest -= v
			}
			return s, nil
		}
	}
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(n, c), true) {
		return nil, &dist.FitError{Distribution: "eigenvectors", Row: -1, Problem: "the eigenvalues of the covariance were not found"}
	}
	var v mat.Dense
	e.VectorsTo(&v)
	s := &spectrum{values: e.Values(nil), vectors: make([]float64, k*n)}
	for i, j := 0, n-1; i < j; i, j = i+1, j-1 {
		s.values[i], s.values[j] = s.values[j], s.values[i]
	}
	for i := range k {
		for j := range n {
			s.vectors[i*n+j] = v.At(j, n-1-i)
		}
	}
	for _, v := range s.values[k:] {
		s.rest += v
	}
	return s, nil
}

// The buffer is how many more vectors are iterated than are wanted: what is just outside
// the block decides how fast the last of them comes.
func chebyshevBuffer(k int) int { return 10 + k/2 }

const (
	chebyshevCycles = 60
	chebyshevDegree = 24
	// A filter that raised the largest eigenvalue above the smallest of the block by more
	// would leave too few digits of the small ones.
	chebyshevRise = 1e9
)

// chebyshev finds the k largest eigenvalues by subspace iteration in which a Chebyshev
// polynomial damps all of the spectrum below the block (Zhou, Saad, Tiago & Chelikowsky
// 2006); what has converged is taken out of the matrix. A matrix for which the residuals
// do not come down to rounding gives nil.
func chebyshev(c []float64, n, k, workers int) (values, vectors []float64) {
	m := k + chebyshevBuffer(k)
	rng := stream.New(0, "em/linear subspace", uint64(n), uint64(k))
	v := make([]float64, m*n)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	w, z := make([]float64, m*n), make([]float64, m*n)
	deflated := append([]float64(nil), c...)
	orthonormalize(v, 0, m, n)
	locked := 0
	theta := make([]float64, m)
	top := 0.0
	for range chebyshevCycles {
		a := m - locked // of the block that still moves
		active := v[locked*n:]
		kernel.Gemm(false, false, a, n, n, 1, active, n, deflated, n, 0, w, n, workers)
		if !rotate(active, w, z, theta, a, n) {
			return nil, nil
		}
		top = max(top, theta[0])
		small := 8 * 0x1p-52 * math.Sqrt(float64(n)) * top
		done := 0
		for done < k-locked {
			r := 0.0
			for j, x := range active[done*n : (done+1)*n] {
				e := w[done*n+j] - theta[done]*x
				r += e * e
			}
			if !(math.Sqrt(r) <= small) {
				break
			}
			done++
		}
		if locked+done == k {
			return polish(c, v[:k*n], w, z, n, k, top, workers)
		}
		for i := range done {
			x := active[i*n : (i+1)*n]
			kernel.Scale(theta[i], w[i*n:(i+1)*n], x)
		}
		if done > 0 {
			kernel.Gemm(true, false, n, n, done, -1, w, n, active, n, 1, deflated, n, workers)
		}
		locked += done
		active = v[locked*n:]
		theta = theta[done:]
		a -= done
		filter(deflated, active, w, z, theta[0], theta[a-1], small, a, n, workers)
		orthonormalize(v, locked, m, n)
	}
	return nil, nil
}

// filter multiplies the rows of v by the Chebyshev polynomial of the matrix that is small
// between 0 and low and large above, up to high. It uses w and z.
func filter(c, v, w, z []float64, high, low, small float64, a, n, workers int) {
	low = max(low, small)
	// The polynomial lives on [−1, 1], where [−small, low] is mapped to.
	half, middle := (low+small)/2, (low-small)/2
	x := (high - middle) / half
	degree := 1
	if x > 1 {
		if rise := math.Acosh(x); rise*chebyshevDegree > math.Log(chebyshevRise) {
			degree = max(1, int(math.Log(chebyshevRise)/rise))
		} else {
			degree = chebyshevDegree
		}
	}
	size := a * n
	step := func(dst, src []float64, by float64) { // dst += by·(c − middle) src/half
		kernel.Gemm(false, false, a, n, n, by/half, src, n, c, n, 1, dst, n, workers)
		kernel.Axpy(-by*middle/half, src[:size], dst[:size])
	}
	// Every term is divided by the value at high, so that nothing overflows.
	ratio := 1 / max(x, 1)
	clear(w[:size])
	step(w, v, ratio)
	before, now, next := z, w, v
	copy(before[:size], v[:size])
	last := ratio
	for range degree - 1 {
		// T_{j+1} = 2 x T_j − T_{j−1}, with T_j scaled by the product of the ratios.
		r := 1 / (2*max(x, 1) - last)
		kernel.Scale(-last*r, next[:size], before[:size])
		step(next, now, 2*r)
		before, now, next = now, next, before
		last = r
	}
	if &now[0] != &v[0] {
		copy(v[:size], now[:size])
	}
}

// rotate makes Ritz vectors of the rows of v, with the images w turned along, and the
// values in theta, falling.
func rotate(v, w, z, theta []float64, a, n int) bool {
	h := make([]float64, a*a)
	kernel.Gemm(false, true, a, a, n, 1, v, n, w, n, 0, h, a, 1)
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(a, h), true) {
		return false
	}
	var q mat.Dense
	e.VectorsTo(&q)
	found := e.Values(nil)
	for i := range a {
		theta[i] = found[a-1-i]
		for j := range a {
			h[i*a+j] = q.At(j, a-1-i)
		}
	}
	for _, x := range [][]float64{v, w} {
		kernel.Gemm(false, false, a, n, a, 1, h, a, x, n, 0, z, n, 1)
		copy(x[:a*n], z[:a*n])
	}
	return true
}

// polish turns the k vectors once more against the matrix itself and looks at the
// residuals.
func polish(c, v, w, z []float64, n, k int, top float64, workers int) (values, vectors []float64) {
	orthonormalize(v, 0, k, n)
	kernel.Gemm(false, false, k, n, n, 1, v, n, c, n, 0, w, n, workers)
	values = make([]float64, k)
	if !rotate(v, w, z, values, k, n) {
		return nil, nil
	}
	for i := range k {
		r := 0.0
		for j, x := range v[i*n : (i+1)*n] {
			e := w[i*n+j] - values[i]*x
			r += e * e
		}
		if !(math.Sqrt(r) <= 64*0x1p-52*math.Sqrt(float64(n))*top) {
			return nil, nil
		}
	}
	return values, v
}

// orthonormalize makes rows from to end of v orthonormal, to each other and to those
// before, by Gram and Schmidt's method, repeated where much is lost. A row that depends on
// others gives way to a unit vector.
func orthonormalize(v []float64, from, end, n int) {
	for i := from; i < end; i++ {
		x := v[i*n : (i+1)*n]
		unit := i // the rows before are fewer than n, so some unit vector is not among them
		for !independent(v, x, i, n) {
			clear(x)
			x[unit%n] = 1
			unit++
		}
	}
}

// independent makes x a unit vector that is orthogonal to the first i rows of v, unless it
// depends on them.
func independent(v, x []float64, i, n int) bool {
	norm := math.Sqrt(kernel.SumSquares(x))
	if !(norm > 0 && norm <= math.MaxFloat64) {
		return false
	}
	kernel.Scale(1/norm, x, x)
	for left := 0.0; left < 0.7; {
		for j := range i {
			y := v[j*n : (j+1)*n]
			kernel.Axpy(-kernel.Dot(x, y), y, x)
		}
		left = math.Sqrt(kernel.SumSquares(x))
		if left < 1e-14 {
			return false
		}
		kernel.Scale(1/left, x, x)
	}
	return true
}
