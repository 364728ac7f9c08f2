package information

import (
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// Closed forms (Song 2001; Nadarajah & Zografos 2003).
func TestRenyiEntropy(t *testing.T) {
	inf := math.Inf(1)
	sinhSum := func(l, alpha float64) float64 { // Σ (e^−l l^k/k!)^α
		sum := 0.0
		for k := 0.0; k < 300; k++ {
			g, _ := math.Lgamma(k + 1)
			sum += math.Exp(alpha * (k*math.Log(l) - l - g))
		}
		return math.Log(sum) / (1 - alpha)
	}
	for _, c := range []struct {
		alpha float64
		p     dist.Univariate
		want  float64
	}{
		{0.3, dist.Normal{Mu: 1, Sigma: 2}, math.Log(2) + 0.5*math.Log(2*math.Pi) + 0.5*math.Log(0.3)/(0.3-1)},
		{3, dist.Normal{Mu: 1, Sigma: 2}, math.Log(2) + 0.5*math.Log(2*math.Pi) + 0.5*math.Log(3)/2},
		{1, dist.Normal{Mu: 1, Sigma: 2}, dist.Normal{Mu: 1, Sigma: 2}.Entropy()},
		{0.5, dist.Exponential{Rate: 4}, -math.Log(4) - math.Log(0.5)/0.5},
		{2, dist.Laplace{Scale: 3}, math.Log(6) + math.Log(2)},
		{2, dist.Cauchy{Scale: 1}, math.Log(2 * math.Pi)},
		{0.5, dist.Cauchy{Scale: 1}, inf},
		{0.7, dist.Pareto{Scale: 1, Shape: 1}, math.Log(1/0.4) / 0.3},
		{0.4, dist.Pareto{Scale: 1, Shape: 1}, inf},
		{5, dist.Uniform{Lower: 2, Upper: 10}, math.Log(8)},
		{1.5, dist.Gamma{Shape: 0.5, Rate: 1}, -2 * (math.Log(math.Gamma(0.25)) - 1.5*math.Log(math.Gamma(0.5)) - 0.25*math.Log(1.5))},
		{2, dist.Gamma{Shape: 0.5, Rate: 1}, -inf},
		{2, dist.Geometric{P: 0.25}, -math.Log(0.0625 / (1 - 0.5625))},
		{0.5, dist.Geometric{P: 0.25}, 2 * math.Log(0.5/(1-math.Sqrt(0.75)))},
		{2, dist.Poisson{Lambda: 7}, sinhSum(7, 2)},
		{0.25, dist.Poisson{Lambda: 7}, sinhSum(7, 0.25)},
		{3, dist.DiscreteUniform{Lower: 1, Upper: 6}, math.Log(6)},
		{2, three(t, 0.5, 0.25, 0.25), -math.Log(0.375)},
	} {
		got, err := RenyiEntropy(c.alpha, c.p)
		if err != nil || !near(got.Value, c.want, 1e-11) {
			t.Errorf("order %g of %v: %.15g ± %.2g by %v, want %.15g (%v)", c.alpha, c.p, got.Value, got.Error, got.Method, c.want, err)
		}
		if off := math.Abs(got.Value - c.want); off > got.Error+1e-13 && !math.IsInf(c.want, 0) {
			t.Errorf("order %g of %v is wrong by %.2g and says %.2g", c.alpha, c.p, off, got.Error)
		}
	}
	var config *belief.ConfigError
	if _, err := RenyiEntropy(0, dist.Normal{Sigma: 1}); !errors.As(err, &config) {
		t.Errorf("order 0: %v", err)
	}
	var parameter *dist.ParameterError
	if _, err := RenyiEntropy(2, dist.Normal{}); !errors.As(err, &parameter) {
		t.Errorf("Normal{}: %v", err)
	}
}
