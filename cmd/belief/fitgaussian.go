package main

// belief fit gmm.

import (
	"context"
	"math"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

// covariances are the forms that a component's covariance may have.
var covariances = []string{"full", "tied", "diagonal", "spherical"}

// covarianceOf reads the value of --covariance.
func covarianceOf(s string) (c em.Covariance) {
	c.UnmarshalText([]byte(s)) // one of covariances
	return c
}

func (t *tool) fitGMM() *cobra.Command {
	var k numberOf
	var floor bound
	covariance := choice{"full", covariances}
	return t.command(learner{
		name: "gmm", short: "Learn a mixture of normal distributions",
		long: `fit gmm learns a mixture of normal distributions. Missing cells are summed over. A
component that would shrink to a point or a plane is kept from it by a floor of its
variances, and a warning says so.`,
		example: `  belief fit gmm iris.csv -k 3 -o iris.json
  belief fit gmm faithful.csv --select-k 1:6 --format json`,
		flags: func(cmd *cobra.Command) {
			k.register(cmd, "components")
			cmd.Flags().Var(&covariance, "covariance", "form of the covariances: "+alternatives(covariances))
			cmd.Flags().Var(&floor, "floor", "least variance, relative to that of the column; 1e-6 unless given")
			complete(cmd, "covariance", choices(covariances...))
			complete(cmd, "floor", cobra.NoFileCompletions)
		},
		check: k.check,
		fit: func(ctx context.Context, src data.Source, c em.Config) (*outcome, error) {
			return fitOneOf(ctx, &k, src, func(ctx context.Context, k int) (*em.Run[*em.GaussianModel], error) {
				return em.GaussianMixture{K: k, Covariance: covarianceOf(covariance.value), Floor: floor.value}.Fit(ctx, src, c)
			}, func(m *em.GaussianModel) [][]string {
				return componentTable(m.Columns(), m.Weights, m.Means, func(k, j int) float64 {
					return math.Sqrt(m.CovarianceTo(nil, k).At(j, j))
				})
			})
		},
	})
}

// componentTable lists the weights, means and standard deviations of components.
func componentTable(names []string, weights []float64, means [][]float64, sd func(k, j int) float64) [][]string {
	table := [][]string{append([]string{"component", "weight"}, names...)}
	for k := range means {
		row, spread := []string{strconv.Itoa(k), short(belief.Number(weights[k]))}, []string{"", "± sd"}
		for j, m := range means[k] {
			row, spread = append(row, short(belief.Number(m))), append(spread, short(belief.Number(sd(k, j))))
		}
		table = append(table, row, spread)
	}
	return table
}
