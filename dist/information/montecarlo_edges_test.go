package information

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// Arguments are looked at before any formula is.
func TestInvalidVectors(t *testing.T) {
	ctx := context.Background()
	good := dist.Dirichlet{Alpha: []float64{1, 2}}
	all := func(c MonteCarlo) map[string]func(p, q Distribution) (Value, error) {
		return map[string]func(p, q Distribution) (Value, error){
			"KL":             func(p, q Distribution) (Value, error) { return c.KL(ctx, p, q) },
			"CrossEntropy":   func(p, q Distribution) (Value, error) { return c.CrossEntropy(ctx, p, q) },
			"JensenShannon":  func(p, q Distribution) (Value, error) { return c.JensenShannon(ctx, p, q) },
			"Hellinger":      func(p, q Distribution) (Value, error) { return c.Hellinger(ctx, p, q) },
			"TotalVariation": func(p, q Distribution) (Value, error) { return c.TotalVariation(ctx, p, q) },
			"Renyi":          func(p, q Distribution) (Value, error) { return c.Renyi(ctx, 2, p, q) },
		}
	}
	refused := func(what string, v Value, err error) {
		t.Helper()
		var parameter *dist.ParameterError
		var config *belief.ConfigError
		if !errors.As(err, &parameter) && !errors.As(err, &config) {
			t.Errorf("%s: %v", what, err)
		}
		if !math.IsNaN(v.Value) || v.Kind == belief.Exact {
			t.Errorf("%s: %v beside an error", what, v)
		}
	}
	for _, d := range []Distribution{
		nil, (*dist.MultivariateNormal)(nil), dist.Dirichlet{}, dist.Dirichlet{Alpha: []float64{-1, 1}}, dist.Dirichlet{Alpha: []float64{math.NaN(), 1}},
		dist.Multinomial{N: 3, P: []float64{2, 2}}, dist.Multinomial{N: 3, P: []float64{2, -1}}, dist.Multinomial{}, dist.MultivariateMixture{}, dist.Product{}, &dist.MultivariateNormal{},
	} {
		for name, f := range all(MonteCarlo{}) {
			for _, pair := range [][2]Distribution{{d, good}, {good, d}, {d, d}} {
				v, err := f(pair[0], pair[1])
				refused(name, v, err)
			}
		}
	}
	for name, f := range all(MonteCarlo{Samples: -1}) { // where there is a formula too
		v, err := f(good, good)
		refused(name, v, err)
	}
}

// Far apart, logarithms of ratios are averaged: the value is right where draws reach what
// is in common, and elsewhere the standard error says that it is none.
func TestSamplingFarApart(t *testing.T) {
	ctx := context.Background()
	one := func(mu float64) *dist.MultivariateNormal { return vectorOf(t, []float64{mu}, 1) }
	for _, c := range []struct {
		alpha, apart float64
		reached      bool
	}{
		{0.5, 2, true}, {0.5, 3.5, true}, {0.3, 3, true}, {1.5, 2, true}, {3, 1.2, true},
		{0.5, 50, false}, {0.9, 1e4, false}, {2, 40, false}, {400, 10, false},
	} {
		want := 0.5 * c.alpha * c.apart * c.apart
		for seed := range uint64(4) {
			v, err := MonteCarlo{Seed: seed}.Renyi(ctx, c.alpha, hidden{one(0)}, one(c.apart))
			if err != nil || v.Kind != belief.Sampled || math.IsInf(v.StdErr, 1) == c.reached {
				t.Errorf("order %g, %g apart: %v (%v)", c.alpha, c.apart, v, err)
			}
			if c.reached && !(math.Abs(v.Value-want) < 5*v.StdErr) {
				t.Errorf("order %g, %g apart: %v, want %v", c.alpha, c.apart, v, want)
			}
		}
	}
	// The masses of few draws carry these.
	spike := dist.Product{mixed(t, []float64{1 - 1e-5, 1e-5}, dist.Normal{Sigma: 1}, dist.Normal{Mu: 100, Sigma: 1})}
	if v, err := (MonteCarlo{Samples: 40000}).KL(ctx, spike, dist.Product{dist.Normal{Sigma: 1}}); err != nil || v.Value > 1e-6 && !math.IsInf(v.StdErr, 1) {
		t.Errorf("a spike that is hardly seen: %v (%v)", v, err)
	}
}

// Moments of logarithms are those of the values, in whatever order and parts.
func TestLogMoments(t *testing.T) {
	logs := []float64{-1000, -1001, math.Inf(-1), -999.5, -1003, -998, math.Inf(-1), -1000}
	var whole moments
	parts := [2]logMoments{{peak: math.Inf(-1)}, {peak: math.Inf(-1)}}
	for i, l := range logs {
		whole.add(math.Exp(l + 1000))
		parts[i/4].add(l)
	}
	a, b := parts[0], parts[1]
	a.merge(parts[1])
	b.merge(parts[0])
	for _, m := range []logMoments{a, b} {
		scale := math.Exp(m.peak + 1000)
		if !near(m.mean*scale, whole.mean, 1e-14) || !near(m.variance()*scale*scale, whole.variance(), 1e-14) || m.n != 8 {
			t.Errorf("mean %v, variance %v of %v, want %v and %v", m.mean*scale, m.variance()*scale*scale, m.n, whole.mean, whole.variance())
		}
		if v := m.value(-1); !math.IsInf(v.StdErr, 1) || !near(v.Value, 1000-math.Log(whole.mean), 1e-14) {
			t.Errorf("the mean of eight: %v", v)
		}
	}
	if got := (moments{n: 4, mean: 0.25, square: 0.75}).effective(); got != 1 { // 1, 0, 0, 0
		t.Errorf("%v draws of one count", got)
	}
	empty := logMoments{peak: math.Inf(-1)}
	empty.add(math.Inf(-1))
	if v := empty.value(-1); !math.IsInf(v.Value, 1) || !math.IsInf(v.StdErr, 1) {
		t.Errorf("nothing: %v", v)
	}
	empty.add(math.NaN())
	if v := empty.value(-1); !math.IsNaN(v.Value) {
		t.Errorf("NaN passed silently as %v", v)
	}
	full := logMoments{peak: math.Inf(-1)}
	full.add(3)
	full.add(math.Inf(1))
	if v := full.value(1); !math.IsInf(v.Value, 1) || v.StdErr != 0 {
		t.Errorf("infinite: %v", v)
	}
}
