package sampler

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/belief-go/belief/internal/stream"
)

// target makes a function of one variable a target.
type target func(x float64) (float64, error)

func (t target) Dim() int                                { return 1 }
func (t target) LogDensity(x []float64) (float64, error) { return t(x[0]) }

func normal(x float64) (float64, error) { return -x * x / 2, nil }

func ExampleMetropolis() {
	kernel, r := Metropolis{Scale: 1}, stream.New(1, "example")
	s, err := kernel.Init(target(normal), []float64{3})
	if err != nil {
		fmt.Println(err)
		return
	}
	accepted := 0
	for range 1000 {
		ok, err := kernel.Step(r, target(normal), &s)
		if err != nil {
			fmt.Println(err)
			return
		}
		if ok {
			accepted++
		}
	}
	fmt.Println(accepted > 600 && accepted < 800) // 70 % is expected at this scale
	// Output: true
}

// distance is √n times the Kolmogorov–Smirnov distance of draws from N(0, 1).
func distance(x []float64) float64 {
	slices.Sort(x)
	n, worst := float64(len(x)), 0.0
	for i, x := range x {
		p := distuv.UnitNormal.CDF(x)
		worst = max(worst, p-float64(i)/n, float64(i+1)/n-p)
	}
	return worst * math.Sqrt(n)
}

// Chains that start in the target's own distribution must stay in it. Every
// chain gives one draw, so the draws are independent and the Kolmogorov–Smirnov
// limit of 2.69 has a false-alarm rate of 1e-6. The same test refuses a step that
// accepts everything.
func TestStaysInItsDistribution(t *testing.T) {
	const chains, steps, limit = 10000, 20, 2.69
	run := func(step func(*rand.Rand, *State) error) float64 {
		x := make([]float64, chains)
		for c := range x {
			r := stream.New(1, "chain", uint64(c))
			s, err := Metropolis{}.Init(target(normal), []float64{r.NormFloat64()})
			if err != nil {
				t.Fatal(err)
			}
			for range steps {
				if err := step(r, &s); err != nil {
					t.Fatal(err)
				}
			}
			x[c] = s.X[0]
		}
		return distance(x)
	}
	right := func(r *rand.Rand, s *State) error {
		_, err := Metropolis{}.Step(r, target(normal), s)
		return err
	}
	if got := run(right); got > limit {
		t.Errorf("√n·D = %.2f, more than %v", got, limit)
	}
	broken := func(r *rand.Rand, s *State) error {
		s.LogDensity = math.Inf(-1) // accepts whatever comes
		return right(r, s)
	}
	if got := run(broken); got <= limit {
		t.Errorf("a broken sampler passes with √n·D = %.2f", got)
	}
}

// From far away the chain finds its way home; a chain that never moves would
// pass the test above, and is refused here.
func TestForgetsItsStart(t *testing.T) {
	const chains, steps, limit = 2000, 200, 2.69
	run := func(steps int) float64 {
		x := make([]float64, chains)
		for c := range x {
			r := stream.New(2, "chain", uint64(c))
			s, err := Metropolis{}.Init(target(normal), []float64{10})
			if err != nil {
				t.Fatal(err)
			}
			for range steps {
				if _, err := (Metropolis{}).Step(r, target(normal), &s); err != nil {
					t.Fatal(err)
				}
			}
			x[c] = s.X[0]
		}
		return distance(x)
	}
	if got := run(steps); got > limit {
		t.Errorf("√n·D = %.2f, more than %v", got, limit)
	}
	if got := run(0); got <= limit {
		t.Errorf("a chain that never moves passes with √n·D = %.2f", got)
	}
}

func TestErrors(t *testing.T) {
	final := errors.New("the disk is full")
	constant := func(l float64, err error) target { return func(float64) (float64, error) { return l, err } }
	for _, c := range []struct {
		target target
		ends   bool
	}{
		{constant(0, nil), false},
		{constant(math.Inf(-1), nil), false},
		{constant(0, fmt.Errorf("no root: %w", ErrReject)), false},
		{constant(0, final), true},
		{constant(math.NaN(), nil), true},
		{constant(math.Inf(1), nil), true},
	} {
		l, cause := c.target(0)
		_, err := Metropolis{}.Init(c.target, []float64{0})
		if e := new(StartError); errors.As(err, &e) != (cause != nil || l != 0) || cause != nil && !errors.Is(err, cause) {
			t.Errorf("density %v, %v: Init gives %v", l, cause, err)
		}
		s, err := Metropolis{}.Init(target(normal), []float64{0})
		if err != nil {
			t.Fatal(err)
		}
		moved, err := Metropolis{}.Step(stream.New(1, "errors"), c.target, &s)
		if (err != nil) != c.ends || c.ends && cause != nil && !errors.Is(err, cause) {
			t.Errorf("density %v, %v: Step gives %v", l, cause, err)
		}
		if flat := l == 0 && cause == nil; moved != flat {
			t.Errorf("density %v, %v: moved is %v", l, cause, moved)
		}
	}
}

func TestStepDoesNotAllocate(t *testing.T) {
	r := stream.New(1, "allocations")
	s, _ := Metropolis{}.Init(target(normal), []float64{0})
	if n := testing.AllocsPerRun(100, func() { _, _ = Metropolis{}.Step(r, target(normal), &s) }); n != 0 {
		t.Errorf("a step allocates %v times", n)
	}
}
