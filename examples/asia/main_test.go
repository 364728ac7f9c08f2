package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/textbook"
	"github.com/belief-go/belief/inference"
)

// Every row is what enumeration gives for the evidence so far.
func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	net, err := textbook.Network("asia")
	if err != nil {
		t.Fatal(err)
	}
	want := func(line string) {
		t.Helper()
		if strings.Count(out.String(), line+"\n") != 1 {
			t.Errorf("it does not print %q once:\n%s", line, out.String())
		}
	}
	yes := func(post *inference.Posterior, name string) float64 {
		m, err := post.Marginal(name)
		if err != nil {
			t.Fatal(err)
		}
		return m.Probs[0]
	}
	var seen graphical.Evidence
	var rows [][]float64
	label := "nothing"
	for i := 0; ; i++ {
		post, err := inference.Enumeration{}.Marginals(context.Background(), net, seen)
		if err != nil {
			t.Fatal(err)
		}
		row := []float64{math.Exp(post.LogEvidence.Value), yes(post, "tub"), yes(post, "lung"), yes(post, "bronc")}
		rows = append(rows, row)
		want(fmt.Sprintf("%-16s%14.6g%14.6f%14.6f%14.6f", label, row[0], row[1], row[2], row[3]))
		if i == len(visit) {
			want(fmt.Sprintf("tuberculosis or lung cancer, given all of it: %.6f", yes(post, "either")))
			break
		}
		seen = seen.And(visit[i].variable, visit[i].state)
		label = fmt.Sprintf("and %s=%s", visit[i].variable, visit[i].state)
	}
	// What the comment says about the numbers.
	nothing, breath, xray, smoke := rows[0], rows[2], rows[3], rows[4]
	if breath[3]-nothing[3] < breath[1]-nothing[1] || breath[3]-nothing[3] < breath[2]-nothing[2] || breath[3] < max(breath[1], breath[2]) {
		t.Error("shortness of breath does not speak for bronchitis most of all")
	}
	if xray[3] >= breath[3] || xray[1] <= breath[1] || xray[2] <= breath[2] {
		t.Error("the X-ray does not explain bronchitis away")
	}
	if smoke[2] <= xray[2] || smoke[1] >= xray[1] || smoke[2] <= smoke[1] {
		t.Error("smoking does not explain tuberculosis away")
	}
}

// The prior chances in closed form, from the tables of the paper.
func TestPrior(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	tub, lung, bronc := 0.01*0.05+0.99*0.01, 0.5*0.1+0.5*0.01, 0.5*0.6+0.5*0.3
	if line := fmt.Sprintf("%-16s%14d%14.6f%14.6f%14.6f\n", "nothing", 1, tub, lung, bronc); !strings.Contains(out.String(), line) {
		t.Errorf("it does not print %q:\n%s", line, out.String())
	}
}
