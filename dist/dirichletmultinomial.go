package dist

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/internal/special"
)

// Parameters.

// DirichletMultinomial is the distribution of the numbers of times that each of
// K ≥ 2 outcomes comes up in n trials whose common probabilities have a Dirichlet
// distribution,
//
//	P(x) = n! Γ(A)/Γ(n+A) Π Γ(x_i+α_i)/(x_i! Γ(α_i)),  x_i whole, Σ x_i = n, A = Σ α_i
//
// (Minka 2000, Estimating a Dirichlet distribution, equation 35, there without the
// multinomial coefficient; Pólya's urn with α_i balls of colour i at first).
type DirichletMultinomial struct {
	N     float64   // number of trials, whole
	Alpha []float64 // shapes
}

// NewDirichletMultinomial returns the distribution, or a [*ParameterError]. It
// copies alpha.
func NewDirichletMultinomial(n float64, alpha []float64) (DirichletMultinomial, error) {
	d := DirichletMultinomial{n, slices.Clone(alpha)}
	return d, d.Validate()
}

// Validate returns a [*ParameterError] if no such distribution exists.
func (d DirichletMultinomial) Validate() error {
	const name = "Dirichlet-multinomial"
	if err := discCount(name, "N", d.N, 0); err != nil {
		return err
	}
	return simplexCheckShapes(name, d.Alpha)
}

// String returns "DirichletMultinomial(N: …, Alpha: [… …])", shortened to eight
// outcomes.
func (d DirichletMultinomial) String() string {
	return fmt.Sprintf("DirichletMultinomial(N: %g, Alpha: %s)", d.N, vectorString(d.Alpha))
}

// Dim returns the number of outcomes.
func (d DirichletMultinomial) Dim() int { return len(d.Alpha) }

// Marginals.

// Marginal returns the distribution of component i, beta-binomial with shapes α_i
// and A − α_i.
func (d DirichletMultinomial) Marginal(i int) BetaBinomial {
	return BetaBinomial{d.N, d.Alpha[i], simplexRest(d.Alpha, i, simplexSum(d.Alpha))}
}

// Aggregate returns the distribution of sums of counts, where component i is added
// to component group[i] of the result. The groups are numbered from 0; the error is
// a [*ParameterError] if one of them has no component.
func (d DirichletMultinomial) Aggregate(group []int) (DirichletMultinomial, error) {
	alpha, err := aggregate("Dirichlet-multinomial", d.Alpha, group)
	if err == nil && len(alpha) < 2 {
		err = simplexCheckShapes("Dirichlet-multinomial", alpha)
	}
	return DirichletMultinomial{d.N, alpha}, err
}

// Statistics.

// MeanTo implements [Multivariate]: n α_i/A.
func (d DirichletMultinomial) MeanTo(dst []float64) []float64 {
	dst = dstFor(dst, len(d.Alpha))
	sum := simplexSum(d.Alpha)
	for i, a := range d.Alpha {
		dst[i] = d.N * (a / sum)
	}
	return dst
}

// CovarianceTo implements [Multivariate]: that of the multinomial distribution with
// p_i = α_i/A, times (A + n)/(A + 1).
func (d DirichletMultinomial) CovarianceTo(dst *mat.SymDense) *mat.SymDense {
	sum := simplexSum(d.Alpha)
	return sharesCovariance(dst, d.Alpha, sum, d.N*((sum+d.N)/(sum+1)))
}

// Entropy is exact: the logarithm of the mass is a sum of functions of one count
// each, whose expectations are sums over beta-binomial distributions. They take
// time O(K), which hardly grows with n.
func (d DirichletMultinomial) Entropy() float64 {
	if d.N == 0 {
		return 0
	}
	if len(d.Alpha) == 2 { // without cancellation
		return d.Marginal(0).Entropy()
	}
	a := simplexSum(d.Alpha)
	p, q := a/(a+d.N), d.N/(a+d.N)
	sum := discNegative(d.N, a, p, q)
	for i, v := range d.Alpha {
		b := d.Marginal(i)
		sum -= discSum(func(x float64) float64 {
			return math.Exp(b.logMass(x)) * discNegative(x, v, p, q)
		}, 0, d.N, b.Mean(), math.Sqrt(b.Variance()))
	}
	return max(0, sum)
}

// Evaluation.

// LogProb implements [VectorLogProber]. Given their total, counts with negative
// binomial distributions of sizes α_i and one probability are Dirichlet-multinomial,
// whatever that probability; A/(A+n) puts it where the terms do not cancel.
func (d DirichletMultinomial) LogProb(x []float64) float64 {
	vectorLength(x, len(d.Alpha))
	l, outside := countsOutside(x, d.N)
	switch {
	case outside:
		return l
	case d.N == 0:
		return 0
	}
	a := simplexSum(d.Alpha)
	p, q := a/(a+d.N), d.N/(a+d.N)
	sum := -discNegative(d.N, a, p, q)
	for i, v := range x {
		if v == d.N { // the only mass that may be next to one
			if rest := simplexRest(d.Alpha, i, a); rest <= d.Alpha[i] {
				return d.logAll(d.Alpha[i], rest)
			}
		}
		sum += discNegative(v, d.Alpha[i], p, q)
	}
	return sum
}

// logAll is the log probability that an outcome of shape a gets all n trials, the
// others having shape rest ≤ a: −∫ ψ(t+n) − ψ(t) dt from a to a + rest.
func (d DirichletMultinomial) logAll(a, rest float64) float64 {
	if a < 1e-290 { // the first trial decides, and 1/a may be out of range
		return -math.Log1p(rest / a)
	}
	return -discPanel(func(t float64) float64 {
		rise := special.DigammaRise(a+t, d.N)
		return rise
	}, 0, rest)
}

// LogProbTo implements [VectorBatcher].
func (d DirichletMultinomial) LogProbTo(dst, x []float64) []float64 {
	k := len(d.Alpha)
	dst = dstFor(dst, vectorCount(x, k))
	for i := range dst {
		dst[i] = d.LogProb(x[i*k : (i+1)*k])
	}
	return dst
}

// Gradients.

// Params returns the shapes; n is known from the value.
func (d DirichletMultinomial) Params() []float64 { return slices.Clone(d.Alpha) }

// ScoreTo implements [VectorScorer]: ψ(x_i+α_i) − ψ(α_i) − ψ(n+A) + ψ(A). Outside
// the support it is NaN.
func (d DirichletMultinomial) ScoreTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(d.Alpha))
	vectorLength(x, len(d.Alpha))
	if _, outside := countsOutside(x, d.N); outside {
		return contNaN(dst)
	}
	all := special.DigammaRise(simplexSum(d.Alpha), d.N)
	for i, a := range d.Alpha {
		rise := special.DigammaRise(a, x[i])
		dst[i] = rise - all
	}
	return dst
}

// Sampling.

// RandTo draws one beta-binomial count after the other, each of the trials that are
// left, in time O(K) whatever n.
func (d DirichletMultinomial) RandTo(dst []float64, r *rand.Rand) []float64 {
	dst = dstFor(dst, len(d.Alpha))
	rest := 0.0
	for i := len(dst) - 1; i >= 0; i-- { // what is left after each outcome
		dst[i] = rest
		rest += d.Alpha[i]
	}
	left := d.N
	for i, a := range d.Alpha {
		switch after := dst[i]; {
		case left == 0:
			dst[i] = 0
		case after == 0:
			dst[i] = left
		default:
			dst[i] = randShared(r, left, a, after)
		}
		left -= dst[i]
	}
	return dst
}

// randShared draws how many of n trials go to shape a and not to shape b.
func randShared(r *rand.Rand, n, a, b float64) float64 {
	odds := discRandLogGamma(r, a) - discRandLogGamma(r, b)
	switch {
	case math.IsNaN(odds): // shapes next to zero: one of them gets everything
		if r.Float64() < a/(a+b) {
			return n
		}
		return 0
	case odds > 0: // count the others, whose probability keeps its digits
		return n - Binomial{n, special.Logistic(-odds)}.Rand(r)
	}
	return Binomial{n, special.Logistic(odds)}.Rand(r)
}

// Fitting.

// FitDirichletMultinomial returns the distribution of greatest likelihood for
// vectors of counts of length dim that stand one after the other and have one total
// n, by Newton's method (Minka 2000, Estimating a Dirichlet distribution, section 3).
// Weights, one for each vector, may be nil. The error is a [*FitError]; the
// likelihood has no maximum if the counts vary no more than multinomial ones, if
// each vector has one outcome only, or if an outcome never comes up.
func FitDirichletMultinomial(dim int, x, w []float64) (DirichletMultinomial, error) {
	const name = "Dirichlet-multinomial"
	if dim < 2 {
		return DirichletMultinomial{}, &ParameterError{name, "number of components", float64(dim), "at least 2"}
	}
	n, total, err := countsSample(name, dim, x, w)
	if err != nil {
		return DirichletMultinomial{}, err
	}
	values, shares := make([][]float64, dim), make([][]float64, dim)
	alpha := make([]float64, dim)
	var within, between float64
	column := make([]float64, len(x)/dim)
	for k := range dim {
		for i := range column {
			column[i] = x[i*dim+k]
		}
		values[k], shares[k] = discCounts(column, w, total)
		mean, square := discSpread(values[k], shares[k])
		if mean == 0 {
			return DirichletMultinomial{}, &FitError{name, -1, fmt.Sprintf("outcome %d never comes up", k)}
		}
		alpha[k] = mean / n
		within += mean * (1 - mean/n)
		between += square
	}
	// The variances are those of the multinomial times (A + n)/(A + 1).
	size := (n*within - between) / (between - within)
	switch {
	case !(between > within*(1+1e-9)):
		return DirichletMultinomial{}, &FitError{name, -1, "the counts vary no more than multinomial ones"}
	case !(size > 1e-9):
		return DirichletMultinomial{}, &FitError{name, -1, "every observation has one outcome only"}
	}
	for k := range alpha {
		alpha[k] *= max(size, 1e-3)
	}
	if !maximizeShapes(alpha, func(alpha, grad, curve []float64) (value, common float64) {
		a := simplexSum(alpha)
		p, q := a/(a+n), n/(a+n)
		value = -discNegative(n, a, p, q)
		all, common := special.DigammaRise(a, n), special.TrigammaFall(a, n)
		for k, v := range alpha {
			grad[k], curve[k] = -all, 0
			for i, count := range values[k] {
				rise, fall := special.DigammaRise(v, count), special.TrigammaFall(v, count)
				value += shares[k][i] * discNegative(count, v, p, q)
				grad[k] += shares[k][i] * rise
				curve[k] += shares[k][i] * fall
			}
		}
		return value, common
	}) || simplexSum(alpha) > 1e9*n {
		return DirichletMultinomial{}, &FitError{name, -1, "the counts vary no more than multinomial ones"}
	}
	return DirichletMultinomial{n, alpha}, nil
}
