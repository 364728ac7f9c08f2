package dist_test

import (
	"errors"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

// mixed makes a mixture.
func mixed(t testing.TB, weights []float64, components ...dist.Univariate) dist.Mixture {
	t.Helper()
	d, err := dist.NewMixture(components, weights)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// close compares with a relative tolerance.
func close(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol*math.Abs(want)) && got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestMixture(t *testing.T) {
	for _, d := range []dist.Mixture{
		mixed(t, []float64{0.3, 0.7}, dist.Normal{Mu: 0, Sigma: 1}, dist.Normal{Mu: 3, Sigma: 0.5}),
		mixed(t, []float64{0.5, 0.25, 0.25, 0}, dist.Normal{Sigma: 1}, dist.Laplace{Location: 1, Scale: 2}, dist.Logistic{Location: -2, Scale: 1}, dist.Uniform{Lower: -100, Upper: 100}),
		mixed(t, []float64{0.2, 0.8}, dist.Poisson{Lambda: 2}, dist.Binomial{N: 40, P: 0.6}),
	} {
		disttest.Run(t, disttest.Case{Dist: d, NoNew: true})
	}
}

// TestMixtureOfOne: a mixture of the same component is that component.
func TestMixtureOfOne(t *testing.T) {
	for _, c := range []dist.Univariate{
		dist.Normal{Mu: 3, Sigma: 2}, dist.Beta{Alpha: 0.5, Beta: 4}, dist.StudentT{Nu: 1.5, Scale: 1}, dist.Poisson{Lambda: 30}, dist.Geometric{P: 0.01},
	} {
		d := mixed(t, []float64{0.25, 0, 0.75}, c, c, c)
		what := d.String()
		close(t, what+" entropy", d.Entropy(), c.Entropy(), 1e-9)
		close(t, what+" mean", d.Mean(), c.Mean(), 1e-15)
		close(t, what+" variance", d.Variance(), c.Variance(), 1e-15)
		for _, p := range []float64{0, 1e-200, 1e-12, 0.01, 0.3, 0.5, 0.8, 0.999, 1} {
			x := c.Quantile(p)
			if c.Support().Discrete {
				x = max(x, 0)
			}
			close(t, what+" quantile", d.Quantile(p), x, 1e-13)
			close(t, what+" log density", d.LogProb(x), c.LogProb(x), 1e-13)
			close(t, what+" CDF", d.CDF(x), c.CDF(x), 1e-13)
			close(t, what+" log CDF", d.LogCDF(x), c.LogCDF(x), 1e-13)
			close(t, what+" survival", d.Survival(x), c.Survival(x), 1e-13)
			if u, ok := c.(dist.UpperQuantiler); ok {
				close(t, what+" upper quantile", d.UpperQuantile(p), u.UpperQuantile(p), 1e-13)
			}
		}
	}
}

// TestMixtureFarApart has components between which there is nothing, so that each
// answer is known from one of them.
func TestMixtureFarApart(t *testing.T) {
	near, far := dist.Normal{Sigma: 1}, dist.Normal{Mu: 1e8, Sigma: 1}
	d := mixed(t, []float64{0.25, 0.75}, near, far)
	for _, p := range []float64{1e-300, 1e-9, 0.1, 0.2499} {
		close(t, "lower quantile", d.Quantile(p), near.Quantile(p/0.25), 1e-12)
	}
	for _, p := range []float64{0.2501, 0.5, 0.9, 1 - 1e-9} {
		close(t, "far quantile", d.Quantile(p), far.Quantile((p-0.25)/0.75), 1e-15)
	}
	for _, q := range []float64{1e-300, 1e-9, 0.7} {
		close(t, "upper quantile", d.UpperQuantile(q), far.UpperQuantile(q/0.75), 1e-15)
	}
	if x := d.Quantile(0.25); !(x > 5 && x < 1e8-5) {
		t.Errorf("the quantile on the plateau is %v", x)
	}
	h := 0.25*math.Log(4) + 0.75*math.Log(4./3) + 0.25*near.Entropy() + 0.75*far.Entropy()
	close(t, "entropy", d.Entropy(), h, 1e-10)
	close(t, "mean", d.Mean(), 0.75e8, 1e-15)
	close(t, "variance", d.Variance(), 0.25*0.75*1e16+1, 1e-15)
	shifted, err := dist.NewAffine(dist.Poisson{Lambda: 3}, 1e12, 1)
	if err != nil {
		t.Fatal(err)
	}
	w := mixed(t, []float64{0.5, 0.5}, dist.Poisson{Lambda: 3}, shifted)
	for _, c := range []struct{ p, want float64 }{{0.2, 2}, {0.4, 4}, {0.6, 1e12 + 2}, {0.9, 1e12 + 4}, {0, 0}} {
		if got := w.Quantile(c.p); got != c.want || c.p > 0 && (w.CDF(got) < c.p || w.CDF(got-1) >= c.p) {
			t.Errorf("Quantile(%v) = %v, want %v", c.p, got, c.want)
		}
	}
	if got := w.UpperQuantile(1e-20); w.Survival(got) > 1e-20 || w.Survival(got-1) <= 1e-20 {
		t.Errorf("UpperQuantile(1e-20) = %v, between %v and %v", got, w.Survival(got-1), w.Survival(got))
	}
	close(t, "discrete entropy", w.Entropy(), math.Ln2+dist.Poisson{Lambda: 3}.Entropy(), 1e-12)
}

// TestMixtureBayes holds responsibilities against Bayes' rule, and the other functions
// against sums over the components.
func TestMixtureBayes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "n")
		parts, w, total := make([]dist.Univariate, n), make([]float64, n), 0.0
		for k := range parts {
			parts[k] = dist.Normal{Mu: rapid.Float64Range(-5, 5).Draw(t, "mu"), Sigma: rapid.Float64Range(0.5, 3).Draw(t, "sigma")}
			w[k] = rapid.Float64Range(0.01, 1).Draw(t, "w")
			total += w[k]
		}
		for k := range w {
			w[k] /= total
		}
		d, err := dist.NewMixture(parts, w)
		if err != nil {
			t.Fatal(err)
		}
		x, p := rapid.Float64Range(-8, 8).Draw(t, "x"), rapid.Float64Range(1e-6, 1-1e-6).Draw(t, "p")
		density, cdf := 0.0, 0.0
		for k := range parts {
			density += w[k] * math.Exp(parts[k].LogProb(x))
			cdf += w[k] * parts[k].CDF(x)
		}
		share := d.ResponsibilitiesTo(nil, x)
		sum := 0.0
		for k, got := range share {
			sum += got
			if want := w[k] * math.Exp(parts[k].LogProb(x)) / density; math.Abs(got-want) > 1e-12 {
				t.Fatalf("responsibility %v, want %v", got, want)
			}
		}
		if math.Abs(sum-1) > 1e-14 || math.Abs(d.LogProb(x)-math.Log(density)) > 1e-12*(1+math.Abs(math.Log(density))) || math.Abs(d.CDF(x)-cdf) > 1e-15 {
			t.Fatalf("responsibilities sum to %v, log density %v for %v, CDF %v for %v", sum, d.LogProb(x), math.Log(density), d.CDF(x), cdf)
		}
		if q := d.Quantile(p); math.Abs(d.CDF(q)-p) > 1e-12 {
			t.Fatalf("CDF(Quantile(%v)) = %v", p, d.CDF(q))
		}
		if q := d.UpperQuantile(p); math.Abs(d.Survival(q)-p) > 1e-12*p+4e-16*math.Exp(d.LogProb(q)) {
			t.Fatalf("Survival(UpperQuantile(%v)) = %v", p, d.Survival(q))
		}
	})
}

func TestMixtureEdges(t *testing.T) {
	w := []float64{0.5, 0.5}
	parts := []dist.Univariate{dist.Beta{Alpha: 0.5, Beta: 1}, dist.Uniform{Lower: 0, Upper: 2}}
	d := mixed(t, w, parts...)
	w[0], parts[0] = 7, nil
	d.Weights()[0], d.Components()[0] = 7, nil
	if d.Weights()[0] != 0.5 || d.Components()[0] == nil || d.CDF(1) != 0.75 {
		t.Errorf("the mixture is not a copy: %v", d)
	}
	if got := d.LogProb(0); !math.IsInf(got, 1) {
		t.Errorf("log density at a pole: %v", got)
	}
	if got := d.LogProbTo(nil, []float64{0, math.NaN(), 3, 1.5}); !math.IsInf(got[0], 1) || !math.IsNaN(got[1]) || !math.IsInf(got[2], -1) || math.Abs(got[3]-math.Log(0.25)) > 1e-15 {
		t.Errorf("log densities %v", got)
	}
	if r := d.ResponsibilitiesTo(nil, 0); r[0] != 1 || r[1] != 0 {
		t.Errorf("at a pole: %v", r)
	}
	if r := d.ResponsibilitiesTo(make([]float64, 2), 3); !math.IsNaN(r[0]) || !math.IsNaN(r[1]) {
		t.Errorf("outside: %v", r)
	}
	if r := d.ResponsibilitiesTo(nil, math.NaN()); !math.IsNaN(r[0]) {
		t.Errorf("at NaN: %v", r)
	}
	heavy := mixed(t, []float64{0.5, 0.5}, dist.HalfCauchy{Scale: 1}, dist.HalfNormal{Sigma: 1})
	if !math.IsInf(heavy.Mean(), 1) || !math.IsInf(heavy.Variance(), 1) {
		t.Errorf("moments of a heavy tail: %v, %v", heavy.Mean(), heavy.Variance())
	}
	wide := mixed(t, []float64{0.5, 0.5}, dist.DiscreteUniform{Lower: 0, Upper: 1e9}, dist.Poisson{Lambda: 1})
	if !math.IsNaN(wide.Entropy()) {
		t.Errorf("entropy of too many values: %v", wide.Entropy())
	}
	x := make([]float64, 300)
	two := mixed(t, []float64{0.5, 0.5}, dist.Normal{Sigma: 1}, dist.Normal{Mu: 1, Sigma: 1})
	shares := make([]float64, 2)
	if n := patience.Allocations(10, func() { two.LogProbTo(x, x); two.LogProb(1); two.CDF(1); two.ResponsibilitiesTo(shares, 1) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestMixtureErrors(t *testing.T) {
	normal, poisson := dist.Normal{Sigma: 1}, dist.Poisson{Lambda: 1}
	halves, err := dist.NewEmpirical([]float64{0.5, 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		parts []dist.Univariate
		w     []float64
		param bool
	}{
		"none":              {nil, nil, true},
		"lengths":           {[]dist.Univariate{normal}, []float64{0.5, 0.5}, true},
		"sum":               {[]dist.Univariate{normal, normal}, []float64{0.5, 0.6}, true},
		"negative":          {[]dist.Univariate{normal, normal}, []float64{-0.5, 1.5}, true},
		"NaN":               {[]dist.Univariate{normal}, []float64{math.NaN()}, true},
		"invalid component": {[]dist.Univariate{dist.Normal{}}, []float64{1}, true},
		"invalid mixture":   {[]dist.Univariate{dist.Mixture{}}, []float64{1}, true},
		"nil":               {[]dist.Univariate{normal, nil}, []float64{0.5, 0.5}, false},
		"kinds":             {[]dist.Univariate{normal, poisson}, []float64{0.5, 0.5}, false},
		"steps":             {[]dist.Univariate{halves}, []float64{1}, false},
	} {
		_, err := dist.NewMixture(c.parts, c.w)
		var p *dist.ParameterError
		var s *belief.ConfigError
		if c.param && !errors.As(err, &p) || !c.param && !errors.As(err, &s) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Draws come from the components in proportion to the weights: of 10,000 far apart,
// the share is within 4.9 standard deviations, a chance of 1e-6.
func TestMixtureRand(t *testing.T) {
	d := mixed(t, []float64{0.3, 0.7}, dist.Uniform{Lower: 0, Upper: 1}, dist.Uniform{Lower: 5, Upper: 6})
	r, low := rand.New(rand.NewPCG(3, 4)), 0.0
	for range 10000 {
		if d.Rand(r) < 2 {
			low++
		}
	}
	if math.Abs(low-3000) > 4.9*math.Sqrt(10000*0.3*0.7) {
		t.Errorf("%v of 10,000 draws", low)
	}
}

func BenchmarkMixture(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	x, dst := make([]float64, 1000), make([]float64, 1000)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	d := must(dist.NewMixture([]dist.Univariate{dist.Normal{Mu: 0, Sigma: 1}, dist.Normal{Mu: 1, Sigma: 2}, dist.Normal{Mu: -3, Sigma: 0.5}}, []float64{0.2, 0.3, 0.5}))
	for b.Loop() {
		d.LogProbTo(dst, x)
	}
}
