package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/belief-go/belief/mcmc/montecarlo"
)

// The closed forms of normalizer and mean square are those of the density.
func TestClosedForms(t *testing.T) {
	d, err := montecarlo.Tabulate(func(x float64) float64 { return logDensity([]float64{x}) }, math.Inf(-1), math.Inf(1))
	if err != nil {
		t.Fatal(err)
	}
	if z := math.Exp(d.LogNormalizer().Value); math.Abs(z-normalizer) > 1e-12 {
		t.Errorf("normalizer %v, want %v", normalizer, z)
	}
	sum := 0.0
	const n = 20_000
	for i := range n {
		x := d.Quantile((float64(i) + 0.5) / n)
		sum += x * x / n
	}
	if math.Abs(sum-meanSquare) > 1e-3 {
		t.Errorf("mean square %v, want %v", meanSquare, sum)
	}
}

// The printed estimates are within five of their standard errors, which fall as one
// over the root of the draws; of the proposals, only those that are too narrow get a
// warning.
func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	for _, line := range lines[2:6] {
		var n int
		var plain, plainErr, self, selfErr float64
		if _, err := fmt.Sscanf(line, "%d %f ± %f %f ± %f", &n, &plain, &plainErr, &self, &selfErr); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if math.Abs(plain-meanSquare) > 5*plainErr || math.Abs(self-meanSquare) > 5*selfErr || plainErr*math.Sqrt(float64(n)) > 5 || selfErr*math.Sqrt(float64(n)) > 5 {
			t.Errorf("%q is far from %v", line, meanSquare)
		}
	}
	wide, narrow, found := strings.Cut(out.String(), "    0.7  ")
	if !found || strings.Contains(wide, "Pareto k of") || !strings.Contains(narrow, "Pareto k of") {
		t.Errorf("warnings are not where they should be:\n%s", out.String())
	}
}

// Effective draws fall as (E[w]²/E[w²])ᵈ, which is (√(2·1.5² − 1)/1.5²)ᵈ.
func TestDimension(t *testing.T) {
	for _, d := range []int{1, 2, 4} {
		ess, err := inDimension(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		want := 1e4 * math.Pow(math.Sqrt(2*1.5*1.5-1)/(1.5*1.5), float64(d))
		if math.Abs(ess/want-1) > 0.1 {
			t.Errorf("%d dimensions: %v effective draws, want about %v", d, ess, want)
		}
	}
}
