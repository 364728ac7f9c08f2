// Missingcells learns the tables of a network from rows in which a third of the cells is
// missing, and shows that little is lost. The network is Asia (Lauritzen & Spiegelhalter
// 1988), of which the rows are drawn, so that the truth is known.
//
// Three ways to learn are compared by the Kullback–Leibler divergence of what is learnt
// from the truth, in nats per row: counting all cells, before any is taken out; counting
// the rows that have all their cells, which throws away nearly everything; and EM, which
// sums over what is missing (Lauritzen 1995). Then a variable is hidden altogether, and EM
// finds something that takes its place. The data are the program's own.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"os"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/learn"
	"github.com/belief-go/belief/graphical/textbook"
	"github.com/belief-go/belief/inference"
	"github.com/belief-go/belief/internal/stream"
)

const (
	rows    = 2000
	missing = 0.3
)

// prior is worth one row: without it, what few rows do not show would be impossible.
var prior = learn.Prior{BDeu: 1}

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer) error {
	ctx := context.Background()
	truth, err := textbook.Network("asia")
	if err != nil {
		return err
	}
	full, holes, err := draw(ctx, truth)
	if err != nil {
		return err
	}
	complete, dropped := holes.DropMissing()
	fmt.Fprintf(w, "%d rows of %d variables; with %.0f %% of the cells missing, %d rows are whole\n\n",
		full.Rows(), len(full.Columns()), 100*missing, complete.Rows())

	fmt.Fprintf(w, "%-34s  %10s  %s\n", "learnt by", "divergence", "p(dysp | smoke, no bronc.)")
	show := func(name string, net *graphical.BayesNet) error {
		p, err := probability(ctx, net)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-34s  %10.4f  %.3f\n", name, divergence(truth, net), p)
		return nil
	}
	if err := show("(the truth)", truth); err != nil {
		return err
	}
	all, err := learn.Tables{Prior: prior}.Fit(ctx, truth, full)
	if err != nil {
		return err
	}
	if err := show("counting all cells", all.Net); err != nil {
		return err
	}
	few, err := learn.Tables{Prior: prior}.Fit(ctx, truth, complete)
	if err != nil {
		return err
	}
	if err := show(fmt.Sprintf("counting without %d rows", len(dropped)), few.Net); err != nil {
		return err
	}
	fit, err := em.Network{Net: truth, Prior: prior, Random: true}.Fit(ctx, holes, em.Config{Seed: 1})
	if err != nil {
		return err
	}
	if err := show(fmt.Sprintf("EM, %d iterations", fit.Iterations), fit.Model.Network()); err != nil {
		return err
	}

	// "either", tuberculosis or cancer, has no column any more. Nothing says which of its
	// states is "yes": EM finds two kinds of people, under whatever names.
	shown, err := data.Without(full, "either")
	if err != nil {
		return err
	}
	hidden, err := em.Network{Net: truth, Prior: prior, Random: true}.Fit(ctx, shown, em.Config{Seed: 1})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nwith either of lung cancer and tuberculosis hidden, from %d starts:\n", len(hidden.Starts))
	for i, s := range hidden.Starts {
		fmt.Fprintf(w, "  start %d: log posterior %.3f after %d iterations\n", i+1, s.Objective, s.Iterations)
	}
	reached, err := logLikelihood(ctx, truth, shown)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "  log-likelihood of the best %.2f, of the truth %.2f\n", hidden.LogLikelihood, reached)
	return nil
}

// draw makes rows, and the same with cells missing at random.
func draw(ctx context.Context, net *graphical.BayesNet) (full, holes *data.Table, err error) {
	var columns []data.Column
	for _, v := range net.Variables() {
		columns = append(columns, data.Column{Name: v.Name(), Categories: v.States()})
	}
	var x []float64
	for states, err := range (inference.Forward{Seed: 1}).States(ctx, net) {
		if err != nil {
			return nil, nil, err
		}
		for _, s := range states {
			x = append(x, float64(s))
		}
		if len(x) == rows*len(columns) {
			break
		}
	}
	rng := stream.New(1, "missing cells")
	y := make([]float64, len(x))
	for i, v := range x {
		if y[i] = v; rng.Float64() < missing {
			y[i] = math.NaN()
		}
	}
	if full, err = data.NewTable(columns, x, nil); err != nil {
		return nil, nil, err
	}
	holes, err = data.NewTable(columns, y, nil)
	return full, holes, err
}

// divergence is Σ p log(p/q) over all joint states of two networks of one structure.
func divergence(p, q *graphical.BayesNet) float64 {
	vars := p.Variables()
	state := make([]int, len(vars))
	joint := func(net *graphical.BayesNet) float64 {
		product := 1.0
		for _, v := range net.Variables() {
			var given []int
			for _, u := range net.Parents(v) {
				given = append(given, state[net.Index(u)])
			}
			product *= net.Conditional(v).Prob(state[net.Index(v)], given)
		}
		return product
	}
	sum := 0.0
	for {
		if a := joint(p); a > 0 {
			sum += a * math.Log(a/joint(q))
		}
		i := 0
		for ; i < len(state); i++ {
			if state[i]++; state[i] < vars[i].NumStates() {
				break
			}
			state[i] = 0
		}
		if i == len(state) {
			return sum
		}
	}
}

// probability asks for shortness of breath in a smoker without bronchitis.
func probability(ctx context.Context, net *graphical.BayesNet) (float64, error) {
	post, err := inference.Marginals(ctx, net, graphical.Observe("smoke", "yes").And("bronc", "no"), "dysp")
	if err != nil {
		return 0, err
	}
	m, err := post.Marginal("dysp")
	if err != nil {
		return 0, err
	}
	return m.Probs[0], nil
}

// logLikelihood is that of rows under a network as it is: EM with all tables fixed.
func logLikelihood(ctx context.Context, net *graphical.BayesNet, src data.Source) (float64, error) {
	var names []string
	for _, v := range net.Variables() {
		names = append(names, v.Name())
	}
	run, err := em.Network{Net: net, Fix: names}.Fit(ctx, src, em.Config{Starts: 1, Iterations: 1})
	if err != nil {
		return 0, err
	}
	return run.LogLikelihood, nil
}
