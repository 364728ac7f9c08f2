// Patterns shows what three variables in a row can be to each other: the four
// connections X1 – X2 – X3 of a Bayesian network, and what knowing X2 does to each
// (Qiu Xipeng 2019, Neural Networks and Deep Learning, draft of 6 April 2019,
// figure 11.3).
//
// Every statement is made twice: by the graph, with the trail that carries
// information where there is one, and by the numbers, summed from the joint
// distribution. The book gives no numbers, so the tables are our own.
package main

import (
	"fmt"
	"io"
	"log"
	"math"
	"os"

	"github.com/belief-go/belief/graphical"
)

// A pattern is one connection: the arcs among X1, X2 and X3.
type pattern struct {
	name string
	arcs [][2]int // from, to
}

var patterns = []pattern{
	{"(a) indirect cause: X1 → X2 → X3", [][2]int{{1, 2}, {2, 3}}},
	{"(b) indirect effect: X1 ← X2 ← X3", [][2]int{{2, 1}, {3, 2}}},
	{"(c) common cause: X1 ← X2 → X3", [][2]int{{2, 1}, {2, 3}}},
	{"(d) common effect: X1 → X2 ← X3", [][2]int{{1, 2}, {3, 2}}},
}

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer) error {
	for _, p := range patterns {
		net, err := p.network()
		if err != nil {
			return err
		}
		fmt.Fprintln(w, p.name)
		for _, given := range [][]string{nil, {"X2"}} {
			if err := report(w, net, given); err != nil {
				return err
			}
		}
	}
	return nil
}

// network gives every variable a table by the number of its parents.
func (p pattern) network() (*graphical.BayesNet, error) {
	b := graphical.NewBayesNet()
	x := []*graphical.Variable{nil, b.Variable("X1", "0", "1"), b.Variable("X2", "0", "1"), b.Variable("X3", "0", "1")}
	for child := 1; child <= 3; child++ {
		var parents []*graphical.Variable
		for _, arc := range p.arcs {
			if arc[1] == child {
				parents = append(parents, x[arc[0]])
			}
		}
		t := b.Table(x[child], parents...)
		switch len(parents) {
		case 0:
			t.Row(0.7, 0.3)
		case 1:
			t.Row(0.9, 0.1).Row(0.2, 0.8)
		case 2:
			t.Row(0.95, 0.05).Row(0.3, 0.7).Row(0.4, 0.6).Row(0.1, 0.9)
		}
	}
	return b.Build()
}

// report says whether X1 and X3 are independent given the variables named.
func report(w io.Writer, net *graphical.BayesNet, given []string) error {
	statement, distribution := "X1 ⊥ X3", "P(X1, X3)"
	if given != nil {
		statement, distribution = "X1 ⊥ X3 | X2", "P(X1, X3 | X2)"
	}
	trail, err := net.ActiveTrail("X1", "X3", given...)
	if err != nil {
		return err
	}
	verdict, why := "yes", "no active trail"
	if trail != nil {
		verdict, why = "no", trail.String()
	}
	fmt.Fprintf(w, "  %-12s  %-3s by the graph: %s\n", statement, verdict, why)
	off, err := dependence(net, given)
	if err != nil {
		return err
	}
	verdict = "no"
	if off < 1e-12 { // rounding
		verdict = "yes"
	}
	fmt.Fprintf(w, "  %12s  %-3s by the numbers: %s is off its product of marginals by up to %.4f\n", "", verdict, distribution, off)
	return nil
}

// dependence returns the largest |P(x1, x3 | z) − P(x1 | z) P(x3 | z)|, where z is
// X2 if given and nothing otherwise.
func dependence(net *graphical.BayesNet, given []string) (float64, error) {
	var factors []*graphical.Factor
	for i := range net.NumFactors() {
		f, err := net.Factor(i)
		if err != nil {
			return 0, err
		}
		factors = append(factors, f)
	}
	x := net.Variables()
	x1, x2, x3 := x[0], x[1], x[2]
	joint := graphical.SumProduct([]*graphical.Variable{x1, x2, x3}, factors...)
	if given == nil {
		return offProduct(joint.SumOut(x2)), nil
	}
	worst := 0.0
	for s := range x2.States() {
		worst = math.Max(worst, offProduct(joint.Reduce(map[*graphical.Variable]int{x2: s})))
	}
	return worst, nil
}

// offProduct returns the largest difference between a distribution of two
// variables, once normalized, and the product of its marginals.
func offProduct(joint *graphical.Factor) float64 {
	p, _ := joint.Normalize()
	product := graphical.Product(p.Marginal(p.Scope()[0]), p.Marginal(p.Scope()[1]))
	worst := 0.0
	for i, v := range p.Values() {
		worst = math.Max(worst, math.Abs(v-product.Values()[i]))
	}
	return worst
}
