package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// A Multivariate is a distribution of a vector. Matrices are vectors too, row after
// row, and sequences of vectors stand one after the other in one slice: functions
// that fit take the length of a vector, the slice and weights, which may be nil.
//
// LogProb is NaN if an element is. Where elements obey a constraint, such as a sum
// of one, it is met up to rounding, the density is that of as many elements as are
// free, and the comment of the type says which. A gradient in the value is then
// defined up to what is orthogonal to the support.
type Multivariate interface {
	VectorLogProber
	VectorRander
	// MeanTo writes the mean to dst, of length Dim, and returns it.
	MeanTo(dst []float64) []float64
	// CovarianceTo writes the covariance matrix, Dim by Dim, to dst and returns
	// it; nil allocates, and panics for a Dim above 32768.
	CovarianceTo(dst *mat.SymDense) *mat.SymDense
	Entropyer
	fmt.Stringer
}

// The capabilities of distributions of vectors.
type (
	// A VectorLogProber has a density or mass function of vectors.
	VectorLogProber interface {
		// Dim is the length of a value.
		Dim() int
		// LogProb returns log p(x) in nats, −Inf outside the support.
		LogProb(x []float64) float64
	}
	// A VectorRander can be sampled.
	VectorRander interface {
		// RandTo draws one value from r, writes it to dst and returns it.
		RandTo(dst []float64, r *rand.Rand) []float64
	}
	// A VectorGrader differentiates its log density in the value.
	VectorGrader interface {
		// GradLogProbTo writes ∂ log p(x) / ∂x to dst and returns it.
		GradLogProbTo(dst, x []float64) []float64
	}
	// A VectorScorer differentiates its log density in the parameters.
	VectorScorer interface {
		// Params returns the parameters, of symmetric matrices the lower triangle
		// row by row.
		Params() []float64
		// ScoreTo writes ∂ log p(x) / ∂ parameter to dst, in the order of
		// Params, and returns it.
		ScoreTo(dst, x []float64) []float64
	}
	// A VectorBatcher evaluates many values at once, faster than one by one.
	VectorBatcher interface {
		// LogProbTo writes the log probability of each of the values in x, which
		// stand one after the other, to dst and returns it.
		LogProbTo(dst, x []float64) []float64
	}
)

// checkVectors looks through n-vectors that stand one after the other and their
// weights, and returns how many there are and the total weight.
func checkVectors(dist string, n int, x, w []float64) (rows int, total float64, err error) {
	if n < 1 || len(x)%n != 0 {
		panic(fmt.Sprintf("dist: %d numbers are no vectors of length %d", len(x), n))
	}
	rows = len(x) / n
	if w != nil && len(w) != rows {
		panic(fmt.Sprintf("dist: %d weights for %d observations", len(w), rows))
	}
	for i := range rows {
		for j, v := range x[i*n : (i+1)*n] {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return 0, 0, &FitError{dist, i, fmt.Sprintf("is %v in element %d", v, j)}
			}
		}
		weight := weightAt(w, i)
		if !(weight >= 0) || math.IsInf(weight, 1) {
			return 0, 0, &FitError{dist, i, fmt.Sprintf("has weight %v", weight)}
		}
		total += weight
	}
	if !(total > 0) {
		return 0, 0, &FitError{dist, -1, "there are no observations of positive weight"}
	}
	if math.IsInf(total, 1) {
		return 0, 0, &FitError{dist, -1, "the weights sum to more than float64 holds"}
	}
	return rows, total, nil
}

// checkLength panics unless a value has length n.
func checkLength(x []float64, n int) {
	if len(x) != n {
		panic(fmt.Sprintf("dist: value of length %d, want %d", len(x), n))
	}
}

// checkMatrix panics if there is no matrix.
func checkMatrix(missing bool, name string) {
	if missing {
		panic("dist: " + name + " is nil, and must be a matrix")
	}
}

// checkBatch panics unless x holds whole values of length n, and returns how many.
func checkBatch(x []float64, n int) int {
	if n < 1 || len(x)%n != 0 {
		panic(fmt.Sprintf("dist: %d numbers are no values of length %d", len(x), n))
	}
	return len(x) / n
}

// mostDense is the largest dense matrix that is made for nil, of 8 GiB.
const mostDense = 1 << 15

// symFor returns dst if it has size n and a new matrix if it is nil.
func symFor(dst *mat.SymDense, n int) *mat.SymDense {
	if dst == nil {
		if n > mostDense {
			panic(fmt.Sprintf("dist: a dense matrix of size %d is larger than %d", n, mostDense))
		}
		return mat.NewSymDense(n, nil)
	}
	if dst.SymmetricDim() != n {
		panic(fmt.Sprintf("dist: destination of size %d, want %d", dst.SymmetricDim(), n))
	}
	return dst
}
