package density_test

import (
	"errors"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/density"
	"github.com/belief-go/belief/internal/stream"
)

// TestNeighborsDirect compares with sorting all distances, with many ties.
func TestNeighborsDirect(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim, n := rapid.IntRange(1, 4).Draw(t, "dim"), rapid.IntRange(1, 300).Draw(t, "n")
		k := rapid.IntRange(0, min(n, 20)).Draw(t, "k")
		r := stream.New(rapid.Uint64().Draw(t, "seed"), "neighbours")
		grid := rapid.SampledFrom([]float64{0, 1, 8}).Draw(t, "grid")
		value := func() float64 {
			if grid == 0 {
				return r.NormFloat64()
			}
			return math.Round(r.NormFloat64()*grid) / grid
		}
		x, at := make([]float64, n*dim), make([]float64, dim)
		for i := range x {
			x[i] = value()
		}
		tree, err := density.NewNeighbors(dim, x)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			for j := range at {
				at[j] = value()
			}
			all := make([]density.Neighbor, n)
			for i := range all {
				square := 0.0
				for j, v := range at {
					square += (v - x[i*dim+j]) * (v - x[i*dim+j])
				}
				all[i] = density.Neighbor{Index: i, Distance: math.Sqrt(square)}
			}
			slices.SortStableFunc(all, func(a, b density.Neighbor) int {
				if a.Distance < b.Distance {
					return -1
				} else if a.Distance > b.Distance {
					return 1
				}
				return 0
			})
			if diff := cmp.Diff(all[:k], tree.NearestTo(make([]density.Neighbor, k), at)); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

// Equation 9.43 in the plane: the third nearest of four is at distance 2.
func TestNeighborDensityBook(t *testing.T) {
	x := []float64{0, 0, 1, 0, 0, 2, 5, 5}
	e, err := density.FitNeighborDensity(2, x, 3)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := math.Exp(e.LogProb([]float64{0, 0})), 3./(4*math.Pi*4); math.Abs(got/want-1) > 1e-14 {
		t.Errorf("p(0) = %v, want %v", got, want)
	}
	// Exercise 9-5: in one dimension with K = 1 and observations ±1, the integral
	// from 2 to X is log((X−1)/1)/4, without end.
	line, err := density.FitNeighborDensity(1, []float64{-1, 1}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, top := range []float64{10, 1e6, 1e12} {
		sum, n := 0.0, 4000
		for i := range n { // in u = log(x − 1)
			u := math.Log(top-1) * (float64(i) + 0.5) / float64(n)
			sum += math.Exp(line.LogProb([]float64{1 + math.Exp(u)})+u) * math.Log(top-1) / float64(n)
		}
		if want := math.Log(top-1) / 4; math.Abs(sum/want-1) > 1e-6 {
			t.Errorf("the integral to %v is %v, want %v", top, sum, want)
		}
	}
	twice, err := density.FitNeighborDensity(1, []float64{3, 3, 4}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if got := twice.LogProb([]float64{3}); !math.IsInf(got, 1) {
		t.Errorf("the density at a double observation is %v", got)
	}
	if got := twice.LogProb([]float64{math.NaN()}); !math.IsNaN(got) {
		t.Errorf("the density at NaN is %v", got)
	}
}

// Exercise 9-6: the share of the neighbours is Bayes' rule on the three densities
// with a common ball.
func TestNeighborClassifierBook(t *testing.T) {
	r := stream.New(2, "classes")
	const n, k = 300, 20
	x, class := make([]float64, 2*n), make([]int, n)
	var count [3]float64
	for i := range class {
		class[i] = r.IntN(3)
		count[class[i]]++
		x[2*i], x[2*i+1] = r.NormFloat64()+float64(class[i]), r.NormFloat64()
	}
	f, err := density.FitNeighborClassifier(2, x, class, density.NeighborConfig{K: k})
	if err != nil {
		t.Fatal(err)
	}
	tree, err := density.NewNeighbors(2, x)
	if err != nil {
		t.Fatal(err)
	}
	at := []float64{0.8, 0.1}
	var in [3]float64
	ball := tree.NearestTo(make([]density.Neighbor, k), at)
	for _, b := range ball {
		in[class[b.Index]]++
	}
	radius := ball[k-1].Distance
	volume := math.Pi * radius * radius
	p := f.ProbabilitiesTo(nil, at)
	for c := range p {
		like, prior, evidence := in[c]/(count[c]*volume), count[c]/n, k/(n*volume)
		if want := like * prior / evidence; math.Abs(p[c]-want) > 1e-14 {
			t.Errorf("p(%d|x) = %v, want %v", c, p[c], want)
		}
	}
}

func TestNeighborVotes(t *testing.T) {
	x, class := []float64{0, 1, 2, 10}, []int{0, 1, 1, 3}
	at := []float64{0.5}
	for _, c := range []struct {
		config density.NeighborConfig
		want   []float64
		class  int
	}{
		{density.NeighborConfig{}, []float64{0.25, 0.5, 0, 0.25}, 1},
		{density.NeighborConfig{K: 2}, []float64{0.5, 0.5, 0, 0}, 0}, // a tie: the lowest class
		{density.NeighborConfig{K: 1}, []float64{1, 0, 0, 0}, 0},     // equal distance: the first
		{density.NeighborConfig{K: 3, ByDistance: true}, []float64{2. / (4 + 2./3), (2 + 2./3) / (4 + 2./3), 0, 0}, 1},
		{density.NeighborConfig{K: 3, Weights: []float64{5, 1, 1, 1}}, []float64{5. / 7, 2. / 7, 0, 0}, 0},
		{density.NeighborConfig{K: 2, Weights: []float64{0, 1, 1, 1}}, []float64{0, 1, 0, 0}, 1},
	} {
		f, err := density.FitNeighborClassifier(1, x, class, c.config)
		if err != nil {
			t.Fatal(err)
		}
		got := f.ProbabilitiesTo(nil, at)
		for i := range got {
			if math.Abs(got[i]-c.want[i]) > 1e-15 {
				t.Errorf("%+v: %v, want %v", c.config, got, c.want)
				break
			}
		}
		if got := f.Classify(at); got != c.class {
			t.Errorf("%+v: class %d, want %d", c.config, got, c.class)
		}
		if got := f.Classify([]float64{math.NaN()}); got != -1 {
			t.Errorf("the class at NaN is %d", got)
		}
	}
	f, err := density.FitNeighborClassifier(1, x, class, density.NeighborConfig{K: 3, ByDistance: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := f.ProbabilitiesTo(nil, []float64{2}); got[1] != 1 {
		t.Errorf("at an observation: %v", got)
	}
	dst, near := make([]float64, 4), make([]density.Neighbor, 3)
	tree, err := density.NewNeighbors(1, x)
	if err != nil {
		t.Fatal(err)
	}
	if n := patience.Allocations(10, func() { f.ProbabilitiesTo(dst, at); f.Classify(at); tree.NearestTo(near, at) }); n != 0 {
		t.Errorf("classifying allocates %v times", n)
	}
}

// More neighbours and classes than there is room for on the stack.
func TestManyNeighbors(t *testing.T) {
	x, class := make([]float64, 300), make([]int, 300)
	for i := range x {
		x[i], class[i] = float64(i), i
	}
	e, err := density.FitNeighborDensity(1, x, 101)
	if err != nil {
		t.Fatal(err)
	}
	// Of a hundred on both sides the furthest are at distance 50.
	want := math.Log(101. / (300 * 2 * 50))
	for i, got := range e.LogProbTo(nil, []float64{100, 150}) {
		if math.Abs(got-want) > 1e-14 {
			t.Errorf("%d: %v, want %v", i, got, want)
		}
	}
	f, err := density.FitNeighborClassifier(1, x, class, density.NeighborConfig{K: 100})
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Classify([]float64{150}); got != 100 { // 101 to 199 and, of 100 and 200, the first
		t.Errorf("class %d, want 100", got)
	}
	if f.Classes() != 300 {
		t.Errorf("%d classes", f.Classes())
	}
}

func TestNeighborErrors(t *testing.T) {
	classify := func(x []float64, class []int, c density.NeighborConfig) error {
		_, err := density.FitNeighborClassifier(1, x, class, c)
		return err
	}
	estimate := func(x []float64, dim, k int) error {
		_, err := density.FitNeighborDensity(dim, x, k)
		return err
	}
	var fitError *dist.FitError
	for i, err := range []error{
		estimate(nil, 1, 1), estimate([]float64{1, math.NaN()}, 1, 1), classify(nil, nil, density.NeighborConfig{}),
		classify([]float64{1, 2}, []int{0, -1}, density.NeighborConfig{}), classify([]float64{1, 2}, []int{0, 1 << 40}, density.NeighborConfig{}),
		classify([]float64{1, 2}, []int{0, 1}, density.NeighborConfig{Weights: []float64{0, 0}}),
	} {
		if !errors.As(err, &fitError) {
			t.Errorf("%d: %v", i, err)
		}
	}
	var configError *belief.ConfigError
	for i, err := range []error{
		estimate([]float64{1, 2}, 1, 0), estimate([]float64{1, 2}, 1, 3), estimate([]float64{1, 2}, 0, 1),
		classify([]float64{1, 2}, []int{0, 1}, density.NeighborConfig{K: -1}), classify([]float64{1, 2}, []int{0, 1}, density.NeighborConfig{K: 3}),
	} {
		if !errors.As(err, &configError) {
			t.Errorf("%d: %v", i, err)
		}
	}
	// Thousands of equal vectors are one leaf and no deep tree.
	same, err := density.NewNeighbors(2, make([]float64, 20000))
	if err != nil {
		t.Fatal(err)
	}
	if got := same.NearestTo(make([]density.Neighbor, 2), []float64{0, 1}); got[0].Index != 0 || got[1].Index != 1 || got[1].Distance != 1 {
		t.Errorf("among equals: %v", got)
	}
}

func BenchmarkNeighbors(b *testing.B) {
	tree, err := density.NewNeighbors(2, normals(20000, 1))
	if err != nil {
		b.Fatal(err)
	}
	at, near := normals(2000, 2), make([]density.Neighbor, 5)
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		i = (i + 2) % len(at)
		tree.NearestTo(near, at[i:i+2])
	}
}
