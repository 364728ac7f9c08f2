// Rejection draws from a density that is known up to a constant only, by algorithm
// 11.1 of Qiu Xipeng 2019, Neural Networks and Deep Learning, draft of 6 April 2019,
// section 11.3.2: a draw x of a proposal q is kept with probability p̂(x)/(k q(x))
// (equation 11.45).
//
// Figure 11.11 of the book shows a density below its envelope k q on (−6, 6), and no
// formula; the density here is one of our own on the same axes.
//
// The share that is kept is Z/k, where Z is the integral of p̂, so the method estimates
// Z too. An envelope that is too low somewhere is found out and named. In more
// dimensions the share falls exponentially, as the book says: the last table has it
// for a normal density under one that is half as wide again, where it is 1.5⁻ᵈ.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"strings"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/mcmc/montecarlo"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// density is p̂: two humps.
func density(x float64) float64 {
	return 0.15*math.Exp(-(x+1.5)*(x+1.5)) + 0.2*math.Exp(-0.5*(x-1)*(x-1))
}

// normalizer is Z, the integral of p̂.
var normalizer = 0.15*math.Sqrt(math.Pi) + 0.2*math.Sqrt(2*math.Pi)

// proposal is q.
var proposal = dist.Normal{Mu: 0, Sigma: 2}

// envelope returns the smallest k for which k q is above p̂, by looking at many points:
// far out q is the larger one for any k.
func envelope() float64 {
	k := 0.0
	for x := -6.0; x <= 6; x += 1e-3 {
		k = max(k, density(x)/math.Exp(proposal.LogProb(x)))
	}
	return 1.0001 * k
}

func sampler(k float64) montecarlo.Rejection {
	return montecarlo.Rejection{
		LogDensity: func(x []float64) float64 { return math.Log(density(x[0])) },
		Proposal:   dist.Product{proposal},
		LogK:       math.Log(k),
		Seed:       1,
	}
}

func run(ctx context.Context, w io.Writer) error {
	k := envelope()
	a, err := sampler(k).Sample(ctx, 20_000)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "k = %.4f: %v\n", k, a)
	fmt.Fprintf(w, "the rate is %.4f, in the interval from %.4f to %.4f\n", normalizer/k, a.Interval[0], a.Interval[1])
	fmt.Fprintf(w, "Z is %.4f, estimated by exp(%v)\n\n", normalizer, a.LogZ)
	histogram(w, a.Draws)

	_, err = sampler(0.5*k).Sample(ctx, 20_000)
	fmt.Fprintf(w, "\nhalf of k: %v\n\n", err)

	fmt.Fprintln(w, "dimension  rate      1.5^-d")
	for _, d := range []int{1, 2, 4, 8, 16} {
		rate, err := inDimension(ctx, d)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%9d  %.6f  %.6f\n", d, rate, math.Pow(1.5, -float64(d)))
	}
	return nil
}

// histogram prints the share of draws in bins, and | where the density has it.
func histogram(w io.Writer, draws []float64) {
	const low, width, bins, scale = -4.0, 0.5, 16, 300
	counts := [bins]int{}
	for _, x := range draws {
		if b := int(math.Floor((x - low) / width)); b >= 0 && b < bins {
			counts[b]++
		}
	}
	for b, c := range counts {
		center := low + (float64(b)+0.5)*width
		bar := []rune(strings.Repeat("#", int(math.Round(scale*float64(c)/float64(len(draws))))) + strings.Repeat(" ", 80))
		bar[int(math.Round(scale*width*density(center)/normalizer))] = '|'
		fmt.Fprintf(w, "%6.2f %s\n", center, strings.TrimRight(string(bar), " "))
	}
}

// inDimension is the acceptance rate for a standard normal vector under one of
// standard deviation 1.5, where the best k is 1.5ᵈ.
func inDimension(ctx context.Context, d int) (float64, error) {
	var p, q dist.Product
	for range d {
		p, q = append(p, dist.Normal{Mu: 0, Sigma: 1}), append(q, dist.Normal{Mu: 0, Sigma: 1.5})
	}
	a, err := montecarlo.Rejection{LogDensity: p.LogProb, Proposal: q, LogK: float64(d) * math.Log(1.5), Seed: 1}.Sample(ctx, 1000)
	if err != nil {
		return 0, err
	}
	return a.Acceptance.Value, nil
}
