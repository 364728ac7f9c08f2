package em

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief/data"
)

// What is saved reads back to the bit, and says the same of rows.
func TestKMeansSaved(t *testing.T) {
	src, err := data.FromMatrix(madeUpRows(1200, 3, 4, 2), 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, metric := range kmeansMetrics {
		run, err := KMeans{K: 4, Metric: metric}.Fit(context.Background(), src, Config{})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(run.Model)
		if err != nil {
			t.Fatal(err)
		}
		var read KMeansModel
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(read.Centers, run.Model.Centers) || !cmp.Equal(read.Sizes, run.Model.Sizes) || read.Inertia != run.Model.Inertia || read.Metric != metric || !cmp.Equal(read.Columns(), run.Model.Columns()) {
			t.Errorf("%v: read %s", metric, text)
		}
		labels, err := Labels(context.Background(), &read, src)
		if err != nil {
			t.Fatal(err)
		}
		// The nearest by DistancesTo, the first of those that are equally near.
		d := make([]float64, 4)
		inertia := 0.0
		sizes := make([]float64, 4)
		for i, label := range labels {
			if err := read.DistancesTo(d, &Block{Rows: 1, Columns: 3, X: src.Row(i)}); err != nil {
				t.Fatal(err)
			}
			if least := slices.Index(d, slices.Min(d)); least != label {
				t.Fatalf("%v: row %d is in cluster %d, its distances are %v", metric, i, label, d)
			}
			inertia += d[label]
			sizes[label]++
		}
		if !kmeansNear(inertia, read.Inertia, 1e-12) || !cmp.Equal(sizes, read.Sizes) {
			t.Errorf("%v: inertia %v, sizes %v; want %v, %v", metric, inertia, sizes, read.Inertia, read.Sizes)
		}
	}
}

// Rows that no fit would take: what is missing is an error, what is huge has a place.
func TestKMeansOddRows(t *testing.T) {
	m := &KMeansModel{Names: []string{"a", "b"}, Centers: [][]float64{{0, 0}, {1, 1}}}
	dst := make([]float64, 2)
	var bad *data.ValueError
	for _, x := range [][]float64{{1, math.NaN()}, {1, math.Inf(1)}} {
		if err := m.ResponsibilitiesTo(dst, &Block{First: 7, Rows: 1, Columns: 2, X: x}); !errors.As(err, &bad) || bad.Column != "b" || bad.Row != 7 {
			t.Errorf("%v: %v", x, err)
		}
	}
	for _, x := range [][]float64{{1e200, 1e200}, {1e308, -1e308}, {3, 3}} {
		if err := m.ResponsibilitiesTo(dst, &Block{Rows: 1, Columns: 2, X: x}); err != nil || dst[0]+dst[1] != 1 {
			t.Errorf("%v: %v, %v", x, dst, err)
		}
	}
	m = &KMeansModel{Names: m.Names, Metric: Cosine, Centers: [][]float64{{1, 0}, {0, 1}}}
	if err := m.DistancesTo(dst, &Block{Rows: 1, Columns: 2, X: []float64{0, 0}}); !errors.As(err, &bad) {
		t.Errorf("a row of zeros: %v", err)
	}
	for _, x := range [][]float64{{1e-300, 1e-305}, {1e300, 1e295}} {
		if err := m.DistancesTo(dst, &Block{Rows: 1, Columns: 2, X: x}); err != nil || !(math.Abs(dst[0]) < 1e-9 && math.Abs(dst[1]-1) < 1e-4) {
			t.Errorf("%v: %v, %v", x, dst, err)
		}
	}
}

func TestKMeansValidate(t *testing.T) {
	for _, text := range []string{
		`{"kind":"kmeans","version":1,"model":{"columns":["a"],"metric":"squared-euclidean","centers":[],"inertia":0}}`,
		`{"kind":"kmeans","version":1,"model":{"columns":[],"metric":"squared-euclidean","centers":[[]],"inertia":0}}`,
		`{"kind":"kmeans","version":1,"model":{"columns":["a"],"metric":"squared-euclidean","centers":[[1,2]],"inertia":0}}`,
		`{"kind":"kmeans","version":1,"model":{"columns":["a","a"],"metric":"squared-euclidean","centers":[[1,2]],"inertia":0}}`,
		`{"kind":"kmeans","version":1,"model":{"columns":["a"],"metric":"cosine","centers":[[2]],"inertia":0}}`,
		`{"kind":"kmeans","version":1,"model":{"columns":["a"],"metric":"squared","centers":[[2]],"inertia":0}}`,
		`{"kind":"kmeans","version":1,"model":{"columns":["a"],"metric":"manhattan","centers":[[2]],"inertia":-1}}`,
		`{"kind":"kmeans","version":1,"model":{"columns":["a"],"metric":"manhattan","centers":[[2]],"inertia":null}}`,
		`{"kind":"kmeans","version":1,"model":{"columns":["a"],"metric":"manhattan","centers":[[2]],"sizes":[1,2],"inertia":1}}`,
		`{"kind":"kmeans","version":1,"model":{"columns":["a"],"metric":"manhattan","centers":[[2]],"sizes":[-1],"inertia":1}}`,
		`{"kind":"other","version":1,"model":{}}`,
		`{`,
	} {
		m := KMeansModel{Inertia: 5}
		if err := m.UnmarshalJSON([]byte(text)); err == nil || m.Inertia != 5 {
			t.Errorf("read: %s", text)
		}
	}
}

// Whatever is read can be used.
func FuzzKMeansModel(f *testing.F) {
	for _, m := range []*KMeansModel{
		{Names: []string{"a"}, Centers: [][]float64{{1}, {2}}},
		{Names: []string{"a", "b"}, Metric: Cosine, Centers: [][]float64{{0.6, 0.8}}, Sizes: []float64{3}, Inertia: 2},
		{Names: []string{"a"}, Metric: Manhattan, Centers: [][]float64{{1e308}}, Inertia: math.Inf(1)},
	} {
		text, err := m.MarshalJSON()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var m KMeansModel
		if m.UnmarshalJSON(text) != nil {
			return
		}
		x := slices.Repeat([]float64{1}, len(m.Names))
		dst := make([]float64, m.Components())
		if err := m.ResponsibilitiesTo(dst, &Block{Rows: 1, Columns: len(x), X: x}); err != nil {
			t.Fatal(err)
		}
		if _, err := m.MarshalJSON(); err != nil {
			t.Fatal(err)
		}
	})
}
