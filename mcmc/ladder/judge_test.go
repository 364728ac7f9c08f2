package ladder

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/mcmc"
)

// What is said of a run, on both sides of each limit.
func TestJudge(t *testing.T) {
	const n = 200
	families := func(k float64) []float64 { // quantiles of a Pareto distribution of shape k
		out := make([]float64, n)
		for i := range out {
			out[i] = math.Pow((float64(i)+0.5)/n, -k)
		}
		return out
	}
	for _, c := range []struct {
		name     string
		family   []float64
		tail, se float64
		lineages int
		want     []string
	}{
		{"all is well", families(0.4), 0.49, 0.66, 10, nil},
		{"equal families", families(0), math.Inf(-1), 0, 10, nil},
		{"few lineages", families(0.4), 0, 0.1, 9, []string{"smc-lineages"}},
		{"a step", families(0.4), 0.51, 0.1, 10, []string{"smc-pareto"}},
		{"families", families(1.1), 0, 0.1, 10, []string{"smc-families"}},
		{"error", families(0.4), 0, 0.67, 10, []string{"smc-error"}},
		{"no error known", families(0.4), 0, math.Inf(1), 1, []string{"smc-lineages"}},
	} {
		p := &population[[]int]{family: c.family, sums: make([]float64, n), tail: c.tail, lineages: c.lineages}
		p.judge(&SMCResult[[]int]{LogZ: belief.Estimate{StdErr: c.se}})
		if diff := cmp.Diff(c.want, codes(p.warnings)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// A tail counts if the step has changed the weights at all, and particles without
// weight have none.
func TestTailOfSteps(t *testing.T) {
	const n = 100
	for _, c := range []struct {
		size float64
		want bool
	}{{1, true}, {1e-6, false}} {
		path := broken{newTiny().pointwise(), func(chain int, to float64) float64 {
			return c.size * math.Log(n/(float64(chain)+0.5)) // Pareto of shape size
		}}
		got, err := SMC(background, path, SMCConfig{Schedule: mcmc.Schedule{0, 1}, Particles: n, Batch: n})
		if err != nil {
			t.Fatal(err)
		}
		if seen := !math.IsInf(float64(got.ParetoK), -1); seen != c.want || seen && !(got.ParetoK > 0.6 && got.ParetoK < 1.4) {
			t.Errorf("size %g: k = %g", c.size, got.ParetoK)
		}
	}
	p, err := newPopulation(newTiny().pointwise(), SMCConfig{Particles: n})
	if err != nil {
		t.Fatal(err)
	}
	logs := make([]float64, n)
	for i := range logs {
		logs[i] = math.Log(float64(i + 1)) // a tail that is bounded
		if i%2 == 1 {
			logs[i], p.w[i] = 10*math.Log(n/(float64(i)+0.5)), 0
		}
	}
	if p.watch(logs); !(p.tail < 0) {
		t.Errorf("k = %g from particles without weight", p.tail)
	}
}

// How far a sampler takes the particles is measured in their own standard deviations.
func TestJumpsHaveTheUnitsOfParticles(t *testing.T) {
	var keeps []float64
	for _, sd := range []float64{1, 100} {
		base, err := dist.NewIsotropicNormal([]float64{0, 0}, sd)
		if err != nil {
			t.Fatal(err)
		}
		path := &Bridge{Base: base, Target: mcmc.Func(2, base.LogProb), Sampler: mcmc.Metropolis{Scale: 1.7 * sd}}
		r := stream.New(1, "units")
		s, err := path.Draw(r, 500)
		if err != nil {
			t.Fatal(err)
		}
		weights := make([]float64, 500)
		for i := range weights {
			weights[i] = 1. / 500
		}
		for _, b := range []float64{0, 0.5, 1} {
			if err := path.Adapt(b, []*Points{s}, weights, []int{0}); err != nil {
				t.Fatal(err)
			}
			if err := path.Move(r, s, b); err != nil {
				t.Fatal(err)
			}
		}
		keeps = append(keeps, path.ladder[len(path.ladder)-1].walk.keep)
	}
	if math.Abs(keeps[0]-keeps[1]) > 1e-9 || !(keeps[0] > 0.4 && keeps[0] < 0.8) {
		t.Errorf("correlations kept %v", keeps)
	}
}

// The walk of approximate Bayesian computation is scaled by what was accepted, and
// populations keep to walks of their own.
func TestABCAdapts(t *testing.T) {
	prior, err := dist.NewProduct(dist.Normal{Sigma: 1})
	if err != nil {
		t.Fatal(err)
	}
	path := &ABC{Prior: prior, Tolerance: 1, Distance: func(_ *rand.Rand, theta []float64) float64 { return math.Abs(theta[0]) }}
	var batches []*Points
	r := stream.New(1, "abc")
	for range 2 {
		s, err := path.Draw(r, 2)
		if err != nil {
			t.Fatal(err)
		}
		batches = append(batches, s)
	}
	weights := []float64{0.25, 0.25, 0.25, 0.25}
	for _, b := range []float64{0, 0.1, 0.2} {
		batches[0].score = score{accept: 1, proposals: 10}
		if err := path.Adapt(b, batches, weights, []int{0, 1}); err != nil {
			t.Fatal(err)
		}
	}
	if want := 2.38 * math.Exp(2*(0.1-0.3)); math.Abs(path.rung.walk.scale-want) > 1e-12 {
		t.Errorf("scale %g, want %g", path.rung.walk.scale, want)
	}
	for j, s := range batches {
		// The spread of the two particles of the other population.
		o := batches[1-j].X
		if got, want := path.rung.walkOf(s.group).lower[0], math.Abs(o[0]-o[1])/2; math.Abs(got-want) > 1e-12 {
			t.Errorf("population %d walks with %g, want %g", j, got, want)
		}
	}
}
