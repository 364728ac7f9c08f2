package information

import (
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// Needles that no quantile of the whole comes near, and ends that numbers do not. The
// components of a mixture have nothing in common but for terms below 1e-15.
func TestNarrow(t *testing.T) {
	var ten []dist.Univariate
	var tenth []float64
	for i := range 10 {
		ten, tenth = append(ten, dist.Normal{Mu: float64(i), Sigma: 1e-3}), append(tenth, 0.1)
	}
	normal := dist.Normal{Sigma: 1}
	needle := dist.Normal{Mu: 3.3, Sigma: 1e-4}
	// Where the needle is above: TV(0.99 N + 0.01 n, N) = 0.01 TV(n, N).
	width := 1e-4 * math.Sqrt(2*(needle.LogProb(3.3)-normal.LogProb(3.3)))
	needleTV := (needle.CDF(3.3+width) - needle.CDF(3.3-width)) - (normal.CDF(3.3+width) - normal.CDF(3.3-width))
	prickly := mixed(t, []float64{0.99, 0.01}, normal, needle)
	inside, err := dist.NewTruncated(prickly, -1, 5)
	if err != nil {
		t.Fatal(err)
	}
	beta, flat := dist.Beta{Alpha: 0.1, Beta: 0.1}, dist.Uniform{Lower: 0, Upper: 1}
	for _, c := range []struct {
		name string
		f    func(p, q dist.Univariate) (Value, error)
		p, q dist.Univariate
		want float64
		tol  float64
	}{
		{"ten needles", KL, mixed(t, tenth, ten...), dist.Normal{Mu: 4.5, Sigma: 5}, math.Log(0.1) - 0.5 + 3*math.Ln10 + math.Log(5) + (8.25+1e-6)/50, 1e-12},
		{"two needles", KL, mixed(t, []float64{0.5, 0.5}, dist.Normal{Mu: 1e6, Sigma: 1}, dist.Normal{Mu: -1e6, Sigma: 1}), dist.Normal{Sigma: 1e6}, -math.Ln2 - 0.5 + 6*math.Ln10 + 0.5*(1+1e-12), 1e-11},
		{"a needle in a haystack", TotalVariation, prickly, normal, 0.01 * needleTV, 1e-7},
		{"moved", TotalVariation, dist.Affine{Base: prickly, Shift: 5, Scale: -2}, dist.Normal{Mu: 5, Sigma: 2}, 0.01 * needleTV, 1e-7},
		{"cut off", TotalVariation, inside, dist.Normal{Mu: 100, Sigma: 1}, 1, 1e-12},
		{"a singular end at 1", JensenShannon, beta, flat, 0.30907688569652502, 1e-3},
		{"a singular end at 1", KL, hiddenLaw{beta}, flat, -beta.Entropy(), 0.02},
		{"a singular end at 0", KL, hiddenLaw{dist.Gamma{Shape: 0.02, Rate: 1}}, dist.Exponential{Rate: 1}, 0.02 - dist.Gamma{Shape: 0.02, Rate: 1}.Entropy(), 1e-8},
	} {
		got, err := c.f(c.p, c.q)
		if err != nil || !near(got.Value, c.want, c.tol) {
			t.Errorf("%s: %v from %v: %.15g ± %.2g by %v, want %.15g (%v)", c.name, c.p, c.q, got.Value, got.Error, got.Method, c.want, err)
		}
		if off := math.Abs(got.Value - c.want); off > got.Error+1e-11*c.want || got.Error > 0.05*c.want {
			t.Errorf("%s: wrong by %.2g and says %.2g", c.name, off, got.Error)
		}
	}
	if got, err := KL(dist.Weibull{Shape: 0.01, Scale: 1}, hiddenLaw{dist.Weibull{Shape: 0.02, Scale: 1}}); err != nil || math.Abs(got.Value-0.8840684843415875) > got.Error || math.IsInf(got.Value, 0) {
		t.Errorf("ends that numbers do not reach: %v ± %v (%v)", got, got.Error, err)
	}
	if got, err := KL(hiddenLaw{dist.Geometric{P: 1e-300}}, dist.Geometric{P: 0.5}); err != nil || !math.IsInf(got.Error, 1) {
		t.Errorf("numbers that cannot be counted: %v ± %v (%v)", got, got.Error, err)
	}
	// Almost all of it is beyond float64.
	got, err := KL(hiddenLaw{dist.Pareto{Scale: 1, Shape: 5e-4}}, dist.Pareto{Scale: 1, Shape: 1e-3})
	if want := 1 - math.Ln2; err != nil || math.Abs(got.Value-want) > got.Error {
		t.Errorf("%v ± %v, want %v (%v)", got, got.Error, want, err)
	}
}

// A comb has needles that it does not tell of.
type comb struct{ dist.Univariate }

func TestFallBack(t *testing.T) {
	var parts []dist.Univariate
	var weights []float64
	for i := range 64 {
		parts, weights = append(parts, dist.Normal{Mu: math.Sqrt(float64(i)), Sigma: 1e-9}), append(weights, 1./64)
	}
	p, q := comb{mixed(t, weights, parts...)}, dist.Normal{Mu: 5, Sigma: 2}
	want := -math.Log(64) - 0.5 + 9*math.Ln10 + math.Ln2 // and the mean of ½((x−5)/2)²
	for i := range 64 {
		z := (math.Sqrt(float64(i)) - 5) / 2
		want += 0.5 * z * z / 64
	}
	got, err := KL(p, q)
	if err != nil || got.Kind != belief.Sampled || got.Method != Sampling || math.Abs(got.Value-want) > 5*got.StdErr || !(got.StdErr < 0.1) {
		t.Errorf("%v by %v, want %v (%v)", got, got.Method, want, err)
	}
	if again, _ := KL(p, q); again != got {
		t.Errorf("%v, and the second time %v", got, again)
	}
}

// Mixtures of very many components take draws, and no longer than others.
func TestManyComponents(t *testing.T) {
	var parts []dist.Univariate
	var weights []float64
	for i := range 500 {
		parts, weights = append(parts, dist.Poisson{Lambda: float64(i*i+1) * 100}), append(weights, 1./500)
	}
	p := mixed(t, weights, parts...)
	v, err := JensenShannon(p, dist.Poisson{Lambda: 1e7})
	if err != nil || v.Kind != belief.Sampled || !(v.Value > 0.6 && v.Value < math.Ln2) || !(v.StdErr < 0.05) {
		t.Errorf("%v (%v)", v, err)
	}
	if v, err := RenyiEntropy(0.5, p); err != nil || v.Kind != belief.Sampled {
		t.Errorf("%v (%v)", v, err)
	}
}

// Whatever no constructor has made has an error and no value.
func TestInvalid(t *testing.T) {
	var parameter *dist.ParameterError
	var config *belief.ConfigError
	good := dist.Uniform{Lower: 0, Upper: 1}
	bad := []dist.Univariate{nil, (*comb)(nil), dist.Normal{}, dist.Categorical{}, dist.Empirical{}, dist.Mixture{}, dist.Truncated{}, dist.Affine{}, dist.Beta{}}
	for _, d := range bad {
		for name, f := range map[string]func(p, q dist.Univariate) (Value, error){
			"KL": KL, "CrossEntropy": CrossEntropy, "JensenShannon": JensenShannon, "Hellinger": Hellinger, "TotalVariation": TotalVariation, "Renyi": ofOrder(2),
			"RenyiEntropy": func(p, q dist.Univariate) (Value, error) {
				if p == dist.Univariate(good) {
					p = q
				}
				return RenyiEntropy(2, p)
			},
			"Perplexity": func(p, q dist.Univariate) (Value, error) {
				if p == dist.Univariate(good) {
					p = q
				}
				v, err := Perplexity(p)
				return Value{Estimate: belief.Estimate{Value: v, Kind: belief.Approximation}}, err
			},
		} {
			for _, pair := range [][2]dist.Univariate{{d, good}, {good, d}, {d, d}} {
				v, err := f(pair[0], pair[1])
				if !errors.As(err, &parameter) && !errors.As(err, &config) {
					t.Errorf("%s(%T, %T): %v", name, pair[0], pair[1], err)
				}
				if !math.IsNaN(v.Value) || v.Kind == belief.Exact {
					t.Errorf("%s(%T, %T): %v beside an error", name, pair[0], pair[1], v)
				}
			}
		}
	}
	// The entropy of a mixture is an integral, and what is made of it is no formula.
	m := mixed(t, []float64{0.5, 0.5}, dist.Normal{Sigma: 1}, dist.Normal{Mu: 1, Sigma: 1})
	if v, err := CrossEntropy(m, dist.Normal{Sigma: 1}); err != nil || v.Kind != belief.Approximation || !(v.Error >= 1e-10) {
		t.Errorf("%v ± %v (%v)", v, v.Error, err)
	}
	if v, err := RenyiEntropy(1, dist.Affine{Base: m, Scale: 2}); err != nil || v.Kind != belief.Approximation || !(v.Error >= 1e-10) {
		t.Errorf("%v ± %v (%v)", v, v.Error, err)
	}
}
