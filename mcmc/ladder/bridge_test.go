package ladder

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/conjugate"
	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/mcmc"
)

// normalTarget is exp(7) times a correlated normal density, with gradient.
func normalTarget(t testing.TB, d int) (mcmc.GradTarget, *dist.MultivariateNormal) {
	t.Helper()
	m, cov := make([]float64, d), mat.NewSymDense(d, nil)
	for i := range d {
		m[i] = 1
		for j := range i + 1 {
			cov.SetSym(i, j, 0.5*math.Pow(0.8, float64(i-j)))
		}
	}
	n, err := dist.NewMultivariateNormal(m, cov)
	if err != nil {
		t.Fatal(err)
	}
	return mcmc.GradFunc(d, func(x, grad []float64) float64 {
		n.GradLogProbTo(grad, x)
		return n.LogProb(x) + 7
	}), n
}

func wideBase(t testing.TB, d int) *dist.MultivariateNormal {
	t.Helper()
	base, err := dist.NewIsotropicNormal(make([]float64, d), 3)
	if err != nil {
		t.Fatal(err)
	}
	return base
}

// within tells whether an estimate is within 4.9 standard errors of the truth, which
// by chance it is not once in 10⁶, and says enough.
func within(t *testing.T, name string, z belief.Estimate, truth, worst float64) {
	t.Helper()
	if d := (z.Value - truth) / z.StdErr; !(math.Abs(d) <= 4.9) || z.StdErr > worst || z.Kind != belief.Sampled {
		t.Errorf("%s: log Z is %v, %.1f standard errors from %g", name, z, d, truth)
	}
}

// Normal targets in several dimensions, by every way up and down, with random walk
// and with NUTS.
func TestNormal(t *testing.T) {
	for _, d := range []int{1, 2, 5, 10} {
		target, n := normalTarget(t, d)
		for _, s := range []mcmc.Sampler{nil, mcmc.NUTS{}} {
			name := fmt.Sprintf("%d dimensions, sampler %T", d, s)
			path := &Bridge{Base: wideBase(t, d), Target: target, Sampler: s, Pilot: 100}
			got, err := SMC(background, path, SMCConfig{Particles: 200, Seed: 2})
			if err != nil {
				t.Fatal(err)
			}
			within(t, name+", particles", got.LogZ, 7, 0.5)
			mean := 0.0
			for i, w := range got.Weights {
				mean += w * got.Batches[i/got.BatchSize].At(i % got.BatchSize)[d-1]
			}
			if bad := math.Abs(mean-1) / math.Sqrt(0.5/float64(got.Lineages)); bad > 4.9 {
				t.Errorf("%s: the mean of the particles is %g, %.1f standard errors from 1", name, mean, bad)
			}
			if d == 10 || d > 2 && s != nil {
				continue // enough of it
			}
			schedule, err := mcmc.SigmoidSchedule(40*d, 0)
			if err != nil {
				t.Fatal(err)
			}
			cfg := AISConfig{Chains: 30, Schedule: schedule, Seed: 3, Moves: 2}
			up, err := AIS(background, path, cfg)
			if err != nil {
				t.Fatal(err)
			}
			down, err := ReverseAIS(background, path, func(r *rand.Rand, k int) (*Points, error) {
				x := make([]float64, k*d)
				for i := range k {
					n.RandTo(x[i*d:(i+1)*d], r)
				}
				return path.Start(x)
			}, cfg)
			if err != nil {
				t.Fatal(err)
			}
			within(t, name+", up", up.LogZ, 7, 0.9)
			within(t, name+", down", down.LogZ, 7, 0.9)
			if up.Bias > 0 || down.Bias < 0 {
				t.Errorf("%s: bias %g up and %g down", name, up.Bias, down.Bias)
			}
		}
	}
}

// Evidences of conjugate models that dist/conjugate has in closed form.
func TestConjugate(t *testing.T) {
	r := stream.New(1, "conjugate")
	normal := conjugate.NormalNormal{Mu: 1, Tau: 2, Sigma: 0.7}
	var x, counts []float64
	for range 20 {
		x = append(x, 3+0.7*r.NormFloat64())
		counts = append(counts, dist.Poisson{Lambda: 4}.Rand(r))
	}
	gamma := conjugate.GammaPoisson{Shape: 2, Rate: 0.5}
	for _, c := range []struct {
		name   string
		prior  dist.Univariate
		like   func(theta float64) float64
		belief interface {
			LogMarginal(x, w []float64) (float64, error)
		}
		data []float64
	}{
		{"normal", normal.Parameter(), func(mu float64) float64 {
			sum := 0.0
			for _, x := range x {
				sum += dist.Normal{Mu: mu, Sigma: 0.7}.LogProb(x)
			}
			return sum
		}, normal, x},
		{"gamma and Poisson", gamma.Parameter(), func(lambda float64) float64 {
			sum := 0.0
			for _, k := range counts {
				sum += dist.Poisson{Lambda: lambda}.LogProb(k)
			}
			return sum
		}, gamma, counts},
	} {
		truth, err := c.belief.LogMarginal(c.data, nil)
		if err != nil {
			t.Fatal(err)
		}
		base, err := dist.NewProduct(c.prior)
		if err != nil {
			t.Fatal(err)
		}
		path := &Bridge{Base: base, Target: mcmc.Func(1, func(theta []float64) float64 { return c.prior.LogProb(theta[0]) + c.like(theta[0]) })}
		smc, err := SMC(background, path, SMCConfig{})
		if err != nil {
			t.Fatal(err)
		}
		within(t, c.name+", particles", smc.LogZ, truth, 0.1)
		ais, err := AIS(background, path, AISConfig{Chains: 50})
		if err != nil {
			t.Fatal(err)
		}
		within(t, c.name+", chains", ais.LogZ, truth, 0.1)
	}
}

// Of a mixture with modes twenty standard deviations apart and a third of the mass in
// one, the particles find both, with their weights.
func TestBimodal(t *testing.T) {
	const d, share = 2, 0.3
	mode := func(x []float64, at float64) float64 {
		sum := 0.0
		for _, v := range x {
			sum += dist.Normal{Mu: at, Sigma: 0.5}.LogProb(v)
		}
		return sum
	}
	target := mcmc.Func(d, func(x []float64) float64 {
		a, b := math.Log(share)+mode(x, -5), math.Log1p(-share)+mode(x, 5)
		return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
	})
	base, err := dist.NewIsotropicNormal(make([]float64, d), 6)
	if err != nil {
		t.Fatal(err)
	}
	path := &Bridge{Base: base, Target: target}
	got, err := SMC(background, path, SMCConfig{Particles: 3000, Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	within(t, "bimodal", got.LogZ, 0, 0.1)
	left := 0.0
	for i, w := range got.Weights {
		if got.Batches[i/got.BatchSize].At(i % got.BatchSize)[0] < 0 {
			left += w
		}
	}
	if se := math.Sqrt(share * (1 - share) / float64(got.Lineages)); math.Abs(left-share) > 4.9*se || se > 0.03 {
		t.Errorf("%.3f of the mass on the left, want %g ± %.2g", left, share, se)
	}
	if !got.Converged || len(got.Warnings) > 0 {
		t.Errorf("converged %v, warnings %v", got.Converged, got.Warnings)
	}
}

// Part of the base has no mass under the target: the ladder goes on with the rest,
// and the evidence has the loss in it.
func TestTruncatedTarget(t *testing.T) {
	path := &Bridge{Base: wideBase(t, 1), Target: mcmc.Func(1, func(x []float64) float64 {
		if x[0] < 3 {
			return math.Inf(-1)
		}
		return dist.Normal{Sigma: 3}.LogProb(x[0])
	})}
	truth := math.Log(dist.Normal{Sigma: 3}.Survival(3))
	smc, err := SMC(background, path, SMCConfig{})
	if err != nil {
		t.Fatal(err)
	}
	within(t, "particles", smc.LogZ, truth, 0.2)
	ais, err := AIS(background, path, AISConfig{Chains: 1000, Schedule: mcmc.Schedule{0, 0.5, 1}})
	if err != nil {
		t.Fatal(err)
	}
	within(t, "chains", ais.LogZ, truth, 0.2)
}

// A target that is not a number on a part of the base is taken for zero there, and a
// warning says so; other mistakes of targets end the run.
func TestBadTargets(t *testing.T) {
	failing := errors.New("no file")
	path := func(f func(x []float64) float64) *Bridge {
		return &Bridge{Base: wideBase(t, 2), Target: mcmc.Func(2, f), Pilot: 50}
	}
	got, err := SMC(background, path(func(x []float64) float64 { return -math.Sqrt(x[0]) }), SMCConfig{Particles: 100})
	if err != nil || !slices.ContainsFunc(got.Warnings, func(w belief.Warning) bool { return w.Code == "not-a-number" }) {
		t.Errorf("NaN: %v, %v", got, err)
	}
	var target *mcmc.TargetError
	for name, f := range map[string]func(x []float64) float64{
		"+Inf":  func([]float64) float64 { return math.Inf(1) },
		"panic": func([]float64) float64 { panic(failing) },
	} {
		if _, err := SMC(background, path(f), SMCConfig{Particles: 10}); !errors.As(err, &target) {
			t.Errorf("%s: error %v", name, err)
		}
		if _, err := AIS(background, path(f), AISConfig{Chains: 10}); !errors.As(err, &target) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	var depleted *DepletedError
	if _, err := SMC(background, path(func([]float64) float64 { return math.Inf(-1) }), SMCConfig{Particles: 10}); !errors.As(err, &depleted) || depleted.Step != 1 {
		t.Errorf("zero: error %v", err)
	}
	if _, err := AIS(background, path(func([]float64) float64 { return math.NaN() }), AISConfig{Chains: 10}); !errors.As(err, &depleted) {
		t.Errorf("always NaN: error %v", err)
	}
	for name, p := range map[string]*Bridge{
		"nothing":    {},
		"no target":  {Base: wideBase(t, 1)},
		"dimensions": {Base: wideBase(t, 1), Target: mcmc.Func(2, nil)},
		"pilot":      {Base: wideBase(t, 2), Target: mcmc.Func(2, nil), Pilot: -1},
		"gradient":   {Base: wideBase(t, 2), Target: mcmc.Func(2, func([]float64) float64 { return 0 }), Sampler: mcmc.NUTS{}},
	} {
		var config *belief.ConfigError
		if _, err := SMC(background, p, SMCConfig{}); !errors.As(err, &config) {
			t.Errorf("%s: error %v", name, err)
		}
		if _, err := AIS(background, p, AISConfig{}); !errors.As(err, &config) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	var config *belief.ConfigError
	if _, err := path(func([]float64) float64 { return 0 }).Start(make([]float64, 3)); !errors.As(err, &config) {
		t.Errorf("three numbers in rows of two: %v", err)
	}
}
