package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// What is printed says what the program claims: EM with a third of the cells missing comes
// close to counting all, and far closer than counting whole rows; every start with a
// hidden variable comes to the same end, which fits the rows better than the truth does.
func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	number := func(before, form string) float64 {
		t.Helper()
		_, after, found := strings.Cut(text, before)
		var x float64
		if _, err := fmt.Sscanf(after, form, &x); !found || err != nil {
			t.Fatalf("no number after %q: %v in\n%s", before, err, text)
		}
		return x
	}
	all := number("counting all cells", "%g")
	few := number("counting without", " 1893 rows %g")
	_, line, _ := strings.Cut(text, "EM, ")
	_, line, _ = strings.Cut(line, "iterations")
	var some float64
	if _, err := fmt.Sscanf(line, "%g", &some); err != nil {
		t.Fatal(err)
	}
	if !(all > 0 && some < 3*all && few > 5*some) {
		t.Errorf("divergences: all cells %v, whole rows %v, EM %v", all, few, some)
	}
	first := number("start 1: log posterior", "%g")
	for i := 2; i <= 5; i++ {
		if got := number(fmt.Sprintf("start %d: log posterior", i), "%g"); got-first > 0.01 || first-got > 0.01 {
			t.Errorf("start %d came to %v, the first to %v", i, got, first)
		}
	}
	if best, truth := number("log-likelihood of the best", "%f,"), number("of the truth", "%g"); best <= truth {
		t.Errorf("log-likelihood %v, of the truth %v", best, truth)
	}
}
