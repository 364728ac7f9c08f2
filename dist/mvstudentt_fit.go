package dist

import (
	"fmt"
	"math"
)

// Marginals and conditionals of the multivariate Student t distribution, and
// fitting.

// Marginal returns the distribution of the elements that indices name, in their
// order, with the same ν. The error is a [*ParameterError], for no indices too.
func (d *MultivariateStudentT) Marginal(indices []int) (*MultivariateStudentT, error) {
	if _, err := checkIndices(mvStudent, len(d.mu), indices); err != nil {
		return nil, err
	}
	if len(indices) == 0 {
		return nil, &ParameterError{mvStudent, "the number of indices", 0, "at least 1"}
	}
	matrix := packedPick(d.matrix, indices)
	l, bad := packedCholesky(matrix, len(indices))
	if bad != nil {
		return nil, bad.parameter(mvStudent, "Scale")
	}
	return newStudent(d.nu, pick(d.mu, indices), matrix, l), nil
}

// Conditional returns the distribution of the other elements, in ascending order,
// given that the k that indices name have the values. Location and scale are those
// of the normal distribution, but the scale matrix is multiplied by
// (ν + q)/(ν + k), where q is the squared distance of the values from their
// location, and there are ν + k degrees of freedom (Ding 2016). The error is a
// [*ParameterError], also if no element is left.
func (d *MultivariateStudentT) Conditional(indices []int, values []float64) (*MultivariateStudentT, error) {
	rest, err := checkCondition(mvStudent, len(d.mu), indices, values)
	if err != nil {
		return nil, err
	}
	mu := pick(d.mu, rest)
	l, square, bad := conditionMatrix(mu, d.mu, d.matrix, indices, rest, values)
	if bad != nil {
		return nil, bad.parameter(mvStudent, "Scale")
	}
	nu := d.nu + float64(len(indices))
	wider := math.Sqrt((d.nu + square) / nu)
	for i := range l {
		l[i] *= wider
	}
	if !allFinite(l) {
		return nil, &ParameterError{mvStudent, "the squared distance of the values", square, "finite"}
	}
	return newStudent(nu, mu, packedSquare(l, len(mu)), l), nil
}

// The limits of fitted degrees of freedom. At the upper one the distribution is
// normal as far as a sample can tell.
const leastNu, mostNu = 0.1, 1e4

// studentIterations is when a fit stops at the latest; it has then nearly stopped
// to move.
const studentIterations = 2000

// FitMultivariateStudentT returns the distribution of greatest likelihood with the
// given ν for vectors of length n that stand one after the other in x. If nu is 0,
// it is fitted too, between 0.1 and 1e4. Weights may be nil.
//
// It is the EM algorithm (Liu & Rubin 1995): an observation counts with (ν+n)/(ν+q).
// The scale matrix is divided by the sum of these, which has the same fixed points
// and gets there sooner (Kent, Tyler & Vardi 1994). A fitted ν takes a step of
// Newton's method in each round. Rounds end when
// no parameter moves by more than 1e-10 of its scale.
//
// The error is a [*FitError]; it says so if the observations lie in a plane.
func FitMultivariateStudentT(n int, nu float64, x, w []float64) (*MultivariateStudentT, error) {
	rows, total, err := checkVectors(mvStudent, n, x, w)
	if err != nil {
		return nil, err
	}
	fitted := nu == 0
	if fitted {
		nu = 5
	} else if err := positive(mvStudent, "Nu", nu); err != nil {
		return nil, err
	}
	if rows <= n {
		return nil, &FitError{mvStudent, -1, fmt.Sprintf("%d observations of length %d have a singular scale", rows, n)}
	}
	mu, matrix := weightedMoments(n, x, w, total)
	weights, squares := make([]float64, rows), make([]float64, rows)
	for range studentIterations {
		if !allFinite(mu) || !allFinite(matrix) {
			return nil, &FitError{mvStudent, -1, "the squares of the observations are more than float64 holds"}
		}
		l, bad := packedCholesky(matrix, n)
		if bad != nil {
			return nil, singularFit(mvStudent, bad)
		}
		distancesTo(squares, x, mu, l)
		before := nu
		if fitted {
			nu = betterNu(nu, n, squares, w)
		}
		sum := 0.0
		for i, q := range squares {
			weights[i] = weightAt(w, i) * (nu + float64(n)) / (nu + q)
			sum += weights[i]
		}
		nextMu, nextMatrix := weightedMoments(n, x, weights, sum)
		moved := math.Abs(nu-before) / nu
		for i, v := range nextMu {
			moved = max(moved, math.Abs(v-mu[i])/math.Sqrt(packedRow(matrix, i)[i]))
			for j, u := range packedRow(nextMatrix, i) {
				moved = max(moved, math.Abs(u-packedRow(matrix, i)[j])/math.Sqrt(packedRow(matrix, i)[i]*packedRow(matrix, j)[j]))
			}
		}
		mu, matrix = nextMu, nextMatrix
		if moved < 1e-10 {
			break
		}
	}
	l, bad := packedCholesky(matrix, n)
	if bad != nil {
		return nil, singularFit(mvStudent, bad)
	}
	return newStudent(nu, mu, matrix, l), nil
}

// betterNu moves ν by a step of Newton's method in log ν, of at most log 2, towards
// where the likelihood is greatest for given squared distances.
func betterNu(nu float64, n int, squares, w []float64) float64 {
	slope := func(v float64) float64 { // in log ν
		rise, sum := mvStudentRise(v, n), 0.0
		for i, q := range squares {
			sum += weightAt(w, i) * (rise + mvStudentTail(v, n, q))
		}
		return v * sum
	}
	const h = 1e-4
	s := slope(nu)
	step := math.Copysign(math.Ln2, s)
	if bend := (slope(nu*(1+h)) - s) / math.Log1p(h); bend < 0 {
		step = max(-math.Ln2, min(math.Ln2, -s/bend))
	}
	return max(leastNu, min(mostNu, nu*math.Exp(step)))
}
