package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Theory: 2⁴ − 1 parameters against 1 + 2 + 2 + 4; equations 11.4–11.6 of the
// book; parents marry, and what marries loses its independence.
const theory = `the full table has 15 free parameters
the network has 9: p(x1): 1, p(x2 | x1): 2, p(x3 | x1): 2, p(x4 | x2, x3): 4
p(x3 | x1, x2) does not depend on x2
p(x4 | x1, x2, x3) does not depend on x1
chain rule and factorization agree: true

the moral graph of x1 → x2, x1 → x3, x2 → x4 ← x3
  has the maximal clique {x1, x2, x3}
  has the maximal clique {x2, x3, x4}
  marries x2 and x3 and so forgets that x2 ⊥ x3 | x1
the moral graph of x1 → x4, x2 → x4, x3 → x4
  has the maximal clique {x1, x2, x3, x4}
  marries x1 and x2 and so forgets that x1 ⊥ x2
  marries x1 and x3 and so forgets that x1 ⊥ x3
  marries x2 and x3 and so forgets that x2 ⊥ x3
`

func TestFactorizationIsAsTheorySays(t *testing.T) {
	var out strings.Builder
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(theory, out.String()); diff != "" {
		t.Errorf("(-theory +printed):\n%s", diff)
	}
}
