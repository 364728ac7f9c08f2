package dist

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"

	"gonum.org/v1/gonum/mat"
)

const mvNormal = "multivariate normal"

// Parameters.

// MultivariateNormal is the normal distribution of a vector of length n with mean μ
// and positive definite covariance Σ = L Lᵀ (Bishop 2006, equation 2.43),
//
//	log p(x) = −½ (x − μ)ᵀ Σ⁻¹ (x − μ) − log |L| − (n/2) log 2π.
//
// Inside, Σ is a full matrix, diagonal, or a multiple of the identity, as the
// constructor says. Of a full one the Cholesky factor L is kept, which is computed
// once, in n³/6 multiplications; a density, a gradient or a draw then costs n²/2.
// The others cost n in memory and time.
type MultivariateNormal struct {
	mu     []float64
	form   covarianceForm
	scale  []float64 // L packed; or the standard deviations; or the one they share
	cov    []float64 // Σ packed, if full
	logDet float64   // log |L|
	// inverse returns Σ⁻¹ packed, if full.
	inverse func() []float64
}

// A covarianceForm says what is stored of a covariance.
type covarianceForm uint8

const (
	full covarianceForm = iota
	diagonal
	isotropic
)

// NewMultivariateNormal returns the distribution with mean mu and covariance cov, or
// a [*ParameterError] that names the first pivot that is not positive. A covariance
// with a condition number that is large, whatever the units, is factorized with
// twice the precision, up to n = 1024.
func NewMultivariateNormal(mu []float64, cov mat.Symmetric) (*MultivariateNormal, error) {
	packed, err := packSymmetric(mvNormal, "Covariance", mu, cov)
	if err != nil {
		return nil, err
	}
	l, bad := packedCholesky(packed, len(mu))
	if bad != nil {
		return nil, bad.parameter(mvNormal, "Covariance")
	}
	return newFullNormal(slices.Clone(mu), packed, l), nil
}

// NewMultivariateNormalFromPrecision returns the distribution with mean mu and
// covariance precision⁻¹, or a [*ParameterError].
func NewMultivariateNormalFromPrecision(mu []float64, precision mat.Symmetric) (*MultivariateNormal, error) {
	packed, err := packSymmetric(mvNormal, "Precision", mu, precision)
	if err != nil {
		return nil, err
	}
	l, bad := packedInverseCholesky(packed, len(mu))
	if bad != nil {
		return nil, bad.parameter(mvNormal, "Precision")
	}
	d := newFullNormal(slices.Clone(mu), packedSquare(l, len(mu)), l)
	d.inverse = func() []float64 { return packed }
	return d, nil
}

// NewMultivariateNormalFromCholesky returns the distribution with mean mu and
// covariance L Lᵀ for a lower triangular matrix with a positive diagonal, or a
// [*ParameterError].
func NewMultivariateNormalFromCholesky(mu []float64, lower mat.Triangular) (*MultivariateNormal, error) {
	checkMatrix(lower == nil, "Cholesky")
	n, kind := lower.Triangle()
	if err := checkMean(mvNormal, "Mu", "Cholesky", mu, n); err != nil {
		return nil, err
	}
	if kind != mat.Lower {
		return nil, &ParameterError{mvNormal, "Cholesky", float64(n), "a lower triangular matrix, and is an upper one"}
	}
	l := make([]float64, 0, n*(n+1)/2)
	for i := range n {
		for j := range i + 1 {
			v := lower.At(i, j)
			name := fmt.Sprintf("Cholesky[%d,%d]", i, j)
			if err := firstError(finite(mvNormal, name, v)); err != nil {
				return nil, err
			}
			if i == j && !(v > 0) {
				return nil, firstError(positive(mvNormal, name, v))
			}
			l = append(l, v)
		}
	}
	return newFullNormal(slices.Clone(mu), packedSquare(l, n), l), nil
}

func newFullNormal(mu, cov, l []float64) *MultivariateNormal {
	n := len(mu)
	return &MultivariateNormal{mu: mu, form: full, scale: l, cov: cov, logDet: packedLogDet(l, n),
		inverse: sync.OnceValue(func() []float64 { return packedInverseSquare(make([]float64, len(l)), l, n) })}
}

// NewDiagonalNormal returns the distribution of independent normal numbers with
// means mu and standard deviations sigma, or a [*ParameterError].
func NewDiagonalNormal(mu, sigma []float64) (*MultivariateNormal, error) {
	if err := checkMean("diagonal normal", "Mu", "Sigma", mu, len(sigma)); err != nil {
		return nil, err
	}
	d := &MultivariateNormal{mu: slices.Clone(mu), form: diagonal, scale: slices.Clone(sigma)}
	for i, s := range sigma {
		if err := positive("diagonal normal", "Sigma["+strconv.Itoa(i)+"]", s); err != nil {
			return nil, err
		}
		d.logDet += math.Log(s)
	}
	return d, nil
}

// NewIsotropicNormal returns the distribution of independent normal numbers with
// means mu and one standard deviation, or a [*ParameterError].
func NewIsotropicNormal(mu []float64, sigma float64) (*MultivariateNormal, error) {
	if err := checkMean("isotropic normal", "Mu", "Mu", mu, len(mu)); err != nil {
		return nil, err
	}
	if err := positive("isotropic normal", "Sigma", sigma); err != nil {
		return nil, err
	}
	return &MultivariateNormal{mu: slices.Clone(mu), form: isotropic, scale: []float64{sigma}, logDet: float64(len(mu)) * math.Log(sigma)}, nil
}

// checkMean checks a location against the size of its matrix.
func checkMean(dist, location, matrix string, mu []float64, n int) error {
	if len(mu) == 0 {
		return &ParameterError{dist, "the length of " + location, 0, "at least 1"}
	}
	if len(mu) != n {
		return &ParameterError{dist, "the size of " + matrix, float64(n), fmt.Sprintf("%d, the length of %s", len(mu), location)}
	}
	for i, v := range mu {
		if err := finite(dist, fmt.Sprintf("%s[%d]", location, i), v); err != nil {
			return err
		}
	}
	return nil
}

// packSymmetric returns the lower triangle of a finite matrix that goes with mu.
func packSymmetric(dist, name string, mu []float64, a mat.Symmetric) ([]float64, error) {
	checkMatrix(a == nil, name)
	n := a.SymmetricDim()
	if err := checkMean(dist, "Mu", name, mu, n); err != nil {
		return nil, err
	}
	return packFinite(dist, name, a)
}

// packFinite returns the lower triangle of a finite matrix.
func packFinite(dist, name string, a mat.Symmetric) ([]float64, error) {
	n := a.SymmetricDim()
	packed := make([]float64, 0, n*(n+1)/2)
	for i := range n {
		for j := range i + 1 {
			v := a.At(i, j)
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, &ParameterError{dist, fmt.Sprintf("%s[%d,%d]", name, i, j), v, "finite"}
			}
			packed = append(packed, v)
		}
	}
	return packed, nil
}

// String tells the form of the covariance, and the parameters of up to four
// dimensions.
func (d *MultivariateNormal) String() string {
	name := [...]string{"MultivariateNormal", "DiagonalNormal", "IsotropicNormal"}[d.form]
	if len(d.mu) > 4 {
		return fmt.Sprintf("%s(%d dimensions)", name, len(d.mu))
	}
	switch d.form {
	case full:
		return fmt.Sprintf("%s(Mu: %v, Covariance: %s)", name, d.mu, packedString(d.cov, len(d.mu)))
	case diagonal:
		return fmt.Sprintf("%s(Mu: %v, Sigma: %v)", name, d.mu, d.scale)
	}
	return fmt.Sprintf("%s(Mu: %v, Sigma: %v)", name, d.mu, d.scale[0])
}

// packedString writes a lower triangle row by row.
func packedString(a []float64, n int) string {
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = packedRow(a, i)
	}
	return fmt.Sprint(rows)
}

// Statistics.

// Dim returns n.
func (d *MultivariateNormal) Dim() int { return len(d.mu) }

// MeanTo implements [Multivariate].
func (d *MultivariateNormal) MeanTo(dst []float64) []float64 {
	dst = dstFor(dst, len(d.mu))
	copy(dst, d.mu)
	return dst
}

// sigma returns the standard deviation of element i.
func (d *MultivariateNormal) sigma(i int) float64 {
	switch d.form {
	case full:
		return math.Sqrt(packedRow(d.cov, i)[i])
	case diagonal:
		return d.scale[i]
	}
	return d.scale[0]
}

// VarianceTo writes the variances to dst and returns it.
func (d *MultivariateNormal) VarianceTo(dst []float64) []float64 {
	dst = dstFor(dst, len(d.mu))
	for i := range dst {
		if d.form == full {
			dst[i] = packedRow(d.cov, i)[i]
		} else {
			dst[i] = d.sigma(i) * d.sigma(i)
		}
	}
	return dst
}

// CovarianceTo implements [Multivariate]. The matrix is dense, whatever the form.
func (d *MultivariateNormal) CovarianceTo(dst *mat.SymDense) *mat.SymDense {
	return d.symmetricTo(dst, d.cov, func(s float64) float64 { return s * s })
}

// PrecisionTo writes Σ⁻¹ to dst and returns it. The first call for a full matrix
// takes n³/3 multiplications.
func (d *MultivariateNormal) PrecisionTo(dst *mat.SymDense) *mat.SymDense {
	var inverse []float64
	if d.form == full {
		inverse = d.inverse()
	}
	return d.symmetricTo(dst, inverse, func(s float64) float64 { return 1 / (s * s) })
}

// symmetricTo writes a packed matrix, or one with entry(σ) on its diagonal.
func (d *MultivariateNormal) symmetricTo(dst *mat.SymDense, packed []float64, entry func(s float64) float64) *mat.SymDense {
	dst = symFor(dst, len(d.mu))
	if d.form == full {
		unpack(dst, packed)
		return dst
	}
	dst.Zero()
	for i := range d.mu {
		dst.SetSym(i, i, entry(d.sigma(i)))
	}
	return dst
}

// unpack writes a packed matrix to dst.
func unpack(dst *mat.SymDense, packed []float64) {
	for i := range dst.SymmetricDim() {
		for j, v := range packedRow(packed, i) {
			dst.SetSym(i, j, v)
		}
	}
}

// CholeskyTo writes the lower triangular L with Σ = L Lᵀ to dst and returns it; nil
// allocates.
func (d *MultivariateNormal) CholeskyTo(dst *mat.TriDense) *mat.TriDense {
	n := len(d.mu)
	if dst == nil {
		dst = mat.NewTriDense(n, mat.Lower, nil)
	}
	if size, kind := dst.Triangle(); size != n || kind != mat.Lower {
		panic(fmt.Sprintf("dist: destination of size %d, want a lower triangle of size %d", size, n))
	}
	if d.form == full {
		for i := range n {
			for j, v := range packedRow(d.scale, i) {
				dst.SetTri(i, j, v)
			}
		}
		return dst
	}
	dst.Zero()
	for i := range n {
		dst.SetTri(i, i, d.sigma(i))
	}
	return dst
}

// Entropy returns (n/2) log 2πe + log |L|.
func (d *MultivariateNormal) Entropy() float64 {
	return float64(len(d.mu))*(0.5+halfLog2Pi) + d.logDet
}

// Sampling.

// RandTo implements [VectorRander]: μ + L z with z standard normal.
func (d *MultivariateNormal) RandTo(dst []float64, r *rand.Rand) []float64 {
	dst = dstFor(dst, len(d.mu))
	for i := range dst {
		dst[i] = r.NormFloat64()
	}
	switch d.form {
	case full:
		packedMul(d.scale, dst)
	case diagonal:
		for i, s := range d.scale {
			dst[i] *= s
		}
	case isotropic:
		for i := range dst {
			dst[i] *= d.scale[0]
		}
	}
	for i, m := range d.mu {
		dst[i] += m
	}
	return dst
}
