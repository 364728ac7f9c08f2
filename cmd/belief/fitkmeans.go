package main

// belief fit kmeans.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

func (t *tool) fitKMeans() *cobra.Command {
	k := numberOf{criteria: []string{"silhouette"}}
	metric := choice{"squared-euclidean", []string{"squared-euclidean", "manhattan", "cosine"}}
	return t.command(learner{
		name: "kmeans", short: "Divide rows into clusters with a centre each",
		long: `fit kmeans divides rows into clusters such that the inertia, the sum of the rows'
distances from the nearest centre, is small. It has many local minima: the best of
several starts is kept, ten unless --starts says otherwise. --select-k takes the number
of clusters whose mean silhouette is largest.`,
		example: `  belief fit kmeans iris.csv -k 3 -o iris.json
  belief fit kmeans digits.csv.gz -k 10 --starts 50 --format json`,
		flags: func(cmd *cobra.Command) {
			k.register(cmd, "clusters")
			cmd.Flags().Var(&metric, "metric", "distance: "+alternatives(metric.known))
			complete(cmd, "metric", choices(metric.known...))
		},
		check: k.check,
		fit: func(ctx context.Context, src data.Source, c em.Config) (*outcome, error) {
			var m em.Metric
			if err := m.UnmarshalText([]byte(metric.value)); err != nil {
				return nil, err
			}
			if k.several.to == 0 {
				run, failed := em.KMeans{K: int(k.one.n), Metric: m}.Fit(ctx, src, c)
				return clusterOutcome(run, src, failed)
			}
			return selectClusters(ctx, k.several, m, src, c)
		},
	})
}

// silhouetteRows is how many rows a silhouette is measured on.
const silhouetteRows = 2000

// selectClusters fits every number of clusters and keeps the one with the largest mean
// silhouette.
func selectClusters(ctx context.Context, ks wholeRange, metric em.Metric, src data.Source, c em.Config) (*outcome, error) {
	var best *em.Run[*em.KMeansModel]
	var candidates []candidate
	var problems []error
	top := math.Inf(-1)
	for k := ks.from; k <= ks.to; k++ {
		one := candidate{K: k}
		if k == 1 {
			one.Problem = "one cluster has no silhouette"
			candidates = append(candidates, one)
			continue
		}
		run, err := em.KMeans{K: k, Metric: metric}.Fit(ctx, src, ofNumber(c, k))
		var labels []int
		if err == nil {
			one.Inertia = number(run.Model.Inertia)
			labels, err = em.Labels(ctx, run.Model, src)
		}
		var s *em.Silhouettes
		if err == nil {
			s, err = em.Silhouette{Metric: metric, Sample: silhouetteRows, Seed: c.Seed, Workers: c.Workers, Memory: c.Memory}.Score(ctx, src, labels)
		}
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			one.Problem = err.Error()
			problems = append(problems, fmt.Errorf("%d clusters: %w", k, err))
		default:
			one.Silhouette = number(s.Mean)
			if s.Mean > top {
				top, best = s.Mean, run
			}
		}
		candidates = append(candidates, one)
	}
	if best == nil {
		if problems == nil {
			return nil, errors.New("one cluster has no silhouette; --select-k has to reach 2")
		}
		return nil, errors.Join(problems...)
	}
	o, err := clusterOutcome(best, src, nil)
	if o != nil {
		o.Selection = candidates
	}
	return o, err
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
