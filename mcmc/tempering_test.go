package mcmc

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
)

// splitTable is a table as a uniform reference times a likelihood.
type splitTable struct{ *tableTarget }

func (t splitTable) LogSplit(x []float64) (reference, likelihood float64, err error) {
	l, err := t.LogDensity(x)
	return -2, l + 2, err
}

// The exact transition matrix of a ladder, all replicas together, leaves the
// product of the tempered targets as it is; trades with the wrong sign do not.
func TestTemperingMatrix(t *testing.T) {
	t.Parallel()
	flip := Metropolis{Propose: func(dst []float64, _ *rand.Rand, x []float64) { dst[0] = 1 - x[0] }}
	stay := Metropolis{Propose: func(dst []float64, _ *rand.Rand, x []float64) { copy(dst, x) }}
	enumerate := func(n int) Sampler {
		return Gibbs{Blocks: []Block{{Of: []int{0}, Values: []float64{0, 1, 2}[:n]}}}
	}
	three, two := newTable(false, 3), newTable(false, 2)
	for _, c := range []struct {
		name     string
		sampler  Sampler
		target   Target
		table    *tableTarget
		schedule Schedule
		parity   float64
		wrong    bool
	}{
		{"two levels of two points", enumerate(2), two, two, Schedule{0, 0.3, 1}, 0, false},
		{"three points and no trade", enumerate(3), three, three, Schedule{0, 0.3, 1}, 1, false},
		{"wrong sign", enumerate(2), two, two, Schedule{0, 0.3, 1}, 0, true},
		{"Metropolis", flip, two, two, Schedule{0, 0.3, 1}, 0, false},
		{"from the reference", flip, splitTable{two}, two, Schedule{0, 1}, 0, false},
		{"three levels, odd trade, else no move", stay, splitTable{two}, two, Schedule{0, 0.5, 1}, 1, false},
	} {
		k, err := Tempering{Sampler: c.sampler, Schedule: c.schedule}.Kernel(NewGuard(c.target))
		if err != nil {
			t.Fatal(err)
		}
		kernel := k.(*tempering)
		betas := append([]float64(nil), kernel.betas...)
		if c.wrong { // the levels keep theirs
			kernel.betas[0], kernel.betas[1] = betas[1], betas[0]
		}
		// All combinations of points, and the product of what they weigh.
		joint := newTable(false, map[int][]int{2: {len(c.table.points), len(c.table.points)}, 3: {2, 2, 2}}[len(betas)]...)
		sum := 0.0
		for _, p := range joint.points {
			w := 1.0
			for i, v := range p {
				w *= math.Pow(c.table.weight[code(v)], betas[i])
			}
			joint.weight[code(p...)] = w
			sum += w
		}
		matrix := map[int]law{}
		for _, p := range joint.points {
			joint.weight[code(p...)] /= sum
			state := State{X: []float64{0}}
			matrix[code(p...)] = lawOf(func(r *rand.Rand) int {
				state.X[0] = p[len(p)-1]
				if state.Aux == nil {
					if err := k.Init(&state); err != nil {
						t.Fatal(err)
					}
				}
				a := newReplicas(state.Aux, len(betas), 1)
				a.counts[parity] = c.parity
				a.restart()
				for i, v := range p {
					a.x(i)[0] = v
					l, _ := c.table.LogDensity([]float64{v})
					a.likelihood[i] = l
					if s, ok := c.target.(splitTable); ok {
						a.reference[i], a.likelihood[i], _ = s.LogSplit([]float64{v})
					}
				}
				if _, err := k.Step(r, &state); err != nil {
					t.Fatal(err)
				}
				if state.X[0] != a.x(len(betas) - 1)[0] {
					t.Fatal("the state is not the replica at β = 1")
				}
				if l, _ := c.table.LogDensity(state.X); math.Abs(l-state.LogDensity) > 1e-15 {
					t.Fatalf("log density %v, want %v", state.LogDensity, l)
				}
				return code(a.positions...)
			})
		}
		stationary, _, rows := gaps(matrix, joint.weight)
		if rows > 1e-5 || c.wrong == (stationary < 1e-3) || !c.wrong && stationary > 1e-5 {
			t.Errorf("%s: stationarity is missed by %g, rows by %g", c.name, stationary, rows)
		}
	}
}

// runLadder runs one chain and returns its ladder and the draws of x[1].
func runLadder(t *testing.T, m Sampler, target Target, warmUp, draws int) (Ladder, []float64) {
	t.Helper()
	k, state, r := warmedUp(t, target, m, warmUp)
	x := make([]float64, draws)
	for i := range x {
		if _, err := k.Step(r, state); err != nil {
			t.Fatal(err)
		}
		x[i] = state.X[0]
	}
	tempered, ok := k.(Tempered)
	if !ok {
		return Ladder{}, x
	}
	return tempered.Ladder(state), x
}

// modes is two narrow modes of weights 0.3 and 0.7, 20 standard deviations apart.
var modes = Func(1, func(x []float64) float64 {
	return careful.LogAdd(math.Log(0.3)-(x[0]+10)*(x[0]+10)/2, math.Log(0.7)-(x[0]-10)*(x[0]-10)/2)
})

// Tempering finds both modes with their weights, and Metropolis stays in one.
func TestTemperingFindsModes(t *testing.T) {
	t.Parallel()
	right := func(x []float64) (share, changes float64) {
		for i, v := range x {
			if v > 0 {
				share += 1 / float64(len(x))
			}
			if i > 0 && (v > 0) != (x[i-1] > 0) {
				changes++
			}
		}
		return share, changes
	}
	const n = 20_000
	ladder, x := runLadder(t, Tempering{Lowest: 0.005}, modes, 2000, n)
	// Changes come at random times, n of them in all, so that the share has a
	// standard error of about √(2·0.3·0.7·0.3·0.7/changes)·√2; 4.9 of them are
	// passed by a right one with 1e-6.
	share, changes := right(x)
	if limit := 4.9 * 2 * 0.21 / math.Sqrt(changes); changes < 200 || math.Abs(share-0.7) > limit {
		t.Errorf("%.3f of the draws in the mode of weight 0.7, after %v changes; allowed %.3f", share, changes, limit)
	}
	for i, rate := range ladder.SwapRates {
		if rate < 0.4 || rate > 0.95 {
			t.Errorf("neighbours %d and %d trade with %.2f: %v", i, i+1, rate, ladder)
		}
	}
	if _, x := runLadder(t, Metropolis{}, modes, 2000, n); true {
		if _, changes := right(x); changes != 0 {
			t.Errorf("Metropolis changed modes %v times", changes)
		}
	}
}

// The evidence of a normal prior and a normal likelihood is known.
func TestTemperingEvidence(t *testing.T) {
	t.Parallel()
	const n, sigma = 2, 0.1
	prior, err := dist.NewIsotropicNormal(make([]float64, n), 1)
	if err != nil {
		t.Fatal(err)
	}
	likelihood := GradFunc(n, func(x, grad []float64) float64 {
		l := 0.0
		for i, v := range x {
			z := (v - 1) / sigma
			l -= z * z / 2
			grad[i] = -z / sigma
		}
		return l
	})
	// ∫ N(x; 0, 1) exp(−(x−1)²/2σ²) dx = σ/√(1+σ²) exp(−1/(2(1+σ²)))
	want := n * (math.Log(sigma/math.Sqrt(1+sigma*sigma)) - 1/(2*(1+sigma*sigma)))
	target, err := NewPosterior(prior, likelihood)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]Sampler{"Slice": Slice{}, "NUTS": nil, "elliptical": EllipticalSlice{}} {
		if name == "elliptical" {
			s = Metropolis{Scale: 0.4}
		}
		ladder, _ := runLadder(t, Tempering{Sampler: s, Levels: 8}, target, 500, 3000)
		e := ladder.LogEvidence
		if z := (e.Value - want) / e.StdErr; e.Kind != belief.Sampled || math.Abs(z) > 4.9 || e.StdErr > 0.2 {
			t.Errorf("%s: log evidence %v, want %v", name, e, want)
		}
		if math.Abs(ladder.Thermodynamic.Value-want) > 1 {
			t.Errorf("%s: by integration %v, want about %v", name, ladder.Thermodynamic, want)
		}
		for i, b := range ladder.Betas {
			if i == 0 && b != 0 || i == len(ladder.Betas)-1 && b != 1 || i > 0 && b <= ladder.Betas[i-1] {
				t.Errorf("%s: ladder %v", name, ladder.Betas)
			}
		}
	}
	ladder, _ := runLadder(t, Tempering{}, modes, 10, 100)
	if !math.IsNaN(ladder.LogEvidence.Value) {
		t.Errorf("evidence %v of a target that is not split", ladder.LogEvidence)
	}
}

// The standard error of the evidence is the spread of repetitions.
func TestTemperingEvidenceError(t *testing.T) {
	t.Parallel()
	prior, err := dist.NewIsotropicNormal([]float64{0}, 1)
	if err != nil {
		t.Fatal(err)
	}
	target, err := NewPosterior(prior, Func(1, func(x []float64) float64 { return -8 * (x[0] - 1) * (x[0] - 1) }))
	if err != nil {
		t.Fatal(err)
	}
	k, err := Tempering{Sampler: Metropolis{Scale: 1}, Schedule: Schedule{0, 0.1, 0.4, 1}}.Kernel(NewGuard(target))
	if err != nil {
		t.Fatal(err)
	}
	const runs = 60
	sum, square, claimed := 0.0, 0.0, 0.0
	for i := range runs {
		s, r := State{X: []float64{0.5}}, rand.New(rand.NewPCG(uint64(i), 5))
		if err := k.Init(&s); err != nil {
			t.Fatal(err)
		}
		for range 3000 {
			if _, err := k.Step(r, &s); err != nil {
				t.Fatal(err)
			}
		}
		e := k.(Tempered).Ladder(&s).LogEvidence
		sum += e.Value
		square += e.Value * e.Value
		claimed += e.StdErr * e.StdErr / runs
	}
	spread := (square - sum*sum/runs) / (runs - 1)
	// A χ² with 59 degrees of freedom divided by that lies in [0.30, 2.24] with
	// probability 1 − 1e-6; the claims vary too.
	if ratio := claimed / spread; ratio < 0.4 || ratio > 3 {
		t.Errorf("claimed variance %.3g, that of repetitions %.3g", claimed, spread)
	}
}

func TestTemperingSettings(t *testing.T) {
	g := NewGuard(modes)
	for _, c := range []struct {
		field string
		s     Sampler
	}{
		{"Levels", Tempering{Levels: 1}},
		{"Levels", Tempering{Levels: -1}},
		{"Lowest", Tempering{Lowest: 1}},
		{"Lowest", Tempering{Lowest: math.NaN()}},
		{"Schedule[2]", Tempering{Schedule: Schedule{0, 0.5, 0.5, 1}}},
		{"Sampler.Width", Tempering{Sampler: Slice{Width: -1}}},
		{"Sampler.target", Tempering{Sampler: NUTS{}}},
		{"Size", Ensemble{Size: 5}},
		{"Size", Ensemble{Size: 2}},
		{"Size", Ensemble{Size: -2}},
		{"Stretch", Ensemble{Stretch: 1}},
		{"Stretch", Ensemble{Stretch: math.NaN()}},
		{"Spread", Ensemble{Spread: -1}},
		{"Spread", Ensemble{Spread: math.Inf(1)}},
	} {
		k, err := c.s.Kernel(g)
		if e := (*belief.ConfigError)(nil); !errors.As(err, &e) || e.Field != c.field || k != nil {
			t.Errorf("%+v: %v, want a complaint of %s", c.s, err, c.field)
		}
	}
	var large *belief.TooLargeError
	if _, err := (Ensemble{Size: 1 << 40}).Kernel(g); !errors.As(err, &large) {
		t.Errorf("a trillion walkers: %v", err)
	}
	if _, err := (Tempering{Levels: 1 << 16}).Kernel(NewGuard(Func(1<<20, nil))); !errors.As(err, &large) {
		t.Errorf("a huge ladder: %v", err)
	}
	// An ensemble has a memory, which replicas that trade would take along.
	k, err := Tempering{Sampler: Ensemble{}}.Kernel(g)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Init(&State{X: []float64{0}}); !errors.As(err, new(*belief.ConfigError)) {
		t.Errorf("ensembles on a ladder: %v", err)
	}
}
