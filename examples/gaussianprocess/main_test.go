package main

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist/process"
)

// The posterior is that of (D.54) and (D.55) with an explicit inverse.
func TestFormulas(t *testing.T) {
	x, y := observations()
	fit, err := learn(x, y)
	if err != nil {
		t.Fatal(err)
	}
	g := fit.Process()
	kernel := g.Kernel.(process.SquaredExponential)
	k := func(a, b float64) float64 {
		r := (a - b) / kernel.Length[0]
		return kernel.Sigma * kernel.Sigma * math.Exp(-0.5*r*r)
	}
	n := len(x)
	gram := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			gram.Set(i, j, k(x[i], x[j]))
		}
		gram.Set(i, i, gram.At(i, i)+g.Noise*g.Noise)
	}
	var inverse mat.Dense
	if err := inverse.Inverse(gram); err != nil {
		t.Fatal(err)
	}
	for v := -1.0; v < 8; v += 0.37 {
		row := mat.NewVecDense(n, nil)
		for i := range n {
			row.SetVec(i, k(v, x[i]))
		}
		var half mat.VecDense
		half.MulVec(&inverse, row)
		wantMean := mat.Dot(&half, mat.NewVecDense(n, y))
		wantVariance := k(v, v) - mat.Dot(&half, row)
		mean, variance := fit.Predict([]float64{v})
		if math.Abs(mean-wantMean) > 1e-9 || math.Abs(variance-wantVariance) > 1e-9 {
			t.Errorf("at %v: %v, %v, want %v, %v", v, mean, variance, wantMean, wantVariance)
		}
	}
}

// It learns what it claims: the noise, the function where there are points, and its
// ignorance elsewhere.
func TestLearnt(t *testing.T) {
	x, y := observations()
	fit, err := learn(x, y)
	if err != nil {
		t.Fatal(err)
	}
	if s := fit.Process().Noise; s < noise/2 || s > noise*2 {
		t.Errorf("noise %v, truth %v", s, noise)
	}
	sd := func(v float64) float64 {
		_, variance := fit.Predict([]float64{v})
		return math.Sqrt(variance)
	}
	for _, v := range x {
		if mean, _ := fit.Predict([]float64{v}); math.Abs(mean-truth(v)) > 4*sd(v) {
			t.Errorf("at %v: %v ± %v, truth %v", v, mean, sd(v), truth(v))
		}
	}
	if !(sd(3) > 2*sd(1)) || !(sd(7) > 2*sd(5)) {
		t.Errorf("sd %v at 1, %v in the gap, %v at 5, %v beyond the end", sd(1), sd(3), sd(5), sd(7))
	}
}

func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	x, y := observations()
	fit, err := learn(x, y)
	if err != nil {
		t.Fatal(err)
	}
	mean, variance := fit.Predict([]float64{3})
	if want := fmt.Sprintf(" 3.00  %6.3f  %6.3f  %6.3f  |", truth(3), mean, math.Sqrt(variance)); !strings.Contains(out.String(), want) {
		t.Errorf("no %q in\n%s", want, out.String())
	}
	if n := strings.Count(out.String(), "*"); n != 31+1 {
		t.Errorf("the function is drawn %d times", n-1)
	}
}
