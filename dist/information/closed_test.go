package information

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/belief-go/belief"
)

// The formulas hold where plain ones run out of digits or of range: testdata/closed.py.
func TestClosedGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/closed.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		F     string
		Alpha float64
		Name  string
		P, Q  []float64
		Want  belief.Number
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 1000 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		p, q, want := made(t, c.Name, c.P), made(t, c.Name, c.Q), float64(c.Want)
		got, ok := 0.0, false
		switch c.F {
		case "KL":
			got, ok = closedKL(p, q)
		case "TotalVariation":
			got, ok = closedVariation(p, q)
		case "Renyi":
			got, ok = closedRenyi(c.Alpha, p, q)
		}
		if !ok || !near(got, want, 1e-11) {
			t.Errorf("%s(%g, %v, %v) = %.15g, %v, want %.15g, off by %.2g", c.F, c.Alpha, p, q, got, ok, want, got/want-1)
		}
	}
}
