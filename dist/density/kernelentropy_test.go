package density_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/density"
)

// One kernel has the entropy of its shape; far from each other they have the mean of
// that and the entropy of their weights; and in between the sum over a fine grid.
func TestKernelEntropy(t *testing.T) {
	one := []float64{density.Gaussian: dist.Normal{Sigma: 1}.Entropy(), density.Epanechnikov: 5./3 - math.Log(3), density.Tophat: math.Ln2}
	var far []float64
	for i := range 800 { // more cuts than one batch has
		far = append(far, 1000*float64(i))
	}
	x, w := append(normals(120, 9), 8, 8.4, 8.4), make([]float64, 123)
	for i := range w {
		w[i] = 1 + float64(i%5)
	}
	for shape := density.Gaussian; shape <= density.Tophat; shape++ {
		for _, h := range []float64{1e-3, 1, 40} {
			k := fitKernel(t, []float64{7}, nil, density.KernelConfig{Shape: shape, Bandwidth: h})
			if got, want := k.Entropy(), one[shape]+math.Log(h); math.Abs(got-want) > 1e-11 {
				t.Errorf("%v: the entropy is %v, want %v", k, got, want)
			}
			k = fitKernel(t, far, nil, density.KernelConfig{Shape: shape, Bandwidth: h})
			if got, want := k.Entropy(), one[shape]+math.Log(h)+math.Log(800); math.Abs(got-want) > 1e-9+3e6*0x1p-52/h {
				t.Errorf("%v: the entropy is %v, want %v", k, got, want)
			}
		}
		k := fitKernel(t, x, w, density.KernelConfig{Shape: shape, Bandwidth: 0.5})
		want, step := 0.0, 2e-3
		for a := -9.0; a < 14; a += step {
			want += quad.Fixed(func(x float64) float64 {
				if p := k.Prob(x); p > 0 {
					return -p * math.Log(p)
				}
				return 0
			}, a, a+step, 2, nil, 0)
		}
		tol := []float64{density.Gaussian: 1e-9, density.Epanechnikov: 1e-6, density.Tophat: 2e-3}[shape] // of the grid
		if got := k.Entropy(); math.Abs(got-want) > tol {
			t.Errorf("%v: the entropy is %v, want %v", k, got, want)
		}
	}
}

// The slope against the definition, near and far, with few and many observations.
func TestKernelSlope(t *testing.T) {
	for _, x := range [][]float64{{1}, {0, 3, 3.5}, normals(900, 3)} {
		for shape := density.Gaussian; shape <= density.Tophat; shape++ {
			k := fitKernel(t, x, nil, density.KernelConfig{Shape: shape, Bandwidth: 0.7})
			for _, at := range []float64{-30, -2, 0.1, 0.9, 1.3, 3.1, 11} {
				least, sum, slope := math.Inf(1), 0.0, 0.0
				for _, v := range x {
					least = min(least, 0.5*(at-v)*(at-v)/0.49)
				}
				for _, v := range x {
					u := (at - v) / 0.7
					switch {
					case shape == density.Gaussian:
						p := math.Exp(least - 0.5*u*u)
						sum, slope = sum+p, slope-u*p/0.7
					case math.Abs(u) <= 1 && shape == density.Tophat:
						sum++
					case math.Abs(u) <= 1:
						sum, slope = sum+0.75*(1-u*u), slope-1.5*u/0.7
					}
				}
				got, want := k.GradLogProb(at), slope/sum
				if !(math.Abs(got-want) <= 1e-12*(1+math.Abs(want))) && !(math.IsNaN(got) && sum == 0) {
					t.Errorf("%v: the slope at %v is %v, want %v", k, at, got, want)
				}
			}
			if !math.IsNaN(k.GradLogProb(math.NaN())) {
				t.Errorf("%v: NaN passes", k)
			}
		}
	}
	k := fitKernel(t, []float64{1, 2}, nil, density.KernelConfig{Bandwidth: 1})
	if a, b := k.GradLogProb(math.Inf(1)), k.GradLogProb(-1e200); !math.IsInf(a, -1) || !(math.Abs(b/1e200-1) < 1e-12) {
		t.Errorf("far away slopes are %v and %v", a, b)
	}
}
