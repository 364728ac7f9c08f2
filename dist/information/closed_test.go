package information

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// The formulas hold where plain ones run out of digits or of range: testdata/closed.py.
func TestClosedGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/closed.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		F     string
		Alpha float64
		Name  string
		P, Q  []float64
		Want  belief.Number
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 1000 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		p, q, want := made(t, c.Name, c.P), made(t, c.Name, c.Q), float64(c.Want)
		got, ok := 0.0, false
		switch c.F {
		case "KL":
			got, ok = closedKL(p, q)
		case "TotalVariation":
			got, ok = closedVariation(p, q)
		case "Renyi":
			got, ok = closedRenyi(c.Alpha, p, q)
		}
		if !ok || !near(got, want, 1e-11) {
			t.Errorf("%s(%g, %v, %v) = %.15g, %v, want %.15g, off by %.2g", c.F, c.Alpha, p, q, got, ok, want, got/want-1)
		}
	}
}

// Every formula agrees with the sum or the integral, families that meet included.
func TestFormulasAgainstIntegrals(t *testing.T) {
	for _, c := range []struct {
		p, q  dist.Univariate
		count int // of formulas: KL, Rényi, total variation
	}{
		{dist.Normal{Mu: 1, Sigma: 2}, dist.Normal{Mu: -0.5, Sigma: 0.75}, 3},
		{dist.Normal{Mu: 1, Sigma: 2}, dist.Normal{Mu: 1.5, Sigma: 2.5}, 3},
		{dist.LogNormal{Mu: 1, Sigma: 0.5}, dist.LogNormal{Mu: 0.5, Sigma: 0.75}, 3},
		{dist.HalfNormal{Sigma: 2}, dist.HalfNormal{Sigma: 3}, 3},
		{dist.Laplace{Location: 1, Scale: 2}, dist.Laplace{Location: 3, Scale: 0.75}, 2},
		{dist.Laplace{Location: 1, Scale: 2}, dist.Laplace{Location: 1.25, Scale: 1.5}, 2},
		{dist.Laplace{Location: 1, Scale: 2}, dist.Laplace{Location: 9, Scale: 2}, 3},
		{dist.Laplace{Scale: 2}, dist.Laplace{Scale: 3}, 3},
		{dist.Cauchy{Location: 1, Scale: 2}, dist.Cauchy{Location: 3, Scale: 0.75}, 2},
		{dist.HalfCauchy{Scale: 2}, dist.HalfCauchy{Scale: 0.75}, 2},
		{dist.Pareto{Scale: 2, Shape: 3}, dist.Pareto{Scale: 1, Shape: 4}, 2},
		{dist.Pareto{Scale: 1, Shape: 3}, dist.Pareto{Scale: 2, Shape: 4}, 2},
		{dist.Pareto{Scale: 2, Shape: 3}, dist.Pareto{Scale: 2, Shape: 4}, 3},
		{dist.Weibull{Shape: 1.5, Scale: 2}, dist.Weibull{Shape: 1.5, Scale: 3}, 3},
		{dist.Weibull{Shape: 1.5, Scale: 2}, dist.Weibull{Shape: 4, Scale: 3}, 1},
		{dist.Gumbel{Location: 1, Scale: 2}, dist.Gumbel{Location: 3, Scale: 2}, 3},
		{dist.Gumbel{Location: 1, Scale: 2}, dist.Gumbel{Location: 3, Scale: 0.75}, 1},
		{dist.Exponential{Rate: 2}, dist.ChiSquared{Nu: 3}, 2},
		{dist.Gamma{Shape: 3, Rate: 2}, dist.Exponential{Rate: 3}, 2},
		{dist.ChiSquared{Nu: 2}, dist.Exponential{Rate: 3}, 3},
		{dist.ChiSquared{Nu: 3}, dist.Gamma{Shape: 2, Rate: 1}, 2},
		{dist.InverseGamma{Shape: 3, Scale: 2}, dist.InverseGamma{Shape: 4, Scale: 1}, 2},
		{dist.Uniform{Lower: 0, Upper: 1}, dist.Beta{Alpha: 2, Beta: 1.5}, 2},
		{dist.Beta{Alpha: 2, Beta: 1.5}, dist.Uniform{Lower: 0, Upper: 1}, 2},
		{dist.Uniform{Lower: 0, Upper: 2}, dist.Uniform{Lower: 1, Upper: 4}, 3},
		{dist.Uniform{Lower: 1, Upper: 2}, dist.Uniform{Lower: 0, Upper: 4}, 3},
		{dist.DiscreteUniform{Lower: 0, Upper: 5}, dist.DiscreteUniform{Lower: 2, Upper: 9}, 3},
		{dist.DiscreteUniform{Lower: 2, Upper: 5}, dist.DiscreteUniform{Lower: 0, Upper: 9}, 3},
		{dist.VonMises{Mu: 1, Kappa: 2}, dist.VonMises{Mu: -0.5, Kappa: 3}, 1},
		{dist.VonMises{Mu: 1, Kappa: 0.5}, dist.VonMises{Mu: 3, Kappa: 5}, 1},
		{dist.Bernoulli{P: 0.25}, dist.Bernoulli{P: 0.5}, 3},
		{dist.Binomial{N: 5, P: 0.25}, dist.Binomial{N: 5, P: 0.5}, 2},
		{dist.Poisson{Lambda: 3}, dist.Poisson{Lambda: 4}, 2},
		{dist.Geometric{P: 0.25}, dist.Geometric{P: 0.375}, 3},
		{dist.NegativeBinomial{R: 2.5, P: 0.25}, dist.NegativeBinomial{R: 2.5, P: 0.375}, 2},
	} {
		count := 0
		check := func(m *measure, want float64, ok bool) {
			t.Helper()
			if !ok {
				return
			}
			count++
			if got, err := compare(m, c.p, c.q); err != nil || !near(got.Value, want, 1e-9) {
				t.Errorf("%v and %v: %.15g by %v, %.15g by the formula (%v)", c.p, c.q, got.Value, got.Method, want, err)
			}
		}
		kl, ok := closedKL(c.p, c.q)
		check(&kullback, kl, ok)
		v, ok := closedVariation(c.p, c.q)
		check(&variation, v, ok)
		for _, alpha := range []float64{0.2, 0.5, 0.8, 1.25} {
			r, ok := closedRenyi(alpha, c.p, c.q)
			if m, _ := renyi(alpha); alpha == 0.5 || !math.IsInf(r, 1) {
				check(m, r, ok)
			}
			if alpha != 0.5 && ok {
				count--
			}
			if math.IsInf(r, 1) {
				count++
			}
		}
		if count != c.count {
			t.Errorf("%v and %v have %d formulas, want %d", c.p, c.q, count, c.count)
		}
	}
}

// What the functions answer by a formula, and where there are terms too large to add.
func TestClosedKnown(t *testing.T) {
	order := func(alpha float64) func(p, q dist.Univariate) (Value, error) {
		return func(p, q dist.Univariate) (Value, error) { return Renyi(alpha, p, q) }
	}
	class := func(p float64) dist.Univariate { return three(t, p, 1-p) }
	coin := (400*math.Log(0.9) - 399*math.Log(0.1)) / 399
	die := func(n float64) dist.Univariate { return dist.DiscreteUniform{Lower: 0, Upper: n - 1} }
	unit, half := dist.Uniform{Lower: 0, Upper: 1}, dist.Beta{Alpha: 0.5, Beta: 0.5}
	for _, c := range []struct {
		f    func(p, q dist.Univariate) (Value, error)
		p, q dist.Univariate
		want float64
	}{
		{KL, die(1e9), die(2e9), math.Ln2},
		{KL, die(2e9), die(1e9), math.Inf(1)},
		{TotalVariation, die(1e9), die(2e9), 0.5},
		{TotalVariation, die(1e9), unit, 1},
		{TotalVariation, dist.Geometric{P: 1}, dist.Geometric{P: 0.25}, 0.75},
		{Hellinger, dist.Laplace{Scale: 1}, dist.Laplace{Scale: 4}, math.Sqrt(0.2)},
		{KL, half, unit, math.Log(4 / math.Pi)}, // 2 log 2 is minus the mean of log x
		{order(400), class(0.9), class(0.1), coin},
		{order(400), dist.Bernoulli{P: 0.9}, dist.Bernoulli{P: 0.1}, coin},
		{order(400), three(t, 1, 0), class(0.25), math.Log(4)},
		{order(400), class(0.25), three(t, 1, 0), math.Inf(1)},
		{order(0.5), three(t, 1, 0), three(t, 0, 1), math.Inf(1)},
		{order(1e-8), dist.Exponential{Rate: 1}, dist.Exponential{Rate: 3}, 4.3194562409867704e-09},
		{KL, dist.Gamma{Shape: 1e20, Rate: 1}, dist.Gamma{Shape: 1, Rate: 1e-21}, 24.00949748972983},
		{KL, dist.Gamma{Shape: 1e12, Rate: 1}, dist.Gamma{Shape: 1, Rate: 1.3e-12}, 13.434207760292443},
		{KL, dist.Laplace{Scale: 1e-300}, dist.Laplace{Location: 1e10, Scale: 1}, 1e10 - 1 + 300*math.Ln10},
		{order(2), dist.Poisson{Lambda: 1e-300}, dist.Poisson{Lambda: 1e-320}, 1e-280},
	} {
		if got, err := c.f(c.p, c.q); err != nil || got.Method != ClosedForm || !near(got.Value, c.want, 1e-4) || c.want > 1e-200 && !near(got.Value, c.want, 1e-13) {
			t.Errorf("%v and %v: %.17g by %v, want %.17g (%v)", c.p, c.q, got.Value, got.Method, c.want, err)
		}
	}
	// By 60 digits; the greatest term is about exp(720).
	for _, c := range []struct{ alpha, want float64 }{{500, 0.71923328357529552817}, {1000, 0.72198101699740925802}, {10000, 0.72495806540512842423}} {
		got, err := Renyi(c.alpha, dist.StudentT{Nu: 5, Scale: 1}, dist.StudentT{Nu: 3, Scale: 2})
		if err != nil || !near(got.Value, c.want, 1e-12) || math.Abs(got.Value-c.want) > got.Error {
			t.Errorf("Rényi(%g) = %.17g ± %.2g, want %.17g (%v)", c.alpha, got.Value, got.Error, c.want, err)
		}
	}
}

// Probabilities next to one have their digits in the others.
func TestRenyiEntropyNextToCertain(t *testing.T) {
	p := probs(t, 1, 1e-18)
	for _, c := range []struct{ alpha, want float64 }{
		{0.5, 2e-9 - 2e-18}, {2, 2e-18}, {math.Inf(1), 1e-18},
		{1, 1e-18 * (1 + 18*math.Ln10)}, {1.0001, -(math.Expm1(-1e-4*18*math.Ln10)*1e-18 - 1e-22) / 1e-4},
	} {
		if got, err := p.RenyiEntropy(c.alpha); err != nil || !near(got, c.want, 1e-12) {
			t.Errorf("order %g: %.17g, want %.17g (%v)", c.alpha, got, c.want, err)
		}
	}
	if v, err := (Probabilities{}).RenyiEntropy(2); v != 0 || err != nil {
		t.Errorf("nothing: %v, %v", v, err)
	}
}
