package expfam_test

import (
	"bytes"
	"errors"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// statistics returns empty ones.
func statistics(t testing.TB, f expfam.Family) *expfam.Statistics {
	t.Helper()
	s, err := expfam.NewStatistics(f)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestFit recovers the distribution that fits its own moments: a large sample, with
// weights, gives the η at which the weighted score of the data is zero, that is, at
// which no other η near it has a greater likelihood.
func TestFit(t *testing.T) {
	for _, m := range members {
		r := rand.New(rand.NewPCG(7, uint64(len(m.family))))
		for range 5 {
			d := m.make(r)
			f, eta, err := expfam.Of(d)
			if err != nil {
				t.Fatal(err)
			}
			s := statistics(t, f)
			var x, w []float64
			for range 300 {
				x, w = append(x, draw(d, r)...), append(w, r.ExpFloat64())
			}
			if err := s.AddBatch(x, w); err != nil {
				t.Fatalf("%v: %v", d, err)
			}
			fit, err := s.Fit()
			if err != nil {
				continue // a degenerate sample of a narrow distribution
			}
			likelihood := func(eta []float64) (sum float64) {
				for i, v := range w {
					sum += v * expfam.LogProb(f, eta, x[i*f.Size():(i+1)*f.Size()])
				}
				return sum
			}
			best := likelihood(fit)
			if l := likelihood(eta); l > best {
				t.Errorf("%v: likelihood %v of the fit is less than %v of the truth", d, best, l)
			}
			for range 20 {
				e := append([]float64(nil), fit...)
				for i := range e {
					e[i] *= 1 + 1e-3*r.NormFloat64()
				}
				if l := likelihood(e); l > best+1e-9*math.Abs(best) {
					t.Errorf("%v: likelihood %v at %v, and %v at the fit %v", d, l, e, best, fit)
				}
			}
		}
	}
}

// exactNormal returns mean and variance of weighted data, in exact arithmetic.
func exactNormal(x, w []float64) (mean, variance float64) {
	zero := func() *big.Float { return new(big.Float).SetPrec(3000) }
	n, one, two := zero(), zero(), zero()
	for i, v := range x {
		b, c := zero().SetFloat64(v), zero().SetFloat64(w[i])
		n.Add(n, c)
		one.Add(one, zero().Mul(b, c))
		two.Add(two, zero().Mul(b, zero().Mul(b, c)))
	}
	one.Quo(one, n)
	two.Quo(two, n)
	two.Sub(two, zero().Mul(one, one))
	mean, _ = one.Float64()
	variance, _ = two.Float64()
	return mean, variance
}

// TestLargeMean fits data whose variance is 1e-16 to 1e-24 of the square of their
// mean. Plain sums of squares lose all of it.
func TestLargeMean(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for _, mean := range []float64{0, 1e8, -1e10, 1e12} {
		x, w, pairs := make([]float64, 5000), make([]float64, 5000), []float64(nil)
		for i := range x {
			x[i], w[i] = mean+r.NormFloat64(), r.ExpFloat64()
			pairs = append(pairs, x[i], r.NormFloat64()-mean)
		}
		m, v := exactNormal(x, w)
		s, both := statistics(t, expfam.Normal{}), statistics(t, expfam.MultivariateNormal{D: 2})
		for _, err := range []error{s.AddBatch(x, w), both.AddBatch(pairs, w)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		eta, err := s.Fit()
		if err != nil {
			t.Fatal(err)
		}
		// 32 digits less the 2·log10(mean) that cancel, and rounding of η.
		tol := 1e-15 + 1e-29*mean*mean
		if got := -0.5 / eta[1]; math.Abs(got-v) > tol*10 {
			t.Errorf("mean %v: variance %.17g, want %.17g", mean, got, v)
		}
		if got := -0.5 * eta[0] / eta[1]; math.Abs(got-m) > 4e-16*math.Abs(m)+1e-16 {
			t.Errorf("mean %v: fitted mean %.17g, want %.17g", mean, got, m)
		}
		eta, err = both.Fit()
		if err != nil {
			t.Fatal(err)
		}
		sigma := mat.NewSymDense(2, []float64{-2 * eta[2], -eta[3], -eta[3], -2 * eta[4]})
		var c mat.Cholesky
		var inv mat.SymDense
		if !c.Factorize(sigma) || c.InverseTo(&inv) != nil || math.Abs(inv.At(0, 0)-v) > 1e-13+tol*10 {
			t.Errorf("mean %v: variance %.17g in two dimensions, want %.17g", mean, inv.At(0, 0), v)
		}
	}
}

// TestMean looks at mean and covariance of points on a line, for which there is no fit,
// and at families that have neither.
func TestMean(t *testing.T) {
	s := statistics(t, expfam.MultivariateNormal{D: 2})
	var config *belief.ConfigError
	var fit *dist.FitError
	if _, _, err := s.Moments(); !errors.As(err, &fit) {
		t.Errorf("no observations have moments, %v", err)
	}
	if err := s.AddBatch([]float64{1e9, 1, 1e9 + 2, 5, 7, 7}, []float64{1, 3, 0}); err != nil {
		t.Fatal(err)
	}
	mean, cov, err := s.Moments()
	want := mat.NewSymDense(2, []float64{0.75, 1.5, 1.5, 3})
	if err != nil || mean[0] != 1e9+1.5 || mean[1] != 4 || !mat.EqualApprox(cov, want, 1e-13) {
		t.Errorf("mean %v and covariance %v, %v", mean, cov, err)
	}
	if _, _, err := statistics(t, expfam.Gamma{}).Moments(); !errors.As(err, &config) {
		t.Errorf("moments of gamma statistics give %v", err)
	}
}

// TestCounts looks at the outcome that T leaves out: it has all its digits beside much
// heavier ones, up to 1e-31 of them, and is none where only rounding is left.
func TestCounts(t *testing.T) {
	s := statistics(t, expfam.Categorical{K: 3})
	if err := s.AddBatch([]float64{0, 1, 2, 1}, []float64{1e9 + 0.1, 0.7, 1e-9, 1. / 3}); err != nil {
		t.Fatal(err)
	}
	if c, err := s.Counts(); err != nil || c[0] != 1e9+0.1 || math.Abs(c[1]-31./30) > 1e-15 || math.Abs(c[2]-1e-9) > 1e-22 {
		t.Errorf("counts %v, %v", c, err)
	}
	s.Reset()
	r := rand.New(rand.NewPCG(15, 15))
	for range 1000 {
		if err := s.Add([]float64{float64(r.IntN(2))}, r.ExpFloat64()); err != nil {
			t.Fatal(err)
		}
	}
	if c, err := s.Counts(); err != nil || c[2] != 0 {
		t.Errorf("a class that never comes up has count %v, %v", c[2], err)
	}
	var fit *dist.FitError
	if eta, err := s.Fit(); !errors.As(err, &fit) {
		t.Errorf("a class that never comes up has a fit, %v, %v", eta, err)
	}
	polls := statistics(t, expfam.Multinomial{N: 5, K: 2})
	trials := statistics(t, expfam.Binomial{N: 5})
	if err := errors.Join(polls.AddBatch([]float64{1, 4, 2, 3}, nil), trials.AddBatch([]float64{1, 2}, nil)); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*expfam.Statistics{polls, trials} {
		if c, err := s.Counts(); err != nil || len(c) != 2 || c[0] != 3 || c[1] != 7 {
			t.Errorf("%v: counts %v, %v", s.Family(), c, err)
		}
	}
	var config *belief.ConfigError
	if _, err := statistics(t, expfam.Poisson{}).Counts(); !errors.As(err, &config) {
		t.Errorf("outcomes of Poisson counts give %v", err)
	}
}

// TestOrder shows that order and shards change the mean by less than 1e-14, and that
// the same tree gives the same bits.
func TestOrder(t *testing.T) {
	for _, m := range members {
		r := rand.New(rand.NewPCG(9, uint64(len(m.family))))
		d := m.make(r)
		f, _, err := expfam.Of(d)
		if err != nil {
			t.Fatal(err)
		}
		const n = 1000
		rows, w := make([][]float64, n), make([]float64, n)
		for i := range rows {
			rows[i], w[i] = draw(d, r), math.Exp(5*r.NormFloat64())
		}
		tree := func(order []int) *expfam.Statistics {
			shards := make([]*expfam.Statistics, 8)
			for k := range shards {
				shards[k] = statistics(t, f)
				for _, i := range order[k*n/8 : (k+1)*n/8] {
					if err := shards[k].Add(rows[i], w[i]); err != nil {
						t.Fatal(err)
					}
				}
			}
			for step := 1; step < 8; step *= 2 {
				for k := 0; k < 8; k += 2 * step {
					if err := shards[k].Merge(shards[k+step]); err != nil {
						t.Fatal(err)
					}
				}
			}
			return shards[0]
		}
		order := r.Perm(n)
		a, again, b := tree(order), tree(order), tree(r.Perm(n))
		one, _ := a.MarshalBinary()
		if two, _ := again.MarshalBinary(); !bytes.Equal(one, two) {
			t.Errorf("%v: the same tree gives other bits", f)
		}
		if a.Count() != n || math.Abs(a.Weight()-b.Weight()) > 1e-14*a.Weight() {
			t.Errorf("%v: %d observations of weight %v or %v", f, a.Count(), a.Weight(), b.Weight())
		}
		first, second := a.MeanTo(nil), b.MeanTo(nil)
		for i, v := range first {
			size := 0.0
			for k, x := range rows {
				size += w[k] / a.Weight() * math.Abs(f.SufficientTo(nil, x)[i])
			}
			if math.Abs(v-second[i]) > 1e-14*size {
				t.Errorf("%v: the mean of T[%d] is %.17g or %.17g", f, i, v, second[i])
			}
		}
	}
}

// TestBadObservations refuses them, and leaves the statistics as they were.
func TestBadObservations(t *testing.T) {
	s := statistics(t, expfam.Normal{})
	if _, err := s.Fit(); err == nil {
		t.Errorf("no observations have a fit")
	}
	if m := s.MeanTo(nil); !math.IsNaN(m[0]) {
		t.Errorf("no observations have mean %v", m)
	}
	if err := s.AddBatch([]float64{1, 2, 4}, nil); err != nil {
		t.Fatal(err)
	}
	before, _ := s.MarshalBinary()
	for _, c := range []struct{ x, w float64 }{
		{math.NaN(), 1}, {math.Inf(1), 1}, {1, -1}, {1, math.NaN()}, {1, math.Inf(1)}, {1e200, 1}, {1e150, 1e300},
	} {
		var fit *dist.FitError
		if err := s.AddBatch([]float64{c.x}, []float64{c.w}); !errors.As(err, &fit) || fit.Row != 0 {
			t.Errorf("observation %v of weight %v gives %v", c.x, c.w, err)
		}
	}
	if after, _ := s.MarshalBinary(); !bytes.Equal(before, after) {
		t.Errorf("refused observations change the statistics")
	}
	var fit *dist.FitError
	if err := s.AddBatch([]float64{1, 2, math.NaN()}, nil); !errors.As(err, &fit) || fit.Row != 2 || s.Count() != 5 {
		t.Errorf("row 2 gives %v, %d observations", err, s.Count())
	}
	s.Reset()
	if s.Count() != 0 || s.Weight() != 0 {
		t.Errorf("reset statistics have %d observations", s.Count())
	}
	for _, x := range []float64{0.1, 1e8, -1e-9} { // squares that are no float64
		s.Reset()
		if err := s.AddBatch([]float64{x, x, x}, []float64{0.1, 0.7, 1. / 3}); err != nil {
			t.Fatal(err)
		}
		if eta, err := s.Fit(); !errors.As(err, &fit) {
			t.Errorf("equal observations fit %v, %v", eta, err)
		}
	}
	plane := statistics(t, expfam.MultivariateNormal{D: 2})
	if err := plane.AddBatch([]float64{0.1, 0.3, 1.1, 3.3, 2.7, 8.1, 3.1, 9.3}, nil); err != nil {
		t.Fatal(err)
	}
	if eta, err := plane.Fit(); !errors.As(err, &fit) {
		t.Errorf("observations on a line fit %v, %v", eta, err)
	}
	if !panics(func() { _ = s.AddBatch([]float64{1}, []float64{1, 2}) }) || !panics(func() { _ = plane.AddBatch([]float64{1}, nil) }) {
		t.Errorf("wrong lengths are taken")
	}
}

// TestNoAllocation holds what Add and AddBatch promise.
func TestNoAllocation(t *testing.T) {
	for _, m := range members {
		r := rand.New(rand.NewPCG(11, uint64(len(m.family))))
		d := m.make(r)
		f, _, err := expfam.Of(d)
		if err != nil {
			t.Fatal(err)
		}
		s, x := statistics(t, f), draw(d, r)
		if n := patience.Allocations(10, func() { _ = s.AddBatch(x, nil) }); n > 0 {
			t.Errorf("%v: an observation takes %v allocations", f, n)
		}
	}
	w := statistics(t, expfam.Wishart{D: 3})
	x := []float64{2, 1, 0, 1, 2, 1, 0, 1, 2}
	if n := patience.Allocations(10, func() { _ = w.AddBatch(x, nil) }); n > 0 {
		t.Errorf("Wishart: an observation takes %v allocations", n)
	}
}

// BenchmarkAdd is what EM does for every observation.
func BenchmarkAdd(b *testing.B) {
	s := statistics(b, expfam.MultivariateNormal{D: 8})
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	for b.Loop() {
		if err := s.Add(x, 0.3); err != nil {
			b.Fatal(err)
		}
	}
}
