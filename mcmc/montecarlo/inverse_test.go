package montecarlo

import (
	"errors"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

var inf = math.Inf(1)

// The quantiles of a distribution function found by bisection are those of the
// distribution, to the last bit where its steps are.
func TestInvertCDF(t *testing.T) {
	for _, c := range []struct {
		d         dist.Univariate
		low, high float64
		tolerance float64
	}{
		{dist.Poisson{Lambda: 4}, -inf, inf, 0},
		{dist.Bernoulli{P: 0.3}, 0, 1, 0},
		{dist.Normal{Mu: 3, Sigma: 2}, -inf, inf, 1e-12},
		{dist.Exponential{Rate: 3}, 0, inf, 1e-12},
		{dist.Cauchy{Location: 1, Scale: 1e-3}, -inf, inf, 1e-12},
	} {
		q, err := InvertCDF(c.d.CDF, c.low, c.high)
		if err != nil {
			t.Fatal(err)
		}
		for p := 0.01; p < 1; p += 0.0137 {
			if got, want := q.Quantile(p), c.d.Quantile(p); math.Abs(got-want) > c.tolerance*(1+math.Abs(want)) {
				t.Errorf("%v: quantile of %v is %v, want %v", c.d, p, got, want)
			}
		}
		if got := q(1.5); !math.IsNaN(got) {
			t.Errorf("%v: quantile of 1.5 is %v", c.d, got)
		}
	}
}

func TestInvertCDFErrors(t *testing.T) {
	var config *belief.ConfigError
	for _, ends := range [][2]float64{{1, 1}, {2, 1}, {math.NaN(), 1}, {0, math.NaN()}} {
		if _, err := InvertCDF(normal[0].CDF, ends[0], ends[1]); !errors.As(err, &config) {
			t.Errorf("from %v to %v: %v", ends[0], ends[1], err)
		}
	}
	if _, err := InvertCDF(nil, 0, 1); !errors.As(err, &config) {
		t.Errorf("no function: %v", err)
	}
	var point *PointError
	for name, cdf := range map[string]func(float64) float64{
		"falls":   func(x float64) float64 { return dist.Normal{Sigma: 1}.Survival(x) },
		"NaN":     func(x float64) float64 { return math.NaN() },
		"above 1": func(x float64) float64 { return 2 },
		"half":    func(x float64) float64 { return 0.5 * dist.Normal{Sigma: 1}.CDF(x) },
	} {
		if _, err := InvertCDF(cdf, -inf, inf); !errors.As(err, &point) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Densities that were tabulated have the distribution functions and quantiles of
// package dist, within the error that they tell of.
func TestTabulate(t *testing.T) {
	for _, c := range []struct {
		d         dist.Univariate
		low, high float64
	}{
		{dist.Normal{Mu: 0, Sigma: 1}, -inf, inf},
		{dist.Normal{Mu: 3, Sigma: 0.05}, -inf, inf},
		{dist.Normal{Mu: 3, Sigma: 0.05}, 0, 10},
		{dist.Cauchy{Location: 0, Scale: 1}, -inf, inf},
		{dist.Gamma{Shape: 2, Rate: 3}, 0, inf},
		{dist.Gamma{Shape: 0.5, Rate: 3}, 0, inf}, // a pole at 0
		{dist.Affine{Base: dist.Gamma{Shape: 2, Rate: 3}, Shift: 1, Scale: -1}, -inf, 1},
		{dist.Beta{Alpha: 0.3, Beta: 2}, 0, 1},
		{dist.Uniform{Lower: 0.2, Upper: 0.7}, 0, 1}, // jumps inside
		{dist.Laplace{Location: 0.3, Scale: 1}, -40, 60},
		{dist.LogNormal{Mu: 0, Sigma: 2}, 0, inf},
	} {
		d, err := Tabulate(func(x float64) float64 { return c.d.LogProb(x) - 1000 }, c.low, c.high)
		if err != nil {
			t.Errorf("%v: %v", c.d, err)
			continue
		}
		if d.Wrong() > 2e-12 {
			t.Errorf("%v: error %v", c.d, d.Wrong())
		}
		for p := 0.0005; p < 1; p += 0.001 {
			if x := d.Quantile(p); !(math.Abs(c.d.CDF(x)-p) < 1e-12) {
				t.Errorf("%v: quantile of %v is %v, with a CDF of %v", c.d, p, x, c.d.CDF(x))
			}
			if x := c.d.Quantile(p); !(math.Abs(d.CDF(x)-p) < 1e-12) || !(math.Abs(d.LogProb(x)-c.d.LogProb(x)) < 1e-10) {
				t.Errorf("%v: CDF of %v is %v, want %v", c.d, x, d.CDF(x), p)
			}
		}
		if z := d.LogNormalizer(); !(math.Abs(z.Value+1000) < 1e-11) || z.Kind != belief.Approximation {
			t.Errorf("%v: log normalizer %v, want −1000", c.d, z)
		}
		r, x := newRand(5), make([]float64, 5000)
		for i := range x {
			x[i] = d.Rand(r)
		}
		if gap, bound, ok := fits(x, c.d.CDF); !ok {
			t.Errorf("%v: draws are off by %v, bound %v", c.d, gap, bound)
		}
		if d.Quantile(0) != c.low || d.Quantile(1) != c.high || d.CDF(c.low) != 0 || d.CDF(c.high) != 1 ||
			!math.IsNaN(d.Quantile(-1)) || !math.IsNaN(d.CDF(math.NaN())) || !math.IsInf(d.LogProb(c.low), -1) {
			t.Errorf("%v: wrong at the ends", c.d)
		}
	}
}

// A density that is only seen to be high once panels are halved is started over.
func TestTabulateHigher(t *testing.T) {
	spike := dist.Normal{Mu: 0.3, Sigma: 1e-5}
	d, err := Tabulate(func(x float64) float64 {
		return max(-1000*math.Abs(x-0.3001), spike.LogProb(x)+2000)
	}, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if z := d.LogNormalizer().Value; math.Abs(z-2000) > 1e-8 {
		t.Errorf("log normalizer %v, want 2000", z)
	}
}

// A jump next to the end of a panel, where no node of the panel sees it.
func TestTabulateJump(t *testing.T) {
	for _, part := range []float64{1e-4, 1e-3, 2e-3, 0.5, 0.998, 0.999} {
		for _, panel := range []float64{64, 200} {
			c := (panel + part) / 256
			d, err := Tabulate(func(x float64) float64 {
				if x < c {
					return 0
				}
				return math.Log(0.2)
			}, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			if total := c + 0.2*(1-c); math.Abs(math.Exp(d.LogNormalizer().Value)-total) > 1e-12 || math.Abs(d.CDF(c)-c/total) > 1e-12 {
				t.Errorf("jump at %v: normalizer off by %v, CDF by %v", c, math.Exp(d.LogNormalizer().Value)-total, d.CDF(c)-c/total)
			}
		}
	}
}

func TestTabulateErrors(t *testing.T) {
	var config *belief.ConfigError
	zero := func(float64) float64 { return 0 }
	for name, c := range map[string]struct {
		f         func(float64) float64
		low, high float64
	}{
		"no length":      {zero, 1, 1},
		"backwards":      {zero, 2, 1},
		"NaN":            {zero, math.NaN(), 1},
		"no function":    {nil, 0, 1},
		"too wide":       {zero, -math.MaxFloat64, math.MaxFloat64},
		"nowhere":        {func(float64) float64 { return -inf }, 0, 1},
		"1/x":            {func(x float64) float64 { return -math.Log(x) }, 0, 1},
		"flat for ever":  {zero, 0, inf},
		"noise":          {func(x float64) float64 { return math.Sin(1e9 * x) }, 0, 1},
		"1/x upside":     {func(x float64) float64 { return -math.Log(x) }, 1, inf},
		"grows for ever": {func(x float64) float64 { return x }, -inf, inf},
	} {
		if _, err := Tabulate(c.f, c.low, c.high); !errors.As(err, &config) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var point *PointError
	for _, bad := range []float64{math.NaN(), inf} {
		if _, err := Tabulate(func(x float64) float64 {
			if x > 0.9 {
				return bad
			}
			return 0
		}, 0, 1); !errors.As(err, &point) || !(point.X[0] > 0.9) {
			t.Errorf("density of %v: %v", bad, err)
		}
	}
}

func TestInverseAllocations(t *testing.T) {
	d, err := Tabulate(normal[0].LogProb, -inf, inf)
	if err != nil {
		t.Fatal(err)
	}
	q, err := InvertCDF(normal[0].CDF, -inf, inf)
	if err != nil {
		t.Fatal(err)
	}
	r := newRand(1)
	if n := patience.Allocations(1000, func() { d.Rand(r); q.Rand(r); d.CDF(0.3) }); n > 0 {
		t.Errorf("%v allocations per draw", n)
	}
}

func BenchmarkTabulated(b *testing.B) {
	d, err := Tabulate(normal[0].LogProb, -inf, inf)
	if err != nil {
		b.Fatal(err)
	}
	r := newRand(1)
	for b.Loop() {
		d.Rand(r)
	}
}
