package transform

// CovarianceCholesky is the set of lower-triangular K×K matrices with positive
// diagonal, the Cholesky factors L of covariance matrices L Lᵀ. A free value has
// K(K+1)/2 numbers, the lower triangle row by row, with the logarithms of the
// diagonal. The errors are those of [Positive]. Densities are those of the entries on
// and below the diagonal of L; one of the matrix S = L Lᵀ itself needs
// K log 2 + Σ (K + 1 − i) log L_ii on top, with i from 1.
type CovarianceCholesky struct {
	K int // order, at least 1
}

// Validate implements [Transform].
func (t CovarianceCholesky) Validate() error {
	return checkSize("covariance Cholesky factor", "K", t.K, 1, maxOrder)
}

// ConstrainedDim implements [Transform].
func (t CovarianceCholesky) ConstrainedDim() int { return t.K * t.K }

// FreeDim implements [Transform].
func (t CovarianceCholesky) FreeDim() int { return t.K * (t.K + 1) / 2 }

// ForwardTo implements [Transform].
func (t CovarianceCholesky) ForwardTo(dst, free []float64) []float64 {
	wantLen("free value", free, t.FreeDim())
	dst = dstFor(dst, t.K*t.K)
	for i := t.K - 1; i >= 0; i-- { // from the end, for the sake of in-place use
		first := i * (i + 1) / 2
		row := dst[i*t.K : (i+1)*t.K]
		diagonal := expIn(free[first+i])
		copy(row[:i], free[first:first+i])
		row[i] = diagonal
		clear(row[i+1:])
	}
	return dst
}

// InverseTo implements [Transform].
func (t CovarianceCholesky) InverseTo(dst, constrained []float64) ([]float64, error) {
	wantLen("constrained value", constrained, t.K*t.K)
	dst = dstFor(dst, t.FreeDim())
	for i := range t.K {
		row := constrained[i*t.K : (i+1)*t.K]
		if err := checkTriangle("covariance Cholesky factor", row, i, t.K); err != nil {
			return nil, err
		}
		first, diagonal := i*(i+1)/2, logDifference(row[i], 0)
		copy(dst[first:first+i], row[:i])
		dst[first+i] = diagonal
	}
	return dst, nil
}

// LogJacobian returns the sum of the free values of the diagonal.
func (t CovarianceCholesky) LogJacobian(free []float64) float64 {
	wantLen("free value", free, t.FreeDim())
	sum := 0.0
	for i := range t.K {
		sum += free[i*(i+3)/2]
	}
	return sum
}

// GradTo implements [Transform]. What grad has above the diagonal does not count.
func (t CovarianceCholesky) GradTo(dst, free, constrained, grad []float64) []float64 {
	dst = gradArgs(dst, free, constrained, grad, t.FreeDim(), t.ConstrainedDim())
	for i := range t.K {
		first, at := i*(i+1)/2, i*t.K
		diagonal := grad[at+i]*constrained[at+i] + 1
		copy(dst[first:first+i], grad[at:at+i])
		dst[first+i] = diagonal
	}
	return dst
}
