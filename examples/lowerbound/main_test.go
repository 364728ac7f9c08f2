package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/belief-go/belief/em"
)

func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	last, bound, gap, seen := math.Inf(-1), math.Inf(-1), 0.0, 0
	for _, line := range lines[1:] {
		var i int
		var theta, l, b, g float64
		n, _ := fmt.Sscan(line, &i, &theta, &l, &b, &g)
		if n < 3 {
			break
		}
		seen++
		if i != seen || l < last-1e-8 || l < bound-1e-8 {
			t.Errorf("iteration %d: %v after %v, bound %v", i, l, last, bound)
		}
		if i > 1 && math.Abs(l-bound-gap) > 2e-8 {
			t.Errorf("iteration %d: %v is not %v and the gap %v", i, l, bound, gap)
		}
		last, bound, gap = l, b, g
	}
	if seen < 5 || !strings.Contains(out.String(), "converged") {
		t.Errorf("%d iterations:\n%s", seen, &out)
	}
	for _, mark := range []string{"*", ".", "o", "^"} {
		if !strings.Contains(strings.Join(lines[seen+1:], "\n"), mark) {
			t.Errorf("no %s in the picture:\n%s", mark, &out)
		}
	}
}

// The gap is the divergence of two posteriors, found number by number.
func TestGap(t *testing.T) {
	block := &em.Block{Rows: len(numbers), Columns: 1, X: numbers}
	for _, theta := range []float64{-1, 0.4, 2, 5} {
		before, after := &model{0.4}, &model{theta}
		q, s := before.NewStatistics(), after.NewStatistics()
		if err := errors.Join(before.Expect(block, q), after.Expect(block, s)); err != nil {
			t.Fatal(err)
		}
		bound := q.LogLikelihood + after.Complete(q) - before.Complete(q)
		kl := 0.0
		for _, x := range numbers {
			share := func(m *model) float64 {
				a, b := m.joint(x)
				return 1 / (1 + math.Exp(b-a))
			}
			p, r := share(before), share(after)
			kl += p*math.Log(p/r) + (1-p)*math.Log((1-p)/(1-r))
		}
		if gap := s.LogLikelihood - bound; math.Abs(gap-kl) > 1e-12 || gap < 0 {
			t.Errorf("θ = %v: gap %v, divergence %v", theta, gap, kl)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run(ctx, new(bytes.Buffer)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
