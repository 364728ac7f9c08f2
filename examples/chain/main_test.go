package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
)

// What is printed is what the recursions and the sum over all states give.
func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	lines := map[string]int{}
	for line := range strings.Lines(out.String()) {
		lines[strings.TrimSpace(line)]++
	}
	want := func(format string, args ...any) {
		t.Helper()
		if line := fmt.Sprintf(format, args...); lines[line] != 1 {
			t.Errorf("it does not print %q once:\n%s", line, out.String())
		}
	}
	const k = 3
	n := len(potentials) + 1
	ones := []float64{1, 1, 1}
	message := ones
	for i, phi := range potentials { // (11.39)
		next := make([]float64, k)
		for a := range k {
			for b := range k {
				next[b] += phi[a][b] * message[a]
			}
		}
		message = next
		want("μ%d,%d(x%d) = %s", i+1, i+2, i+2, list(message))
	}
	message = ones
	for i := len(potentials) - 1; i >= 0; i-- { // (11.40)
		next := make([]float64, k)
		for a := range k {
			for b := range k {
				next[a] += potentials[i][a][b] * message[b]
			}
		}
		message = next
		want("μ%d,%d(x%d) = %s", i+2, i+1, i+1, list(message))
	}
	// (11.35)–(11.37): every joint state.
	var z float64
	sums := make([][k]float64, n)
	states := make([]int, n)
	for {
		weight := 1.0
		for i, phi := range potentials {
			weight *= phi[states[i]][states[i+1]]
		}
		z += weight
		for i, s := range states {
			sums[i][s] += weight
		}
		i := 0
		for ; i < n; i++ {
			if states[i]++; states[i] < k {
				break
			}
			states[i] = 0
		}
		if i == n {
			break
		}
	}
	want("sum-product itself: Z = %.6g", z)
	for i, s := range sums {
		p := []float64{s[0] / z, s[1] / z, s[2] / z}
		want("t = %d: Z = %.6g, p(x%d) = %s", i+1, z, i+1, list(p))
		want("x%d: low %.6g, middle %.6g, high %.6g", i+1, p[0], p[1], p[2])
	}
	if total := 2*len(potentials) + 2*n + 4; len(lines) != total {
		t.Errorf("%d different lines, want %d:\n%s", len(lines), total, out.String())
	}
}

// Enumeration, the judge of the other engines, agrees on the same model.
func TestEnumeration(t *testing.T) {
	net, err := newChain()
	if err != nil {
		t.Fatal(err)
	}
	messages, err := inference.SumProduct{}.Run(context.Background(), net, graphical.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	post, err := inference.Enumeration{}.Marginals(context.Background(), net, graphical.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	if d := messages.LogEvidence() - post.LogEvidence.Value; math.Abs(d) > 1e-12 {
		t.Errorf("log Z differs by %v", d)
	}
	for _, want := range post.Marginals() {
		got, err := messages.Marginal(want.Variable.Name())
		if err != nil {
			t.Fatal(err)
		}
		for s, p := range want.Probs {
			if math.Abs(got.Probs[s]-p) > 1e-14 {
				t.Errorf("%v, want %v", got, want)
			}
		}
	}
}
