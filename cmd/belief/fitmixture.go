package main

// belief fit of mixtures.

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist/expfam"
	"github.com/belief-go/belief/em"
)

// A learner is one kind of model that fit learns from rows.
type learner struct {
	name, short, long, example string
	texts                      func() bool // whether columns of texts enter the model; nil: never
	keep                       *string     // the name of a column of sequences, which is read whatever --columns says; nil: rows are independent
	closed                     bool        // nothing is learnt in steps
	flags                      func(cmd *cobra.Command)
	check                      func() error // what is wrong with the flags
	// fit returns what there is beside the error of a fit that was interrupted.
	fit func(ctx context.Context, src data.Source, c em.Config) (*outcome, error)
}

// command makes a command of a learner.
func (t *tool) command(x learner) *cobra.Command {
	l := &lesson{}
	cmd := &cobra.Command{
		Use: x.name + " DATA -o MODEL", Short: x.short, Long: x.long, Example: x.example, Args: oneTable,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveDefault
		},
		RunE: t.work(func(ctx context.Context, args []string) error {
			if err := x.check(); err != nil {
				return usage(err)
			}
			if x.keep != nil && *x.keep != "" && len(l.columns) > 0 && !slices.Contains(l.columns, *x.keep) {
				l.columns = append(l.columns, *x.keep)
			}
			src, err := l.table(ctx, t, args[0], x.texts != nil && x.texts())
			if err != nil {
				return err
			}
			b := t.progress()
			o, failed := x.fit(ctx, src, l.config(t, b))
			b.end()
			if o == nil {
				return failed
			}
			return t.report(o, failed)
		}),
	}
	cmd.Flags().SortFlags = false
	x.flags(cmd)
	l.registerData(t, cmd)
	if x.texts != nil {
		cmd.Flags().StringSliceVar(&l.text, "text", nil, "the columns `A,B,…` hold texts, also where these are numbers")
		complete(cmd, "text", cobra.NoFileCompletions)
	}
	if x.keep == nil {
		cmd.Flags().StringVar(&l.weights, "weights", "", "the column `NAME` has the weights of the rows")
		complete(cmd, "weights", cobra.NoFileCompletions)
	}
	if !x.closed {
		l.registerSteps(cmd)
	}
	return cmd
}

// families are the distributions that columns of a mixture may have, by name.
var families = map[string]expfam.Family{
	"bernoulli": expfam.Bernoulli{}, "categorical": nil, "exponential": expfam.Exponential{}, "gamma": expfam.Gamma{},
	"geometric": expfam.Geometric{}, "log-normal": expfam.LogNormal{}, "normal": expfam.Normal{}, "poisson": expfam.Poisson{},
}

func (t *tool) fitMixture() *cobra.Command {
	var k numberOf
	family := choice{"", []string{"bernoulli", "categorical", "exponential", "gamma", "geometric", "log-normal", "normal", "poisson"}}
	var smoothing bound
	return t.command(learner{
		name: "mixture", short: "Learn a mixture of independent columns of one family",
		texts: func() bool { return family.value == "categorical" },
		long: `fit mixture learns a mixture in whose components the columns are independent, each with
a distribution of --family: latent classes of categorical columns, clusters of counts or
of binary features. Missing cells are summed over.`,
		example: `  belief fit mixture answers.csv --family categorical -k 3 --smoothing 1
  belief fit mixture counts.csv --family poisson -k 2 -o counts.json`,
		flags: func(cmd *cobra.Command) {
			k.register(cmd, "components")
			cmd.Flags().Var(&family, "family", "distribution of the columns: "+alternatives(family.known))
			cmd.Flags().Var(&smoothing, "smoothing", "rows of prior knowledge that every component is given; 0 unless given")
			complete(cmd, "family", choices(family.known...))
		},
		check: func() error {
			if family.value == "" {
				return fmt.Errorf("--family is missing: %s", alternatives(family.known))
			}
			return k.check()
		},
		fit: func(ctx context.Context, src data.Source, c em.Config) (*outcome, error) {
			return fitOneOf(ctx, &k, src, c, func(ctx context.Context, k int, c em.Config) (*em.Run[*em.MixtureModel], error) {
				return em.Mixture{K: k, Family: families[family.value], Smoothing: smoothing.value}.Fit(ctx, src, c)
			}, func(m *em.MixtureModel) [][]string {
				table := [][]string{{"component", "weight"}}
				for k, w := range m.Weights() {
					table = append(table, []string{strconv.Itoa(k), short(belief.Number(w))})
				}
				return table
			})
		},
	})
}
