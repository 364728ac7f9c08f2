package dist_test

import (
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

func TestEmpirical(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	x, w := make([]float64, 500), make([]float64, 500)
	for i := range x {
		x[i], w[i] = dist.Binomial{N: 20, P: 0.3}.Rand(r), r.Float64()
	}
	for _, weights := range [][]float64{nil, w} {
		d, err := dist.NewEmpirical(x, weights)
		if err != nil {
			t.Fatal(err)
		}
		disttest.Run(t, disttest.Case{Dist: d})
	}
}

// TestEmpiricalCounts holds everything against counting.
func TestEmpiricalCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		x, w, total := make([]float64, n), make([]float64, n), 0.0
		for i := range x {
			x[i], w[i] = float64(rapid.IntRange(-8, 8).Draw(t, "x"))/4, float64(rapid.IntRange(0, 3).Draw(t, "w"))
			total += w[i]
		}
		if total == 0 {
			w[0], total = 1, 1
		}
		d, err := dist.NewEmpirical(x, w)
		if err != nil {
			t.Fatal(err)
		}
		near := func(what string, got, want float64) {
			t.Helper()
			if got != want && !(math.Abs(got-want) <= 1e-13*(1+math.Abs(want))) {
				t.Fatalf("%v of %v with %v: %s is %v, want %v", d, x, w, what, got, want)
			}
		}
		sum := func(f func(v float64) float64) (s float64) {
			for i, v := range x {
				s += w[i] / total * f(v)
			}
			return s
		}
		mean := sum(func(v float64) float64 { return v })
		near("mean", d.Mean(), mean)
		near("variance", d.Variance(), sum(func(v float64) float64 { return (v - mean) * (v - mean) }))
		at := func(y float64) float64 {
			return sum(func(v float64) float64 {
				if v == y {
					return 1
				}
				return 0
			})
		}
		near("entropy", d.Entropy(), sum(func(v float64) float64 {
			if p := at(v); p > 0 {
				return -math.Log(p)
			}
			return 0
		}))
		for y := -2.25; y <= 2.25; y += 0.125 {
			below := sum(func(v float64) float64 {
				if v <= y {
					return 1
				}
				return 0
			})
			near("mass", math.Exp(d.LogProb(y)), at(y))
			near("CDF", d.CDF(y), below)
			near("log CDF", math.Exp(d.LogCDF(y)), below)
			near("survival", d.Survival(y), 1-below)
		}
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		q := d.Quantile(p)
		if before := math.Nextafter(q, -10); d.CDF(q) < p || p > 0 && d.CDF(before) >= p || at(q) == 0 {
			t.Fatalf("%v: Quantile(%v) = %v", d, p, q)
		}
		u := d.UpperQuantile(p)
		if before := math.Nextafter(u, -10); d.Survival(u) > p || d.Survival(before) <= p && p < 1 || at(u) == 0 {
			t.Fatalf("%v: UpperQuantile(%v) = %v", d, p, u)
		}
		if v := d.Rand(rand.New(rand.NewPCG(1, uint64(n)))); at(v) == 0 {
			t.Fatalf("drew %v", v)
		}
	})
}

// A large sample: quantiles are those of the sorted observations, and the distribution
// function is within the bound of Dvoretzky, Kiefer & Wolfowitz of the true one, with
// a false alarm in a million.
func TestEmpiricalLarge(t *testing.T) {
	const n = 200_000
	r := rand.New(rand.NewPCG(9, 10))
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	first := x[0]
	d, err := dist.NewEmpirical(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	if x[0] != first || d.Len() != n {
		t.Errorf("the observations were changed, or are %d", d.Len())
	}
	x[0] = 1e9
	if d.Support().Upper > 10 {
		t.Error("the observations were not copied")
	}
	bound := math.Sqrt(math.Log(2/1e-6) / (2 * n))
	for z := -3.0; z <= 3; z += 0.25 {
		if gap := math.Abs(d.CDF(z) - dist.Normal{Sigma: 1}.CDF(z)); gap > bound {
			t.Errorf("CDF(%v) is off by %v", z, gap)
		}
	}
	if v := d.Quantile(0.5); math.Abs(d.CDF(v)-0.5) > 1e-15 {
		t.Errorf("half of the observations are at most %v, but CDF %v", v, d.CDF(v))
	}
	if n := patience.Allocations(10, func() { d.Rand(r); d.CDF(0); d.Quantile(0.3); d.LogProb(1) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestEmpiricalEdges(t *testing.T) {
	for name, c := range map[string]struct {
		x, w []float64
		row  int
	}{
		"nothing":         {nil, nil, -1},
		"no weight":       {[]float64{1}, []float64{0}, -1},
		"NaN":             {[]float64{1, math.NaN()}, nil, 1},
		"infinite":        {[]float64{math.Inf(1)}, nil, 0},
		"negative weight": {[]float64{1, 2}, []float64{1, -1}, 1},
		"huge weights":    {[]float64{1, 2}, []float64{1e308, 1e308}, -1},
	} {
		_, err := dist.NewEmpirical(c.x, c.w)
		wantFitError(t, name, err, c.row)
	}
	if dist.Empirical.Validate(dist.Empirical{}) == nil {
		t.Error("the zero value passes")
	}
	d, err := dist.NewEmpirical([]float64{0.5, 3, 0.5, 9}, []float64{1, 2, 1, 0})
	if err != nil {
		t.Fatal(err)
	}
	for what, v := range map[string]float64{"LogProb": d.LogProb(math.NaN()), "CDF": d.CDF(math.NaN()), "LogCDF": d.LogCDF(math.NaN()), "Survival": d.Survival(math.NaN()), "Quantile": d.Quantile(1.5), "UpperQuantile": d.UpperQuantile(-1)} {
		if !math.IsNaN(v) {
			t.Errorf("%s is %v", what, v)
		}
	}
	if s := d.Support(); s.Lower != 0.5 || s.Upper != 3 || s.Discrete {
		t.Errorf("support %v", s)
	}
}
