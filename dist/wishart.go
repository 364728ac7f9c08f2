package dist

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Parameters.

// Wishart is the distribution of Σ z zᵀ over ν normal vectors of length p with mean
// zero and covariance V, for real ν > p−1 (Bishop 2006, equation B.78),
//
//	log p(X) = ((ν−p−1)/2) log |X| − ½ tr(V⁻¹X) − (νp/2) log 2 − (ν/2) log |V| − log Γ_p(ν/2).
//
// A value is the symmetric matrix X, row after row, p² numbers. The density is that of the
// p(p+1)/2 on and below the diagonal; the two triangles must agree up to rounding. A
// density or a draw takes about p³/3 multiplications.
type Wishart struct {
	p      int
	nu     float64
	v, l   []float64 // V and its Cholesky factor, packed
	logDet float64   // log |V|
	norm   float64   // what does not depend on X
}

// NewWishart returns the distribution with ν = nu and V = scale, or a
// [*ParameterError].
func NewWishart(nu float64, scale mat.Symmetric) (*Wishart, error) {
	packed, l, err := newMatrixParameters("Wishart", "Scale", nu, scale)
	if err != nil {
		return nil, err
	}
	return newWishart(nu, scale.SymmetricDim(), packed, l), nil
}

func newWishart(nu float64, p int, v, l []float64) *Wishart {
	d := &Wishart{p: p, nu: nu, v: v, l: l, logDet: 2 * packedLogDet(l, p)}
	d.norm = -0.5*nu*(float64(p)*math.Ln2+d.logDet) - logGammaMulti(nu/2, p)
	return d
}

// String gives the parameters, of matrices up to four by four.
func (d *Wishart) String() string {
	if d.p > 4 {
		return fmt.Sprintf("Wishart(Nu: %v, size %d)", d.nu, d.p)
	}
	return fmt.Sprintf("Wishart(Nu: %v, Scale: %s)", d.nu, packedString(d.v, d.p))
}

// Statistics.

// Size returns p.
func (d *Wishart) Size() int { return d.p }

// Dim returns p².
func (d *Wishart) Dim() int { return d.p * d.p }

// Nu returns the degrees of freedom ν.
func (d *Wishart) Nu() float64 { return d.nu }

// ScaleTo writes V to dst and returns it.
func (d *Wishart) ScaleTo(dst *mat.SymDense) *mat.SymDense {
	dst = symFor(dst, d.p)
	unpack(dst, d.v)
	return dst
}

// MeanTo implements [Multivariate]: νV.
func (d *Wishart) MeanTo(dst []float64) []float64 {
	return spread(dstFor(dst, d.p*d.p), d.v, d.p, d.nu)
}

// CovarianceTo implements [Multivariate], p² by p²: the covariance of X_ij and X_kl is
// ν (V_ik V_jl + V_il V_jk).
func (d *Wishart) CovarianceTo(dst *mat.SymDense) *mat.SymDense {
	v := d.ScaleTo(nil)
	return fourth(dst, d.p, func(i, j, k, l int) float64 {
		return d.nu * (v.At(i, k)*v.At(j, l) + v.At(i, l)*v.At(j, k))
	})
}

// Entropy implements [Entropyer] (Bishop 2006, equation B.82).
func (d *Wishart) Entropy() float64 { return matrixEntropy(d.nu, d.p, d.logDet) }

// Evaluation.

// LogProb implements [VectorLogProber]. It is −Inf unless x is symmetric and positive
// definite.
func (d *Wishart) LogProb(x []float64) float64 {
	b := borrow(len(d.v) + d.p)
	defer scratch.Put(b)
	return d.logProb(x, *b)
}

// logProb has scratch for a factor and a column.
func (d *Wishart) logProb(x, b []float64) float64 {
	l, column := b[:len(d.v)], b[len(d.v):]
	if outside := spdFactor(l, x, d.p); outside != 0 {
		return outside
	}
	return (d.nu-float64(d.p)-1)*packedLogDet(l, d.p) - 0.5*traceSolved(d.l, l, column, d.p) + d.norm
}

// LogProbTo implements [VectorBatcher].
func (d *Wishart) LogProbTo(dst, x []float64) []float64 {
	n := d.Dim()
	dst = dstFor(dst, checkBatch(x, n))
	b := borrow(len(d.v) + d.p)
	defer scratch.Put(b)
	for i := range dst {
		dst[i] = d.logProb(x[i*n:(i+1)*n], *b)
	}
	return dst
}

// Gradients.

// GradLogProbTo implements [VectorGrader]: the matrix ½ ((ν−p−1) X⁻¹ − V⁻¹), as if
// all p² elements were free. It is NaN outside the support.
func (d *Wishart) GradLogProbTo(dst, x []float64) []float64 {
	p, size := d.p, len(d.v)
	checkLength(x, p*p)
	dst = dstFor(dst, p*p)
	b := borrow(3 * size)
	defer scratch.Put(b)
	l, inverse, precision := (*b)[:size], (*b)[size:2*size], (*b)[2*size:]
	if spdFactor(l, x, p) != 0 {
		return contNaN(dst)
	}
	packedInverseSquare(inverse, l, p)
	packedInverseSquare(precision, d.l, p)
	for k := range inverse {
		inverse[k] = (d.nu-float64(p)-1)*inverse[k] - precision[k]
	}
	return spread(dst, inverse, p, 0.5)
}

// Params returns ν and the lower triangle of V row by row.
func (d *Wishart) Params() []float64 { return append([]float64{d.nu}, d.v...) }

// ScoreTo implements [VectorScorer]: ½ (log |X| − log |V| − p log 2 − ψ_p(ν/2)) for ν,
// and ½ (V⁻¹ X V⁻¹ − ν V⁻¹) for V, twice that off the diagonal.
func (d *Wishart) ScoreTo(dst, x []float64) []float64 {
	p, size := d.p, len(d.v)
	checkLength(x, p*p)
	dst = dstFor(dst, 1+size)
	b := borrow(3*size + p*p)
	defer scratch.Put(b)
	l, precision, middle := (*b)[:size], (*b)[size:2*size], (*b)[2*size:3*size]
	if spdFactor(l, x, p) != 0 {
		return contNaN(dst)
	}
	dst[0] = packedLogDet(l, p) - 0.5*(d.logDet+float64(p)*math.Ln2+digammaMulti(d.nu/2, p))
	packedInverseSquare(precision, d.l, p)
	for i := range p {
		copy(packedRow(middle, i), x[i*p:])
	}
	sandwich(dst[1:], precision, middle, (*b)[3*size:], p)
	matrixScore(dst[1:], precision, d.nu, p)
	return dst
}

// matrixScore subtracts nu times a precision and halves the diagonal.
func matrixScore(dst, precision []float64, nu float64, p int) {
	for i := range p {
		out := packedRow(dst, i)
		for j, v := range packedRow(precision, i) {
			out[j] -= nu * v
		}
		out[i] *= 0.5
	}
}

// Sampling.

// RandTo implements [VectorRander]: (LA)(LA)ᵀ with V = L Lᵀ and Bartlett's
// triangular A, in place.
func (d *Wishart) RandTo(dst []float64, r *rand.Rand) []float64 {
	p := d.p
	dst = dstFor(dst, p*p)
	bartlett(dst, p, d.nu, false, r)
	for i := p - 1; i >= 0; i-- {
		row := packedRow(d.l, i)
		for j := range i + 1 {
			sum := 0.0
			for k := j; k <= i; k++ {
				sum += row[k] * dst[k*p+j]
			}
			dst[i*p+j] = sum
		}
	}
	squareInPlace(dst, p)
	return dst
}

// Fitting.

// FitWishart returns the distribution of greatest likelihood with the given ν for p
// by p matrices that stand one after the other in x: V is their weighted mean over
// ν. If nu is 0, it is fitted too. Weights may be nil. The error is a [*FitError], or
// a [*ParameterError] for ν.
func FitWishart(p int, nu float64, x, w []float64) (*Wishart, error) {
	nu, v, l, err := fitMatrix("Wishart", p, nu, x, w, false)
	if err != nil {
		return nil, err
	}
	return newWishart(nu, p, v, l), nil
}

// fitMatrix returns ν and the scale of greatest likelihood, and its factor, for a
// Wishart distribution of the matrices in x or of their inverses.
func fitMatrix(dist string, p int, nu float64, x, w []float64, invert bool) (fitted float64, v, l []float64, err error) {
	if nu != 0 {
		if err := checkDegrees(dist, p, nu); err != nil {
			return 0, nil, nil, err
		}
	}
	mean, logDet, err := matrixMoments(dist, p, x, w, invert)
	if err != nil {
		return 0, nil, nil, err
	}
	l, bad := packedCholesky(mean, p)
	if bad != nil {
		return 0, nil, nil, singularFit(dist, bad)
	}
	if nu == 0 {
		if nu, err = matrixDegrees(dist, p, 2*packedLogDet(l, p)-logDet); err != nil {
			return 0, nil, nil, err
		}
	}
	v = slices.Clone(mean)
	for i := range v {
		v[i] /= nu
		l[i] /= math.Sqrt(nu)
	}
	return nu, v, l, nil
}
