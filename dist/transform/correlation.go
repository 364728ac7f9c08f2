package transform

import "math"

// CorrelationCholesky is the set of lower-triangular K×K matrices with positive
// diagonal and rows of length one, the Cholesky factors L of correlation matrices
// L Lᵀ. A free value has K(K−1)/2 numbers, those below the diagonal row by row, and
// their hyperbolic tangents are partial correlations (Lewandowski, Kurowicka & Joe
// 2009): in each row
//
//	L_ij = tanh(y_ij) c_ij,  c_{i,j+1} = c_ij / cosh(y_ij),  c_i1 = 1,  L_ii = c_ii.
//
// What is left of a row is taken as a product, and not as 1 − Σ L², so that nothing
// cancels. Values and inverse have relative errors below 8K units in the last place,
// as long as the diagonal is above 2⁻¹⁰²²; a smaller entry, which y of hundreds
// brings about, is set to that number. Densities are those of the entries below the
// diagonal.
type CorrelationCholesky struct {
	K int // order, at least 1
}

// Validate implements [Transform].
func (t CorrelationCholesky) Validate() error {
	return checkSize("correlation Cholesky factor", "K", t.K, 1, maxOrder)
}

// ConstrainedDim implements [Transform].
func (t CorrelationCholesky) ConstrainedDim() int { return t.K * t.K }

// FreeDim implements [Transform].
func (t CorrelationCholesky) FreeDim() int { return t.K * (t.K - 1) / 2 }

// ForwardTo implements [Transform].
func (t CorrelationCholesky) ForwardTo(dst, free []float64) []float64 {
	wantLen("free value", free, t.FreeDim())
	dst = dstFor(dst, t.K*t.K)
	for i := t.K - 1; i >= 0; i-- { // from the end, for the sake of in-place use
		row, y := dst[i*t.K:(i+1)*t.K], free[i*(i-1)/2:i*(i+1)/2]
		rest := 1.0
		for j, v := range y {
			tanh, sech := tanhSech(v)
			row[j] = tanh * rest
			rest *= sech
		}
		row[i] = max(rest, least)
		clear(row[i+1:])
	}
	return dst
}

// tanhSech returns tanh y and 1/cosh y by one exponential.
func tanhSech(y float64) (tanh, sech float64) {
	a := math.Abs(y)
	e := math.Expm1(-2 * a) // in (−1, 0]
	tanh = math.Copysign(-e/(2+e), y)
	return tanh, 2 * math.Exp(-a) / (2 + e)
}

// InverseTo implements [Transform]. The lengths of rows may be off by 1e-8.
func (t CorrelationCholesky) InverseTo(dst, constrained []float64) ([]float64, error) {
	const name = "correlation Cholesky factor"
	wantLen("constrained value", constrained, t.K*t.K)
	dst = dstFor(dst, t.FreeDim())
	for i := range t.K {
		row := constrained[i*t.K : (i+1)*t.K]
		if err := checkTriangle(name, row, i, t.K); err != nil {
			return nil, err
		}
		y, rest := dst[i*(i-1)/2:i*(i+1)/2], row[i]
		for j := i - 1; j >= 0; j-- {
			v := row[j]
			y[j] = math.Asinh(v / rest) // as tanh · cosh = sinh
			rest = math.Hypot(v, rest)
		}
		if !(math.Abs(rest-1) <= slack) {
			return nil, &DomainError{name, i*t.K + i, rest, "such that its row has length one"}
		}
	}
	return dst, nil
}

// checkTriangle checks row i of a triangular matrix.
func checkTriangle(name string, row []float64, i, k int) error {
	for j, v := range row {
		switch {
		case !finite(v):
			return &DomainError{name, i*k + j, v, "finite"}
		case j == i && v <= 0:
			return &DomainError{name, i*k + j, v, "positive, being on the diagonal"}
		case j > i && v != 0:
			return &DomainError{name, i*k + j, v, "zero, being above the diagonal"}
		}
	}
	return nil
}

// LogJacobian returns Σ log c_ij − 2 log cosh y_ij, that of the entries below the
// diagonal.
func (t CorrelationCholesky) LogJacobian(free []float64) float64 {
	wantLen("free value", free, t.FreeDim())
	sum := 0.0
	for i := 1; i < t.K; i++ {
		for j, v := range free[i*(i-1)/2 : i*(i+1)/2] {
			sum += float64(i+1-j) * logSech(v) // once more for every later column
		}
	}
	return sum
}

// GradTo implements [Transform]. What grad has on the diagonal counts, as L_ii is a
// function of the others; what it has above does not.
func (t CorrelationCholesky) GradTo(dst, free, constrained, grad []float64) []float64 {
	dst = gradArgs(dst, free, constrained, grad, t.FreeDim(), t.ConstrainedDim())
	for i := 1; i < t.K; i++ {
		first := i * (i - 1) / 2
		row, g := constrained[i*t.K:(i+1)*t.K], grad[i*t.K:(i+1)*t.K]
		rest, inRest := row[i], g[i]
		for j := i - 1; j >= 0; j-- {
			tanh, sech := tanhSech(free[first+j])
			gj := g[j]
			dst[first+j] = rest*(gj*sech-inRest*tanh) - float64(i+1-j)*tanh
			inRest = gj*tanh + inRest*sech
			rest = math.Hypot(row[j], rest)
		}
	}
	return dst
}
