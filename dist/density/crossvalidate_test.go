package density

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"testing"
)

// TestScores holds the score of least squares to that of testdata/golden.py, which
// integrates the square of the estimate numerically.
func TestScores(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct {
		X      []float64
		Cross  map[string]float64
		Scores []struct {
			Shape    string
			H, Score float64
		}
	}
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	s, err := newSample("test", g.X, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, c := range g.Scores {
		for shape := Gaussian; shape <= Tophat; shape++ {
			if shape.String() != c.Shape {
				continue
			}
			for _, workers := range []int{1, 3} {
				v := validator{z: [][]float64{s.x}, w: s.w, shape: shape, rule: LeastSquares, parts: make([]float64, len(s.x)), workers: workers}
				if got, err := v.score(ctx, c.H); err != nil || math.Abs(got-c.Score) > 1e-12 {
					t.Errorf("%v at %v: %v, want %v (%v)", shape, c.H, got, c.Score, err)
				}
			}
		}
	}
	for rule, name := range map[BandwidthRule]string{LeastSquares: "least-squares gaussian", Likelihood: "likelihood gaussian"} {
		k, err := FitKernel(ctx, g.X, nil, KernelConfig{Rule: rule})
		if err != nil {
			t.Fatal(err)
		}
		// A minimum is flat: its place has half the digits of its value.
		if got, want := k.Bandwidth(), g.Cross[name]; math.Abs(got/want-1) > 2e-5 {
			t.Errorf("%v: the bandwidth is %v, want %v", rule, got, want)
		}
		if w := k.Warnings(); len(w) > 0 {
			t.Errorf("%v: %v", rule, w)
		}
	}
}

func TestCrossValidationEdges(t *testing.T) {
	ctx := context.Background()
	// Heavy ties: the square criterion wants no width at all, and says so.
	var tied []float64
	for i := range 200 {
		tied = append(tied, float64(i%10))
	}
	k, err := FitKernel(ctx, tied, nil, KernelConfig{Rule: LeastSquares})
	if err != nil {
		t.Fatal(err)
	}
	if w := k.Warnings(); len(w) != 1 || w[0].Code != "bandwidth-limit" {
		t.Errorf("ties: %v, bandwidth %v", w, k.Bandwidth())
	}
	// A far outlier is alone with every compact kernel.
	k, err = FitKernel(ctx, []float64{0, 1, 2, 3, 4, 1e6}, nil, KernelConfig{Rule: Likelihood, Shape: Epanechnikov})
	if err != nil {
		t.Fatal(err)
	}
	if w := k.Warnings(); len(w) != 1 || w[0].Code != "bandwidth-none" {
		t.Errorf("an outlier: %v, bandwidth %v", w, k.Bandwidth())
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := FitKernel(stopped, tied, nil, KernelConfig{Rule: Likelihood}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// The overlap is the convolution.
func TestOverlap(t *testing.T) {
	for shape := Epanechnikov; shape <= Tophat; shape++ {
		for _, u := range []float64{0, 0.3, 1, 1.7, 2.5} {
			sum := 0.0
			const step = 1e-4
			for k := -100000; k < 100000; k++ {
				v := (float64(k) + 0.5) * step
				sum += step * shape.value(v) * shape.value(u-v)
			}
			if got := shape.overlap(u); math.Abs(got-sum) > 1e-7 {
				t.Errorf("%v at %v: %v, want %v", shape, u, got, sum)
			}
		}
	}
}

// In two dimensions both scores are what integrals and loops say.
func TestVectorScores(t *testing.T) {
	x := []float64{0, 0, 1, 0.4, 0.3, 1.2, -0.8, 0.5, 1.5, 1.4, 0.2, -0.9}
	w := []float64{1, 2, 1, 0.5, 1, 1.5}
	const h = 0.7
	for shape := Gaussian; shape <= Tophat; shape++ {
		k, err := FitVectorKernel(context.Background(), 2, x, w, VectorKernelConfig{Shape: shape, Bandwidth: []float64{1, 1}})
		if err != nil {
			t.Fatal(err)
		}
		square, step := 0.0, 0.02
		p := func(a, b float64, without int) float64 {
			sum := 0.0
			for i, v := range k.cloud.w {
				if i != without {
					sum += v * shape.value((a-k.cloud.z[0][i])/h) * shape.value((b-k.cloud.z[1][i])/h) / (h * h)
				}
			}
			return sum
		}
		for a := -6.0; a < 7; a += step {
			for b := -6.0; b < 7; b += step {
				v := p(a+step/2, b+step/2, -1)
				square += step * step * v * v
			}
		}
		wantSquares, wantLikelihood := square, 0.0
		for i, v := range k.cloud.w {
			rest := p(k.cloud.z[0][i], k.cloud.z[1][i], i) / (1 - v)
			wantSquares -= 2 * v * rest
			wantLikelihood -= v * math.Log(rest)
		}
		for rule, want := range map[BandwidthRule]float64{LeastSquares: wantSquares, Likelihood: wantLikelihood} {
			v := validator{z: k.cloud.z, w: k.cloud.w, cloud: k.cloud, shape: shape, rule: rule, parts: make([]float64, len(k.cloud.w))}
			tol := map[KernelShape]float64{Gaussian: 1e-12, Epanechnikov: 1e-4, Tophat: 1e-2}[shape] // of the grid
			if got, err := v.score(context.Background(), h); err != nil || !(got == want || math.Abs(got-want) <= tol) {
				t.Errorf("%v, %v: %v, want %v (%v)", shape, rule, got, want, err)
			}
		}
	}
}

// The ratio of bandwidths, from the integrals in its definition.
func TestCanonical(t *testing.T) {
	for _, c := range []struct {
		shape KernelShape
		d     int
		want  float64
	}{
		{Epanechnikov, 2, math.Pow(0.6*0.6/0.04*4*math.Pi, 1./6)},
		{Tophat, 3, math.Pow(0.125*9*math.Pow(4*math.Pi, 1.5), 1./7)},
		{Gaussian, 5, 1},
	} {
		if got := c.shape.canonical(c.d); math.Abs(got/c.want-1) > 1e-14 {
			t.Errorf("%v in %d dimensions: %v, want %v", c.shape, c.d, got, c.want)
		}
	}
}
