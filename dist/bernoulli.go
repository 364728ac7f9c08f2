package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
)

// Parameters.

// Bernoulli is the distribution of one trial with probability p of success,
//
//	P(1) = p,  P(0) = 1 − p.
type Bernoulli struct {
	P float64 // probability of success
}

// NewBernoulli returns the distribution, or a [*ParameterError].
func NewBernoulli(p float64) (Bernoulli, error) {
	d := Bernoulli{p}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Bernoulli) Validate() error { return firstError(probability("bernoulli", "P", d.P)) }

// String returns "Bernoulli(P: …)".
func (d Bernoulli) String() string { return fmt.Sprintf("Bernoulli(P: %g)", d.P) }

// Support is 0 and 1, or the one of them that is certain.
func (d Bernoulli) Support() Support {
	s := Support{Lower: 0, Upper: 1, Discrete: true}
	switch d.P {
	case 0:
		s.Upper = 0
	case 1:
		s.Lower = 1
	}
	return s
}

// Statistics.

// Mean returns p.
func (d Bernoulli) Mean() float64 { return d.P }

// Variance returns p(1 − p).
func (d Bernoulli) Variance() float64 { return d.P * (1 - d.P) }

// Entropy returns −p log p − (1−p) log(1−p).
func (d Bernoulli) Entropy() float64 {
	if d.P == 0 || d.P == 1 {
		return 0
	}
	return -d.P*math.Log(d.P) - (1-d.P)*math.Log1p(-d.P)
}

// Evaluation.

// LogProb implements [LogProber].
func (d Bernoulli) LogProb(x float64) float64 {
	switch {
	case x == 1:
		return careful.Log(d.P)
	case x == 0 && d.P > 0.1:
		return math.Log(1 - d.P) // as good as Log1p here, and quicker
	case x == 0:
		return math.Log1p(-d.P)
	case math.IsNaN(x):
		return x
	}
	return math.Inf(-1)
}

// LogProbTo implements [Batcher].
func (d Bernoulli) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	one, zero := careful.Log(d.P), math.Log1p(-d.P)
	for i, v := range x {
		switch v {
		case 1:
			dst[i] = one
		case 0:
			dst[i] = zero
		default:
			dst[i] = d.LogProb(v)
		}
	}
	return dst
}

// CDF implements [CDFer].
func (d Bernoulli) CDF(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case x < 0:
		return 0
	case x < 1:
		return 1 - d.P
	}
	return 1
}

// LogCDF implements [CDFer].
func (d Bernoulli) LogCDF(x float64) float64 {
	if x >= 0 && x < 1 {
		return math.Log1p(-d.P)
	}
	return math.Log(d.CDF(x))
}

// Survival implements [CDFer].
func (d Bernoulli) Survival(x float64) float64 {
	if x >= 0 && x < 1 {
		return d.P
	}
	return 1 - d.CDF(x)
}

// LogSurvival implements [LogSurvivaler].
func (d Bernoulli) LogSurvival(x float64) float64 { return careful.Log(d.Survival(x)) }

// Quantile implements [Quantiler].
func (d Bernoulli) Quantile(p float64) float64 {
	switch s := d.Support(); {
	case !(p >= 0 && p <= 1):
		return math.NaN()
	case p == 0:
		return s.Lower
	case p <= 1-d.P:
		return 0
	default:
		return s.Upper
	}
}

// UpperQuantile implements [UpperQuantiler].
func (d Bernoulli) UpperQuantile(q float64) float64 {
	return discUpperQuantile(q, d.Support(), d.P, 0.5, 0, d.Survival)
}

// Gradients.

// Params returns p.
func (d Bernoulli) Params() []float64 { return []float64{d.P} }

// ScoreTo implements [Scorer]: 1/p after success and −1/(1−p) after failure.
func (d Bernoulli) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 1)
	if x == 1 {
		dst[0] = 1 / d.P
	} else {
		dst[0] = -1 / (1 - d.P)
	}
	return dst
}

// Sampling.

// Rand compares one uniform number with p.
func (d Bernoulli) Rand(r *rand.Rand) float64 {
	if r.Float64() < d.P {
		return 1
	}
	return 0
}

// Fitting.

// FitBernoulli returns the distribution of greatest likelihood: the weighted share
// of successes (Bishop 2006, equation 2.7). Weights may be nil. The error is a
// [*FitError].
func FitBernoulli(x, w []float64) (Bernoulli, error) {
	d, err := fitBinomial("bernoulli", 1, x, w)
	return Bernoulli{d.P}, err
}
