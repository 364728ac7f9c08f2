// Pi estimates π by the simplest Monte Carlo method: points spread evenly over a
// square of side 2 fall into the circle inside it with probability π/4 (Qiu Xipeng
// 2019, Neural Networks and Deep Learning, draft of 6 April 2019, section 11.3.1).
//
// The share of points in the circle is a mean of N draws (equation 11.43), so it
// comes with a standard error, which falls as 1/√N: a hundred times the points for
// one more digit.
package main

import (
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer) error {
	fmt.Fprintln(w, "   points  estimate              error")
	for n := 100; n <= 1_000_000; n *= 10 {
		e, err := estimate(n, 1)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%9d  %-20v  %+.6f\n", n, e, e.Value-math.Pi)
	}
	return nil
}

// estimate throws n points.
func estimate(n int, seed uint64) (belief.Estimate, error) {
	side, err := dist.NewUniform(-1, 1)
	if err != nil {
		return belief.Estimate{}, err
	}
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	inside := 0
	for range n {
		if x, y := side.Rand(r), side.Rand(r); x*x+y*y <= 1 {
			inside++
		}
	}
	// The number inside is binomial, and so is its variance.
	share := float64(inside) / float64(n)
	hits, err := dist.NewBinomial(float64(n), share)
	if err != nil {
		return belief.Estimate{}, err
	}
	return belief.Estimate{
		Value:  4 * share,
		Kind:   belief.Sampled,
		StdErr: 4 * math.Sqrt(hits.Variance()) / float64(n),
	}, nil
}
