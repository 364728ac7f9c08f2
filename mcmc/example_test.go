package mcmc_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/belief-go/belief/dist/transform"
	"github.com/belief-go/belief/mcmc"
)

// Ten tosses of a coin, seven heads, and a flat prior: the posterior is
// Beta(8, 4). The probability lives on (0, 1), so it is taken to free space.
func Example() {
	coin := mcmc.GradFunc(1, func(x, grad []float64) float64 {
		p := x[0]
		grad[0] = 7/p - 3/(1-p)
		return 7*math.Log(p) + 3*math.Log(1-p)
	})
	target, err := mcmc.Constrain(coin, transform.Interval{Lower: 0, Upper: 1})
	if err != nil {
		log.Fatal(err)
	}
	run, err := mcmc.NUTS{}.Run(context.Background(), target, mcmc.Config{Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	s := run.Summary()
	p := s.Quantities[1] // after lp__
	fmt.Printf("%.2f, within 4 standard errors of 8/12: %t\n", p.Mean, math.Abs(p.Mean-8.0/12) < 4*p.MCSEMean)
	fmt.Println(s.Converged, s.Warnings)
	// Output:
	// 0.67, within 4 standard errors of 8/12: true
	// true []
}

// banana is a target with everything: a gradient, names, a quantity that is no
// coordinate, and a region where it cannot be computed.
type banana struct{ bend float64 }

func (banana) Dim() int { return 2 }

func (b banana) LogDensity(x []float64) (float64, error) {
	return b.LogDensityGrad(x, make([]float64, 2))
}

func (b banana) LogDensityGrad(x, grad []float64) (float64, error) {
	if math.Abs(x[0]) > 1e6 {
		return 0, fmt.Errorf("x is %v: %w", x[0], mcmc.ErrReject)
	}
	d := x[1] - b.bend*x[0]*x[0]
	grad[0], grad[1] = -x[0]+2*b.bend*x[0]*d, -d
	return -x[0]*x[0]/2 - d*d/2, nil
}

func (banana) Names() []string { return []string{"x", "y", "height"} }

func (b banana) QuantitiesTo(dst, x []float64) {
	dst[0], dst[1], dst[2] = x[0], x[1], x[1]-b.bend*x[0]*x[0]
}

func ExampleTarget() {
	var t mcmc.Target = banana{bend: 1}
	fmt.Println(t.LogDensity([]float64{1, 2}))
	_, err := t.LogDensity([]float64{1e7, 0})
	fmt.Println(errors.Is(err, mcmc.ErrReject), err)
	// Output:
	// -1 <nil>
	// true x is 1e+07: the point is rejected
}

func ExampleGradTarget() {
	var t mcmc.GradTarget = banana{bend: 1}
	grad := make([]float64, 2)
	_, err := t.LogDensityGrad([]float64{1, 2}, grad)
	fmt.Println(grad, err)
	// Output: [1 -1] <nil>
}

func ExampleQuantifier() {
	run, err := mcmc.NUTS{}.Run(context.Background(), banana{bend: 1}, mcmc.Config{Draws: 100})
	fmt.Println(run.Names, err)
	row := run.Row(0, 99)
	fmt.Println(row[2] == row[1]-row[0]*row[0])
	// Output:
	// [x y height] <nil>
	// true
}

// scratch has memory that goroutines must not share.
type scratch struct{ buf []float64 }

func (s scratch) Dim() int { return len(s.buf) }
func (s scratch) LogDensity(x []float64) (float64, error) {
	sum := 0.0
	for i := range x {
		s.buf[i] = x[i] * x[i] / 2
		sum -= s.buf[i]
	}
	return sum, nil
}
func (s scratch) Clone() mcmc.Target { return scratch{make([]float64, len(s.buf))} }

func ExampleCloner() {
	var c mcmc.Cloner = scratch{make([]float64, 3)}
	fmt.Println(c.Clone().Dim())
	// Output: 3
}

// A guard counts, and leaves a kernel only two cases.
func ExampleGuard() {
	g := mcmc.NewGuard(mcmc.Func(1, func(x []float64) float64 { return math.Log(x[0]) }))
	for _, x := range []float64{1, -1} {
		l, err := g.LogDensity([]float64{x})
		fmt.Println(l, err)
	}
	fmt.Println(g.Evaluations, "evaluations,", g.NotANumber, "of them not a number")
	// Output:
	// 0 <nil>
	// -Inf <nil>
	// 2 evaluations, 1 of them not a number
}

func ExampleTargetError() {
	t := mcmc.Func(2, func(x []float64) float64 {
		var table []float64
		return table[int(x[0])]
	})
	_, err := mcmc.Sample(context.Background(), walk{1}, t, mcmc.Config{Start: [][]float64{{3, 4}}})
	var target *mcmc.TargetError
	fmt.Println(errors.As(err, &target), target.X)
	fmt.Println(err)
	// Output:
	// true [3 4]
	// chain 1: mcmc: the target fails at x = [3 4]: panic: runtime error: index out of range [3] with length 0
}

// A kernel by hand: initialize, and step.
func ExampleKernel() {
	var k mcmc.Kernel
	k, err := walk{Scale: 1}.Kernel(mcmc.NewGuard(gauss))
	if err != nil {
		log.Fatal(err)
	}
	s := mcmc.State{X: []float64{10, 10}}
	if err := k.Init(&s); err != nil {
		log.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		if _, err := k.Step(r, &s); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("at home:", s.LogDensity > -10)
	// Output: at home: true
}

func ExampleState() {
	s := mcmc.State{X: []float64{3, 4}}
	k, _ := walk{Scale: 1}.Kernel(mcmc.NewGuard(gauss))
	fmt.Println(k.Init(&s), s.LogDensity)
	// Output: <nil> -12.5
}

func ExampleInfo() {
	i := mcmc.Info{Accept: 0.8, Leapfrogs: 7, Depth: 3}
	fmt.Printf("accepted with probability %v after %d steps of the integrator\n", i.Accept, i.Leapfrogs)
	// Output: accepted with probability 0.8 after 7 steps of the integrator
}

// What a kernel has learnt is all in its binary form.
func ExampleTuner() {
	k, _ := walk{Scale: 1}.Kernel(mcmc.NewGuard(gauss))
	var t mcmc.Tuner = k.(mcmc.Tuner)
	t.BeginWarmUp(100)
	s := mcmc.State{X: []float64{0, 0}}
	if err := t.Init(&s); err != nil {
		log.Fatal(err)
	}
	for range 100 {
		if err := t.Tune(&s, mcmc.Info{Accept: 1}); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(t.EndWarmUp(&s))
	data, err := t.MarshalBinary()
	fmt.Println(len(data), "bytes,", err)
	// Output:
	// <nil>
	// 8 bytes, <nil>
}

func ExampleSampler() {
	var s mcmc.Sampler = walk{Scale: 1}
	run, err := mcmc.Sample(context.Background(), s, gauss, mcmc.Config{})
	fmt.Println(run, err)
	// Output: draws: 4 chains × 1000 iterations × 2 quantities <nil>
}

func ExampleHamiltonian() {
	for _, s := range []mcmc.Sampler{mcmc.NUTS{}, walk{}} {
		k, _ := s.Kernel(mcmc.NewGuard(banana{1}))
		_, ok := k.(mcmc.Hamiltonian)
		fmt.Println(ok)
	}
	// Output:
	// true
	// false
}

func ExampleDescriber() {
	k, _ := walk{Scale: 1}.Kernel(mcmc.NewGuard(gauss))
	fmt.Println(k.(mcmc.Describer).Describe())
	// Output: [Scale = 1]
}

// The walkers of an ensemble make as many chains.
func ExampleAssembly() {
	k, _ := mcmc.Ensemble{}.Kernel(mcmc.NewGuard(gauss))
	fmt.Println(k.(mcmc.Assembly).Walkers(), "walkers")
	run, err := mcmc.Sample(context.Background(), mcmc.Ensemble{}, gauss, mcmc.Config{Chains: 2, Draws: 100})
	fmt.Println(len(run.Chains), "chains of draws", err)
	// Output:
	// 10 walkers
	// 20 chains of draws <nil>
}

// Burn-in and thinning, as the book has them.
func ExampleConfig() {
	run, err := mcmc.Sample(context.Background(), walk{1}, gauss, mcmc.Config{Chains: 1, WarmUp: 1000, Thin: 10, Draws: 200})
	fmt.Println(run, err)
	fmt.Println(run.Reports[0].Steps, "steps")
	// Output:
	// draws: 1 chains × 200 iterations × 2 quantities <nil>
	// 3000 steps
}

func ExampleRun() {
	run, err := mcmc.Sample(context.Background(), walk{1}, gauss, mcmc.Config{Chains: 2, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	x, _ := run.Column("x[1]")
	fmt.Println(len(x), "chains of", len(x[0]))
	s := run.Summary()
	fmt.Println("R-hat below 1.05:", s.Quantities[1].RHat < 1.05)
	// Output:
	// 2 chains of 1000
	// R-hat below 1.05: true
}

func ExampleReport() {
	run, err := mcmc.Sample(context.Background(), walk{1}, gauss, mcmc.Config{Chains: 1, Draws: 100})
	r := run.Reports[0]
	fmt.Println(r.Steps, "steps,", r.Evaluations, "evaluations,", err)
	// Output: 150 steps, 151 evaluations, <nil>
}

func ExampleProgress() {
	last := mcmc.Progress{}
	_, err := mcmc.Sample(context.Background(), walk{1}, gauss, mcmc.Config{Progress: func(p mcmc.Progress) { last = p }})
	fmt.Println(last.Done, len(last.Chains), err)
	// Output: true 4 <nil>
}

func ExampleChainProgress() {
	p := mcmc.ChainProgress{Step: 600, Steps: 1500}
	fmt.Printf("%d%%\n", 100*p.Step/p.Steps)
	// Output: 40%
}

// The draws as they come: until one is as far out as was asked for.
func ExampleStep() {
	n := 0
	for s, err := range mcmc.Steps(context.Background(), walk{1}, gauss, mcmc.Config{Chains: 1, Draws: 1e6}) {
		if err != nil {
			log.Fatal(err)
		}
		if n++; math.Hypot(s.Values[0], s.Values[1]) > 3 {
			break
		}
	}
	fmt.Println(n > 1)
	// Output: true
}

func ExampleChainError() {
	t := failing{errors.New("the file is gone")}
	_, err := mcmc.Sample(context.Background(), walk{1}, t, mcmc.Config{Start: [][]float64{{0.9, 0}}})
	var chain *mcmc.ChainError
	fmt.Println(errors.As(err, &chain), chain.WarmUp)
	// Output: true true
}

func ExampleStartError() {
	_, err := mcmc.Sample(context.Background(), walk{1}, gauss, mcmc.Config{Start: [][]float64{{1e200, 0}}})
	fmt.Println(err)
	// Output: chain 1: mcmc: the density is zero at the starting point [1e+200 0]
}

// A run that finds its checkpoint goes on from it; another run's is refused.
func ExampleCheckpointError() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	c := mcmc.Config{Checkpoint: filepath.Join(dir, "run"), Seed: 1}
	for range 2 {
		_, err := mcmc.Sample(context.Background(), walk{1}, gauss, c)
		fmt.Println(err)
	}
	c.Seed = 2
	_, err = mcmc.Sample(context.Background(), walk{1}, gauss, c)
	fmt.Println(errors.Is(err, mcmc.ErrOtherRun))
	// Output:
	// <nil>
	// <nil>
	// true
}
