package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

// TestLogSurvival holds it to values where survival underflows, each a closed form or
// computed with 50 digits.
func TestLogSurvival(t *testing.T) {
	normal := dist.Normal{Sigma: 1}
	mirror := func(d dist.Univariate) dist.Affine { return dist.Affine{Base: d, Scale: -1} }
	mixed, err := dist.NewMixture([]dist.Univariate{normal, dist.Normal{Mu: 1, Sigma: 1}}, []float64{0.25, 0.75})
	if err != nil {
		t.Fatal(err)
	}
	const at50 = -1254.8313611394194 // log Φ(−50)
	const at49 = -1205.3111748916653
	for _, c := range []struct {
		d       dist.Univariate
		x, want float64
	}{
		{normal, 50, at50},
		{mirror(mirror(normal)), 50, at50},
		{dist.LogNormal{Sigma: 1}, math.Exp(50), at50},
		{dist.HalfNormal{Sigma: 1}, 50, at50 + math.Ln2},
		{mixed, 50, math.Log(0.75) + at49 + math.Log1p(math.Exp(at50-at49)/3)},
		{dist.Exponential{Rate: 2}, 1e6, -2e6},
		{dist.ChiSquared{Nu: 2}, 1e5, -5e4},
		{dist.Gamma{Shape: 1, Rate: 0.5}, 1e5, -5e4},
		{dist.Gumbel{Scale: 1}, 1e4, -1e4},
		{dist.Laplace{Scale: 1}, 1e4, -1e4 - math.Ln2},
		{dist.Logistic{Scale: 1}, 1e4, -1e4},
		{dist.Weibull{Shape: 2, Scale: 1}, 1e3, -1e6},
		{dist.Pareto{Scale: 1, Shape: 100}, 1e10, -1000 * math.Ln10},
		{dist.Geometric{P: 0.5}, 1e4, -(1e4 + 1) * math.Ln2},
		{mirror(dist.Gumbel{Scale: 1}), 10, -math.Exp(10)},
	} {
		l, ok := c.d.(dist.LogSurvivaler)
		if !ok {
			t.Errorf("%v has no LogSurvival", c.d)
			continue
		}
		if got := l.LogSurvival(c.x); !(math.Abs(got-c.want) <= 1e-10*math.Abs(c.want)) {
			t.Errorf("%v: LogSurvival(%v) is %v, want %v", c.d, c.x, got, c.want)
		}
	}
	if got := mirror(normal).LogCDF(-50); math.Abs(got-at50) > 1e-9 {
		t.Errorf("the mirrored normal has LogCDF(-50) %v", got)
	}
}
