package dist

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
)

// Parameters.

// Product is the distribution of a vector of independent numbers,
//
//	p(x) = Π p_i(x_i),
//
// continuous and discrete ones in any order.
type Product []Univariate

// NewProduct returns the distribution, or a [*ParameterError] that names factor and
// parameter; a factor that is nil is a [*belief.ConfigError]. It copies the list.
func NewProduct(factors ...Univariate) (Product, error) {
	d := Product(slices.Clone(factors))
	return d, d.Validate()
}

// Validate returns an error as that of [NewProduct] if no such distribution exists.
func (d Product) Validate() error {
	if len(d) == 0 {
		return &ParameterError{"product", "number of factors", 0, "positive"}
	}
	for i, f := range d {
		if f == nil {
			return &belief.ConfigError{Field: fmt.Sprintf("product [%d]", i), Value: "nil", Want: "a distribution"}
		}
		if err := partError("product", fmt.Sprintf("[%d]", i), f); err != nil {
			return err
		}
	}
	return nil
}

// partError is the error of a part, under the name of the whole.
func partError(whole, part string, d interface{ Validate() error }) error {
	err := d.Validate()
	var p *ParameterError
	if errors.As(err, &p) {
		return &ParameterError{whole, part + "." + p.Parameter, p.Value, p.Want}
	}
	return err
}

// String returns the factors with × between them, shortened to eight.
func (d Product) String() string {
	var parts []string
	for i, f := range d {
		if i == 8 {
			return fmt.Sprintf("Product(%s × …, of %d)", strings.Join(parts, " × "), len(d))
		}
		parts = append(parts, fmt.Sprint(f))
	}
	return "Product(" + strings.Join(parts, " × ") + ")"
}

// Dim returns the number of factors.
func (d Product) Dim() int { return len(d) }

// Statistics.

// MeanTo implements [Multivariate].
func (d Product) MeanTo(dst []float64) []float64 {
	dst = dstFor(dst, len(d))
	for i, f := range d {
		dst[i] = f.Mean()
	}
	return dst
}

// CovarianceTo implements [Multivariate]; the matrix is diagonal.
func (d Product) CovarianceTo(dst *mat.SymDense) *mat.SymDense {
	dst = symmetricFor(dst, len(d))
	for i, f := range d {
		for j := range i {
			dst.SetSym(i, j, 0)
		}
		dst.SetSym(i, i, f.Variance())
	}
	return dst
}

// symmetricFor is dstFor for symmetric matrices.
func symmetricFor(dst *mat.SymDense, n int) *mat.SymDense {
	if dst == nil {
		return mat.NewSymDense(n, nil)
	}
	if have := dst.SymmetricDim(); have != n {
		panic(fmt.Sprintf("dist: destination of size %d, want %d", have, n))
	}
	return dst
}

// Entropy returns the sum of the entropies.
func (d Product) Entropy() float64 {
	sum := 0.0
	for _, f := range d {
		sum += f.Entropy()
	}
	return sum
}

// Evaluation.

// LogProb implements [VectorLogProber]. Zero wins where one factor is zero and
// another one infinite.
func (d Product) LogProb(x []float64) float64 {
	vectorLength(x, len(d))
	sum := 0.0
	for i, f := range d {
		sum = addLogProb(sum, f.LogProb(x[i]))
	}
	return sum
}

// addLogProb adds logarithms of factors, of which −Inf is stronger than +Inf.
func addLogProb(a, b float64) float64 {
	if math.IsInf(a, -1) && math.IsInf(b, 1) || math.IsInf(a, 1) && math.IsInf(b, -1) {
		return math.Inf(-1)
	}
	return a + b
}

// LogProbTo implements [VectorBatcher], factor by factor.
func (d Product) LogProbTo(dst, x []float64) []float64 {
	k := len(d)
	dst = dstFor(dst, vectorCount(x, k))
	b := batchBuffers.Get().(*batchBuffer)
	defer batchBuffers.Put(b)
	for from := 0; from < len(dst); from += batchRows {
		out := dst[from:min(from+batchRows, len(dst))]
		clear(out)
		for i, f := range d {
			column, logs := b[0][:len(out)], b[1][:len(out)]
			for j := range column {
				column[j] = x[(from+j)*k+i]
			}
			if batch, ok := f.(Batcher); ok {
				batch.LogProbTo(logs, column)
			} else {
				for j, v := range column {
					logs[j] = f.LogProb(v)
				}
			}
			for j, l := range logs {
				out[j] = addLogProb(out[j], l)
			}
		}
	}
	return dst
}

// batchRows is how many values go through a buffer at a time.
const batchRows = 256

// A batchBuffer is scratch memory for batches. Slices that go to methods of an
// interface would be allocated at every call.
type batchBuffer [4][batchRows]float64

var batchBuffers = sync.Pool{New: func() any { return new(batchBuffer) }}

// Gradients.

// GradLogProbTo implements [VectorGrader]; it is NaN for factors that are no
// [Grader].
func (d Product) GradLogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(d))
	vectorLength(x, len(d))
	for i, f := range d {
		if g, ok := f.(Grader); ok {
			dst[i] = g.GradLogProb(x[i])
		} else {
			dst[i] = math.NaN()
		}
	}
	return dst
}

// Params returns those of all factors that are a [Scorer], one after the other.
func (d Product) Params() []float64 {
	var out []float64
	for _, f := range d {
		if s, ok := f.(Scorer); ok {
			out = append(out, s.Params()...)
		}
	}
	return out
}

// ScoreTo implements [VectorScorer].
func (d Product) ScoreTo(dst, x []float64) []float64 {
	vectorLength(x, len(d))
	dst = dstFor(dst, len(d.Params()))
	at := 0
	for i, f := range d {
		if s, ok := f.(Scorer); ok {
			n := len(s.Params())
			s.ScoreTo(dst[at:at+n], x[i])
			at += n
		}
	}
	return dst
}

// Sampling.

// RandTo draws one factor after the other.
func (d Product) RandTo(dst []float64, r *rand.Rand) []float64 {
	dst = dstFor(dst, len(d))
	for i, f := range d {
		dst[i] = f.Rand(r)
	}
	return dst
}
