package main

// belief fit kmeans.

import (
	"context"
	"math"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

func (t *tool) fitKMeans() *cobra.Command {
	var k whole
	metric := choice{"squared-euclidean", []string{"squared-euclidean", "manhattan", "cosine"}}
	return t.command(learner{
		name: "kmeans", short: "Divide rows into clusters with a centre each",
		long: `fit kmeans divides rows into clusters such that the inertia, the sum of the rows'
distances from the nearest centre, is small. It has many local minima: the best of
several starts is kept, ten unless --starts says otherwise.`,
		example: `  belief fit kmeans iris.csv -k 3 -o iris.json
  belief fit kmeans digits.csv.gz -k 10 --starts 50 --format json`,
		flags: func(cmd *cobra.Command) {
			k.most = math.MaxInt32
			cmd.Flags().VarP(&k, "components", "k", "`K` clusters")
			cmd.Flags().Var(&metric, "metric", "distance: "+alternatives(metric.known))
			complete(cmd, "components", cobra.NoFileCompletions)
			complete(cmd, "metric", choices(metric.known...))
		},
		check: func() error {
			if k.n == 0 {
				return errNoK
			}
			return nil
		},
		fit: func(ctx context.Context, src data.Source, c em.Config) (*outcome, error) {
			var m em.Metric
			if err := m.UnmarshalText([]byte(metric.value)); err != nil {
				return nil, err
			}
			run, failed := em.KMeans{K: int(k.n), Metric: m}.Fit(ctx, src, c)
			return clusterOutcome(run, src, failed)
		},
	})
}

// clusterOutcome is the outcome of k-means, whose objective is no log-likelihood.
func clusterOutcome(run *em.Run[*em.KMeansModel], src data.Source, failed error) (*outcome, error) {
	o, failed := outcomeOrNone(run, src, failed)
	if o == nil {
		return nil, failed
	}
	o.LogLikelihood, o.BIC, o.AIC = nil, nil, nil
	o.Inertia = number(run.Model.Inertia)
	o.table = [][]string{append([]string{"cluster", "weight"}, run.Model.Names...)}
	for k, center := range run.Model.Centers {
		row := []string{strconv.Itoa(k), short(belief.Number(run.Model.Sizes[k]))}
		for _, v := range center {
			row = append(row, short(belief.Number(v)))
		}
		o.table = append(o.table, row)
	}
	return o, failed
}
