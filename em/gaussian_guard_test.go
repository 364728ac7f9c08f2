package em

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

// A start below the floor is raised to it, so that the objective does not fall.
func TestGaussianStartKeepsToFloor(t *testing.T) {
	table, err := data.FromRows([][]float64{{1, 1}, {2, 4}, {3, 2}, {9, 8}, {8, 6}, {9, 7}})
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []Covariance{Full, Tied, Diagonal, Spherical} {
		tight, err := GaussianMixture{K: 3, Covariance: form, Floor: 1e-8, Tries: 1}.Fit(context.Background(), table, Config{Iterations: 40})
		if err != nil {
			t.Fatal(err)
		}
		run, err := GaussianMixture{K: 3, Covariance: form, Floor: 0.2, Start: tight.Model}.Fit(context.Background(), table, Config{})
		if err != nil {
			t.Fatal(err)
		}
		if codes := gaussianCodes(run.Warnings); slices.Contains(codes, "objective-fell") {
			t.Errorf("%v: %v", form, run.Warnings)
		}
	}
}

// What a file says of its frame and its columns is not trusted.
func TestGaussianJSONFrame(t *testing.T) {
	text, err := json.Marshal(farMixture(t, Full))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		field string
		value any
	}{
		{"origin", []float64{1e308, -1e308}}, {"origin", []float64{1e12, 0}}, {"scale", []float64{1e-140, 1e140}},
		{"scale", []float64{1, 1e-14}}, {"columns", []string{"a", "a"}}, {"columns", []string{"a", ""}},
	} {
		var form map[string]any
		if err := json.Unmarshal(text, &form); err != nil {
			t.Fatal(err)
		}
		into := form
		if into[c.field] == nil { // it stands in the body
			for _, v := range form {
				if body, ok := v.(map[string]any); ok && body[c.field] != nil {
					into = body
				}
			}
		}
		if into[c.field] == nil {
			t.Fatalf("no %s in %s", c.field, text)
		}
		into[c.field] = c.value
		changed, err := json.Marshal(form)
		if err != nil {
			t.Fatal(err)
		}
		var want *belief.ConfigError
		if err := new(GaussianModel).UnmarshalJSON(changed); !errors.As(err, &want) {
			t.Errorf("%s %v: %v", c.field, c.value, err)
		}
	}
}

// Errors of settings and data say where the mistake is.
func TestGaussianErrorsNameTheCause(t *testing.T) {
	nan := math.NaN()
	x := []float64{1, 2, 3, 5, 4, 4, 2, 7}
	other, err := NewGaussianModel(GaussianParameters{Columns: []string{"b", "a"}, Weights: []float64{1}, Means: [][]float64{{1, 2}}, Covariances: [][][]float64{{{1, 0}, {0, 1}}}})
	if err != nil {
		t.Fatal(err)
	}
	narrow, err := NewGaussianModel(GaussianParameters{Weights: []float64{1}, Means: [][]float64{{1e200, 2}}, Covariances: [][][]float64{{{1, 0}, {0, 1}}}})
	if err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]struct {
		g       GaussianMixture
		x       []float64
		weights []float64
	}{
		`column "b" of row 0 is NaN; it must be a number in some row whose`: {GaussianMixture{K: 1}, []float64{1, nan, 2, nan, 3, nan, 4, 7}, []float64{1, 1, 1, 0}},
		"setting weights is 4e+300":                                         {GaussianMixture{K: 2}, x, []float64{1e300, 1e300, 1e300, 1e300}},
		"setting Start is of columns [\"b\"":                                {GaussianMixture{K: 1, Start: other}, x, nil},
		"no component reaches row 0":                                        {GaussianMixture{K: 1, Start: narrow}, x, nil},
		"K is 400000; it must be at most 1000":                              {GaussianMixture{K: 400000}, x, nil},
	} {
		table, err := data.NewTable(data.Numbers("a", "b"), c.x, c.weights)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.g.Fit(context.Background(), table, Config{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

// Starts look at the context.
func TestGaussianStartsCanBeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := nearestCenters(ctx, make([]int, 2), []float64{1, 2}, []float64{3}, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("nearest centers: %v", err)
	}
	table, err := data.FromRows([][]float64{{1, 1}, {2, 4}, {3, 2}})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := NewRows(context.Background(), table, Config{}, AllowMissing)
	if err != nil {
		t.Fatal(err)
	}
	b, err := GaussianMixture{K: 2, Init: RandomStart}.newBeginner(context.Background(), rows, Config{})
	if err != nil {
		t.Fatal(err)
	}
	block := Block{Rows: 3, Columns: 2, X: table.Matrix()}
	if _, _, err := b.shortRun(ctx, &block, rand.New(rand.NewPCG(1, 1))); !errors.Is(err, context.Canceled) {
		t.Errorf("a short run: %v", err)
	}
}

func TestSelectWithoutFit(t *testing.T) {
	_, err := Select(context.Background(), nil, []int{1}, BIC, func(context.Context, int) (*Run[*GaussianModel], error) { return nil, nil })
	if err == nil {
		t.Error("no fit, and no error")
	}
}
