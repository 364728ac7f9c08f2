package conjugate_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/conjugate"
	"github.com/belief-go/belief/dist/expfam"
)

// near says whether two numbers are equal to 1e-10, relative where above one.
func near(a, b float64) bool {
	return math.Abs(a-b) <= 1e-10*max(1, math.Abs(a), math.Abs(b))
}

func allNear(a, b []float64) bool {
	for i := range a {
		if !near(a[i], b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

// TestSequential takes data one by one: the posterior is that of all at once, and the
// log evidence the sum of the logarithms of the predictive densities on the way.
func TestSequential(t *testing.T) {
	for name, make := range beliefs {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
				v := make(r)
				x := v.data(rapid.IntRange(0, 12).Draw(t, "n"), r)
				all, err := v.update(x, nil)
				if err != nil {
					t.Fatal(err)
				}
				evidence, err := v.marginal(x, nil)
				if err != nil {
					t.Fatal(err)
				}
				now, sum, size := v, 0.0, v.family.Size()
				for i := 0; i < len(x); i += size {
					row := x[i : i+size]
					p := now.predict(row)
					if m, err := now.marginal(row, nil); err != nil || !near(m, p) {
						t.Fatalf("%v: log evidence %v of %v alone, predictive %v, %v", v.hyper, m, row, p, err)
					}
					sum += p
					if now, err = now.update(row, nil); err != nil {
						t.Fatal(err)
					}
				}
				if !allNear(now.hyper, all.hyper) {
					t.Fatalf("one by one %v, all at once %v", now.hyper, all.hyper)
				}
				if !near(sum, evidence) {
					t.Fatalf("%v: log evidence %v, sum of predictives %v", v.hyper, evidence, sum)
				}
			})
		})
	}
}

// TestBayes holds prior × likelihood = evidence × posterior at parameters drawn
// elsewhere than where the evidence was computed. As the posterior's density is that
// of a distribution, it integrates to one, and the evidence is the integral.
func TestBayes(t *testing.T) {
	for name, make := range beliefs {
		r := rand.New(rand.NewPCG(2, uint64(len(name))))
		for range 100 {
			v := make(r)
			x, size := v.data(5, r), v.family.Size()
			w := []float64{1, 0.5, 0, 2, 3.25}
			after, err := v.update(x, w)
			if err != nil {
				t.Fatal(err)
			}
			evidence, err := v.marginal(x, w)
			if err != nil {
				t.Fatal(err)
			}
			theta := v.draw(r)
			left, right := v.prior(theta), evidence+after.prior(theta)
			terms := math.Abs(left) + math.Abs(right)
			for i, weight := range w {
				l := weight * logProb(theta, x[i*size:(i+1)*size])
				if weight > 0 {
					left += l
					terms += math.Abs(l)
				}
			}
			if left != right && !(math.Abs(left-right) <= 1e-10*(1+terms)) {
				t.Errorf("%s%v at %v: prior × likelihood %v, evidence × posterior %v", name, v.hyper, theta, left, right)
			}
		}
	}
}

// TestEnumeration sums the evidence over all data sets of discrete beliefs.
func TestEnumeration(t *testing.T) {
	for name, values := range map[string][][]float64{
		"BetaBernoulli":        {{0}, {1}},
		"BetaBinomial":         {{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}},
		"DirichletCategorical": {{0}, {1}, {2}},
		"DirichletMultinomial": counts(5),
	} {
		r := rand.New(rand.NewPCG(3, uint64(len(name))))
		for range 3 {
			v := beliefs[name](r)
			sum := 0.0
			for _, a := range values {
				for _, b := range values {
					for _, c := range values {
						l, err := v.marginal(append(append(append([]float64(nil), a...), b...), c...), nil)
						if err != nil {
							t.Fatal(err)
						}
						sum += math.Exp(l)
					}
				}
			}
			if !near(sum, 1) {
				t.Errorf("%s%v: the probabilities of three observations sum to %v", name, v.hyper, sum)
			}
		}
	}
}

// counts lists three counts with the sum n.
func counts(n int) (all [][]float64) {
	for i := range n + 1 {
		for j := range n + 1 - i {
			all = append(all, []float64{float64(i), float64(j), float64(n - i - j)})
		}
	}
	return all
}

// TestQuadrature integrates the likelihood over the prior of beliefs about one
// number, at equal steps of the levels' log-odds.
func TestQuadrature(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for name, c := range map[string]struct {
		prior func(v view) dist.Univariate
		at    func(v view, theta float64) any
	}{
		"BetaBernoulli": {func(v view) dist.Univariate { return dist.Beta{Alpha: v.hyper[0], Beta: v.hyper[1]} },
			func(v view, p float64) any { return dist.Bernoulli{P: p} }},
		"BetaBinomial": {func(v view) dist.Univariate { return dist.Beta{Alpha: v.hyper[1], Beta: v.hyper[2]} },
			func(v view, p float64) any { return dist.Binomial{N: v.hyper[0], P: p} }},
		"GammaPoisson": {func(v view) dist.Univariate { return dist.Gamma{Shape: v.hyper[0], Rate: v.hyper[1]} },
			func(v view, l float64) any { return dist.Poisson{Lambda: l} }},
		"GammaExponential": {func(v view) dist.Univariate { return dist.Gamma{Shape: v.hyper[0], Rate: v.hyper[1]} },
			func(v view, l float64) any { return dist.Exponential{Rate: l} }},
		"NormalNormal": {func(v view) dist.Univariate { return dist.Normal{Mu: v.hyper[0], Sigma: v.hyper[1]} },
			func(v view, m float64) any { return dist.Normal{Mu: m, Sigma: v.hyper[2]} }},
	} {
		for range 3 {
			v := beliefs[name](r)
			x := v.data(3, r)
			evidence, err := v.marginal(x, nil)
			if err != nil {
				t.Fatal(err)
			}
			prior, sum := c.prior(v), 0.0
			const step = 1. / 32
			for s := -45.0; s <= 45; s += step {
				low, high := 1/(1+math.Exp(-s)), 1/(1+math.Exp(s))
				theta := prior.Quantile(low)
				if s > 0 {
					theta = prior.(dist.UpperQuantiler).UpperQuantile(high)
				}
				l := 0.0
				for i := range x {
					l += logProb(c.at(v, theta), x[i:i+1])
				}
				if !math.IsNaN(l) {
					sum += low * high * step * math.Exp(l)
				}
			}
			if math.Abs(math.Log(sum)-evidence) > 1e-8 {
				t.Errorf("%s%v of %v: log evidence %v, quadrature %v", name, v.hyper, x, evidence, math.Log(sum))
			}
		}
	}
}

// TestWeights shows that a weight stands for observations alike, that zero is none,
// and that merged statistics of shards give the same posterior.
func TestWeights(t *testing.T) {
	for name, make := range beliefs {
		r := rand.New(rand.NewPCG(5, uint64(len(name))))
		v := make(r)
		x, size := v.data(3, r), v.family.Size()
		row := func(i int) []float64 { return x[i*size : (i+1)*size] }
		repeated := append(append(append([]float64(nil), row(0)...), row(0)...), row(2)...)
		w := []float64{2, 0, 1}
		a, errA := v.update(x, w)
		b, errB := v.update(repeated, nil)
		if errA != nil || errB != nil || !allNear(a.hyper, b.hyper) {
			t.Errorf("%s: weighted %v, repeated %v, %v, %v", name, a.hyper, b.hyper, errA, errB)
		}
		one, _ := v.marginal(x, w)
		two, err := v.marginal(repeated, nil)
		if err != nil || !near(one, two) {
			t.Errorf("%s: evidence weighted %v, repeated %v, %v", name, one, two, err)
		}
		s, other := must(expfam.NewStatistics(v.family)), must(expfam.NewStatistics(v.family))
		if err := errors.Join(s.Add(row(0), 2), other.Add(row(2), 1), s.Merge(other)); err != nil {
			t.Fatal(err)
		}
		if c, err := v.from(s); err != nil || !allNear(a.hyper, c.hyper) {
			t.Errorf("%s: from statistics %v, %v", name, c.hyper, err)
		}
		none, err := v.update(nil, nil)
		if evidence, e := v.marginal(nil, nil); err != nil || e != nil || evidence != 0 || !allNear(none.hyper, v.hyper) {
			t.Errorf("%s: no data give %v with evidence %v, %v, %v", name, none.hyper, evidence, err, e)
		}
		var config *belief.ConfigError
		wrong := must(expfam.NewStatistics(expfam.VonMises{}))
		if _, err := v.from(wrong); !errors.As(err, &config) {
			t.Errorf("%s: statistics of another family give %v", name, err)
		}
		var fit *dist.FitError
		bad := append([]float64(nil), row(0)...)
		bad[0] = math.NaN()
		if _, err := v.update(bad, nil); !errors.As(err, &fit) || fit.Row != 0 {
			t.Errorf("%s: NaN gives %v", name, err)
		}
		if m, err := v.marginal(row(0), []float64{-1}); !errors.As(err, &fit) {
			t.Errorf("%s: a negative weight gives %v, %v", name, m, err)
		}
	}
}

// TestInvalid refuses impossible beliefs, before and after an update.
func TestInvalid(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	eye := mat.NewSymDense(2, []float64{1, 0, 0, 1})
	for _, c := range []struct {
		b interface{ Validate() error }
		v view
		x []float64
	}{
		{conjugate.BetaBernoulli{Alpha: 0, Beta: 1}, seeBernoulli(conjugate.BetaBernoulli{Alpha: 0, Beta: 1}), []float64{1}},
		{conjugate.BetaBernoulli{Alpha: 1, Beta: nan}, seeBernoulli(conjugate.BetaBernoulli{Alpha: 1, Beta: nan}), []float64{1}},
		{conjugate.BetaBinomial{N: 0.5, Alpha: 1, Beta: 1}, seeBinomial(conjugate.BetaBinomial{N: 0.5, Alpha: 1, Beta: 1}), []float64{0}},
		{conjugate.BetaBinomial{N: 5, Alpha: inf, Beta: 1}, seeBinomial(conjugate.BetaBinomial{N: 5, Alpha: inf, Beta: 1}), []float64{0}},
		{conjugate.DirichletCategorical{}, seeCategorical(conjugate.DirichletCategorical{}), []float64{0}},
		{conjugate.DirichletCategorical{Alpha: []float64{1, -1}}, seeCategorical(conjugate.DirichletCategorical{Alpha: []float64{1, -1}}), []float64{1}},
		{conjugate.DirichletMultinomial{N: 2}, seeMultinomial(conjugate.DirichletMultinomial{N: 2}), nil},
		{conjugate.DirichletMultinomial{N: 1, Alpha: []float64{0, 1}}, seeMultinomial(conjugate.DirichletMultinomial{N: 1, Alpha: []float64{0, 1}}), []float64{1, 0}},
		{conjugate.GammaPoisson{Shape: 1}, seePoisson(conjugate.GammaPoisson{Shape: 1}), []float64{1}},
		{conjugate.GammaExponential{Rate: 1}, seeExponential(conjugate.GammaExponential{Rate: 1}), []float64{1}},
		{conjugate.NormalNormal{Mu: nan, Tau: 1, Sigma: 1}, seeNormal(conjugate.NormalNormal{Mu: nan, Tau: 1, Sigma: 1}), []float64{1}},
		{conjugate.NormalNormal{Mu: 0, Tau: 1}, seeNormal(conjugate.NormalNormal{Mu: 0, Tau: 1}), []float64{1}},
		{conjugate.NormalInverseGamma{Kappa: 1, Alpha: 1}, seeInverseGamma(conjugate.NormalInverseGamma{Kappa: 1, Alpha: 1}), []float64{1}},
		{conjugate.NormalInverseWishart{}, view{}, nil},
		{conjugate.NormalInverseWishart{Mu: []float64{1}, Kappa: 1, Nu: 3, Psi: eye}, view{}, nil},
		{conjugate.NormalInverseWishart{Mu: []float64{1, 1}, Kappa: 1, Nu: 1, Psi: eye},
			seeWishart(conjugate.NormalInverseWishart{Mu: []float64{1, 1}, Kappa: 1, Nu: 1, Psi: eye}), []float64{1, 2}},
		{conjugate.NormalInverseWishart{Mu: []float64{1, inf}, Kappa: 1, Nu: 5, Psi: eye}, view{}, nil},
		{conjugate.NormalInverseWishart{Mu: []float64{1, 1}, Nu: 5, Psi: eye}, view{}, nil},
	} {
		var param *dist.ParameterError
		if err := c.b.Validate(); !errors.As(err, &param) {
			t.Errorf("%v is valid: %v", c.b, err)
		}
		if c.v.update == nil {
			continue
		}
		if _, err := c.v.update(c.x, nil); !errors.As(err, &param) {
			t.Errorf("%v is updated: %v", c.b, err)
		}
		if m, err := c.v.marginal(c.x, nil); !errors.As(err, &param) {
			t.Errorf("%v has evidence %v, %v", c.b, m, err)
		}
	}
	var fit *dist.FitError
	if m, err := (conjugate.NormalNormal{Mu: 0, Tau: 1, Sigma: 1e-300}).LogMarginal([]float64{1, 2}, nil); !errors.As(err, &fit) {
		t.Errorf("a log evidence beyond float64 is %v, %v", m, err)
	}
	bad := conjugate.NormalInverseWishart{Mu: []float64{0, 0}, Kappa: 1, Nu: 0, Psi: eye}
	for what, err := range map[string]error{
		"Mean": second(bad.Mean()), "Predictive": second(bad.Predictive()), "Covariance": second(bad.Covariance()),
		"Draw": second(bad.Draw(rand.New(rand.NewPCG(1, 1)))), "LogProb": second(bad.LogProb([]float64{0, 0}, eye)),
		"categorical predictive": second(conjugate.DirichletCategorical{Alpha: []float64{1, nan}}.Predictive()),
		"categorical draw":       second(conjugate.DirichletCategorical{}.Draw(rand.New(rand.NewPCG(1, 1)))),
	} {
		var param *dist.ParameterError
		if !errors.As(err, &param) {
			t.Errorf("%s of an impossible belief: %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
