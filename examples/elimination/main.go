// Elimination computes p(x1 | x4) in the book's four-variable network by variable
// elimination, one step at a time (Qiu Xipeng 2019, Neural Networks and Deep
// Learning, draft of 6 April 2019, section 11.2.1, equations 11.30–11.33): every
// sum is pushed inwards past the factors that do not have its variable. The book
// gives no numbers; those of the textbook network are our own.
//
// For one pair of values of x1 and x4, and variables of K values, the sum as it
// stands, (11.30), has K² terms of three multiplications each, and the nested sums
// of (11.32) have K²+K+1 multiplications. These are the book's figures. Its K²
// additions against K²+K count the addition of the first term of every sum to zero.
// Without those both forms have K²−1: what elimination saves here is
// multiplications. The last table that the program prints counts them.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/textbook"
	"github.com/belief-go/belief/inference"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer) error {
	net, err := textbook.Network("diamond")
	if err != nil {
		return err
	}
	x1, x4 := net.Variables()[0], net.Variables()[3]

	fmt.Fprintln(w, "p(x1, x4) by the engine, as in (11.32):")
	joint, order, err := steps(w, net, "x1", "x4")
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "\np(x4) by the engine, as in (11.33):")
	evidence, _, err := steps(w, net, "x4")
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "\np(x1 | x4) = p(x1, x4) / p(x4), (11.28):")
	show(w, "p(x1|x4)", joint.Divide(evidence))

	// Any order gives the same. The engine chooses its own, so the other one is
	// done by hand with the algebra of factors.
	slices.Reverse(order)
	fmt.Fprintf(w, "\np(x1, x4) by hand, in the order %s:\n", list(order))
	byHand, err := eliminate(w, net, order)
	if err != nil {
		return err
	}
	byHand = byHand.Permute(x1, x4)
	fmt.Fprintln(w, "\np(x1 | x4) from that:")
	show(w, "p(x1|x4)", byHand.Divide(byHand.Marginal(x4)))

	fmt.Fprintln(w, "\noperations for one pair x1, x4 of K values each, counted:")
	fmt.Fprintln(w, "        additions           multiplications")
	fmt.Fprintln(w, "  K   (11.30) (11.32)        (11.30) (11.32)")
	for _, k := range []int{2, 3, 10} {
		plain, nested := operations(k)
		fmt.Fprintf(w, "%3d   %7d %7d        %7d %7d\n", k, plain.additions, nested.additions, plain.multiplications, nested.multiplications)
	}
	return nil
}

// steps prints every step of the engine's elimination. It returns the last result,
// the joint distribution of the named variables, and the order of elimination.
func steps(w io.Writer, net *graphical.BayesNet, names ...string) (joint *graphical.Factor, order []*graphical.Variable, err error) {
	call := naming(net)
	for step, err := range (inference.VariableElimination{}).Steps(context.Background(), net, graphical.Evidence{}, names...) {
		if err != nil {
			return nil, nil, err
		}
		name := call(step.Result)
		if step.Variable == nil {
			joint, name = step.Result, "p("+strings.Join(names, ",")+")"
		} else {
			order = append(order, step.Variable)
		}
		describe(w, call, step.Variable, step.Factors, step.Result, name)
	}
	return joint, order, nil
}

// eliminate sums variables out of the network in the given order.
func eliminate(w io.Writer, net *graphical.BayesNet, order []*graphical.Variable) (*graphical.Factor, error) {
	call := naming(net)
	var factors []*graphical.Factor
	for i := range net.NumFactors() {
		f, err := net.Factor(i)
		if err != nil {
			return nil, err
		}
		factors = append(factors, f)
	}
	for _, v := range order {
		var with, without []*graphical.Factor
		for _, f := range factors {
			if slices.Contains(f.Scope(), v) {
				with = append(with, f)
			} else {
				without = append(without, f)
			}
		}
		sum := graphical.Product(with...).SumOut(v)
		describe(w, call, v, with, sum, call(sum))
		factors = append(without, sum)
	}
	joint := graphical.Product(factors...)
	describe(w, call, nil, factors, joint, "p("+list(joint.Scope())+")")
	return joint, nil
}

// naming returns a function that names factors: the network's own as conditional
// distributions, and what elimination makes of them as τ. In this network no two
// factors have the same variables.
func naming(net *graphical.BayesNet) func(*graphical.Factor) string {
	key := func(vars []*graphical.Variable) string {
		sorted := slices.Clone(vars)
		slices.SortFunc(sorted, func(a, b *graphical.Variable) int { return net.Index(a) - net.Index(b) })
		return list(sorted)
	}
	own := map[string]string{}
	for _, v := range net.Variables() {
		name := "p(" + v.Name()
		if parents := net.Parents(v); len(parents) > 0 {
			name += "|" + list(parents)
		}
		own[key(append(slices.Clone(net.Parents(v)), v))] = name + ")"
	}
	return func(f *graphical.Factor) string {
		if name, ok := own[key(f.Scope())]; ok {
			return name
		}
		return "τ(" + list(f.Scope()) + ")"
	}
}

// describe prints one step: a sum of a product, and what it comes to.
func describe(w io.Writer, call func(*graphical.Factor) string, v *graphical.Variable, factors []*graphical.Factor, result *graphical.Factor, name string) {
	var product []string
	for _, f := range factors {
		product = append(product, call(f))
	}
	sum := ""
	if v != nil {
		sum = "Σ_" + v.Name() + " "
	}
	fmt.Fprintf(w, "  %s = %s%s\n", name, sum, strings.Join(product, " "))
	show(w, name, result)
}

// show prints the entries of a factor, one row per combination of all variables but
// the last.
func show(w io.Writer, name string, f *graphical.Factor) {
	scope := f.Scope()
	states := make([]int, len(scope))
	last := len(scope) - 1
	for {
		fmt.Fprint(w, "    ", name, " at ")
		for i, v := range scope[:last] {
			fmt.Fprintf(w, "%v=%s ", v, v.States()[states[i]])
		}
		fmt.Fprintf(w, "%v=%s:", scope[last], strings.Join(scope[last].States(), ","))
		for s := range scope[last].NumStates() {
			states[last] = s
			fmt.Fprintf(w, " %.6g", f.At(states...))
		}
		fmt.Fprintln(w)
		i := last - 1
		for ; i >= 0; i-- {
			if states[i]++; states[i] < scope[i].NumStates() {
				break
			}
			states[i] = 0
		}
		if i < 0 {
			return
		}
	}
}

// list joins names by commas.
func list(vars []*graphical.Variable) string {
	var names []string
	for _, v := range vars {
		names = append(names, v.Name())
	}
	return strings.Join(names, ",")
}
