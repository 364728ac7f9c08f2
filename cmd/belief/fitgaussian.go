package main

// belief fit of mixtures of normal distributions.

import (
	"context"
	"errors"
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
			return fitOneOf(ctx, &k, src, c, func(ctx context.Context, k int, c em.Config) (*em.Run[*em.GaussianModel], error) {
				return em.GaussianMixture{K: k, Covariance: covarianceOf(covariance.value), Floor: floor.value}.Fit(ctx, src, c)
			}, func(m *em.GaussianModel) [][]string {
				return componentTable(m.Columns(), m.Weights, m.Means, func(k, j int) float64 {
					return math.Sqrt(m.CovarianceTo(nil, k).At(j, j))
				})
			})
		},
	})
}

func (t *tool) fitBayes() *cobra.Command {
	k := whole{n: 10, most: math.MaxInt32}
	var alpha bound
	covariance := choice{"full", covariances}
	weights := choice{"dirichlet", []string{"dirichlet", "dirichlet-process"}}
	return t.command(learner{
		name: "bayes", short: "Learn a mixture of normal distributions by variational Bayes",
		long: `fit bayes finds the posterior of a mixture of normal distributions, approximately. -k is
the most components there may be; those that the data do not need stay empty. The lower
bound is one of the log evidence, and the log-likelihood is that of the predictive
distribution.`,
		example: `  belief fit bayes faithful.csv -k 6 -o faithful.json
  belief fit bayes iris.csv --concentration 0.01 --weights-prior dirichlet-process`,
		flags: func(cmd *cobra.Command) {
			set := cmd.Flags()
			set.VarP(&k, "components", "k", "`K` components at most")
			set.Var(&covariance, "covariance", "form of the covariances: "+alternatives(covariances))
			set.Var(&weights, "weights-prior", "prior of the weights: "+alternatives(weights.known))
			set.Var(&alpha, "concentration", "α of that prior; 1/K unless given")
			complete(cmd, "covariance", choices(covariances...))
			complete(cmd, "weights-prior", choices(weights.known...))
			complete(cmd, "components", cobra.NoFileCompletions)
			complete(cmd, "concentration", cobra.NoFileCompletions)
		},
		check: func() error {
			switch {
			case k.n == 0:
				return errNoK
			case alpha.given && !(alpha.value > 0):
				return errors.New("--concentration has to be positive")
			}
			return nil
		},
		fit: func(ctx context.Context, src data.Source, c em.Config) (*outcome, error) {
			x := em.BayesianGaussianMixture{K: int(k.n), Covariance: covarianceOf(covariance.value), Concentration: alpha.value}
			if weights.value != "dirichlet" {
				x.Weights = em.DirichletProcess
			}
			run, failed := x.Fit(ctx, src, c)
			o, failed := outcomeOrNone(run, src, failed)
			if o == nil {
				return nil, failed
			}
			values, err := em.LogProb(context.WithoutCancel(ctx), run.Model, src)
			if err == nil {
				var total float64
				total, err = weightedSum(src, values)
				o.LogLikelihood = number(total)
			}
			if err != nil {
				return nil, errors.Join(failed, err)
			}
			o.Bound = number(run.Objective)
			o.table = [][]string{append([]string{"component", "weight", "rows"}, run.Model.Columns()...)}
			for k, w := range run.Model.Weights() {
				row := []string{strconv.Itoa(k), short(belief.Number(w)), short(belief.Number(run.Model.Counts()[k]))}
				for _, m := range run.Model.Mu(k) {
					row = append(row, short(belief.Number(m)))
				}
				o.table = append(o.table, row)
			}
			return o, failed
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
