package information

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

func probs(t testing.TB, p ...float64) Probabilities {
	t.Helper()
	out, err := NewProbabilities(p)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The table of Qiu 2019, appendix E.1: what three outcomes can have in entropy.
func TestBookEntropies(t *testing.T) {
	for _, c := range []struct {
		p    []float64
		want float64
	}{
		{[]float64{1, 0, 0}, 0},
		{[]float64{1. / 2, 1. / 4, 1. / 4}, 1.5 * math.Ln2},
		{[]float64{1. / 3, 1. / 3, 1. / 3}, math.Log(3)},
	} {
		p := probs(t, c.p...)
		if got := p.Entropy(); !near(got, c.want, 1e-15) {
			t.Errorf("H(%v) = %v, want %v", c.p, got, c.want)
		}
		if got := p.Perplexity(); !near(got, math.Exp(c.want), 1e-15) {
			t.Errorf("perplexity of %v is %v", c.p, got)
		}
		if got := p.CrossEntropy(p); !near(got, c.want, 1e-15) || math.Signbit(got) {
			t.Errorf("H(%v, itself) = %v, want %v", c.p, got, c.want)
		}
		uniform := probs(t, 1./3, 1./3, 1./3)
		if got := p.KL(uniform); math.Abs(got-(math.Log(3)-c.want)) > 1e-15 {
			t.Errorf("KL from uniform is %v, want log 3 − H = %v", got, math.Log(3)-c.want)
		}
	}
}

// Two outcomes in closed form, zeros included.
func TestProbabilitiesKnown(t *testing.T) {
	inf := math.Inf(1)
	p, q, far := probs(t, 0.5, 0.5, 0), probs(t, 0.25, 0.75, 0), probs(t, 0, 0, 1)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"KL", p.KL(q), 0.5*math.Log(2) + 0.5*math.Log(2./3)},
		{"KL, nothing in common", p.KL(far), inf},
		{"KL, one inside the other", far.KL(probs(t, 0.5, 0.25, 0.25)), math.Log(4)},
		{"cross-entropy", p.CrossEntropy(q), -0.5*math.Log(0.25) - 0.5*math.Log(0.75)},
		{"cross-entropy, nothing in common", p.CrossEntropy(far), inf},
		{"JS, nothing in common", p.JensenShannon(far), math.Ln2},
		{"Hellinger, nothing in common", p.Hellinger(far), 1},
		{"TV, nothing in common", p.TotalVariation(far), 1},
		{"TV", p.TotalVariation(q), 0.25},
		{"Hellinger", p.Hellinger(q), math.Sqrt(1 - math.Sqrt(0.125) - math.Sqrt(0.375))},
	} {
		if !near(c.got, c.want, 1e-14) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	for _, c := range []struct{ alpha, want float64 }{
		{0.5, -2 * math.Log(math.Sqrt(0.125)+math.Sqrt(0.375))}, {2, math.Log(1 + 1./3)},
		{1, 0.5*math.Log(2) + 0.5*math.Log(2./3)}, {1 + 1e-9, 0.5*math.Log(2) + 0.5*math.Log(2./3)},
	} {
		if got, err := p.Renyi(c.alpha, q); err != nil || !near(got, c.want, 1e-8) {
			t.Errorf("Rényi of order %g: %v, want %v (%v)", c.alpha, got, c.want, err)
		}
	}
	if got, _ := p.Renyi(2, far); got != inf {
		t.Errorf("Rényi of order 2, nothing in common: %v", got)
	}
	if got, _ := p.Renyi(0.5, far); got != inf {
		t.Errorf("Rényi of order ½, nothing in common: %v", got)
	}
	for _, c := range []struct{ alpha, want float64 }{
		{0, math.Log(2)}, {0.5, 2 * math.Log(0.5+math.Sqrt(0.75))}, {1, q.Entropy()}, {1 - 1e-5, q.Entropy()}, {2, -math.Log(0.625)},
		{inf, -math.Log(0.75)}, {1e6, -math.Log(0.75)},
	} {
		tol := 1e-14
		if c.alpha == 1-1e-5 || c.alpha == 1e6 {
			tol = 1e-5
		}
		if got, err := q.RenyiEntropy(c.alpha); err != nil || !near(got, c.want, tol) {
			t.Errorf("Rényi entropy of order %g: %v, want %v (%v)", c.alpha, got, c.want, err)
		}
	}
}

// Nearly equal probabilities keep ten digits. The oracle sums with 200 bits, the
// logarithm by its series.
func TestProbabilitiesNearlyEqual(t *testing.T) {
	a := []float64{0.125, 0.375, 0.5}
	b := []float64{0.125 + 0x1p-30, 0.375 - 3*0x1p-30, 0.5 + 0x1p-29}
	sum := new(big.Float).SetPrec(200)
	for i := range a {
		x := new(big.Float).SetPrec(200).Quo(big.NewFloat(b[i]-a[i]), big.NewFloat(a[i]))
		term, power := new(big.Float).SetPrec(200), new(big.Float).SetPrec(200).SetInt64(-1)
		for k := int64(1); k < 12; k++ { // −log(1+x) = −x + x²/2 − …
			power.Mul(power, x)
			part := new(big.Float).SetPrec(200).Quo(power, new(big.Float).SetInt64(k))
			term.Add(term, part)
			power.Neg(power)
		}
		sum.Add(sum, term.Mul(term, big.NewFloat(a[i])))
	}
	want, _ := sum.Float64()
	if got := probs(t, a...).KL(probs(t, b...)); !near(got, want, 1e-13) {
		t.Errorf("KL = %v, want %v", got, want)
	}
}

func TestProbabilitiesErrors(t *testing.T) {
	var e *dist.ParameterError
	for _, p := range [][]float64{nil, {0.5, 0.4}, {-0.5, 1.5}, {math.NaN(), 1}, {math.Inf(1)}} {
		if _, err := NewProbabilities(p); !errors.As(err, &e) {
			t.Errorf("%v: %v", p, err)
		}
	}
	var config *belief.ConfigError
	p := probs(t, 1)
	for _, alpha := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := p.Renyi(alpha, p); !errors.As(err, &config) {
			t.Errorf("order %v: %v", alpha, err)
		}
		if _, err := Renyi(alpha, dist.Normal{Sigma: 1}, dist.Normal{Sigma: 1}); !errors.As(err, &config) {
			t.Errorf("order %v: %v", alpha, err)
		}
	}
	if _, err := p.RenyiEntropy(-1); !errors.As(err, &config) {
		t.Errorf("entropy of order −1: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("different lengths did not panic")
		}
	}()
	p.KL(probs(t, 0.5, 0.5))
}

// some draws probabilities, some of which are zero and some tiny.
func some(t *rapid.T, n int, label string) Probabilities {
	p, sum := make([]float64, n), 0.0
	for i := range p {
		if p[i] = rapid.Float64Range(0, 1).Draw(t, label); rapid.IntRange(0, 4).Draw(t, label) == 0 {
			p[i] = 0
		}
		sum += p[i]
	}
	if sum < 1e-6 {
		p[0], sum = p[0]+1, sum+1
	}
	for i := range p {
		p[i] /= sum
	}
	out, err := NewProbabilities(p)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The inequalities between the measures (Cover & Thomas 2006; Gibbs & Su 2002).
func TestInequalities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		p, q := some(t, n, "p"), some(t, n, "q")
		const eps = 1e-13
		kl, js, h, tv := p.KL(q), p.JensenShannon(q), p.Hellinger(q), p.TotalVariation(q)
		half, _ := p.Renyi(0.5, q)
		two, _ := p.Renyi(2, q)
		for _, c := range []struct {
			name string
			ok   bool
		}{
			{"KL ≥ 0", kl >= 0 && p.KL(p) == 0},
			{"Pinsker", kl >= 2*tv*tv-eps},
			{"JS symmetric and at most log 2", math.Abs(js-q.JensenShannon(p)) <= eps && js >= 0 && js <= math.Ln2+eps},
			{"JS ≤ TV log 2", js <= tv*math.Ln2+eps},
			{"H² ≤ TV ≤ √2 H", h*h <= tv+eps && tv <= math.Sqrt2*h+eps && h <= 1},
			{"Rényi grows with its order", half <= kl+eps*(1+kl) && kl <= two+eps*(1+two)},
			{"H² and order ½", math.Abs(h*h+math.Expm1(-0.5*half)) <= eps},
			{"cross-entropy", math.IsInf(kl, 1) || math.Abs(p.CrossEntropy(q)-p.Entropy()-kl) <= 1e-12*(1+kl)},
			{"entropy at most log n", p.Entropy() <= math.Log(float64(n))+eps},
		} {
			if !c.ok {
				t.Errorf("%s fails: p = %v, q = %v, KL %v, JS %v, H %v, TV %v", c.name, p, q, kl, js, h, tv)
			}
		}
		// Merging outcomes loses information.
		if n > 1 {
			merge := func(p Probabilities) Probabilities {
				out := append([]float64{p.p[0] + p.p[1]}, p.p[2:]...)
				return Probabilities{out}
			}
			a, b := merge(p), merge(q)
			if a.KL(b) > kl+eps*(1+kl) || a.JensenShannon(b) > js+eps || a.TotalVariation(b) > tv+eps || a.Hellinger(b) > h+1e-7 || a.Entropy() > p.Entropy()+eps {
				t.Errorf("merging gains information: %v, %v", p, q)
			}
		}
	})
}
