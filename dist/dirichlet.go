package dist

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/special"
)

// Parameters.

// Dirichlet is the distribution of probabilities x_1, …, x_K, K ≥ 2, which are not
// negative and sum to one,
//
//	p(x) = Γ(A)/(Γ(α_1) ⋯ Γ(α_K)) Π x_i^(α_i−1),  A = Σ α_i
//
// (Bishop 2006, equation 2.38), a density of the first K − 1 of them.
//
// A value has all K components, so that rounding may take it off the simplex: it
// counts as x/Σ x_i if Σ x_i is one up to 1e-8, and has density zero otherwise. At
// corners where a factor that vanishes meets one that diverges, the density is zero.
type Dirichlet struct {
	Alpha []float64 // shapes

	ready *dirichletConstant // of NewDirichlet; nil otherwise
}

// NewDirichlet returns the distribution, or a [*ParameterError]. It copies alpha and
// prepares LogProb, which then takes no gamma functions.
func NewDirichlet(alpha []float64) (Dirichlet, error) {
	d := Dirichlet{Alpha: slices.Clone(alpha)}
	if err := d.Validate(); err != nil {
		return d, err
	}
	c := d.constant()
	d.ready = &c
	return d, nil
}

// Validate returns a [*ParameterError] if no such distribution exists.
func (d Dirichlet) Validate() error { return simplexCheckShapes("Dirichlet", d.Alpha) }

// String returns "Dirichlet(Alpha: [… …])", shortened to eight components.
func (d Dirichlet) String() string { return fmt.Sprintf("Dirichlet(Alpha: %s)", vectorString(d.Alpha)) }

// Dim returns K.
func (d Dirichlet) Dim() int { return len(d.Alpha) }

// Marginals.

// Marginal returns the distribution of component i, beta with shapes α_i and A − α_i.
func (d Dirichlet) Marginal(i int) Beta {
	return Beta{d.Alpha[i], simplexRest(d.Alpha, i, simplexSum(d.Alpha))}
}

// Aggregate returns the distribution of sums of components, where component i is
// added to component group[i] of the result. The groups are numbered from 0; the
// error is a [*ParameterError] if one of them has no component.
func (d Dirichlet) Aggregate(group []int) (Dirichlet, error) {
	alpha, err := aggregate("Dirichlet", d.Alpha, group)
	if err != nil {
		return Dirichlet{}, err
	}
	return NewDirichlet(alpha)
}

// Statistics.

// MeanTo implements [Multivariate]: α_i/A.
func (d Dirichlet) MeanTo(dst []float64) []float64 {
	dst = dstFor(dst, len(d.Alpha))
	sum := simplexSum(d.Alpha)
	for i, a := range d.Alpha {
		dst[i] = a / sum
	}
	return dst
}

// CovarianceTo implements [Multivariate]: with the means m, m_i (1 − m_i)/(A + 1) on
// the diagonal and −m_i m_j/(A + 1) beside it. The matrix is singular.
func (d Dirichlet) CovarianceTo(dst *mat.SymDense) *mat.SymDense {
	sum := simplexSum(d.Alpha)
	return sharesCovariance(dst, d.Alpha, sum, 1/(sum+1))
}

// Entropy returns the differential entropy of the first K − 1 components,
// Σ log Γ(α_i) − log Γ(A) + (A − K) ψ(A) − Σ (α_i − 1) ψ(α_i), where large terms
// are cancelled beforehand.
func (d Dirichlet) Entropy() float64 {
	a := simplexSum(d.Alpha)
	sum := special.Stirling(a) + halfLog2Pi - 0.5*math.Log(a) + float64(len(d.Alpha))*math.Log(a)
	rest := special.DigammaRest(a)
	for _, v := range d.Alpha {
		sum -= (v - 1) * rest
		if v >= dirichletLarge {
			sum += (v-1)*special.DigammaRest(v) - 0.5*math.Log(v) - halfLog2Pi - special.Stirling(v)
		} else {
			l, _ := math.Lgamma(v)
			sum += (v-1)*(special.DigammaRest(v)+math.Log(v)) - v - l
		}
	}
	if math.IsNaN(sum) { // shapes next to zero, whose terms overflow
		return math.Inf(-1)
	}
	return -sum
}

// Evaluation.

// dirichletLarge is the shape from which the saddle-point expansion serves, and
// dirichletPlain the sum of shapes up to which the plain formula does, as its terms
// are at most some thousands.
const (
	dirichletLarge = 10
	dirichletPlain = 1000
)

// A dirichletConstant is what the densities of all values have in common.
type dirichletConstant struct{ sum, shift float64 }

// constant prepares LogProb. Beyond dirichletPlain, shift leaves out A log A, with
// which each component takes its part of the exponent, as Loader (2000) does for
// binomial masses.
func (d Dirichlet) constant() dirichletConstant {
	if d.ready != nil {
		return *d.ready
	}
	c := dirichletConstant{sum: simplexSum(d.Alpha)}
	if c.sum <= dirichletPlain {
		c.shift, _ = math.Lgamma(c.sum)
		for _, a := range d.Alpha {
			l, _ := math.Lgamma(a)
			c.shift -= l
		}
		return c
	}
	logSum := math.Log(c.sum)
	c.shift = special.Stirling(c.sum) + halfLog2Pi - 0.5*logSum
	for _, a := range d.Alpha {
		if a >= dirichletLarge {
			c.shift += 0.5*math.Log(a) - halfLog2Pi - special.Stirling(a)
		} else {
			l, _ := math.Lgamma(a)
			c.shift += a*logSum - l
		}
	}
	return c
}

// logProb is LogProb after preparation, in one pass where numbers are ordinary.
func (d *Dirichlet) logProb(c dirichletConstant, x []float64) float64 {
	if c.sum > dirichletPlain {
		return d.logProbAny(c, x)
	}
	sum, total := c.shift, 0.0
	x = x[:len(d.Alpha)]
	for i, v := range x {
		if !(v >= 0x1p-1022) {
			return d.logProbAny(c, x)
		}
		a := d.Alpha[i]
		total += v
		sum += (a - 1) * math.Log(v)
	}
	excess := total - 1
	if !(math.Abs(excess) <= simplexTolerance) {
		return math.Inf(-1)
	}
	return sum - (c.sum-float64(len(x)))*(excess-0.5*excess*excess) // the series of log(1+excess)
}

// logProbAny is logProb for any shapes and values.
func (d *Dirichlet) logProbAny(c dirichletConstant, x []float64) float64 {
	total, l, outside := simplexOutside(x)
	if outside {
		return l
	}
	sum, vanishes := c.shift, false
	for i, a := range d.Alpha {
		v := x[i] / total
		switch {
		case v == 0 && a > 1:
			vanishes = true
		case c.sum > dirichletPlain && a >= dirichletLarge:
			sum -= discDeviance(a, c.sum*v) + careful.Log(v)
		default:
			if a != 1 {
				sum += (a - 1) * careful.Log(v)
			}
			if c.sum > dirichletPlain {
				sum -= c.sum * v
			}
		}
	}
	if vanishes {
		return math.Inf(-1)
	}
	return sum
}

// LogProb implements [VectorLogProber]. It keeps its digits also for large shapes,
// where the terms of the formula cancel.
func (d Dirichlet) LogProb(x []float64) float64 {
	vectorLength(x, len(d.Alpha))
	return d.logProb(d.constant(), x)
}

// LogProbTo implements [VectorBatcher].
func (d Dirichlet) LogProbTo(dst, x []float64) []float64 {
	k := len(d.Alpha)
	dst = dstFor(dst, vectorCount(x, k))
	c := d.constant()
	for i := range dst {
		dst[i] = d.logProb(c, x[i*k:(i+1)*k])
	}
	return dst
}

// Gradients.

// GradLogProbTo implements [VectorGrader]: (α_i − 1)/x_i, the derivatives of the
// formula as if each component could move alone. Along the simplex, the derivative
// in direction v, Σ v_i = 0, is their product with v. Off the simplex they are NaN.
func (d Dirichlet) GradLogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(d.Alpha))
	vectorLength(x, len(d.Alpha))
	total, _, outside := simplexOutside(x)
	if outside {
		return contNaN(dst)
	}
	for i, a := range d.Alpha {
		if dst[i] = 0; a != 1 {
			dst[i] = (a - 1) * (total / x[i])
		}
	}
	return dst
}

// Params returns the shapes.
func (d Dirichlet) Params() []float64 { return slices.Clone(d.Alpha) }

// ScoreTo implements [VectorScorer]: ψ(A) − ψ(α_i) + log x_i.
func (d Dirichlet) ScoreTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(d.Alpha))
	vectorLength(x, len(d.Alpha))
	total, _, outside := simplexOutside(x)
	if outside {
		return contNaN(dst)
	}
	sum := simplexSum(d.Alpha)
	rest := special.DigammaRest(sum)
	for i, a := range d.Alpha {
		dst[i] = contLogRatio(x[i]/total, a/sum) + rest - special.DigammaRest(a)
	}
	return dst
}

// Sampling.

// RandTo draws gamma variates and divides by their sum (Devroye 1986, section
// XI.4.1): in logarithms if a shape is so small that they could underflow to nothing.
func (d Dirichlet) RandTo(dst []float64, r *rand.Rand) []float64 {
	dst = dstFor(dst, len(d.Alpha))
	sum := 0.0
	if low, high := slices.Min(d.Alpha), slices.Max(d.Alpha); low > 0.1 && high < 1e290 {
		for i, a := range d.Alpha {
			v, boost := randGamma(r, a)
			if boost != 0 {
				v *= math.Exp(boost) // at least 2^(−54/0.1)
			}
			dst[i] = v
			sum += v
		}
	} else {
		top := math.Inf(-1)
		for i, a := range d.Alpha {
			dst[i] = discRandLogGamma(r, a)
			top = max(top, dst[i])
		}
		if math.IsInf(top, -1) { // shapes next to zero: one component has everything
			return randCorner(dst, d.Alpha, r)
		}
		for i, l := range dst {
			dst[i] = math.Exp(l - top)
			sum += dst[i]
		}
	}
	for i := range dst {
		dst[i] /= sum
	}
	return dst
}

// randCorner sets one component to one, in proportion to the shapes.
func randCorner(dst, alpha []float64, r *rand.Rand) []float64 {
	u, sum, last := r.Float64(), simplexSum(alpha), 0
	for i, a := range alpha {
		dst[i] = 0
		if last = i; u < a/sum {
			break
		}
		u -= a / sum
	}
	clear(dst[last:])
	dst[last] = 1
	return dst
}

// Fitting.

// FitDirichlet returns the distribution of greatest likelihood for values of length
// dim that stand one after the other, by Newton's method from the estimate by
// moments (Minka 2000, Estimating a Dirichlet distribution). Weights, one for each
// value, may be nil. The error is a [*FitError]; the likelihood has no maximum if
// the values do not vary, or if a component is zero.
func FitDirichlet(dim int, x, w []float64) (Dirichlet, error) {
	const name = "Dirichlet"
	if dim < 2 {
		return Dirichlet{}, &ParameterError{name, "number of components", float64(dim), "at least 2"}
	}
	total, err := vectorSample(name, dim, x, w, func(row []float64) string {
		if _, _, outside := simplexOutside(row); outside {
			return fmt.Sprintf("is %s, which is not on the simplex", vectorString(row))
		}
		if i := slices.Index(row, 0); i >= 0 {
			return fmt.Sprintf("has component %d at 0, where the likelihood has no maximum", i)
		}
		return ""
	})
	if err != nil {
		return Dirichlet{}, err
	}
	mean, logMean, spread := dirichletStatistics(dim, x, w, total)
	size := 0.0
	for _, m := range mean {
		size += m * (1 - m)
	}
	size = size/spread - 1
	if !(spread > 0) || math.IsInf(size, 1) {
		return Dirichlet{}, &FitError{name, -1, "the observations do not vary"}
	}
	alpha := make([]float64, dim)
	for i, m := range mean {
		alpha[i] = max(size, 1e-2) * max(m, 1e-6)
	}
	if !maximizeShapes(alpha, func(alpha, grad, curve []float64) (value, common float64) {
		a := simplexSum(alpha)
		rest := special.DigammaRest(a)
		value = special.Stirling(a) - 0.5*math.Log(a) // as logProb, of logarithms that are means
		for i, v := range alpha {
			m := a * mean[i]
			value += v*logMean[i] - discDeviance(v, m) + 0.5*math.Log(v) - special.Stirling(v)
			grad[i] = logMean[i] - contLogRatio(v, m) + rest - special.DigammaRest(v)
			curve[i] = special.Trigamma(v)
		}
		return value, special.Trigamma(a)
	}) {
		return Dirichlet{}, &FitError{name, -1, "the observations hardly vary, or are all but corners"}
	}
	return NewDirichlet(alpha)
}

// dirichletStatistics returns the weighted means, the weighted means of log x_i less
// the logarithms of the means, and the sum of the variances.
func dirichletStatistics(dim int, x, w []float64, total float64) (mean, logMean []float64, spread float64) {
	mean, logMean = make([]float64, dim), make([]float64, dim)
	for i := range len(x) / dim {
		row := x[i*dim : (i+1)*dim]
		share := weightAt(w, i) / total / simplexSum(row)
		for k, v := range row {
			mean[k] += share * v
		}
	}
	for i := range len(x) / dim {
		row := x[i*dim : (i+1)*dim]
		share, sum := weightAt(w, i)/total, simplexSum(row)
		for k, v := range row {
			logMean[k] += share * contLogRatio(v/sum, mean[k])
			spread += share * (v/sum - mean[k]) * (v/sum - mean[k])
		}
	}
	return mean, logMean, spread
}
