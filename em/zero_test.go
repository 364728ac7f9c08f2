package em

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/belief-go/belief/data"
)

// A model that is none says so.
func TestZeroModels(t *testing.T) {
	ctx := context.Background()
	table, err := data.FromMatrix([]float64{1, 2, 3, 4}, 2)
	if err != nil {
		t.Fatal(err)
	}
	sequences, err := data.NewSequences(table, []int{2})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"x1", "x2"}
	for name, m := range map[string]interface {
		json.Marshaler
		Validate() error
	}{
		"by hand": &GaussianModel{Weights: []float64{1}},
		"mixture": new(MixtureModel), "kmeans": new(KMeansModel), "gaussian": new(GaussianModel), "bayes": new(BayesianGaussianModel),
		"hmm": new(HiddenMarkovModel), "lds": new(LinearDynamicsModel), "network": new(NetworkModel),
		"ragged":         &KMeansModel{Names: names, Centers: [][]float64{{1, 2}, {3}}},
		"no centres":     &KMeansModel{Names: names},
		"without length": &KMeansModel{Names: names, Metric: Cosine, Centers: [][]float64{{0, 0}}},
	} {
		if err := m.Validate(); err == nil {
			t.Errorf("%s is valid", name)
		}
		if text, err := m.MarshalJSON(); err == nil {
			t.Errorf("%s is written: %s", name, text)
		}
		if m, ok := m.(Clustering); ok {
			if _, err := Labels(ctx, m, table); err == nil {
				t.Errorf("%s has labels", name)
			}
		}
		if m, ok := m.(Density); ok {
			if _, err := LogProb(ctx, m, table); err == nil {
				t.Errorf("%s has densities", name)
			}
		}
		switch m := m.(type) {
		case *HiddenMarkovModel:
			_, err = m.LogProb(ctx, sequences)
		case *LinearDynamicsModel:
			_, err = m.LogProb(sequences)
		case *KMeansModel:
			err = m.DistancesTo(make([]float64, 2*len(m.Centers)), &Block{Rows: 2, Columns: 2, X: table.Matrix()})
			if e := m.Expect(&Block{Rows: 2, Columns: 2, X: table.Matrix()}, new(Statistics)); e == nil {
				t.Errorf("%s has an E step", name)
			}
		default:
			continue
		}
		if err == nil {
			t.Errorf("%s answers", name)
		}
	}
}
