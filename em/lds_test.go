package em

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical/chain"
)

// ldsDraw draws a system of k states, sequences of two columns far from zero, and makes
// some of the numbers missing.
func ldsDraw(r *rand.Rand, k int, missing float64, lengths ...int) *data.Sequences {
	m := &chain.Kalman{States: k, Observed: 2, Initial: make([]float64, k), InitialCov: ldsDiagonal(k, 1), Transition: ldsDiagonal(k, 0.8),
		Noise: ldsDiagonal(k, 0.5), Emission: make([]float64, 2*k), Offset: []float64{1e6, -300}, EmissionCov: []float64{0.5, 0.2, 0.2, 0.4}}
	for i := range m.Emission {
		m.Emission[i] = r.NormFloat64()
	}
	var rows [][]float64
	for _, n := range lengths {
		z, x := make([]float64, n*k), make([]float64, n*2)
		m.RandTo(z, x, r)
		for i := range x {
			if r.Float64() < missing {
				x[i] = math.NaN()
			}
		}
		rows = append(rows, x)
	}
	return hmmSequences(new(testing.T), 2, rows...)
}

// The log-likelihood never falls, whatever is fixed, missing or at its floor.
func TestLDSRises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		seqs := ldsDraw(r, rapid.IntRange(1, 2).Draw(t, "true states"), 0.2, 12, 1, 0, 9)
		set := LinearDynamics{States: rapid.IntRange(1, 3).Draw(t, "states"), Diagonal: rapid.Bool().Draw(t, "diagonal"), Weights: []float64{1, 2, 1, 0.5}}
		if rapid.Bool().Draw(t, "coarse") {
			set.Floor = 0.2
		}
		first, err := set.Fit(context.Background(), seqs, Config{Iterations: 1, Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "fixed") {
			set.Begin = first.Model.System
			set.Fix = DynamicsParts{Initial: r.IntN(2) == 0, Transition: r.IntN(2) == 0, Noise: r.IntN(2) == 0, Emission: r.IntN(2) == 0, EmissionCov: r.IntN(2) == 0}
		}
		run, err := set.Fit(context.Background(), seqs, Config{Iterations: 8, Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(run.History); i++ {
			if run.History[i] < run.History[i-1]-1e-7*(1+math.Abs(run.History[i])) {
				t.Fatalf("iteration %d: from %v to %v", i, run.History[i-1], run.History[i])
			}
		}
		text, err := json.Marshal(run.Model)
		if err != nil {
			t.Fatal(err)
		}
		var read LinearDynamicsModel
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(read.System, run.Model.System) || read.Parameters() != run.Parameters() {
			t.Fatal("read back, it differs")
		}
	})
}

// At the end no small change of a parameter raises the likelihood.
func TestLDSMaximum(t *testing.T) {
	seqs := ldsDraw(rand.New(rand.NewPCG(5, 5)), 1, 0.1, 40, 30)
	run, err := LinearDynamics{States: 1}.Fit(context.Background(), seqs, Config{Iterations: 3000, Tolerance: 1e-12})
	if err != nil {
		t.Fatal(err)
	}
	likelihood := func() float64 {
		l, err := run.Model.LogProb(seqs)
		if err != nil {
			t.Fatal(err)
		}
		return l[0] + l[1]
	}
	best, s := likelihood(), run.Model.System
	if math.Abs(best-run.LogLikelihood) > 1e-6 {
		t.Errorf("%v, and the fit said %v", best, run.LogLikelihood)
	}
	for name, p := range map[string][]float64{"initial": s.Initial, "transition": s.Transition, "noise": s.Noise, "emission": s.Emission, "offset": s.Offset, "noise of observations": {0}} {
		for i := range p {
			for _, step := range []float64{-1e-3, 1e-3} {
				kept := p[i]
				p[i] += step
				if name == "noise of observations" {
					s.EmissionCov[0] += step
				}
				if got := likelihood(); got > best+1e-5 {
					t.Errorf("a step of %v of %s %d raises the log-likelihood by %v", step, name, i, got-best)
				}
				p[i] = kept
				if name == "noise of observations" {
					s.EmissionCov[0] -= step
				}
			}
		}
	}
}

func TestLDSOddData(t *testing.T) {
	for _, c := range []struct {
		name string
		set  LinearDynamics
		x    []float64
	}{
		{"one row", LinearDynamics{States: 1}, []float64{3, 4}},
		{"more states than rows", LinearDynamics{States: 5}, []float64{3, 4, 5, 6}},
		{"constant", LinearDynamics{States: 1}, []float64{7, 7, 7, 7, 7, 7, 7, 7, 7, 7}},
		{"large", LinearDynamics{States: 1}, []float64{1e12, 2e12, 3e12, 5e12, 2e12, 2e12, 9e12, 1e12, 4e12, 2e12}},
	} {
		run, err := c.set.Fit(context.Background(), hmmSequences(t, 2, c.x), Config{Iterations: 20})
		if err != nil || math.IsNaN(run.LogLikelihood) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	seqs := hmmSequences(t, 2, []float64{1, 2, 3, 5, 1, 1})
	for field, set := range map[string]LinearDynamics{
		"States": {},
		"Floor":  {States: 1, Floor: 2},
		"Fix":    {States: 1, Fix: DynamicsParts{Noise: true}},
	} {
		var bad *belief.ConfigError
		if _, err := set.Fit(context.Background(), seqs, Config{}); !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func FuzzLinearDynamicsModel(f *testing.F) {
	f.Add([]byte(`{"kind":"linear-dynamics","version":1,"model":{"columns":["x"],"floor":1e-6,"scale":[1],"system":{"states":1,"observed":1,"initial":[0],"initial_cov":[1],"transition":[1],"noise":[1],"emission":[1],"offset":[0],"emission_cov":[1]}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var m LinearDynamicsModel
		if m.UnmarshalJSON(text) != nil {
			return
		}
		m.Parameters()
		m.NewStatistics()
		if err := m.Validate(); err != nil {
			t.Fatal(err)
		}
	})
}

// Sequences of weight zero count nowhere, and no sequences are an error.
func TestLDSWithoutWeight(t *testing.T) {
	some, c := ldsLevel().Rows(0), Config{Iterations: 5}
	want, err := LinearDynamics{States: 1}.Fit(context.Background(), ldsLevel(), c)
	if err != nil {
		t.Fatal(err)
	}
	more := hmmSequences(t, 1, some, []float64{1e6, -3e6, 2e6})
	got, err := LinearDynamics{States: 1, Weights: []float64{1, 0}}.Fit(context.Background(), more, c)
	if err != nil || got.LogLikelihood != want.LogLikelihood {
		t.Errorf("%v, without the sequence %v: %v", got.LogLikelihood, want.LogLikelihood, err)
	}
	var bad *belief.ConfigError
	if _, err := got.Model.LogProb(nil); !errors.As(err, &bad) {
		t.Error(err)
	}
}

// Ten steps of a level that wanders, two of them not seen.
func ldsLevel() *data.Sequences {
	return hmmSequences(new(testing.T), 1, []float64{1, 1.5, 1.2, math.NaN(), 2.4, 2.1, 2.8, math.NaN(), 3.1, 3.4})
}

func ExampleLinearDynamics() {
	run, err := LinearDynamics{States: 1}.Fit(context.Background(), ldsLevel(), Config{Iterations: 30})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(run.Parameters(), run.History[len(run.History)-1] > run.History[0])
	// Output: 6 true
}

func ExampleLinearDynamicsModel() {
	run, err := LinearDynamics{States: 1}.Fit(context.Background(), ldsLevel(), Config{Iterations: 30})
	if err != nil {
		fmt.Println(err)
		return
	}
	var post chain.KalmanPosterior
	err = run.Model.System.SmoothTo(&post, ldsLevel().Rows(0))
	fmt.Println(run.Model.Columns(), len(post.SmoothedMean), err)
	// Output: [x1] 10 <nil>
}

func ExampleDynamicsParts() {
	// A random walk seen with noise, of which only the two variances are learnt.
	begin := &chain.Kalman{States: 1, Observed: 1, Initial: []float64{1}, InitialCov: []float64{1}, Transition: []float64{1},
		Noise: []float64{1}, Emission: []float64{1}, EmissionCov: []float64{1}}
	run, err := LinearDynamics{States: 1, Begin: begin, Fix: DynamicsParts{Initial: true, Transition: true, Emission: true}}.Fit(context.Background(), ldsLevel(), Config{Iterations: 30})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(run.Parameters(), run.Model.System.Transition, run.Model.System.Emission)
	// Output: 2 [1] [1]
}
