package expfam

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
)

// Statistics are the weighted sums of T over observations, all that the likelihood
// of a family's members needs of them. Those of shards can be merged, stored and
// sent.
//
// The sums are carried with about 32 digits: products of T and the weight and, for
// the families of [Normal], squares are formed without rounding. So the order of
// observations and merges changes a mean by less than 1e-14 of the mean of |T|, the
// same tree of merges gives the same bits, and the variance of data is kept however
// large their mean is, without having to choose an origin (for observations between
// about 1e-140 and 1e150, beyond which squares have no float64). So is,
// for [Gamma] and [InverseGamma], the difference between log E x and E log x, down to
// about 1e-28. For the other families with logarithms, such as [Beta], the logarithms
// are rounded, and of the differences that [Statistics.Fit] needs all but about 1e-16
// is kept.
//
// Statistics are not safe for concurrent use. Statistics that are zero or nil have no
// family: methods that return errors return a [*belief.ConfigError] for them.
type Statistics struct {
	family Family
	count  uint64
	weight careful.Pair
	sum    []careful.Pair

	t, rounding []float64      // T(x) and what it has beyond float64
	next        []careful.Pair // the sums with one observation more
}

// A refiner has a T that float64 rounds.
type refiner interface {
	roundingTo(dst, x []float64)
}

// A finer solver takes the digits of the mean beyond float64, too.
type finer interface {
	naturalTo(dst, mean, rest []float64) ([]float64, error)
}

// NewStatistics returns empty statistics, or a [*dist.ParameterError] if there is no
// such family, or a [*belief.ConfigError] for nil. They take 48 bytes for each entry
// of T.
func NewStatistics(f Family) (*Statistics, error) {
	if f == nil {
		return nil, errNoFamily
	}
	if err := f.Validate(); err != nil {
		return nil, err
	}
	n := f.Dim()
	return &Statistics{family: f, sum: make([]careful.Pair, n), next: make([]careful.Pair, n),
		t: make([]float64, n), rounding: make([]float64, n)}, nil
}

// errNoFamily is the error of statistics that are nil or zero.
var errNoFamily = &belief.ConfigError{Field: "family", Want: "that of NewStatistics"}

// of returns the family, nil for nil statistics.
func (s *Statistics) of() Family {
	if s == nil {
		return nil
	}
	return s.family
}

// Family returns the family.
func (s *Statistics) Family() Family { return s.family }

// Count returns the number of observations, those of weight zero included.
func (s *Statistics) Count() uint64 { return s.count }

// Weight returns the sum of the weights.
func (s *Statistics) Weight() float64 { return s.weight.High }

// Reset forgets all observations.
func (s *Statistics) Reset() {
	s.count, s.weight = 0, careful.Pair{}
	clear(s.sum)
}

// Add adds one value of length Size with a weight that is not negative. The error is
// a [*dist.FitError]; it leaves the statistics as they were. Nothing is allocated
// for the families of this package.
func (s *Statistics) Add(x []float64, weight float64) error {
	if s.of() == nil {
		return errNoFamily
	}
	return s.add(x, weight, 0)
}

// AddBatch adds values that stand one after the other, with a weight each; nil
// weights are all one. The error is a [*dist.FitError] with the number of the
// observation; those before it have been added.
func (s *Statistics) AddBatch(x, weights []float64) error {
	if s.of() == nil {
		return errNoFamily
	}
	size := s.family.Size()
	if len(x)%size != 0 || weights != nil && len(weights)*size != len(x) {
		panic(fmt.Sprintf("expfam: %d weights for %d numbers, %d for each value", len(weights), len(x), size))
	}
	for i := 0; i*size < len(x); i++ {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		if err := s.add(x[i*size:(i+1)*size], w, i); err != nil {
			return err
		}
	}
	return nil
}

// add adds the observation in the given row.
func (s *Statistics) add(x []float64, w float64, row int) error {
	if base := s.family.LogBase(x); math.IsNaN(base) || math.IsInf(base, -1) {
		return &dist.FitError{Distribution: s.family.String(), Row: row, Problem: "is outside the support"}
	}
	if !(w >= 0) || math.IsInf(w, 1) {
		return &dist.FitError{Distribution: s.family.String(), Row: row, Problem: fmt.Sprintf("has weight %v", w)}
	}
	if c, ok := s.family.(Categorical); ok {
		return s.addClass(c, x[0], w, row)
	}
	s.family.SufficientTo(s.t, x)
	if r, ok := s.family.(refiner); ok {
		r.roundingTo(s.rounding, x)
	}
	weight := s.weight.Plus(careful.Pair{High: w})
	ok := finite1(weight)
	for i, t := range s.t {
		s.next[i] = s.sum[i].Plus(careful.Pair{High: t, Low: s.rounding[i]}.Times(careful.Pair{High: w}))
		ok = ok && finite1(s.next[i])
	}
	if !ok {
		return s.overflow(row)
	}
	s.count++
	s.weight = weight
	s.sum, s.next = s.next, s.sum
	return nil
}

// addClass adds an observed class in time that does not grow with their number.
func (s *Statistics) addClass(f Categorical, x, w float64, row int) error {
	weight := s.weight.Plus(careful.Pair{High: w})
	if !finite1(weight) {
		return s.overflow(row)
	}
	s.count++
	s.weight = weight
	if i := int(x); i < f.Dim() {
		s.sum[i] = s.sum[i].Plus(careful.Pair{High: w})
	}
	return nil
}

// overflow is the error of an observation that is too large or too heavy.
func (s *Statistics) overflow(row int) error {
	return &dist.FitError{Distribution: s.family.String(), Row: row, Problem: "takes the sums beyond what float64 holds"}
}

// finite1 says whether a pair is a number.
func finite1(p careful.Pair) bool {
	v := p.High + p.Low
	return !math.IsNaN(v) && !math.IsInf(v, 0)
}

// Merge adds the observations of other statistics. The error is a
// [*belief.ConfigError] if they are of another family, and a [*dist.FitError] if the
// sums overflow; it leaves the statistics as they were.
func (s *Statistics) Merge(other *Statistics) error {
	if s.of() == nil || other.of() == nil {
		return errNoFamily
	}
	if have, want := other.family.String(), s.family.String(); have != want {
		return &belief.ConfigError{Field: "family", Value: have, Want: want}
	}
	weight := s.weight.Plus(other.weight)
	ok := finite1(weight) && s.count+other.count >= s.count
	for i := range s.sum {
		s.next[i] = s.sum[i].Plus(other.sum[i])
		ok = ok && finite1(s.next[i])
	}
	if !ok {
		return noMember(s.family, "the sums are beyond what float64 holds")
	}
	s.count += other.count
	s.weight = weight
	s.sum, s.next = s.next, s.sum
	return nil
}

// SumTo writes the weighted sum of T, rounded once, to dst and returns it; nil
// allocates.
func (s *Statistics) SumTo(dst []float64) []float64 {
	dst = dstFor(dst, len(s.sum))
	for i, sum := range s.sum {
		dst[i] = sum.High
	}
	return dst
}

// MeanTo writes the weighted mean of T to dst and returns it, NaN if the weight is
// zero; nil allocates.
func (s *Statistics) MeanTo(dst []float64) []float64 {
	dst = dstFor(dst, len(s.sum))
	s.meanTo(dst, make([]float64, len(dst)))
	return dst
}

// meanTo writes the mean, and its digits beyond float64.
func (s *Statistics) meanTo(mean, rest []float64) {
	for i, sum := range s.sum {
		m := sum.Over(s.weight)
		mean[i], rest[i] = m.High, m.Low
		if math.IsNaN(m.Low) {
			mean[i], rest[i] = sum.High/s.weight.High, 0
		}
	}
}

// Counts returns how often each outcome came up, by weight, for the families
// [Bernoulli] and [Binomial], success before failure, and [Categorical] and
// [Multinomial]. The last outcome, which T leaves out, is what is left of all trials,
// without the digits that the difference would lose. The error is a
// [*belief.ConfigError] for other families.
func (s *Statistics) Counts() ([]float64, error) {
	if s.of() == nil {
		return nil, errNoFamily
	}
	trials := 1.0
	switch f := s.family.(type) {
	case Bernoulli, Categorical:
	case Binomial:
		trials = f.N
	case Multinomial:
		trials = f.N
	default:
		return nil, &belief.ConfigError{Field: "family", Value: s.family, Want: "one of counted outcomes"}
	}
	counts := make([]float64, len(s.sum)+1)
	s.SumTo(counts[:len(s.sum)])
	all := s.weight.Times(careful.Pair{High: trials})
	left := all
	for _, sum := range s.sum {
		left = left.Minus(sum)
	}
	counts[len(s.sum)] = remainder(left.High, all.High)
	return counts, nil
}

// remainder returns what is left of all trials, where rounding of the pairs is none.
func remainder(left, all float64) float64 {
	if left < 1e-28*all {
		return 0
	}
	return left
}

// Moments returns the weighted mean and covariance of the observations of the
// families [Normal], [LogNormal] (of the logarithms) and [MultivariateNormal], also
// where the covariance is singular and there is no fit. The error is a
// [*belief.ConfigError] for other families, and a [*dist.FitError] if the weight is
// zero.
func (s *Statistics) Moments() (mean []float64, cov *mat.SymDense, err error) {
	if s.of() == nil {
		return nil, nil, errNoFamily
	}
	switch s.family.(type) {
	case Normal, LogNormal, MultivariateNormal:
	default:
		return nil, nil, &belief.ConfigError{Field: "family", Value: s.family, Want: "one of normal distributions"}
	}
	if !(s.weight.High > 0) {
		return nil, nil, noMember(s.family, "there are no observations of positive weight")
	}
	all, rest := make([]float64, len(s.sum)), make([]float64, len(s.sum))
	s.meanTo(all, rest)
	n := s.family.Size()
	return all[:n:n], covariance(n, all, rest), nil
}

// Fit returns the η of greatest likelihood, where ∇A(η) is the mean of T, or a
// [*dist.FitError].
func (s *Statistics) Fit() ([]float64, error) {
	if s.of() == nil {
		return nil, errNoFamily
	}
	if !(s.weight.High > 0) {
		return nil, noMember(s.family, "there are no observations of positive weight")
	}
	mean, rest := make([]float64, len(s.sum)), make([]float64, len(s.sum))
	s.meanTo(mean, rest)
	if f, ok := s.family.(finer); ok {
		return f.naturalTo(nil, mean, rest)
	}
	return s.family.NaturalTo(nil, mean)
}
