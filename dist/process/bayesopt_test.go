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
	"github.com/belief-go/belief/dist"
)

// Maximizing −f draws the same points as minimizing f, a seed fixes them, and seeds
// differ.
func TestMaximizeAndSeed(t *testing.T) {
	b := braninSearch()
	b.Evaluations = 12
	run := func(b BayesianOptimization, sign float64) *Optimum {
		best, err := b.Run(context.Background(), func(ctx context.Context, x []float64) (float64, error) {
			v, err := branin(ctx, x)
			return sign * v, err
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range best.Evaluations {
			best.Evaluations[i].Value *= sign
		}
		best.Value *= sign
		return best
	}
	least := run(b, 1)
	if diff := cmp.Diff(least, run(b, 1)); diff != "" {
		t.Errorf("the same seed again:\n%s", diff)
	}
	b.Maximize = true
	if diff := cmp.Diff(least, run(b, -1)); diff != "" {
		t.Errorf("(-minimized +maximized):\n%s", diff)
	}
	b.Maximize, b.Seed = false, 1
	if slices.Equal(run(b, 1).Evaluations[0].X, least.Evaluations[0].X) {
		t.Error("two seeds begin alike")
	}
}

// Failures, in whatever way, are counted and kept, and the search finds what is left
// of the function: here the basin on the left is missing.
func TestFailures(t *testing.T) {
	t.Parallel()
	b := braninSearch()
	broken := errors.New("broken")
	best, err := b.Run(context.Background(), func(ctx context.Context, x []float64) (float64, error) {
		switch {
		case x[0] < 0 && x[1] < 7:
			return math.NaN(), nil
		case x[0] < 0:
			return 0, broken
		}
		return branin(ctx, x)
	})
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	var ee *EvaluationError
	for _, e := range best.Evaluations {
		if e.Err != nil {
			failed++
			if !math.IsNaN(e.Value) || !errors.As(e.Err, &ee) && !errors.Is(e.Err, broken) {
				t.Errorf("failed evaluation %+v", e)
			}
		}
	}
	if failed == 0 || failed != best.Failed || failed > 12 || len(best.Warnings) != 1 || best.Value-braninMinimum > 0.1 || best.X[0] < 0 {
		t.Errorf("%v at %v, %d of %d failed, warnings %v", best.Value, best.X, best.Failed, failed, best.Warnings)
	}
	b.Evaluations = 10
	none, err := b.Run(context.Background(), func(context.Context, []float64) (float64, error) { return 0, broken })
	if !errors.Is(err, ErrAllFailed) || !errors.Is(err, broken) || none.Failed != 10 || none.X != nil || !math.IsNaN(none.Value) {
		t.Errorf("all fail: %+v, %v", none, err)
	}
}

// A function that is constant, huge, or tiny is no trouble.
func TestOddFunctions(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(x float64) float64{
		"constant": func(float64) float64 { return 3 },
		"zero":     func(float64) float64 { return 0 },
		"huge":     func(x float64) float64 { return 1e308 * math.Sin(3*x) },
		"tiny":     func(x float64) float64 { return 1e-300 * (x - 0.3) * (x - 0.3) },
		"step":     func(x float64) float64 { return math.Floor(4 * x) },
	} {
		b := BayesianOptimization{Lower: []float64{-1}, Upper: []float64{1}, Evaluations: 12}
		best, err := b.Run(context.Background(), func(_ context.Context, x []float64) (float64, error) { return f(x[0]), nil })
		if err != nil || best.X == nil || best.X[0] < -1 || best.X[0] > 1 {
			t.Errorf("%s: %+v, %v", name, best, err)
			continue
		}
		for _, e := range best.Evaluations {
			if e.Value < best.Value {
				t.Errorf("%s: %v is not the least, %v is", name, best.Value, e.Value)
			}
		}
	}
	b := BayesianOptimization{Lower: []float64{-math.MaxFloat64}, Upper: []float64{math.MaxFloat64}, Evaluations: 8}
	if best, err := b.Run(context.Background(), func(_ context.Context, x []float64) (float64, error) { return x[0] / 2, nil }); err != nil || math.IsInf(best.X[0], 0) || math.IsNaN(best.X[0]) {
		t.Errorf("the widest box: %+v, %v", best, err)
	}
}

// With noise, the best is where the posterior's mean is least, and near the minimum.
func TestNoisy(t *testing.T) {
	b := BayesianOptimization{Lower: []float64{0}, Upper: []float64{1}, Evaluations: 25, Noisy: true}
	r := rand.New(rand.NewPCG(9, 1))
	var at float64
	for step, err := range b.Steps(context.Background(), func(_ context.Context, x []float64) (float64, error) {
		return 4*(x[0]-0.7)*(x[0]-0.7) + 0.1*r.NormFloat64(), nil
	}) {
		if err != nil {
			t.Fatal(err)
		}
		if !step.Designed && !(step.Score < math.Log(2)) { // the function ranges to 2
			t.Errorf("step %d promises an improvement of exp(%v)", step.Index, step.Score)
		}
		at = step.Best[0]
	}
	if math.Abs(at-0.7) > 0.15 {
		t.Errorf("the best is %v, want 0.7", at)
	}
}

// Breaking out ends the search, steps tell what they are, and cancelling returns
// what there is.
func TestStepsAndCancel(t *testing.T) {
	b := braninSearch()
	calls := 0
	count := func(ctx context.Context, x []float64) (float64, error) { calls++; return branin(ctx, x) }
	least := math.Inf(1)
	for step, err := range b.Steps(context.Background(), count) {
		if err != nil {
			t.Fatal(err)
		}
		least = min(least, step.Value)
		if step.Designed != (step.Index < 7) || math.IsNaN(step.Score) != step.Designed || step.BestValue != least {
			t.Errorf("step %+v, least %v", step, least)
		}
		if step.Index == 8 {
			break
		}
	}
	if calls != 9 {
		t.Errorf("%d evaluations in 9 steps", calls)
	}
	ctx, cancel := context.WithCancel(context.Background())
	calls = 0
	stop := func(ctx context.Context, x []float64) (float64, error) {
		if calls++; calls == 10 {
			cancel()
			return 0, ctx.Err()
		}
		return branin(ctx, x)
	}
	best, err := b.Run(ctx, stop)
	if !errors.Is(err, context.Canceled) || len(best.Evaluations) != 9 || best.X == nil {
		t.Errorf("cancelled in the tenth evaluation: %+v, %v", best, err)
	}
	if best, err := b.Run(ctx, count); !errors.Is(err, context.Canceled) || len(best.Evaluations) != 0 {
		t.Errorf("cancelled before: %+v, %v", best, err)
	}
}

func TestBayesianOptimizationErrors(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	var ce *belief.ConfigError
	var pe *dist.ParameterError
	var tl *belief.TooLargeError
	lo, hi := []float64{0}, []float64{1}
	for _, b := range []BayesianOptimization{
		{}, {Lower: lo}, {Lower: hi, Upper: lo}, {Lower: lo, Upper: lo}, {Lower: []float64{-inf}, Upper: hi}, {Lower: lo, Upper: []float64{inf}},
		{Lower: []float64{nan}, Upper: hi}, {Lower: lo, Upper: []float64{nan}},
		{Lower: lo, Upper: hi, Evaluations: -1}, {Lower: lo, Upper: hi, Initial: -1},
		{Lower: lo, Upper: hi, Acquisition: ExpectedImprovement{Xi: -1}},
		{Lower: lo, Upper: hi, Acquisition: ProbabilityOfImprovement{Xi: nan}},
		{Lower: lo, Upper: hi, Acquisition: UpperConfidenceBound{Beta: inf}},
	} {
		if best, err := b.Run(context.Background(), branin); !errors.As(err, &ce) || best != nil {
			t.Errorf("%+v: %v", b, err)
		}
		for _, err := range b.Steps(context.Background(), branin) {
			if !errors.As(err, &ce) {
				t.Errorf("%+v: step with %v", b, err)
			}
		}
	}
	b := BayesianOptimization{Lower: lo, Upper: hi, Kernel: Matern{Nu: 7}}
	if _, err := b.Run(context.Background(), branin); !errors.As(err, &pe) {
		t.Errorf("kernel %v: %v", b.Kernel, err)
	}
	b = BayesianOptimization{Lower: lo, Upper: hi, Initial: math.MaxInt, Evaluations: math.MaxInt}
	if _, err := b.Run(context.Background(), branin); !errors.As(err, &tl) {
		t.Errorf("a huge design: %v", err)
	}
}

// An acquisition that only exploits goes to the corner and would stay there; no
// point is evaluated twice.
func TestNoRepetition(t *testing.T) {
	b := BayesianOptimization{Lower: []float64{0}, Upper: []float64{1}, Evaluations: 15, Acquisition: UpperConfidenceBound{Beta: 1e-12}}
	best, err := b.Run(context.Background(), func(_ context.Context, x []float64) (float64, error) { return x[0], nil })
	if err != nil {
		t.Fatal(err)
	}
	var seen []float64
	for _, e := range best.Evaluations {
		if slices.Contains(seen, e.X[0]) {
			t.Errorf("%v is evaluated twice", e.X)
		}
		seen = append(seen, e.X[0])
	}
	if best.Value != 0 {
		t.Errorf("the corner is missed: %v", best.Value)
	}
}

// What is proposed is a local maximum of the score: no step of 1e-3 of the box leads
// up.
func TestProposalIsLocalMaximum(t *testing.T) {
	ctx := context.Background()
	s := newSearch(braninSearch())
	for k := range s.Initial {
		u := s.design[2*k : 2*k+2]
		v, _ := branin(ctx, s.unscale(u))
		s.record(ctx, u, v)
	}
	u, score, err := s.propose(ctx, s.Initial)
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.model(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, best := s.best()
	for _, d := range [][2]float64{{0, 0}, {1e-3, 0}, {-1e-3, 0}, {0, 1e-3}, {0, -1e-3}} {
		at := []float64{u[0] + d[0], u[1] + d[1]}
		if at[0] < 0 || at[0] > 1 || at[1] < 0 || at[1] > 1 {
			continue
		}
		mean, sd := m.Predict(at)
		if v := (ExpectedImprovement{}).Score(mean, sd, best); v > score || d[0] == d[1] && v != score {
			t.Errorf("score %v at %v, but %v at %v", score, u, v, at)
		}
	}
	u = []float64{0.9, 0.1}
	if v := compass(func(u []float64) float64 { return -math.Abs(u[0]-0.4321) + u[1] }, u, -1e9); math.Abs(u[0]-0.4321) > 2e-5 || u[1] != 1 || v > 1 {
		t.Errorf("compass ends at %v with %v", u, v)
	}
}

// Every coordinate has one point in each interval, and the points keep apart: the
// nearest two of the best of 20 draws are farther apart than those of most single
// draws.
func TestLatinHypercube(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 2))
	for range 8 {
		if gap := narrowest(latinHypercube(9, 3, r), 3); gap < 0.31 {
			t.Errorf("two points are only %v apart", gap)
		}
	}
	for _, n := range []int{1, 2, 7, 300} {
		x := latinHypercube(n, 3, r)
		for k := range 3 {
			var cells []int
			for i := range n {
				cells = append(cells, int(x[i*3+k]*float64(n)))
			}
			slices.Sort(cells)
			for i, c := range cells {
				if c != i {
					t.Errorf("%d points, coordinate %d: cells %v", n, k, cells)
					break
				}
			}
		}
	}
}
