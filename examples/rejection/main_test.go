package main

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/mcmc/montecarlo"
)

// cdf is the distribution function of p̂/Z.
func cdf(x float64) float64 {
	a, b := 0.15*math.Sqrt(math.Pi), 0.2*math.Sqrt(2*math.Pi)
	return (a*dist.Normal{Mu: -1.5, Sigma: math.Sqrt(0.5)}.CDF(x) + b*dist.Normal{Mu: 1, Sigma: 1}.CDF(x)) / normalizer
}

// The draws have the density, with a false alarm of 1e-6 (Massart 1990); those of the
// proposal do not. The rate is Z/k within five standard errors.
func TestDraws(t *testing.T) {
	k := envelope()
	a, err := sampler(k).Sample(context.Background(), 20_000)
	if err != nil {
		t.Fatal(err)
	}
	gap := func(x []float64) float64 {
		slices.Sort(x)
		worst := 0.0
		for i, v := range x {
			worst = max(worst, math.Abs(cdf(v)-float64(i)/float64(len(x))), math.Abs(cdf(v)-float64(i+1)/float64(len(x))))
		}
		return worst
	}
	bound := math.Sqrt(math.Log(2/1e-6) / 40_000)
	if g := gap(a.Draws); g > bound {
		t.Errorf("gap %v, bound %v", g, bound)
	}
	q := make([]float64, 20_000)
	for i := range q {
		q[i] = proposal.Quantile((float64(i) + 0.5) / 20_000)
	}
	if g := gap(q); g < 2*bound {
		t.Errorf("draws of the proposal pass with a gap of %v", g)
	}
	if z := (a.Acceptance.Value - normalizer/k) / a.Acceptance.StdErr; math.Abs(z) > 5 {
		t.Errorf("rate %v, want %v", a.Acceptance, normalizer/k)
	}
}

// The k that is found is enough, and not by much.
func TestEnvelope(t *testing.T) {
	k := envelope()
	touches := false
	for x := -20.0; x < 20; x += 1e-3 {
		ratio := density(x) / (k * math.Exp(proposal.LogProb(x)))
		touches = touches || ratio > 0.999
		if ratio > 1 {
			t.Errorf("above the envelope at %v", x)
		}
	}
	if !touches {
		t.Error("k is too large")
	}
	var e *montecarlo.EnvelopeError
	if _, err := sampler(0.9*k).Sample(context.Background(), 20_000); !errors.As(err, &e) {
		t.Errorf("k too small: %v", err)
	}
}

func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"20000 draws from ", "half of k: montecarlo: the density is above its envelope at x = [", " -1.25 ##", "       16  0.001"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
