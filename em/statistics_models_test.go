package em

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist/expfam"
	"github.com/belief-go/belief/graphical"
)

type statisticsModel interface {
	json.Marshaler
	NewStatistics() *Statistics
	Maximize(s *Statistics) error
}

// statisticsModels are models of all kinds, fitted.
func statisticsModels(t *testing.T) map[string]statisticsModel {
	t.Helper()
	ctx, c := context.Background(), Config{Iterations: 2, Starts: 1}
	table, err := data.FromMatrix([]float64{1, 2, 0, 1, 4, 2, 9, 7, 8, 8, 7, 9}, 2)
	if err != nil {
		t.Fatal(err)
	}
	models := map[string]statisticsModel{}
	put := func(name string, m statisticsModel, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		models[name] = m
	}
	poisson, err := Mixture{K: 2, Family: expfam.Poisson{}}.Fit(ctx, table, c)
	put("poisson", poisson.Model, err)
	geometric, err := Mixture{K: 2, Family: expfam.Geometric{}, Smoothing: 1}.Fit(ctx, table, c)
	put("geometric", geometric.Model, err)
	both, err := Mixture{K: 2, Columns: []expfam.Family{expfam.Poisson{}, expfam.Geometric{}}}.Fit(ctx, table, c)
	put("both", both.Model, err)
	kmeans, err := KMeans{K: 2}.Fit(ctx, table, c)
	put("kmeans", kmeans.Model, err)
	gaussian, err := GaussianMixture{K: 2, Concentration: 2, Prior: &GaussianPrior{}}.Fit(ctx, table, c)
	put("gaussian", gaussian.Model, err)
	bayes, err := BayesianGaussianMixture{K: 2}.Fit(ctx, table, c)
	put("bayes", bayes.Model, err)
	symbols := hmmSymbols(t, rand.New(rand.NewPCG(1, 1)), 2, 0, 9, 8)
	hmm, err := HiddenMarkov{States: 2, Prior: HMMPrior{Transition: 2}}.Fit(ctx, symbols, c)
	put("hmm", hmm.Model, err)
	lds, err := LinearDynamics{States: 1}.Fit(ctx, ldsLevel(), c)
	put("lds", lds.Model, err)
	for name, second := range map[string]string{"ab": "b", "ac": "c"} {
		b := graphical.NewBayesNet()
		a := b.Variable("a", "0", "1")
		b.Table(a).Values([]float64{.5, .5})
		b.Table(b.Variable(second, "0", "1"), a).Values([]float64{.5, .5, .2, .8})
		net, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		src, err := data.FromMatrix([]float64{0, 1, 1, 0}, 2, "a", second)
		if err != nil {
			t.Fatal(err)
		}
		run, err := Network{Net: net, Indices: true}.Fit(ctx, src, c)
		put(name, run.Model, err)
	}
	return models
}

// Statistics of another model, or of no data, change nothing.
func TestStatisticsOfOthers(t *testing.T) {
	models := statisticsModels(t)
	for name, m := range models {
		before, err := m.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		own := m.NewStatistics()
		short := &Statistics{Kind: own.Kind, Sums: own.Sums[1:], Weight: 1}
		for i, s := range []*Statistics{NewStatistics("x", 2), NewStatistics("x", len(own.Sums)), short} {
			var e *KindError
			if err := m.Maximize(s); !errors.As(err, &e) || e.Kind == e.Want {
				t.Errorf("%s %d: %v", name, i, err)
			}
			if err := own.Merge(s); !errors.As(err, &e) {
				t.Errorf("%s %d: %v", name, i, err)
			}
		}
		for _, weight := range []float64{0, -1, math.NaN(), math.Inf(1)} {
			s := m.NewStatistics()
			s.Weight = weight
			var e *belief.ConfigError
			if err := m.Maximize(s); !errors.As(err, &e) {
				t.Errorf("%s of weight %v: %v", name, weight, err)
			}
		}
		if after, err := m.MarshalJSON(); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s has changed, %v", name, err)
		}
		for other, o := range models {
			if err := own.Merge(o.NewStatistics()); (err == nil) != (other == name) {
				t.Errorf("%s into %s: %v", other, name, err)
			}
		}
	}
}
