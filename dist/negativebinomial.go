package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/special"
)

// Parameters.

// NegativeBinomial is the distribution of the number of failures before the r-th
// success in independent trials with probability p of success, with the formula
// taken for real r > 0, too,
//
//	P(x) = Γ(x+r)/(Γ(r) x!) p^r (1−p)^x,  x = 0, 1, …
//
// It is also the mixture of Poisson distributions whose rate has a gamma
// distribution of shape r and rate p/(1−p); in terms of its mean μ, p = r/(r+μ).
type NegativeBinomial struct {
	R float64 // number of successes, or shape
	P float64 // probability of success
}

// NewNegativeBinomial returns the distribution, or a [*ParameterError].
func NewNegativeBinomial(r, p float64) (NegativeBinomial, error) {
	d := NegativeBinomial{r, p}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d NegativeBinomial) Validate() error {
	return firstError(positive("negative binomial", "R", d.R), discProbability("negative binomial", "P", d.P))
}

// String returns "NegativeBinomial(R: …, P: …)".
func (d NegativeBinomial) String() string {
	return fmt.Sprintf("NegativeBinomial(R: %g, P: %g)", d.R, d.P)
}

// Support is 0, 1, …, or 0 if success is certain.
func (d NegativeBinomial) Support() Support { return Geometric{d.P}.Support() }

// Statistics.

// Mean returns r (1 − p)/p.
func (d NegativeBinomial) Mean() float64 { return d.R * (1 - d.P) / d.P }

// Variance returns r (1 − p)/p².
func (d NegativeBinomial) Variance() float64 { return d.R * (1 - d.P) / d.P / d.P }

// deviation is the standard deviation, also where the variance overflows.
func (d NegativeBinomial) deviation() float64 { return math.Sqrt(d.R*(1-d.P)) / d.P }

// Entropy is summed, in time that hardly grows with the mean.
func (d NegativeBinomial) Entropy() float64 {
	sd := d.deviation()
	return discEntropy(d.Support(), d.Mean(), sd, discReach(sd+1/d.P), d.logMass)
}

// Evaluation.

// logMass is log P(x) for real x ≥ 0.
func (d NegativeBinomial) logMass(x float64) float64 { return discNegative(x, d.R, d.P, 1-d.P) }

// LogProb implements [LogProber] by Loader's expansion.
func (d NegativeBinomial) LogProb(x float64) float64 {
	if l, out := discOutside(x, d.Support()); out {
		return l
	}
	return d.logMass(x)
}

// LogProbTo implements [Batcher].
func (d NegativeBinomial) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	s, q := d.Support(), 1-d.P
	shift := 0.5*math.Log(d.R) - special.Stirling(d.R) - halfLog2Pi
	for i, v := range x {
		l, out := discOutside(v, s)
		switch n := d.R + v; {
		case out:
			dst[i] = l
		case v == 0:
			dst[i] = d.logMass(v)
		default:
			dst[i] = shift + special.Stirling(n) - special.Stirling(v) - discDeviance(d.R, n*d.P) - discDeviance(v, n*q) -
				0.5*(math.Log(v)+math.Log(n))
		}
	}
	return dst
}

// tails returns the logarithms of CDF and survival, from P(X ≤ x) = I_p(r, x+1).
func (d NegativeBinomial) tails(x float64) (logCDF, logSurvival float64) {
	if c, s, beyond := discBeyond(x, d.Support()); beyond {
		return c, s
	}
	return logIncBeta(d.R, math.Floor(x)+1, d.P, 1-d.P)
}

// CDF implements [CDFer].
func (d NegativeBinomial) CDF(x float64) float64 { return math.Exp(d.LogCDF(x)) }

// LogCDF implements [CDFer].
func (d NegativeBinomial) LogCDF(x float64) float64 {
	c, _ := d.tails(x)
	return c
}

// Survival implements [CDFer].
func (d NegativeBinomial) Survival(x float64) float64 {
	_, s := d.tails(x)
	return math.Exp(s)
}

// LogSurvival implements [LogSurvivaler].
func (d NegativeBinomial) LogSurvival(x float64) float64 {
	_, l := d.tails(x)
	return l
}

// Quantile implements [Quantiler].
func (d NegativeBinomial) Quantile(p float64) float64 {
	skew := (2 - d.P) / math.Sqrt(d.R*(1-d.P))
	return discQuantile(p, d.Support(), d.Mean(), d.deviation(), min(skew, 2), d.CDF)
}

// UpperQuantile implements [UpperQuantiler].
func (d NegativeBinomial) UpperQuantile(q float64) float64 {
	skew := (2 - d.P) / math.Sqrt(d.R*(1-d.P))
	return discUpperQuantile(q, d.Support(), d.Mean(), d.deviation(), min(skew, 2), d.Survival)
}

// Gradients.

// Params returns r and p.
func (d NegativeBinomial) Params() []float64 { return []float64{d.R, d.P} }

// ScoreTo implements [Scorer]: ψ(x+r) − ψ(r) + log p and r/p − x/(1−p).
func (d NegativeBinomial) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	rise := special.DigammaRise(d.R, x)
	dst[0], dst[1] = rise+math.Log(d.P), d.R/d.P
	if x > 0 {
		dst[1] -= x / (1 - d.P)
	}
	return dst
}

// Sampling.

// Rand draws the Poisson distribution's rate, then from it.
func (d NegativeBinomial) Rand(r *rand.Rand) float64 {
	if d.P == 1 {
		return 0
	}
	return Poisson{math.Exp(discRandLogGamma(r, d.R) + math.Log1p(-d.P) - math.Log(d.P))}.Rand(r)
}

// Fitting.

// FitNegativeBinomial returns the distribution of greatest likelihood. With
// p = r/(r+m), where m is the weighted mean, the score vanishes in p; r is then the
// root of the other score (Fisher 1953), found by Newton's method in log r within
// a bracket. Weights may be nil. The error is a [*FitError]; the likelihood has no
// maximum unless the variance is above the mean (Levin & Reeds 1977).
func FitNegativeBinomial(x, w []float64) (NegativeBinomial, error) {
	const name = "negative binomial"
	total, err := checkSample(name, Geometric{0.5}.Support(), x, w)
	if err != nil {
		return NegativeBinomial{}, err
	}
	values, shares := discCounts(x, w, total)
	mean, square := discSpread(values, shares)
	if math.IsInf(square, 1) || math.IsNaN(square) {
		return NegativeBinomial{}, &FitError{name, -1, "the variance is more than a float64 holds"}
	}
	if !(square > mean*(1+1e-9)) {
		return NegativeBinomial{}, &FitError{name, -1, "the variance is not above the mean"}
	}
	low, high := math.Log(1e-10), math.Log(1e12)
	t := min(max(math.Log(mean*mean/(square-mean)), low), high)
	for range 200 {
		r := math.Exp(t)
		score, slope := -math.Log1p(mean/r), mean/(r*(r+mean))
		for i, v := range values {
			rise, fall := special.DigammaRise(r, v), special.TrigammaFall(r, v)
			score += shares[i] * rise
			slope -= shares[i] * fall
		}
		if score > 0 { // the likelihood still grows
			low = t
		} else {
			high = t
		}
		next := t - score/(slope*r)
		if !(slope < 0 && next > low && next < high) {
			next = 0.5 * (low + high)
		}
		done := math.Abs(next-t) < 1e-12*max(1, math.Abs(t))
		if t = next; done {
			break
		}
	}
	r := math.Exp(t)
	return NegativeBinomial{r, r / (r + mean)}, nil
}
