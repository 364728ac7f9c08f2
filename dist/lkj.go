package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/internal/special"
)

// Parameters.

// LKJCholesky is the distribution of the Cholesky factor L of a p by p correlation
// matrix L Lᵀ with density proportional to |L Lᵀ|^(η−1), for η > 0: uniform over
// correlation matrices at η = 1, and near the identity for large η (Lewandowski,
// Kurowicka & Joe 2009). Each correlation alone is that of 2B − 1, where B is Beta
// with both parameters η − 1 + p/2.
//
// A value is the lower triangular L with zeros above a positive diagonal, row after
// row, p² numbers; its rows have length one, up to rounding. The density is that of
// the p(p−1)/2 elements below the diagonal. The rows are independent: with row
// k = 1, …, p counted from one, d = k−1 and b = η + (p−k)/2,
//
//	log p(L) = Σ_k (2b−2) log L_kk − (d/2) log π − log Γ(b) + log Γ(b + d/2).
//
// A density or a draw takes p² operations.
type LKJCholesky struct {
	p    int
	eta  float64
	norm float64 // what does not depend on L
}

// NewLKJCholesky returns the distribution of p by p factors, or a
// [*ParameterError].
func NewLKJCholesky(p int, eta float64) (*LKJCholesky, error) {
	if p < 1 || p > mostMatrix {
		return nil, &ParameterError{"LKJ", "Size", float64(p), fmt.Sprintf("between 1 and %d", mostMatrix)}
	}
	if err := positive("LKJ", "Eta", eta); err != nil {
		return nil, err
	}
	d := &LKJCholesky{p: p, eta: eta}
	for i := range p {
		d.norm += logGammaRise(d.shape(i), i) - 0.5*float64(i)*math.Log(math.Pi)
	}
	return d, nil
}

// shape returns b of row i, counted from zero: the squared diagonal element is Beta
// with parameters b and i/2.
func (d *LKJCholesky) shape(i int) float64 { return d.eta + 0.5*float64(d.p-1-i) }

// String returns "LKJCholesky(Size: …, Eta: …)".
func (d *LKJCholesky) String() string {
	return fmt.Sprintf("LKJCholesky(Size: %d, Eta: %g)", d.p, d.eta)
}

// Statistics.

// Size returns p.
func (d *LKJCholesky) Size() int { return d.p }

// Dim returns p².
func (d *LKJCholesky) Dim() int { return d.p * d.p }

// Eta returns η.
func (d *LKJCholesky) Eta() float64 { return d.eta }

// diagonalMean returns the mean of the diagonal element of row i.
func (d *LKJCholesky) diagonalMean(i int) float64 {
	b := d.shape(i)
	return math.Exp(logGammaRise(b, 1) - logGammaRise(b+0.5*float64(i), 1))
}

// MeanTo implements [Multivariate]: Γ(b+½) Γ(b+d/2) / (Γ(b) Γ(b+d/2+½)) on the
// diagonal, and zero beside it. It is the mean of L, which is not the factor of the
// mean correlation matrix, the identity.
func (d *LKJCholesky) MeanTo(dst []float64) []float64 {
	dst = dstFor(dst, d.p*d.p)
	clear(dst)
	for i := range d.p {
		dst[i*d.p+i] = d.diagonalMean(i)
	}
	return dst
}

// CovarianceTo implements [Multivariate], p² by p². The elements are uncorrelated.
// Below the diagonal they have variance 1/(2b + d).
func (d *LKJCholesky) CovarianceTo(dst *mat.SymDense) *mat.SymDense {
	dst = symFor(dst, d.p*d.p)
	dst.Zero()
	for i := 1; i < d.p; i++ {
		whole := d.shape(i) + 0.5*float64(i)
		for j := range i {
			dst.SetSym(i*d.p+j, i*d.p+j, 0.5/whole)
		}
		// The mean square is b/(b + d/2), and the square of the mean nearly that.
		gap := 2 * (halfStepGap(d.shape(i)) - halfStepGap(whole))
		dst.SetSym(i*d.p+i, i*d.p+i, -d.shape(i)/whole*math.Expm1(-gap))
	}
	return dst
}

// Entropy implements [Entropyer].
func (d *LKJCholesky) Entropy() float64 {
	sum := -d.norm
	for i := 1; i < d.p; i++ {
		b := d.shape(i)
		rise := special.DigammaRise(b, 0.5*float64(i)) // −E log L_ii²
		sum += (b - 1) * rise
	}
	return sum
}

// Evaluation.

// lkjTolerance is how far the squared length of a row may be from one.
const lkjTolerance = 1e-9

// LogProb implements [VectorLogProber].
func (d *LKJCholesky) LogProb(x []float64) float64 {
	checkLength(x, d.p*d.p)
	sum, outside := d.norm, false
	for i := range d.p {
		square := 0.0
		for j, v := range x[i*d.p : (i+1)*d.p] {
			if math.IsNaN(v) {
				return v
			}
			square += v * v
			outside = outside || j > i && v != 0
		}
		diagonal := x[i*d.p+i]
		if outside = outside || !(diagonal > 0 && math.Abs(square-1) <= lkjTolerance); !outside && i > 0 {
			sum += 2 * (d.shape(i) - 1) * math.Log(diagonal)
		}
	}
	if outside {
		return math.Inf(-1)
	}
	return sum
}

// LogProbTo implements [VectorBatcher].
func (d *LKJCholesky) LogProbTo(dst, x []float64) []float64 {
	n := d.Dim()
	dst = dstFor(dst, checkBatch(x, n))
	for i := range dst {
		dst[i] = d.LogProb(x[i*n : (i+1)*n])
	}
	return dst
}

// Gradients.

// GradLogProbTo implements [VectorGrader]: (2b−2)/L_kk on the diagonal and zero
// beside it, which is right along every path on which the rows keep their length.
func (d *LKJCholesky) GradLogProbTo(dst, x []float64) []float64 {
	checkLength(x, d.p*d.p)
	dst = dstFor(dst, d.p*d.p)
	for i := range d.p {
		diagonal := x[i*d.p+i]
		clear(dst[i*d.p : (i+1)*d.p])
		if i > 0 {
			dst[i*d.p+i] = 2 * (d.shape(i) - 1) / diagonal
		}
	}
	return dst
}

// Params returns η.
func (d *LKJCholesky) Params() []float64 { return []float64{d.eta} }

// ScoreTo implements [VectorScorer]: the sum of 2 log L_kk + ψ(b + d/2) − ψ(b).
func (d *LKJCholesky) ScoreTo(dst, x []float64) []float64 {
	checkLength(x, d.p*d.p)
	dst = dstFor(dst, 1)
	dst[0] = d.rise()
	for i := 1; i < d.p; i++ {
		dst[0] += 2 * math.Log(x[i*d.p+i])
	}
	return dst
}

// rise returns minus the mean of log |L Lᵀ|.
func (d *LKJCholesky) rise() float64 {
	sum := 0.0
	for i := 1; i < d.p; i++ {
		rise := special.DigammaRise(d.shape(i), 0.5*float64(i))
		sum += rise
	}
	return sum
}

// Sampling.

// RandTo implements [VectorRander], row by row as in the onion method of Lewandowski,
// Kurowicka & Joe (2009): a row has the direction of a normal vector z, and its
// squared diagonal element is g/(g + |z|²/2) for a gamma variate g with shape b.
func (d *LKJCholesky) RandTo(dst []float64, r *rand.Rand) []float64 {
	p := d.p
	dst = dstFor(dst, p*p)
	clear(dst)
	dst[0] = 1
	for i := 1; i < p; i++ {
		row := dst[i*p : i*p+i]
		square := 0.0
		for j := range row {
			row[j] = r.NormFloat64()
			square += row[j] * row[j]
		}
		root := math.Sqrt2 * math.Exp(0.5*discRandLogGamma(r, d.shape(i)))
		root = max(root, 1e-150*math.Sqrt(square)) // an element that underflows has no density
		length := math.Sqrt(square + root*root)
		for j := range row {
			row[j] /= length
		}
		dst[i*p+i] = root / length
	}
	return dst
}

// Fitting.

// FitLKJCholesky returns the distribution of greatest likelihood for p by p factors
// that stand one after the other in x: the η for which the mean of log |L Lᵀ| is what
// it is. Weights may be nil. The error is a [*FitError].
func FitLKJCholesky(p int, x, w []float64) (*LKJCholesky, error) {
	if p < 2 || p > mostMatrix {
		panic(fmt.Sprintf("dist: %d is no size of a correlation matrix", p))
	}
	rows, total, err := checkVectors("LKJ", p*p, x, w)
	if err != nil {
		return nil, err
	}
	uniform, err := NewLKJCholesky(p, 1)
	if err != nil {
		return nil, err
	}
	fall := 0.0 // minus the mean of log |L Lᵀ|
	for i := range rows {
		value := x[i*p*p : (i+1)*p*p]
		if math.IsInf(uniform.LogProb(value), 0) {
			return nil, &FitError{"LKJ", i, "is not the factor of a correlation matrix"}
		}
		for j := 1; j < p; j++ {
			fall -= 2 * weightAt(w, i) / total * math.Log(value[j*p+j])
		}
	}
	if !(fall > 1e-12) {
		return nil, &FitError{"LKJ", -1, "all observations are the identity"}
	}
	at := func(eta float64) float64 { return (&LKJCholesky{p: p, eta: eta}).rise() }
	low, high := 1.0, 1.0
	for at(low) < fall {
		low /= 2
	}
	for at(high) > fall {
		high *= 2
	}
	for {
		middle := math.Sqrt(low * high)
		if !(middle > low*(1+1e-15) && middle < high) {
			return NewLKJCholesky(p, middle)
		}
		if at(middle) > fall {
			low = middle
		} else {
			high = middle
		}
	}
}
