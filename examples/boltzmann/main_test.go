package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
)

// Every share is within 5.5 of its standard errors of the probability, which 24 right
// ones leave with probability 1e-6; the probabilities obey the law of differences of
// energy (12.5).
func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 30 {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	for i, temperature := range temperatures {
		sum := 0.0
		for s := range 1 << units {
			line := lines[10*i+2+s]
			var name string
			var e, p, share, stdErr float64
			if _, err := fmt.Sscanf(line, "%s %f %f %f ± %f", &name, &e, &p, &share, &stdErr); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			sum += p
			if want := exact(temperature)[0] * math.Exp(-e/temperature); name != fmt.Sprintf("%03b", s) || math.Abs(p-want) > 6e-5 {
				t.Errorf("%q: state %03b has probability %v", line, s, want)
			}
			if math.Abs(share-p) > 5.5*stdErr+1e-4 {
				t.Errorf("temperature %v: %q is too far off", temperature, line)
			}
		}
		if math.Abs(sum-1) > 5e-4 {
			t.Errorf("the probabilities sum to %v", sum)
		}
	}
}

// The conditionals are those of the joint distribution.
func TestConditionals(t *testing.T) {
	for s := range 1 << units {
		x := state(s)
		for i := range x {
			on, off := append([]float64{}, x...), append([]float64{}, x...)
			on[i], off[i] = 1, 0
			field := biases[i]
			for j, v := range x {
				field += weights[i][j] * v
			}
			if gap := energy(off) - energy(on); math.Abs(gap-field) > 1e-15 {
				t.Errorf("state %v, unit %d: an energy gap of %v, want %v", x, i, gap, field)
			}
		}
	}
}
