// Weather asks a hidden Markov model all that one can ask it: is it raining, if all that is
// seen is whether somebody brings an umbrella?
//
// The model and the figures are those of Russell & Norvig, Artificial Intelligence: A
// Modern Approach, section 15.2 of the third edition. It rains with probability 0.7 if it
// rained the day before and 0.3 if not; the umbrella comes with probability 0.9 if it
// rains and 0.2 if not. At the end the model is forgotten and learnt from what was seen,
// on days that are drawn from it, as the book has none.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/graphical/chain"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer) error {
	h := &chain.HMM{
		States:     []string{"rain", "dry"},
		Columns:    []string{"seen"},
		Initial:    []float64{0.5, 0.5},
		Transition: []float64{0.7, 0.3, 0.3, 0.7},
		Emission:   &chain.Categorical{Symbols: []string{"umbrella", "none"}, P: []float64{0.9, 0.1, 0.2, 0.8}},
	}
	column := data.Column{Name: "seen", Categories: []string{"umbrella", "none"}}

	twoDays, err := data.FromSymbols(column, [][]int{{0, 0}})
	if err != nil {
		return err
	}
	filter, err := chain.NewOnline(h.Markov())
	if err != nil {
		return err
	}
	logs := make([]float64, 2)
	var now []float64
	for day, x := range twoDays.Rows(0) {
		if err := h.Emission.LogProbTo(logs, []float64{x}); err != nil {
			return err
		}
		if now, err = filter.Step(logs); err != nil {
			return err
		}
		fmt.Fprintf(w, "day %d, umbrella: it rains with probability %.3f\n", day+1, now[0])
	}
	later := make([]float64, 2)
	for _, days := range []int{1, 2, 10} {
		h.Markov().PredictTo(later, now, days)
		fmt.Fprintf(w, "%d days later: %.3f\n", days, later[0])
	}
	smooth, err := h.Smooth(ctx, twoDays)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "looking back, it rained on day 1 with probability %.3f\n", smooth[0][0])

	fiveDays, err := data.FromSymbols(column, [][]int{{0, 0, 1, 0, 0}})
	if err != nil {
		return err
	}
	paths, err := h.Viterbi(ctx, fiveDays)
	if err != nil {
		return err
	}
	best := paths[0]
	fmt.Fprintf(w, "umbrella, umbrella, none, umbrella, umbrella: most probably %s (p = %.4f of both)\n", strings.Join(h.Names(best.States), ", "), math.Exp(best.LogProb))

	years, _, err := h.Sample([]int{2000, 2000}, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		return err
	}
	fit, err := em.HiddenMarkov{States: 2}.Fit(ctx, years, em.Config{Seed: 1, Starts: 2, Tolerance: 1e-6})
	if err != nil {
		return err
	}
	truth, err := h.LogProb(ctx, years)
	if err != nil {
		return err
	}
	learnt := fit.Model.HMM
	p := learnt.Emission.(*chain.Categorical).P
	rain, dry := 0, 1
	if p[0] < p[2] {
		rain, dry = 1, 0
	}
	fmt.Fprintf(w, "learnt from 4000 days: rain stays %.2f, dry stays %.2f, umbrella in rain %.2f, when dry %.2f\n",
		learnt.Transition[3*rain], learnt.Transition[3*dry], p[2*rain], p[2*dry])
	fmt.Fprintf(w, "log-likelihood %.1f, of the true model %.1f\n", fit.LogLikelihood, truth[0]+truth[1])
	return nil
}
