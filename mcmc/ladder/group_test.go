package ladder

import (
	"math"
	"slices"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/mcmc"
)

// standard is the normalized standard normal density, without gradient.
func standard(d int) mcmc.Target {
	return mcmc.Func(d, func(x []float64) float64 {
		sum := -float64(d) * 0.9189385332046727
		for _, v := range x {
			sum -= v * v / 2
		}
		return sum
	})
}

func codes(warnings []belief.Warning) (out []string) {
	for _, w := range warnings {
		out = append(out, w.Code)
	}
	return out
}

// In thirty dimensions, where a walk has more numbers to learn than there are
// particles, the evidence is without bias: the sum of the errors of n runs exceeds a
// with probability at most exp(−a) if the mean of Ẑ/Z is one. A walk learnt from the
// very particles that it moves is too high by three nats a run.
func TestWalkIsWithoutBias(t *testing.T) {
	sum := 0.0
	for seed := range uint64(8) {
		path := &Bridge{Base: wideBase(t, 30), Target: standard(30)}
		got, err := SMC(background, path, SMCConfig{Particles: 240, Moves: 5, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		sum += got.LogZ.Value
		if c := codes(got.Warnings); !slices.Contains(c, "smc-moves") {
			t.Errorf("five moves are not enough, the warnings are %v", c)
		}
	}
	t.Logf("sum of errors %.2f", sum)
	if a := math.Log(1e6); sum > a {
		t.Errorf("the errors sum to %.1f, above %.1f", sum, a)
	}
}

// With as many moves as the particles need the standard error is what it says. Beyond
// three of it one run in a hundred would be much; of eight, four are by chance less than
// once in a million times.
func TestThirtyDimensions(t *testing.T) {
	far := 0
	for seed := range uint64(8) {
		path := &Bridge{Base: wideBase(t, 30), Target: standard(30)}
		got, err := SMC(background, path, SMCConfig{Particles: 128, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.LogZ.Value) > 3*got.LogZ.StdErr {
			far++
		}
		t.Logf("%v, %v", got.LogZ, codes(got.Warnings))
		if got.LogZ.StdErr > 1 {
			t.Errorf("seed %d: standard error %.2f", seed, got.LogZ.StdErr)
		}
		if last := got.Steps[len(got.Steps)-1].Moves; last < 15 || last > 40 {
			t.Errorf("%d moves at the end", last)
		}
	}
	if far > 3 {
		t.Errorf("%d of 8 runs are more than three standard errors off", far)
	}
}

// Populations resample among themselves: each keeps its particles' ancestors and its
// mass, and the mean of their estimates is that of the whole.
func TestPopulationsAreApart(t *testing.T) {
	for _, n := range []int{0, 1, 3, 20} {
		p, err := newPopulation(newTiny().pointwise(), SMCConfig{Particles: 50, Populations: n, ResampleBelow: 1})
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			n = 4
		}
		if len(p.groups) != n {
			t.Fatalf("%d groups, want %d", len(p.groups), n)
		}
		if err := p.start(background); err != nil {
			t.Fatal(err)
		}
		beta := 0.0
		for k := 1; beta < 1; k++ {
			if beta, err = p.step(background, k, beta); err != nil {
				t.Fatal(err)
			}
		}
		low := 0
		for _, g := range p.groups {
			if g.low != low || g.high <= g.low {
				t.Fatalf("a group from %d to %d, want from %d", g.low, g.high, low)
			}
			low = g.high
			mass := 0.0
			for i := g.low; i < g.high; i++ {
				mass += p.w[i]
				if e := p.eve[i]; e < g.low || e >= g.high {
					t.Fatalf("particle %d of group %d..%d descends from %d", i, g.low, g.high, e)
				}
			}
			if math.Abs(mass-g.mass) > 1e-12 || g.resampled == 0 {
				t.Errorf("a group has mass %g after it was resampled %d times, before %g", mass, g.resampled, g.mass)
			}
		}
		if low != 50 {
			t.Errorf("groups end at %d", low)
		}
		r := p.result(true)
		mean := 0.0
		for k, z := range r.LogZs {
			mean += math.Exp(float64(z)) * float64(p.groups[k].high-p.groups[k].low) / 50
		}
		if math.Abs(math.Log(mean)-r.LogZ.Value) > 1e-12 {
			t.Errorf("the populations say %v, their mean is %g, not %g", r.LogZs, math.Log(mean), r.LogZ.Value)
		}
	}
}

// The standard error is the largest of what is within the groups, of what is between
// them, and of what is between their logarithms.
func TestStdErrOfGroups(t *testing.T) {
	two := func(mass, variance float64) []group {
		return []group{{low: 0, high: 5, mass: mass, variance: variance}, {low: 5, high: 10, mass: 1 - mass, variance: variance}}
	}
	logs := math.Log(9) / 2 // half the distance, which is the standard error of two
	for _, c := range []struct {
		name   string
		groups []group
		want   float64
	}{
		{"one", []group{{high: 10, mass: 1, variance: 0.04}}, 0.2},
		{"within", two(0.5, 0.08), 0.2},
		{"uneven within", two(0.6, 1), math.Sqrt(0.36 + 0.16)},
		{"logarithms", two(0.9, 0.01), logs},
		{"one is lost", two(1, 0), 1}, // 2 (½² + ½²)
		{"unequal sizes", []group{{low: 0, high: 2, mass: 0.2}, {low: 2, high: 10, mass: 0.8}}, 0},
	} {
		p := &population[[]int]{groups: c.groups, layout: layout{chains: 10, batch: 5}}
		if got := p.stdErr(); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %g, want %g", c.name, got, c.want)
		}
	}
}

// A target of heavier tails than its base, and a mode that a few particles have found,
// are told of; where there is nothing to tell there is no warning.
func TestTailWarnings(t *testing.T) {
	cauchy := mcmc.Func(1, func(x []float64) float64 { return dist.Cauchy{Scale: 1}.LogProb(x[0]) })
	unit, err := dist.NewIsotropicNormal([]float64{0}, 1)
	if err != nil {
		t.Fatal(err)
	}
	modes := mcmc.Func(5, func(x []float64) float64 {
		a, b := math.Log(0.8), math.Log(0.2)
		for _, v := range x {
			a += dist.Normal{Mu: 3, Sigma: 0.3}.LogProb(v)
			b += dist.Normal{Mu: -3, Sigma: 1}.LogProb(v)
		}
		return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
	})
	for _, c := range []struct {
		name        string
		base        Base
		target      mcmc.Target
		least, most int // runs with a warning among twenty
		unless      func(logZ float64) bool
	}{
		{"Cauchy", unit, cauchy, 16, 20, nil},
		{"normal", wideBase(t, 2), standard(2), 0, 1, nil},
		{"normal in five dimensions", wideBase(t, 5), standard(5), 0, 1, nil},
		// Runs of which no particle has found the better mode cannot know.
		{"hidden mode", wideBase(t, 5), modes, 1, 20, func(z float64) bool { return z < -1.3 }},
	} {
		warned, runs := 0, 0
		for seed := range uint64(20) {
			if c.unless != nil && seed >= 6 {
				break
			}
			got, err := SMC(background, &Bridge{Base: c.base, Target: c.target}, SMCConfig{Seed: seed, Particles: 600})
			if err != nil {
				t.Fatal(err)
			}
			if c.unless != nil && c.unless(got.LogZ.Value) {
				continue
			}
			runs++
			if w := codes(got.Warnings); slices.Contains(w, "smc-pareto") || slices.Contains(w, "smc-families") {
				warned++
			}
			if float64(got.ParetoK) > heavyTail != slices.Contains(codes(got.Warnings), "smc-pareto") {
				t.Errorf("%s: k = %g and warnings %v", c.name, got.ParetoK, codes(got.Warnings))
			}
		}
		t.Logf("%s: %d of %d runs warned", c.name, warned, runs)
		if warned < c.least || warned > c.most || c.unless != nil && 2*warned < runs {
			t.Errorf("%s: %d of %d runs warned", c.name, warned, runs)
		}
	}
}
