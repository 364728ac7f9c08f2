package ladder

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// The mean θ ~ N(1, 2²) of one observation x ~ N(θ, 1), y = 4 being observed and the
// distance |x − y|: the evidence is P(|x − y| ≤ ε), x ~ N(1, 5), and given a window of
// x the mean of θ is linear in that of x.
func TestABC(t *testing.T) {
	const y, eps = 4, 0.5
	prior, err := dist.NewProduct(dist.Normal{Mu: 1, Sigma: 2})
	if err != nil {
		t.Fatal(err)
	}
	x := dist.Normal{Mu: 1, Sigma: math.Sqrt(5)}
	mass := x.CDF(y+eps) - x.CDF(y-eps)
	density := func(v float64) float64 { return math.Exp(x.LogProb(v)) }
	meanX := 1 + 5*(density(y-eps)-density(y+eps))/mass // of a truncated normal
	meanTheta := 1 + (meanX-1)*4/5

	path := &ABC{Prior: prior, Tolerance: eps, Distance: func(r *rand.Rand, theta []float64) float64 {
		return math.Abs(theta[0] + r.NormFloat64() - y)
	}}
	cfg := SMCConfig{Particles: 2000, Seed: 1}
	got, err := SMC(background, path, cfg)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "evidence", got.LogZ, math.Log(mass), 0.15)
	mean := 0.0
	for i, w := range got.Weights {
		batch, k := got.Batches[i/got.BatchSize], i%got.BatchSize
		mean += w * batch.At(k)[0]
		if want := prior.LogProb(batch.At(k)); batch.base[k] != want || w > 0 && batch.target[k] > eps {
			t.Fatalf("particle %d remembers %g and a distance of %g, its prior is %g", i, batch.base[k], batch.target[k], want)
		}
	}
	// The posterior sd is below one, and lineages are independent.
	if se := 1 / math.Sqrt(float64(got.Lineages)); math.Abs(mean-meanTheta) > 4.9*se || se > 0.1 {
		t.Errorf("mean %.3f, want %.3f ± %.2g", mean, meanTheta, se)
	}
	// Of a distance without noise one can tell that it is remembered.
	plain := &ABC{Prior: prior, Tolerance: eps, Distance: func(_ *rand.Rand, theta []float64) float64 { return math.Abs(theta[0] - y) }}
	exact, err := SMC(background, plain, SMCConfig{Particles: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, batch := range exact.Batches {
		for i, d := range batch.target {
			if want := math.Abs(batch.At(i)[0] - y); d != want {
				t.Fatalf("a point remembers a distance of %g, it is %g", d, want)
			}
		}
	}
	cfg.Workers = 3
	if again, err := SMC(background, path, cfg); err != nil || again.LogZ != got.LogZ {
		t.Errorf("again: %v, %v, want %v", again, err, got.LogZ)
	}
}

func TestABCRefuses(t *testing.T) {
	prior, err := dist.NewProduct(dist.Normal{Sigma: 1})
	if err != nil {
		t.Fatal(err)
	}
	distance := func(d float64) func(*rand.Rand, []float64) float64 {
		return func(*rand.Rand, []float64) float64 { return d }
	}
	for name, p := range map[string]*ABC{
		"nothing":     {},
		"no distance": {Prior: prior, Tolerance: 1},
		"tolerance":   {Prior: prior, Distance: distance(0), Tolerance: math.NaN()},
		"NaN":         {Prior: prior, Distance: distance(math.NaN()), Tolerance: 1},
		"negative":    {Prior: prior, Distance: distance(-1), Tolerance: 1},
	} {
		var config *belief.ConfigError
		if _, err := SMC(background, p, SMCConfig{Particles: 10}); !errors.As(err, &config) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	var none *DepletedError
	if _, err := SMC(background, &ABC{Prior: prior, Distance: distance(math.Inf(1)), Tolerance: 1}, SMCConfig{Particles: 10}); !errors.As(err, &none) {
		t.Errorf("never near: error %v", err)
	}
}
