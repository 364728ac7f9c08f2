package linear

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/em"
)

// The checkpoint of a run that has ended is not that of one with other settings.
func TestFactorCheckpoint(t *testing.T) {
	src := factorData(3, 60, 5, 2, func(int) float64 { return 1 }, 0)
	c := em.Config{Iterations: 3, Checkpoint: filepath.Join(t.TempDir(), "run")}
	factors := func(s FactorAnalysis) error { _, err := s.Fit(context.Background(), src, c); return err }
	if err := factors(FactorAnalysis{Factors: 2}); err != nil {
		t.Fatal(err)
	}
	if err := factors(FactorAnalysis{Factors: 2}); err != nil {
		t.Error(err)
	}
	_, err := ProbabilisticPCA{Components: 2}.Fit(context.Background(), src, c)
	for i, err := range []error{factors(FactorAnalysis{Factors: 1}), factors(FactorAnalysis{Factors: 2, Floor: 0.1}), err} {
		if !errors.Is(err, em.ErrOtherRun) {
			t.Errorf("other settings %d: %v", i, err)
		}
	}
}

// Statistics of another model, or of no data, change nothing.
func TestStatisticsOfOthers(t *testing.T) {
	src := factorData(3, 60, 5, 2, func(int) float64 { return 1 }, 0)
	factors, err := FactorAnalysis{Factors: 2}.Fit(context.Background(), src, em.Config{Iterations: 2})
	if err != nil {
		t.Fatal(err)
	}
	sparse, err := SparseCoding{Atoms: 3}.Fit(context.Background(), src, em.Config{Iterations: 2})
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]em.Model[*em.Block]{"factors": factors.Model, "sparse": sparse.Model} {
		wantError[*em.KindError](t, name, m.Maximize(em.NewStatistics("x", 2)))
		wantError[*belief.ConfigError](t, name, m.Maximize(m.NewStatistics()))
	}
}

// A model that is none is not written, and says so.
func TestZeroModels(t *testing.T) {
	src := factorData(3, 6, 2, 1, func(int) float64 { return 1 }, 0)
	for name, m := range map[string]interface {
		em.RowModel
		json.Marshaler
		Validate() error
	}{"pca": new(PCAModel), "factors": new(FactorModel), "sparse": new(SparseModel)} {
		if m.Validate() == nil {
			t.Errorf("%s is valid", name)
		}
		if _, err := m.MarshalJSON(); err == nil {
			t.Errorf("%s is written", name)
		}
		if d, ok := m.(em.Density); ok {
			if _, err := em.LogProb(context.Background(), d, src); err == nil {
				t.Errorf("%s has densities", name)
			}
		}
	}
}
