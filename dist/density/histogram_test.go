package density_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/density"
	"github.com/belief-go/belief/dist/disttest"
	"github.com/belief-go/belief/internal/stream"
)

func normals(n int, seed uint64) []float64 {
	r := stream.New(seed, "density test")
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

// TestHistogramConformance has bins of all widths, whose masses add up to
// probabilities between which the suite integrates, as it cannot know of the jumps.
func TestHistogramConformance(t *testing.T) {
	for _, c := range []struct {
		x, w  []float64
		edges []float64
	}{
		{x: []float64{0.5, 2}, edges: []float64{0, 1, 3}},
		{x: []float64{-1, 2, 2.5, 7, 12, 20}, w: []float64{10, 25, 15, 30, 17, 3}, edges: []float64{-2, -0.5, 2.2, 3, 10, 15, 30}},
	} {
		h, err := density.FitHistogram(c.x, c.w, density.HistogramConfig{Edges: c.edges})
		if err != nil {
			t.Fatal(err)
		}
		disttest.Run(t, disttest.Case{Dist: h})
	}
}

// With gaps too: integrals over one bin after the other.
func TestHistogramMoments(t *testing.T) {
	h, err := density.FitHistogram(append(normals(500, 1), 6), nil, density.HistogramConfig{})
	if err != nil {
		t.Fatal(err)
	}
	var total, mean, square, entropy float64
	e := h.Edges()
	for i := 1; i < len(e); i++ {
		const n = 1000
		for k := range n {
			x := e[i-1] + (e[i]-e[i-1])*(float64(k)+0.5)/n
			if l := h.LogProb(x); !math.IsInf(l, -1) {
				p := math.Exp(l) * (e[i] - e[i-1]) / n
				total, mean, square, entropy = total+p, mean+p*x, square+p*x*x, entropy-p*l
				if cdf := h.CDF(x); math.Abs(cdf-(total-p/2)) > 1e-12 || math.Abs(cdf+h.Survival(x)-1) > 1e-14 {
					t.Fatalf("CDF(%v) = %v, want %v", x, cdf, total-p/2)
				}
			}
		}
	}
	for _, c := range [][2]float64{{total, 1}, {mean, h.Mean()}, {square - mean*mean, h.Variance()}, {entropy, h.Entropy()}} {
		if math.Abs(c[0]-c[1]) > 1e-6 {
			t.Errorf("%v by integration, %v by formula", c[0], c[1])
		}
	}
	// Draws fall into bins as their masses say: the statistic is chi-squared with
	// at most 20 degrees of freedom, above 69 with probability 3e-7.
	r, n := stream.New(5, "histogram"), 50000
	counts := make([]float64, len(e)-1)
	for range n {
		i, _ := slices.BinarySearch(e, h.Rand(r))
		counts[i-1]++
	}
	chi, bins := 0.0, 0
	for i, m := range h.Masses() {
		want := m * float64(n)
		if m == 0 {
			if counts[i] > 0 {
				t.Errorf("%v draws in an empty bin", counts[i])
			}
			continue
		}
		chi, bins = chi+(counts[i]-want)*(counts[i]-want)/want, bins+1
	}
	if bins > 21 || chi > 69 {
		t.Errorf("chi-squared is %v in %d bins", chi, bins)
	}
}

// By hand: three bins, equation 9.44.
func TestHistogramByHand(t *testing.T) {
	h, err := density.FitHistogram([]float64{0, 0.5, 1, 1.5, 4}, nil, density.HistogramConfig{Edges: []float64{0, 1, 3, 4}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{0.4, 0.4, 0.2}, h.Masses()); diff != "" {
		t.Error(diff) // a number on an edge belongs to the bin above, on the last one to the last bin
	}
	for _, c := range [][2]float64{{0, 0.4}, {0.99, 0.4}, {1, 0.2}, {2.9, 0.2}, {3, 0.2}, {4, 0.2}, {4.1, 0}, {-0.1, 0}} {
		if got := math.Exp(h.LogProb(c[0])); math.Abs(got-c[1]) > 1e-15 {
			t.Errorf("p(%v) = %v, want %v", c[0], got, c[1])
		}
	}
	if got, want := h.CDF(2), 0.6; math.Abs(got-want) > 1e-15 {
		t.Errorf("CDF is %v, want %v", got, want)
	}
	gap, err := density.FitHistogram([]float64{0.5, 2.5}, nil, density.HistogramConfig{Edges: []float64{-1, 0, 1, 2, 3, 4}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]float64{{0, 0}, {0.25, 0.5}, {0.5, 1}, {0.75, 2.5}, {1, 3}} {
		if got := gap.Quantile(c[0]); got != c[1] {
			t.Errorf("Quantile(%v) = %v, want %v", c[0], got, c[1])
		}
	}
	if s := gap.Support(); s.Lower != 0 || s.Upper != 3 {
		t.Errorf("the support is %v", s)
	}
	if got := gap.UpperQuantile(0.5); got != 1 {
		t.Errorf("UpperQuantile(½) = %v, want 1, the least such number", got)
	}
}

// The rules on 1, …, 100: interquartile range 49.5, standard deviation √(100·101/12).
func TestBinRules(t *testing.T) {
	x := make([]float64, 100)
	for i := range x {
		x[i] = float64(i + 1)
	}
	root := math.Cbrt(100)
	for _, c := range []struct {
		rule density.BinRule
		want int
	}{
		{density.Sturges, 8}, // log₂ 100 = 6.64
		{density.ScottBins, int(math.Ceil(99 * root / (3.4908 * math.Sqrt(100*101/12.))))},
		{density.FreedmanDiaconis, int(math.Ceil(99 * root / (2 * 49.5)))},
	} {
		h, err := density.FitHistogram(x, nil, density.HistogramConfig{Rule: c.rule})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(h.Masses()); got != c.want {
			t.Errorf("%v: %d bins, want %d", c.rule, got, c.want)
		}
	}
	// With half of the observations equal there is no interquartile range.
	tied := append(slices.Repeat([]float64{5}, 80), x[:20]...)
	a, err := density.FitHistogram(tied, nil, density.HistogramConfig{})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := density.FitHistogram(tied, nil, density.HistogramConfig{Rule: density.ScottBins})
	if !slices.Equal(a.Edges(), b.Edges()) {
		t.Error("without an interquartile range, Freedman and Diaconis do not do as Scott")
	}
}

func TestHistogramErrors(t *testing.T) {
	nan := math.NaN()
	fit := func(x, w []float64, c density.HistogramConfig) error {
		_, err := density.FitHistogram(x, w, c)
		return err
	}
	var fitError *dist.FitError
	for i, err := range []error{
		fit(nil, nil, density.HistogramConfig{}),
		fit([]float64{1, nan}, nil, density.HistogramConfig{}),
		fit([]float64{1, math.Inf(1)}, nil, density.HistogramConfig{}),
		fit([]float64{1, 2}, []float64{1, -1}, density.HistogramConfig{}),
		fit([]float64{1, 2}, []float64{1, nan}, density.HistogramConfig{}),
		fit([]float64{1, 2}, []float64{0, 0}, density.HistogramConfig{}),
		fit([]float64{1, 1, 1}, nil, density.HistogramConfig{}),
		fit([]float64{3}, nil, density.HistogramConfig{}),
		fit([]float64{3, 1}, nil, density.HistogramConfig{Edges: []float64{0, 2}}),
		fit([]float64{1, math.Nextafter(1, 2)}, nil, density.HistogramConfig{Bins: 9}),
	} {
		if !errors.As(err, &fitError) {
			t.Errorf("%d: %v", i, err)
		}
	}
	var configError *belief.ConfigError
	for i, c := range []density.HistogramConfig{{Bins: -1}, {Bins: 1 << 40}, {Rule: 9}, {Edges: []float64{1}}, {Edges: []float64{2, 1}}, {Edges: []float64{0, nan}}} {
		if err := fit([]float64{1, 2}, nil, c); !errors.As(err, &configError) {
			t.Errorf("%d: %v", i, err)
		}
	}
	var tooLarge *belief.TooLargeError
	if err := fit(append(normals(1000, 2), 1e9), nil, density.HistogramConfig{}); !errors.As(err, &tooLarge) {
		t.Errorf("an outlier: %v", err)
	}
	if err := (&density.Histogram{}).Validate(); err == nil {
		t.Error("an empty histogram is valid")
	}
}

// Whole weights are repetitions, and masses are counts.
func TestHistogramProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-100, 100), 2, 30).Draw(t, "x")
		w := make([]float64, len(x))
		var repeated []float64
		for i := range w {
			k := rapid.IntRange(1, 4).Draw(t, "w")
			w[i] = float64(k)
			repeated = append(repeated, slices.Repeat(x[i:i+1], k)...)
		}
		if slices.Max(x)-slices.Min(x) < 1e-3 {
			return
		}
		c := density.HistogramConfig{Bins: rapid.IntRange(1, 20).Draw(t, "bins")}
		a, err := density.FitHistogram(x, w, c)
		if err != nil {
			t.Fatal(err)
		}
		b, err := density.FitHistogram(repeated, nil, c)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i, m := range a.Masses() {
			sum += m
			if math.Abs(m-b.Masses()[i]) > 1e-14 {
				t.Errorf("bin %d has %v and %v", i, m, b.Masses()[i])
			}
		}
		if math.Abs(sum-1) > 1e-14 {
			t.Errorf("the masses sum to %v", sum)
		}
	})
}
