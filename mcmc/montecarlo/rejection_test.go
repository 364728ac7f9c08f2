package montecarlo

import (
	"context"
	"errors"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// twoHumps is 3 times the density of a mixture, and its proposal; the largest ratio
// is below 3 exp(1.6).
var twoHumps = func() Rejection {
	m, err := dist.NewMixture([]dist.Univariate{dist.Normal{Mu: -1, Sigma: 0.5}, dist.Normal{Mu: 2, Sigma: 1}}, []float64{0.3, 0.7})
	if err != nil {
		panic(err)
	}
	return Rejection{
		LogDensity: func(x []float64) float64 { return math.Log(3) + m.LogProb(x[0]) },
		Proposal:   dist.Product{dist.Normal{Mu: 1, Sigma: 2}},
		LogK:       math.Log(3) + 1.6,
	}
}()

func humpsCDF(x float64) float64 {
	return 0.3*dist.Normal{Mu: -1, Sigma: 0.5}.CDF(x) + 0.7*dist.Normal{Mu: 2, Sigma: 1}.CDF(x)
}

// Draws, rate and normalizer are right, and so are their errors.
func TestRejection(t *testing.T) {
	p := math.Exp(-1.6)
	var z, logZ []float64
	missed := 0
	const runs = 200
	for seed := range uint64(runs) {
		s := twoHumps
		s.Seed = seed
		a, err := s.Sample(ctx, 300)
		if err != nil || !a.Converged || a.Len() != 300 || len(a.Warnings) > 0 {
			t.Fatalf("%+v, %v", a, err)
		}
		z, logZ = append(z, off(a.Acceptance, p)), append(logZ, off(a.LogZ, math.Log(3)))
		if p < a.Interval[0] || p > a.Interval[1] {
			missed++
		}
	}
	zScores(t, "acceptance rate", z)
	zScores(t, "log normalizer", logZ)
	// 95 % of confidence: at most 27 of 200 misses but for 1e-6, and not none.
	if missed > 27 || missed == 0 {
		t.Errorf("%d of %d intervals miss the rate", missed, runs)
	}
	a, err := twoHumps.Sample(ctx, 20_000)
	if err != nil {
		t.Fatal(err)
	}
	if gap, bound, ok := fits(a.Draws, humpsCDF); !ok {
		t.Errorf("draws are off by %v, bound %v", gap, bound)
	}
	if math.Abs(off(a.Acceptance, p)) > 5 || a.LogK != twoHumps.LogK {
		t.Errorf("%v", a)
	}
}

// Vectors of a triangle: uniform points of a square below its diagonal.
func TestRejectionVectors(t *testing.T) {
	square := Func{
		N:    2,
		Draw: func(dst []float64, r *rand.Rand) { dst[0], dst[1] = r.Float64(), r.Float64() },
		Log:  func(x []float64) float64 { return 0 },
	}
	triangle := func(x []float64) float64 {
		if x[0] < x[1] {
			return math.Inf(-1)
		}
		return 0
	}
	a, err := Rejection{LogDensity: triangle, Proposal: square}.Sample(ctx, 10_000)
	if err != nil || math.Abs(off(a.Acceptance, 0.5)) > 5 || math.Abs(off(a.LogZ, math.Log(0.5))) > 5 {
		t.Fatalf("%v, %v", a, err)
	}
	var first []float64
	for i := range a.Len() {
		x := a.Row(i)
		if first = append(first, x[0]); x[1] > x[0] {
			t.Fatalf("draw %v", x)
		}
	}
	if gap, bound, ok := fits(first, func(x float64) float64 { return x * x }); !ok {
		t.Errorf("draws are off by %v, bound %v", gap, bound)
	}
}

// A density above its envelope is an error that names the point, the same for any
// number of workers; with Adapt it is not, and the draws are nearly right.
func TestEnvelope(t *testing.T) {
	s := twoHumps
	s.LogK = math.Log(3) + 0.2
	var first *EnvelopeError
	for _, workers := range []int{1, 2, 5} {
		s.Workers = workers
		_, err := s.Sample(ctx, 10_000)
		var e *EnvelopeError
		if !errors.As(err, &e) || !(s.LogDensity(e.X) > s.LogK+s.Proposal.LogProb(e.X)) || e.LogDensity != s.LogDensity(e.X) {
			t.Fatalf("%v", err)
		}
		if first != nil && !cmp.Equal(first, e) {
			t.Errorf("%v with %d workers, %v with one", e, workers, first)
		}
		first = e
	}
	for _, logK := range []float64{s.LogK, math.Inf(-1)} {
		s.LogK, s.Adapt = logK, true
		a, err := s.Sample(ctx, 20_000)
		if err != nil || !hasWarning(a.Warnings, "adapted") && !hasWarning(a.Warnings, "envelope") || !(a.LogK > math.Log(3)+0.5) {
			t.Fatalf("%+v, %v", a.Warnings, err)
		}
		if gap, bound, ok := fits(a.Draws, humpsCDF); !ok {
			t.Errorf("draws are off by %v, bound %v", gap, bound)
		}
	}
	// An envelope that touches the density everywhere is none that is broken.
	same := Rejection{LogDensity: func(x []float64) float64 { return normal.LogProb(x) + 3 }, Proposal: normal, LogK: 3}
	if a, err := same.Sample(ctx, 1000); err != nil || a.Tries != 1000 || a.Interval[1] != 1 || a.Interval[0] < 0.99 {
		t.Errorf("%v, %v", a, err)
	}
}

// Where tries run out, what there is comes back.
func TestRejectionTries(t *testing.T) {
	s := twoHumps
	s.LogK, s.Tries = s.LogK+math.Log(100), 10
	a, err := s.Sample(ctx, 1000)
	if err != nil || a.Converged || a.Tries != 10_000 || a.Len() == 0 || a.Len() > 100 || !hasWarning(a.Warnings, "tries") {
		t.Fatalf("%v, %v", a, err)
	}
	if p := math.Exp(-1.6) / 100; p < a.Interval[0] || p > a.Interval[1] || math.Abs(off(a.Acceptance, p)) > 5 {
		t.Errorf("%v, interval %v, want %v", a.Acceptance, a.Interval, p)
	}
	for i := range a.Len() {
		if a.Row(i)[0] == 0 {
			t.Errorf("draw %d was left empty", i)
		}
	}
	s.LogDensity, s.Workers = func([]float64) float64 { return math.Inf(-1) }, 3
	if a, err := s.Sample(ctx, 100); err != nil || a.Len() != 0 || !math.IsInf(a.LogZ.StdErr, 1) || a.Interval[0] != 0 || a.Interval[1] > 0.01 {
		t.Errorf("no density: %+v, %v", a, err)
	}
}

func TestRejectionErrors(t *testing.T) {
	good := twoHumps
	for name, change := range map[string]func(s *Rejection) int{
		"no proposal":   func(s *Rejection) int { s.Proposal = nil; return 1 },
		"no density":    func(s *Rejection) int { s.LogDensity = nil; return 1 },
		"no draws":      func(s *Rejection) int { return 0 },
		"fewer than no": func(s *Rejection) int { return -1 },
		"NaN k":         func(s *Rejection) int { s.LogK = math.NaN(); return 1 },
		"no k":          func(s *Rejection) int { s.LogK = math.Inf(-1); return 1 },
		"infinite k":    func(s *Rejection) int { s.LogK, s.Adapt = math.Inf(1), true; return 1 },
		"tries":         func(s *Rejection) int { s.Tries = -1; return 1 },
		"nothing to adapt to": func(s *Rejection) int {
			s.LogK, s.Adapt, s.LogDensity = math.Inf(-1), true, func([]float64) float64 { return math.Inf(-1) }
			return 1
		},
	} {
		s := good
		n := change(&s)
		var config *belief.ConfigError
		if a, err := s.Sample(ctx, n); !errors.As(err, &config) || a != nil {
			t.Errorf("%s: %v, %v", name, a, err)
		}
	}
	var large *belief.TooLargeError
	if _, err := good.Sample(ctx, 1<<60); !errors.As(err, &large) {
		t.Errorf("huge sample: %v", err)
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		for _, adapt := range []bool{false, true} {
			s := good
			s.Adapt, s.LogDensity = adapt, func(x []float64) float64 { return bad }
			var point *PointError
			if _, err := s.Sample(ctx, 10); !errors.As(err, &point) {
				t.Errorf("density of %v: %v", bad, err)
			}
		}
	}
	s := good
	s.Proposal = Func{N: 1, Draw: func(dst []float64, _ *rand.Rand) { dst[0] = 1 }}
	var point *PointError
	if _, err := s.Sample(ctx, 10); !errors.As(err, &point) {
		t.Errorf("proposal without density: %v", err)
	}
}

func TestRejectionWorkersAndCancel(t *testing.T) {
	s := twoHumps
	s.Workers = 1
	want, err := s.Sample(ctx, 1000)
	if err != nil {
		t.Fatal(err)
	}
	s.Workers = 3
	if got, err := s.Sample(ctx, 1000); err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v with 3 workers, %v with one; %v", got, want, err)
	}
	c, cancel := context.WithCancel(ctx)
	calls, f := 0, s.LogDensity
	s.Workers, s.LogDensity = 1, func(x []float64) float64 {
		if calls++; calls == 5000 {
			cancel()
		}
		return f(x)
	}
	a, err := s.Sample(c, 1<<20)
	if !errors.Is(err, context.Canceled) || a.Converged || a.Len() < 500 || a.Len() > 2000 || !cmp.Equal(a.Draws[:500], want.Draws[:500]) {
		t.Errorf("cancelled: %v, %v", a, err)
	}
}

func TestRejectionAllocations(t *testing.T) {
	s := twoHumps
	s.Workers = 1
	if n := patience.Allocations(3, func() { s.Sample(ctx, 20*keptBlock) }); n > 150 {
		t.Errorf("%v allocations for 20 blocks", n)
	}
}
