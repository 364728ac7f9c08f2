package linear

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

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
