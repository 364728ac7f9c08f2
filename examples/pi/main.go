// Pi estimates π by the simplest Monte Carlo method: points spread evenly over a
// square of side 2 fall into the circle inside it with probability π/4 (Qiu Xipeng
// 2019, Neural Networks and Deep Learning, draft of 6 April 2019, section 11.3.1).
//
// The share of points in the circle is a mean of N draws (equation 11.43), so it
// comes with a standard error, which falls as 1/√N: a hundred times the points for
// one more digit.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"os"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/mcmc/montecarlo"
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

// estimate throws n points: π is the mean of a function that is 4 inside the circle
// and 0 outside.
func estimate(n int, seed uint64) (belief.Estimate, error) {
	side := dist.Uniform{Lower: -1, Upper: 1}
	m, err := montecarlo.Expectation{Draws: n, Seed: seed}.Of(context.Background(), dist.Product{side, side}, func(x []float64) float64 {
		if x[0]*x[0]+x[1]*x[1] <= 1 {
			return 4
		}
		return 0
	})
	return m.Estimate, err
}
