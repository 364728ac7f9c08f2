package density_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/density"
	"github.com/belief-go/belief/dist/disttest"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/patience"
	"github.com/belief-go/belief/internal/stream"
)

// VectorKernel and NeighborDensity are what package dist asks of vectors.
var (
	_ dist.VectorRander    = (*density.VectorKernel)(nil)
	_ dist.VectorLogProber = (*density.VectorKernel)(nil)
	_ dist.VectorBatcher   = (*density.VectorKernel)(nil)
	_ dist.VectorLogProber = (*density.NeighborDensity)(nil)
	_ dist.VectorBatcher   = (*density.NeighborDensity)(nil)
)

// TestVectorDirect holds log densities to the definition, with few and many
// observations, weights of all sizes, near and far.
func TestVectorDirect(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim, n := rapid.IntRange(1, 4).Draw(t, "dim"), rapid.SampledFrom([]int{2, 9, 400}).Draw(t, "n")
		r := stream.New(rapid.Uint64().Draw(t, "seed"), "direct")
		x, w := make([]float64, n*dim), make([]float64, n)
		for i := range x {
			x[i] = 3 * r.NormFloat64()
		}
		total := 0.0
		for i := range w {
			w[i] = math.Pow(10, -20*r.Float64())
			total += w[i]
		}
		c := density.VectorKernelConfig{Shape: density.KernelShape(rapid.IntRange(0, 2).Draw(t, "shape")), Bandwidth: make([]float64, dim)}
		for j := range c.Bandwidth {
			c.Bandwidth[j] = 0.2 + r.Float64()*2
		}
		k, err := density.FitVectorKernel(background, dim, x, w, c)
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			at := make([]float64, dim)
			scale := []float64{0.1, 3, 100}[r.IntN(3)]
			for j := range at {
				at[j] = x[j] + scale*r.NormFloat64()
			}
			terms := make([]float64, n)
			for i := range terms {
				terms[i] = math.Log(w[i] / total)
				for j, h := range c.Bandwidth {
					terms[i] += directLogProb(c.Shape, h, x[i*dim+j:i*dim+j+1], nil, at[j])
				}
			}
			got, want := k.LogProb(at), careful.LogSumExp(terms)
			if c.Shape == density.Gaussian {
				if !(math.Abs(got-want) <= 1e-12*max(1, math.Abs(want))) {
					t.Errorf("%v: log p is %v, want %v", k, got, want)
				}
			} else if p, q := math.Exp(got), math.Exp(want); !(math.Abs(p-q) <= 1e-12*q+1e-13*math.Exp(want-got)) && !(math.Abs(p-q) < 1e-12) {
				t.Errorf("%v: p is %v, want %v", k, p, q)
			}
		}
	})
}

// vectorWithEntropy adds what the suite asks for and kernel estimates do not have.
type vectorWithEntropy struct{ *density.VectorKernel }

func (vectorWithEntropy) Entropy() float64 { return math.NaN() }

func TestVectorConformance(t *testing.T) {
	x, w := []float64{0, 0, 1, 0.7, 0.4, 1.5, -0.8, 0.3, 2, 1.1}, []float64{1, 2, 1, 0.5, 1}
	for _, c := range []density.VectorKernelConfig{{Full: true}, {Bandwidth: []float64{0.6, 1.1}}} {
		k, err := density.FitVectorKernel(background, 2, x, w, c)
		if err != nil {
			t.Fatal(err)
		}
		disttest.RunMultivariate(t, disttest.MultivariateCase{Dist: vectorWithEntropy{k}, Cube: disttest.Box([]float64{-9, -9}, []float64{9, 9})})
	}
}

// Cross-validated bandwidths are those of one dimension, or fit correlated data
// better than the rule.
func TestVectorCrossValidation(t *testing.T) {
	x := normals(150, 12)
	for rule := density.LeastSquares; rule <= density.Likelihood; rule++ {
		one := fitKernel(t, x, nil, density.KernelConfig{Rule: rule})
		k, err := density.FitVectorKernel(background, 1, x, nil, density.VectorKernelConfig{Rule: rule})
		if err != nil {
			t.Fatal(err)
		}
		if got := math.Sqrt(k.BandwidthTo(nil).At(0, 0)); math.Abs(got/one.Bandwidth()-1) > 1e-4 { // a flat optimum
			t.Errorf("%v: %v in a vector, %v alone", rule, got, one.Bandwidth())
		}
	}
	r := stream.New(4, "correlated")
	var y, fresh []float64
	for i := range 400 {
		a, b := r.NormFloat64(), r.NormFloat64()
		if i%2 == 0 {
			a += 6
		}
		if i < 200 {
			y = append(y, a, 10*a+b)
		} else {
			fresh = append(fresh, a, 10*a+b)
		}
	}
	score := func(c density.VectorKernelConfig) float64 {
		k, err := density.FitVectorKernel(background, 2, y, nil, c)
		if err != nil {
			t.Fatal(err)
		}
		if w := k.Warnings(); len(w) > 0 {
			t.Error(w)
		}
		sum := 0.0
		for _, l := range k.LogProbTo(nil, fresh) {
			sum += l
		}
		return sum / float64(len(fresh)/2)
	}
	rule, product, full := score(density.VectorKernelConfig{}), score(density.VectorKernelConfig{Rule: density.Likelihood}), score(density.VectorKernelConfig{Rule: density.Likelihood, Full: true})
	if !(rule < product && product < full) {
		t.Errorf("mean log densities of fresh data: %v by rule, %v by product, %v by full kernels", rule, product, full)
	}
}

// Full is the same as whitening by hand, and both have mean and covariance of many
// draws.
func TestVectorMoments(t *testing.T) {
	r := stream.New(3, "moments")
	var x []float64
	for range 60 {
		a, b := r.NormFloat64(), r.NormFloat64()
		x = append(x, 5+a, -2+0.9*a+0.3*b)
	}
	for _, c := range []density.VectorKernelConfig{{Full: true}, {}, {Shape: density.Epanechnikov}, {Shape: density.Tophat, Bandwidth: []float64{1, 0.4}}} {
		k, err := density.FitVectorKernel(background, 2, x, nil, c)
		if err != nil {
			t.Fatal(err)
		}
		mean, cov := k.MeanTo(nil), k.CovarianceTo(nil)
		const n = 40000
		var one [2]float64
		var two [3]float64
		d := make([]float64, 2)
		for range n {
			k.RandTo(d, r)
			u, v := d[0]-mean[0], d[1]-mean[1]
			one[0], one[1] = one[0]+u/n, one[1]+v/n
			two[0], two[1], two[2] = two[0]+u*u/n, two[1]+u*v/n, two[2]+v*v/n
		}
		// Five standard errors, which a normal mean leaves with probability 6e-7;
		// second moments of kernels on normal data have at most a fourth moment of
		// 3.5 variances.
		for j, m := range one {
			if s := math.Sqrt(cov.At(j, j) / n); math.Abs(m) > 5*s {
				t.Errorf("%v: mean %d is off by %v standard errors", k, j, m/s)
			}
		}
		for i, at := range [][2]int{{0, 0}, {0, 1}, {1, 1}} {
			s := math.Sqrt(2.5 * cov.At(at[0], at[0]) * cov.At(at[1], at[1]) / n)
			if want := cov.At(at[0], at[1]); math.Abs(two[i]-want) > 5*s {
				t.Errorf("%v: covariance %v is %v from draws, want %v", k, at, two[i], want)
			}
		}
		// The density integrates to one.
		sum, h := 0.0, 0.05
		for a := -2.0; a < 12; a += h {
			for b := -10.0; b < 6; b += h {
				sum += h * h * math.Exp(k.LogProb([]float64{a + h/2, b + h/2}))
			}
		}
		tol := 1e-4
		if c.Shape == density.Tophat {
			tol = 2e-2 // steps between points of the grid
		}
		if math.Abs(sum-1) > tol {
			t.Errorf("%v: the integral is %v", k, sum)
		}
	}
}

func TestVectorErrors(t *testing.T) {
	fit := func(x []float64, dim int, w []float64, c density.VectorKernelConfig) error {
		_, err := density.FitVectorKernel(background, dim, x, w, c)
		return err
	}
	x := []float64{1, 2, 3, 5, 4, 4}
	var fitError *dist.FitError
	for i, err := range []error{
		fit(nil, 2, nil, density.VectorKernelConfig{}), fit([]float64{1, math.NaN()}, 2, nil, density.VectorKernelConfig{}),
		fit([]float64{1, 2, 3, 2}, 2, nil, density.VectorKernelConfig{}), fit([]float64{1, 2}, 2, nil, density.VectorKernelConfig{}),
		fit([]float64{1, 2, 2, 4, 3, 6}, 2, nil, density.VectorKernelConfig{Full: true}), fit([]float64{1, 2}, 2, nil, density.VectorKernelConfig{Full: true}),
	} {
		if !errors.As(err, &fitError) {
			t.Errorf("%d: %v", i, err)
		}
	}
	var configError *belief.ConfigError
	for i, err := range []error{
		fit(x, 0, nil, density.VectorKernelConfig{}), fit(x, 2, nil, density.VectorKernelConfig{Rule: 9}),
		fit(x, 2, nil, density.VectorKernelConfig{Bandwidth: []float64{1}}), fit(x, 2, nil, density.VectorKernelConfig{Bandwidth: []float64{1, 0}}),
		fit(x, 2, nil, density.VectorKernelConfig{Full: true, Shape: density.Tophat}), fit(x, 2, nil, density.VectorKernelConfig{Shape: 7}),
	} {
		if !errors.As(err, &configError) {
			t.Errorf("%d: %v", i, err)
		}
	}
	k, err := density.FitVectorKernel(background, 2, x, nil, density.VectorKernelConfig{})
	if err != nil {
		t.Fatal(err)
	}
	inf := math.Inf(1)
	if !math.IsNaN(k.LogProb([]float64{1, math.NaN()})) || !math.IsInf(k.LogProb([]float64{inf, 1}), -1) || !math.IsInf(k.LogProb([]float64{1, 1e308}), -1) {
		t.Error("NaN passes, or infinity has probability")
	}
	// Far away, where squares have few digits, the nearest still counts as it is.
	for _, far := range []float64{1e9, 3e15, 7e20, 1e140} {
		if got, want := k.LogProb([]float64{far, 3})/-far, 0.5*far/k.BandwidthTo(nil).At(0, 0); !(math.Abs(got/want-1) < 1e-7) {
			t.Errorf("log p at %v is %v, want %v", far, -got*far, -want*far)
		}
	}
	y := make([]float64, 2000)
	for i := range y {
		y[i] = float64(i % 17)
	}
	one, err := k.EvaluateTo(background, nil, y, 1)
	if err != nil {
		t.Fatal(err)
	}
	many, err := k.EvaluateTo(background, nil, y, 5)
	if err != nil || !slices.Equal(one, many) || !slices.Equal(one, k.LogProbTo(nil, y)) {
		t.Error("the number of workers changes the result", err)
	}
	dst, r := make([]float64, 1000), stream.New(1, "draws")
	if n := patience.Allocations(3, func() { k.LogProbTo(dst, y); k.RandTo(dst[:2], r) }); n != 0 {
		t.Errorf("evaluation allocates %v times", n)
	}
}

func BenchmarkVectorKernel(b *testing.B) { // 1e8 pairs
	for _, dim := range []int{1, 2, 5} {
		b.Run([]string{1: "1", 2: "2", 5: "5"}[dim], func(b *testing.B) {
			k, err := density.FitVectorKernel(background, dim, normals(10000*dim, 1), nil, density.VectorKernelConfig{})
			if err != nil {
				b.Fatal(err)
			}
			at, dst := normals(10000*dim, 2), make([]float64, 10000)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := k.EvaluateTo(background, dst, at, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Whatever the numbers, there is an error or an estimate that makes sense.
func TestVectorAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-3, 3), rapid.Map(rapid.IntRange(-2, 2), func(i int) float64 { return float64(i) }), rapid.Float64Range(-1e150, 1e150))
		n := 2 * rapid.IntRange(0, 10).Draw(t, "n")
		x, at := rapid.SliceOfN(value, n, n).Draw(t, "x"), rapid.SliceOfN(value, 2, 2).Draw(t, "at")
		c := density.VectorKernelConfig{Shape: density.KernelShape(rapid.IntRange(0, 3).Draw(t, "shape")), Rule: density.BandwidthRule(rapid.IntRange(0, 4).Draw(t, "rule"))}
		c.Full = rapid.Bool().Draw(t, "full")
		if rapid.Bool().Draw(t, "given") {
			c.Bandwidth = rapid.SliceOfN(rapid.Float64(), 2, 2).Draw(t, "h")
		}
		typed := func(err error) {
			var fit *dist.FitError
			var config *belief.ConfigError
			if !errors.As(err, &fit) && !errors.As(err, &config) {
				t.Fatal(err)
			}
		}
		if k, err := density.FitVectorKernel(background, 2, x, nil, c); err != nil {
			typed(err)
		} else {
			for _, v := range append(k.LogProbTo(nil, x), k.LogProb(at)) {
				if math.IsNaN(v) || math.IsInf(v, 1) {
					t.Fatalf("%v: log p is %v", k, v)
				}
			}
		}
		if e, err := density.FitNeighborDensity(2, x, 2); err != nil {
			typed(err)
		} else if v := e.LogProb(at); math.IsNaN(v) {
			t.Fatalf("%v: log p is %v", e, v)
		}
		class := make([]int, n/2)
		for i := range class {
			class[i] = i % 3
		}
		if f, err := density.FitNeighborClassifier(2, x, class, density.NeighborConfig{ByDistance: true}); err != nil {
			typed(err)
		} else if i := f.Classify(at); i < 0 || i >= f.Classes() {
			t.Fatalf("%v: class %v", f, i)
		}
	})
}
