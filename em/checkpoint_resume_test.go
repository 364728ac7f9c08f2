package em

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief/data"
)

// checkpointParts fits at once, and with a checkpoint and an interruption after every two
// iterations.
func checkpointParts[M json.Marshaler](t *testing.T, name string, c Config, fit func(ctx context.Context, c Config) (*Run[M], error)) {
	t.Helper()
	want, err := fit(context.Background(), c)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	c.Checkpoint = filepath.Join(t.TempDir(), "run")
	for part := 0; ; part++ {
		ctx, cancel := context.WithCancel(context.Background())
		n := 0
		c.Progress = func(Step) {
			if n++; n == 2 {
				cancel()
			}
		}
		got, err := fit(ctx, c)
		cancel()
		if err == context.Canceled && part < 1000 {
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if part < 2 {
			t.Errorf("%s: only %d parts", name, part)
		}
		if d := cmp.Diff(want.History, got.History); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		a, _ := want.Model.MarshalJSON()
		b, _ := got.Model.MarshalJSON()
		if !bytes.Equal(a, b) {
			t.Errorf("%s: %s\nwithout interruption %s", name, b, a)
		}
		if d := cmp.Diff(want.Warnings, got.Warnings); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		return
	}
}

// What the settings hold and a saved model does not is there after an interruption.
func TestCheckpointResumes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 8))
	x := make([]float64, 400)
	for i := range x {
		x[i] = r.NormFloat64() + float64(i%3)
	}
	table, err := data.FromMatrix(x, 2)
	if err != nil {
		t.Fatal(err)
	}
	for name, g := range map[string]GaussianMixture{
		"full":      {K: 2, Prior: &GaussianPrior{Shrinkage: 5, Degrees: 40}, Concentration: 30},
		"tied":      {K: 3, Covariance: Tied, Prior: &GaussianPrior{}},
		"spherical": {K: 2, Covariance: Spherical, Floor: 0.9},
	} {
		checkpointParts(t, name, Config{Iterations: 7, Tolerance: -1, Starts: 2}, func(ctx context.Context, c Config) (*Run[*GaussianModel], error) {
			return g.Fit(ctx, table, c)
		})
	}
	for name, k := range map[string]KMeans{"squares": {K: 9}, "cosine": {K: 7, Metric: Cosine, Algorithm: Elkan}, "manhattan": {K: 6, Metric: Manhattan}} {
		checkpointParts(t, name, Config{Starts: 3}, func(ctx context.Context, c Config) (*Run[*KMeansModel], error) {
			return k.Fit(ctx, table, c)
		})
	}
	prior := HMMPrior{Initial: 2, Transition: 3, Sticky: 20, Symbols: 4, Normal: &HMMNormalPrior{Scale: 2}}
	ties := HMMTies{Emission: []int{0, 1, 0}, Transition: []int{0, 1, 1}}
	numbers, err := data.NewSequences(table, []int{80, 70, 50})
	if err != nil {
		t.Fatal(err)
	}
	symbols := hmmSymbols(t, r, 3, 0.1, 30, 40, 20)
	for name, seqs := range map[string]*data.Sequences{"numbers": numbers, "symbols": symbols} {
		checkpointParts(t, name, Config{Iterations: 8, Tolerance: -1, Starts: 2}, func(ctx context.Context, c Config) (*Run[*HiddenMarkovModel], error) {
			return HiddenMarkov{States: 3, Prior: prior, Ties: ties}.Fit(ctx, seqs, c)
		})
	}
}
