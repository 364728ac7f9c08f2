// Metropolis samples a density with two modes by the algorithm of Metropolis and
// Hastings (Qiu Xipeng 2019, Neural Networks and Deep Learning, draft of 6 April
// 2019, section 11.3.4 and algorithm 11.2): a candidate x̂ from the proposal q(x̂ | x)
// is accepted with probability
//
//	A(x̂, x) = min(1, p(x̂) q(x | x̂) / (p(x) q(x̂ | x))),
//
// and else the chain stays where it is. The book has no formula for the density of
// its figure 11.11, which has two modes between −6 and 6; the one here is our own.
//
// The chain starts far off, at −30. Steps before it arrives are no draws from p: the
// burn-in, which is thrown away. Steps that follow one another are much alike; with
// an interval M between those that are kept, they are less so. A draw for every step
// tells more than one for every Mth, though, if memory allows: from the same number
// of steps, thinning leaves fewer effective draws, not more.
//
// That detailed balance holds makes p stationary. It does not make the chain
// converge, as theorem D.1 of the book has it; for that it must also be able to get
// everywhere. Here it can, since q(x̂ | x) is positive for all pairs.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"

	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/diagnostics"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// density is log p̂, up to a constant: 0.4 N(−1.5, 0.8²) + 0.6 N(2, 1).
func density(x []float64) float64 {
	a, b := (x[0]+1.5)/0.8, x[0]-2
	left, right := math.Log(0.4/0.8)-a*a/2, math.Log(0.6)-b*b/2
	top := max(left, right)
	return top + math.Log(math.Exp(left-top)+math.Exp(right-top))
}

// mean is that of p.
const mean = 0.4*-1.5 + 0.6*2

// gain proposes x̂ ~ N(x/2, 2²), which leans towards the origin, so that the ratio of
// the proposals counts.
type gain struct{}

func (gain) ProposeTo(dst []float64, r *rand.Rand, x []float64) {
	dst[0] = x[0]/2 + 2*r.NormFloat64()
}

func (gain) LogProb(y, x []float64) float64 {
	z := (y[0] - x[0]/2) / 2
	return -z * z / 2
}

const (
	burnIn = 500
	steps  = 40_000 // of each chain after that
)

func run(ctx context.Context, w io.Writer) error {
	target := mcmc.Func(1, density)
	for _, s := range []struct {
		name    string
		sampler mcmc.Sampler
	}{
		{"Metropolis, q(x̂ | x) = N(x̂ | x, 1)", mcmc.Metropolis{Scale: 1}},
		{"Metropolis–Hastings, q(x̂ | x) = N(x̂ | x/2, 4)", mcmc.MetropolisHastings{Proposal: gain{}}},
	} {
		fmt.Fprintln(w, s.name)
		config := mcmc.Config{WarmUp: burnIn, Draws: steps, KeepWarmUp: true, Start: [][]float64{{-30}}, Seed: 1}
		chains, err := mcmc.Sample(ctx, s.sampler, target, config)
		if err != nil {
			return err
		}
		fmt.Fprint(w, "  burn-in of the first chain, every 20th step:")
		for i := 0; i < 200; i += 20 {
			fmt.Fprintf(w, " %.1f", chains.Chains[0].WarmUp[i])
		}
		fmt.Fprintf(w, "\n  M   draws kept  autocorrelation  effective draws  mean (exactly %.4f)\n", mean)
		for _, m := range []int{1, 5, 20} {
			config.Thin, config.Draws = m, steps/m
			thinned, err := mcmc.Sample(ctx, s.sampler, target, config)
			if err != nil {
				return err
			}
			x, _ := thinned.Column("x[1]")
			average, n := 0.0, 0
			for _, chain := range x {
				n += len(chain)
			}
			for _, chain := range x {
				for _, v := range chain {
					average += v / float64(n)
				}
			}
			fmt.Fprintf(w, "  %-2d  %10d  %15.3f  %15.0f  %.4f ± %.4f\n", m, n,
				diagnostics.Autocorrelation(x[0])[1], diagnostics.ESSMean(x), average, diagnostics.MCSEMean(x))
		}
	}
	return nil
}
