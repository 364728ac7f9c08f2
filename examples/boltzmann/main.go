// Boltzmann samples a Boltzmann machine of three units at three temperatures, and
// sets the shares of its eight states beside the probabilities of the Boltzmann
// distribution (Qiu Xipeng 2019, Neural Networks and Deep Learning, draft of 6 April
// 2019, section 12.1),
//
//	p(x) = exp(−E(x)/T) / Z,  E(x) = −Σ_{i<j} w_ij x_i x_j − Σ_i b_i x_i.
//
// Gibbs sampling picks a unit at random and draws it from its full conditional, p(x_i
// = 1 | others) = σ((Σ_j w_ij x_j + b_i)/T) (12.6). At a high temperature all states
// are alike; at a low one the machine stays in those of least energy, and is slow to
// leave them, so that the standard errors grow.
//
// The book's machine of figure 12.1 has no weights; those here are our own.
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

const units = 3

// Units 0 and 1 support each other, and both exclude unit 2.
var (
	weights = [units][units]float64{{0, 2, -1}, {2, 0, -1.5}, {-1, -1.5, 0}}
	biases  = [units]float64{-0.5, 0, 1}
)

var temperatures = []float64{0.5, 1, 5}

// energy is E(x).
func energy(x []float64) float64 {
	e := 0.0
	for i, v := range x {
		e -= biases[i] * v
		for j := range i {
			e -= weights[i][j] * v * x[j]
		}
	}
	return e
}

// update draws unit i from its full conditional at a temperature.
func update(i int, temperature float64) func([]float64, *rand.Rand, []float64) error {
	return func(dst []float64, r *rand.Rand, x []float64) error {
		field := biases[i]
		for j, v := range x {
			field += weights[i][j] * v
		}
		dst[0] = 0
		if r.Float64() < 1/(1+math.Exp(-field/temperature)) {
			dst[0] = 1
		}
		return nil
	}
}

// state is the state of a number, its last unit in the last bit.
func state(s int) []float64 {
	x := make([]float64, units)
	for i := range x {
		x[i] = float64(s >> (units - 1 - i) & 1)
	}
	return x
}

// exact returns the probabilities of all states.
func exact(temperature float64) []float64 {
	p, z := make([]float64, 1<<units), 0.0
	for s := range p {
		p[s] = math.Exp(-energy(state(s)) / temperature)
		z += p[s]
	}
	for s := range p {
		p[s] /= z
	}
	return p
}

// sample returns, for every state, whether each draw of each chain is in it.
func sample(ctx context.Context, temperature float64) ([1 << units][][]float64, error) {
	g := mcmc.Gibbs{Scan: mcmc.RandomScan}
	for i := range units {
		g.Blocks = append(g.Blocks, mcmc.Block{Of: []int{i}, Draw: update(i, temperature)})
	}
	target := mcmc.Func(units, func(x []float64) float64 { return -energy(x) / temperature })
	run, err := mcmc.Sample(ctx, g, target, mcmc.Config{WarmUp: 200, Draws: 20_000, Start: [][]float64{state(0)}})
	var in [1 << units][][]float64
	if err != nil {
		return in, err
	}
	for c := range run.Chains {
		n := run.Len(c)
		for s := range in {
			in[s] = append(in[s], make([]float64, n))
		}
		for i := range n {
			s := 0
			for _, v := range run.Row(c, i) {
				s = 2*s + int(v)
			}
			in[s][c][i] = 1
		}
	}
	return in, nil
}

func run(ctx context.Context, w io.Writer) error {
	for _, temperature := range temperatures {
		p := exact(temperature)
		in, err := sample(ctx, temperature)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "temperature %v\n  state  energy  probability  share of the draws\n", temperature)
		for s, chains := range in {
			share, n := 0.0, float64(len(chains)*len(chains[0]))
			for _, c := range chains {
				for _, v := range c {
					share += v / n
				}
			}
			x := state(s)
			fmt.Fprintf(w, "  %.0f%.0f%.0f    %6.1f  %11.4f  %.4f ± %.4f\n", x[0], x[1], x[2], energy(x), p[s], share, diagnostics.MCSEMean(chains))
		}
	}
	return nil
}
