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

// What is printed is what enumeration and the definition give.
func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	want := func(times int, format string, args ...any) {
		t.Helper()
		if line := fmt.Sprintf(format, args...); strings.Count(text, line+"\n") != times {
			t.Errorf("it does not print %d times %q:\n%s", times, line, text)
		}
	}
	net, err := textbook.Network("diamond")
	if err != nil {
		t.Fatal(err)
	}
	var joint [2][2]float64 // p(x1, x4), by (11.30)
	cpd := func(i int) graphical.Conditional { return net.Conditional(net.Variables()[i-1]) }
	for i := range 16 {
		a, b, c, d := i>>3, i>>2&1, i>>1&1, i&1
		joint[a][d] += cpd(1).Prob(a, nil) * cpd(2).Prob(b, []int{a}) * cpd(3).Prob(c, []int{a}) * cpd(4).Prob(d, []int{b, c})
	}
	p4 := [2]float64{joint[0][0] + joint[1][0], joint[0][1] + joint[1][1]}
	for a := range 2 {
		want(2, "    p(x1,x4) at x1=%d x4=0,1: %.6g %.6g", a, joint[a][0], joint[a][1])
		want(2, "    p(x1|x4) at x1=%d x4=0,1: %.6g %.6g", a, joint[a][0]/p4[0], joint[a][1]/p4[1])
	}
	want(1, "    p(x4) at x4=0,1: %.6g %.6g", p4[0], p4[1])
	for d := range 2 {
		post, err := inference.Enumeration{}.Marginals(context.Background(), net, graphical.Observe("x4", fmt.Sprint(d)))
		if err != nil {
			t.Fatal(err)
		}
		m, err := post.Marginal("x1")
		if err != nil {
			t.Fatal(err)
		}
		for a, p := range m.Probs {
			if math.Abs(p-joint[a][d]/p4[d]) > 1e-15 {
				t.Errorf("p(x1=%d | x4=%d) is %v by enumeration and %v by hand", a, d, p, joint[a][d]/p4[d])
			}
		}
	}
	// The orders are the book's: (11.32), (11.33), and the one it mentions.
	for _, step := range []string{
		"τ(x1,x3,x4) = Σ_x2 p(x2|x1) p(x4|x2,x3)", "τ(x1,x4) = Σ_x3 p(x3|x1) τ(x1,x3,x4)", "p(x1,x4) = p(x1) τ(x1,x4)",
		"τ(x2,x3) = Σ_x1 p(x1) p(x2|x1) p(x3|x1)", "τ(x3,x4) = Σ_x2 p(x4|x2,x3) τ(x2,x3)", "τ(x4) = Σ_x3 τ(x3,x4)",
		"τ(x1,x2,x4) = Σ_x3 p(x3|x1) p(x4|x2,x3)", "τ(x1,x4) = Σ_x2 p(x2|x1) τ(x1,x2,x4)",
	} {
		if !strings.Contains(text, "  "+step+"\n") {
			t.Errorf("it does not print the step %q:\n%s", step, text)
		}
	}
	for _, k := range []int{2, 3, 10} {
		want(1, "%3d   %7d %7d        %7d %7d", k, k*k-1, k*k-1, 3*k*k, k*k+k+1)
	}
}

// Both forms of the sum are the same sum, and cost what the book says; its
// additions count the first term of every sum as well.
func TestOperations(t *testing.T) {
	for k := 1; k <= 12; k++ {
		x := 0.5
		next := func() float64 { // some numbers
			x = 3.9 * x * (1 - x)
			return x
		}
		tab := tables{first: next()}
		for range k {
			tab.second, tab.third = append(tab.second, next()), append(tab.third, next())
			var row []float64
			for range k {
				row = append(row, next())
			}
			tab.fourth = append(tab.fourth, row)
		}
		var plain, nested counter
		a, b := tab.plain(&plain), tab.nested(&nested)
		if math.Abs(a-b) > 1e-14*a {
			t.Errorf("K = %d: %v by (11.30), %v by (11.32)", k, a, b)
		}
		if (plain != counter{k*k - 1, 3 * k * k}) || (nested != counter{k*k - 1, k*k + k + 1}) {
			t.Errorf("K = %d: %+v and %+v", k, plain, nested)
		}
		sumsOfPlain, sumsOfNested := 1, k+1
		if plain.additions+sumsOfPlain != k*k || nested.additions+sumsOfNested != k*k+k {
			t.Errorf("K = %d: with the first terms, %d and %d additions", k, plain.additions+sumsOfPlain, nested.additions+sumsOfNested)
		}
		if p, n := operations(k); p != plain || n != nested {
			t.Errorf("K = %d: the count depends on the numbers", k)
		}
	}
}
