package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
)

// What is printed agrees with what is known beforehand, within five standard errors
// (a false alarm has probability 6e-7), of which an autocorrelation r of n draws has
// about √((1 − r²)/n) and a variance √(2 τ/n).
func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 9 || !strings.HasPrefix(lines[1], "  burn-in of the first chain: (") {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	for i, m := range []int{1, 5, 20} {
		var interval, kept int
		var auto, exact, mean, stdErr, variance float64
		if _, err := fmt.Sscanf(lines[3+i], "%d %d %f %f %f ± %f %f", &interval, &kept, &auto, &exact, &mean, &stdErr, &variance); err != nil {
			t.Fatalf("%q: %v", lines[3+i], err)
		}
		n, want := float64(kept), math.Pow(rho, float64(2*m))
		if interval != m || kept != 4*scans/m || math.Abs(exact-want) > 6e-4 {
			t.Errorf("%q: interval %d, %d draws, autocorrelation exactly %v", lines[3+i], interval, kept, want)
		}
		if math.Abs(auto-want) > 5*math.Sqrt((1-want*want)/n)+6e-4 {
			t.Errorf("autocorrelation %v, want %v", auto, want)
		}
		if math.Abs(mean) > 5*stdErr+6e-5 {
			t.Errorf("mean %v ± %v, want 0", mean, stdErr)
		}
		if τ := (1 + want*want) / (1 - want*want); math.Abs(variance-1) > 5*math.Sqrt(2*τ/n)+6e-4 {
			t.Errorf("variance %v, want 1", variance)
		}
	}
	for _, line := range lines[7:] {
		var mean, stdErr, exact float64
		if _, err := fmt.Sscanf(line[16:], "%f ± %f, exactly %f", &mean, &stdErr, &exact); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if math.Abs(mean-exact) > 5*stdErr+6e-5 {
			t.Errorf("%q: too far off", line)
		}
	}
}
