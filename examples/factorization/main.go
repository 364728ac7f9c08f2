// Factorization shows what independence saves: four binary variables whose joint
// distribution takes 15 numbers as a table and 9 as a Bayesian network (Qiu Xipeng
// 2019, Neural Networks and Deep Learning, draft of 6 April 2019, figure 11.1 and
// equations 11.4–11.8), and what is lost when the network's arrows are dropped
// (the same, section 11.1.6 and figure 11.9; where its text has X1 ⊥ X2 ⊥ X2, read
// X3 for the last).
package main

import (
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/textbook"
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
	if err := parameters(w, net); err != nil {
		return err
	}
	if err := chainRule(w, net); err != nil {
		return err
	}
	fmt.Fprintln(w)
	if err := moralize(w, "x1 → x2, x1 → x3, x2 → x4 ← x3", net); err != nil {
		return err
	}
	married, err := threeParents()
	if err != nil {
		return err
	}
	return moralize(w, "x1 → x4, x2 → x4, x3 → x4", married)
}

// parameters counts free parameters with and without the independences.
func parameters(w io.Writer, net *graphical.BayesNet) error {
	var terms []string
	full := 1
	for _, v := range net.TopologicalOrder() {
		term := "p(" + v.Name()
		if parents := net.Parents(v); len(parents) > 0 {
			term += " | " + list(parents)
		}
		terms = append(terms, fmt.Sprintf("%s): %.0f", term, net.Conditional(v).NumParameters()))
		full *= v.NumStates()
	}
	_, err := fmt.Fprintf(w, "the full table has %d free parameters\nthe network has %.0f: %s\n", full-1, net.NumParameters(), strings.Join(terms, ", "))
	return err
}

// chainRule compares p(x1) p(x2|x1) p(x3|x1,x2) p(x4|x1,x2,x3), with conditionals
// taken from the joint distribution, to the network's own product, and shows which
// of these conditionals need fewer variables.
func chainRule(w io.Writer, net *graphical.BayesNet) error {
	joint, err := jointOf(net)
	if err != nil {
		return err
	}
	x := net.Variables()
	chain := graphical.Product()
	for k, v := range x {
		before := joint.Marginal(x[:k]...)
		conditional := joint.Marginal(x[:k+1]...).Divide(before)
		chain = graphical.Product(chain, conditional)
		for i, u := range x[:k] {
			if spread := spread(conditional, i); spread < 1e-12 {
				fmt.Fprintf(w, "p(%v | %s) does not depend on %v\n", v, list(x[:k]), u)
			}
		}
	}
	off := 0.0
	for i, p := range joint.Values() {
		off = math.Max(off, math.Abs(p-chain.Values()[i]))
	}
	_, err = fmt.Fprintf(w, "chain rule and factorization agree: %t\n", off < 1e-15)
	return err
}

// jointOf multiplies the tables of a network over its variables, in order.
func jointOf(net *graphical.BayesNet) (*graphical.Factor, error) {
	var factors []*graphical.Factor
	for i := range net.NumFactors() {
		f, err := net.Factor(i)
		if err != nil {
			return nil, err
		}
		factors = append(factors, f)
	}
	return graphical.SumProduct(net.Variables(), factors...), nil
}

// spread returns how much the values of a factor change at most along one axis.
func spread(f *graphical.Factor, axis int) float64 {
	v := f.Scope()[axis]
	high := f.MaxOut(v)
	worst := 0.0
	for s := range v.States() {
		at := f.Reduce(map[*graphical.Variable]int{v: s})
		for i, p := range at.Values() {
			worst = math.Max(worst, high.Values()[i]-p)
		}
	}
	return worst
}

// threeParents is the graph of figure 11.9: three causes of one effect, with the
// effect likelier the more causes there are.
func threeParents() (*graphical.BayesNet, error) {
	b := graphical.NewBayesNet()
	var causes []*graphical.Variable
	for _, name := range []string{"x1", "x2", "x3"} {
		v := b.Variable(name, "0", "1")
		b.Table(v).Row(0.7, 0.3)
		causes = append(causes, v)
	}
	t := b.Table(b.Variable("x4", "0", "1"), causes...)
	for row := range 8 {
		p := 0.1 + 0.25*float64(row&1+row>>1&1+row>>2&1)
		t.Row(1-p, p)
	}
	return b.Build()
}

// moralize shows the moral graph and what it no longer says.
func moralize(w io.Writer, arrows string, net *graphical.BayesNet) error {
	moral := net.MoralGraph()
	x := net.Variables()
	fmt.Fprintf(w, "the moral graph of %s\n", arrows)
	for c := range net.MoralCliques() {
		fmt.Fprintf(w, "  has the maximal clique {%s}\n", list(c))
	}
	for _, e := range moral.Edges() {
		u, v := x[e[0]], x[e[1]]
		if slices.Contains(net.Children(u), v) || slices.Contains(net.Children(v), u) {
			continue
		}
		// Two variables without an edge are independent given their parents.
		parents := append(slices.Clone(net.Parents(u)), net.Parents(v)...)
		slices.SortFunc(parents, func(a, b *graphical.Variable) int { return net.Index(a) - net.Index(b) })
		given := names(slices.Compact(parents))
		independence := fmt.Sprintf("%v ⊥ %v", u, v)
		if len(given) > 0 {
			independence += " | " + strings.Join(given, ", ")
		}
		separated, err := net.DSeparated(u.Name(), v.Name(), given...)
		if err != nil {
			return err
		}
		if separated {
			fmt.Fprintf(w, "  marries %v and %v and so forgets that %s\n", u, v, independence)
		}
	}
	return nil
}

func list(vars []*graphical.Variable) string { return strings.Join(names(vars), ", ") }

func names(vars []*graphical.Variable) []string {
	out := make([]string, len(vars))
	for i, v := range vars {
		out[i] = v.Name()
	}
	return out
}
