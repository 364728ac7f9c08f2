package main

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
)

// What is printed is what the definitions give, summed here once more.
func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	want := func(name string, value float64) {
		t.Helper()
		if line := fmt.Sprintf("  %-16s %.5f\n", name, value); !strings.Contains(out.String(), line) {
			t.Errorf("no line %q in\n%s", line, out.String())
		}
	}
	for _, row := range rows {
		if line := fmt.Sprintf("  %.5f  %s\n", row.book, row.name); !strings.Contains(out.String(), line) {
			t.Errorf("no %q in\n%s", line, out.String())
		}
	}
	h := func(p ...float64) float64 {
		sum := 0.0
		for _, v := range p {
			sum -= v * math.Log(v)
		}
		return sum
	}
	both, rain, grass := h(0.18, 0.02, 0.08, 0.72), h(0.2, 0.8), h(0.26, 0.74)
	want("H(rain)", rain)
	want("H(grass)", grass)
	want("H(rain, grass)", both)
	want("H(grass | rain)", 0.2*h(0.9, 0.1)+0.8*h(0.1, 0.9))
	want("H(rain | grass)", 0.26*h(0.18/0.26, 0.08/0.26)+0.74*h(0.02/0.74, 0.72/0.74))
	want("I(rain; grass)", rain+grass-both)
	want("H(p, q)", math.Log(3))
	want("KL(p, q)", math.Log(3)-1.5*math.Ln2)
	want("KL(q, p)", math.Log(2./3)/3+2*math.Log(4./3)/3)
	m := []float64{5. / 12, 7. / 24, 7. / 24}
	want("JS(p, q)", h(m...)-0.5*math.Log(3)-0.75*math.Ln2)
}
