package disttest

import (
	"fmt"
	"math"
	"regexp"
	"slices"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/stream"
)

// A MultivariateCase is a distribution of a vector and what the suite cannot know
// of it. Only Dist is needed; the more is told, the sharper the suite looks.
type MultivariateCase struct {
	Dist dist.Multivariate
	// Chart holds the coordinates that the density is a density of; the zero
	// value stands for those of the vector itself.
	Chart Chart
	// Integer says which of the chart's coordinates are integers. Nil is none of
	// them, one element stands for all.
	Integer []bool
	// New makes the distribution from its parameters; nil if it is no
	// [dist.VectorScorer].
	New func(params []float64) dist.Multivariate
	// Fit estimates the distribution from values that stand one after the other;
	// nil if there is no such function.
	Fit func(x, w []float64) (dist.Multivariate, error)
	// FitTol is how far fitted parameters may be off, relative to one plus their
	// size, from 20,000 draws; 0: 0.06.
	FitTol float64
	// Projections are functions of the vector whose distribution is known.
	Projections []Projection
	// Values are all values that have positive probability, if they are few.
	Values [][]float64
	// Cube maps the inside of the unit cube onto the support, in the chart's
	// coordinates, and returns the logarithm of the absolute determinant of the
	// derivative. With it the density is integrated, in up to three dimensions.
	Cube func(free, u []float64) float64
	// CubeTol is the accuracy of these integrals; 0: 1e-6.
	CubeTol float64
	// HeavyTails says that fourth moments do not exist, so that the covariance of
	// draws tells nothing.
	HeavyTails bool
}

// A Chart is the set of free coordinates of values that obey constraints: the
// density is stated with respect to their Lebesgue measure, or their counts. A
// value that leaves the support must have log probability −Inf, or hold a NaN.
type Chart struct {
	Dim   int                       // how many free coordinates there are
	Free  func(free, x []float64)   // picks them out of a value
	Value func(dst, free []float64) // completes them to a value
}

// Simplex is the chart of k numbers that sum to total: all but the last.
func Simplex(k int, total float64) Chart {
	return Chart{
		Dim:  k - 1,
		Free: func(free, x []float64) { copy(free, x) },
		Value: func(dst, free []float64) {
			rest := total
			for i, v := range free {
				dst[i] = v
				rest -= v
			}
			dst[k-1] = rest
		},
	}
}

// Symmetric is the chart of symmetric p by p matrices, stored whole: the lower
// triangle, row by row.
func Symmetric(p int) Chart {
	each := func(f func(k, i, j int)) {
		k := 0
		for i := range p {
			for j := range i + 1 {
				f(k, i, j)
				k++
			}
		}
	}
	return Chart{
		Dim:  p * (p + 1) / 2,
		Free: func(free, x []float64) { each(func(k, i, j int) { free[k] = x[i*p+j] }) },
		Value: func(dst, free []float64) {
			each(func(k, i, j int) { dst[i*p+j], dst[j*p+i] = free[k], free[k] })
		},
	}
}

// A Projection is a number computed from a value, and its distribution function,
// which may have jumps.
type Projection struct {
	Name string
	Of   func(x []float64) float64
	CDF  func(v float64) float64
}

// Box is a [MultivariateCase.Cube] for densities that are negligible outside a box.
func Box(lower, upper []float64) func(free, u []float64) float64 {
	volume := 0.0
	for i := range lower {
		volume += math.Log(upper[i] - lower[i])
	}
	return func(free, u []float64) float64 {
		for i, v := range u {
			free[i] = lower[i] + v*(upper[i]-lower[i])
		}
		return volume
	}
}

// RunMultivariate reports everything in which the distribution contradicts itself.
// All statistical checks of one run together give a false alarm with probability
// below 1e-6, if the sampler is right.
func RunMultivariate(t T, c MultivariateCase) {
	t.Helper()
	if c.FitTol == 0 {
		c.FitTol = 0.06
	}
	if c.CubeTol == 0 {
		c.CubeTol = 1e-6
	}
	n := c.Dist.Dim()
	if c.Chart.Value == nil {
		c.Chart = Chart{n, func(free, x []float64) { copy(free, x) }, func(dst, free []float64) { copy(dst, free) }}
	}
	switch len(c.Integer) {
	case 0:
		c.Integer = make([]bool, c.Chart.Dim)
	case 1:
		c.Integer = slices.Repeat(c.Integer, c.Chart.Dim)
	}
	s := &vectorSuite{T: t, MultivariateCase: c, name: c.Dist.String(), n: n}
	if !s.draw() {
		return
	}
	s.shapes()
	s.batch()
	s.gradients()
	s.scores()
	s.moments()
	s.bridge()
	s.enumeration()
	s.cubature()
	s.projections()
	s.recovery()
}

// A vectorSuite is one run.
type vectorSuite struct {
	T
	MultivariateCase
	name string
	n    int // the length of a value

	x              []float64 // draws, one after the other
	logP           []float64 // and their log probabilities
	centre, spread []float64 // where the chart's coordinates lie, outliers aside
}

// row is draw i.
func (s *vectorSuite) row(i int) []float64 { return s.x[i*s.n : (i+1)*s.n] }

// near compares with a relative tolerance.
func (s *vectorSuite) near(what string, got, want, tol float64) {
	s.Helper()
	if got == want {
		return
	}
	if math.IsInf(want, 0) || !(math.Abs(got-want) <= tol*max(1, math.Abs(want))) {
		s.Errorf("%s: %s is %v, want %v", s.name, what, got, want)
	}
}

// logProbAt is the log probability of a point of the chart.
func (s *vectorSuite) logProbAt(value, free []float64) float64 {
	s.Chart.Value(value, free)
	if slices.ContainsFunc(value, math.IsNaN) {
		return math.Inf(-1)
	}
	return s.Dist.LogProb(value)
}

// shapes looks at NaN, infinities and wrong lengths.
func (s *vectorSuite) shapes() {
	x := slices.Clone(s.row(0))
	for i := range x {
		keep := x[i]
		x[i] = math.NaN()
		if l := s.Dist.LogProb(x); !math.IsNaN(l) {
			s.Errorf("%s: NaN at %d passes as %v", s.name, i, l)
		}
		for _, v := range []float64{math.Inf(1), math.Inf(-1)} {
			x[i] = v
			if l := s.Dist.LogProb(x); !math.IsInf(l, -1) {
				s.Errorf("%s: %v at %d has log probability %v", s.name, v, i, l)
			}
		}
		x[i] = keep
	}
	long := make([]float64, s.n+1)
	r := stream.New(1, "disttest")
	s.panics("LogProb of a long value", func() { s.Dist.LogProb(long) })
	s.panics("RandTo a long destination", func() { s.Dist.RandTo(long, r) })
	s.panics("MeanTo a long destination", func() { s.Dist.MeanTo(long) })
	if d, ok := s.Dist.(dist.VectorBatcher); ok {
		s.panics("LogProbTo a long destination", func() { d.LogProbTo(long[:2], s.x[:s.n]) })
		if s.n > 1 {
			s.panics("LogProbTo of broken values", func() { d.LogProbTo(nil, s.x[:s.n+1]) })
		}
	}
	if d, ok := s.Dist.(dist.VectorGrader); ok {
		s.panics("GradLogProbTo of a long value", func() { d.GradLogProbTo(nil, long) })
	}
}

// named is how a panic begins that a package means, unlike those of the runtime.
var named = regexp.MustCompile("^[a-z][a-z0-9]*: ")

// panics wants a panic with a text that names the package.
func (s *vectorSuite) panics(what string, f func()) {
	s.Helper()
	defer func() {
		p := recover()
		if text, ok := p.(string); !ok || !named.MatchString(text) {
			s.Errorf("%s: %s: panic %v", s.name, what, p)
		}
	}()
	f()
}

// batch holds many values at once against one by one.
func (s *vectorSuite) batch() {
	dst := make([]float64, s.n)
	r := stream.New(3, "disttest")
	hundred := func() {
		for range 100 {
			s.Dist.RandTo(dst, r)
		}
	}
	if a := allocations(hundred); a > 0 {
		s.Errorf("%s: RandTo allocates %v times in a hundred calls", s.name, a)
	}
	d, ok := s.Dist.(dist.VectorBatcher)
	if !ok {
		return
	}
	const rows = 300 // no multiple of anybody's block
	for _, k := range []int{0, 1, 7, rows} {
		for i, got := range d.LogProbTo(nil, s.x[:k*s.n]) {
			s.near(fmt.Sprintf("the log probability of value %d of %d", i, k), got, s.logP[i], 1e-12)
		}
	}
	many := make([]float64, rows)
	if a := allocations(func() { d.LogProbTo(many, s.x[:rows*s.n]) }); a > 0 {
		s.Errorf("%s: LogProbTo allocates %v times", s.name, a)
	}
	x := slices.Clone(s.x[:9*s.n])
	x[4*s.n] = math.NaN()
	x[6*s.n] = math.Inf(1)
	for i, got := range d.LogProbTo(nil, x) {
		switch {
		case i == 4 && !math.IsNaN(got), i == 6 && !math.IsInf(got, -1):
			s.Errorf("%s: %v in a batch has log probability %v", s.name, x[i*s.n], got)
		case i != 4 && i != 6:
			s.near("the log probability beside a NaN", got, s.logP[i], 1e-12)
		}
	}
}
