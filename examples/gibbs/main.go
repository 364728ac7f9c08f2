// Gibbs samples two densities by drawing one coordinate after the other from its
// full conditional (Qiu Xipeng 2019, Neural Networks and Deep Learning, draft of 6
// April 2019, section 11.3.4.3, equations 11.65 to 11.70).
//
// The first is the normal distribution of two coordinates with unit variances and
// correlation ρ, whose conditionals are x₁ | x₂ ~ N(ρ x₂, 1 − ρ²) and the same with
// the coordinates exchanged. From one scan to the next x₁ has the autocorrelation ρ²,
// and with an interval of M scans between those that are kept it has ρ^(2M): all that
// the program measures is known beforehand.
//
// The second has two modes, as the density of the book's figures 11.11 has, for which
// there is no formula there; the one here is our own. The mode z, 0 or 1, becomes a
// coordinate too: x | z is normal, and z | x has two values, whose probabilities
// the sampler finds by asking the joint density for both. So discrete and continuous
// coordinates are mixed.
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

const (
	rho    = 0.9
	burnIn = 100
	scans  = 60_000 // of each of four chains
)

// pair is the bivariate normal density.
func pair(x []float64) float64 {
	return -(x[0]*x[0] - 2*rho*x[0]*x[1] + x[1]*x[1]) / (2 * (1 - rho*rho))
}

// given draws a coordinate of the pair, given the other.
func given(other int) func([]float64, *rand.Rand, []float64) error {
	return func(dst []float64, r *rand.Rand, x []float64) error {
		dst[0] = rho*x[other] + math.Sqrt(1-rho*rho)*r.NormFloat64()
		return nil
	}
}

// The modes: weights, means and standard deviations.
var (
	weight = [2]float64{0.4, 0.6}
	centre = [2]float64{-1.5, 2}
	width  = [2]float64{0.8, 1}
)

// modes is the joint density of a value x[0] and its mode x[1].
func modes(x []float64) float64 {
	z := int(x[1])
	d := (x[0] - centre[z]) / width[z]
	return math.Log(weight[z]/width[z]) - d*d/2
}

// within draws a value, given its mode.
func within(dst []float64, r *rand.Rand, x []float64) error {
	z := int(x[1])
	dst[0] = centre[z] + width[z]*r.NormFloat64()
	return nil
}

func run(ctx context.Context, w io.Writer) error {
	normal := mcmc.Gibbs{Blocks: []mcmc.Block{{Of: []int{0}, Draw: given(1)}, {Of: []int{1}, Draw: given(0)}}}
	config := mcmc.Config{WarmUp: burnIn, KeepWarmUp: true, Start: [][]float64{{-20, 20}}, Seed: 1}
	fmt.Fprintf(w, "two coordinates with correlation %v\n", rho)
	for i, m := range []int{1, 5, 20} {
		config.Thin, config.Draws = m, scans/m
		out, err := mcmc.Sample(ctx, normal, mcmc.Func(2, pair), config)
		if err != nil {
			return err
		}
		if i == 0 {
			fmt.Fprint(w, "  burn-in of the first chain:")
			for j := range 6 {
				fmt.Fprintf(w, " (%.1f, %.1f)", out.Chains[0].WarmUp[2*j], out.Chains[0].WarmUp[2*j+1])
			}
			fmt.Fprintln(w, " …\n  M   draws kept  autocorrelation  exactly  mean of x₁         variance of x₁")
		}
		x, _ := out.Column("x[1]")
		mean, variance := moments(x)
		fmt.Fprintf(w, "  %-2d  %10d  %15.3f  %7.3f  %7.4f ± %.4f   %.3f\n", m, len(x)*len(x[0]),
			autocorrelation(x), math.Pow(rho, float64(2*m)), mean, diagnostics.MCSEMean(x), variance)
	}

	mixed := mcmc.Gibbs{Blocks: []mcmc.Block{{Of: []int{0}, Draw: within}, {Of: []int{1}, Values: []float64{0, 1}}}}
	out, err := mcmc.Sample(ctx, mixed, mcmc.Func(2, modes), mcmc.Config{
		WarmUp: burnIn, Draws: scans / 5, Thin: 5, Start: [][]float64{{0, 0}}, Seed: 1})
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "two modes")
	x, _ := out.Column("x[1]")
	mean, _ := moments(x)
	z, _ := out.Column("x[2]")
	share, _ := moments(z)
	fmt.Fprintf(w, "  mean           %.4f ± %.4f, exactly %.4f\n", mean, diagnostics.MCSEMean(x), weight[0]*centre[0]+weight[1]*centre[1])
	fmt.Fprintf(w, "  right mode     %.4f ± %.4f, exactly %.4f\n", share, diagnostics.MCSEMean(z), weight[1])
	return nil
}

// moments returns mean and variance of the draws of all chains.
func moments(chains [][]float64) (mean, variance float64) {
	n := float64(len(chains) * len(chains[0]))
	for _, c := range chains {
		for _, v := range c {
			mean += v / n
		}
	}
	for _, c := range chains {
		for _, v := range c {
			variance += (v - mean) * (v - mean) / n
		}
	}
	return mean, variance
}

// autocorrelation at lag one, the mean over chains.
func autocorrelation(chains [][]float64) (mean float64) {
	for _, c := range chains {
		mean += diagnostics.Autocorrelation(c)[1] / float64(len(chains))
	}
	return mean
}
