package dist

import (
	"fmt"
	"math"
	"slices"
)

// Marginals and conditionals of the multivariate normal distribution, and fitting.

// checkIndices returns the elements of 0..n−1 that are not among indices, or a
// [*ParameterError] for an index that is out of range or repeated.
func checkIndices(dist string, n int, indices []int) (rest []int, err error) {
	seen := make([]bool, n)
	for k, i := range indices {
		name := fmt.Sprintf("index %d", k)
		if i < 0 || i >= n {
			return nil, &ParameterError{dist, name, float64(i), fmt.Sprintf("between 0 and %d", n-1)}
		}
		if seen[i] {
			return nil, &ParameterError{dist, name, float64(i), "different from those before it"}
		}
		seen[i] = true
	}
	for i, s := range seen {
		if !s {
			rest = append(rest, i)
		}
	}
	return rest, nil
}

// packedPick returns the rows and columns of a symmetric matrix that indices name,
// in their order.
func packedPick(a []float64, indices []int) []float64 {
	out := make([]float64, 0, len(indices)*(len(indices)+1)/2)
	for k, i := range indices {
		for _, j := range indices[:k+1] {
			out = append(out, packedRow(a, max(i, j))[min(i, j)])
		}
	}
	return out
}

// pick returns the elements of x that indices name.
func pick(x []float64, indices []int) []float64 {
	out := make([]float64, len(indices))
	for k, i := range indices {
		out[k] = x[i]
	}
	return out
}

// Marginal returns the distribution of the elements that indices name, in their
// order, which keeps the form of the covariance (Bishop 2006, equation 2.98). The
// error is a [*ParameterError], for no indices too.
func (d *MultivariateNormal) Marginal(indices []int) (*MultivariateNormal, error) {
	if _, err := checkIndices(mvNormal, len(d.mu), indices); err != nil {
		return nil, err
	}
	if len(indices) == 0 {
		return nil, &ParameterError{mvNormal, "the number of indices", 0, "at least 1"}
	}
	mu := pick(d.mu, indices)
	switch d.form {
	case diagonal:
		return NewDiagonalNormal(mu, pick(d.scale, indices))
	case isotropic:
		return NewIsotropicNormal(mu, d.scale[0])
	}
	cov := packedPick(d.cov, indices)
	l, bad := packedCholesky(cov, len(mu))
	if bad != nil {
		return nil, bad.parameter(mvNormal, "Covariance")
	}
	return newFullNormal(mu, cov, l), nil
}

// Conditional returns the distribution of the other elements, in ascending order,
// given that those that indices name have the values (Bishop 2006, equations 2.81
// and 2.82),
//
//	μ_a + Σ_ab Σ_bb⁻¹ (x_b − μ_b)  and  Σ_aa − Σ_ab Σ_bb⁻¹ Σ_ba.
//
// With the given elements first, the last rows of the Cholesky factor are that of
// the conditional covariance, so that nothing is subtracted. The error is a
// [*ParameterError], also if no element is left. It takes n³/6 multiplications.
func (d *MultivariateNormal) Conditional(indices []int, values []float64) (*MultivariateNormal, error) {
	rest, err := checkCondition(mvNormal, len(d.mu), indices, values)
	if err != nil {
		return nil, err
	}
	mu := pick(d.mu, rest)
	switch d.form {
	case diagonal:
		return NewDiagonalNormal(mu, pick(d.scale, rest))
	case isotropic:
		return NewIsotropicNormal(mu, d.scale[0])
	}
	l, _, bad := conditionMatrix(mu, d.mu, d.cov, indices, rest, values)
	if bad != nil {
		return nil, bad.parameter(mvNormal, "Covariance")
	}
	return newFullNormal(mu, packedSquare(l, len(mu)), l), nil
}

// checkCondition checks what is given and returns the indices of the rest.
func checkCondition(dist string, n int, indices []int, values []float64) ([]int, error) {
	if len(values) != len(indices) {
		panic(fmt.Sprintf("dist: %d values for %d indices", len(values), len(indices)))
	}
	for k, v := range values {
		if err := finite(dist, fmt.Sprintf("value %d", k), v); err != nil {
			return nil, err
		}
	}
	rest, err := checkIndices(dist, n, indices)
	if err == nil && len(rest) == 0 {
		err = &ParameterError{dist, "the number of indices", float64(n), fmt.Sprintf("less than %d, the number of elements", n)}
	}
	return rest, err
}

// conditionMatrix conditions a location and a scale matrix: it moves mean, the part
// of mu that rest names, to the conditional one, and returns the Cholesky factor of
// the Schur complement and the squared distance of the values from their location.
func conditionMatrix(mean, mu, cov []float64, indices, rest []int, values []float64) (l []float64, square float64, bad *notPositive) {
	order := slices.Concat(indices, rest)
	joint, bad := packedCholesky(packedPick(cov, order), len(order))
	if bad != nil {
		return nil, 0, bad
	}
	given := len(indices)
	y := make([]float64, given)
	for k, i := range indices {
		y[k] = values[k] - mu[i]
	}
	packedSolve(joint, y)
	for k := range rest {
		row := packedRow(joint, given+k)
		mean[k] += packedDot(row[:given], y)
		l = append(l, row[given:]...)
	}
	return l, packedDot(y, y), nil
}

// FitMultivariateNormal returns the distribution of greatest likelihood for vectors
// of length n that stand one after the other in x: the weighted mean and the
// weighted mean of (x − μ)(x − μ)ᵀ (Bishop 2006, equations 2.121 and 2.122). Weights
// may be nil. The error is a [*FitError]; it says so if the observations lie in a
// plane, as no more than n of them always do.
func FitMultivariateNormal(n int, x, w []float64) (*MultivariateNormal, error) {
	rows, total, err := checkVectors(mvNormal, n, x, w)
	if err != nil {
		return nil, err
	}
	if rows <= n {
		return nil, &FitError{mvNormal, -1, fmt.Sprintf("%d observations of length %d have a singular covariance", rows, n)}
	}
	mu, cov := weightedMoments(n, x, w, total)
	if !allFinite(mu) || !allFinite(cov) {
		return nil, &FitError{mvNormal, -1, "the squares of the observations are more than float64 holds"}
	}
	l, bad := packedCholesky(cov, n)
	if bad != nil {
		return nil, singularFit(mvNormal, bad)
	}
	return newFullNormal(mu, cov, l), nil
}

// singularFit is the error of a fit whose covariance is singular.
func singularFit(dist string, bad *notPositive) error {
	if bad.order == 1 {
		return &FitError{dist, -1, "the covariance is singular: element 0 does not vary"}
	}
	return &FitError{dist, -1, fmt.Sprintf("the covariance is singular: element %d does not vary, or is a linear function of those before it", bad.order-1)}
}

// allFinite says whether no element is NaN or infinite.
func allFinite(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}

// weightedMoments returns the mean of vectors of length n and their covariance,
// packed.
func weightedMoments(n int, x, w []float64, total float64) (mean, cov []float64) {
	mean = weightedMean(n, x, w, total)
	cov = make([]float64, n*(n+1)/2)
	centred := make([]float64, n)
	for i := range len(x) / n {
		for j, m := range mean {
			centred[j] = x[i*n+j] - m
		}
		packedRankOne(cov, weightAt(w, i)/total, centred)
	}
	return mean, cov
}

// weightedMean returns the mean of vectors of length n.
func weightedMean(n int, x, w []float64, total float64) []float64 {
	mean := make([]float64, n)
	for i := range len(x) / n {
		p := weightAt(w, i) / total
		for j, v := range x[i*n : (i+1)*n] {
			mean[j] += p * v
		}
	}
	return mean
}

// packedRankOne adds p v vᵀ.
func packedRankOne(a []float64, p float64, v []float64) {
	for j, u := range v {
		row := packedRow(a, j)
		for k := range row {
			row[k] += p * u * v[k]
		}
	}
}

// FitDiagonalNormal is [FitMultivariateNormal] with a diagonal covariance: [FitNormal]
// for each element.
func FitDiagonalNormal(n int, x, w []float64) (*MultivariateNormal, error) {
	mu, variances, err := fitVariances("diagonal normal", n, x, w)
	if err != nil {
		return nil, err
	}
	for j, v := range variances {
		if variances[j] = math.Sqrt(v); variances[j] == 0 {
			return nil, &FitError{"diagonal normal", -1, fmt.Sprintf("element %d does not vary", j)}
		}
	}
	return NewDiagonalNormal(mu, variances)
}

// FitIsotropicNormal is [FitMultivariateNormal] with one variance for all elements,
// which is the mean of theirs.
func FitIsotropicNormal(n int, x, w []float64) (*MultivariateNormal, error) {
	mu, variances, err := fitVariances("isotropic normal", n, x, w)
	if err != nil {
		return nil, err
	}
	mean := 0.0
	for _, v := range variances {
		mean += v / float64(n)
	}
	if mean == 0 {
		return nil, &FitError{"isotropic normal", -1, "the observations do not vary"}
	}
	return NewIsotropicNormal(mu, math.Sqrt(mean))
}

// fitVariances returns the weighted mean and variance of each element.
func fitVariances(dist string, n int, x, w []float64) (mean, variances []float64, err error) {
	_, total, err := checkVectors(dist, n, x, w)
	if err != nil {
		return nil, nil, err
	}
	mean, variances = weightedMean(n, x, w, total), make([]float64, n)
	for i := range len(x) / n {
		for j, m := range mean {
			v := x[i*n+j] - m
			variances[j] += weightAt(w, i) / total * v * v
		}
	}
	if !allFinite(mean) || !allFinite(variances) {
		return nil, nil, &FitError{dist, -1, "the squares of the observations are more than float64 holds"}
	}
	return mean, variances, nil
}
