package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/special"
)

// Parameters.

// Binomial is the distribution of the number of successes in n independent trials
// with probability p each,
//
//	P(x) = C(n, x) p^x (1−p)^(n−x),  x = 0, …, n.
type Binomial struct {
	N float64 // number of trials, whole
	P float64 // probability of success
}

// NewBinomial returns the distribution, or a [*ParameterError].
func NewBinomial(n, p float64) (Binomial, error) {
	d := Binomial{n, p}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Binomial) Validate() error {
	return firstError(discCount("binomial", "N", d.N, 0), probability("binomial", "P", d.P))
}

// String returns "Binomial(N: …, P: …)".
func (d Binomial) String() string { return fmt.Sprintf("Binomial(N: %g, P: %g)", d.N, d.P) }

// Support is 0, …, n, or the one of its ends that is certain.
func (d Binomial) Support() Support {
	s := Support{Lower: 0, Upper: d.N, Discrete: true}
	switch d.P {
	case 0:
		s.Upper = 0
	case 1:
		s.Lower = d.N
	}
	return s
}

// Statistics.

// Mean returns n p.
func (d Binomial) Mean() float64 { return d.N * d.P }

// Variance returns n p (1 − p).
func (d Binomial) Variance() float64 { return d.N * d.P * (1 - d.P) }

// Entropy is summed, in time that does not grow with n.
func (d Binomial) Entropy() float64 {
	sd := math.Sqrt(d.Variance())
	return discEntropy(d.Support(), d.Mean(), sd, discReach(sd), d.logMass)
}

// Evaluation.

// logMass is log P(x) for real 0 ≤ x ≤ n.
func (d Binomial) logMass(x float64) float64 { return discBinomial(x, d.N-x, d.P, 1-d.P) }

// LogProb implements [LogProber] by Loader's expansion.
func (d Binomial) LogProb(x float64) float64 {
	if l, out := discOutside(x, d.Support()); out {
		return l
	}
	return d.logMass(x)
}

// LogProbTo implements [Batcher].
func (d Binomial) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	s, np, nq := d.Support(), d.N*d.P, d.N*(1-d.P)
	shift := special.Stirling(d.N) - halfLog2Pi
	for i, v := range x {
		l, out := discOutside(v, s)
		switch y := d.N - v; {
		case out:
			dst[i] = l
		case v == 0 || y == 0:
			dst[i] = d.logMass(v)
		default:
			dst[i] = shift - special.Stirling(v) - special.Stirling(y) - discDeviance(v, np) - discDeviance(y, nq) -
				0.5*math.Log(v*(y/d.N))
		}
	}
	return dst
}

// tails returns the logarithms of CDF and survival, from
// P(X > x) = I_p(x+1, n−x) (DLMF 8.17.5).
func (d Binomial) tails(x float64) (logCDF, logSurvival float64) {
	if c, s, beyond := discBeyond(x, d.Support()); beyond {
		return c, s
	}
	x = math.Floor(x)
	logSurvival, logCDF = logIncBeta(x+1, d.N-x, d.P, 1-d.P)
	return logCDF, logSurvival
}

// CDF implements [CDFer].
func (d Binomial) CDF(x float64) float64 { return math.Exp(d.LogCDF(x)) }

// LogCDF implements [CDFer].
func (d Binomial) LogCDF(x float64) float64 {
	c, _ := d.tails(x)
	return c
}

// Survival implements [CDFer].
func (d Binomial) Survival(x float64) float64 {
	_, s := d.tails(x)
	return math.Exp(s)
}

// LogSurvival implements [LogSurvivaler].
func (d Binomial) LogSurvival(x float64) float64 {
	_, l := d.tails(x)
	return l
}

// Quantile implements [Quantiler].
func (d Binomial) Quantile(p float64) float64 {
	sd, skew := d.spread()
	return discQuantile(p, d.Support(), d.Mean(), sd, skew, d.CDF)
}

// UpperQuantile implements [UpperQuantiler].
func (d Binomial) UpperQuantile(q float64) float64 {
	sd, skew := d.spread()
	return discUpperQuantile(q, d.Support(), d.Mean(), sd, skew, d.Survival)
}

// spread returns standard deviation and skewness, 0 if there is none.
func (d Binomial) spread() (sd, skew float64) {
	if sd = math.Sqrt(d.Variance()); sd > 0 {
		skew = (1 - 2*d.P) / sd
	}
	return sd, skew
}

// Gradients.

// Params returns n and p.
func (d Binomial) Params() []float64 { return []float64{d.N, d.P} }

// ScoreTo implements [Scorer]. The derivative in n is that of the formula with
// gamma functions for factorials, ψ(n+1) − ψ(n−x+1) + log(1−p); the other is
// x/p − (n−x)/(1−p).
func (d Binomial) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	dst[0] = special.DigammaRise(d.N-x+1, x) + math.Log1p(-d.P)
	dst[1] = 0
	if x > 0 {
		dst[1] += x / d.P
	}
	if x < d.N {
		dst[1] -= (d.N - x) / (1 - d.P)
	}
	return dst
}

// Sampling.

// Rand draws by inversion where n min(p, 1−p) < 10, and else by transformed
// rejection (Hörmann 1993, The generation of binomial random variates, algorithm
// BTRS).
func (d Binomial) Rand(r *rand.Rand) float64 {
	if d.P > 0.5 {
		return d.N - Binomial{d.N, 1 - d.P}.Rand(r)
	}
	mean := d.N * d.P
	if mean < 10 {
		return d.randInversion(r)
	}
	sd := math.Sqrt(mean * (1 - d.P))
	b := 1.15 + 2.53*sd
	a := -0.0873 + 0.0248*b + 0.01*d.P
	center := mean + 0.5
	quick := 0.92 - 4.2/b
	mode := -1.0 // with its log mass and alpha found when first needed
	var top, alpha float64
	for {
		u, v := r.Float64()-0.5, r.Float64()
		near := 0.5 - math.Abs(u)
		x := math.Floor((2*a/near+b)*u + center)
		if near >= 0.07 && v <= quick {
			return x
		}
		if !(x >= 0 && x <= d.N) {
			continue
		}
		if mode < 0 {
			mode = math.Floor((d.N + 1) * d.P)
			top = d.logMass(mode)
			alpha = (2.83 + 5.1/b) * sd
		}
		if math.Log(v*alpha/(a/(near*near)+b)) <= d.logMass(x)-top {
			return x
		}
	}
}

// randInversion searches upwards from zero.
func (d Binomial) randInversion(r *rand.Rand) float64 {
	odds := d.P / (1 - d.P)
	zero := math.Exp(d.N * math.Log1p(-d.P))
	for {
		u, mass := r.Float64(), zero
		for x := 0.0; mass > 0 || x == 0; {
			if u < mass {
				return x
			}
			u -= mass
			x++
			mass *= odds * (d.N - x + 1) / x
		}
		// Rounding left a rest of u above all masses: draw again.
	}
}

// Fitting.

// FitBinomial returns the distribution of greatest likelihood for a known number
// of trials n: p is the weighted mean over n. Weights may be nil. The error is a
// [*FitError], or a [*ParameterError] for an impossible n.
func FitBinomial(n float64, x, w []float64) (Binomial, error) {
	return fitBinomial("binomial", n, x, w)
}

// fitBinomial fits under another distribution's name, too.
func fitBinomial(name string, n float64, x, w []float64) (Binomial, error) {
	d := Binomial{n, 0.5}
	if err := d.Validate(); err != nil {
		return Binomial{}, err
	}
	total, err := checkSample(name, d.Support(), x, w)
	if err != nil {
		return Binomial{}, err
	}
	if n == 0 {
		return Binomial{}, &FitError{name, -1, "no trials tell nothing of their probability"}
	}
	d.P = min(1, discMean(x, w, total)/n)
	return d, nil
}
