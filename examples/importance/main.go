// Importance estimates means under one density from draws of another (Qiu Xipeng
// 2019, Neural Networks and Deep Learning, draft of 6 April 2019, section 11.3.3):
// plainly, for a density p that is normalized (equation 11.50), and self-normalized,
// for a p̂ that is not (equation 11.53). The book has no numbers; the density is the
// one of example rejection.
//
// The second table is about what the weights are worth. A proposal that is too narrow
// misses where the weights are large: the estimate is wrong by more than its standard
// error tells, and the Pareto k of the weights, above 0.7, is what gives it away. The
// third shows how fast that happens with the dimension.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"os"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/mcmc/montecarlo"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// The two humps are a mixture: p̂ = 0.15 exp(−(x+1.5)²) + 0.2 exp(−(x−1)²/2).
var (
	masses     = [2]float64{0.15 * math.Sqrt(math.Pi), 0.2 * math.Sqrt(2*math.Pi)}
	normalizer = masses[0] + masses[1]
	// meanSquare is E[x²] under p.
	meanSquare = (masses[0]*(0.5+1.5*1.5) + masses[1]*(1+1)) / normalizer
)

// logDensity is log p̂.
func logDensity(x []float64) float64 {
	return math.Log(0.15*math.Exp(-(x[0]+1.5)*(x[0]+1.5)) + 0.2*math.Exp(-0.5*(x[0]-1)*(x[0]-1)))
}

// logNormalized is log p.
func logNormalized(x []float64) float64 { return logDensity(x) - math.Log(normalizer) }

func square(x []float64) float64 { return x[0] * x[0] }

func run(ctx context.Context, w io.Writer) error {
	q := dist.Product{dist.Normal{Mu: 0, Sigma: 2}}
	fmt.Fprintf(w, "E[x²] is %.6f\n", meanSquare)
	fmt.Fprintln(w, "  draws  plain                 self-normalized")
	for n := 100; n <= 100_000; n *= 10 {
		p, err := montecarlo.Importance{LogDensity: logNormalized, Proposal: q, Draws: n, Seed: 1}.Sample(ctx)
		if err != nil {
			return err
		}
		plain, err := p.Plain(square)
		if err != nil {
			return err
		}
		hat, err := montecarlo.Importance{LogDensity: logDensity, Proposal: q, Draws: n, Seed: 1}.Sample(ctx)
		if err != nil {
			return err
		}
		self, err := hat.SelfNormalized(square)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%7d  %-20v  %v\n", n, plain, self)
	}

	fmt.Fprintln(w, "\nsd of q  E[x²]                 effective draws of 10000  Pareto k")
	for _, sigma := range []float64{3, 2, 1, 0.7, 0.5} {
		q := dist.Product{dist.Normal{Mu: 0, Sigma: sigma}}
		p, err := montecarlo.Importance{LogDensity: logDensity, Proposal: q, Draws: 10_000, Seed: 1}.Sample(ctx)
		if err != nil {
			return err
		}
		e, err := p.SelfNormalized(square)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%7.1f  %-20v  %24.0f  %.2f\n", sigma, e, p.ESS, p.K)
		for _, warning := range p.Warnings {
			fmt.Fprintf(w, "         %v\n", warning)
		}
	}

	fmt.Fprintln(w, "\ndimension  effective draws of 10000")
	for _, d := range []int{1, 2, 4, 8, 16} {
		ess, err := inDimension(ctx, d)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%9d  %.0f\n", d, ess)
	}
	return nil
}

// inDimension is what draws of a normal vector of standard deviation 1.5 are worth for
// a standard normal one.
func inDimension(ctx context.Context, d int) (float64, error) {
	var p, q dist.Product
	for range d {
		p, q = append(p, dist.Normal{Mu: 0, Sigma: 1}), append(q, dist.Normal{Mu: 0, Sigma: 1.5})
	}
	w, err := montecarlo.Importance{LogDensity: p.LogProb, Proposal: q, Draws: 10_000, Seed: 1}.Sample(ctx)
	if err != nil {
		return 0, err
	}
	return w.ESS, nil
}
