package main

// belief fit of mixtures.

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist/expfam"
	"github.com/belief-go/belief/em"
)

// families are the distributions that columns of a mixture may have, by name.
var families = map[string]expfam.Family{
	"bernoulli": expfam.Bernoulli{}, "categorical": nil, "exponential": expfam.Exponential{}, "gamma": expfam.Gamma{},
	"geometric": expfam.Geometric{}, "log-normal": expfam.LogNormal{}, "normal": expfam.Normal{}, "poisson": expfam.Poisson{},
}

func (t *tool) fitMixture() *cobra.Command {
	var k numberOf
	family := choice{"", slices.Sorted(maps.Keys(families))}
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
