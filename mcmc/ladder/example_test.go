package ladder_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/ladder"
)

// prior and posterior are those of the mean of three observations, up to the evidence.
func model() (prior *dist.MultivariateNormal, posterior mcmc.Target) {
	prior, err := dist.NewIsotropicNormal([]float64{0}, 10)
	if err != nil {
		panic(err)
	}
	return prior, mcmc.Func(1, func(mu []float64) float64 {
		l := prior.LogProb(mu)
		for _, x := range []float64{2.1, 1.7, 2.6} {
			l += dist.Normal{Mu: mu[0], Sigma: 1}.LogProb(x)
		}
		return l
	})
}

// The evidence of a model, log p(data), and the posterior mean of its parameter; the
// truth is −5.836 and 2.126.
func Example() {
	prior, posterior := model()
	path := &ladder.Bridge{Base: prior, Target: posterior}
	run, err := ladder.SMC(context.Background(), path, ladder.SMCConfig{Particles: 4000, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	mean := 0.0
	for i, w := range run.Weights {
		mean += w * run.Batches[i/run.BatchSize].At(i % run.BatchSize)[0]
	}
	fmt.Printf("log evidence %.1f, within %v\n", run.LogZ.Value, run.LogZ.StdErr < 0.1)
	fmt.Printf("posterior mean %.1f\n", mean)
	// Output:
	// log evidence -5.8, within true
	// posterior mean 2.1
}

// A target is enough to go by, and any sampler of package mcmc makes the transitions.
func ExampleBridge() {
	prior, posterior := model()
	path := &ladder.Bridge{Base: prior, Target: posterior}
	run, err := ladder.AIS(context.Background(), path, ladder.AISConfig{Seed: 1})
	fmt.Printf("%.1f %v\n", run.LogZ.Value, err)
	// Output: -5.8 <nil>
}

// A base can be anything that has a density and can be drawn from.
func ExampleBase() {
	var base ladder.Base
	base, err := dist.NewProduct(dist.Exponential{Rate: 1}, dist.StudentT{Nu: 3, Scale: 2})
	fmt.Println(base.Dim(), err)
	// Output: 2 <nil>
}

// Points drawn elsewhere start a run down from the target: here the target is the
// distribution itself.
func ExamplePoints() {
	base, err := dist.NewIsotropicNormal([]float64{0, 0}, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	path := &ladder.Bridge{Base: base, Target: mcmc.Func(2, base.LogProb)}
	points, err := path.Start([]float64{1, 2, 3, 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(points.Len(), points.At(1))
	// Output: 2 [3 4]
}

// The rate of a queue of which only the longest wait of ten is known, by simulation.
func ExampleABC() {
	prior, err := dist.NewProduct(dist.Gamma{Shape: 2, Rate: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	path := &ladder.ABC{Prior: prior, Tolerance: 0.1, Distance: func(r *rand.Rand, rate []float64) float64 {
		longest := 0.0
		for range 10 {
			longest = max(longest, r.ExpFloat64()/rate[0])
		}
		return math.Abs(longest - 1.5)
	}}
	run, err := ladder.SMC(context.Background(), path, ladder.SMCConfig{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	mean := 0.0
	for i, w := range run.Weights {
		mean += w * run.Batches[i/run.BatchSize].At(i % run.BatchSize)[0]
	}
	fmt.Println(run.Converged, mean > 1.5 && mean < 2.5)
	// Output: true true
}

// spins is the path of n independent spins, x of which are up, in a field: f_b(x) is
// C(n, x) exp(b x), and Z is (1 + e)ⁿ for b = 1.
func spins(n int) ladder.Pointwise[uint64] {
	up := func(x uint64) (k float64) {
		for ; x > 0; x &= x - 1 {
			k++
		}
		return k
	}
	return ladder.Pointwise[uint64]{
		Base:       func(r *rand.Rand) uint64 { return r.Uint64N(1 << n) },
		LogDensity: func(x uint64, b float64) float64 { return b * up(x) },
		Step: func(r *rand.Rand, x uint64, b float64) uint64 {
			i := r.IntN(n)
			x &^= 1 << i
			if r.Float64() < 1/(1+math.Exp(-b)) {
				x |= 1 << i
			}
			return x
		},
	}
}

// States can be anything, here the bits of a word.
func ExamplePointwise() {
	run, err := ladder.AIS(context.Background(), spins(20), ladder.AISConfig{BaseLogZ: 20 * math.Ln2, Seed: 1})
	fmt.Printf("%.0f %v, truth %.1f\n", run.LogZ.Value, err, 20*math.Log1p(math.E))
	// Output: 26 <nil>, truth 26.3
}

// Any type with three methods is a path.
func ExamplePath() {
	var path ladder.Path[[]uint64] = spins(4)
	batch, err := path.Draw(rand.New(rand.NewPCG(1, 1)), 3)
	fmt.Println(len(batch), err)
	// Output: 3 <nil>
}

// A path whose states can be copied is good for sequential Monte Carlo.
func ExamplePopulation() {
	var path ladder.Population[[]uint64] = spins(4)
	batch := []uint64{7, 8, 9}
	path.Copy(batch, 0, batch, 2)
	fmt.Println(batch)
	// Output: [9 8 9]
}

// From above and from below: what lies between two such estimates has the truth in it.
func ExampleAISResult() {
	path, cfg := spins(20), ladder.AISConfig{BaseLogZ: 20 * math.Ln2, Seed: 1}
	low, err := ladder.AIS(context.Background(), path, cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	exact := func(r *rand.Rand, n int) ([]uint64, error) {
		batch := make([]uint64, n)
		for i := range batch {
			for k := range 20 {
				if r.Float64() < 1/(1+math.Exp(-1)) {
					batch[i] |= 1 << k
				}
			}
		}
		return batch, nil
	}
	high, err := ladder.ReverseAIS(context.Background(), path, exact, cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("gap below 0.2:", math.Abs(high.LogZ.Value-low.LogZ.Value) < 0.2)
	fmt.Println("bias:", low.Bias < 0, high.Bias > 0)
	// Output:
	// gap below 0.2: true
	// bias: true true
}

// A run can be watched. Chains per batch and temperatures are settings.
func ExampleAISConfig() {
	schedule, err := mcmc.GeometricSchedule(200, 1e-3)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = ladder.AIS(context.Background(), spins(20), ladder.AISConfig{
		Schedule: schedule, Chains: 20, Batch: 20,
		Progress: func(p ladder.Progress) {
			if p.Step%100 == 0 {
				fmt.Println(p.Step, "of", p.Steps)
			}
		},
	})
	fmt.Println(err)
	// Output:
	// 100 of 200
	// 200 of 200
	// <nil>
}

// Progress tells how far a ladder has been climbed.
func ExampleProgress() {
	steps := 0
	_, err := ladder.SMC(context.Background(), spins(20), ladder.SMCConfig{Progress: func(p ladder.Progress) {
		if p.Step != steps+1 || p.Beta <= 0 || p.ESS > 1000 {
			fmt.Println("what is this?", p)
		}
		steps = p.Step
	}})
	fmt.Println(steps > 1, err)
	// Output: true <nil>
}

// With a schedule and transitions that are fixed the evidence is without bias.
func ExampleSMCConfig() {
	schedule, err := mcmc.LinearSchedule(10)
	if err != nil {
		fmt.Println(err)
		return
	}
	cfg := ladder.SMCConfig{Schedule: schedule, Resampling: ladder.Multinomial, BaseLogZ: 20 * math.Ln2}
	run, err := ladder.SMC(context.Background(), spins(20), cfg)
	fmt.Printf("%.0f %v\n", run.LogZ.Value, err)
	// Output: 26 <nil>
}

// Warnings and lineages say what an estimate is worth.
func ExampleSMCResult() {
	run, err := ladder.SMC(context.Background(), spins(20), ladder.SMCConfig{})
	fmt.Println(run.Converged, run.Lineages > 100, len(run.Warnings), err)
	// Output: true true 0 <nil>
}

// The steps that particles have chosen can serve as the schedule of another run.
func ExampleSMCStep() {
	run, err := ladder.SMC(context.Background(), spins(20), ladder.SMCConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var last ladder.SMCStep
	for _, last = range run.Steps {
		if last.CESS < 890 {
			fmt.Println("a step too far:", last)
		}
	}
	fmt.Println(last.Beta, run.Schedule().Validate())
	// Output: 1 <nil>
}

// Schemes of resampling differ in their noise.
func ExampleResampling() {
	r := rand.New(rand.NewPCG(1, 1))
	fmt.Println(ladder.Systematic.Counts([]float64{0.5, 0.25, 0.25, 0}, r))
	fmt.Println(ladder.Residual.Counts([]float64{0.5, 0.25, 0.25, 0}, r))
	// Output:
	// [2 1 1 0]
	// [2 1 1 0]
}

// learner is a path that counts the temperatures that it has learnt at.
type learner struct {
	ladder.Pointwise[uint64]
	learnt *int
}

func (l learner) Adapt(b float64, batches [][]uint64, weights []float64, population []int) error {
	if b == 0 {
		*l.learnt = 0
	}
	*l.learnt++
	return nil
}

func (l learner) Prepare(ctx context.Context, seed uint64, workers int) error {
	_, err := ladder.SMC(ctx, l, ladder.SMCConfig{Particles: 100, Seed: seed, Workers: workers})
	return err
}

// Transitions may learn from the particles.
func ExampleAdapter() {
	path := learner{spins(20), new(int)}
	run, err := ladder.SMC(context.Background(), path, ladder.SMCConfig{})
	fmt.Println(*path.learnt == len(run.Steps)+1, err)
	// Output: true <nil>
}

// slow is a path that asks for many transitions.
type slow struct{ ladder.Pointwise[uint64] }

func (slow) Moves() int { return 20 }

// A path can say how many transitions make its states forget.
func ExampleMixer() {
	run, err := ladder.SMC(context.Background(), slow{spins(20)}, ladder.SMCConfig{Particles: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(run.Steps[0].Moves)
	// Output: 20
}

// Chains that are to be weighted may not learn from themselves, but from a pilot run.
func ExamplePreparer() {
	path := learner{spins(20), new(int)}
	_, err := ladder.AIS(context.Background(), path, ladder.AISConfig{Chains: 10})
	fmt.Println(*path.learnt > 1, err)
	// Output: true <nil>
}

// A mistake in a path is named with the step and the chain.
func ExampleWeightError() {
	path := spins(20)
	path.LogDensity = func(uint64, float64) float64 { return math.NaN() }
	_, err := ladder.AIS(context.Background(), path, ladder.AISConfig{Chains: 5, Schedule: mcmc.Schedule{0, 0.5, 1}})
	var bad *ladder.WeightError
	fmt.Println(errors.As(err, &bad))
	fmt.Println(err)
	// Output:
	// true
	// ladder: the log weight of chain 0 is NaN at step 1, inverse temperature 0.5
}

// A target without mass where the base has its draws has no evidence to be found.
func ExampleDepletedError() {
	path := spins(20)
	path.LogDensity = func(_ uint64, b float64) float64 { return math.Log(1 - b) }
	_, err := ladder.AIS(context.Background(), path, ladder.AISConfig{Chains: 5, Schedule: mcmc.Schedule{0, 0.5, 1}})
	var none *ladder.DepletedError
	fmt.Println(errors.As(err, &none))
	fmt.Println(err)
	// Output:
	// true
	// ladder: every weight is zero after step 2, inverse temperature 1: no draw of the base lies where the target has mass
}
