package transport

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// Gaussians returns W_2 of two normal distributions of d numbers, given by their means
// and covariance matrices, which may be singular. It is the distance and not its
// square. The formula's trace is a difference that loses half of its digits where the
// matrices are close, so it is taken as the least ‖R₁ − R₂U‖² in the Frobenius norm
// over rotations U, where R_i are roots of the matrices and U is from the singular
// vectors of R₂ᵀR₁ (Bhatia, Jain & Lim 2019, theorem 1); of diagonal matrices the roots are
// the standard deviations and U is one. A matrix that has a negative eigenvalue,
// beyond rounding, or a number that is not finite, is a [*dist.ParameterError]; wrong
// lengths panic.
func Gaussians(mean1 []float64, cov1 mat.Symmetric, mean2 []float64, cov2 mat.Symmetric) (float64, error) {
	d := len(mean1)
	if len(mean2) != d || cov1.SymmetricDim() != d || cov2.SymmetricDim() != d {
		panic(fmt.Sprintf("transport: means of %d and %d numbers with covariances of %d and %d rows",
			d, len(mean2), cov1.SymmetricDim(), cov2.SymmetricDim()))
	}
	shift := make([]float64, d)
	for i, m := range mean1 {
		shift[i] = m - mean2[i]
		if bad := shift[i] - shift[i]; bad != 0 {
			return 0, &dist.ParameterError{Distribution: "normal", Parameter: fmt.Sprintf("difference of means %d", i), Value: shift[i], Want: "finite"}
		}
	}
	if d == 0 {
		return 0, nil
	}
	between := math.Hypot // nothing underflows or overflows
	sum := 0.0
	for _, s := range shift {
		sum = between(sum, s)
	}
	diagonal1, err := checkCovariance("first", cov1)
	if err != nil {
		return 0, err
	}
	diagonal2, err := checkCovariance("second", cov2)
	if err != nil {
		return 0, err
	}
	if diagonal1 && diagonal2 {
		for i := range d {
			v, w := cov1.At(i, i), cov2.At(i, i)
			if !(min(v, w) >= 0) {
				return 0, notCovariance("of the two", min(v, w))
			}
			sum = between(sum, rootDifference(v, w))
		}
		return sum, nil
	}
	r1, err := covarianceRoot("first", cov1)
	if err != nil {
		return 0, err
	}
	r2, err := covarianceRoot("second", cov2)
	if err != nil {
		return 0, err
	}
	var cross, u, v, turn mat.Dense
	cross.Mul(r2.T(), r1)
	var svd mat.SVD
	if !svd.Factorize(&cross, mat.SVDFull) {
		return 0, notCovariance("of the two", math.NaN())
	}
	svd.UTo(&u)
	svd.VTo(&v)
	turn.Mul(&u, v.T())
	cross.Mul(r2, &turn)
	cross.Sub(r1, &cross)
	return between(sum, mat.Norm(&cross, 2)), nil
}

// rootDifference returns √v − √w without cancellation.
func rootDifference(v, w float64) float64 {
	if v == w {
		return 0
	}
	return (v - w) / (math.Sqrt(v) + math.Sqrt(w))
}

func notCovariance(which string, value float64) error {
	return &dist.ParameterError{Distribution: "normal", Parameter: "least eigenvalue of the covariance (" + which + ")", Value: value, Want: "nonnegative"}
}

// checkCovariance says whether a matrix is diagonal; all numbers must be finite.
func checkCovariance(which string, c mat.Symmetric) (diagonal bool, err error) {
	diagonal = true
	for i := range c.SymmetricDim() {
		for j := range i + 1 {
			v := c.At(i, j)
			if v-v != 0 {
				return false, &dist.ParameterError{Distribution: "normal", Parameter: fmt.Sprintf("covariance (%s) of %d and %d", which, i, j), Value: v, Want: "finite"}
			}
			diagonal = diagonal && (i == j || v == 0)
		}
	}
	return diagonal, nil
}

// covarianceRoot returns the symmetric root by eigendecomposition. Eigenvalues within
// rounding of zero are zero: their roots would be noise of half the digits.
func covarianceRoot(which string, c mat.Symmetric) (*mat.Dense, error) {
	var eigen mat.EigenSym
	if !eigen.Factorize(c, true) {
		return nil, notCovariance(which, math.NaN())
	}
	values := eigen.Values(nil)
	n := len(values)
	noise := 8 * float64(n) * 0x1p-52 * max(math.Abs(values[0]), math.Abs(values[n-1]))
	if values[0] < -16*noise {
		return nil, notCovariance(which, values[0])
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	var scaled, root mat.Dense
	scaled.Apply(func(_, j int, v float64) float64 {
		if values[j] <= noise {
			return 0
		}
		return v * math.Sqrt(values[j])
	}, &vectors)
	root.Mul(&scaled, vectors.T())
	return &root, nil
}
