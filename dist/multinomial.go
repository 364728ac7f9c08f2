package dist

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/internal/careful"
)

// Parameters.

// Multinomial is the distribution of the numbers of times that each of K outcomes
// comes up in n independent trials with probabilities p_1, …, p_K,
//
//	P(x) = n!/(x_1! ⋯ x_K!) Π p_i^x_i,  x_i whole, Σ x_i = n
//
// (Bishop 2006, equation 2.34).
type Multinomial struct {
	N float64   // number of trials, whole
	P []float64 // probabilities of the outcomes
}

// NewMultinomial returns the distribution, or a [*ParameterError]. The probabilities
// must sum to one up to 1e-8, and are then divided by their sum; they are copied.
func NewMultinomial(n float64, p []float64) (Multinomial, error) {
	d := Multinomial{n, slices.Clone(p)}
	if err := d.Validate(); err != nil {
		return d, err
	}
	sum := simplexSum(p)
	for i := range d.P {
		d.P[i] /= sum
	}
	return d, nil
}

// Validate returns a [*ParameterError] if no such distribution exists.
func (d Multinomial) Validate() error {
	const name = "multinomial"
	if err := discCount(name, "N", d.N, 0); err != nil {
		return err
	}
	if len(d.P) == 0 {
		return &ParameterError{name, "number of outcomes", 0, "positive"}
	}
	sum := 0.0
	for i, p := range d.P {
		if err := probability(name, fmt.Sprintf("P[%d]", i), p); err != nil {
			return err
		}
		sum += p
	}
	if !(math.Abs(sum-1) <= simplexTolerance) {
		return &ParameterError{name, "sum of P", sum, "one"}
	}
	return nil
}

// String returns "Multinomial(N: …, P: [… …])", shortened to eight outcomes.
func (d Multinomial) String() string {
	return fmt.Sprintf("Multinomial(N: %g, P: %s)", d.N, vectorString(d.P))
}

// Dim returns the number of outcomes.
func (d Multinomial) Dim() int { return len(d.P) }

// Marginals.

// Marginal returns the distribution of component i, binomial with probability p_i.
func (d Multinomial) Marginal(i int) Binomial { return Binomial{d.N, d.P[i]} }

// Aggregate returns the distribution of sums of counts, where component i is added
// to component group[i] of the result. The groups are numbered from 0; the error is
// a [*ParameterError] if one of them has no component.
func (d Multinomial) Aggregate(group []int) (Multinomial, error) {
	p, err := aggregate("multinomial", d.P, group)
	return Multinomial{d.N, p}, err
}

// Statistics.

// MeanTo implements [Multivariate]: n p_i.
func (d Multinomial) MeanTo(dst []float64) []float64 {
	dst = dstFor(dst, len(d.P))
	for i, p := range d.P {
		dst[i] = d.N * p
	}
	return dst
}

// CovarianceTo implements [Multivariate]: n p_i (1 − p_i) on the diagonal and
// −n p_i p_j beside it. The matrix is singular.
func (d Multinomial) CovarianceTo(dst *mat.SymDense) *mat.SymDense {
	return sharesCovariance(dst, d.P, 1, d.N)
}

// Entropy is exact: the logarithm of the mass is a sum of functions of one count
// each, whose expectations are sums over binomial distributions. They take time
// O(K), which hardly grows with n. Rounding is about 1e-14 of ½ log(2πn) for each
// outcome that is likely.
func (d Multinomial) Entropy() float64 {
	outcomes, least := 0, 1.0
	for _, p := range d.P {
		if p > 0 {
			outcomes++
			least = min(least, p)
		}
	}
	if outcomes <= 2 { // without cancellation
		return Binomial{d.N, least}.Entropy()
	}
	sum := 0.0
	if d.N > 0 {
		sum = discPoisson(d.N, d.N)
	}
	for _, p := range d.P {
		b := Binomial{d.N, min(p, 1)}
		s, sd := b.Support(), math.Sqrt(b.Variance())
		lo, hi := max(s.Lower, math.Floor(b.Mean()-discReach(sd))), min(s.Upper, math.Ceil(b.Mean()+discReach(sd)))
		sum -= discSum(func(x float64) float64 {
			return math.Exp(b.logMass(x)) * discPoisson(x, d.N*p)
		}, lo, hi, b.Mean(), sd)
	}
	return max(0, sum)
}

// Evaluation.

// LogProb implements [VectorLogProber]. Given their total, counts with Poisson
// distributions of means n p_i are multinomial; the masses of those are Loader's.
func (d Multinomial) LogProb(x []float64) float64 {
	vectorLength(x, len(d.P))
	l, outside := countsOutside(x, d.N)
	switch {
	case outside:
		return l
	case d.N == 0:
		return 0
	}
	sum := -discPoisson(d.N, d.N)
	for i, v := range x {
		if v == d.N { // the only mass that may be next to one
			return -d.N * math.Log1p(simplexRest(d.P, i, simplexSum(d.P))/d.P[i])
		}
		sum += discPoisson(v, d.N*d.P[i])
	}
	return sum
}

// LogProbTo implements [VectorBatcher].
func (d Multinomial) LogProbTo(dst, x []float64) []float64 {
	k := len(d.P)
	dst = dstFor(dst, vectorCount(x, k))
	for i := range dst {
		dst[i] = d.LogProb(x[i*k : (i+1)*k])
	}
	return dst
}

// Gradients.

// Params returns the probabilities; n is known from the value.
func (d Multinomial) Params() []float64 { return slices.Clone(d.P) }

// ScoreTo implements [VectorScorer], the derivatives with p_i/Σ p_j in place of p_i:
// x_i/p_i − n. Outside the support they are NaN.
func (d Multinomial) ScoreTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(d.P))
	vectorLength(x, len(d.P))
	if _, outside := countsOutside(x, d.N); outside {
		return contNaN(dst)
	}
	excess := careful.Accumulator{} // what rounding makes of Σ p − 1, which n magnifies
	excess.Add(-1)
	for _, p := range d.P {
		excess.Add(p)
	}
	for i, p := range d.P {
		if dst[i] = -d.N; x[i] > 0 {
			dst[i] = math.FMA(-d.N, p, x[i])/p + d.N*excess.Sum()
		}
	}
	return dst
}

// Sampling.

// RandTo draws one binomial count after the other, each of the trials that are left
// (Devroye 1986, section XI.1.4), in time O(K) whatever n.
func (d Multinomial) RandTo(dst []float64, r *rand.Rand) []float64 {
	dst = dstFor(dst, len(d.P))
	rest := 0.0
	for i := len(dst) - 1; i >= 0; i-- { // what is left from each outcome on
		rest += d.P[i]
		dst[i] = rest
	}
	left := d.N
	for i, p := range d.P {
		if left == 0 || p == 0 {
			dst[i] = 0
			continue
		}
		dst[i] = Binomial{left, min(1, p/dst[i])}.Rand(r)
		left -= dst[i]
	}
	return dst
}

// Fitting.

// FitMultinomial returns the distribution of greatest likelihood for vectors of
// counts of length dim that stand one after the other and have one total n: p is
// the weighted mean over n (Bishop 2006, equation 2.33). Weights, one for each
// vector, may be nil. The error is a [*FitError].
func FitMultinomial(dim int, x, w []float64) (Multinomial, error) {
	const name = "multinomial"
	n, total, err := countsSample(name, dim, x, w)
	if err != nil {
		return Multinomial{}, err
	}
	p := make([]float64, dim)
	for i := range len(x) / dim {
		share := weightAt(w, i) / total
		for k, v := range x[i*dim : (i+1)*dim] {
			p[k] += share * (v / n)
		}
	}
	return NewMultinomial(n, p)
}
