// Chain passes messages along an undirected chain x1 – x2 – … – xT, whose joint
// distribution is a product of potentials on neighbours (Qiu Xipeng 2019, Neural
// Networks and Deep Learning, draft of 6 April 2019, section 11.2.2.1, equations
// 11.34–11.41):
//
//	p(x) = (1/Z) Π_t φ(x_t, x_{t+1})                                        (11.35)
//	p(x_t) = (1/Z) μ_{t−1,t}(x_t) μ_{t+1,t}(x_t)                            (11.38)
//	μ_{t−1,t}(x_t) = Σ_{x_{t−1}} φ(x_{t−1}, x_t) μ_{t−2,t−1}(x_{t−1})       (11.39)
//	μ_{t+1,t}(x_t) = Σ_{x_{t+1}} φ(x_t, x_{t+1}) μ_{t+2,t+1}(x_{t+1})       (11.40)
//	Z = Σ_{x_t} μ_{t−1,t}(x_t) μ_{t+1,t}(x_t), the same at every t          (11.41)
//
// where the message from beyond either end is one. The draft prints the last
// message of (11.40) as μ_{t+2,t+2}, and lets the forward messages μ_{t−1,t} run
// over t = 1, …, T−1 where t = 2, …, T is meant.
//
// The book gives no numbers. The potentials here are our own: five points of a track,
// each low, middle or high, where like heights tend to be neighbours.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// potentials are φ(x_t, x_{t+1}) for t = 1, …, T−1, rows by x_t.
var potentials = [][3][3]float64{
	{{4, 2, 1}, {2, 3, 1}, {1, 1, 5}},
	{{6, 1, 1}, {1, 2, 2}, {0.5, 1, 3}},
	{{2, 2, 1}, {1, 7, 1}, {1, 0, 4}}, // x3 high and x4 middle exclude each other
	{{1, 0.25, 2}, {3, 1, 1}, {1, 2, 8}},
}

// newChain builds the undirected network; factor t−1 ties x_t to x_{t+1}.
func newChain() (*graphical.MarkovNet, error) {
	b := graphical.NewFactors().Name("chain")
	x := b.Variable("x1", "low", "middle", "high")
	for t, phi := range potentials {
		next := b.Variable(fmt.Sprintf("x%d", t+2), "low", "middle", "high")
		b.Factor(slices.Concat(phi[0][:], phi[1][:], phi[2][:]), x, next)
		x = next
	}
	return b.MarkovNet()
}

func run(w io.Writer) error {
	net, err := newChain()
	if err != nil {
		return err
	}
	messages, err := inference.SumProduct{}.Run(context.Background(), net, graphical.Evidence{})
	if err != nil {
		return err
	}
	x := net.Variables()
	last := len(x) - 1

	// On a chain the message of the book from x_t to its neighbour is the message of
	// sum-product from the factor between them.
	fmt.Fprintln(w, "forward messages (11.39):")
	forward := make([][]float64, len(x))
	for t := range x {
		forward[t] = []float64{1, 1, 1}
		if t > 0 {
			m, err := messages.ToVariable(t-1, x[t].Name())
			if err != nil {
				return err
			}
			forward[t] = unnormalized(m)
			fmt.Fprintf(w, "  μ%d,%d(x%d) = %s\n", t, t+1, t+1, list(forward[t]))
		}
	}
	fmt.Fprintln(w, "backward messages (11.40):")
	backward := make([][]float64, len(x))
	for t := last; t >= 0; t-- {
		backward[t] = []float64{1, 1, 1}
		if t < last {
			m, err := messages.ToVariable(t, x[t].Name())
			if err != nil {
				return err
			}
			backward[t] = unnormalized(m)
			fmt.Fprintf(w, "  μ%d,%d(x%d) = %s\n", t+2, t+1, t+1, list(backward[t]))
		}
	}

	fmt.Fprintln(w, "Z at every node (11.41), and marginals (11.38):")
	for t := range x {
		var z float64
		p := make([]float64, len(forward[t]))
		for s := range p {
			p[s] = forward[t][s] * backward[t][s]
			z += p[s]
		}
		for s := range p {
			p[s] /= z
		}
		fmt.Fprintf(w, "  t = %d: Z = %.6g, p(x%d) = %s\n", t+1, z, t+1, list(p))
	}
	fmt.Fprintf(w, "sum-product itself: Z = %.6g\n", math.Exp(messages.LogEvidence()))
	for _, v := range x {
		m, err := messages.Marginal(v.Name())
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "  %v\n", m)
	}
	return nil
}

// unnormalized is a message as the equations define it. The engine keeps messages
// normalized, with their scale apart, because those of a long chain would overflow.
func unnormalized(m inference.Message) []float64 {
	out := make([]float64, len(m.Probs))
	for s, p := range m.Probs {
		out[s] = math.Exp(m.LogScale) * p
	}
	return out
}

func list(x []float64) string {
	parts := make([]string, len(x))
	for i, v := range x {
		parts[i] = fmt.Sprintf("%.6g", v)
	}
	return "(" + strings.Join(parts, ", ") + ")"
}
