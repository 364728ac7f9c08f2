package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
)

// Means are within five of their standard errors of the truth, which right ones
// leave with probability 6e-7; thinned draws are less alike, and tell less.
func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 12 {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	for i := 0; i < 12; i += 6 {
		if !strings.HasPrefix(lines[i], "Metropolis") {
			t.Errorf("%q is no heading", lines[i])
		}
		var first, last float64
		path := strings.Fields(strings.TrimSpace(lines[i+1][strings.Index(lines[i+1], ":")+1:]))
		if _, err := fmt.Sscan(path[0]+" "+path[len(path)-1], &first, &last); err != nil || first > -8 || last < -5 || last > 6 {
			t.Errorf("the burn-in goes from %v to %v; %v", first, last, err)
		}
		alike, effective := 1.0, math.Inf(1)
		for j, m := range []int{1, 5, 20} {
			var interval, kept int
			var auto, ess, mu, stdErr float64
			if _, err := fmt.Sscanf(lines[i+3+j], "%d %d %f %f %f ± %f", &interval, &kept, &auto, &ess, &mu, &stdErr); err != nil {
				t.Fatalf("%q: %v", lines[i+3+j], err)
			}
			if interval != m || kept != 4*steps/m {
				t.Errorf("%q has interval %d and %d draws", lines[i+3+j], interval, kept)
			}
			if math.Abs(mu-mean) > 5*stdErr+5e-5 {
				t.Errorf("mean %v ± %v, want %v", mu, stdErr, mean)
			}
			if auto > alike || ess > 1.1*effective {
				t.Errorf("an interval of %d: autocorrelation %v after %v, %v effective draws after %v", m, auto, alike, ess, effective)
			}
			alike, effective = auto, ess
		}
	}
}

// The density has the mean and the mass that the comment says.
func TestDensity(t *testing.T) {
	const step = 1e-3
	mass, first := 0.0, 0.0
	for x := -15.0; x < 15; x += step {
		p := math.Exp(density([]float64{x})) / math.Sqrt(2*math.Pi) * step
		mass += p
		first += x * p
	}
	if math.Abs(mass-1) > 1e-9 || math.Abs(first-mean) > 1e-9 {
		t.Errorf("mass %v and mean %v, want 1 and %v", mass, first, mean)
	}
}
