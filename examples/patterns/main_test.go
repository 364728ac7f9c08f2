package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Theory: X2 between cause and effect, or above two effects, carries what X1 and
// X3 share, and knowing it cuts them apart; below two causes it is the other way
// round (figure 11.3 of the book).
func TestPatternsAreAsTheorySays(t *testing.T) {
	theory := []struct{ unknown, known string }{{"no", "yes"}, {"no", "yes"}, {"no", "yes"}, {"yes", "no"}}
	trails := []string{
		"X1 → X2 → X3 (X2 is an unobserved link)",
		"X1 ← X2 ← X3 (X2 is an unobserved link)",
		"X1 ← X2 → X3 (X2 is an unobserved common cause)",
		"X1 → X2 ← X3 (X2 is an observed collider)",
	}
	var want []string // the verdicts, and the trail of each pattern
	for i, th := range theory {
		for _, verdict := range []string{th.unknown, th.known} {
			why := "no active trail"
			if verdict == "no" {
				why = trails[i]
			}
			want = append(want, verdict+" by the graph: "+why, verdict+" by the numbers")
		}
	}
	var out strings.Builder
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(out.String()) {
		head, tail, found := strings.Cut(strings.TrimSpace(line), " by the ")
		if !found {
			continue // the name of a pattern
		}
		words := strings.Fields(head)
		if strings.HasPrefix(tail, "numbers") {
			tail = "numbers"
		}
		got = append(got, words[len(words)-1]+" by the "+tail)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-theory +printed):\n%s\n%s", diff, out.String())
	}
}

// By hand: P(X1 = 1) is 0.3 and a link passes 0.1 or 0.8, so that two links in a
// row pass 0.9·0.1 + 0.1·0.8 = 0.17 or 0.2·0.1 + 0.8·0.8 = 0.66; the largest
// difference from the product is 0.7 · 0.3 · (0.66 − 0.17).
func TestDependenceOfTheChain(t *testing.T) {
	net, err := patterns[0].network()
	if err != nil {
		t.Fatal(err)
	}
	off, err := dependence(net, nil)
	if want := 0.7 * 0.3 * (0.66 - 0.17); err != nil || off < want-1e-15 || off > want+1e-15 {
		t.Errorf("got %v, want %v; %v", off, want, err)
	}
}
