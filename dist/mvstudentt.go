package dist

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/internal/special"
)

const mvStudent = "multivariate Student t"

// Parameters.

// MultivariateStudentT is Student's t distribution of a vector of length n with
// ν > 0 degrees of freedom, location μ and positive definite scale matrix S = L Lᵀ
// (Bishop 2006, equation 2.162),
//
//	log p(x) = log Γ((ν+n)/2) − log Γ(ν/2) − (n/2) log νπ − log |L| − ((ν+n)/2) log(1 + q/ν)
//
// with q = (x − μ)ᵀ S⁻¹ (x − μ). It is a normal vector with covariance S whose
// deviation from μ is divided by the root of an independent χ²/ν. Costs are those of
// the full [MultivariateNormal].
type MultivariateStudentT struct {
	nu      float64
	mu      []float64
	l       []float64        // L packed
	matrix  []float64        // S packed
	logDet  float64          // log |L|
	norm    float64          // the logarithm of the density at μ
	inverse func() []float64 // S⁻¹ packed
}

// NewMultivariateStudentT returns the distribution, or a [*ParameterError] as
// [NewMultivariateNormal] does.
func NewMultivariateStudentT(nu float64, mu []float64, scale mat.Symmetric) (*MultivariateStudentT, error) {
	if err := positive(mvStudent, "Nu", nu); err != nil {
		return nil, err
	}
	checkMatrix(scale == nil, "Scale")
	if err := checkMean(mvStudent, "Mu", "Scale", mu, scale.SymmetricDim()); err != nil {
		return nil, err
	}
	packed, err := packFinite(mvStudent, "Scale", scale)
	if err != nil {
		return nil, err
	}
	l, bad := packedCholesky(packed, len(mu))
	if bad != nil {
		return nil, bad.parameter(mvStudent, "Scale")
	}
	return newStudent(nu, slices.Clone(mu), packed, l), nil
}

func newStudent(nu float64, mu, matrix, l []float64) *MultivariateStudentT {
	n := len(mu)
	d := &MultivariateStudentT{nu: nu, mu: mu, l: l, matrix: matrix, logDet: packedLogDet(l, n),
		inverse: sync.OnceValue(func() []float64 { return packedInverseSquare(make([]float64, len(l)), l, n) })}
	d.norm = logGammaRise(nu/2, n) - 0.5*float64(n)*(math.Log(nu)+math.Log(math.Pi)) - d.logDet
	return d
}

// logGammaRise returns log Γ(a + n/2) − log Γ(a), without the difference of large
// numbers: whole steps are products.
func logGammaRise(a float64, n int) float64 {
	sum := 0.0
	for range n / 2 {
		sum += math.Log(a)
		a++
	}
	if n%2 == 1 {
		sum += 0.5*math.Log(a) - halfStepGap(a)
	}
	return sum
}

// halfStepGap returns ½ log a − log Γ(a+½) + log Γ(a), which is about 1/(8a), by its
// asymptotic series, the integral of that of ψ(a+½) − ψ(a), and by recurrence below
// 20.
func halfStepGap(a float64) float64 {
	sum := 0.0
	b := a
	for ; b < 20; b++ {
		sum += math.Log1p(0.5 / b)
	}
	if b > a {
		sum -= 0.5 * math.Log(b/a)
	}
	y := 1 / (b * b)
	return sum + (1./8-y*(1./192-y*(1./640-y*(17./14336-y*(31./18432-y*691./180224)))))/b
}

// String gives the parameters of up to four dimensions.
func (d *MultivariateStudentT) String() string {
	if len(d.mu) > 4 {
		return fmt.Sprintf("MultivariateStudentT(Nu: %v, %d dimensions)", d.nu, len(d.mu))
	}
	return fmt.Sprintf("MultivariateStudentT(Nu: %v, Mu: %v, Scale: %s)", d.nu, d.mu, packedString(d.matrix, len(d.mu)))
}

// Statistics.

// Dim returns n.
func (d *MultivariateStudentT) Dim() int { return len(d.mu) }

// Nu returns the degrees of freedom ν.
func (d *MultivariateStudentT) Nu() float64 { return d.nu }

// LocationTo writes μ to dst and returns it.
func (d *MultivariateStudentT) LocationTo(dst []float64) []float64 {
	dst = dstFor(dst, len(d.mu))
	copy(dst, d.mu)
	return dst
}

// ScaleTo writes S to dst and returns it.
func (d *MultivariateStudentT) ScaleTo(dst *mat.SymDense) *mat.SymDense {
	dst = symFor(dst, len(d.mu))
	unpack(dst, d.matrix)
	return dst
}

// MeanTo writes μ, or NaN for ν ≤ 1, where there is no mean.
func (d *MultivariateStudentT) MeanTo(dst []float64) []float64 {
	dst = d.LocationTo(dst)
	if d.nu <= 1 {
		for i := range dst {
			dst[i] = math.NaN()
		}
	}
	return dst
}

// CovarianceTo writes S ν/(ν−2). For 1 < ν ≤ 2 the variances are +Inf and the
// covariances NaN, and for ν ≤ 1 everything is NaN.
func (d *MultivariateStudentT) CovarianceTo(dst *mat.SymDense) *mat.SymDense {
	dst = d.ScaleTo(dst)
	for i := range d.mu {
		for j := range i + 1 {
			switch {
			case d.nu > 2:
				dst.SetSym(i, j, dst.At(i, j)*(d.nu/(d.nu-2)))
			case d.nu > 1 && i == j:
				dst.SetSym(i, j, math.Inf(1))
			default:
				dst.SetSym(i, j, math.NaN())
			}
		}
	}
	return dst
}

// Entropy returns ((ν+n)/2) (ψ((ν+n)/2) − ψ(ν/2)) − log p(μ).
func (d *MultivariateStudentT) Entropy() float64 {
	n := float64(len(d.mu))
	rise := special.DigammaRise(d.nu/2, n/2)
	return 0.5*(d.nu+n)*rise - d.norm
}

// Evaluation.

// LogProb implements [VectorLogProber].
func (d *MultivariateStudentT) LogProb(x []float64) float64 {
	checkLength(x, len(d.mu))
	return d.logDensity(distanceSquared(x, d.mu, d.l), x)
}

// LogProbTo implements [VectorBatcher], in the blocks of [MultivariateNormal].
func (d *MultivariateStudentT) LogProbTo(dst, x []float64) []float64 {
	n := len(d.mu)
	dst = dstFor(dst, checkBatch(x, n))
	distancesTo(dst, x, d.mu, d.l)
	for i, square := range dst {
		dst[i] = d.logDensity(square, x[i*n:(i+1)*n])
	}
	return dst
}

// logDensity is the log density of x at squared distance square. The tails are so
// heavy that the density does not vanish where the square overflows.
func (d *MultivariateStudentT) logDensity(square float64, x []float64) float64 {
	half := 0.5 * (d.nu + float64(len(d.mu)))
	if math.IsInf(square, 1) {
		return d.norm - half*(2*math.Log(distance(x, d.mu, d.l))-math.Log(d.nu))
	}
	return d.norm - half*math.Log1p(square/d.nu)
}

// Mahalanobis returns √q, the distance of x from μ in units of the scale.
func (d *MultivariateStudentT) Mahalanobis(x []float64) float64 {
	checkLength(x, len(d.mu))
	return distance(x, d.mu, d.l)
}

// Gradients.

// pullTo writes S⁻¹(x − μ) to g, and returns √q and the root of (ν+n)/(ν+q), which is
// how much an observation counts.
func (d *MultivariateStudentT) pullTo(g, x []float64) (far, root float64) {
	for i, m := range d.mu {
		g[i] = x[i] - m
	}
	packedSolve(d.l, g)
	packedSolveT(d.l, g)
	far = distance(x, d.mu, d.l)
	return far, math.Sqrt(d.nu+float64(len(d.mu))) / math.Hypot(math.Sqrt(d.nu), far)
}

// GradLogProbTo implements [VectorGrader]: −(ν+n)/(ν+q) S⁻¹ (x − μ).
func (d *MultivariateStudentT) GradLogProbTo(dst, x []float64) []float64 {
	checkLength(x, len(d.mu))
	dst = dstFor(dst, len(d.mu))
	_, root := d.pullTo(dst, x)
	for i, v := range dst {
		dst[i] = -root * (root * v)
	}
	return dst
}

// Params returns ν, μ, and the lower triangle of S row by row.
func (d *MultivariateStudentT) Params() []float64 {
	return slices.Concat([]float64{d.nu}, d.mu, d.matrix)
}

// ScoreTo implements [VectorScorer]. With g = S⁻¹(x − μ) and w = (ν+n)/(ν+q) it is
// ½ (ψ((ν+n)/2) − ψ(ν/2) − n/ν − log(1+q/ν) + w q/ν) for ν, w g for μ, and
// ½ (w g gᵀ − S⁻¹) for S, twice that off the diagonal.
func (d *MultivariateStudentT) ScoreTo(dst, x []float64) []float64 {
	n := len(d.mu)
	checkLength(x, n)
	dst = dstFor(dst, 1+n+len(d.matrix))
	g, rest := dst[1:1+n], dst[1+n:]
	far, root := d.pullTo(g, x)
	dst[0] = 0.5 * mvStudentRise(d.nu, n)
	if q := far * far; math.IsInf(q, 1) {
		dst[0] += 0.5*(1+float64(n)/d.nu) - math.Log(far) + 0.5*math.Log(d.nu)
	} else {
		dst[0] += 0.5 * mvStudentTail(d.nu, n, q)
	}
	for i := range g {
		g[i] *= root
	}
	scoreMatrix(rest, g, d.inverse())
	for i := range g {
		g[i] *= root
	}
	return dst
}

// mvStudentRise is the part of twice the score of ν that does not depend on q, and
// mvStudentTail the rest.
func mvStudentRise(nu float64, n int) float64 {
	rise := special.DigammaRise(nu/2, float64(n)/2)
	return rise - float64(n)/nu
}

func mvStudentTail(nu float64, n int, q float64) float64 {
	return (nu+float64(n))/(nu+q)*(q/nu) - math.Log1p(q/nu)
}

// Sampling.

// RandTo implements [VectorRander].
func (d *MultivariateStudentT) RandTo(dst []float64, r *rand.Rand) []float64 {
	dst = dstFor(dst, len(d.mu))
	for i := range dst {
		dst[i] = r.NormFloat64()
	}
	packedMul(d.l, dst)
	stretch := math.Exp(0.5 * (math.Log(d.nu/2) - discRandLogGamma(r, d.nu/2)))
	for i, m := range d.mu {
		dst[i] = m + stretch*dst[i]
	}
	return dst
}
