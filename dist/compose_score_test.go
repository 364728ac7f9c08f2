package dist_test

import (
	"math"
	"slices"
	"testing"

	"github.com/belief-go/belief/dist"
)

// The scores of compositions are the differences of their log densities, the weights
// divided by their sum.
func TestCompositionScores(t *testing.T) {
	mixture := func(p []float64) dist.Univariate {
		total := p[0] + p[1] + p[2]
		return must(dist.NewMixture([]dist.Univariate{
			dist.Normal{Mu: p[3], Sigma: p[4]}, dist.Gamma{Shape: p[5], Rate: p[6]}, dist.Exponential{Rate: p[7]},
		}, []float64{p[0] / total, p[1] / total, p[2] / total}))
	}
	affine := func(p []float64) dist.Univariate {
		return must(dist.NewAffine(dist.Weibull{Shape: p[2], Scale: p[3]}, p[0], p[1]))
	}
	for _, c := range []struct {
		make   func(p []float64) dist.Univariate
		params []float64
		x      []float64
	}{
		{mixture, []float64{0.2, 0.3, 0.5, 1, 0.7, 2.5, 3, 0.4}, []float64{0.1, 0.8, 3, 20}},
		{affine, []float64{1, 2, 1.5, 0.8}, []float64{1.3, 2, 5}},
		{affine, []float64{1, -2, 1.5, 0.8}, []float64{0.7, -1, -3}},
	} {
		d := c.make(c.params).(interface {
			dist.Univariate
			dist.Scorer
		})
		if got := d.Params(); !slices.EqualFunc(got, c.params, func(a, b float64) bool { return math.Abs(a-b) < 1e-15 }) {
			t.Errorf("%v: parameters %v, want %v", d, got, c.params)
		}
		for _, x := range c.x {
			got := d.ScoreTo(nil, x)
			for k, v := range c.params {
				h := 1e-4 * math.Abs(v)
				at := func(v float64) float64 {
					p := slices.Clone(c.params)
					p[k] = v
					return c.make(p).LogProb(x)
				}
				want := (8*(at(v+h)-at(v-h)) - (at(v+2*h) - at(v-2*h))) / (12 * h)
				if math.Abs(got[k]-want) > 1e-8*(1+math.Abs(want)) {
					t.Errorf("%v at %v: score %d is %v, differences say %v", d, x, k, got[k], want)
				}
			}
		}
	}
	whole := dist.Affine{Base: dist.Poisson{Lambda: 3}, Shift: 2, Scale: 1}
	if s := whole.ScoreTo(nil, 7); !math.IsNaN(s[0]) || !math.IsNaN(s[1]) || s[2] != (dist.Poisson{Lambda: 3}).ScoreTo(nil, 5)[0] {
		t.Errorf("score %v of a moved count", s)
	}
	if s := must(dist.NewMixture([]dist.Univariate{dist.Uniform{Lower: 0, Upper: 1}}, []float64{1})).ScoreTo(nil, 2); !math.IsNaN(s[0]) {
		t.Errorf("score %v outside the support", s)
	}
}

// The score of a truncated distribution is the difference of log densities, each with
// the mass of its own parameters.
func TestTruncatedScores(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		make         func(p []float64) dist.Univariate
		params       []float64
		lower, upper float64
		x            []float64
	}{
		{func(p []float64) dist.Univariate { return dist.Normal{Mu: p[0], Sigma: p[1]} }, []float64{0.3, 1.2}, -1, 2, []float64{-0.9, 0.4, 1.9}},
		{func(p []float64) dist.Univariate { return dist.Normal{Mu: p[0], Sigma: p[1]} }, []float64{0.3, 1.2}, 20, inf, []float64{20.01, 20.1}},
		{func(p []float64) dist.Univariate { return dist.Gamma{Shape: p[0], Rate: p[1]} }, []float64{2.5, 3}, 0.5, 3, []float64{0.6, 1.5}},
		{func(p []float64) dist.Univariate { return dist.Poisson{Lambda: p[0]} }, []float64{4}, 2, 9, []float64{2, 5, 9}},
	} {
		d := must(dist.NewTruncated(c.make(c.params), c.lower, c.upper))
		if !slices.Equal(d.Params(), c.params) {
			t.Errorf("%v: parameters %v", d, d.Params())
		}
		for _, x := range c.x {
			got := d.ScoreTo(nil, x)
			for k, v := range c.params {
				h := 1e-3 * math.Abs(v)
				at := func(v float64) float64 {
					p := slices.Clone(c.params)
					p[k] = v
					return must(dist.NewTruncated(c.make(p), c.lower, c.upper)).LogProb(x)
				}
				want := (8*(at(v+h)-at(v-h)) - (at(v+2*h) - at(v-2*h))) / (12 * h)
				if math.Abs(got[k]-want) > 1e-7*(1+math.Abs(want)) {
					t.Errorf("%v at %v: score %d is %v, differences say %v", d, x, k, got[k], want)
				}
			}
		}
		if s := d.ScoreTo(nil, c.lower-1); !math.IsNaN(s[0]) {
			t.Errorf("%v: score %v outside", d, s)
		}
	}
}
