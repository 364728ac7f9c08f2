package density_test

import (
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist/density"
)

// TestGrid holds every point to the exact density within the bound, which must not
// be idle: the error comes near it, for Gaussian kernels within a factor of 30.
func TestGrid(t *testing.T) {
	for _, x := range [][]float64{normals(300, 8), {1}, {-1e5, 1e5}, {0, 0, 0, 1, 2.5}} {
		for shape := density.Gaussian; shape <= density.Tophat; shape++ {
			for _, n := range []int{2, 3, 37, 256, 4096} {
				k := fitKernel(t, x, nil, density.KernelConfig{Shape: shape, Bandwidth: 0.4})
				g, err := k.Grid(n)
				if err != nil {
					t.Fatal(err)
				}
				worst := 0.0
				for i, p := range g.Density {
					worst = max(worst, math.Abs(p-k.Prob(g.X(i))))
				}
				if !(worst <= g.ErrorBound) {
					t.Errorf("%v on %d points: off by %v, the bound is %v", k, n, worst, g.ErrorBound)
				}
				if shape == density.Gaussian && n >= 256 && len(x) != 2 && worst < g.ErrorBound/30 {
					t.Errorf("%v on %d points: off by %v only, the bound is %v", k, n, worst, g.ErrorBound)
				}
			}
		}
	}
	k := fitKernel(t, normals(1000, 9), nil, density.KernelConfig{})
	g, err := k.Grid(1024)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, p := range g.Density {
		sum += p * g.Step
	}
	if math.Abs(sum-1) > 1e-4 || g.ErrorBound > 5e-4 {
		t.Errorf("the integral is %v, the bound %v", sum, g.ErrorBound)
	}
	var configError *belief.ConfigError
	for _, n := range []int{-1, 0, 1, 1 << 30} {
		if _, err := k.Grid(n); !errors.As(err, &configError) {
			t.Errorf("%d points: %v", n, err)
		}
	}
	tight := fitKernel(t, []float64{1e9}, nil, density.KernelConfig{Bandwidth: 2e-5})
	if _, err := tight.Grid(1 << 20); !errors.As(err, &configError) {
		t.Errorf("points that float64 cannot tell apart: %v", err)
	}
}

func BenchmarkKernelGrid(b *testing.B) {
	k := fitKernel(b, normals(10000, 1), nil, density.KernelConfig{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Grid(10000); err != nil {
			b.Fatal(err)
		}
	}
}
