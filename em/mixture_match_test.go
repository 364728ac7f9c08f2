package em

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist/expfam"
)

// A table whose categories are numbered otherwise gets the same answers, row by row.
func TestMixtureMatch(t *testing.T) {
	table := func(categories []string, x ...float64) *data.Table {
		t.Helper()
		tab, err := data.NewTable([]data.Column{{Name: "a", Categories: categories}, {Name: "b"}}, x, nil)
		if err != nil {
			t.Fatal(err)
		}
		return tab
	}
	src := table([]string{"u", "v", "w"}, 0, 1, 1, 0, 2, 1, 0, 0, 2, math.NaN(), math.NaN(), 1)
	ctx := context.Background()
	run, err := Mixture{K: 2, Columns: []expfam.Family{nil, expfam.Bernoulli{}}, Smoothing: 1}.Fit(ctx, src, Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	want, err := LogProb(ctx, run.Model, src)
	if err != nil {
		t.Fatal(err)
	}
	other := table([]string{"w", "u", "v"}, 1, 1, 2, 0, 0, 1, 1, 0, 0, math.NaN(), math.NaN(), 1)
	got, err := LogProb(ctx, run.Model, other)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("row %d: %v, want %v", i, got[i], want[i])
		}
	}
	if want[0] == want[1] || want[0] == want[2] {
		t.Errorf("rows do not tell categories apart: %v", want)
	}
	var unknown *belief.UnknownNameError
	if _, err := LogProb(ctx, run.Model, table([]string{"x"}, 0, 1)); !errors.As(err, &unknown) || unknown.Name != "x" {
		t.Errorf("an unknown category: %v", err)
	}
	var config *belief.ConfigError
	if _, err := LogProb(ctx, run.Model, table(nil, 0, 1)); !errors.As(err, &config) {
		t.Errorf("numbers for categories: %v", err)
	}
	normal, err := GaussianMixture{K: 1}.Fit(ctx, table(nil, 0, 1, 2, 3, 1, 5), Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := LogProb(ctx, normal.Model, other); !errors.As(err, &config) {
		t.Errorf("categories for numbers: %v", err)
	}
}

// A fit that begins with a model knows its categories by their names.
func TestMixtureStartMatches(t *testing.T) {
	table := func(categories []string, x ...float64) *data.Table {
		return mixtureTable(t, []data.Column{{Name: "a", Categories: categories}, {Name: "b", Categories: []string{"n", "y"}}}, x, nil)
	}
	src := table([]string{"u", "v", "w"}, 0, 1, 1, 0, 2, 1, 0, 0, 2, 1, 0, 1)
	other := table([]string{"w", "u", "v"}, 1, 1, 2, 0, 0, 1, 1, 0, 0, 1, 1, 1)
	ctx := context.Background()
	start, err := Mixture{K: 2, Columns: []expfam.Family{nil, expfam.Bernoulli{}}, Smoothing: 1}.Fit(ctx, src, Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var objectives []float64
	for _, s := range []data.Source{src, other} {
		run, err := Mixture{Start: start.Model, Smoothing: 1}.Fit(ctx, s, Config{Iterations: 1, Tolerance: -1})
		if err != nil {
			t.Fatal(err)
		}
		objectives = append(objectives, run.History...)
	}
	if objectives[0] != start.Objective || objectives[2] != objectives[0] || objectives[3] != objectives[1] {
		t.Errorf("objectives %v, want those of %v twice", objectives, start.Objective)
	}
}
