package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/special"
)

// Parameters.

// Truncated is a distribution of one number given that it lies in an interval,
//
//	p(x) / P(a ≤ X ≤ b),  a ≤ x ≤ b.
//
// The base is continuous, or on integers. Probabilities of the base that float64
// cannot hold are no problem if it is a [LogSurvivaler] or a [Grader]: a normal
// variable between 50 and 51 standard deviations, or above 1e8 of them. With a
// gradient that far out everything is right to about 1e-12 in the distance from the
// end; of numbers such as the mean, which have the end in them, what remains is what
// the float64s there are apart. Without one, as on integers, differences of log p are
// off by some 1e-16 of [Truncated.LogMass], and below −1e7 there is an error. Make
// one with [NewTruncated].
type Truncated struct {
	base    Univariate
	support Support
	below   float64        // up to where the base's distribution function is left out
	logMass float64        // log P(a ≤ X ≤ b)
	direct  bool           // the base's own quantiles have the digits
	tail    *truncatedTail // where the base's tails have no digits left, or nil
}

// truncatedLeast is the least logarithm of a probability that may be differenced: what
// it leaves is right to 1e-8.
const truncatedLeast = -1e7

// NewTruncated returns the base given that it lies between lower and upper, both
// included, which may be infinite. The error is that of the base, a
// [*belief.ConfigError] if there is none or it is neither a density nor on whole
// numbers, or a [*ParameterError] if the interval has no probability that float64 can
// hold the logarithm of.
func NewTruncated(base Univariate, lower, upper float64) (Truncated, error) {
	if _, err := composeKind("truncated", "Base", base); err != nil {
		return Truncated{}, err
	}
	s := base.Support()
	s.Lower, s.Upper = max(lower, s.Lower), min(upper, s.Upper)
	d := Truncated{base: base, support: s, below: s.Lower}
	if s.Discrete {
		d.support.Lower, d.support.Upper = math.Ceil(s.Lower), math.Floor(s.Upper)
		d.below = d.support.Lower - 1
	}
	if err := d.empty(lower, upper); err != nil {
		return Truncated{}, err
	}
	d.logMass = d.logBetween(d.below, d.support.Upper)
	known := !math.IsInf(d.logMass, 0) && !math.IsNaN(d.logMass)
	if t := newTruncatedTail(base, d.support); t != nil {
		l := base.LogProb(t.end) + t.logTotal
		if off := math.Abs(l - d.logMass); off <= 1e-6-1e-14*l || !known {
			d.tail, d.logMass, known = t, l, true
		}
	}
	if !known {
		return Truncated{}, &ParameterError{"truncated", "Lower", lower, fmt.Sprintf("such that from there to Upper, %v, there is a probability whose logarithm is known", upper)}
	}
	if d.tail == nil && d.logMass < truncatedLeast {
		return Truncated{}, &ParameterError{"truncated", "Lower", lower, fmt.Sprintf("such that from there to Upper, %v, the logarithm of the probability, now %.3g, has digits left for its differences", upper, d.logMass)}
	}
	d.logMass = min(0, d.logMass)
	near := min(1, base.CDF(d.support.Upper), base.Survival(d.below))
	d.direct = d.logMass > -640 && d.logMass > math.Log(near)-3
	return d, nil
}

// empty is the error of an interval without values of the base.
func (d Truncated) empty(lower, upper float64) error {
	s := d.base.Support()
	switch {
	case d.below < d.support.Upper:
		return nil
	case math.IsNaN(lower) || lower >= s.Upper && upper > lower:
		return &ParameterError{"truncated", "Lower", lower, fmt.Sprintf("below the upper end of the base, %v", s.Upper)}
	case upper <= s.Lower && upper > lower:
		return &ParameterError{"truncated", "Upper", upper, fmt.Sprintf("above the lower end of the base, %v", s.Lower)}
	}
	return &ParameterError{"truncated", "Upper", upper, fmt.Sprintf("above Lower, %v, and so that values of the base are between", lower)}
}

// Validate implements [Univariate]; only what NewTruncated has not made has errors.
func (d Truncated) Validate() error {
	if d.base == nil {
		return &ParameterError{"truncated", "base", math.NaN(), "a distribution"}
	}
	return d.base.Validate()
}

// String returns "Truncated(…, Lower: …, Upper: …)".
func (d Truncated) String() string {
	return fmt.Sprintf("Truncated(%v, Lower: %g, Upper: %g)", d.base, d.support.Lower, d.support.Upper)
}

// Support is the part of the base's support that is in the interval.
func (d Truncated) Support() Support { return d.support }

// Base returns the distribution that is truncated.
func (d Truncated) Base() Univariate { return d.base }

// LogMass returns the logarithm of the base's probability of the interval.
func (d Truncated) LogMass() float64 { return d.logMass }

// logBetween returns log P(u < X ≤ v) of the base: from the tail on whose side the
// interval is, and where it is so narrow that this would lose digits, from the
// density.
func (d Truncated) logBetween(u, v float64) float64 {
	if !(u < v) {
		return math.Inf(-1)
	}
	var l, change float64
	switch {
	case d.base.CDF(v) <= 0.5:
		l = d.base.LogCDF(v)
		change = l - d.base.LogCDF(u)
		l += contLog1mExp(change)
	case d.base.CDF(u) >= 0.5:
		l = logSurvival(d.base, u)
		change = l - logSurvival(d.base, v)
		l += contLog1mExp(change)
	default:
		change = 1 - (d.base.CDF(u) + d.base.Survival(v))
		l = math.Log1p(-(d.base.CDF(u) + d.base.Survival(v)))
	}
	if math.IsNaN(change) {
		return math.Inf(-1) // both tails underflow
	}
	if change < 0.1 {
		if narrow, ok := d.logNarrow(u, v); ok {
			return narrow
		}
	}
	return l
}

// logNarrow integrates the density of the base over a narrow interval, or sums its
// masses, and says whether that is as good as it looks: a density with a jump or a
// pole there is better left to the distribution function.
func (d Truncated) logNarrow(u, v float64) (l float64, ok bool) {
	if d.support.Discrete {
		if v-u > 512 {
			return 0, false
		}
		reference, sum := d.base.LogProb(u+1), 0.0
		for k := 1.0; k <= v-u; k++ {
			sum += math.Exp(d.base.LogProb(u+k) - reference)
		}
		return reference + math.Log(sum), !math.IsInf(reference, 0) && sum > 0
	}
	middle := u + 0.5*(v-u)
	reference := d.base.LogProb(middle)
	f := func(x float64) float64 { return math.Exp(d.base.LogProb(x) - reference) }
	whole, halves := discPanel(f, u, v), discPanel(f, u, middle)+discPanel(f, middle, v)
	tol := 1e-13 + 1e-15*math.Abs(reference) // the last digits of log p
	return reference + math.Log(halves), math.Abs(whole-halves) <= tol*halves
}

// Evaluation.

// LogProb implements [LogProber].
func (d Truncated) LogProb(x float64) float64 {
	if x < d.support.Lower || x > d.support.Upper {
		return math.Inf(-1)
	}
	if d.tail != nil {
		return d.tail.logProb(x)
	}
	return d.base.LogProb(x) - d.logMass
}

// LogProbTo implements [Batcher], as fast as the base does; dst must not overlap x.
func (d Truncated) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	if d.tail != nil {
		for i, v := range x {
			dst[i] = d.LogProb(v)
		}
		return dst
	}
	if b, ok := d.base.(Batcher); ok {
		b.LogProbTo(dst, x)
	} else {
		for i, v := range x {
			dst[i] = d.base.LogProb(v)
		}
	}
	for i, v := range x {
		if dst[i] -= d.logMass; v < d.support.Lower || v > d.support.Upper {
			dst[i] = math.Inf(-1)
		}
	}
	return dst
}

// CDF implements [CDFer].
func (d Truncated) CDF(x float64) float64 { return math.Exp(d.LogCDF(x)) }

// LogCDF implements [CDFer].
func (d Truncated) LogCDF(x float64) float64 {
	lower, _ := d.tails(x)
	return lower
}

// Survival implements [CDFer].
func (d Truncated) Survival(x float64) float64 {
	_, upper := d.tails(x)
	return math.Exp(upper)
}

// LogSurvival implements [LogSurvivaler].
func (d Truncated) LogSurvival(x float64) float64 {
	_, upper := d.tails(x)
	return upper
}

// tails returns the logarithms of CDF and survival, the larger from the smaller.
func (d Truncated) tails(x float64) (lower, upper float64) {
	if d.support.Discrete {
		x = math.Floor(x)
	}
	switch {
	case math.IsNaN(x):
		return x, x
	case x <= d.below:
		return math.Inf(-1), 0
	case x >= d.support.Upper:
		return 0, math.Inf(-1)
	case d.tail != nil && d.tail.sign > 0:
		return d.tail.tails(x)
	case d.tail != nil:
		upper, lower = d.tail.tails(x)
		return lower, upper
	}
	lower = min(0, d.logBetween(d.below, x)-d.logMass)
	if lower < -math.Ln2 {
		return lower, special.Log1mExp(lower)
	}
	upper = min(0, d.logBetween(x, d.support.Upper)-d.logMass)
	return special.Log1mExp(upper), upper
}

// Quantile implements [Quantiler].
func (d Truncated) Quantile(p float64) float64 { return d.quantile(p, 1-p) }

// UpperQuantile implements [UpperQuantiler]; on integers it is the least x with
// P(X > x) ≤ q.
func (d Truncated) UpperQuantile(q float64) float64 { return d.quantile(1-q, q) }

// quantile has q = 1 − p, the smaller of which is exact.
func (d Truncated) quantile(p, q float64) float64 {
	switch {
	case !(p >= 0 && q >= 0):
		return math.NaN()
	case p == 0:
		return d.support.Lower
	case q == 0:
		return d.support.Upper
	case d.support.Discrete:
		return discQuantile(0.5, d.support, d.guess(p, q), 0, 0, func(x float64) float64 {
			if lower, upper := d.tails(x); p <= q && math.Exp(lower) >= p || p > q && math.Exp(upper) <= q {
				return 1
			}
			return 0
		})
	}
	if t := d.tail; t != nil && t.sign > 0 {
		return min(max(t.quantile(p, q), d.support.Lower), d.support.Upper)
	} else if t != nil {
		return min(max(t.quantile(q, p), d.support.Lower), d.support.Upper)
	}
	if x, ok := d.nextTo(p, q); ok {
		return x
	}
	x := d.guess(p, q)
	if math.IsNaN(x) {
		return d.solve(p, q)
	}
	x = min(max(x, d.support.Lower), d.support.Upper)
	// One step of Newton's for the last digits, which count next to an end.
	mass, side, sign := p, d.logBetween(d.below, x), 1.0
	if q < p {
		mass, side, sign = q, d.logBetween(x, d.support.Upper), -1
	}
	step := sign * (math.Exp(side-d.logMass) - mass) * math.Exp(d.logMass-d.base.LogProb(x))
	if better := x - step; math.Abs(step) < 1e-12*math.Abs(x) && better >= d.support.Lower && better <= d.support.Upper {
		return better
	}
	return x
}

// Gradients.

// GradLogProb returns that of the base, NaN outside the interval and for a base that
// has none.
func (d Truncated) GradLogProb(x float64) float64 {
	g, ok := d.base.(Grader)
	if !ok || !(x >= d.support.Lower && x <= d.support.Upper) {
		return math.NaN()
	}
	return g.GradLogProb(x)
}

// Sampling.

// Rand draws from the base until a draw is in the interval, if a third of them are,
// and else inverts the distribution function.
func (d Truncated) Rand(r *rand.Rand) float64 {
	for d.logMass > -1.1 {
		if x := d.base.Rand(r); x >= d.support.Lower && x <= d.support.Upper {
			return x
		}
	}
	u := open(r)
	return d.quantile(u, 1-u)
}
