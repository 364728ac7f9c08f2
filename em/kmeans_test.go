package em

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/patience"
)

// Columns far from zero, and of very different sizes, cost no digits: the clusters are
// those of the same rows about zero.
func TestKMeansFarFromZero(t *testing.T) {
	const n, d, k = 400, 3, 4
	x := madeUpRows(n, d, k, 3)
	for i := range x {
		x[i] = math.Round(x[i]*1024) / 1024 // shifted without rounding
	}
	var begin [][]float64
	for j := range k {
		begin = append(begin, slices.Clone(x[j*d:(j+1)*d]))
	}
	fit := func(x []float64, begin [][]float64, a KMeansAlgorithm) *KMeansModel {
		src, err := data.FromMatrix(x, d)
		if err != nil {
			t.Fatal(err)
		}
		run, err := KMeans{Centers: begin, Algorithm: a}.Fit(context.Background(), src, Config{})
		if err != nil {
			t.Fatal(err)
		}
		if !run.Converged {
			t.Errorf("not converged: %v", run.History)
		}
		return run.Model
	}
	want := fit(x, begin, Lloyd)
	for _, shift := range []float64{1 << 20, -1 << 30, 1 << 40} {
		for _, a := range []KMeansAlgorithm{Lloyd, Hamerly, Elkan} {
			far, farBegin := slices.Clone(x), [][]float64{}
			for i := range far {
				far[i] += shift
			}
			for j := range k {
				farBegin = append(farBegin, far[j*d:(j+1)*d])
			}
			got := fit(far, farBegin, a)
			// A centre is rounded to a unit in the last place of the shift.
			if unit := math.Abs(shift) * ulp; math.Abs(got.Inertia-want.Inertia) > n*d*unit*unit+1e-10*want.Inertia || !slices.Equal(got.Sizes, want.Sizes) {
				t.Errorf("shifted by %g, %v: inertia %.12g, sizes %v; want %.12g, %v", shift, a, got.Inertia, got.Sizes, want.Inertia, want.Sizes)
			}
		}
	}
	// Powers of two change nothing at all.
	for _, scale := range []float64{0x1p-300, 0x1p40, 0x1p300} {
		scaled, scaledBegin := slices.Clone(x), [][]float64{}
		for i := range scaled {
			scaled[i] *= scale
		}
		for j := range k {
			scaledBegin = append(scaledBegin, scaled[j*d:(j+1)*d])
		}
		if got := fit(scaled, scaledBegin, Hamerly); !kmeansNear(got.Inertia/scale/scale, want.Inertia, 1e-12) {
			t.Errorf("scaled by %g: inertia %g; want %g", scale, got.Inertia/scale/scale, want.Inertia)
		}
	}
}

// Where clusters are so near to each other, and so far from zero, that products have no
// digit left to tell their distances apart, the distances decide.
func TestKMeansTightClusters(t *testing.T) {
	const n, far = 400, 1e8
	var x []float64
	var want []int
	for i := range n {
		noise := 0.8 * (madeUp(uint64(2*i)) - 0.5)
		x = append(x, far*float64(i%4/2*2-1)+float64(i%2)+noise, madeUp(uint64(2*i+1)))
		want = append(want, i%4)
	}
	src, err := data.FromMatrix(x, 2)
	if err != nil {
		t.Fatal(err)
	}
	begin := [][]float64{{-far - 0.4, 0.5}, {-far + 0.1, 0.5}, {far - 0.4, 0.5}, {far + 0.1, 0.5}}
	for _, a := range []KMeansAlgorithm{Lloyd, Hamerly, Elkan} {
		run, err := KMeans{Centers: begin, Algorithm: a}.Fit(context.Background(), src, Config{})
		if err != nil {
			t.Fatal(err)
		}
		labels, err := Labels(context.Background(), run.Model, src)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(labels, want) || !cmp.Equal(run.Model.Sizes, []float64{100, 100, 100, 100}) {
			t.Errorf("%v: sizes %v, labels %v", a, run.Model.Sizes, labels[:20])
		}
	}
}

// A cluster that runs empty goes to the row that is farthest from its centre, and a
// warning says so; where there is none, because all are at a centre, it stays.
func TestKMeansEmptyClusters(t *testing.T) {
	src, err := data.FromRows([][]float64{{0}, {1}, {2}, {10}, {11}, {50}})
	if err != nil {
		t.Fatal(err)
	}
	for _, metric := range []Metric{SquaredEuclidean, Manhattan} {
		for _, a := range []KMeansAlgorithm{Lloyd, Hamerly, Elkan} {
			run, err := KMeans{Metric: metric, Algorithm: a, Centers: [][]float64{{1}, {1000}, {-1000}}}.Fit(context.Background(), src, Config{})
			if err != nil {
				t.Fatal(err)
			}
			if want := [][]float64{{1}, {50}, {10.5}}; !cmp.Equal(run.Model.Centers, want) {
				t.Errorf("%v %v: centers %v, want %v", metric, a, run.Model.Centers, want)
			}
			if len(run.Warnings) != 1 || run.Warnings[0].Code != "empty-cluster-moved" {
				t.Errorf("%v %v: warnings %v", metric, a, run.Warnings)
			}
		}
	}
	for _, init := range []KMeansInit{KMeansPlusPlus, KMeansRandom} {
		src, err := data.FromRows([][]float64{{1, 2}, {1, 2}, {3, 4}, {3, 4}, {3, 4}})
		if err != nil {
			t.Fatal(err)
		}
		run, err := KMeans{K: 4, Init: init}.Fit(context.Background(), src, Config{})
		if err != nil {
			t.Fatal(err)
		}
		if run.Model.Inertia != 0 || !slices.ContainsFunc(run.Warnings, func(w belief.Warning) bool { return w.Code == "empty-cluster" }) {
			t.Errorf("%v: inertia %v, warnings %v", init, run.Model.Inertia, run.Warnings)
		}
	}
}

// With batches of all kinds the inertia comes near that of the whole.
func TestKMeansBatches(t *testing.T) {
	src, err := data.FromMatrix(madeUpRows(5000, 4, 6, 3), 4)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := KMeans{K: 6}.Fit(context.Background(), src, Config{Starts: 5})
	if err != nil {
		t.Fatal(err)
	}
	for _, decay := range []float64{0, 1} {
		c := Config{Starts: 5, Batch: 100, Decay: decay, Iterations: 3}
		run, err := KMeans{K: 6}.Fit(context.Background(), src, c)
		if err != nil {
			t.Fatal(err)
		}
		c.Memory, c.Workers = 8*6*(19*4+16), 2
		again, err := KMeans{K: 6}.Fit(context.Background(), notInMemory{src}, c)
		if err != nil {
			t.Fatal(err)
		}
		if run.Model.Inertia > whole.Model.Inertia*1.01 || run.Model.Inertia < whole.Model.Inertia {
			t.Errorf("decay %v: inertia %v, that of the whole is %v", decay, run.Model.Inertia, whole.Model.Inertia)
		}
		if !kmeansNear(again.Model.Inertia, run.Model.Inertia, 0.01) {
			t.Errorf("decay %v: inertia %v of a stream, %v in memory", decay, again.Model.Inertia, run.Model.Inertia)
		}
	}
}

func TestKMeansErrors(t *testing.T) {
	good := [][]float64{{1, 2}, {3, 4}, {5, 7}}
	type c struct {
		name string
		set  KMeans
		conf Config
		rows [][]float64
		want string
	}
	for _, c := range []c{
		{"no K", KMeans{}, Config{}, good, "setting K is 0; it must be positive"},
		{"more clusters than rows", KMeans{K: 4}, Config{}, good, "setting K is 4; it must be at most the number of rows, 3"},
		{"metric", KMeans{K: 1, Metric: 9}, Config{}, good, "setting Metric is 9; it must be SquaredEuclidean, Manhattan or Cosine"},
		{"init", KMeans{K: 1, Init: 9}, Config{}, good, "setting Init is 9; it must be KMeansPlusPlus or KMeansRandom"},
		{"algorithm", KMeans{K: 1, Algorithm: 9}, Config{}, good, "setting Algorithm is 9; it must be KMeansAuto, Lloyd, Hamerly or Elkan"},
		{"centres", KMeans{K: 2, Centers: [][]float64{{1, 2}}}, Config{}, good, "setting Centers is 1; it must be as many as K"},
		{"short centre", KMeans{Centers: [][]float64{{1}}}, Config{}, good, "setting Centers[0] is 1; it must be 2 numbers, one per column"},
		{"infinite centre", KMeans{Centers: [][]float64{{1, math.Inf(1)}}}, Config{}, good, "setting Centers[0] is +Inf; it must be finite"},
		{"huge centre", KMeans{Centers: [][]float64{{1, 1e200}}}, Config{}, good, "setting Centers[0] is [1 1e+200]; it must be small enough that squares can be added"},
		{"no direction", KMeans{Metric: Cosine, Centers: [][]float64{{0, 0}}}, Config{}, good, "setting Centers[0] is [0 0]; it must be not all zero with the cosine metric"},
		{"starts", KMeans{Centers: [][]float64{{1, 2}}}, Config{Starts: 2}, good, "setting Starts is 2; it must be 1 with given centres"},
		{"batches of medians", KMeans{K: 1, Metric: Manhattan}, Config{Batch: 2}, good, "setting Batch is 2; it must be 0 with the Manhattan metric, whose medians need all rows"},
		{"NaN", KMeans{K: 1}, Config{}, [][]float64{{1, 2}, {1, math.NaN()}}, `column "x2" of row 1 is NaN; it must be finite`},
		{"infinite", KMeans{K: 1}, Config{}, [][]float64{{1, 2}, {math.Inf(-1), 1}}, `column "x1" of row 1 is -Inf; it must be finite`},
		{"huge", KMeans{K: 1}, Config{}, [][]float64{{1, 2}, {3, -1e200}}, `column "x2" of row 1 is -1e+200; it must be small enough that squares can be added; scale the columns`},
		{"row of zeros", KMeans{K: 1, Metric: Cosine}, Config{}, [][]float64{{1, 2}, {0, 0}}, `column "x1" of row 1 is 0; it must be not zero like all others of its row, which has no direction then`},
	} {
		src, err := data.FromRows(c.rows)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.set.Fit(context.Background(), src, c.conf)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		var value *data.ValueError
		var config *belief.ConfigError
		if !errors.As(err, &value) && !errors.As(err, &config) {
			t.Errorf("%s: a %T", c.name, err)
		}
	}
	weightless, err := data.NewTable(kmeansColumns(1), []float64{1, 2, 3}, []float64{0, 1, 0})
	if err != nil {
		t.Fatal(err)
	}
	var config *belief.ConfigError
	if _, err := (KMeans{K: 2}).Fit(context.Background(), weightless, Config{}); !errors.As(err, &config) || config.Field != "K" {
		t.Errorf("two clusters of one row with a weight: %v", err)
	}
	var large *belief.TooLargeError
	src, err := data.FromMatrix(make([]float64, 10_000), 2)
	if err != nil {
		t.Fatal(err)
	}
	for name, set := range map[string]KMeans{
		"medians of a stream": {K: 2, Metric: Manhattan},
		"many clusters":       {K: 1000},
	} {
		if _, err := set.Fit(context.Background(), notInMemory{src}, Config{Memory: 10_000}); !errors.As(err, &large) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (KMeans{K: 100, Algorithm: Elkan}).Fit(context.Background(), src, Config{Memory: 100_000}); !errors.As(err, &large) {
		t.Errorf("Elkan's bounds in little memory: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (KMeans{K: 2}).Fit(ctx, src, Config{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// One row, equal rows, constant columns, huge columns: answers without a digit wrong.
func TestKMeansDegenerate(t *testing.T) {
	for _, metric := range kmeansMetrics {
		for _, c := range []struct {
			rows    [][]float64
			k       int
			inertia float64
		}{
			{[][]float64{{3, 4}}, 1, 0},
			{[][]float64{{3, 4}, {3, 4}, {3, 4}}, 1, 0},
			{[][]float64{{3, 4}, {3, 4}, {3, 4}}, 3, 0},
			{[][]float64{{1e12, 1e-12}, {1e12, 1e-12}, {-1e12, 1e-12}}, 2, 0},
			{[][]float64{{7, 0.1}, {7, 0.1}, {-7, 0.1}}, 2, 0},
		} {
			src, err := data.FromRows(c.rows)
			if err != nil {
				t.Fatal(err)
			}
			run, err := KMeans{K: c.k, Metric: metric}.Fit(context.Background(), src, Config{})
			if err != nil {
				t.Errorf("%v %v: %v", metric, c.rows, err)
				continue
			}
			if math.Abs(run.Model.Inertia-c.inertia) > 1e-15 || !run.Converged {
				t.Errorf("%v %v: inertia %v, converged %t", metric, c.rows, run.Model.Inertia, run.Converged)
			}
		}
	}
}

// A run that is interrupted and goes on from its checkpoint ends at the same bits.
func TestKMeansCheckpoint(t *testing.T) {
	src, err := data.FromMatrix(madeUpRows(1500, 3, 8, 1), 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, metric := range kmeansMetrics {
		set := KMeans{K: 8, Metric: metric}
		c := Config{Starts: 2, Seed: 5}
		want, err := set.Fit(context.Background(), src, c)
		if err != nil {
			t.Fatal(err)
		}
		c.Checkpoint = t.TempDir() + "/checkpoint"
		ctx, cancel := context.WithCancel(context.Background())
		c.Progress = func(s Step) {
			if s.Start == 1 && s.Iteration == 3 {
				cancel()
			}
		}
		if _, err := set.Fit(ctx, src, c); !errors.Is(err, context.Canceled) {
			t.Fatalf("%v: %v", metric, err)
		}
		c.Progress = nil
		got, err := set.Fit(context.Background(), src, c)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.History, want.History) || !cmp.Equal(got.Model.Centers, want.Model.Centers) {
			t.Errorf("%v: history %v, want %v", metric, got.History, want.History)
		}
	}
}

// Once warm the E step takes no memory.
func TestKMeansAllocations(t *testing.T) {
	x := madeUpRows(512, 5, 4, 1)
	src, err := data.FromMatrix(x, 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, metric := range kmeansMetrics {
		for _, a := range []KMeansAlgorithm{Lloyd, Hamerly, Elkan} {
			w, _, err := KMeans{K: 4, Metric: metric, Algorithm: a}.open(context.Background(), src, Config{})
			if err != nil {
				t.Fatal(err)
			}
			m, err := w.begin(context.Background(), 0)
			if err != nil {
				t.Fatal(err)
			}
			s := m.NewStatistics()
			b := &Block{Rows: 512, Columns: 5, X: x}
			expect := func() {
				if err := m.Expect(b, s); err != nil {
					t.Fatal(err)
				}
			}
			expect()
			if err := m.Maximize(s); err != nil {
				t.Fatal(err)
			}
			s.Reset()
			expect()
			if n := patience.Allocations(5, expect); n != 0 {
				t.Errorf("%v %v: %v allocations", metric, a, n)
			}
		}
	}
}

// A fit goes on while rows change their cluster, also if the inertia of another swallows
// what they gain; weights that are too small are called so.
func TestKMeansOfSwampedClusters(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var x []float64
	for range 290 {
		x = append(x, rng.Float64())
	}
	for range 10 {
		x = append(x, 1e11+1e8*(2*rng.Float64()-1))
	}
	src, err := data.FromMatrix(x, 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, a := range []KMeansAlgorithm{Lloyd, Hamerly, Elkan} {
		fit, err := KMeans{Centers: [][]float64{{1e11}, {0.01}, {0.02}}, Algorithm: a}.Fit(ctx, src, Config{})
		if err != nil {
			t.Fatal(err)
		}
		labels, err := Labels(ctx, fit.Model, src)
		if err != nil {
			t.Fatal(err)
		}
		var sum, size [3]float64
		for i, j := range labels {
			sum[j] += x[i]
			size[j]++
		}
		for j := 1; j < 3; j++ {
			if mean := sum[j] / size[j]; math.Abs(mean-fit.Model.Centers[j][0]) > 1e-12 || !fit.Converged {
				t.Errorf("%v: converged %t after %d iterations with a centre at %v of rows with the mean %v", a, fit.Converged, fit.Iterations, fit.Model.Centers[j], mean)
			}
		}
	}
	tiny, err := data.NewTable(data.Numbers("x"), []float64{1, 2, 3}, []float64{5e-324, 5e-324, 5e-324})
	if err != nil {
		t.Fatal(err)
	}
	var value *data.ValueError
	if _, err := (KMeans{K: 2}).Fit(ctx, tiny, Config{}); !errors.As(err, &value) || value.Column != "weight" {
		t.Errorf("weights of 5e-324: %v", err)
	}
}
