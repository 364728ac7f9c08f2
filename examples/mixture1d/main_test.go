package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
)

// The log-likelihood rises from line to line, and the end is near what the data are
// drawn from: means are off by less than 6 standard errors of 0.08.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	last, means := math.Inf(-1), [2]float64{}
	for _, line := range lines {
		var p, q, s1, s2, ll float64
		_, rest, _ := strings.Cut(line, "  ")
		rest = strings.TrimSpace(rest)
		if _, err := fmt.Sscanf(rest, "%f N(%f, %f²) %f N(%f, %f²) log-likelihood %f", &p, &means[0], &s1, &q, &means[1], &s2, &ll); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if ll < last {
			t.Errorf("from %v to %v", last, ll)
		}
		last = ll
	}
	if len(lines) != 7 || math.Abs(means[0]-6) > 0.5 || math.Abs(means[1]-9.5) > 0.5 {
		t.Errorf("%d lines, means %v", len(lines), means)
	}
}
