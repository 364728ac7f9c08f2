package information

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// Supports, tails and integrals without end.
func TestEdges(t *testing.T) {
	inf := math.Inf(1)
	normal := dist.Normal{Mu: 0, Sigma: 1}
	for _, c := range []struct {
		name string
		f    func(p, q dist.Univariate) (Value, error)
		p, q dist.Univariate
		want float64
		tol  float64
	}{
		{"heavy from light", KL, dist.Cauchy{Scale: 1}, normal, inf, 0},
		{"Student from normal, ν = 2", KL, dist.StudentT{Nu: 2, Scale: 1}, normal, inf, 0},
		{"x⁻¹ at zero", KL, dist.Exponential{Rate: 1}, dist.InverseGamma{Shape: 1, Scale: 1}, inf, 0},
		{"support", KL, normal, dist.Exponential{Rate: 1}, inf, 0},
		{"support, discrete", KL, dist.Poisson{Lambda: 1}, dist.Bernoulli{P: 0.5}, inf, 0},
		{"a hole", KL, dist.DiscreteUniform{Lower: 0, Upper: 2}, three(t, 0.5, 0, 0.5), inf, 0},
		{"a value that is impossible", KL, dist.Bernoulli{P: 0.5}, dist.Bernoulli{P: 1}, inf, 0},
		{"a value that is certain", KL, dist.Bernoulli{P: 1}, dist.Bernoulli{P: 0.5}, math.Ln2, 1e-15},
		{"nothing happens", KL, dist.Poisson{Lambda: 0}, dist.Poisson{Lambda: 2}, 2, 1e-15},
		{"discrete from continuous", KL, dist.Poisson{Lambda: 1}, normal, inf, 0},
		{"discrete from continuous", TotalVariation, dist.Poisson{Lambda: 1}, normal, 1, 0},
		{"discrete from continuous", Hellinger, dist.Poisson{Lambda: 1}, normal, 1, 0},
		{"discrete from continuous", JensenShannon, normal, dist.Poisson{Lambda: 1}, math.Ln2, 0},
		{"itself", JensenShannon, normal, normal, 0, 0},
		{"itself", Hellinger, dist.Logistic{Scale: 1}, dist.Logistic{Scale: 1}, 0, 0},
		{"far apart", TotalVariation, normal, dist.Normal{Mu: 1e6, Sigma: 2}, 1, 1e-10},
		{"far apart", JensenShannon, normal, dist.Logistic{Location: 1e4, Scale: 1}, math.Ln2, 1e-12},
		{"far apart", KL, normal, dist.Logistic{Location: 1e4, Scale: 1}, -0.5*math.Log(2*math.Pi*math.E) + 1e4, 1e-12},
		{"far apart", Hellinger, dist.Poisson{Lambda: 3}, dist.Geometric{P: 1e-4}, math.Sqrt(1 - affinityOf(dist.Poisson{Lambda: 3}, dist.Geometric{P: 1e-4})), 1e-11},
		{"one is a needle", KL, dist.Normal{Mu: 0.3, Sigma: 1e-9}, dist.Cauchy{Scale: 1}, -0.5*math.Log(2*math.Pi*math.E) + 9*math.Ln10 + math.Log(math.Pi*1.09), 1e-8},
		{"one is a needle", TotalVariation, dist.Cauchy{Scale: 1}, dist.Uniform{Lower: 0, Upper: 1e-9}, 1 - 1e-9/math.Pi, 1e-12},
		{"both heavy", KL, dist.Cauchy{Scale: 1}, dist.StudentT{Nu: 1, Location: 1, Scale: 3}, math.Log(17. / 12), 1e-10},
		{"tails that hardly fall", KL, dist.Pareto{Scale: 1, Shape: 0.05}, hiddenPareto{dist.Pareto{Scale: 1, Shape: 0.1}}, 2 - 1 - math.Log(2), 1e-8},
		{"singular end", KL, dist.Gamma{Shape: 0.1, Rate: 1}, dist.Weibull{Shape: 0.5, Scale: 1}, gammaWeibull(), 1e-9},
		{"two finite sums", KL, three(t, 0.5, 0.25, 0.25), dist.DiscreteUniform{Lower: 0, Upper: 2}, math.Log(3) - 1.5*math.Ln2, 1e-14},
	} {
		got, err := c.f(c.p, c.q)
		if err != nil || !near(got.Value, c.want, c.tol) {
			t.Errorf("%s: %v from %v: %.15g ± %.2g by %v, want %.15g (%v)", c.name, c.p, c.q, got.Value, got.Error, got.Method, c.want, err)
		}
		if off := math.Abs(got.Value - c.want); off > got.Error+1e-14*c.want && c.tol > 0 {
			t.Errorf("%s: wrong by %.2g and says %.2g", c.name, off, got.Error)
		}
	}
	var parameter *dist.ParameterError
	for _, f := range []func(p, q dist.Univariate) (Value, error){KL, CrossEntropy, JensenShannon, Hellinger, TotalVariation} {
		if _, err := f(normal, dist.Normal{}); !errors.As(err, &parameter) {
			t.Errorf("Normal{}: %v", err)
		}
		if _, err := f(dist.Normal{}, normal); !errors.As(err, &parameter) {
			t.Errorf("Normal{}: %v", err)
		}
	}
	if _, err := Perplexity(dist.Normal{}); !errors.As(err, &parameter) {
		t.Errorf("Normal{}: %v", err)
	}
	if v, err := Perplexity(dist.DiscreteUniform{Lower: 1, Upper: 6}); err != nil || !near(v, 6, 1e-14) {
		t.Errorf("a die: %v, %v", v, err)
	}
	if v, err := CrossEntropy(normal, dist.Normal{Mu: 1, Sigma: 1}); err != nil || !near(v.Value, 0.5*math.Log(2*math.Pi*math.E)+0.5, 1e-15) {
		t.Errorf("cross-entropy: %v, %v", v, err)
	}
	if v, err := Renyi(0.25, normal, dist.Logistic{Location: 300, Scale: 1}); err != nil || !(v.Value > 90) || math.IsInf(v.Value, 1) {
		t.Errorf("Rényi, far apart: %v, %v", v, err)
	}
}

// Empirical distributions have atoms anywhere.
func TestAtoms(t *testing.T) {
	inf := math.Inf(1)
	sample := func(x ...float64) dist.Univariate {
		d, err := dist.NewEmpirical(x, nil)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		name string
		f    func(p, q dist.Univariate) (Value, error)
		p, q dist.Univariate
		want float64
	}{
		{"two samples", KL, sample(0.5, 1.5), sample(0.5, 0.5, 0.5, 1.5), 0.5*math.Log(2./3) + 0.5*math.Log(2)},
		{"two samples", TotalVariation, sample(0.5, 2.5), sample(0.5, 1.5), 0.5},
		{"two samples, one inside the other", KL, sample(0.5), sample(0.5, 1.5), math.Ln2},
		{"two samples, one inside the other", KL, sample(0.5, 1.5), sample(0.5), inf},
		{"a sample and a density", TotalVariation, sample(0.5, 1.5), dist.Normal{Sigma: 1}, 1},
		{"a density and a sample", KL, dist.Normal{Sigma: 1}, sample(0.5, 1.5), inf},
		{"whole and not", TotalVariation, sample(0, 0.5, 1, 1), dist.Bernoulli{P: 0.5}, 0.25},
		{"whole", KL, sample(0, 1, 1, 1), dist.Bernoulli{P: 0.5}, math.Ln2 + 0.25*math.Log(0.25) + 0.75*math.Log(0.75)},
		{"more than the sample", Hellinger, dist.Poisson{Lambda: 1}, sample(0), math.Sqrt(1 - math.Exp(-0.5))},
	} {
		got, err := c.f(c.p, c.q)
		if err != nil || !near(got.Value, c.want, 1e-13) || got.Method != FiniteSum {
			t.Errorf("%s: %v by %v, want %v (%v)", c.name, got, got.Method, c.want, err)
		}
	}
	if got, err := RenyiEntropy(2, sample(0.5, 0.5, 0.25, 0.125)); err != nil || !near(got.Value, -math.Log(0.375), 1e-14) {
		t.Errorf("Rényi entropy: %v, %v", got, err)
	}
	// What does not integrate to one is sampled.
	if v, err := KL(masses{dist.Normal{Sigma: 1}}, dist.Normal{Sigma: 2}); err != nil || v.Kind != belief.Sampled {
		t.Errorf("masses for a density: %v (%v)", v, err)
	}
}

// masses is not normalized.
type masses struct{ dist.Normal }

func (m masses) LogProb(x float64) float64 { return m.Normal.LogProb(x) - 1 }

// hiddenPareto has no formula.
type hiddenPareto struct{ dist.Pareto }

func three(t *testing.T, p ...float64) dist.Categorical {
	t.Helper()
	d, err := dist.NewCategorical(p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// affinityOf sums √(pq) over counts.
func affinityOf(p, q dist.Univariate) float64 {
	sum := 0.0
	for k := 0.0; k < 200; k++ {
		sum += math.Exp(0.5 * (p.LogProb(k) + q.LogProb(k)))
	}
	return sum
}

// gammaWeibull is E[log p/q] of Gamma(0.1, 1) and Weibull(½, 1), from E log x = ψ(0.1) and
// E √x = Γ(0.6)/Γ(0.1).
func gammaWeibull() float64 {
	const psi = -10.423754940411076795
	lg, _ := math.Lgamma(0.1)
	return -lg - 0.9*psi - 0.1 - (math.Log(0.5) - 0.5*psi - math.Gamma(0.6)/math.Gamma(0.1))
}

func TestValue(t *testing.T) {
	v := Value{belief.Estimate{Value: math.Ln2, Kind: belief.Sampled, StdErr: 2 * math.Ln2}, Sampling, 3 * math.Ln2}.Bits()
	if v.Value != 1 || v.StdErr != 2 || !near(v.Error, 3, 1e-15) || v.Method != Sampling || v.Kind != belief.Sampled {
		t.Errorf("%+v", v)
	}
	got, err := json.Marshal(Value{Estimate: belief.Estimate{Value: math.Inf(1)}, Method: FiniteSum})
	if want := `{"value":"Inf","kind":"exact","method":"finite sum","std_err":0,"error":0}`; err != nil || string(got) != want {
		t.Errorf("%s, want %s (%v)", got, want, err)
	}
	if s := Method(77).String(); s != "Method(77)" {
		t.Error(s)
	}
}

// The series and the expressions that they stand in for agree where they meet, and
// with their limits.
func TestKernels(t *testing.T) {
	for _, x := range []float64{0.0999999, 0.1000001} {
		if got, want := excess(x), x+math.Expm1(-x); !near(got, want, 1e-13) {
			t.Errorf("excess(%g) = %v, want %v", x, got, want)
		}
		if got, want := rise(x), 1-(1+x)*math.Exp(-x); !near(got, want, 1e-13) {
			t.Errorf("rise(%g) = %v, want %v", x, got, want)
		}
		for _, x := range []float64{x, -x} {
			if got, want := logRest(x), x-math.Log1p(x); !near(got, want, 1e-13) {
				t.Errorf("logRest(%g) = %v, want %v", x, got, want)
			}
		}
	}
	for _, x := range []float64{1e-9, 1e-5} {
		for name, got := range map[string]float64{"excess": excess(x) * 2, "rise": rise(x) * 2, "logRest": logRest(x) * 2, "jensen": jensen.term(x) * 8} {
			if !near(got, x*x, 2*x) {
				t.Errorf("%s(%g) = %v to leading order, want %v", name, x, got, x*x)
			}
		}
	}
}
