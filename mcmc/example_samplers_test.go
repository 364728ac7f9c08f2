package mcmc_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/mcmc"
)

// mean is that of a column of a run's draws.
func mean(run *mcmc.Run, name string) float64 {
	chains, _ := run.Column(name)
	sum, n := 0.0, 0
	for _, c := range chains {
		for _, v := range c {
			sum += v
			n++
		}
	}
	return sum / float64(n)
}

// grow proposes a larger or a smaller scale, by factors that are log-normal.
type grow struct{}

func (grow) ProposeTo(dst []float64, r *rand.Rand, x []float64) {
	dst[0] = x[0] * math.Exp(r.NormFloat64())
}

func (grow) LogProb(y, x []float64) float64 {
	z := math.Log(y[0] / x[0])
	return -z*z/2 - math.Log(y[0])
}

func ExampleMetropolisHastings() {
	gamma := mcmc.Func(1, func(x []float64) float64 { return 2*math.Log(x[0]) - x[0] }) // mean 3
	run, err := mcmc.Sample(context.Background(), mcmc.MetropolisHastings{Proposal: grow{}}, gamma,
		mcmc.Config{Draws: 20_000, Start: [][]float64{{1}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f\n", mean(run, "x[1]"))
	// Output: 3.0
}

func ExampleProposal() {
	var q mcmc.Proposal = grow{}
	there, back := q.LogProb([]float64{2}, []float64{1}), q.LogProb([]float64{1}, []float64{2})
	fmt.Printf("%.4f\n", math.Exp(back-there)) // the factors are equally likely, but the scale has doubled
	// Output: 2.0000
}

func ExampleProposalError() {
	broken := mcmc.Metropolis{Propose: func(dst []float64, _ *rand.Rand, x []float64) { dst[0] = math.Sqrt(x[0] - 4) }}
	_, err := mcmc.Sample(context.Background(), broken, mcmc.Func(1, func(x []float64) float64 { return -x[0] * x[0] }),
		mcmc.Config{Start: [][]float64{{1}}})
	var p *mcmc.ProposalError
	fmt.Println(errors.As(err, &p))
	fmt.Println(p)
	// Output:
	// true
	// mcmc: the proposal [NaN] from x = [1] fails: a coordinate is NaN
}

func ExampleIndependence() {
	q, err := dist.NewIsotropicNormal([]float64{0, 0}, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	ring := mcmc.Func(2, func(x []float64) float64 { d := math.Hypot(x[0], x[1]) - 1; return -8 * d * d })
	run, err := mcmc.Sample(context.Background(), mcmc.Independence{From: q}, ring, mcmc.Config{Draws: 5000})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f\n", math.Abs(mean(run, "x[1]")))
	// Output: 0.0
}

func ExampleAdaptiveMetropolis() {
	// A ridge: the difference of the coordinates varies a tenth as much as
	// their sum.
	ridge := mcmc.Func(2, func(x []float64) float64 {
		sum, difference := x[0]+x[1], 10*(x[0]-x[1])
		return -(sum*sum + difference*difference) / 2
	})
	run, err := mcmc.Sample(context.Background(), mcmc.AdaptiveMetropolis{}, ridge, mcmc.Config{Draws: 10_000})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("accepted %.1f\n", mean(run, "accept_stat__"))
	// Output: accepted 0.2
}

func ExampleSlice() {
	cauchy := mcmc.Func(1, func(x []float64) float64 { return -math.Log1p(x[0] * x[0]) })
	run, err := mcmc.Sample(context.Background(), mcmc.Slice{}, cauchy, mcmc.Config{Draws: 5000})
	if err != nil {
		fmt.Println(err)
		return
	}
	inside := 0
	for i := range run.Chains {
		for j := range run.Len(i) {
			if math.Abs(run.Row(i, j)[0]) < 1 {
				inside++
			}
		}
	}
	fmt.Printf("%.2f\n", float64(inside)/20_000) // the quartiles are −1 and 1
	// Output: 0.50
}

func ExampleEllipticalSlice() {
	prior, err := dist.NewIsotropicNormal([]float64{0, 0}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	// One observation of the sum, 3, with standard deviation 1.
	likelihood := mcmc.Func(2, func(x []float64) float64 { d := 3 - x[0] - x[1]; return -d * d / 2 })
	posterior, err := mcmc.NewPosterior(prior, likelihood)
	if err != nil {
		fmt.Println(err)
		return
	}
	run, err := mcmc.Sample(context.Background(), mcmc.EllipticalSlice{}, posterior, mcmc.Config{Draws: 10_000})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f %.1f\n", mean(run, "x[1]"), mean(run, "x[2]"))
	// Output: 1.0 1.0
}

func ExampleSplitTarget() {
	prior, err := dist.NewIsotropicNormal([]float64{0}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	posterior, err := mcmc.NewPosterior(prior, mcmc.Func(1, func(x []float64) float64 { return -x[0] }))
	if err != nil {
		fmt.Println(err)
		return
	}
	reference, likelihood, err := posterior.LogSplit([]float64{0.5})
	fmt.Printf("%.4f %.1f %v\n", reference, likelihood, err)
	// Output: -1.0439 -0.5 <nil>
}

func ExampleSplitGradTarget() {
	prior, err := dist.NewIsotropicNormal([]float64{0}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	likelihood := mcmc.GradFunc(1, func(x, grad []float64) float64 { grad[0] = -1; return -x[0] })
	posterior, err := mcmc.NewPosterior(prior, likelihood)
	if err != nil {
		fmt.Println(err)
		return
	}
	split, ok := posterior.(mcmc.SplitGradTarget) // since both parts have gradients
	if !ok {
		fmt.Println("no gradient")
		return
	}
	first, second := make([]float64, 1), make([]float64, 1)
	_, _, err = split.LogSplitGrad([]float64{0.5}, first, second)
	fmt.Println(first, second, err)
	// Output: [-0.5] [-1] <nil>
}

// Two groups and their means: the groups are drawn from their conditionals, and
// the means are updated by a random walk.
func ExampleGibbs() {
	y := []float64{-2.1, -1.9, -2.3, 1.8, 2.2}
	// x holds the group of each observation, 0 or 1, and then both means.
	mixture := mcmc.Func(7, func(x []float64) float64 {
		l := -(x[5]*x[5] + x[6]*x[6]) / 200
		for i, y := range y {
			d := y - x[5+int(x[i])]
			l -= d * d / 2
		}
		return l
	})
	blocks := []mcmc.Block{{Of: []int{5, 6}, Sampler: mcmc.AdaptiveMetropolis{}}}
	for i := range y {
		blocks = append(blocks, mcmc.Block{Of: []int{i}, Values: []float64{0, 1}})
	}
	run, err := mcmc.Sample(context.Background(), mcmc.Gibbs{Blocks: blocks}, mixture,
		mcmc.Config{Draws: 5000, Start: [][]float64{{0, 0, 0, 1, 1, -1, 1}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	chains, _ := run.Column("x[1]")
	third, _ := run.Column("x[3]")
	together, n := 0, 0
	for i, c := range chains {
		for j := range c {
			n++
			if c[j] == third[i][j] {
				together++
			}
		}
	}
	fmt.Println("observations 1 and 3 are together in more than 95 % of the draws:", together > n*95/100)
	// Output: observations 1 and 3 are together in more than 95 % of the draws: true
}

func ExampleBlock() {
	// x[1] is normal around x[2], and the other way round.
	draw := func(other int) func([]float64, *rand.Rand, []float64) error {
		return func(dst []float64, r *rand.Rand, x []float64) error {
			dst[0] = 0.5*x[other] + math.Sqrt(0.75)*r.NormFloat64()
			return nil
		}
	}
	pair := mcmc.Func(2, func(x []float64) float64 { return -(x[0]*x[0] - x[0]*x[1] + x[1]*x[1]) / 1.5 })
	g := mcmc.Gibbs{Blocks: []mcmc.Block{{Of: []int{0}, Draw: draw(1)}, {Of: []int{1}, Draw: draw(0)}}}
	run, err := mcmc.Sample(context.Background(), g, pair, mcmc.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(run.Len(0), run.Names)
	// Output: 1000 [x[1] x[2]]
}

func ExampleScan() {
	coin := mcmc.Func(1, func(x []float64) float64 { return x[0] * math.Log(3) })
	g := mcmc.Gibbs{Blocks: []mcmc.Block{{Of: []int{0}, Values: []float64{0, 1}}}, Scan: mcmc.RandomScan}
	run, err := mcmc.Sample(context.Background(), g, coin, mcmc.Config{Draws: 10_000})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f\n", mean(run, "x[1]"))
	// Output: 0.75
}

// twoModes has modes of weights 0.3 and 0.7, far apart.
var twoModes = mcmc.Func(1, func(x []float64) float64 {
	left, right := x[0]+10, x[0]-10
	return math.Log(0.3*math.Exp(-left*left/2) + 0.7*math.Exp(-right*right/2))
})

func ExampleTempering() {
	run, err := mcmc.Sample(context.Background(), mcmc.Tempering{Lowest: 0.005}, twoModes, mcmc.Config{Draws: 5000})
	if err != nil {
		fmt.Println(err)
		return
	}
	right, n := 0, 0
	for i := range run.Chains {
		for j := range run.Len(i) {
			n++
			if run.Row(i, j)[0] > 0 {
				right++
			}
		}
	}
	fmt.Printf("%.1f of the draws are in the right mode\n", float64(right)/float64(n))
	// Output: 0.7 of the draws are in the right mode
}

// The log evidence of a model, from a chain that is run by hand.
func ExampleTempered() {
	prior, err := dist.NewIsotropicNormal([]float64{0}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	target, err := mcmc.NewPosterior(prior, mcmc.Func(1, func(x []float64) float64 { return -50 * x[0] * x[0] }))
	if err != nil {
		fmt.Println(err)
		return
	}
	k, err := mcmc.Tempering{Levels: 6}.Kernel(mcmc.NewGuard(target))
	if err != nil {
		fmt.Println(err)
		return
	}
	s, r := mcmc.State{X: []float64{0}}, rand.New(rand.NewPCG(1, 2))
	if err := k.Init(&s); err != nil {
		fmt.Println(err)
		return
	}
	for range 20_000 {
		if _, err := k.Step(r, &s); err != nil {
			fmt.Println(err)
			return
		}
	}
	tempered, ok := k.(mcmc.Tempered)
	if !ok {
		fmt.Println("no ladder")
		return
	}
	ladder := tempered.Ladder(&s)
	fmt.Printf("%.1f, and exactly %.1f\n", ladder.LogEvidence.Value, -math.Log(101)/2)
	// Output: -2.3, and exactly -2.3
}

func ExampleLadder() {
	k, err := mcmc.Tempering{Schedule: mcmc.Schedule{0, 0.1, 1}}.Kernel(mcmc.NewGuard(twoModes))
	if err != nil {
		fmt.Println(err)
		return
	}
	s := mcmc.State{X: []float64{9}}
	if err := k.Init(&s); err != nil {
		fmt.Println(err)
		return
	}
	if tempered, ok := k.(mcmc.Tempered); ok {
		fmt.Println(tempered.Ladder(&s).Betas) // without the 0, where the density would be flat
	}
	// Output: [0.1 1]
}

func ExampleEnsemble() {
	// A banana: x[2] is near x[1]².
	banana := mcmc.Func(2, func(x []float64) float64 {
		bend := x[1] - x[0]*x[0]
		return -x[0]*x[0]/2 - 50*bend*bend
	})
	run, err := mcmc.Sample(context.Background(), mcmc.Ensemble{}, banana, mcmc.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f\n", mean(run, "x[2]")) // that of x[1]² is 1
	// Output: 1
}

func ExampleThinner() {
	var s mcmc.Sampler = mcmc.Ensemble{}
	if t, ok := s.(mcmc.Thinner); ok {
		fmt.Println(t.Thin(), "steps for each draw")
	}
	// Output: 20 steps for each draw
}
