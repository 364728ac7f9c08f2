package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
)

// Components miss one of the talents, which span half of what is looked for; factors find
// both, and the noise that was put in.
func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	var components, factors float64
	line := strings.Split(out.String(), "\n")
	if _, err := fmt.Sscanf(line[8], "space of the talents found: by components %f, by factors %f", &components, &factors); err != nil {
		t.Fatalf("%v:\n%s", err, out.String())
	}
	if components > 0.7 || factors < 0.97 {
		t.Errorf("components find %v, factors %v", components, factors)
	}
	for j, name := range tests {
		var x [4]float64
		var planted, found float64
		if _, err := fmt.Sscanf(line[1+j], name+" %f %f %f %f %f %f", &x[0], &x[1], &x[2], &x[3], &planted, &found); err != nil {
			t.Fatal(err)
		}
		// Three times what a standard error of the noise can be here.
		if planted != luck[j]*luck[j] || math.Abs(found/planted-1) > 0.4 {
			t.Errorf("%s: noise %v, planted %v", name, found, planted)
		}
	}
}
