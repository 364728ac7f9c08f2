package process

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/stream"
)

// drawn returns n values of a process at random points of the unit interval, with
// noise.
func drawn(t testing.TB, g GaussianProcess, n int, seed uint64) (x, y []float64) {
	t.Helper()
	r := rand.New(rand.NewPCG(8, seed))
	x = make([]float64, n)
	for i := range x {
		x[i] = 6 * r.Float64()
	}
	far, err := g.Condition([]float64{1e6}, []float64{0}) // says nothing about the rest
	if err != nil {
		t.Fatal(err)
	}
	y, err = far.Samples(x, 1, r)
	if err != nil {
		t.Fatal(err)
	}
	for i := range y {
		y[i] += g.Noise * r.NormFloat64()
	}
	return x, y
}

// The hyperparameters that data were drawn with come back, and the marginal
// likelihood is no smaller than theirs.
func TestFitRecovers(t *testing.T) {
	ctx := context.Background()
	truth := GaussianProcess{Kernel: SquaredExponential{2, []float64{0.5}}, Noise: 0.1}
	x, y := drawn(t, truth, 80, 1)
	start := GaussianProcess{Kernel: SquaredExponential{1, []float64{2}}, Noise: 1}
	fit, err := start.Fit(ctx, x, y, HyperparameterConfig{Restarts: 3})
	if err != nil {
		t.Fatal(err)
	}
	if !fit.Converged || len(fit.Warnings) > 0 {
		t.Errorf("converged %v, warnings %v", fit.Converged, fit.Warnings)
	}
	reference, err := truth.Condition(x, y)
	if err != nil {
		t.Fatal(err)
	}
	if fit.LogMarginalLikelihood() < reference.LogMarginalLikelihood() {
		t.Errorf("log marginal likelihood %v, the truth has %v", fit.LogMarginalLikelihood(), reference.LogMarginalLikelihood())
	}
	got, want := fit.Process().logTheta(true), truth.logTheta(true)
	for i := range want {
		if math.Abs(got[i]-want[i]) > 0.5 {
			t.Errorf("log hyperparameter %d is %v, want %v", i, got[i], want[i])
		}
	}
	for i, v := range fit.GradLogMarginalLikelihood() {
		if math.Abs(v) > 1e-3 {
			t.Errorf("derivative %d at the optimum is %v", i, v)
		}
	}
}

// From a start whose nearest maximum explains everything by noise, restarts find the
// better one (Rasmussen & Williams 2006, figure 5.5, has such a case).
func TestRestartsMatter(t *testing.T) {
	x, y := drawn(t, GaussianProcess{Kernel: SquaredExponential{1, []float64{0.3}}, Noise: 0.1}, 25, 3)
	start := GaussianProcess{Kernel: SquaredExponential{1, []float64{30}}, Noise: 1}
	one, err := start.Fit(context.Background(), x, y, HyperparameterConfig{Restarts: 1})
	if err != nil {
		t.Fatal(err)
	}
	many, err := start.Fit(context.Background(), x, y, HyperparameterConfig{Restarts: 12})
	if err != nil {
		t.Fatal(err)
	}
	if many.LogMarginalLikelihood() < one.LogMarginalLikelihood()+1 {
		t.Errorf("one start reaches %v, twelve %v", one.LogMarginalLikelihood(), many.LogMarginalLikelihood())
	}
	if diff := cmp.Diff(one.Starts[0].LogTheta, many.Starts[0].LogTheta); diff != "" {
		t.Errorf("the first start depends on how many follow:\n%s", diff)
	}
}

func TestFitSameForAnyNumberOfWorkers(t *testing.T) {
	x, y := drawn(t, GaussianProcess{Kernel: Matern{2.5, 1, []float64{1}}, Noise: 0.3}, 20, 2)
	g := GaussianProcess{Kernel: Sum{Matern{1.5, 1, []float64{1}}, Constant{1}}, Noise: 0.5}
	var want []HyperparameterStart
	for workers := 1; workers <= 4; workers++ {
		calls := 0
		fit, err := g.Fit(context.Background(), x, y, HyperparameterConfig{Restarts: 4, Seed: 9, Workers: workers, PriorSD: 1, Progress: func(HyperparameterStart) { calls++ }})
		if err != nil || calls != 4 {
			t.Fatalf("%v, %d calls", err, calls)
		}
		if want == nil {
			want = fit.Starts
		}
		if diff := cmp.Diff(want, fit.Starts, cmp.AllowUnexported(HyperparameterStart{})); diff != "" {
			t.Errorf("%d workers (-one +more):\n%s", workers, diff)
		}
	}
}

// A prior keeps hyperparameters near that the data say nothing of; without it they
// run to the wall, and a warning says so.
func TestFitWithoutBound(t *testing.T) {
	x, y := []float64{0, 1, 2, 3}, []float64{1, 1, 1, 1}
	g := GaussianProcess{Kernel: SquaredExponential{1, []float64{1}}, Noise: 0.1}
	free, err := g.Fit(context.Background(), x, y, HyperparameterConfig{Restarts: 2})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(free.Warnings, func(w belief.Warning) bool { return w.Code == "hyperparameter-edge" }) {
		t.Errorf("no warning about %v, only %v", free.Process(), free.Warnings)
	}
	held, err := g.Fit(context.Background(), x, y, HyperparameterConfig{Restarts: 2, PriorSD: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	origin := g.logTheta(true)
	for i, v := range held.Process().logTheta(true) {
		if math.Abs(v-origin[i]) > 4 {
			t.Errorf("log hyperparameter %d goes to %v", i, v)
		}
	}
	known, err := g.Fit(context.Background(), x, y, HyperparameterConfig{Restarts: 2, PriorSD: 0.5, KnownNoise: true})
	if err != nil || known.Process().Noise != 0.1 || len(known.Starts[0].LogTheta) != 2 || !known.Converged {
		t.Errorf("known noise: %v, %v", known, err)
	}
	fixed, err := GaussianProcess{Kernel: g.Kernel}.Fit(context.Background(), []float64{0, 1, 2}, []float64{0, 1, -1}, HyperparameterConfig{})
	if err != nil || fixed.Process().Noise != 0 || len(fixed.Starts[0].LogTheta) != 2 {
		t.Errorf("without noise: %v, %v", fixed, err)
	}
}

func TestFitErrors(t *testing.T) {
	x, y := []float64{0, 1, 2}, []float64{1, 0, 2}
	g := GaussianProcess{Kernel: SquaredExponential{1, []float64{1}}, Noise: 0.1}
	var ce *belief.ConfigError
	for _, cfg := range []HyperparameterConfig{{Restarts: -1}, {MaxIterations: -1}, {PriorSD: -1}, {PriorSD: math.NaN()}} {
		if _, err := g.Fit(context.Background(), x, y, cfg); !errors.As(err, &ce) {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
	var tl *belief.TooLargeError
	if _, err := g.Fit(context.Background(), x, y, HyperparameterConfig{Restarts: math.MaxInt}); !errors.As(err, &tl) {
		t.Errorf("MaxInt restarts: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	fit, err := g.Fit(ctx, x, y, HyperparameterConfig{Restarts: 100, Workers: 1, Progress: func(s HyperparameterStart) {
		if s.Index == 2 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || fit == nil || len(fit.Starts) != 3 {
		t.Errorf("cancelled after three starts: %v, %v", fit, err)
	}
	if fit, err := g.Fit(ctx, x, y, HyperparameterConfig{}); !errors.Is(err, context.Canceled) || fit != nil {
		t.Errorf("cancelled before: %v, %v", fit, err)
	}
}

// Prior and wall against central differences, on both sides of the wall.
func TestPenaltyGradient(t *testing.T) {
	origin := []float64{1, -2, 0.5, 0}
	for _, sd := range []float64{0, 0.7} {
		theta := []float64{14, -15.5, 3, -11}
		grad := []float64{1, 1, 1, 1}
		value := penalty(grad, theta, origin, sd)
		if flat := penalty(nil, origin, origin, sd); flat != 0 || !(value > 100) {
			t.Errorf("sd %v: %v, and %v at the origin", sd, value, flat)
		}
		for i := range theta {
			const h = 1e-4
			up, down := slices.Clone(theta), slices.Clone(theta)
			up[i], down[i] = up[i]+h, down[i]-h
			want := 1 + (penalty(nil, up, origin, sd)-penalty(nil, down, origin, sd))/(2*h)
			within(t, "derivative", grad[i], want, 1e-8)
		}
	}
}

func BenchmarkGradLogMarginalLikelihood(b *testing.B) {
	r := stream.New(1, "benchmark")
	x, y := make([]float64, 60), make([]float64, 30)
	for i := range x {
		x[i] = r.Float64()
	}
	for i := range y {
		y[i] = r.NormFloat64()
	}
	p, err := GaussianProcess{Kernel: Matern{2.5, 1, []float64{0.3, 0.3}}, Noise: 0.1}.Condition(x, y)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p.GradLogMarginalLikelihood()
	}
}
