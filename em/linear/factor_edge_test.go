package linear

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
)

func TestFactorDegenerate(t *testing.T) {
	nan := math.NaN()
	fit := func(s FactorAnalysis, columns int, x ...float64) (*em.Run[*FactorModel], error) {
		return s.Fit(background, must(data.FromMatrix(x, columns))(t), em.Config{})
	}
	_, err := fit(FactorAnalysis{}, 2, 1, nan, 2, nan)
	wantError[*data.ValueError](t, "an empty column", err)
	_, err = fit(FactorAnalysis{}, 2, 1, math.Inf(1), 2, 3)
	wantError[*data.ValueError](t, "infinite", err)
	_, err = fit(FactorAnalysis{}, 2, 1, 2)
	wantError[*dist.FitError](t, "one row", err)
	_, err = fit(FactorAnalysis{}, 1, 1, 2)
	wantError[*belief.ConfigError](t, "one column", err)
	_, err = fit(FactorAnalysis{Factors: -1}, 2, 1, 2, 3, 4)
	wantError[*belief.ConfigError](t, "−1 factors", err)
	_, err = fit(FactorAnalysis{Floor: nan}, 2, 1, 2, 3, 4)
	wantError[*belief.ConfigError](t, "floor", err)
	_, err = ProbabilisticPCA{}.Fit(background, must(data.FromMatrix([]float64{1, 2, 3, 4}, 2))(t), em.Config{Batch: 1})
	wantError[*belief.ConfigError](t, "batch", err)
	_, err = ProbabilisticPCA{}.Fit(background, nil, em.Config{})
	wantError[*belief.ConfigError](t, "no source", err)
	for _, err := range (FactorAnalysis{Factors: 9}).Steps(background, must(data.FromMatrix([]float64{1, 2, 3, 4}, 2))(t), em.Config{}) {
		wantError[*belief.ConfigError](t, "steps", err)
	}
	// A constant and a doubled column, few rows: sane, with warnings.
	for _, x := range [][]float64{
		{1, 2, 5, 2, 4, 5, 4, 8, 5},
		{1, 2, 3, 2, 3, 1, 5, 4, 9, 1, 2, 3},
		{1, 2, 3, 2, 4, 6},
		{1e12, 2, 3, 2e12, 4, 7, 5e12, 5, 1, 7e12, 1, 2},
	} {
		run := must(fit(FactorAnalysis{Factors: 2}, 3, x...))(t)
		if len(run.Warnings) == 0 || math.IsNaN(run.LogLikelihood) || run.Model.Validate() != nil {
			t.Errorf("%v: %v, %v", x, run.Warnings, run.LogLikelihood)
		}
		iso := must(ProbabilisticPCA{Components: 2}.Fit(background, must(data.FromMatrix(x, 3))(t), em.Config{}))(t)
		if math.IsNaN(iso.LogLikelihood) || iso.Model.Validate() != nil {
			t.Errorf("%v: %v", x, iso.LogLikelihood)
		}
	}
	// One column of 1e12 takes the only component; the noise is that of the others.
	table := factorData(7, 200, 4, 1, func(int) float64 { return 1 }, 0)
	want := must(ProbabilisticPCA{}.Fit(background, must(data.Without(table, table.Columns()[0].Name))(t), em.Config{}))(t)
	for i := range 200 {
		table.Row(i)[0] *= 1e12
	}
	run := must(ProbabilisticPCA{}.Fit(background, table, em.Config{}))(t)
	if ratio := run.Model.Noise[0] / want.Model.Noise[0]; ratio < 0.5 || ratio > 10 {
		t.Errorf("beside a column of 1e12 the noise is %v, without it %v", run.Model.Noise[0], want.Model.Noise[0])
	}
	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err := (FactorAnalysis{}).Fit(ctx, table, em.Config{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	wantError[*data.ValueError](t, "a row", run.Model.LogProbTo(make([]float64, 1), &em.Block{Rows: 1, Columns: 4, X: []float64{1, 2, math.Inf(-1), 3}}))
}

func FuzzFactorModel(f *testing.F) {
	for _, kind := range []string{kindPPCA, kindFactors} {
		f.Add(fmt.Sprintf(`{"kind":%q,"version":1,"model":{"columns":["a","b"],"mean":[0,0],"loadings":[[1],[2]],"noise":[2,2],"noise_floor":[1,1]}}`, kind))
	}
	f.Fuzz(func(t *testing.T, text string) {
		var m FactorModel
		if json.Unmarshal([]byte(text), &m) != nil {
			return
		}
		b := &em.Block{Rows: 1, Columns: len(m.Mean), X: m.Mean}
		_ = m.LogProbTo(make([]float64, 1), b)
		_ = m.TransformTo(make([]float64, m.K), b)
		m.Varimax()
		var read FactorModel
		if err := json.Unmarshal(must(json.Marshal(&m))(t), &read); err != nil {
			t.Fatal(err)
		}
	})
}
