package dist_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

// plain hides all but the methods of Univariate.
type plain struct{ dist.Univariate }

func TestAffine(t *testing.T) {
	for _, d := range []dist.Affine{
		{Base: dist.Logistic{Scale: 1}, Shift: 3, Scale: 0.5},
		{Base: dist.Exponential{Rate: 1}, Shift: -1, Scale: -2},
		{Base: plain{dist.Gumbel{Scale: 1}}, Shift: 10, Scale: -1},
		{Base: dist.Beta{Alpha: 2, Beta: 3}, Shift: -1, Scale: 2},
		{Base: dist.Poisson{Lambda: 4}, Shift: -3, Scale: 1},
		{Base: dist.Poisson{Lambda: 4}, Shift: 3, Scale: -1},
		{Base: dist.Binomial{N: 9, P: 0.3}, Shift: 5, Scale: -3},
	} {
		if plain, ok := d.Base.(plain); ok { // no gradient, but all else
			if g := d.GradLogProb(9); !math.IsNaN(g) {
				t.Errorf("gradient %v of %v", g, plain)
			}
			for _, p := range []float64{1e-18, 0.01, 0.4, 0.9} {
				close(t, "UpperQuantile", d.UpperQuantile(p), 10-dist.Gumbel{Scale: 1}.Quantile(p), 1e-12)
				close(t, "Quantile", d.Quantile(p), 10-dist.Gumbel{Scale: 1}.UpperQuantile(p), 1e-12)
				d := dist.Affine{Base: d.Base, Scale: 1}
				close(t, "UpperQuantile", d.UpperQuantile(p), dist.Gumbel{Scale: 1}.UpperQuantile(p), 1e-12)
			}
			continue
		}
		disttest.Run(t, disttest.Case{Dist: d, NoNew: true})
	}
}

// TestAffineNormal: a + bX of a normal X is normal, whatever the sign of b.
func TestAffineNormal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(-5, 5).Draw(t, "a"), rapid.Float64Range(-5, 5).Draw(t, "b")
		if math.Abs(b) < 0.01 {
			b = -0.01
		}
		got, want := dist.Affine{Base: dist.Normal{Mu: 2, Sigma: 3}, Shift: a, Scale: b}, dist.Normal{Mu: a + 2*b, Sigma: 3 * math.Abs(b)}
		x, p := want.Mu+want.Sigma*rapid.Float64Range(-20, 20).Draw(t, "z"), rapid.Float64Range(1e-9, 1).Draw(t, "p")
		for what, v := range map[string][2]float64{
			"LogProb": {got.LogProb(x), want.LogProb(x)}, "CDF": {got.CDF(x), want.CDF(x)}, "LogCDF": {got.LogCDF(x), want.LogCDF(x)},
			"Survival": {got.Survival(x), want.Survival(x)}, "Mean": {got.Mean(), want.Mean()}, "Variance": {got.Variance(), want.Variance()},
			"Entropy": {got.Entropy(), want.Entropy()}, "GradLogProb": {b * got.GradLogProb(x), b * want.GradLogProb(x)},
		} {
			floor := 1e-12 // of sums that may cancel
			if what == "CDF" || what == "Survival" {
				floor = 0
			}
			if math.Abs(v[0]-v[1]) > 1e-10*math.Abs(v[1])+floor {
				t.Fatalf("%v: %s is %v, want %v", got, what, v[0], v[1])
			}
		}
		for what, v := range map[string][2]float64{"Quantile": {got.Quantile(p), want.Quantile(p)}, "UpperQuantile": {got.UpperQuantile(p), want.UpperQuantile(p)}} {
			if v[0] != v[1] && math.Abs(v[0]-v[1]) > 1e-13*(20+math.Abs(v[1])) {
				t.Fatalf("%v: %s is %v, want %v", got, what, v[0], v[1])
			}
		}
	})
}

// TestAffineMirror holds the quantiles of mirrored counts against their definition.
func TestAffineMirror(t *testing.T) {
	for _, base := range []dist.Univariate{dist.Poisson{Lambda: 4}, dist.Binomial{N: 9, P: 0.3}, dist.Geometric{P: 0.2}, plain{dist.Poisson{Lambda: 1e6}}} {
		for _, b := range []float64{1, -1, -2} {
			d := dist.Affine{Base: base, Shift: 1, Scale: b}
			for _, p := range []float64{1e-30, 1e-9, 0.05, 0.3, 0.5, 0.77, 0.99, base.CDF(2), base.Survival(2)} {
				if p == 0 || p == 1 {
					continue
				}
				if y := d.Quantile(p); !(d.CDF(y) >= p && d.CDF(y-math.Abs(b)) < p) {
					t.Errorf("%v: Quantile(%v) = %v, where the CDF steps from %v to %v", d, p, y, d.CDF(y-math.Abs(b)), d.CDF(y))
				}
				if y := d.UpperQuantile(p); !(d.Survival(y) <= p && d.Survival(y-math.Abs(b)) > p) {
					t.Errorf("%v: UpperQuantile(%v) = %v, where the survival steps from %v to %v", d, p, y, d.Survival(y-math.Abs(b)), d.Survival(y))
				}
			}
		}
	}
	d := dist.Affine{Base: dist.Poisson{Lambda: 4}, Shift: 1, Scale: -2}
	for _, y := range []float64{2, 0, -0.5, math.Inf(1), math.Inf(-1)} {
		if l := d.LogProb(y); !math.IsInf(l, -1) {
			t.Errorf("log mass %v at %v", l, y)
		}
	}
	if l := d.LogProb(-5); l != (dist.Poisson{Lambda: 4}).LogProb(3) {
		t.Errorf("log mass %v at -5", l)
	}
}

func TestAffineErrors(t *testing.T) {
	steps, err := dist.NewEmpirical([]float64{0.5, 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		base         dist.Univariate
		shift, scale float64
		param        bool
	}{
		"no base":         {nil, 0, 1, false},
		"invalid base":    {dist.Normal{}, 0, 1, true},
		"zero scale":      {dist.Normal{Sigma: 1}, 0, 0, true},
		"NaN":             {dist.Normal{Sigma: 1}, math.NaN(), 1, true},
		"infinite":        {dist.Normal{Sigma: 1}, 0, math.Inf(1), true},
		"fraction":        {dist.Poisson{Lambda: 1}, 0.5, 1, true},
		"fraction scale":  {dist.Poisson{Lambda: 1}, 0, 0.5, true},
		"too large":       {dist.Poisson{Lambda: 1}, 1e300, 1, true},
		"steps":           {steps, 0, 1, false},
		"lost in a point": {dist.Uniform{Lower: 0, Upper: 1}, 1e300, 1, false},
	} {
		_, err := dist.NewAffine(c.base, c.shift, c.scale)
		var p *dist.ParameterError
		var s *belief.ConfigError
		if c.param && !errors.As(err, &p) || !c.param && !errors.As(err, &s) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
