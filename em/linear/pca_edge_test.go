package linear

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
)

func TestPCADegenerate(t *testing.T) {
	fit := func(s PCA, columns int, x ...float64) (*PCAModel, error) {
		return s.Fit(background, must(data.FromMatrix(x, columns))(t), em.Config{})
	}
	nan, inf := math.NaN(), math.Inf(1)
	_, err := fit(PCA{}, 2, 1, 2, 3, nan)
	wantError[*data.ValueError](t, "missing", err)
	_, err = fit(PCA{}, 2, 1, 2, 3, inf)
	wantError[*data.ValueError](t, "infinite", err)
	_, err = fit(PCA{}, 2, 1, 2)
	wantError[*dist.FitError](t, "one row", err)
	_, err = fit(PCA{}, 2, 0.1, 2, 0.1, 2, 0.1, 2)
	wantError[*dist.FitError](t, "constant columns", err)
	_, err = fit(PCA{}, 1, 1e200, -1e200)
	wantError[*dist.FitError](t, "overflow", err)
	_, err = fit(PCA{Components: 3}, 2, 1, 2, 3, 4, 5, 6)
	wantError[*belief.ConfigError](t, "three of two", err)
	_, err = fit(PCA{Components: 2}, 3, 1, 2, 3)
	wantError[*belief.ConfigError](t, "two of one row", err)
	_, err = PCA{}.Fit(background, nil, em.Config{})
	wantError[*belief.ConfigError](t, "no source", err)
	_, err = PCA{}.Fit(background, must(data.FromMatrix(nil, 2))(t), em.Config{})
	wantError[*belief.ConfigError](t, "no rows", err)
	for _, s := range []PCA{{Components: -1}, {Explained: 2}, {Explained: nan}, {Explained: 0.5, Components: 1}, {Solver: "fast"}, {Solver: Randomized}, {PowerIterations: -1}, {Oversampling: -1}} {
		_, err = fit(s, 1, 1, 2)
		wantError[*belief.ConfigError](t, fmt.Sprintf("%+v", s), err)
	}
	kinds := must(data.NewTable([]data.Column{{Name: "k", Categories: []string{"a", "b"}}}, []float64{0, 1}, nil))(t)
	_, err = PCA{}.Fit(background, kinds, em.Config{})
	wantError[*belief.ConfigError](t, "categories", err)

	// A constant and a doubled column: the rank is one, and there is no density.
	m := must(fit(PCA{Whiten: true}, 3, 1, 2, 5, 2, 4, 5, 4, 8, 5))(t)
	near(t, "component", m.Component(0), []float64{1 / math.Sqrt(5), 2 / math.Sqrt(5), 0}, 1e-14)
	if m.ExplainedVariance[1] != 0 || m.ExplainedVariance[2] != 0 || m.NoiseVariance != 0 {
		t.Errorf("variances %v, noise %v", m.ExplainedVariance, m.NoiseVariance)
	}
	scores := must(Transform(background, m, must(data.FromMatrix([]float64{1, 2, 5}, 3))(t)))(t)
	if scores[1] != 0 || scores[2] != 0 {
		t.Errorf("white scores of no variance: %v", scores)
	}
	wantError[*dist.ParameterError](t, "density", m.LogProbTo(make([]float64, 1), &em.Block{Rows: 1, Columns: 3, X: []float64{1, 2, 5}}))

	// Columns scaled by 1e12, and one among others; far from zero as well.
	table := must(data.FromRows(readGolden(t).Rows))(t)
	want := must(PCA{}.Fit(background, table, em.Config{}))(t)
	big := make([]float64, len(table.Matrix()))
	for i, v := range table.Matrix() {
		big[i] = v * 0x1p40
	}
	m = must(fit(PCA{}, 6, big...))(t)
	near(t, "components of scaled columns", m.Components, want.Components, 1e-12)
	for i, v := range table.Matrix() {
		if big[i] = v; i%6 == 2 {
			big[i] *= 1e12
		}
	}
	m = must(fit(PCA{}, 6, big...))(t)
	// The others are what is left of them after the large one.
	others := must(data.Without(table, table.Columns()[2].Name))(t)
	rest := must(PCA{}.Fit(background, others, em.Config{}))(t)
	if ratio := m.ExplainedVariance[1] / rest.ExplainedVariance[0]; ratio > 1 || ratio < 0.1 {
		t.Errorf("beside a column of 1e12 the second variance is %v, without it %v", m.ExplainedVariance[1], rest.ExplainedVariance[0])
	}
	product, wantProduct := 1.0, 1e24
	for i := range 6 {
		product *= m.ExplainedVariance[i]
		wantProduct *= want.ExplainedVariance[i]
	}
	near(t, "determinant", []float64{product / wantProduct}, []float64{1}, 1e-10)
}

func FuzzPCAModel(f *testing.F) {
	f.Add(`{"kind":"pca","version":1,"model":{"columns":["a","b"],"mean":[0,0],"components":[[1,0]],"explained_variance":[2],"noise_variance":1,"total_variance":3,"weight":5}}`)
	f.Add(`{"kind":"pca","version":1,"model":{"columns":["a"],"mean":[0],"components":[[]],"explained_variance":[],"total_variance":3,"weight":5}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var m PCAModel
		if json.Unmarshal([]byte(text), &m) != nil {
			return
		}
		d := len(m.Mean)
		dst := make([]float64, m.K)
		_ = m.TransformTo(dst, &em.Block{Rows: 1, Columns: d, X: m.Mean})
		m.InverseTo(make([]float64, d), dst, 1)
		_ = m.LogProbTo(make([]float64, 1), &em.Block{Rows: 1, Columns: d, X: m.Mean})
		again := must(json.Marshal(&m))(t)
		var read PCAModel
		if err := json.Unmarshal(again, &read); err != nil {
			t.Fatal(err)
		}
	})
}
