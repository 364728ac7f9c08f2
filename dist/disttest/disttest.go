package disttest

import (
	"fmt"
	"math"
	"runtime"

	"github.com/belief-go/belief/dist"
)

// T is what the suite needs of a [testing.T].
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// A Case is a distribution and what the suite cannot know of it.
type Case struct {
	Dist dist.Univariate
	// New makes the distribution from its parameters; nil if it is no
	// [dist.Scorer], or if NoNew says that the parameters cannot be changed alone.
	New   func(params []float64) dist.Univariate
	NoNew bool
	// Bad are parameters that New takes and Validate must refuse, besides NaN.
	Bad [][]float64
	// RoughTails says that tails beyond a millionth may be differences from one, and
	// that their logarithms may be −Inf.
	RoughTails bool
	// Fit estimates the distribution; nil if there is no such function.
	Fit func(x, w []float64) (dist.Univariate, error)
	// FitTol is how far fitted parameters may be off, relative to one plus their
	// size, from 20,000 draws; 0: 0.06.
	FitTol float64
	// Tol is the relative accuracy of the distribution function and its inverse;
	// 0: 1e-10.
	Tol float64
}

// draws is how many the statistical checks take. A right sampler fails the
// Kolmogorov–Smirnov check with probability below 1e-6.
const draws = 20000

// Run reports everything in which the distribution contradicts itself.
func Run(t T, c Case) {
	t.Helper()
	if c.Dist == nil {
		t.Errorf("disttest: the Case has no Dist")
		return
	}
	if c.Tol == 0 {
		c.Tol = 1e-10
	}
	if c.FitTol == 0 {
		c.FitTol = 0.06
	}
	s := suite{T: t, Case: c, name: c.Dist.String(), support: c.Dist.Support()}
	if err := c.Dist.Validate(); err != nil {
		s.Errorf("%s: %v", s.name, err)
		return
	}
	s.conduct()
	s.edges()
	s.inverse()
	s.tails()
	s.batch()
	if s.support.Discrete {
		s.masses()
	} else {
		s.densities()
		s.gradient()
	}
	s.score()
	s.samples()
	s.drawnMoments()
	s.purity()
	s.fit()
}

// A suite is one run.
type suite struct {
	T
	Case
	name    string
	support dist.Support
	drawn   []float64 // by samples, inside the support
}

// near compares with a relative tolerance.
func (s *suite) near(what string, got, want, tol float64) {
	s.Helper()
	if math.IsNaN(want) && math.IsNaN(got) || got == want {
		return
	}
	if math.IsInf(want, 0) || !(math.Abs(got-want) <= tol*max(1, math.Abs(want))) {
		s.Errorf("%s: %s is %v, want %v", s.name, what, got, want)
	}
}

// probs are the probabilities at which quantiles are looked at.
var probs = []float64{1e-9, 1e-6, 1e-3, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1 - 1e-6}

// edges looks outside the support and at what is no number.
func (s *suite) edges() {
	d, nan, inf := s.Dist, math.NaN(), math.Inf(1)
	notANumber := func(what string, v float64) {
		s.Helper()
		if !math.IsNaN(v) {
			s.Errorf("%s: %s is %v, want NaN", s.name, what, v)
		}
	}
	notANumber("LogProb(NaN)", d.LogProb(nan))
	notANumber("CDF(NaN)", d.CDF(nan))
	notANumber("LogCDF(NaN)", d.LogCDF(nan))
	notANumber("Survival(NaN)", d.Survival(nan))
	for _, p := range []float64{-0.1, 1.1, nan} {
		notANumber(fmt.Sprintf("Quantile(%v)", p), d.Quantile(p))
	}
	s.near("Quantile(0)", d.Quantile(0), s.support.Lower, 1e-12)
	s.near("Quantile(1)", d.Quantile(1), s.support.Upper, 1e-12)
	if u, ok := d.(dist.UpperQuantiler); ok {
		for _, q := range []float64{-0.1, 1.1, nan} {
			notANumber(fmt.Sprintf("UpperQuantile(%v)", q), u.UpperQuantile(q))
		}
		s.near("UpperQuantile(0)", u.UpperQuantile(0), s.support.Upper, 1e-12)
		s.near("UpperQuantile(1)", u.UpperQuantile(1), s.support.Lower, 1e-12)
	}
	s.near("CDF(-Inf)", d.CDF(-inf), 0, 0)
	s.near("CDF(Inf)", d.CDF(inf), 1, 0)
	s.near("LogCDF(-Inf)", d.LogCDF(-inf), -inf, 0)
	s.near("LogCDF(Inf)", d.LogCDF(inf), 0, 0)
	s.near("Survival(-Inf)", d.Survival(-inf), 1, 0)
	s.near("Survival(Inf)", d.Survival(inf), 0, 0)
	for _, x := range s.outside() {
		if l := d.LogProb(x); !math.IsInf(l, -1) {
			s.Errorf("%s: LogProb(%v) outside the support is %v", s.name, x, l)
		}
	}
}

// outside returns values that the distribution does not have.
func (s *suite) outside() []float64 {
	x := []float64{math.Inf(-1), math.Inf(1)}
	if !math.IsInf(s.support.Lower, 0) {
		x = append(x, s.support.Lower-1)
	}
	if !math.IsInf(s.support.Upper, 0) {
		x = append(x, s.support.Upper+1)
	}
	if s.support.Discrete {
		x = append(x, s.Dist.Quantile(0.5)+0.5)
	}
	return x
}

// batch holds LogProbTo against LogProb, inside and outside of the support and at
// its ends, with a destination and without; with one it must not allocate.
func (s *suite) batch() {
	b, ok := s.Dist.(dist.Batcher)
	if !ok {
		return
	}
	x := append(s.outside(), math.NaN(), 0, s.support.Lower, s.support.Upper)
	for _, p := range probs {
		x = append(x, s.Dist.Quantile(p))
	}
	dst := make([]float64, len(x))
	for i := range dst {
		dst[i] = 1e9 // which must go
	}
	same := b.LogProbTo(dst, x)
	fresh := b.LogProbTo(nil, x)
	if len(same) != len(x) || &same[0] != &dst[0] || len(fresh) != len(x) {
		s.Errorf("%s: LogProbTo returns %d and %d values for %d, or not its destination", s.name, len(same), len(fresh), len(x))
		return
	}
	for i, v := range x {
		s.near(fmt.Sprintf("LogProbTo at %v", v), dst[i], s.Dist.LogProb(v), 1e-12)
		s.near(fmt.Sprintf("LogProbTo without destination at %v", v), fresh[i], dst[i], 0)
	}
	if n := allocations(func() { b.LogProbTo(dst, x) }); n != 0 {
		s.Errorf("%s: LogProbTo with a destination allocates %d times", s.name, n)
	}
}

// allocations counts those of one call: the least of a few, as other goroutines
// allocate too. Under the race detector it does not count.
func allocations(f func()) uint64 {
	if race {
		return 0
	}
	var before, after runtime.MemStats
	least := uint64(math.MaxUint64)
	for range 10 {
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		if least = min(least, after.Mallocs-before.Mallocs); least == 0 {
			break
		}
	}
	return least
}

// inverse holds the quantile against the distribution function, and that against
// its complement and its logarithm.
func (s *suite) inverse() {
	d := s.Dist
	last := math.Inf(-1)
	for _, p := range probs {
		x := d.Quantile(p)
		if x < last || !s.support.Contains(x) {
			s.Errorf("%s: Quantile(%v) = %v after %v, support %v", s.name, p, x, last, s.support)
		}
		last = x
		cdf := d.CDF(x)
		if s.support.Discrete {
			if cdf < p*(1-1e-9) || x > s.support.Lower && d.CDF(x-1) > p*(1+1e-9) {
				s.Errorf("%s: Quantile(%v) = %v, where the CDF steps from %v to %v", s.name, p, x, d.CDF(x-1), cdf)
			}
		} else if slack := lastDigit(d, x); !(math.Abs(cdf-p) <= s.Tol*p+slack) {
			s.Errorf("%s: CDF(Quantile(%v)) = %v", s.name, p, cdf)
		}
		s.near(fmt.Sprintf("CDF+Survival at %v", x), cdf+d.Survival(x), 1, 1e-14)
		if cdf > 0 {
			s.near(fmt.Sprintf("LogCDF(%v)", x), d.LogCDF(x), math.Log(cdf), 1e-9)
		}
		if u, ok := d.(dist.UpperQuantiler); ok && !s.support.Discrete {
			y := u.UpperQuantile(p)
			if got := d.Survival(y); !(math.Abs(got-p) <= s.Tol*p+lastDigit(d, y)) {
				s.Errorf("%s: Survival(UpperQuantile(%v)) = %v", s.name, p, got)
			}
		}
	}
}

// lastDigit is how much probability the last digit of x stands for.
func lastDigit(d dist.Univariate, x float64) float64 {
	return 4e-16 * math.Abs(x) * math.Exp(d.LogProb(x))
}
