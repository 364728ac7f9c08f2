package dist

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Parameters.

// DiscreteUniform is the distribution that gives all whole numbers from a to b the
// same probability,
//
//	P(x) = 1/(b − a + 1),  x = a, …, b.
type DiscreteUniform struct {
	Lower, Upper float64 // the ends a and b, whole, both included
}

// NewDiscreteUniform returns the distribution, or a [*ParameterError].
func NewDiscreteUniform(lower, upper float64) (DiscreteUniform, error) {
	d := DiscreteUniform{lower, upper}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d DiscreteUniform) Validate() error {
	const most = discMaxCount / 2 // so that both ends and the count are exact
	whole := func(param string, v float64) *ParameterError {
		if !(math.Abs(v) <= most) || v != math.Floor(v) {
			return &ParameterError{"discrete uniform", param, v, "a whole number between -2^52 and 2^52"}
		}
		return nil
	}
	if err := firstError(whole("Lower", d.Lower), whole("Upper", d.Upper)); err != nil {
		return err
	}
	if d.Upper < d.Lower {
		return &ParameterError{"discrete uniform", "Upper", d.Upper, fmt.Sprintf("at least Lower, which is %v", d.Lower)}
	}
	return nil
}

// String returns "DiscreteUniform(Lower: …, Upper: …)".
func (d DiscreteUniform) String() string {
	return fmt.Sprintf("DiscreteUniform(Lower: %g, Upper: %g)", d.Lower, d.Upper)
}

// Support is a, …, b.
func (d DiscreteUniform) Support() Support {
	return Support{Lower: d.Lower, Upper: d.Upper, Discrete: true}
}

// count is the number of values.
func (d DiscreteUniform) count() float64 { return d.Upper - d.Lower + 1 }

// Statistics.

// Mean returns (a + b)/2.
func (d DiscreteUniform) Mean() float64 { return 0.5 * (d.Lower + d.Upper) }

// Variance returns (n² − 1)/12 for n values.
func (d DiscreteUniform) Variance() float64 { return (d.count() - 1) * (d.count() + 1) / 12 }

// Entropy returns log n.
func (d DiscreteUniform) Entropy() float64 { return math.Log(d.count()) }

// Evaluation.

// LogProb implements [LogProber].
func (d DiscreteUniform) LogProb(x float64) float64 {
	if l, out := discOutside(x, d.Support()); out {
		return l
	}
	return -math.Log(d.count())
}

// LogProbTo implements [Batcher].
func (d DiscreteUniform) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	s, inside := d.Support(), -math.Log(d.count())
	for i, v := range x {
		dst[i] = inside
		if l, out := discOutside(v, s); out {
			dst[i] = l
		}
	}
	return dst
}

// CDF implements [CDFer].
func (d DiscreteUniform) CDF(x float64) float64 {
	if c, _, beyond := discBeyond(x, d.Support()); beyond {
		return math.Exp(c)
	}
	return (math.Floor(x) - d.Lower + 1) / d.count()
}

// LogCDF implements [CDFer].
func (d DiscreteUniform) LogCDF(x float64) float64 {
	c := d.CDF(x)
	if c > 0.5 {
		return math.Log1p(-d.Survival(x))
	}
	return math.Log(c)
}

// Survival implements [CDFer].
func (d DiscreteUniform) Survival(x float64) float64 {
	if _, s, beyond := discBeyond(x, d.Support()); beyond {
		return math.Exp(s)
	}
	return (d.Upper - math.Floor(x)) / d.count()
}

// LogSurvival implements [LogSurvivaler].
func (d DiscreteUniform) LogSurvival(x float64) float64 {
	if s := d.Survival(x); s <= 0.5 {
		return math.Log(s)
	}
	return math.Log1p(-d.CDF(x))
}

// Quantile implements [Quantiler] by inverting the distribution function, and then
// looks at the neighbours, between which rounding may have chosen wrongly.
func (d DiscreteUniform) Quantile(p float64) float64 {
	if !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	x := min(max(d.Lower, d.Lower+math.Ceil(p*d.count())-1), d.Upper)
	if x > d.Lower && d.CDF(x-1) >= p {
		return x - 1
	}
	if d.CDF(x) < p {
		return x + 1
	}
	return x
}

// UpperQuantile implements [UpperQuantiler].
func (d DiscreteUniform) UpperQuantile(q float64) float64 {
	return discUpperQuantile(q, d.Support(), d.Mean(), math.Sqrt(d.Variance()), 0, d.Survival)
}

// Gradients.

// Params returns a and b.
func (d DiscreteUniform) Params() []float64 { return []float64{d.Lower, d.Upper} }

// ScoreTo implements [Scorer]: 1/n and −1/n, the derivatives of −log(b − a + 1)
// for real ends.
func (d DiscreteUniform) ScoreTo(dst []float64, _ float64) []float64 {
	dst = dstFor(dst, 2)
	dst[0], dst[1] = 1/d.count(), -1/d.count()
	return dst
}

// Sampling.

// Rand draws a whole number below n and shifts it.
func (d DiscreteUniform) Rand(r *rand.Rand) float64 {
	return d.Lower + float64(r.Uint64N(uint64(d.count())))
}

// Fitting.

// FitDiscreteUniform returns the distribution of greatest likelihood: from the
// least to the greatest observation of positive weight. Weights may be nil. The
// error is a [*FitError].
func FitDiscreteUniform(x, w []float64) (DiscreteUniform, error) {
	const most = discMaxCount / 2
	if _, err := checkSample("discrete uniform", DiscreteUniform{-most, most}.Support(), x, w); err != nil {
		return DiscreteUniform{}, err
	}
	d := DiscreteUniform{math.Inf(1), math.Inf(-1)}
	for i, v := range x {
		if weightAt(w, i) > 0 {
			d.Lower, d.Upper = min(d.Lower, v), max(d.Upper, v)
		}
	}
	return d, nil
}
