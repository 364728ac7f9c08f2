package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
)

// A Univariate is a distribution of one number.
type Univariate interface {
	LogProber
	Rander
	CDFer
	Quantiler
	Momenter
	Entropyer
	// Support returns the smallest interval that has all the probability.
	Support() Support
	// Validate returns a [*ParameterError] if no such distribution exists.
	Validate() error
	fmt.Stringer
}

// The capabilities that a distribution may have. Functions ask for what they need.
type (
	// A LogProber has a density or mass function.
	LogProber interface {
		// LogProb returns log p(x) in nats, −Inf outside the support.
		LogProb(x float64) float64
	}
	// A Rander can be sampled.
	Rander interface {
		// Rand draws one value from r.
		Rand(r *rand.Rand) float64
	}
	// A CDFer has a distribution function.
	CDFer interface {
		CDF(x float64) float64      // P(X ≤ x)
		LogCDF(x float64) float64   // log P(X ≤ x), also where it underflows
		Survival(x float64) float64 // P(X > x), accurate in the upper tail
	}
	// A LogSurvivaler knows its upper tail also where that underflows. Truncation
	// above what Survival can say, and mirroring, ask for it.
	LogSurvivaler interface {
		LogSurvival(x float64) float64 // log P(X > x)
	}
	// A Quantiler inverts its distribution function.
	Quantiler interface {
		// Quantile returns the least x with CDF(x) ≥ p, NaN if p is no
		// probability.
		Quantile(p float64) float64
	}
	// An UpperQuantiler inverts its survival function, accurately also where q is so
	// small that 1−q is one: the x with Survival(x) = q, of a discrete distribution
	// the least x with Survival(x) ≤ q. It is the upper end of the support for q = 0,
	// the lower one for q = 1, and NaN for a q that is no probability.
	UpperQuantiler interface {
		UpperQuantile(q float64) float64
	}
	// A Momenter has moments; those that do not exist are NaN.
	Momenter interface {
		Mean() float64
		Variance() float64
	}
	// An Entropyer has an entropy, in nats.
	Entropyer interface{ Entropy() float64 }
	// A Grader differentiates its log density in the value.
	Grader interface {
		// GradLogProb returns d log p(x) / dx.
		GradLogProb(x float64) float64
	}
	// A Scorer differentiates its log density in the parameters.
	Scorer interface {
		// Params returns the parameters in the order of the fields.
		Params() []float64
		// ScoreTo writes ∂ log p(x) / ∂ parameter to dst, in the order of
		// Params, and returns it.
		ScoreTo(dst []float64, x float64) []float64
	}
	// A Batcher evaluates many points at once, faster than one by one.
	Batcher interface {
		// LogProbTo writes log p(x[i]) to dst, which must not overlap x, and returns it.
		// It may differ from LogProb in the last digits, and there between kinds of CPU.
		LogProbTo(dst, x []float64) []float64
	}
)

// A Support is an interval that holds all the probability, or the integers in one.
type Support struct {
	Lower, Upper float64 // may be infinite; a value at a finite end may have density zero
	Discrete     bool    // only integers
}

// Contains says whether x is in the support.
func (s Support) Contains(x float64) bool {
	return x >= s.Lower && x <= s.Upper && (!s.Discrete || x == math.Floor(x))
}

// A ParameterError says which parameter a distribution cannot have.
type ParameterError struct {
	Distribution, Parameter string
	Value                   float64
	Want                    string // what it must be
}

// Error names distribution, parameter and value.
func (e *ParameterError) Error() string {
	return fmt.Sprintf("%s: %s is %v and must be %s", e.Distribution, e.Parameter, e.Value, e.Want)
}

// A FitError says why data determine no distribution.
type FitError struct {
	Distribution string
	Row          int // the first offending observation, −1 if it is all of them
	Problem      string
}

// Error names distribution and observation.
func (e *FitError) Error() string {
	if e.Row < 0 {
		return fmt.Sprintf("%s: cannot be fitted: %s", e.Distribution, e.Problem)
	}
	return fmt.Sprintf("%s: cannot be fitted: observation %d %s", e.Distribution, e.Row, e.Problem)
}

// firstError returns the first of the checks that fails.
func firstError(errs ...*ParameterError) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// finite, positive and probability check one parameter each.
func finite(dist, param string, v float64) *ParameterError {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return &ParameterError{dist, param, v, "finite"}
	}
	return nil
}

func positive(dist, param string, v float64) *ParameterError {
	if !(v > 0) || math.IsInf(v, 1) {
		return &ParameterError{dist, param, v, "positive and finite"}
	}
	return nil
}

func probability(dist, param string, v float64) *ParameterError {
	if !(v >= 0 && v <= 1) {
		return &ParameterError{dist, param, v, "between 0 and 1"}
	}
	return nil
}

// logSurvival returns log P(X > x), −Inf where that underflows and d is no
// [LogSurvivaler].
func logSurvival(d Univariate, x float64) float64 {
	if l, ok := d.(LogSurvivaler); ok {
		return l.LogSurvival(x)
	}
	if c := d.CDF(x); c < 0.5 {
		return math.Log1p(-c)
	}
	return careful.Log(d.Survival(x))
}

// open returns a uniform number of r in (0, 1), never an end.
func open(r *rand.Rand) float64 { return (float64(r.Uint64()>>11) + 0.5) / (1 << 53) }

// dstFor returns dst if it has length n and a new slice if it is nil.
func dstFor(dst []float64, n int) []float64 {
	if dst == nil {
		return make([]float64, n)
	}
	if len(dst) != n {
		panic(fmt.Sprintf("dist: destination of length %d, want %d", len(dst), n))
	}
	return dst
}

// checkSample looks through observations and their weights, nil weights being all
// one, and returns the total weight.
func checkSample(dist string, s Support, x, w []float64) (float64, error) {
	if w != nil && len(w) != len(x) {
		panic(fmt.Sprintf("dist: %d weights for %d observations", len(w), len(x)))
	}
	total := 0.0
	for i, v := range x {
		if !s.Contains(v) || math.IsInf(v, 0) {
			return 0, &FitError{dist, i, fmt.Sprintf("is %v, outside the support", v)}
		}
		weight := 1.0
		if w != nil {
			weight = w[i]
		}
		if !(weight >= 0) || math.IsInf(weight, 1) {
			return 0, &FitError{dist, i, fmt.Sprintf("has weight %v", weight)}
		}
		total += weight
	}
	if !(total > 0) {
		return 0, &FitError{dist, -1, "there are no observations of positive weight"}
	}
	if math.IsInf(total, 1) {
		return 0, &FitError{dist, -1, "the weights sum to more than float64 holds"}
	}
	return total, nil
}

// weightAt returns the weight of observation i.
func weightAt(w []float64, i int) float64 {
	if w == nil {
		return 1
	}
	return w[i]
}
