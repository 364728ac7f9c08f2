package disttest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/stream"
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
	// [dist.Scorer].
	New func(params []float64) dist.Univariate
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
	s.edges()
	s.inverse()
	if s.support.Discrete {
		s.masses()
	} else {
		s.densities()
		s.gradient()
	}
	s.score()
	s.samples()
	s.fit()
}

// A suite is one run.
type suite struct {
	T
	Case
	name    string
	support dist.Support
}

// near compares with a relative tolerance.
func (s *suite) near(what string, got, want, tol float64) {
	s.Helper()
	if math.IsNaN(want) && math.IsNaN(got) || got == want {
		return
	}
	if !(math.Abs(got-want) <= tol*max(1, math.Abs(want))) {
		s.Errorf("%s: %s is %v, want %v", s.name, what, got, want)
	}
}

// probs are the probabilities at which quantiles are looked at.
var probs = []float64{1e-9, 1e-6, 1e-3, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1 - 1e-6}

// edges looks outside the support and at what is no number.
func (s *suite) edges() {
	d := s.Dist
	if !math.IsNaN(d.LogProb(math.NaN())) || !math.IsNaN(d.CDF(math.NaN())) {
		s.Errorf("%s: NaN passes as %v and %v", s.name, d.LogProb(math.NaN()), d.CDF(math.NaN()))
	}
	for _, p := range []float64{-0.1, 1.1, math.NaN()} {
		if !math.IsNaN(d.Quantile(p)) {
			s.Errorf("%s: the quantile of %v is %v", s.name, p, d.Quantile(p))
		}
	}
	s.near("Quantile(0)", d.Quantile(0), s.support.Lower, 1e-12)
	s.near("Quantile(1)", d.Quantile(1), s.support.Upper, 1e-12)
	s.near("CDF(-Inf)", d.CDF(math.Inf(-1)), 0, 0)
	s.near("CDF(Inf)", d.CDF(math.Inf(1)), 1, 0)
	s.near("Survival(Inf)", d.Survival(math.Inf(1)), 0, 0)
	outside := []float64{math.Inf(-1), math.Inf(1)}
	if !math.IsInf(s.support.Lower, 0) {
		outside = append(outside, s.support.Lower-1)
	}
	if !math.IsInf(s.support.Upper, 0) {
		outside = append(outside, s.support.Upper+1)
	}
	if s.support.Discrete {
		outside = append(outside, s.Dist.Quantile(0.5)+0.5)
	}
	for _, x := range outside {
		if l := d.LogProb(x); !math.IsInf(l, -1) {
			s.Errorf("%s: LogProb(%v) outside the support is %v", s.name, x, l)
		}
	}
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
		} else if slack := lastDigit(d, x); math.Abs(cdf-p) > s.Tol*p+slack {
			s.Errorf("%s: CDF(Quantile(%v)) = %v", s.name, p, cdf)
		}
		s.near(fmt.Sprintf("CDF+Survival at %v", x), cdf+d.Survival(x), 1, 1e-14)
		if cdf > 0 {
			s.near(fmt.Sprintf("LogCDF(%v)", x), d.LogCDF(x), math.Log(cdf), 1e-9)
		}
		if u, ok := d.(dist.UpperQuantiler); ok && !s.support.Discrete {
			y := u.UpperQuantile(p)
			if got := d.Survival(y); math.Abs(got-p) > s.Tol*p+lastDigit(d, y) {
				s.Errorf("%s: Survival(UpperQuantile(%v)) = %v", s.name, p, got)
			}
		}
	}
}

// lastDigit is how much probability the last digit of x stands for.
func lastDigit(d dist.Univariate, x float64) float64 {
	return 4e-16 * math.Abs(x) * math.Exp(d.LogProb(x))
}

// panels are the quantiles between which densities are integrated.
func (s *suite) panels() []float64 {
	var x []float64
	for _, p := range []float64{1e-12, 1e-9, 1e-7, 1e-5, 1e-4, 1e-3, 0.003, 0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97, 0.99, 0.997, 0.999, 1 - 1e-4, 1 - 1e-5, 1 - 1e-7, 1 - 1e-9, 1 - 1e-12} {
		x = append(x, s.Dist.Quantile(p))
	}
	return slices.Compact(x)
}

// densities integrates the density: to the distribution function between
// quantiles, and to the moments and the entropy over nearly all of the mass.
func (s *suite) densities() {
	d := s.Dist
	x := s.panels()
	var mean, square, entropy float64
	for i := 1; i < len(x); i++ {
		integral := func(f func(v float64) float64) float64 { return quad.Fixed(f, x[i-1], x[i], 60, nil, 0) }
		mass := integral(func(v float64) float64 { return math.Exp(d.LogProb(v)) })
		want := d.CDF(x[i]) - d.CDF(x[i-1])
		if want < 1e-4 {
			want = d.Survival(x[i-1]) - d.Survival(x[i])
		}
		if math.Abs(mass-want) > 1e-7*want+1e-14 {
			s.Errorf("%s: the density integrates to %v between %v and %v, the CDF says %v", s.name, mass, x[i-1], x[i], want)
		}
		mean += integral(func(v float64) float64 { return v * math.Exp(d.LogProb(v)) })
		entropy -= integral(func(v float64) float64 {
			if l := d.LogProb(v); !math.IsInf(l, -1) {
				return l * math.Exp(l)
			}
			return 0
		})
	}
	for i := 1; i < len(x); i++ {
		square += quad.Fixed(func(v float64) float64 { return (v - mean) * (v - mean) * math.Exp(d.LogProb(v)) }, x[i-1], x[i], 60, nil, 0)
	}
	// The tails left out hold 1e-12 of the mass, which matters where tails are
	// heavy: moments are compared where the fourth moment's share is small.
	sd := math.Sqrt(d.Variance())
	if spread := x[len(x)-1] - x[0]; !math.IsNaN(sd) && !math.IsInf(sd, 0) && spread < 100*sd {
		s.near("the mean", d.Mean(), mean, 1e-6*(1+sd))
		s.near("the variance", d.Variance(), square, 1e-5)
	}
	if h := d.Entropy(); !math.IsNaN(h) {
		s.near("the entropy", h, entropy, 1e-6)
	}
}

// masses sums the mass function.
func (s *suite) masses() {
	d := s.Dist
	low, high := d.Quantile(1e-13), d.Quantile(1-1e-13)
	if math.IsInf(high, 1) || high-low > 1e6 {
		high = low + 1e6
	}
	var total, mean, square, entropy float64
	for x := low; x <= high; x++ {
		p := math.Exp(d.LogProb(x))
		total += p
		mean += x * p
		if p > 0 {
			entropy -= p * math.Log(p)
		}
		if below := d.CDF(x-1) + p; math.Abs(d.CDF(x)-below) > 1e-10 {
			s.Errorf("%s: the CDF steps to %v at %v, the mass says %v", s.name, d.CDF(x), x, below)
			return
		}
	}
	for x := low; x <= high; x++ {
		square += (x - mean) * (x - mean) * math.Exp(d.LogProb(x))
	}
	s.near("the total mass", total, 1, 1e-10)
	if v := d.Variance(); !math.IsNaN(v) && !math.IsInf(v, 0) {
		s.near("the mean", d.Mean(), mean, 1e-7)
		s.near("the variance", v, square, 1e-6)
	}
	if h := d.Entropy(); !math.IsNaN(h) {
		s.near("the entropy", h, entropy, 1e-6)
	}
}

// gradient holds d log p / dx against differences.
func (s *suite) gradient() {
	g, ok := s.Dist.(dist.Grader)
	if !ok {
		return
	}
	for _, p := range []float64{0.001, 0.02, 0.11, 0.37, 0.52, 0.81, 0.97, 0.999} {
		x := s.Dist.Quantile(p)
		scale := s.Dist.Quantile(0.75) - s.Dist.Quantile(0.25)
		want := derivative(s.Dist.LogProb, x, 1e-4*min(scale, 1e-2+math.Abs(x-s.support.Lower), 1e-2+math.Abs(s.support.Upper-x)))
		if got := g.GradLogProb(x); math.Abs(got-want) > 1e-5*(1+math.Abs(want)) {
			s.Errorf("%s: GradLogProb(%v) = %v, differences say %v", s.name, x, got, want)
		}
	}
}

// score holds the gradient in the parameters against differences.
func (s *suite) score() {
	sc, ok := s.Dist.(dist.Scorer)
	if !ok || s.New == nil {
		return
	}
	params := sc.Params()
	for _, p := range []float64{0.02, 0.37, 0.6, 0.97} {
		x := s.Dist.Quantile(p)
		got := sc.ScoreTo(nil, x)
		for k := range params {
			want := derivative(func(v float64) float64 {
				q := slices.Clone(params)
				q[k] = v
				return s.New(q).LogProb(x)
			}, params[k], 1e-4*max(1e-2, math.Abs(params[k])))
			if math.Abs(got[k]-want) > 1e-5*(1+math.Abs(want)) {
				s.Errorf("%s: the score of parameter %d at %v is %v, differences say %v", s.name, k, x, got[k], want)
			}
		}
	}
}

// derivative is a difference of the fourth order.
func derivative(f func(float64) float64, x, h float64) float64 {
	return (8*(f(x+h)-f(x-h)) - (f(x+2*h) - f(x-2*h))) / (12 * h)
}

// samples holds draws against the distribution function (Kolmogorov–Smirnov; the
// bound of Dvoretzky, Kiefer & Wolfowitz with Massart's constant, which holds for
// discrete distributions too), and a stream against itself.
func (s *suite) samples() {
	x := make([]float64, draws)
	a, b := stream.New(1, "disttest"), stream.New(1, "disttest")
	for i := range x {
		x[i] = s.Dist.Rand(a)
		if y := s.Dist.Rand(b); x[i] != y && !(math.IsNaN(x[i]) && math.IsNaN(y)) {
			s.Errorf("%s: draw %d of one stream is %v and %v", s.name, i, x[i], y)
			return
		}
		if !s.support.Contains(x[i]) {
			s.Errorf("%s: draw %v is outside the support", s.name, x[i])
			return
		}
	}
	slices.Sort(x)
	bound := math.Sqrt(math.Log(2/1e-6) / (2 * draws))
	for i, v := range x {
		if i+1 < draws && x[i+1] == v {
			continue
		}
		if gap := math.Abs(float64(i+1)/draws - s.Dist.CDF(v)); gap > bound {
			s.Errorf("%s: %d of %d draws are at most %v, the CDF says %v", s.name, i+1, draws, v, s.Dist.CDF(v))
			return
		}
	}
}

// fit recovers the parameters from draws, and from their distinct values with
// counts as weights.
func (s *suite) fit() {
	if s.Fit == nil {
		return
	}
	r := rand.New(rand.NewPCG(2, 3))
	x := make([]float64, draws)
	for i := range x {
		x[i] = s.Dist.Rand(r)
	}
	plain, err := s.Fit(x, nil)
	if err != nil {
		s.Errorf("%s: Fit: %v", s.name, err)
		return
	}
	want, got := s.Dist.(dist.Scorer).Params(), plain.(dist.Scorer).Params()
	for k := range want {
		if math.Abs(got[k]-want[k]) > s.FitTol*(1+math.Abs(want[k])) {
			s.Errorf("%s: fitted %v", s.name, plain)
			break
		}
	}
	twice := append(slices.Clone(x), x[:draws/2]...)
	w := make([]float64, draws)
	for i := range w {
		w[i] = 1
		if i < draws/2 {
			w[i] = 2
		}
	}
	repeated, err1 := s.Fit(twice, nil)
	weighted, err2 := s.Fit(x, w)
	if err1 != nil || err2 != nil {
		s.Errorf("%s: Fit: %v, %v", s.name, err1, err2)
		return
	}
	a, b := repeated.(dist.Scorer).Params(), weighted.(dist.Scorer).Params()
	for k := range a {
		s.near(fmt.Sprintf("parameter %d fitted with weights", k), b[k], a[k], 1e-6)
	}
	// The greatest likelihood is not below that of the truth.
	gain := 0.0
	for _, v := range x {
		gain += plain.LogProb(v) - s.Dist.LogProb(v)
	}
	if gain < -1e-6*draws {
		s.Errorf("%s: the fit %v is less likely than the truth by %v nats", s.name, plain, -gain)
	}
	for name, bad := range map[string][2][]float64{"no observations": {{}, nil}, "NaN": {{1, math.NaN()}, nil}, "negative weight": {{s.Dist.Quantile(0.3), s.Dist.Quantile(0.6)}, {1, -1}}} {
		if d, err := s.Fit(bad[0], bad[1]); err == nil {
			s.Errorf("%s: fitting %s gives %v", s.name, name, d)
		}
	}
}
