package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/special"
)

// Parameters.

// Geometric is the distribution of the number of failures before the first
// success in independent trials with probability p > 0 of success,
//
//	P(x) = p (1−p)^x,  x = 0, 1, …
//
// The other convention counts the trials up to the first success, which is one
// more.
type Geometric struct {
	P float64 // probability of success
}

// NewGeometric returns the distribution, or a [*ParameterError].
func NewGeometric(p float64) (Geometric, error) {
	d := Geometric{p}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Geometric) Validate() error { return firstError(discProbability("geometric", "P", d.P)) }

// String returns "Geometric(P: …)".
func (d Geometric) String() string { return fmt.Sprintf("Geometric(P: %g)", d.P) }

// Support is 0, 1, …, or 0 if success is certain.
func (d Geometric) Support() Support {
	if d.P == 1 {
		return Support{Discrete: true}
	}
	return Support{Lower: 0, Upper: math.Inf(1), Discrete: true}
}

// Statistics.

// Mean returns (1 − p)/p.
func (d Geometric) Mean() float64 { return (1 - d.P) / d.P }

// Variance returns (1 − p)/p².
func (d Geometric) Variance() float64 { return (1 - d.P) / d.P / d.P }

// Entropy returns −log p − (1−p)/p log(1−p).
func (d Geometric) Entropy() float64 {
	if d.P == 1 {
		return 0
	}
	return -careful.Log(d.P) - (1-d.P)/d.P*math.Log1p(-d.P)
}

// Evaluation.

// LogProb implements [LogProber].
func (d Geometric) LogProb(x float64) float64 {
	if l, out := discOutside(x, d.Support()); out {
		return l
	}
	success := math.Log(d.P)
	if d.P < contTiny {
		success = careful.Log(d.P)
	}
	if x == 0 {
		return success
	}
	return success + x*math.Log1p(-d.P)
}

// LogProbTo implements [Batcher].
func (d Geometric) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	s, success, failure := d.Support(), careful.Log(d.P), math.Log1p(-d.P)
	for i, v := range x {
		l, out := discOutside(v, s)
		switch {
		case out:
			dst[i] = l
		case v == 0:
			dst[i] = success
		default:
			dst[i] = success + v*failure
		}
	}
	return dst
}

// LogSurvival implements [LogSurvivaler]: log (1−p)^(x+1) within the support.
func (d Geometric) LogSurvival(x float64) float64 {
	if _, s, beyond := discBeyond(x, d.Support()); beyond {
		return s
	}
	return (math.Floor(x) + 1) * math.Log1p(-d.P)
}

// CDF implements [CDFer].
func (d Geometric) CDF(x float64) float64 { return math.Abs(math.Expm1(d.LogSurvival(x))) }

// LogCDF implements [CDFer].
func (d Geometric) LogCDF(x float64) float64 {
	return special.Log1mExp(d.LogSurvival(x))
}

// Survival implements [CDFer].
func (d Geometric) Survival(x float64) float64 { return math.Exp(d.LogSurvival(x)) }

// Quantile implements [Quantiler] by inverting the distribution function, and then
// looks at the neighbours, between which rounding may have chosen wrongly.
func (d Geometric) Quantile(p float64) float64 {
	s := d.Support()
	switch {
	case !(p >= 0 && p <= 1):
		return math.NaN()
	case p == 0:
		return s.Lower
	case p == 1 || d.P == 1:
		return s.Upper
	}
	x := max(0, math.Ceil(math.Log1p(-p)/math.Log1p(-d.P))-1)
	if x > 0 && d.CDF(x-1) >= p {
		return x - 1
	}
	if d.CDF(x) < p {
		return x + 1
	}
	return x
}

// UpperQuantile implements [UpperQuantiler].
func (d Geometric) UpperQuantile(q float64) float64 {
	return discUpperQuantile(q, d.Support(), d.Mean(), math.Sqrt(1-d.P)/d.P, 2, d.Survival)
}

// Gradients.

// Params returns p.
func (d Geometric) Params() []float64 { return []float64{d.P} }

// ScoreTo implements [Scorer]: 1/p − x/(1−p).
func (d Geometric) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 1)
	dst[0] = 1 / d.P
	if x > 0 {
		dst[0] -= x / (1 - d.P)
	}
	return dst
}

// Sampling.

// Rand rounds an exponential variate down.
func (d Geometric) Rand(r *rand.Rand) float64 {
	if d.P == 1 {
		return 0
	}
	return math.Floor(r.ExpFloat64() / -math.Log1p(-d.P))
}

// Fitting.

// FitGeometric returns the distribution of greatest likelihood: p is one over one
// plus the weighted mean, where the score vanishes. Weights may be nil. The error is
// a [*FitError].
func FitGeometric(x, w []float64) (Geometric, error) {
	total, err := checkSample("geometric", Geometric{0.5}.Support(), x, w)
	if err != nil {
		return Geometric{}, err
	}
	return Geometric{1 / (1 + discMean(x, w, total))}, nil
}
