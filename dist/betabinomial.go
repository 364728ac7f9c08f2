package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/special"
)

// Parameters.

// BetaBinomial is the distribution of the number of successes in n trials whose
// common probability has a beta distribution,
//
//	P(x) = C(n, x) B(x+α, n−x+β)/B(α, β),  x = 0, …, n.
type BetaBinomial struct {
	N     float64 // number of trials, whole
	Alpha float64 // shape of success
	Beta  float64 // shape of failure
}

// NewBetaBinomial returns the distribution, or a [*ParameterError].
func NewBetaBinomial(n, alpha, beta float64) (BetaBinomial, error) {
	d := BetaBinomial{n, alpha, beta}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d BetaBinomial) Validate() error {
	const name = "beta-binomial"
	return firstError(discCount(name, "N", d.N, 0), positive(name, "Alpha", d.Alpha), positive(name, "Beta", d.Beta))
}

// String returns "BetaBinomial(N: …, Alpha: …, Beta: …)".
func (d BetaBinomial) String() string {
	return fmt.Sprintf("BetaBinomial(N: %g, Alpha: %g, Beta: %g)", d.N, d.Alpha, d.Beta)
}

// Support is 0, …, n.
func (d BetaBinomial) Support() Support { return Support{Lower: 0, Upper: d.N, Discrete: true} }

// Statistics.

// Mean returns n α/(α+β).
func (d BetaBinomial) Mean() float64 { return d.N * (d.Alpha / (d.Alpha + d.Beta)) }

// Variance returns n αβ (α+β+n)/((α+β)² (α+β+1)).
func (d BetaBinomial) Variance() float64 {
	s := d.Alpha + d.Beta
	return d.N * (d.Alpha / s) * (d.Beta / s) * ((s + d.N) / (s + 1))
}

// Entropy is summed, in time that hardly grows with n.
func (d BetaBinomial) Entropy() float64 {
	return discEntropy(d.Support(), d.Mean(), math.Sqrt(d.Variance()), d.N, d.logMass)
}

// Evaluation.

// logMass is log P(x) for real 0 ≤ x ≤ n: three negative binomial masses with the
// same p, or at the ends, where P(x) may be next to one, a product.
func (d BetaBinomial) logMass(x float64) float64 {
	if d.N <= 1000 && d.N == math.Floor(d.N) {
		if x == 0 {
			return d.logNone(d.Alpha, d.Beta)
		}
		if x == d.N {
			return d.logNone(d.Beta, d.Alpha)
		}
	}
	s := d.Alpha + d.Beta
	p, q := s/(s+d.N), d.N/(s+d.N)
	return discNegative(x, d.Alpha, p, q) + discNegative(d.N-x, d.Beta, p, q) - discNegative(d.N, s, p, q)
}

// logNone is the log probability that all n trials turn against shape a, which
// Pólya's urn makes a product.
func (d BetaBinomial) logNone(a, b float64) float64 {
	sum := 0.0
	for i := 0.0; i < d.N; i++ {
		if a < b+i {
			sum += math.Log1p(-a / (a + b + i))
		} else {
			sum += math.Log((b + i) / (a + b + i))
		}
	}
	return sum
}

// LogProb implements [LogProber].
func (d BetaBinomial) LogProb(x float64) float64 {
	if l, out := discOutside(x, d.Support()); out {
		return l
	}
	return d.logMass(x)
}

// LogProbTo implements [Batcher].
func (d BetaBinomial) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	t := d.Alpha + d.Beta
	p, q := t/(t+d.N), d.N/(t+d.N)
	s, whole := d.Support(), discNegative(d.N, t, p, q)
	for i, v := range x {
		l, out := discOutside(v, s)
		switch {
		case out:
			dst[i] = l
		case v == 0 || v == d.N:
			dst[i] = d.logMass(v)
		default:
			dst[i] = discNegative(v, d.Alpha, p, q) + discNegative(d.N-v, d.Beta, p, q) - whole
		}
	}
	return dst
}

// tails returns the logarithms of CDF and survival, the one on x's side of the mean
// summed.
func (d BetaBinomial) tails(x float64) (logCDF, logSurvival float64) {
	if c, s, beyond := discBeyond(x, d.Support()); beyond {
		return c, s
	}
	x = math.Floor(x)
	if x < d.Mean() {
		logCDF = d.lower(x)
		return logCDF, special.Log1mExp(logCDF)
	}
	logSurvival = BetaBinomial{d.N, d.Beta, d.Alpha}.lower(d.N - x - 1)
	return special.Log1mExp(logSurvival), logSurvival
}

// lower is log P(X ≤ x). It walks down from x if the mass is log-concave, and
// otherwise adds up everything in units of the greatest mass.
func (d BetaBinomial) lower(x float64) float64 {
	top := d.logMass(x)
	if d.Alpha >= 1 && d.Beta >= 1 {
		sum, ok := discWalk(func(i float64) float64 {
			k := x - i + 1 // from k to k−1
			return k * (d.N - k + d.Beta) / ((d.N - k + 1) * (k - 1 + d.Alpha))
		})
		if ok {
			return min(0, top+math.Log(sum))
		}
	}
	top = max(top, d.logMass(0))
	sum := discSum(func(k float64) float64 { return math.Exp(d.logMass(k) - top) }, 0, x, d.Mean(), math.Sqrt(d.Variance()))
	return min(0, top+math.Log(sum))
}

// CDF implements [CDFer].
func (d BetaBinomial) CDF(x float64) float64 { return math.Exp(d.LogCDF(x)) }

// LogCDF implements [CDFer].
func (d BetaBinomial) LogCDF(x float64) float64 {
	c, _ := d.tails(x)
	return c
}

// Survival implements [CDFer].
func (d BetaBinomial) Survival(x float64) float64 {
	_, s := d.tails(x)
	return math.Exp(s)
}

// LogSurvival implements [LogSurvivaler].
func (d BetaBinomial) LogSurvival(x float64) float64 {
	_, l := d.tails(x)
	return l
}

// Quantile implements [Quantiler].
func (d BetaBinomial) Quantile(p float64) float64 {
	return discQuantile(p, d.Support(), d.Mean(), math.Sqrt(d.Variance()), 0, d.CDF)
}

// UpperQuantile implements [UpperQuantiler].
func (d BetaBinomial) UpperQuantile(q float64) float64 {
	return discUpperQuantile(q, d.Support(), d.Mean(), math.Sqrt(d.Variance()), 0, d.Survival)
}

// Gradients.

// Params returns n, α and β.
func (d BetaBinomial) Params() []float64 { return []float64{d.N, d.Alpha, d.Beta} }

// ScoreTo implements [Scorer]. The derivative in n is that of the formula with
// gamma functions for factorials.
func (d BetaBinomial) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 3)
	up := special.DigammaRise(d.Alpha, x)
	down := special.DigammaRise(d.Beta, d.N-x)
	all := special.DigammaRise(d.Alpha+d.Beta, d.N)
	choose := special.DigammaRise(d.N-x+1, x)
	urn := special.DigammaRise(d.N-x+d.Beta, d.Alpha+x)
	dst[0], dst[1], dst[2] = choose-urn, up-all, down-all
	return dst
}

// Sampling.

// Rand draws the probability from two gamma variates, then the successes.
func (d BetaBinomial) Rand(r *rand.Rand) float64 { return randShared(r, d.N, d.Alpha, d.Beta) }

// Fitting.

// FitBetaBinomial returns the distribution of greatest likelihood for a known
// number of trials, by Newton's method in log α and log β from the estimate by
// moments (Griffiths 1973), the step halved until the likelihood grows. Weights may
// be nil. The error is a [*FitError], or a [*ParameterError] for an impossible n;
// the likelihood has no maximum if the counts vary no more than binomial ones, or
// if they are all none or all of the trials.
func FitBetaBinomial(n float64, x, w []float64) (BetaBinomial, error) {
	const name = "beta-binomial"
	d := BetaBinomial{n, 1, 1}
	if err := d.Validate(); err != nil {
		return BetaBinomial{}, err
	}
	total, err := checkSample(name, d.Support(), x, w)
	if err != nil {
		return BetaBinomial{}, err
	}
	values, shares := discCounts(x, w, total)
	inner := false
	for i, v := range values {
		inner = inner || shares[i] > 0 && v > 0 && v < n
	}
	mean, square := discSpread(values, shares)
	p := mean / n
	within := n * p * (1 - p) // of the binomial distribution
	switch {
	case !inner:
		return BetaBinomial{}, &FitError{name, -1, "the counts are all none or all of the trials"}
	case !(square > within*(1+1e-9)):
		return BetaBinomial{}, &FitError{name, -1, "the counts vary no more than binomial ones"}
	}
	size := max(1e-3, (n*within-square)/(square-within))
	d.Alpha, d.Beta = size*p, size*(1-p)
	likelihood := func(d BetaBinomial) (sum float64) {
		for i, v := range values {
			if shares[i] > 0 {
				sum += shares[i] * d.logMass(v)
			}
		}
		return sum
	}
	last := likelihood(d)
	for range 200 {
		da, db := newtonBetaBinomial(d, values, shares)
		done := math.Abs(da)+math.Abs(db) < 1e-11
		for range 60 {
			next := BetaBinomial{n, d.Alpha * math.Exp(da), d.Beta * math.Exp(db)}
			if l := likelihood(next); l >= last || done {
				d, last = next, l
				break
			}
			da, db = da/2, db/2
		}
		if done || d.Alpha+d.Beta > 1e9 {
			break
		}
	}
	if !(d.Alpha+d.Beta < 1e9) {
		return BetaBinomial{}, &FitError{name, -1, "the counts vary no more than binomial ones"}
	}
	return d, nil
}

// newtonBetaBinomial is the step of Newton's method in log α and log β, or along the
// gradient where the log likelihood is not concave.
func newtonBetaBinomial(d BetaBinomial, values, shares []float64) (da, db float64) {
	all, bend := special.DigammaRise(d.Alpha+d.Beta, d.N), special.TrigammaFall(d.Alpha+d.Beta, d.N)
	ga, gb, haa, hbb := -all, -all, bend, bend
	for i, v := range values {
		rise, fall := special.DigammaRise(d.Alpha, v), special.TrigammaFall(d.Alpha, v)
		ga += shares[i] * rise
		haa -= shares[i] * fall
		rise, fall = special.DigammaRise(d.Beta, d.N-v), special.TrigammaFall(d.Beta, d.N-v)
		gb += shares[i] * rise
		hbb -= shares[i] * fall
	}
	haa, hbb = d.Alpha*(d.Alpha*haa+ga), d.Beta*(d.Beta*hbb+gb)
	hab := d.Alpha * d.Beta * bend
	ga, gb = ga*d.Alpha, gb*d.Beta
	if det := haa*hbb - hab*hab; haa < 0 && det > 0 {
		da, db = (hab*gb-hbb*ga)/det, (hab*ga-haa*gb)/det
	} else {
		da, db = ga, gb
	}
	if long := max(math.Abs(da), math.Abs(db)); long > 2 {
		da, db = 2*da/long, 2*db/long
	}
	return da, db
}
