package em

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/datadir"
)

// The clusters of k-means have the silhouettes and the index that scikit-learn finds.
func TestSilhouettePeer(t *testing.T) {
	for i, g := range readKMeansGolden(t).Fits {
		if g.Weighted {
			continue
		}
		x := madeUpRows(g.Rows, g.Columns, g.Clusters, g.Spread)
		src, err := data.FromMatrix(x, g.Columns)
		if err != nil {
			t.Fatal(err)
		}
		m := &KMeansModel{Centers: g.Centers}
		for _, c := range src.Columns() {
			m.Names = append(m.Names, c.Name)
		}
		labels, err := Labels(context.Background(), m, src)
		if err != nil {
			t.Fatal(err)
		}
		score := func(s Silhouette) *Silhouettes {
			got, err := s.Score(context.Background(), src, labels)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		got := score(Silhouette{Workers: 2})
		if math.Abs(got.Mean-g.Silhouette) > 1e-9 || got.StdErr != 0 || got.Rows != nil {
			t.Errorf("fit %d: %v ± %v, want %v", i, got.Mean, got.StdErr, g.Silhouette)
		}
		for r, want := range g.Silhouettes {
			if math.Abs(got.Values[r]-want) > 1e-9 {
				t.Errorf("fit %d, row %d: %v, want %v", i, r, got.Values[r], want)
			}
		}
		index, err := DaviesBouldin(context.Background(), src, labels)
		if err != nil || math.Abs(index-g.DaviesBouldin) > 1e-9 {
			t.Errorf("fit %d: Davies and Bouldin's index %v, want %v; %v", i, index, g.DaviesBouldin, err)
		}
		if g.Rows > 1500 { // in time
			continue
		}
		if got := score(Silhouette{Metric: Manhattan}).Mean; math.Abs(got-g.SilhouetteManhattan) > 1e-9 {
			t.Errorf("fit %d: by Manhattan distances %v, want %v", i, got, g.SilhouetteManhattan)
		}
		if g.SilhouetteCosine != nil {
			if got := score(Silhouette{Metric: Cosine}).Mean; math.Abs(got-*g.SilhouetteCosine) > 1e-9 {
				t.Errorf("fit %d: by cosines %v, want %v", i, got, *g.SilhouetteCosine)
			}
		}
	}
}

// A row of weight 2 counts as two, a row of weight 0 not at all.
func TestSilhouetteWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, weights := drawKMeans(t, 2)
		n := min(60, len(weights))
		var many []float64
		var labels, manyLabels, from []int
		for i := range n {
			label := 10 * (i % 3)
			labels = append(labels, label)
			for range int(weights[i]) {
				many, manyLabels, from = append(many, x[2*i:2*i+2]...), append(manyLabels, label), append(from, i)
			}
		}
		weighted, err := data.NewTable(kmeansColumns(2), x[:2*n], weights[:n])
		if err != nil {
			t.Fatal(err)
		}
		repeated, err := data.FromMatrix(many, 2)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Silhouette{}.Score(context.Background(), weighted, labels)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Silhouette{}.Score(context.Background(), repeated, manyLabels)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.Mean-want.Mean) > 1e-9 {
			t.Fatalf("mean %v, want %v", got.Mean, want.Mean)
		}
		for r, i := range from {
			if math.Abs(got.Values[i]-want.Values[r]) > 1e-9 {
				t.Fatalf("row %d: %v, want %v", i, got.Values[i], want.Values[r])
			}
		}
		a, err := DaviesBouldin(context.Background(), weighted, labels)
		if err != nil {
			t.Fatal(err)
		}
		b, err := DaviesBouldin(context.Background(), repeated, manyLabels)
		if err != nil {
			t.Fatal(err)
		}
		if !kmeansNear(a, b, 1e-6) {
			t.Fatalf("Davies and Bouldin's index %v, want %v", a, b)
		}
	})
}

// Means of samples spread about the mean of all rows as their standard errors say: the sum
// of 200 squared standardized errors lies between 113 and 312 but once in a million times.
func TestSilhouetteSample(t *testing.T) {
	src, err := data.FromMatrix(madeUpRows(400, 2, 3, 2), 2)
	if err != nil {
		t.Fatal(err)
	}
	run, err := KMeans{K: 3}.Fit(context.Background(), src, Config{})
	if err != nil {
		t.Fatal(err)
	}
	labels, err := Labels(context.Background(), run.Model, src)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Silhouette{}.Score(context.Background(), src, labels)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for seed := range uint64(200) {
		some, err := Silhouette{Sample: 300, Seed: seed}.Score(context.Background(), src, labels)
		if err != nil {
			t.Fatal(err)
		}
		if len(some.Rows) != 300 || !slices.IsSorted(some.Rows) || some.Values[299] != all.Values[some.Rows[299]] {
			t.Fatalf("rows %v", some.Rows)
		}
		z := (some.Mean - all.Mean) / some.StdErr
		sum += z * z
	}
	if sum < 113 || sum > 312 {
		t.Errorf("the sum of 200 squared standardized errors is %v", sum)
	}
}

func TestSilhouetteErrors(t *testing.T) {
	src, err := data.FromRows([][]float64{{1}, {2}, {5}})
	if err != nil {
		t.Fatal(err)
	}
	var config *belief.ConfigError
	for _, labels := range [][]int{{0, 1}, {0, 0, 0}} {
		if _, err := (Silhouette{}).Score(context.Background(), src, labels); !errors.As(err, &config) || config.Field != "labels" {
			t.Errorf("labels %v: %v", labels, err)
		}
		if _, err := DaviesBouldin(context.Background(), src, labels); !errors.As(err, &config) || config.Field != "labels" {
			t.Errorf("labels %v: %v", labels, err)
		}
	}
	if one, err := (Silhouette{Sample: 1}).Score(context.Background(), src, []int{0, 0, 1}); err != nil || !math.IsInf(one.StdErr, 1) || len(one.Values) != 1 {
		t.Errorf("a sample of one: %v, %v", one, err)
	}
	for _, s := range []Silhouette{{Sample: -1}, {Metric: 7}} {
		if _, err := s.Score(context.Background(), src, []int{0, 0, 1}); !errors.As(err, &config) {
			t.Errorf("%v: %v", s, err)
		}
	}
	var large *belief.TooLargeError
	if _, err := (Silhouette{Memory: 1}).Score(context.Background(), notInMemory{src}, []int{0, 0, 1}); !errors.As(err, &large) {
		t.Errorf("little memory: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (Silhouette{}).Score(ctx, src, []int{0, 0, 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestKMeansComparisons(t *testing.T) {
	for i, c := range readKMeansGolden(t).Comparisons {
		for _, f := range []struct {
			name string
			of   func(a, b []int) float64
			want float64
		}{
			{"adjusted Rand", AdjustedRand, c.AdjustedRand},
			{"mutual", MutualInformation, c.Mutual},
			{"normalized", NormalizedMutualInformation, c.Normalized},
			{"adjusted", AdjustedMutualInformation, c.Adjusted},
		} {
			if got := f.of(c.First, c.Second); math.Abs(got-f.want) > 1e-9 {
				t.Errorf("%d: %s is %v, want %v", i, f.name, got, f.want)
			}
			// Other names of the clusters make no difference.
			renamed := make([]int, len(c.First))
			for r, l := range c.First {
				renamed[r] = math.MaxInt32 - 7*l
			}
			if got := f.of(c.Second, renamed); math.Abs(got-f.want) > 1e-9 {
				t.Errorf("%d: renamed and the other way round, %s is %v, want %v", i, f.name, got, f.want)
			}
		}
	}
	// On average random labels have an index of 0, which the mutual information has not.
	rng := rand.New(rand.NewPCG(1, 2))
	a, b := make([]int, 30), make([]int, 30)
	rand, mutual := 0.0, 0.0
	const draws = 400
	for range draws {
		for i := range a {
			a[i], b[i] = i%4, i%5
		}
		rng.Shuffle(30, func(i, j int) { a[i], a[j] = a[j], a[i] })
		rand += AdjustedRand(a, b) / draws
		mutual += AdjustedMutualInformation(a, b) / draws
	}
	// Their standard deviations are below 0.06 and 0.11, see the five sigmas.
	if math.Abs(rand) > 5*0.06/20 || math.Abs(mutual) > 5*0.11/20 {
		t.Errorf("random labels have a mean of %v and %v", rand, mutual)
	}
}

// The clusters of Fisher's iris data against the species: 0.7302 (Rand), as everywhere.
func TestKMeansIrisSpecies(t *testing.T) {
	iris, err := data.ReadCSVFile(datadir.Path(t, "tables", "iris.csv"), data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	src, err := data.Without(iris, "Species")
	if err != nil {
		t.Fatal(err)
	}
	run, err := KMeans{K: 3}.Fit(context.Background(), src, Config{})
	if err != nil {
		t.Fatal(err)
	}
	labels, err := Labels(context.Background(), run.Model, src)
	if err != nil {
		t.Fatal(err)
	}
	species, err := iris.Column("Species")
	if err != nil {
		t.Fatal(err)
	}
	var truth []int
	for _, v := range species {
		truth = append(truth, int(v))
	}
	if got := AdjustedRand(labels, truth); math.Abs(got-0.7302) > 5e-5 {
		t.Errorf("adjusted Rand index %v", got)
	}
	s, err := Silhouette{}.Score(context.Background(), src, labels)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(s.Mean-0.5528) > 5e-5 {
		t.Errorf("mean silhouette %v", s.Mean)
	}
}

// The unit of the rows is no matter, whatever becomes of squares in it.
func TestSilhouetteOfLargeAndSmallRows(t *testing.T) {
	for _, c := range []struct{ x, want []float64 }{
		{[]float64{1e300, 3, 3, -1e300}, []float64{1 - 1/1.5, -0.5, -0.5, 1 - 1/1.5}},
		{[]float64{0, 1e-300, 5e-300, 6e-300}, []float64{1 - 1/5.5, 1 - 1/4.5, 1 - 1/4.5, 1 - 1/5.5}},
	} {
		src, err := data.FromMatrix(c.x, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, metric := range []Metric{SquaredEuclidean, Manhattan} {
			got, err := Silhouette{Metric: metric}.Score(context.Background(), src, []int{0, 0, 1, 1})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got.Values, cmpopts.EquateApprox(0, 1e-12)); d != "" {
				t.Errorf("%v, %v: %s", c.x, metric, d)
			}
		}
		if v, err := DaviesBouldin(context.Background(), src, []int{0, 0, 1, 1}); err != nil || !(v > 0 && v < 10) {
			t.Errorf("%v: Davies and Bouldin's index is %v, %v", c.x, v, err)
		}
	}
}
