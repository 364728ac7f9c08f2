package information

import (
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// hiddenLaw is a distribution that no formula knows.
type hiddenLaw struct{ dist.Univariate }

func mixed(t *testing.T, weights []float64, d ...dist.Univariate) dist.Univariate {
	t.Helper()
	m, err := dist.NewMixture(d, weights)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func ofOrder(alpha float64) func(p, q dist.Univariate) (Value, error) {
	return func(p, q dist.Univariate) (Value, error) { return Renyi(alpha, p, q) }
}

// Sums over more numbers than can be added, over lattices, and with tails beyond where
// probabilities underflow. The numbers are of closed forms with mpmath, or of log masses
// summed one by one with scipy, which is good to 1e-9.
func TestLongSums(t *testing.T) {
	p, q := dist.Poisson{Lambda: 1e12}, dist.Poisson{Lambda: 1e12 + 1e6}
	crossing := math.Floor(1e6 / math.Log1p(1e-6))
	js, err := JensenShannon(dist.Affine{Base: dist.Poisson{Lambda: 3}, Shift: 7, Scale: 1 << 20}, dist.Affine{Base: dist.Poisson{Lambda: 4}, Shift: 7, Scale: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		f    func(p, q dist.Univariate) (Value, error)
		p, q dist.Univariate
		want float64
		tol  float64
	}{
		{"two ends", KL, dist.BetaBinomial{N: 2e4, Alpha: 0.001, Beta: 0.001}, dist.Binomial{N: 2e4, P: 0.5}, 13829.3337926, 1e-9},
		{"two ends", KL, dist.BetaBinomial{N: 1e6, Alpha: 0.001, Beta: 0.001}, dist.Binomial{N: 1e6, P: 0.5}, 691505.01385, 1e-9},
		{"a slow tail", ofOrder(2), hiddenLaw{dist.Geometric{P: 0.5}}, dist.Geometric{P: 0.7499}, 6.725966984432522, 1e-12},
		{"no end", ofOrder(2), hiddenLaw{dist.Geometric{P: 0.5}}, dist.Geometric{P: 0.7501}, math.Inf(1), 0},
		{"a long tail", KL, dist.NegativeBinomial{R: 0.5, P: 1e-5}, dist.Poisson{Lambda: 3}, 472532.52077, 1e-10},
		{"a wide one", KL, dist.Poisson{Lambda: 1e15}, dist.DiscreteUniform{Lower: 0, Upper: 4e15}, 17.236744025370561, 1e-11},
		{"blocks", KL, hiddenLaw{dist.DiscreteUniform{Lower: 0, Upper: 1e9}}, dist.DiscreteUniform{Lower: 0, Upper: 2e9}, math.Log(2000000001. / 1000000001), 1e-13},
		{"long tails", TotalVariation, hiddenLaw{dist.Geometric{P: 1e-9}}, dist.Geometric{P: 2e-9}, 0.25000000017328679, 1e-12},
		{"large", TotalVariation, p, q, p.CDF(crossing) - q.CDF(crossing), 1e-10},
		{"both on a lattice", JensenShannon, dist.Affine{Base: dist.Poisson{Lambda: 3}, Shift: 7, Scale: 1 << 20}, dist.Affine{Base: dist.Poisson{Lambda: 4}, Shift: 7, Scale: 1 << 20}, js.Value, 0},
		{"shuffled", KL, dist.DiscreteUniform{Lower: 0, Upper: 2}, three(t, 0.5, 0.25, 0.25), math.Log(4./3) - math.Ln2/3, 1e-14},
	} {
		got, err := c.f(c.p, c.q)
		if err != nil || !near(got.Value, c.want, c.tol) {
			t.Errorf("%s: %v from %v: %.15g ± %.2g by %v, want %.15g (%v)", c.name, c.p, c.q, got.Value, got.Error, got.Method, c.want, err)
		}
		if off := math.Abs(got.Value - c.want); off > got.Error+2*c.tol*c.want {
			t.Errorf("%s: wrong by %.2g and says %.2g", c.name, off, got.Error)
		}
	}
	if want, _ := JensenShannon(dist.Poisson{Lambda: 3}, dist.Poisson{Lambda: 4}); js != want {
		t.Errorf("on a lattice %v, else %v", js, want)
	}
	if far, err := Renyi(0.5, hiddenLaw{dist.Poisson{Lambda: 3}}, dist.Poisson{Lambda: 1e9}); err != nil || math.IsInf(far.Value, 1) && !math.IsInf(far.Error, 1) {
		t.Errorf("nothing in common that float64 holds: %v ± %v (%v)", far, far.Error, err)
	}
	// A lattice against what is not is sampled: no interpolation holds.
	lattice := dist.Affine{Base: dist.Poisson{Lambda: 1e9}, Scale: 2}
	got, err := TotalVariation(lattice, dist.Poisson{Lambda: 2e9})
	if want := 0.5; err != nil || got.Kind != belief.Sampled || !(got.Value > want) || !(got.StdErr > 0 && got.StdErr < 0.01) {
		t.Errorf("even numbers from all: %v by %v (%v)", got, got.Method, err)
	}
}

// Masses on a lattice, in two heaps, and in a long row.
func TestLongPowerSums(t *testing.T) {
	plain, err := RenyiEntropy(2, dist.Poisson{Lambda: 4})
	if err != nil {
		t.Fatal(err)
	}
	one, err := RenyiEntropy(2, dist.Poisson{Lambda: 1})
	if err != nil {
		t.Fatal(err)
	}
	far := dist.Affine{Base: dist.Poisson{Lambda: 1}, Shift: 1000, Scale: 1}
	for _, c := range []struct {
		p    dist.Univariate
		want float64
	}{
		{dist.Affine{Base: dist.Poisson{Lambda: 4}, Scale: 3}, plain.Value},
		{hiddenLaw{dist.Affine{Base: dist.Poisson{Lambda: 4}, Scale: 3}}, plain.Value},
		{mixed(t, []float64{0.5, 0.5}, dist.Poisson{Lambda: 1}, far), one.Value + math.Ln2},
		{dist.Poisson{Lambda: 1e12}, 15.0810226814489195},
		{dist.DiscreteUniform{Lower: 0, Upper: 1e9}, math.Log(1e9 + 1)},
	} {
		got, err := RenyiEntropy(2, c.p)
		if err != nil || !near(got.Value, c.want, 1e-12) || math.Abs(got.Value-c.want) > got.Error+1e-12 || got.Kind == belief.Sampled {
			t.Errorf("%v: %.15g ± %.2g by %v, want %.15g (%v)", c.p, got.Value, got.Error, got.Method, c.want, err)
		}
	}
	got, err := RenyiEntropy(2, hiddenLaw{dist.Affine{Base: dist.Poisson{Lambda: 1e12}, Scale: 2}})
	if err != nil || got.Kind != belief.Sampled || math.Abs(got.Value-15.0810226814489195) > 5*got.StdErr {
		t.Errorf("a long lattice: %v ± %v (%v)", got, got.Error, err)
	}
}
