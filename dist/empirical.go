package dist

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/belief-go/belief/internal/careful"
)

// Parameters.

// Empirical is the distribution of one of the given observations, chosen with
// probability proportional to its weight,
//
//	P(x) = Σ_{x_i = x} w_i / Σ w_i.
//
// LogProb is the logarithm of that mass, not of a density, also where observations
// are no whole numbers; its distribution function is a step function. It is made by
// [NewEmpirical] alone, in time O(n log n) and about 60 bytes for each different
// observation; distribution functions and quantiles then take O(log n) and draws
// O(1). Copies share what was prepared.
type Empirical struct {
	t *empiricalTable
}

// An empiricalTable is what NewEmpirical prepares.
type empiricalTable struct {
	values                  []float64 // in order, all different
	classes                 Categorical
	mean, variance, entropy float64
	support                 Support
}

// NewEmpirical returns the distribution of observations with weights, which may be
// nil; both are copied. The error is a [*FitError]: there must be finite observations
// and positive weight.
func NewEmpirical(x, w []float64) (Empirical, error) {
	const name = "empirical"
	line := Support{Lower: math.Inf(-1), Upper: math.Inf(1)}
	if _, err := checkSample(name, line, x, w); err != nil {
		return Empirical{}, err
	}
	values, shares := empiricalSort(x, w)
	top := slices.Max(shares) // sums of shares of it do not overflow
	var total careful.Accumulator
	for i := range shares {
		shares[i] /= top
		total.Add(shares[i])
	}
	for i := range shares {
		shares[i] /= total.Sum()
	}
	classes, err := NewCategorical(shares)
	if err != nil {
		return Empirical{}, &FitError{name, -1, err.Error()}
	}
	t := &empiricalTable{values: values, classes: classes, entropy: classes.Entropy()}
	whole := true
	var mean, square careful.Accumulator
	for i, v := range values {
		whole = whole && v == math.Floor(v)
		mean.Add(v * classes.t.prob[i])
	}
	t.mean = min(values[len(values)-1], max(values[0], mean.Sum()))
	for i, v := range values {
		square.Add((v - t.mean) * (v - t.mean) * classes.t.prob[i])
	}
	t.variance = square.Sum()
	t.support = Support{values[0], values[len(values)-1], whole}
	return Empirical{t}, nil
}

// empiricalSort returns the different observations of positive weight in order, and
// the weight of each.
func empiricalSort(x, w []float64) (values, weights []float64) {
	if w == nil {
		values = slices.Clone(x)
		slices.Sort(values)
		weights = make([]float64, len(x))
		n := 0
		for i, v := range values {
			if i == 0 || v != values[n-1] {
				values[n] = v
				n++
			}
			weights[n-1]++
		}
		return values[:n], weights[:n]
	}
	type pair struct{ value, weight float64 }
	pairs := make([]pair, 0, len(x))
	for i, v := range x {
		if w[i] > 0 {
			pairs = append(pairs, pair{v, w[i]})
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	for _, p := range pairs {
		if n := len(values); n > 0 && values[n-1] == p.value {
			weights[n-1] += p.weight
		} else {
			values, weights = append(values, p.value), append(weights, p.weight)
		}
	}
	return values, weights
}

// Validate implements [Univariate]; only the zero value is invalid.
func (d Empirical) Validate() error {
	if d.t == nil {
		return &ParameterError{"empirical", "number of observations", 0, "positive"}
	}
	return nil
}

// String returns "Empirical(… values between … and …)".
func (d Empirical) String() string {
	if d.t == nil {
		return "Empirical(no values)"
	}
	return fmt.Sprintf("Empirical(%d values between %g and %g)", len(d.t.values), d.t.support.Lower, d.t.support.Upper)
}

// Len returns the number of different observations of positive weight.
func (d Empirical) Len() int { return len(d.t.values) }

// Support is from the least to the greatest observation; Discrete if all of them are
// whole numbers.
func (d Empirical) Support() Support { return d.t.support }

// Statistics.

// Mean returns the weighted mean of the observations.
func (d Empirical) Mean() float64 { return d.t.mean }

// Variance returns their weighted mean square deviation, with all of the weight and
// not one less as divisor.
func (d Empirical) Variance() float64 { return d.t.variance }

// Entropy returns −Σ P(x) log P(x) over the different observations.
func (d Empirical) Entropy() float64 { return d.t.entropy }

// Evaluation.

// at returns the number of observations up to x.
func (d Empirical) at(x float64) int {
	v := d.t.values
	n, found := slices.BinarySearch(v, x)
	if found {
		n++
	}
	return n
}

// LogProb implements [LogProber]: the logarithm of the mass at x.
func (d Empirical) LogProb(x float64) float64 {
	if math.IsNaN(x) {
		return x
	}
	if n := d.at(x); n > 0 && d.t.values[n-1] == x {
		return d.t.classes.t.logProb[n-1]
	}
	return math.Inf(-1)
}

// LogProbTo implements [Batcher].
func (d Empirical) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	for i, v := range x {
		dst[i] = d.LogProb(v)
	}
	return dst
}

// CDF implements [CDFer].
func (d Empirical) CDF(x float64) float64 {
	if math.IsNaN(x) {
		return x
	}
	if n := d.at(x); n > 0 {
		return d.t.classes.t.below[n-1]
	}
	return 0
}

// LogCDF implements [CDFer].
func (d Empirical) LogCDF(x float64) float64 {
	if c := d.CDF(x); c <= 0.5 {
		return math.Log(c)
	}
	return math.Log1p(-d.Survival(x))
}

// Survival implements [CDFer].
func (d Empirical) Survival(x float64) float64 {
	if math.IsNaN(x) {
		return x
	}
	if n := d.at(x); n > 0 {
		return d.t.classes.t.above[n-1]
	}
	return 1
}

// LogSurvival implements [LogSurvivaler].
func (d Empirical) LogSurvival(x float64) float64 {
	if s := d.Survival(x); s <= 0.5 {
		return careful.Log(s)
	}
	return math.Log1p(-d.CDF(x))
}

// Quantile implements [Quantiler]: the least observation up to which the weight is at
// least p of all.
func (d Empirical) Quantile(p float64) float64 {
	if !contProbability(p) {
		return math.NaN()
	}
	return d.t.values[min(len(d.t.values)-1, sort.SearchFloat64s(d.t.classes.t.below, p))]
}

// UpperQuantile implements [UpperQuantiler]: the least observation beyond which the
// weight is at most q of all.
func (d Empirical) UpperQuantile(q float64) float64 {
	if !contProbability(q) {
		return math.NaN()
	}
	above := d.t.classes.t.above
	return d.t.values[sort.Search(len(above)-1, func(i int) bool { return above[i] <= q })]
}

// Sampling.

// Rand draws one of the observations by the alias method.
func (d Empirical) Rand(r *rand.Rand) float64 { return d.t.values[int(d.t.classes.Rand(r))] }
