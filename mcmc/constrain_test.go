package mcmc_test

import (
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/transform"
	"github.com/belief-go/belief/mcmc"
)

// scale is a likelihood of a scale and a weight pair, on constrained values.
func likelihood(x, grad []float64) float64 {
	grad[0], grad[1], grad[2] = 3/x[0]-x[0], 2/x[1], 1/x[2]
	return 3*math.Log(x[0]) - x[0]*x[0]/2 + 2*math.Log(x[1]) + math.Log(x[2])
}

// flat is a reference with a gradient: a product of exponentials.
type flat struct{}

func (flat) Dim() int { return 3 }
func (flat) LogProb(x []float64) float64 {
	return -x[0] - 2*x[1] - x[2]
}
func (flat) GradLogProbTo(dst, _ []float64) []float64 { return append(dst[:0], -1, -2, -1) }

var _ dist.VectorGrader = flat{}

// The density on free space is that of the constrained value plus the log
// Jacobian, whose parts and gradients agree.
func TestConstrain(t *testing.T) {
	tr := transform.Join{transform.Positive{}, transform.Simplex{K: 2}}
	base, err := mcmc.NewPosterior(flat{}, mcmc.GradFunc(3, likelihood))
	if err != nil {
		t.Fatal(err)
	}
	free, err := mcmc.Constrain(base, tr)
	if err != nil {
		t.Fatal(err)
	}
	if free.Dim() != 2 {
		t.Fatalf("dimension %d", free.Dim())
	}
	for _, target := range []mcmc.Target{free, free.(mcmc.Cloner).Clone()} {
		x := []float64{0.3, -0.7}
		value := tr.ForwardTo(nil, x)
		want := likelihood(value, make([]float64, 3)) + flat{}.LogProb(value) + tr.LogJacobian(x)
		split := target.(mcmc.SplitGradTarget)
		grad, ref, lik := make([]float64, 2), make([]float64, 2), make([]float64, 2)
		l, _ := target.LogDensity(x)
		lg, _ := target.(mcmc.GradTarget).LogDensityGrad(x, grad)
		r1, l1, _ := split.LogSplit(x)
		r2, l2, _ := split.LogSplitGrad(x, ref, lik)
		for _, got := range []float64{l, lg, r1 + l1, r2 + l2} {
			if math.Abs(got-want) > 1e-13 {
				t.Errorf("log density %v, want %v", got, want)
			}
		}
		if r1 != r2 || math.Abs(l1-likelihood(value, make([]float64, 3))) > 1e-13 {
			t.Errorf("parts %v and %v, %v and %v", r1, l1, r2, l2)
		}
		for i := range x {
			const h = 1e-5
			up, down := []float64{x[0], x[1]}, []float64{x[0], x[1]}
			up[i], down[i] = x[i]+h, x[i]-h
			ru, lu, _ := split.LogSplit(up)
			rd, ld, _ := split.LogSplit(down)
			if d := (ru - rd) / (2 * h); math.Abs(d-ref[i]) > 1e-8 {
				t.Errorf("slope %d of the reference is %v, want %v", i, ref[i], d)
			}
			if d := (lu - ld) / (2 * h); math.Abs(d-lik[i]) > 1e-8 || math.Abs(ref[i]+lik[i]-grad[i]) > 1e-12 {
				t.Errorf("slope %d of the likelihood is %v, want %v", i, lik[i], d)
			}
		}
		dst := make([]float64, 3)
		target.(mcmc.Quantifier).QuantitiesTo(dst, x)
		for i := range dst {
			if dst[i] != value[i] {
				t.Errorf("quantities %v, want %v", dst, value)
			}
		}
	}
	// What the target cannot do, the new one does not pretend to.
	plain, err := mcmc.Constrain(mcmc.Func(1, func(x []float64) float64 { return -x[0] }), transform.Positive{})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := plain.(mcmc.GradTarget); ok {
		t.Error("a gradient from nowhere")
	}
	if _, ok := plain.(mcmc.SplitTarget); ok {
		t.Error("a split from nowhere")
	}
	_, err = mcmc.Constrain(gauss, transform.Positive{})
	if e := (*belief.ConfigError)(nil); !errors.As(err, &e) {
		t.Errorf("wrong dimensions: %v", err)
	}
	if _, err = mcmc.Constrain(gauss, transform.Join{}); err == nil {
		t.Error("a transform that is none is taken")
	}
}
