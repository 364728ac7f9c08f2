// Threecoins learns three coins, one of which is never seen: coin A is tossed; heads, and
// coin B is tossed, tails, and coin C is; only what that coin shows is written down.
//
//	go run ./examples/threecoins
//
// Ten such tosses gave 1, 1, 0, 1, 0, 0, 1, 0, 1, 1. From the start π = p = q = 0.5
// expectation–maximization ends at 0.5, 0.6, 0.6, and from 0.4, 0.6, 0.7 at 0.4064,
// 0.5368, 0.6432 (Li Hang, Statistical Learning Methods, 2012, example 9.1, equations
// 9.5–9.8). Both are the best: tosses tell no more than how often heads come, which is
// π p + (1−π) q = 0.6 in both, and many coins do that.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer) error {
	tosses, err := data.FromMatrix([]float64{1, 1, 0, 1, 0, 0, 1, 0, 1, 1}, 1, "heads")
	if err != nil {
		return err
	}
	for _, at := range [][3]float64{{0.5, 0.5, 0.5}, {0.4, 0.6, 0.7}} {
		start, err := em.NewMixture([]float64{at[0], 1 - at[0]}, []any{dist.Bernoulli{P: at[1]}}, []any{dist.Bernoulli{P: at[2]}})
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "start      π = %.4f  p = %.4f  q = %.4f\n", at[0], at[1], at[2])
		for iterations := 1; ; iterations++ {
			fit, err := em.Mixture{Start: start}.Fit(ctx, tosses, em.Config{Iterations: iterations})
			if err != nil {
				return err
			}
			pi, p, q := fit.Model.Weights()[0], fit.Model.Means(0)[0], fit.Model.Means(1)[0]
			if !fit.Converged {
				fmt.Fprintf(w, "step %d     π = %.4f  p = %.4f  q = %.4f  log-likelihood %.6f, before %.6f\n", iterations, pi, p, q, fit.LogLikelihood, fit.History[iterations-1])
				continue
			}
			fmt.Fprintf(w, "converged  heads with probability π p + (1−π) q = %.4f\n\n", pi*p+(1-pi)*q)
			break
		}
	}
	return nil
}
