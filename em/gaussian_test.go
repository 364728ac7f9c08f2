package em

import (
	"context"
	"math"
	"testing"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/datadir"
)

func gaussianTable(t testing.TB, name string, without ...string) *data.Table {
	t.Helper()
	table, err := data.ReadCSVFile(datadir.Path(t, "tables", name), data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	src, err := data.Without(table, without...)
	if err != nil {
		t.Fatal(err)
	}
	table, err = data.ReadAll(src, data.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// Published fits: mclust's of Old Faithful, and that of iris.
func TestGaussianKnownAnswers(t *testing.T) {
	for _, c := range []struct {
		table   string
		without []string
		k       int
		ll, bic float64
	}{
		{"faithful.csv", nil, 2, -1130.264, 2322.192},
		{"iris.csv", []string{"Species"}, 3, -180.1855, 580.839},
	} {
		for seed := range uint64(3) {
			run, err := GaussianMixture{K: c.k}.Fit(context.Background(), gaussianTable(t, c.table, c.without...), Config{Seed: seed, Tolerance: 1e-9})
			if err != nil {
				t.Fatal(err)
			}
			if !run.Converged || math.Abs(run.LogLikelihood-c.ll) > 1e-3 || math.Abs(run.BIC()-c.bic) > 3e-3 || len(run.Warnings) > 0 {
				t.Errorf("%s, seed %d: log-likelihood %.4f, BIC %.3f, converged %t after %d, %v; want %.4f, %.3f", c.table, seed, run.LogLikelihood, run.BIC(), run.Converged, run.Iterations, run.Warnings, c.ll, c.bic)
			}
		}
	}
}
