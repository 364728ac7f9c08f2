package density_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist/density"
	"github.com/belief-go/belief/internal/datadir"
)

type golden struct {
	X, W   []float64
	Points []struct {
		Shape                          string
		Weighted                       bool
		H, X                           float64
		LogProb, CDF, LogCDF, Survival belief.Number
	}
	Scott     struct{ Weighted, Plain float64 }
	Silverman float64
	Y         [][]float64
	V         []float64
	Vector    []struct {
		X             []float64
		Full, Product float64
	}
	Covariance []float64
	Edges      map[string][]float64
}

func goldens(t *testing.T) golden {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// near compares with relative 1e-12, and says whether that holds.
func near(got, want, floor float64) bool {
	return got == want || math.Abs(got-want) <= 1e-12*max(math.Abs(want), floor)
}

func TestKernelGoldens(t *testing.T) {
	g := goldens(t)
	for _, p := range g.Points {
		var c density.KernelConfig
		for c.Shape.String() != p.Shape {
			c.Shape++
		}
		c.Bandwidth = p.H
		w := g.W
		if !p.Weighted {
			w = nil
		}
		k := fitKernel(t, g.X, w, c)
		floor := 0.0
		if c.Shape != density.Gaussian {
			floor = 1e-3 // near the end of a kernel digits of x count
		}
		if got := k.LogProb(p.X); !near(got, float64(p.LogProb), 1) {
			t.Errorf("%v: log p(%v) = %v, want %v", k, p.X, got, p.LogProb)
		}
		if got := k.CDF(p.X); !near(got, float64(p.CDF), floor) {
			t.Errorf("%v: CDF(%v) = %v, want %v", k, p.X, got, p.CDF)
		}
		if got := k.Survival(p.X); !near(got, float64(p.Survival), floor) {
			t.Errorf("%v: Survival(%v) = %v, want %v", k, p.X, got, p.Survival)
		}
		if got := k.LogCDF(p.X); !near(got, float64(p.LogCDF), floor) {
			t.Errorf("%v: LogCDF(%v) = %v, want %v", k, p.X, got, p.LogCDF)
		}
	}
	if len(g.Points) < 120 {
		t.Errorf("only %d points", len(g.Points))
	}
}

// The rules as NumPy and SciPy compute them.
func TestRuleGoldens(t *testing.T) {
	g := goldens(t)
	for _, c := range []struct {
		w    []float64
		rule density.BandwidthRule
		want float64
	}{{nil, density.Silverman, g.Silverman}, {nil, density.Scott, g.Scott.Plain}, {g.W, density.Scott, g.Scott.Weighted}} {
		k := fitKernel(t, g.X, c.w, density.KernelConfig{Rule: c.rule})
		if !near(k.Bandwidth(), c.want, 0) {
			t.Errorf("%v: %v, want %v", c.rule, k.Bandwidth(), c.want)
		}
		// Other kernels have the same standard deviation but for a few percent.
		for shape, ratio := range map[density.KernelShape]float64{density.Epanechnikov: 2.2138, density.Tophat: 1.7400} {
			wide := fitKernel(t, g.X, c.w, density.KernelConfig{Rule: c.rule, Shape: shape})
			if got := wide.Bandwidth() / k.Bandwidth(); math.Abs(got-ratio) > 1e-4 {
				t.Errorf("%v kernels are %v as wide, want %v", shape, got, ratio)
			}
		}
	}
	for rule := density.FreedmanDiaconis; rule <= density.Sturges; rule++ {
		want, ok := g.Edges[rule.String()]
		h, err := density.FitHistogram(g.X, nil, density.HistogramConfig{Rule: rule})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, h.Edges(), cmpopts.EquateApprox(0, 1e-12)); ok && diff != "" {
			t.Errorf("%v: %s", rule, diff)
		}
	}
}

func flatten(rows [][]float64) []float64 {
	var x []float64
	for _, r := range rows {
		x = append(x, r...)
	}
	return x
}

func TestVectorGoldens(t *testing.T) {
	g := goldens(t)
	full, err := density.FitVectorKernel(background, 3, flatten(g.Y), g.V, density.VectorKernelConfig{Full: true, Rule: density.Scott})
	if err != nil {
		t.Fatal(err)
	}
	if want := mat.NewSymDense(3, g.Covariance); !mat.EqualApprox(full.BandwidthTo(nil), want, 1e-12) {
		t.Errorf("the covariance is %v, want %v", full.BandwidthTo(nil), want)
	}
	product, err := density.FitVectorKernel(background, 3, flatten(g.Y), g.V, density.VectorKernelConfig{Bandwidth: []float64{0.5, 0.8, 1.1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range g.Vector {
		if got := full.LogProb(p.X); !near(got, p.Full, 1) {
			t.Errorf("full at %v: %v, want %v", p.X, got, p.Full)
		}
		if got := product.LogProb(p.X); !near(got, p.Product, 1) {
			t.Errorf("product at %v: %v, want %v", p.X, got, p.Product)
		}
	}
}

// Eruptions of Old Faithful: R's density() prints bw = 0.3348 for them.
func TestFaithful(t *testing.T) {
	file, err := os.Open(datadir.Path(t, "tables", "faithful.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var x, both []float64
	for _, r := range rows[1:] {
		for i, cell := range r {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				x = append(x, v)
			}
			both = append(both, v)
		}
	}
	k := fitKernel(t, x, nil, density.KernelConfig{})
	if got := math.Round(k.Bandwidth()*1e4) / 1e4; got != 0.3348 {
		t.Errorf("the bandwidth is %v, want 0.3348", got)
	}
	// Two kinds of eruptions, short and long ones, and a valley near three minutes.
	if short, valley, long := k.Prob(1.9), k.Prob(3), k.Prob(4.4); !(short > 2*valley && long > 2*valley) {
		t.Errorf("densities %v, %v, %v", short, valley, long)
	}
	v, err := density.FitVectorKernel(background, 2, both, nil, density.VectorKernelConfig{Full: true})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := v.LogProb([]float64{4.4, 80}), v.LogProb([]float64{4.4, 55}); !(a > b+3) {
		t.Errorf("log densities %v and %v", a, b)
	}
	cv := fitKernel(t, x, nil, density.KernelConfig{Rule: density.LeastSquares})
	if h := cv.Bandwidth(); !(h > 0.05 && h < 0.2) {
		t.Errorf("least squares choose %v", h) // about a third of the rule, which is for one mode
	}
}
