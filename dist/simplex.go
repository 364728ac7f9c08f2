package dist

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// This file has what the distributions on the simplex and of vectors of counts
// share: checks of shapes and of samples, and the search for the shapes of greatest
// likelihood.

// simplexTolerance is how far from one a value's components may sum.
const simplexTolerance = 1e-8

// simplexCheckShapes checks shape parameters.
func simplexCheckShapes(name string, alpha []float64) error {
	if len(alpha) < 2 {
		return &ParameterError{name, "number of components", float64(len(alpha)), "at least 2"}
	}
	sum := 0.0
	for i, a := range alpha {
		if err := positive(name, fmt.Sprintf("Alpha[%d]", i), a); err != nil {
			return err
		}
		sum += a
	}
	if math.IsInf(sum, 1) {
		return &ParameterError{name, "sum of Alpha", sum, "finite"}
	}
	return nil
}

// simplexOutside returns the sum of the components of x, and if x is not on the
// simplex its log probability and true.
func simplexOutside(x []float64) (sum, logProb float64, outside bool) {
	negative := false
	for _, v := range x {
		if math.IsNaN(v) {
			return v, v, true
		}
		negative = negative || v < 0
		sum += v
	}
	return sum, math.Inf(-1), negative || !(math.Abs(sum-1) <= simplexTolerance)
}

// countsOutside returns the log probability of an x that has no whole components
// with total n, and whether it is one.
func countsOutside(x []float64, n float64) (float64, bool) {
	sum, fractional := 0.0, false
	for _, v := range x {
		if math.IsNaN(v) {
			return v, true
		}
		fractional = fractional || v < 0 || v != math.Floor(v)
		sum += v
	}
	return math.Inf(-1), fractional || sum != n
}

// simplexSum returns Σ x_i.
func simplexSum(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum
}

// simplexRest returns Σ x_j − x_i, of the given sum, without loss where x_i has
// nearly all of it.
func simplexRest(x []float64, i int, sum float64) float64 {
	if x[i] < 0.5*sum {
		return sum - x[i]
	}
	rest := 0.0
	for j, v := range x {
		if j != i {
			rest += v
		}
	}
	return rest
}

// vectorString writes a name and a vector, shortened to eight components.
func vectorString(x []float64) string {
	if n := len(x); n > 8 {
		s := fmt.Sprintf("%.4g", x[:8])
		return fmt.Sprintf("%s …] of %d", s[:len(s)-1], n)
	}
	return fmt.Sprintf("%.4g", x)
}

// vectorLength panics if a value has not the length of the distribution.
func vectorLength(x []float64, dim int) {
	if len(x) != dim {
		panic(fmt.Sprintf("dist: value of length %d, want %d", len(x), dim))
	}
}

// vectorCount returns how many values of length dim stand in x.
func vectorCount(x []float64, dim int) int {
	if dim < 1 || len(x)%dim != 0 {
		panic(fmt.Sprintf("dist: %d numbers are no sequence of vectors of length %d", len(x), dim))
	}
	return len(x) / dim
}

// vectorSample looks through observations of length dim and their weights, nil
// weights being all one, and returns the total weight. problem says what is wrong
// with an observation, and nothing of a good one.
func vectorSample(name string, dim int, x, w []float64, problem func(row []float64) string) (float64, error) {
	n := vectorCount(x, dim)
	for i := range n {
		if p := problem(x[i*dim : (i+1)*dim]); p != "" {
			return 0, &FitError{name, i, p}
		}
	}
	zeros := make([]float64, n) // checkSample has the rules for weights
	return checkSample(name, Support{Lower: 0, Upper: 0}, zeros, w)
}

// countsSample looks through vectors of counts and their weights and returns the
// total that all of them have, and the total weight.
func countsSample(name string, dim int, x, w []float64) (n, total float64, err error) {
	if vectorCount(x, dim) > 0 {
		n = simplexSum(x[:dim])
	}
	total, err = vectorSample(name, dim, x, w, func(row []float64) string {
		sum := simplexSum(row)
		if _, outside := countsOutside(row, sum); outside || sum > discMaxCount {
			return fmt.Sprintf("is %s, which are no counts", vectorString(row))
		}
		if sum != n {
			return fmt.Sprintf("has %g trials, and the first one %g", sum, n)
		}
		return ""
	})
	if err == nil && n == 0 {
		err = &FitError{name, -1, "no trials tell nothing of their probabilities"}
	}
	return n, total, err
}

// aggregate adds each parameter to that of its group.
func aggregate(name string, params []float64, group []int) ([]float64, error) {
	if len(group) != len(params) {
		panic(fmt.Sprintf("dist: %d groups for %d components", len(group), len(params)))
	}
	size := 0
	for _, g := range group {
		if g < 0 || g >= len(group) {
			return nil, &ParameterError{name, "group of a component", float64(g), fmt.Sprintf("between 0 and %d", len(group)-1)}
		}
		size = max(size, g+1)
	}
	sums, members := make([]float64, size), make([]int, size)
	for i, g := range group {
		sums[g] += params[i]
		members[g]++
	}
	for g, n := range members {
		if n == 0 {
			return nil, &ParameterError{name, fmt.Sprintf("components of group %d", g), 0, "at least 1"}
		}
	}
	return sums, nil
}

// sharesCovariance writes the covariances of counts, or of probabilities, with
// means s_i/sum: scale m_i (1 − m_i) on the diagonal and −scale m_i m_j beside it.
func sharesCovariance(dst *mat.SymDense, s []float64, sum, scale float64) *mat.SymDense {
	dst = symmetricFor(dst, len(s))
	for i, v := range s {
		dst.SetSym(i, i, scale*(v/sum)*(simplexRest(s, i, sum)/sum))
		for j := range i {
			dst.SetSym(i, j, -scale*(v/sum)*(s[j]/sum))
		}
	}
	return dst
}

// shapesAt evaluates a mean log likelihood at shapes: its value, its gradient, and
// its Hessian as common − diag(curve), the first being the same everywhere.
type shapesAt func(alpha, grad, curve []float64) (value, common float64)

// maximizeShapes takes Newton's steps from alpha, which it overwrites. The Hessian
// is inverted in time O(K) (Minka 2000, Estimating a Dirichlet distribution,
// equations 15 to 18). A step d multiplies α_i by exp(d_i/α_i), which keeps it
// positive and is the same to second order, and is halved until the likelihood
// grows. It says whether it converged before the shapes ran out of bounds.
func maximizeShapes(alpha []float64, at shapesAt) bool {
	const largest, smallest = 1e13, 1e-13
	k := len(alpha)
	grad, curve, step, next := make([]float64, k), make([]float64, k), make([]float64, k), make([]float64, k)
	value, common := at(alpha, grad, curve)
	for range 500 {
		var gradSum, curveSum float64
		for i := range step {
			step[i] = grad[i] / curve[i]
			gradSum += step[i]
			curveSum += 1 / curve[i]
		}
		long := 0.0
		det := 1 - common*curveSum // positive where the likelihood is concave
		for i := range step {
			if det > 0 {
				step[i] += common * gradSum / (curve[i] * det)
			}
			step[i] /= alpha[i]
			long = max(long, math.Abs(step[i]))
		}
		if math.IsNaN(long) || math.IsInf(long, 0) {
			return false
		}
		scale := 1.0
		if long > 2 {
			scale = 2 / long
		}
		const done = 1e-9 // after which Newton's next step would be below 1e-16
		for ; ; scale /= 2 {
			for i := range next {
				next[i] = alpha[i] * math.Exp(scale*step[i])
			}
			var v float64
			v, common = at(next, grad, curve)
			if v >= value || scale*long < done {
				copy(alpha, next)
				value = v
				break
			}
		}
		for _, a := range alpha {
			if a > largest || a < smallest {
				return false
			}
		}
		if scale*long < done {
			return true
		}
	}
	return false
}
