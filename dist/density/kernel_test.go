package density_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/density"
	"github.com/belief-go/belief/dist/disttest"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/patience"
	"github.com/belief-go/belief/internal/stream"
)

var background = context.Background()

func fitKernel(t testing.TB, x, w []float64, c density.KernelConfig) *density.Kernel {
	t.Helper()
	k, err := density.FitKernel(background, x, w, c)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// directLogProb is the definition: a loop over all observations.
func directLogProb(shape density.KernelShape, h float64, x, w []float64, at float64) float64 {
	total, terms := 0.0, make([]float64, len(x))
	for i, v := range x {
		weight := 1.0
		if w != nil {
			weight = w[i]
		}
		total += weight
		u := (at - v) / h
		terms[i] = math.Inf(-1)
		switch {
		case shape == density.Gaussian:
			terms[i] = -0.5*u*u - 0.5*math.Log(2*math.Pi)
		case math.Abs(u) <= 1 && shape == density.Epanechnikov:
			terms[i] = math.Log(0.75 * (1 - u*u))
		case math.Abs(u) <= 1:
			terms[i] = math.Log(0.5)
		}
		terms[i] += math.Log(weight)
	}
	return careful.LogSumExp(terms) - math.Log(total) - math.Log(h)
}

// TestKernelDirect holds densities to relative 1e-13 of the definition: few and many
// observations, ties, weights from 1e-20 to 1, near and far.
func TestKernelDirect(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{1, 2, 5, 60, 700}).Draw(t, "n")
		r := stream.New(rapid.Uint64().Draw(t, "seed"), "direct")
		spread := rapid.SampledFrom([]float64{0, 0.3, 3, 100}).Draw(t, "spread")
		x := make([]float64, n)
		var w []float64
		if rapid.Bool().Draw(t, "weighted") {
			w = make([]float64, n)
		}
		for i := range x {
			x[i] = spread * r.NormFloat64()
			if r.IntN(4) == 0 {
				x[i] = math.Round(x[i])
			}
			if w != nil {
				w[i] = math.Pow(10, -20*r.Float64())
			}
		}
		shape := density.KernelShape(rapid.IntRange(0, 2).Draw(t, "shape"))
		h := rapid.SampledFrom([]float64{0.05, 0.7, 5}).Draw(t, "h")
		k, err := density.FitKernel(background, x, w, density.KernelConfig{Shape: shape, Bandwidth: h})
		if err != nil {
			t.Fatal(err)
		}
		for range 40 {
			at := x[r.IntN(n)] + h*[]float64{0, 0.3, 3, 9, 40, 1000}[r.IntN(6)]*r.NormFloat64()
			got, want := k.LogProb(at), directLogProb(shape, h, x, w, at)
			if got == want {
				continue
			}
			if shape == density.Gaussian {
				if !(math.Abs(got-want) <= 1e-13*max(1, math.Abs(want))) {
					t.Errorf("%v: log p(%v) = %v, want %v, off by %v", k, at, got, want, got-want)
				}
			} else if p, q := math.Exp(got), math.Exp(want); !(math.Abs(p-q) <= 1e-13*q+1e-15*(1+math.Abs(at)/h)/h) {
				t.Errorf("%v: p(%v) = %v, want %v", k, at, p, q) // near the ends digits of x count
			}
			if p := k.Prob(at); !(math.Abs(p-math.Exp(got)) <= 1e-12*(1+math.Abs(got))*p+1e-300) {
				t.Errorf("%v: p(%v) = %v, and exp log p %v", k, at, p, math.Exp(got))
			}
		}
	})
}

var (
	_ dist.Univariate     = (*density.Kernel)(nil)
	_ dist.UpperQuantiler = (*density.Kernel)(nil)
	_ dist.Grader         = (*density.Kernel)(nil)
	_ dist.Batcher        = (*density.Kernel)(nil)
)

// TestKernelConformance leaves out compact kernels of many observations, whose kinks
// the suite's quadrature does not know of.
func TestKernelConformance(t *testing.T) {
	for _, c := range []struct {
		x, w  []float64
		shape density.KernelShape
		h     float64
	}{
		{[]float64{2}, nil, density.Gaussian, 0.7},
		{[]float64{2}, nil, density.Epanechnikov, 0.7},
		{[]float64{-3}, nil, density.Tophat, 4},
		{[]float64{0, 0.4, 1, 1.1, 3}, []float64{1, 2, 0.5, 1, 1}, density.Gaussian, 0.6},
		{normals(80, 4), nil, density.Gaussian, 0.5},
		{[]float64{1e6, 1e6 + 1}, nil, density.Gaussian, 1},
		{[]float64{0, 0.4, 1, 1.1, 2}, []float64{1, 2, 0.5, 1, 1}, density.Epanechnikov, 0.6},
		{[]float64{0, 0.4, 1, 1.1, 2}, []float64{1, 2, 0.5, 1, 1}, density.Tophat, 0.6},
	} {
		k := fitKernel(t, c.x, c.w, density.KernelConfig{Shape: c.shape, Bandwidth: c.h})
		disttest.Run(t, disttest.Case{Dist: k})
	}
}

// TestKernelIntegral integrates all kernels between their kinks.
func TestKernelIntegral(t *testing.T) {
	x, w := []float64{-2, -1.9, 0.3, 0.3, 1, 4.5}, []float64{1, 2, 1, 1, 0.5, 3}
	for shape := density.Gaussian; shape <= density.Tophat; shape++ {
		k := fitKernel(t, x, w, density.KernelConfig{Shape: shape, Bandwidth: 0.8})
		var kinks []float64
		for _, v := range x {
			kinks = append(kinks, v-0.8, v, v+0.8)
		}
		kinks = append(kinks, -12, 14)
		slices.Sort(kinks)
		var total, mean, square float64
		for i := 1; i < len(kinks); i++ {
			piece := func(f func(x float64) float64) float64 {
				if kinks[i] == kinks[i-1] {
					return 0
				}
				return quad.Fixed(f, kinks[i-1], kinks[i], 80, nil, 0)
			}
			mean += piece(func(x float64) float64 { return x * k.Prob(x) })
			square += piece(func(x float64) float64 { return x * x * k.Prob(x) })
			total += piece(k.Prob)
			if got := k.CDF(kinks[i]); math.Abs(got-total) > 1e-12 || math.Abs(got+k.Survival(kinks[i])-1) > 1e-14 {
				t.Errorf("%v: CDF(%v) = %v, the integral is %v", k, kinks[i], got, total)
			}
		}
		for _, c := range [][2]float64{{total, 1}, {mean, k.Mean()}, {square - mean*mean, k.Variance()}} {
			if math.Abs(c[0]-c[1]) > 1e-11 {
				t.Errorf("%v: %v by integration, %v by formula", k, c[0], c[1])
			}
		}
		for _, p := range []float64{1e-300, 1e-9, 0.1, 0.353, 0.5, 0.9, 1 - 1e-9} {
			if got := k.CDF(k.Quantile(p)); !(math.Abs(got-p) <= 1e-12*p) {
				if shape != density.Gaussian && p < 1e-6 {
					// The end of the support has few digits left for x.
					if math.Abs(got-p) <= 1e-15 {
						continue
					}
				}
				t.Errorf("%v: CDF(Quantile(%v)) = %v", k, p, got)
			}
		}
	}
}

// The gap between two kernels has probability zero, and the quantile is its lower
// end.
func TestKernelGap(t *testing.T) {
	k := fitKernel(t, []float64{0, 10}, nil, density.KernelConfig{Shape: density.Tophat, Bandwidth: 1})
	if got := k.Quantile(0.5); math.Abs(got-1) > 1e-15 {
		t.Errorf("Quantile(½) = %v, want 1", got)
	}
	if got := k.LogProb(5); !math.IsInf(got, -1) {
		t.Errorf("LogProb in the gap is %v", got)
	}
}

// The book's equations 9.45 to 9.49 on five numbers, by hand: a window of side 2
// around 1.4 holds three of them, K/(N h) = 3/(5·2).
func TestKernelBook(t *testing.T) {
	x := []float64{0, 0.5, 1, 2, 5}
	k := fitKernel(t, x, nil, density.KernelConfig{Shape: density.Tophat, Bandwidth: 1})
	if got, want := k.Prob(1.4), 3./10; math.Abs(got-want) > 1e-15 {
		t.Errorf("p(1.4) = %v, want %v", got, want)
	}
	// Both ends of the window belong to it.
	one := fitKernel(t, []float64{0}, nil, density.KernelConfig{Shape: density.Tophat, Bandwidth: 1})
	if a, b := one.Prob(-1), one.Prob(1); a != 0.5 || b != 0.5 {
		t.Errorf("at the ends p = %v and %v", a, b)
	}
	g, want := fitKernel(t, x, nil, density.KernelConfig{Bandwidth: 0.5}), 0.0
	for _, v := range x {
		want += math.Exp(-(1.4-v)*(1.4-v)/(2*0.25)) / (math.Sqrt(2*math.Pi) * 0.5) / 5
	}
	if got := g.Prob(1.4); math.Abs(got/want-1) > 1e-14 {
		t.Errorf("p(1.4) = %v, want %v", got, want)
	}
}

func TestKernelWorkers(t *testing.T) {
	x := normals(3000, 6)
	k := fitKernel(t, x, nil, density.KernelConfig{})
	one, err := k.EvaluateTo(background, nil, x, 1)
	if err != nil {
		t.Fatal(err)
	}
	many, err := k.EvaluateTo(background, nil, x, 7)
	if err != nil || !slices.Equal(one, many) {
		t.Error("the number of workers changes the result", err)
	}
	stopped, cancel := context.WithCancel(background)
	cancel()
	if _, err := k.EvaluateTo(stopped, nil, x, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	logs := make([]float64, len(x))
	if n := patience.Allocations(3, func() { k.LogProbTo(logs, x); k.CDF(0.3); k.Quantile(0.3) }); n != 0 {
		t.Errorf("evaluation allocates %v times", n)
	}
	for i, l := range logs {
		if math.Abs(l-math.Log(one[i])) > 1e-12 {
			t.Fatalf("log p is %v, and p %v", l, one[i])
		}
	}
}

func TestKernelErrors(t *testing.T) {
	nan := math.NaN()
	fit := func(x, w []float64, c density.KernelConfig) error {
		_, err := density.FitKernel(background, x, w, c)
		return err
	}
	constant, one := []float64{3, 3, 3}, []float64{7}
	var fitError *dist.FitError
	for i, err := range []error{
		fit(nil, nil, density.KernelConfig{}), fit([]float64{nan, 1}, nil, density.KernelConfig{}), fit([]float64{1, 1e200}, nil, density.KernelConfig{}),
		fit(constant, nil, density.KernelConfig{}), fit(constant, nil, density.KernelConfig{Rule: density.Scott}), fit(constant, nil, density.KernelConfig{Rule: density.LeastSquares}),
		fit(one, nil, density.KernelConfig{}), fit(one, nil, density.KernelConfig{Rule: density.Likelihood}), fit([]float64{1, 2}, []float64{1, 0}, density.KernelConfig{}),
		fit([]float64{1, 2}, []float64{1, 1e-300}, density.KernelConfig{}),
	} {
		if !errors.As(err, &fitError) {
			t.Errorf("%d: %v", i, err)
		}
	}
	var configError *belief.ConfigError
	for i, c := range []density.KernelConfig{{Bandwidth: -1}, {Bandwidth: nan}, {Bandwidth: math.Inf(1)}, {Bandwidth: 1e-200}, {Bandwidth: 1e-15}, {Rule: 9}, {Shape: 9}} {
		if err := fit([]float64{1, 2}, nil, c); !errors.As(err, &configError) {
			t.Errorf("%d: %v", i, err)
		}
	}
	for _, x := range [][]float64{constant, one} {
		k := fitKernel(t, x, nil, density.KernelConfig{Bandwidth: 0.5})
		if got, want := k.LogProb(x[0]), math.Log(2/math.Sqrt(2*math.Pi)); math.Abs(got-want) > 1e-14 {
			t.Errorf("%v: the peak is %v, want %v", x, got, want)
		}
	}
	k := fitKernel(t, normals(10, 7), nil, density.KernelConfig{})
	if !math.IsNaN(k.LogProb(nan)) || !math.IsNaN(k.CDF(nan)) || !math.IsNaN(k.Quantile(nan)) || !math.IsNaN(k.Prob(nan)) {
		t.Error("NaN passes")
	}
	if !math.IsInf(k.LogProb(math.Inf(1)), -1) || k.Prob(math.Inf(-1)) != 0 || k.CDF(math.Inf(1)) != 1 || k.Survival(math.Inf(1)) != 0 {
		t.Error("infinity has probability")
	}
}

// With h as small as can be relative to the observations, nothing overflows.
func TestKernelExtremes(t *testing.T) {
	for _, c := range [][3]float64{{0, 1, 0.146175}, {0, 1e150, 1e140}, {-1e150, 1e150, 1e149}, {0, 1e-300, 1e-150}, {0, 1e-120, 1e-132}} {
		k := fitKernel(t, []float64{c[0], c[1]}, nil, density.KernelConfig{Bandwidth: c[2]})
		for _, at := range []float64{c[0], c[1], c[0]/2 + c[1]/2, 9.00720093455974e15, -7e20, 1e308, -1e308} {
			if l, f := k.LogProb(at), k.CDF(at); math.IsNaN(l) || !(f >= 0 && f <= 1) {
				t.Errorf("%v at %v: %v and %v", c, at, l, f)
			}
		}
	}
}

// Whatever the numbers, there is an error or an estimate that makes sense.
func TestKernelAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-3, 3), rapid.Map(rapid.IntRange(-2, 2), func(i int) float64 { return float64(i) }), rapid.Float64Range(-1e150, 1e150))
		x := rapid.SliceOfN(value, 0, 12).Draw(t, "x")
		c := density.KernelConfig{Shape: density.KernelShape(rapid.IntRange(0, 3).Draw(t, "shape")), Rule: density.BandwidthRule(rapid.IntRange(0, 4).Draw(t, "rule"))}
		if rapid.Bool().Draw(t, "given") {
			c.Bandwidth = rapid.Float64().Draw(t, "h")
		}
		k, err := density.FitKernel(background, x, nil, c)
		if err != nil {
			var fit *dist.FitError
			var config *belief.ConfigError
			if !errors.As(err, &fit) && !errors.As(err, &config) {
				t.Fatal(err)
			}
			return
		}
		at := append(x, rapid.Float64().Draw(t, "at"))
		for _, v := range at {
			if l, f, s := k.LogProb(v), k.CDF(v), k.Survival(v); math.IsNaN(l) || !(f >= 0 && f <= 1) || !(math.Abs(f+s-1) < 1e-14) || !(k.LogCDF(v) <= 0) {
				t.Fatalf("%v at %v: %v, %v, %v", k, v, l, f, s)
			}
		}
		last := math.Inf(-1)
		for _, p := range []float64{0, 1e-300, 1e-5, 0.2, 0.5, 0.8, 1} {
			q := k.Quantile(p)
			if !(q >= last) || !(k.CDF(q) >= p*(1-1e-9)-4e-16*math.Abs(q)/k.Bandwidth()) { // as far as q has digits
				t.Fatalf("%v: Quantile(%v) = %v after %v, CDF %v", k, p, q, last, k.CDF(q))
			}
			last = q
		}
		if _, err := k.Grid(64); err != nil {
			var config *belief.ConfigError
			if !errors.As(err, &config) {
				t.Fatal(err)
			}
		}
		h, err := density.FitHistogram(x, nil, density.HistogramConfig{})
		if err == nil && (!(math.Abs(h.CDF(x[0])+h.Survival(x[0])-1) < 1e-12) || math.IsNaN(h.Variance())) {
			t.Fatalf("%v at %v: %v", h, x[0], h.CDF(x[0]))
		}
	})
}

func BenchmarkKernelExact(b *testing.B) { // 1e8 pairs
	x, at := normals(10000, 1), normals(10000, 2)
	for _, h := range []struct {
		name  string
		shape density.KernelShape
	}{{"gaussian", density.Gaussian}, {"epanechnikov", density.Epanechnikov}, {"tophat", density.Tophat}} {
		b.Run(h.name, func(b *testing.B) {
			k := fitKernel(b, x, nil, density.KernelConfig{Shape: h.shape})
			dst := make([]float64, len(at))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := k.EvaluateTo(background, dst, at, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
