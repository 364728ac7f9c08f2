package main

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
)

// The estimate is within five standard errors of π, which a right one leaves with
// probability 6e-7; and the standard error is the one that π itself gives.
func TestEstimate(t *testing.T) {
	const n = 200_000
	truth := math.Sqrt(math.Pi * (4 - math.Pi) / n)
	for seed := range uint64(4) {
		e, err := estimate(n, seed)
		if err != nil {
			t.Fatal(err)
		}
		if z := (e.Value - math.Pi) / truth; math.Abs(z) > 5 {
			t.Errorf("seed %d: %v is %.1f standard errors off", seed, e, z)
		}
		if math.Abs(e.StdErr/truth-1) > 0.02 {
			t.Errorf("seed %d: standard error %v, want about %v", seed, e.StdErr, truth)
		}
	}
}

func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 6 {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	for _, line := range lines[1:] {
		var n int
		var value, stdErr, off float64
		if _, err := fmt.Sscanf(line, "%d %f ± %f %f", &n, &value, &stdErr, &off); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if math.Abs(value-math.Pi-off) > 1e-5 || math.Abs(off) > 5*stdErr {
			t.Errorf("%q does not fit together", line)
		}
	}
}
