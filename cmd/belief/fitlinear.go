package main

// belief fit of principal components and factors.

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/em/linear"
)

func (t *tool) fitPCA() *cobra.Command {
	var k whole
	var explained bound
	var whiten bool
	solver := choice{"auto", []string{"auto", "full", "randomized"}}
	return t.command(learner{
		name: "pca", short: "Principal components", closed: true,
		long: `fit pca finds the directions in which the variance of the data is largest. eval prints
the coordinates of rows in them. The log-likelihood is that of probabilistic PCA.`,
		example: `  belief fit pca digits.csv.gz -k 10 -o digits.json
  belief fit pca digits.csv.gz --explained 0.9`,
		flags: func(cmd *cobra.Command) {
			k.most = math.MaxInt32
			cmd.Flags().VarP(&k, "components", "k", "`K` components; 0 is as many as there can be")
			complete(cmd, "components", cobra.NoFileCompletions)
			cmd.Flags().Var(&explained, "explained", "take the fewest components that explain this part of the variance")
			cmd.Flags().BoolVar(&whiten, "whiten", false, "coordinates have variance one")
			cmd.Flags().Var(&solver, "solver", alternatives(solver.known))
			complete(cmd, "solver", choices(solver.known...))
			complete(cmd, "explained", cobra.NoFileCompletions)
		},
		check: func() error { return nil },
		fit: func(ctx context.Context, src data.Source, c em.Config) (*outcome, error) {
			s := linear.PCA{Components: int(k.n), Explained: explained.value, Whiten: whiten}
			if solver.value != "auto" {
				s.Solver = linear.Solver(solver.value)
			}
			m, err := s.Fit(ctx, src, c)
			if err != nil {
				return nil, err
			}
			o := &outcome{Converged: true, Free: m.Parameters()}
			if values, err := em.LogProb(ctx, m, src); err == nil { // there is no density without noise in all directions
				total, err := weightedSum(src, values)
				if err != nil {
					return nil, err
				}
				o.LogLikelihood = number(total)
				p := float64(m.Parameters())
				o.BIC, o.AIC = number(-2*total+p*math.Log(m.Weight)), number(-2*total+2*p)
			}
			o.table = [][]string{{"component", "variance", "part of all", "up to here"}}
			sum := 0.0
			for i, r := range m.Ratio() {
				sum += r
				o.table = append(o.table, []string{strconv.Itoa(i), short(belief.Number(m.ExplainedVariance[i])), short(belief.Number(r)), short(belief.Number(sum))})
			}
			return o, o.describe(m, src)
		},
	})
}

// weightedSum adds up values of the rows of a source, with their weights.
func weightedSum(src data.Source, values []float64) (total float64, err error) {
	row := 0
	for b, err := range data.Batches(src, data.Order{}, 0) {
		if err != nil {
			return 0, err
		}
		for i := range b.Rows {
			w := 1.0
			if b.Weights != nil {
				w = b.Weights[i]
			}
			if w > 0 { // a row that does not count may be impossible
				total += w * values[row]
			}
			row++
		}
	}
	return total, nil
}

// factorFit is one of the two settings that fit factors.
type factorFit func(k int) interface {
	Fit(ctx context.Context, src data.Source, c em.Config) (*em.Run[*linear.FactorModel], error)
}

// factors makes the commands ppca and fa.
func (t *tool) factors(name, short_, long, example string, flags func(cmd *cobra.Command), settings factorFit) *cobra.Command {
	k := numberOf{one: whole{n: 1}}
	return t.command(learner{
		name: name, short: short_, long: long, example: example,
		flags: func(cmd *cobra.Command) {
			k.register(cmd, "factors; 1 unless given")
			flags(cmd)
		},
		check: k.check,
		fit: func(ctx context.Context, src data.Source, c em.Config) (*outcome, error) {
			return fitOneOf(ctx, &k, src, c, func(ctx context.Context, k int, c em.Config) (*em.Run[*linear.FactorModel], error) {
				return settings(k).Fit(ctx, src, c)
			}, func(m *linear.FactorModel) [][]string {
				head := []string{"column", "mean", "noise"}
				for i := range m.K {
					head = append(head, fmt.Sprintf("factor %d", i))
				}
				table := [][]string{head}
				for j, name := range m.Names {
					row := []string{name, short(belief.Number(m.Mean[j])), short(belief.Number(m.Noise[j]))}
					for _, w := range m.Loadings[j*m.K : (j+1)*m.K] {
						row = append(row, short(belief.Number(w)))
					}
					table = append(table, row)
				}
				return table
			})
		},
	})
}

func (t *tool) fitPPCA() *cobra.Command {
	return t.factors("ppca", "Probabilistic principal components, also with missing cells",
		`fit ppca fits x = mean + loadings·z + noise with few factors z and the same noise in all
columns (Tipping & Bishop 1999). Missing cells are summed over.`,
		`  belief fit ppca digits.csv.gz -k 10 -o digits.json
  belief fit ppca gaps.csv --select-k 1:8`, func(*cobra.Command) {},
		func(k int) interface {
			Fit(ctx context.Context, src data.Source, c em.Config) (*em.Run[*linear.FactorModel], error)
		} {
			return linear.ProbabilisticPCA{Components: k}
		})
}

func (t *tool) fitFA() *cobra.Command {
	var varimax bool
	return t.factors("fa", "Factor analysis, also with missing cells",
		`fit fa fits x = mean + loadings·z + noise with few factors z and noise of its own in each
column (Rubin & Thayer 1982). Missing cells are summed over.`,
		`  belief fit fa answers.csv -k 2 --varimax
  belief fit fa answers.csv --select-k 1:5`,
		func(cmd *cobra.Command) {
			cmd.Flags().BoolVar(&varimax, "varimax", false, "turn the factors so that each column loads on few of them")
		},
		func(k int) interface {
			Fit(ctx context.Context, src data.Source, c em.Config) (*em.Run[*linear.FactorModel], error)
		} {
			return linear.FactorAnalysis{Factors: k, Varimax: varimax}
		})
}
