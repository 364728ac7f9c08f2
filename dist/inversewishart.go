package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// Parameters.

// InverseWishart is the distribution of the inverse of a [Wishart] matrix with ν > p−1
// degrees of freedom and scale Ψ⁻¹, and the conjugate prior of a covariance (Gelman et
// al. 2013, appendix A),
//
//	log p(X) = (ν/2) log |Ψ| − ((ν+p+1)/2) log |X| − ½ tr(ΨX⁻¹) − (νp/2) log 2 − log Γ_p(ν/2).
//
// Values, reference measure and costs are those of [Wishart].
type InverseWishart struct {
	p      int
	nu     float64
	psi, l []float64 // Ψ and its Cholesky factor, packed
	logDet float64   // log |Ψ|
	norm   float64   // what does not depend on X
}

// NewInverseWishart returns the distribution with ν = nu and Ψ = scale, or a
// [*ParameterError].
func NewInverseWishart(nu float64, scale mat.Symmetric) (*InverseWishart, error) {
	packed, l, err := newMatrixParameters("inverse Wishart", "Scale", nu, scale)
	if err != nil {
		return nil, err
	}
	return newInverseWishart(nu, scale.SymmetricDim(), packed, l), nil
}

func newInverseWishart(nu float64, p int, psi, l []float64) *InverseWishart {
	d := &InverseWishart{p: p, nu: nu, psi: psi, l: l, logDet: 2 * packedLogDet(l, p)}
	d.norm = 0.5*nu*(d.logDet-float64(p)*math.Ln2) - logGammaMulti(nu/2, p)
	return d
}

// String gives the parameters, of matrices up to four by four.
func (d *InverseWishart) String() string {
	if d.p > 4 {
		return fmt.Sprintf("InverseWishart(Nu: %v, size %d)", d.nu, d.p)
	}
	return fmt.Sprintf("InverseWishart(Nu: %v, Scale: %s)", d.nu, packedString(d.psi, d.p))
}

// Statistics.

// Size returns p.
func (d *InverseWishart) Size() int { return d.p }

// Dim returns p².
func (d *InverseWishart) Dim() int { return d.p * d.p }

// Nu returns the degrees of freedom ν.
func (d *InverseWishart) Nu() float64 { return d.nu }

// ScaleTo writes Ψ to dst and returns it.
func (d *InverseWishart) ScaleTo(dst *mat.SymDense) *mat.SymDense {
	dst = symFor(dst, d.p)
	unpack(dst, d.psi)
	return dst
}

// MeanTo implements [Multivariate]: Ψ/(ν−p−1). For ν ≤ p+1 the diagonal is +Inf and
// the rest NaN.
func (d *InverseWishart) MeanTo(dst []float64) []float64 {
	p := d.p
	dst = dstFor(dst, p*p)
	if excess := d.nu - float64(p) - 1; excess > 0 {
		return spread(dst, d.psi, p, 1/excess)
	}
	contNaN(dst)
	for i := range p {
		dst[i*p+i] = math.Inf(1)
	}
	return dst
}

// CovarianceTo implements [Multivariate], p² by p². With m = ν−p−1 the covariance of
// X_ij and X_kl is
//
//	(2 Ψ_ij Ψ_kl + m (Ψ_ik Ψ_jl + Ψ_il Ψ_jk)) / ((m+1) m² (m−2))
//
// (von Rosen 1988). For ν ≤ p+3 it is NaN.
func (d *InverseWishart) CovarianceTo(dst *mat.SymDense) *mat.SymDense {
	m := d.nu - float64(d.p) - 1
	v := d.ScaleTo(nil)
	return fourth(dst, d.p, func(i, j, k, l int) float64 {
		if m <= 2 {
			return math.NaN()
		}
		return (2*(v.At(i, j)/m)*(v.At(k, l)/m) + (v.At(i, k)*v.At(j, l)+v.At(i, l)*v.At(j, k))/m) / ((m + 1) * (m - 2))
	})
}

// Entropy implements [Entropyer]: that of the inverse, less p+1 times the mean of its
// log determinant, which is the logarithm of the Jacobian.
func (d *InverseWishart) Entropy() float64 {
	logDet := digammaMulti(d.nu/2, d.p) + float64(d.p)*math.Ln2 - d.logDet
	return matrixEntropy(d.nu, d.p, -d.logDet) - float64(d.p+1)*logDet
}

// Evaluation.

// LogProb implements [VectorLogProber]. It is −Inf unless x is symmetric and positive
// definite.
func (d *InverseWishart) LogProb(x []float64) float64 {
	b := borrow(len(d.psi) + d.p)
	defer scratch.Put(b)
	return d.logProb(x, *b)
}

// logProb has scratch for a factor and a column.
func (d *InverseWishart) logProb(x, b []float64) float64 {
	l, column := b[:len(d.psi)], b[len(d.psi):]
	if outside := spdFactor(l, x, d.p); outside != 0 {
		return outside
	}
	return d.norm - (d.nu+float64(d.p)+1)*packedLogDet(l, d.p) - 0.5*traceSolved(l, d.l, column, d.p)
}

// LogProbTo implements [VectorBatcher].
func (d *InverseWishart) LogProbTo(dst, x []float64) []float64 {
	n := d.Dim()
	dst = dstFor(dst, checkBatch(x, n))
	b := borrow(len(d.psi) + d.p)
	defer scratch.Put(b)
	for i := range dst {
		dst[i] = d.logProb(x[i*n:(i+1)*n], *b)
	}
	return dst
}

// Gradients.

// GradLogProbTo implements [VectorGrader]: the matrix ½ (X⁻¹ Ψ X⁻¹ − (ν+p+1) X⁻¹), as
// if all p² elements were free. It is NaN outside the support.
func (d *InverseWishart) GradLogProbTo(dst, x []float64) []float64 {
	p, size := d.p, len(d.psi)
	checkLength(x, p*p)
	dst = dstFor(dst, p*p)
	b := borrow(2*size + p*p)
	defer scratch.Put(b)
	l, inverse := (*b)[:size], (*b)[size:2*size]
	if spdFactor(l, x, p) != 0 {
		return contNaN(dst)
	}
	packedInverseSquare(inverse, l, p)
	sandwich(l, inverse, d.psi, (*b)[2*size:], p)
	for k := range l {
		l[k] -= (d.nu + float64(p) + 1) * inverse[k]
	}
	return spread(dst, l, p, 0.5)
}

// Params returns ν and the lower triangle of Ψ row by row.
func (d *InverseWishart) Params() []float64 { return append([]float64{d.nu}, d.psi...) }

// ScoreTo implements [VectorScorer]: ½ (log |Ψ| − log |X| − p log 2 − ψ_p(ν/2)) for ν,
// and ½ (ν Ψ⁻¹ − X⁻¹) for Ψ, twice that off the diagonal.
func (d *InverseWishart) ScoreTo(dst, x []float64) []float64 {
	p, size := d.p, len(d.psi)
	checkLength(x, p*p)
	dst = dstFor(dst, 1+size)
	b := borrow(3 * size)
	defer scratch.Put(b)
	l, inverse, precision := (*b)[:size], (*b)[size:2*size], (*b)[2*size:]
	if spdFactor(l, x, p) != 0 {
		return contNaN(dst)
	}
	dst[0] = 0.5*(d.logDet-float64(p)*math.Ln2-digammaMulti(d.nu/2, p)) - packedLogDet(l, p)
	packedInverseSquare(precision, d.l, p)
	packedInverseSquare(inverse, l, p)
	for k, v := range inverse {
		dst[1+k] = -v
	}
	matrixScore(dst[1:], precision, -d.nu, p)
	return dst
}

// Sampling.

// RandTo implements [VectorRander]. With Ψ = L Lᵀ and a standard Wishart matrix U Uᵀ,
// of which U is upper triangular, a value is B Bᵀ with B = L U⁻ᵀ lower triangular;
// Uᵀ is Bartlett's matrix with its degrees of freedom the other way around.
func (d *InverseWishart) RandTo(dst []float64, r *rand.Rand) []float64 {
	p := d.p
	dst = dstFor(dst, p*p)
	bartlett(dst, p, d.nu, true, r)
	// M⁻¹ in place, row by row: row i is −(row i without its diagonal) M⁻¹ / m_ii.
	for i := range p {
		for j := range i {
			sum := 0.0
			for k := j; k < i; k++ {
				sum += dst[i*p+k] * dst[k*p+j]
			}
			dst[i*p+j] = -sum / dst[i*p+i]
		}
		dst[i*p+i] = 1 / dst[i*p+i]
	}
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

// FitInverseWishart returns the distribution of greatest likelihood with the given ν
// for p by p matrices that stand one after the other in x: Ψ⁻¹ is the weighted mean
// of their inverses over ν. If nu is 0, it is fitted too. Weights may be nil. The
// error is a [*FitError], or a [*ParameterError] for ν.
func FitInverseWishart(p int, nu float64, x, w []float64) (*InverseWishart, error) {
	nu, v, _, err := fitMatrix("inverse Wishart", p, nu, x, w, true)
	if err != nil {
		return nil, err
	}
	l, bad := packedInverseCholesky(v, p)
	if bad != nil {
		return nil, singularFit("inverse Wishart", bad)
	}
	return newInverseWishart(nu, p, packedSquare(l, p), l), nil
}
