package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/internal/special"
)

// This file has what distributions of symmetric positive definite matrices share.
// A value is the whole matrix, row after row, p² numbers; its density is that of
// the p(p+1)/2 on and below the diagonal. The two triangles must agree up to
// rounding, and the lower one counts.

// mostMatrix is the largest matrix of a matrix distribution.
const mostMatrix = 1 << 14

// symmetryTolerance is how far apart the triangles may be, relative to the root of
// the product of the diagonal elements.
const symmetryTolerance = 1e-9

// spdFactor writes the packed Cholesky factor of the p by p matrix x to l. It returns
// 0 if there is one, and otherwise the log density: NaN if an element is, and −Inf
// if x is not symmetric or not positive definite.
func spdFactor(l, x []float64, p int) float64 {
	checkLength(x, p*p)
	for _, v := range x {
		if math.IsNaN(v) {
			return v
		}
	}
	for i := range p {
		out := packedRow(l, i)
		for j := range i + 1 {
			v := x[i*p+j]
			if j < i {
				scale := math.Sqrt(math.Abs(x[i*p+i])) * math.Sqrt(math.Abs(x[j*p+j]))
				if !(math.Abs(v-x[j*p+i]) <= symmetryTolerance*scale) {
					return math.Inf(-1)
				}
			}
			row := packedRow(l, j)
			v -= packedDot(row[:j], out)
			if j < i {
				out[j] = v / row[j]
				continue
			}
			if !(v > 0) || math.IsInf(v, 1) {
				return math.Inf(-1)
			}
			out[i] = math.Sqrt(v)
		}
	}
	return 0
}

// traceSolved returns tr((A Aᵀ)⁻¹ B Bᵀ) = |A⁻¹B|² for packed lower triangles, a sum
// of squares. The column is scratch of length p.
func traceSolved(a, b, column []float64, p int) float64 {
	sum := 0.0
	for k := range p { // column k of B starts in row k
		for i := k; i < p; i++ {
			row := packedRow(a, i)
			column[i] = (packedRow(b, i)[k] - packedDot(row[k:i], column[k:])) / row[i]
			sum += column[i] * column[i]
		}
	}
	return sum
}

// sandwich writes A B A of symmetric packed matrices to dst, packed; full is scratch
// of length p².
func sandwich(dst, a, b, full []float64, p int) {
	at := func(m []float64, i, j int) float64 { return packedRow(m, max(i, j))[min(i, j)] }
	for i := range p {
		for j := range p {
			sum := 0.0
			for k := range p {
				sum += at(a, i, k) * at(b, k, j)
			}
			full[i*p+j] = sum
		}
	}
	for i := range p {
		for j := range i + 1 {
			sum := 0.0
			for k := range p {
				sum += full[i*p+k] * at(a, k, j)
			}
			packedRow(dst, i)[j] = sum
		}
	}
}

// logGammaMulti returns log Γ_p(a), the multivariate gamma function.
func logGammaMulti(a float64, p int) float64 {
	sum := 0.25 * float64(p) * float64(p-1) * math.Log(math.Pi)
	for j := range p {
		l, _ := math.Lgamma(a - 0.5*float64(j))
		sum += l
	}
	return sum
}

// digammaMulti returns its derivative ψ_p(a).
func digammaMulti(a float64, p int) float64 {
	sum := 0.0
	for j := range p {
		sum += special.Digamma(a - 0.5*float64(j))
	}
	return sum
}

// bartlett writes the lower triangle of a square matrix in dst, the rest being
// untouched: standard normal below the diagonal, and on it roots of χ² variates with
// ν, ν−1, … degrees of freedom, or the other way around (Bartlett 1933).
func bartlett(dst []float64, p int, nu float64, reverse bool, r *rand.Rand) {
	for i := range p {
		for j := range i {
			dst[i*p+j] = r.NormFloat64()
		}
		k := i
		if reverse {
			k = p - 1 - i
		}
		dst[i*p+i] = math.Sqrt2 * math.Exp(0.5*discRandLogGamma(r, 0.5*(nu-float64(k))))
	}
}

// squareInPlace replaces the lower triangular B in dst by B Bᵀ, both triangles. From
// the last element to the first, what is overwritten is not needed any more.
func squareInPlace(dst []float64, p int) {
	for i := p - 1; i >= 0; i-- {
		for j := i; j >= 0; j-- {
			sum := 0.0
			for k := range j + 1 {
				sum += dst[i*p+k] * dst[j*p+k]
			}
			dst[i*p+j] = sum
		}
	}
	for i := range p {
		for j := range i {
			dst[j*p+i] = dst[i*p+j]
		}
	}
}

// newMatrixParameters checks degrees of freedom and a scale matrix and factorizes
// it. The degrees of freedom exceed p−1.
func newMatrixParameters(dist, name string, nu float64, scale mat.Symmetric) (packed, l []float64, err error) {
	checkMatrix(scale == nil, name)
	p := scale.SymmetricDim()
	if p < 1 || p > mostMatrix {
		return nil, nil, &ParameterError{dist, "the size of " + name, float64(p), fmt.Sprintf("between 1 and %d", mostMatrix)}
	}
	if packed, err = packFinite(dist, name, scale); err != nil {
		return nil, nil, err
	}
	if err := checkDegrees(dist, p, nu); err != nil {
		return nil, nil, err
	}
	l, bad := packedCholesky(packed, p)
	if bad != nil {
		return nil, nil, bad.parameter(dist, name)
	}
	return packed, l, nil
}

func checkDegrees(dist string, p int, nu float64) error {
	if !(nu > float64(p-1)) || math.IsInf(nu, 1) {
		return &ParameterError{dist, "Nu", nu, fmt.Sprintf("finite and greater than %d, the size less one", p-1)}
	}
	return nil
}

// spread writes a packed symmetric matrix whole, times a factor.
func spread(dst, packed []float64, p int, factor float64) []float64 {
	for i := range p {
		for j, v := range packedRow(packed, i) {
			dst[i*p+j], dst[j*p+i] = factor*v, factor*v
		}
	}
	return dst
}

// fourth fills the covariance of the entries of a matrix.
func fourth(dst *mat.SymDense, p int, cov func(i, j, k, l int) float64) *mat.SymDense {
	dst = symFor(dst, p*p)
	for a := range p * p {
		for b := range a + 1 {
			dst.SetSym(a, b, cov(a/p, a%p, b/p, b%p))
		}
	}
	return dst
}

// matrixEntropy is the entropy of a Wishart distribution whose scale has logarithm
// of the determinant logDet. With a_j = (ν+1−j)/2 it is a sum of entropies of gamma
// variates of these shapes, each with (j−1)/2 + ((p−j)/2) ψ(a_j).
func matrixEntropy(nu float64, p int, logDet float64) float64 {
	n := float64(p)
	sum := 0.5*(n+1)*logDet + 0.5*n*(n+1)*math.Ln2 + 0.25*n*(n-1)*math.Log(math.Pi)
	for j := range p {
		a := 0.5 * (nu - float64(j))
		sum += gammaEntropy(a) + 0.5*float64(j) + 0.5*float64(p-1-j)*special.Digamma(a)
	}
	return sum
}

// matrixMoments checks matrices that stand one after the other and their weights,
// and returns what the fit of a Wishart distribution needs: the weighted mean,
// packed, and the weighted mean of the logarithm of the determinant; with invert, of
// the inverses.
func matrixMoments(dist string, p int, x, w []float64, invert bool) (mean []float64, logDet float64, err error) {
	if p < 1 || p > mostMatrix {
		panic(fmt.Sprintf("dist: %d is no size of a matrix", p))
	}
	rows, total, err := checkVectors(dist, p*p, x, w)
	if err != nil {
		return nil, 0, err
	}
	size := p * (p + 1) / 2
	mean = make([]float64, size)
	l, inverse := make([]float64, size), make([]float64, size)
	for i := range rows {
		value := x[i*p*p : (i+1)*p*p]
		if spdFactor(l, value, p) != 0 {
			return nil, 0, &FitError{dist, i, "is not a symmetric positive definite matrix"}
		}
		share := weightAt(w, i) / total
		d := 2 * packedLogDet(l, p)
		if invert {
			d = -d
			packedInverseSquare(inverse, l, p)
		}
		logDet += share * d
		k := 0
		for a := range p {
			for b := range a + 1 {
				if invert {
					mean[k] += share * inverse[k]
				} else {
					mean[k] += share * value[a*p+b]
				}
				k++
			}
		}
	}
	if !allFinite(mean) {
		return nil, 0, &FitError{dist, -1, "the mean is more than float64 holds"}
	}
	return mean, logDet, nil
}

// matrixDegrees returns the ν of greatest likelihood of a Wishart distribution, from
// how far the mean of log |X| is below log |mean X|: the root of
// ψ_p(ν/2) − p log(ν/2) + gap, which increases.
func matrixDegrees(dist string, p int, gap float64) (float64, error) {
	if !(gap > 1e-12) {
		return 0, &FitError{dist, -1, "the observations do not vary, or by a common factor only"}
	}
	slope := func(excess float64) float64 {
		a := 0.5 * (float64(p-1) + excess)
		sum := gap
		for j := range p {
			b := 0.5 * (excess + float64(p-1-j))
			sum += special.DigammaRest(b) + math.Log(b/a)
		}
		return sum
	}
	low, high := 1e-9, 1.0
	for slope(high) < 0 {
		low, high = high, 2*high
	}
	for high-low > 1e-13*high {
		middle := math.Sqrt(low * high)
		if middle <= low || middle >= high {
			break
		}
		if slope(middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return float64(p-1) + high, nil
}
