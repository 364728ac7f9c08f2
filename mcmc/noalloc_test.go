package mcmc

import (
	"bytes"
	"github.com/belief-go/belief/internal/patience"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// kernelCases are samplers on a normal target of three dimensions that is split.
func kernelCases(t *testing.T) (SplitTarget, map[string]Sampler) {
	t.Helper()
	prior, err := dist.NewMultivariateNormal([]float64{1, 2, 3}, mat.NewSymDense(3, []float64{2, .5, 0, .5, 1, .3, 0, .3, 1}))
	if err != nil {
		t.Fatal(err)
	}
	target, err := NewPosterior(prior, GradFunc(3, func(x, grad []float64) float64 {
		l := 0.0
		for i, v := range x {
			l -= v * v / 2
			grad[i] = -v
		}
		return l
	}))
	if err != nil {
		t.Fatal(err)
	}
	same := func(dst []float64, r *rand.Rand, x []float64) error { dst[0] = r.NormFloat64(); return nil }
	return target, map[string]Sampler{
		"Metropolis":         Metropolis{},
		"MetropolisHastings": MetropolisHastings{independent{Independence{prior}}},
		"Independence":       Independence{prior},
		"AdaptiveMetropolis": AdaptiveMetropolis{},
		"Slice":              Slice{},
		"EllipticalSlice":    EllipticalSlice{},
		"EllipticalSlice 2":  EllipticalSlice{prior},
		"Ensemble":           Ensemble{},
		"Tempering":          Tempering{Levels: 4},
		"Tempering 2":        Tempering{Sampler: Metropolis{}, Levels: 3},
		"Gibbs": Gibbs{Scan: RandomScan, Blocks: []Block{
			{Of: []int{0}, Draw: same}, {Of: []int{2}, Values: []float64{0, 1, 2}}, {Of: []int{1}, Sampler: Slice{}},
			{Of: []int{1, 0}, Sampler: NUTS{}}, {Of: []int{0, 1}, Sampler: AdaptiveMetropolis{}},
		}},
	}
}

// warmedUp returns a kernel and a state after a warm-up.
func warmedUp(t *testing.T, target Target, s Sampler, steps int) (Kernel, *State, *rand.Rand) {
	t.Helper()
	k, err := s.Kernel(NewGuard(cloned(target)))
	if err != nil {
		t.Fatal(err)
	}
	state, r := &State{X: make([]float64, target.Dim())}, rand.New(rand.NewPCG(1, 1))
	if err := k.Init(state); err != nil {
		t.Fatal(err)
	}
	tuner, _ := k.(Tuner)
	if tuner != nil {
		tuner.BeginWarmUp(steps)
	}
	for range steps {
		info, err := k.Step(r, state)
		if err != nil {
			t.Fatal(err)
		}
		if tuner != nil {
			if err := tuner.Tune(state, info); err != nil {
				t.Fatal(err)
			}
		}
	}
	if tuner != nil {
		if err := tuner.EndWarmUp(state); err != nil {
			t.Fatal(err)
		}
	}
	return k, state, r
}

func TestStepsDoNotAllocate(t *testing.T) {
	target, cases := kernelCases(t)
	for name, s := range cases {
		k, state, r := warmedUp(t, target, s, 300)
		if n := patience.Allocations(200, func() {
			if _, err := k.Step(r, state); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: a step allocates %v times", name, n)
		}
	}
}

// A kernel that reads what another has tuned, in the middle of the warm-up, goes
// on as that one does; a damaged form is an error or harmless.
func TestTuningIsAllInTheBinaryForm(t *testing.T) {
	target, cases := kernelCases(t)
	for name, s := range cases {
		k, err := s.Kernel(NewGuard(cloned(target)))
		if err != nil {
			t.Fatal(err)
		}
		a, ok := k.(Tuner)
		if !ok {
			continue
		}
		r, state := rand.New(rand.NewPCG(1, 1)), State{X: make([]float64, 3)}
		if err := a.Init(&state); err != nil {
			t.Fatal(err)
		}
		a.BeginWarmUp(200)
		go100 := func(k Tuner, r *rand.Rand, s *State) {
			t.Helper()
			for range 100 {
				info, err := k.Step(r, s)
				if err == nil {
					err = k.Tune(s, info)
				}
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
		}
		go100(a, r, &state)
		data, err := a.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		k, err = s.Kernel(NewGuard(cloned(target)))
		if err != nil {
			t.Fatal(err)
		}
		b := k.(Tuner)
		other := State{X: make([]float64, 3)}
		if err := b.Init(&other); err != nil { // before a saved state takes its place
			t.Fatal(err)
		}
		b.BeginWarmUp(200)
		if err := b.UnmarshalBinary(data); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		clone := func(x []float64) []float64 { return append([]float64(nil), x...) }
		other = State{X: clone(state.X), LogDensity: state.LogDensity, Grad: clone(state.Grad), Aux: clone(state.Aux)}
		go100(a, rand.New(rand.NewPCG(7, 7)), &state)
		go100(b, rand.New(rand.NewPCG(7, 7)), &other)
		for i, x := range state.X {
			if other.X[i] != x {
				t.Errorf("%s: %v after the form was read, %v without", name, other.X, state.X)
				break
			}
		}
		first, _ := a.MarshalBinary()
		second, _ := b.MarshalBinary()
		if !bytes.Equal(first, second) {
			t.Errorf("%s: the tuning differs after reading", name)
		}
		for n := range len(data) {
			if err := b.UnmarshalBinary(data[:n]); err == nil {
				t.Errorf("%s: %d of %d bytes are taken", name, n, len(data))
				break
			}
		}
		if err := b.UnmarshalBinary(append(data, 0)); err == nil {
			t.Errorf("%s: a byte too many is taken", name)
		}
	}
}
