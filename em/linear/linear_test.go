package linear

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

var background = context.Background()

// golden are numbers of scikit-learn: testdata/golden.py.
type golden struct {
	Rows [][]float64
	PCA  struct {
		Mean, Ratio, Singular, Variance []float64
		Components, Scores, White       [][]float64
		Noise                           float64
	}
	Wide struct {
		Components [][]float64
		Singular   []float64
	}
	FA struct {
		LogLikelihood       float64 `json:"log_likelihood"`
		Noise, Mean         []float64
		Covariance, Varimax [][]float64
	}
	Sparse struct {
		Atoms, Rows, Lasso, Lars [][]float64
		Eta                      float64
	}
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	text, err := os.ReadFile("testdata/golden.json")
	if err == nil {
		err = json.Unmarshal(text, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d numbers, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tolerance*(1+math.Abs(want[i]))) {
			t.Errorf("%s[%d] is %v, want %v", what, i, got[i], want[i])
			return
		}
	}
}

// upToSign turns x so that it points where y does.
func upToSign(x, y []float64) []float64 {
	s, out := 0.0, make([]float64, len(x))
	for i := range x {
		s += x[i] * y[i]
	}
	for i := range x {
		out[i] = math.Copysign(1, s) * x[i]
	}
	return out
}

func flat(rows [][]float64) (out []float64) {
	for _, r := range rows {
		out = append(out, r...)
	}
	return out
}

func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wantError[E error](t *testing.T, what string, err error) {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Errorf("%s: the error is %v, a %T; want a %T", what, err, err, e)
	}
}

// streamed hides that a table is in memory.
type streamed struct{ data.Source }

func blockOf(t *data.Table) *em.Block {
	return &em.Block{Rows: t.Rows(), Columns: len(t.Columns()), X: t.Matrix(), Weights: t.Weights()}
}
