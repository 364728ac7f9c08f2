package graphical_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/belief-go/belief/graphical"
)

// must stands for error handling, which would hide what the examples show.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// collider is x1 → x2 ← x3 with x2 → x4 → x5.
func collider() *graphical.BayesNet {
	b := graphical.NewBayesNet()
	x1, x2, x3 := b.Variable("X1", "0", "1"), b.Variable("X2", "0", "1"), b.Variable("X3", "0", "1")
	x4, x5 := b.Variable("X4", "0", "1"), b.Variable("X5", "0", "1")
	b.Table(x1).Row(0.7, 0.3)
	b.Table(x2, x1, x3).Row(0.9, 0.1).Row(0.3, 0.7).Row(0.4, 0.6).Row(0.1, 0.9)
	b.Table(x3).Row(0.5, 0.5)
	b.Table(x4, x2).Row(0.8, 0.2).Row(0.3, 0.7)
	b.Table(x5, x4).Row(0.6, 0.4).Row(0.1, 0.9)
	return must(b.Build())
}

// Build a network in code.
func Example() {
	b := graphical.NewBayesNet()
	rain := b.Variable("rain", "yes", "no")
	wet := b.Variable("wet", "yes", "no")
	b.Table(rain).Row(0.2, 0.8)
	b.Table(wet, rain).Row(0.9, 0.1).Row(0.1, 0.9)
	net, err := b.Build() // every mistake reported, with names
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(net.Variables(), "with", net.NumParameters(), "parameters")
	fmt.Println("parents of wet:", net.Parents(wet))
	// Output:
	// [rain wet] with 3 parameters
	// parents of wet: [rain]
}

func ExampleBayesNet() {
	net := collider()
	x2 := must(net.Variable("X2"))
	fmt.Println("parents:", net.Parents(x2))
	fmt.Println("ancestors:", net.Ancestors(x2))
	fmt.Println("descendants:", net.Descendants(x2))
	fmt.Println("Markov blanket:", net.MarkovBlanket(x2))
	fmt.Println("in topological order:", net.TopologicalOrder())
	// Output:
	// parents: [X1 X3]
	// ancestors: [X1 X3]
	// descendants: [X4 X5]
	// Markov blanket: [X1 X3 X4]
	// in topological order: [X1 X3 X2 X4 X5]
}

// The builder takes note of mistakes and goes on, so that one build shows all.
func ExampleBayesNetBuilder() {
	b := graphical.NewBayesNet()
	rain := b.Variable("rain", "yes", "no")
	wet := b.Variable("wet", "yes", "no")
	b.Table(rain).Row(0.2, 0.9)
	b.Table(wet, rain).Row(0.9, 0.1).Row(-0.1, 1.1)
	_, err := b.Build()
	var build *graphical.BuildError
	if errors.As(err, &build) {
		for _, mistake := range build.Mistakes {
			fmt.Println(mistake)
		}
	}
	// Output:
	// table of "rain" sums to 1.1, not 1
	// table of "wet", row rain=no: the entry of "yes" is -0.1; entries must be finite and not negative
}

// Counts become probabilities on request.
func ExampleBayesNetBuilder_Normalize() {
	b := graphical.NewBayesNet().Normalize()
	die := b.Variable("die", "low", "six")
	b.Table(die).Row(5, 1)
	net := must(b.Build())
	fmt.Printf("%.3f\n", net.Conditional(die).Prob(1, nil))
	// Output: 0.167
}

// Texts that files attach travel with the network.
func ExampleProperty() {
	b := graphical.NewBayesNet().Name("weather").
		Property(graphical.Property{Text: "author = anonymous"}).
		Property(graphical.Property{Variable: "rain", Text: "position = (10, 20)"})
	b.Table(b.Variable("rain", "yes", "no")).Row(0.2, 0.8)
	net := must(b.Build())
	for _, p := range net.Properties() {
		fmt.Printf("%q %s\n", p.Variable, p.Text)
	}
	// Output:
	// "" author = anonymous
	// "rain" position = (10, 20)
}

func ExampleVariable() {
	weather := must(graphical.NewVariable("weather", "sunny", "cloudy", "rainy"))
	fmt.Println(weather, weather.NumStates(), weather.States())
	fmt.Println(weather.FindState("rainy"))
	_, err := weather.FindState("rany")
	fmt.Println(err)
	// Output:
	// weather 3 [sunny cloudy rainy]
	// 2 <nil>
	// unknown state "rany" of variable "weather"; did you mean "rainy"?
}

func ExampleTable() {
	net := collider()
	x2 := must(net.Variable("X2"))
	table := net.Conditional(x2).(*graphical.Table)
	at := make([]int, len(table.Parents()))
	for r := range table.NumRows() {
		fmt.Println(table.Parents(), "=", table.RowStates(at, r), "→", table.Row(r))
	}
	// Output:
	// [X1 X3] = [0 0] → [0.9 0.1]
	// [X1 X3] = [0 1] → [0.3 0.7]
	// [X1 X3] = [1 0] → [0.4 0.6]
	// [X1 X3] = [1 1] → [0.1 0.9]
}

// A noisyOr is a conditional distribution with one number per parent: each
// parent that is on fails to switch the child on with its own probability (Pearl
// 1988, section 4.3.2).
type noisyOr struct {
	child   *graphical.Variable
	parents []*graphical.Variable
	fails   []float64
}

func (n noisyOr) Child() *graphical.Variable     { return n.child }
func (n noisyOr) Parents() []*graphical.Variable { return n.parents }
func (n noisyOr) NumParameters() float64         { return float64(len(n.fails)) }

func (n noisyOr) Prob(state int, parentStates []int) float64 {
	off := 1.0
	for i, s := range parentStates {
		off *= math.Pow(n.fails[i], float64(s))
	}
	if state == 0 {
		return off
	}
	return 1 - off
}

func (n noisyOr) Factor() (*graphical.Factor, error) {
	var values []float64
	at := make([]int, len(n.parents))
	for row := range 1 << len(at) {
		for i := range at {
			at[i] = row >> (len(at) - 1 - i) & 1
		}
		values = append(values, n.Prob(0, at), n.Prob(1, at))
	}
	return graphical.NewFactor(slices.Concat(n.parents, []*graphical.Variable{n.child}), values)
}

func ExampleConditional() {
	b := graphical.NewBayesNet()
	flu, cold := b.Variable("flu", "no", "yes"), b.Variable("cold", "no", "yes")
	fever := b.Variable("fever", "no", "yes")
	b.Table(flu).Row(0.95, 0.05)
	b.Table(cold).Row(0.8, 0.2)
	b.Conditional(noisyOr{fever, []*graphical.Variable{flu, cold}, []float64{0.1, 0.6}})
	net := must(b.Build())
	f := must(net.Factor(2))
	fmt.Println(f, "from", net.Conditional(fever).NumParameters(), "numbers")
	fmt.Printf("both: %.2f\n", f.At(1, 1, 1))
	// Output:
	// φ(flu, cold, fever) from 2 numbers
	// both: 0.94
}

func ExampleFactor() {
	a := must(graphical.NewVariable("a", "0", "1"))
	b := must(graphical.NewVariable("b", "0", "1", "2"))
	f := must(graphical.NewFactor([]*graphical.Variable{a, b}, []float64{1, 2, 3, 4, 5, 6}))
	g := must(graphical.NewFactor([]*graphical.Variable{b}, []float64{1, 0, 2}))
	p := graphical.Product(f, g)
	fmt.Println(p, p.Values())
	fmt.Println("sum over b:", p.SumOut(b).Values())
	fmt.Println("maximum over a:", p.MaxOut(a).Values())
	fmt.Println("at a = 1:", p.Reduce(map[*graphical.Variable]int{a: 1}).Values())
	fmt.Println("divided by g:", p.Divide(g).Values())
	// Output:
	// φ(a, b) [1 0 6 4 0 12]
	// sum over b: [7 16]
	// maximum over a: [4 0 12]
	// at a = 1: [4 0 12]
	// divided by g: [1 0 3 4 0 6]
}

// A marginal without the joint distribution in between.
func ExampleSumProduct() {
	net := collider()
	var factors []*graphical.Factor
	for i := range net.NumFactors() {
		factors = append(factors, must(net.Factor(i)))
	}
	p := graphical.SumProduct([]*graphical.Variable{must(net.Variable("X2"))}, factors...)
	fmt.Printf("%.3f\n", p.Values())
	// Output: [0.495 0.505]
}

// The loop a – b – c – d – a of friends who tend to agree.
func ExampleMarkovNet() {
	b := graphical.NewFactors()
	names := []string{"a", "b", "c", "d"}
	vars := make([]*graphical.Variable, len(names))
	for i, name := range names {
		vars[i] = b.Variable(name, "0", "1")
	}
	for i, v := range vars {
		b.Factor([]float64{3, 1, 1, 3}, v, vars[(i+1)%len(vars)])
	}
	m := must(b.MarkovNet())
	fmt.Println("neighbours of a:", m.Neighbors(vars[0]))
	for c := range m.MaximalCliques() {
		fmt.Println("maximal clique:", c)
	}
	fmt.Printf("Z = %.0f\n", math.Exp(graphical.Product(m.Factors()...).LogSum()))
	// Output:
	// neighbours of a: [b d]
	// maximal clique: [a b]
	// maximal clique: [a d]
	// maximal clique: [b c]
	// maximal clique: [c d]
	// Z = 272
}

func ExampleFactorGraph() {
	g := must(collider().FactorGraph())
	for _, v := range g.Variables()[:3] {
		fmt.Print(v, " is in")
		for _, i := range g.FactorsOf(v) {
			fmt.Print(" ", g.Factors()[i])
		}
		fmt.Println()
	}
	// Output:
	// X1 is in φ(X1) φ(X1, X3, X2)
	// X2 is in φ(X1, X3, X2) φ(X2, X4)
	// X3 is in φ(X1, X3, X2) φ(X3)
}

func ExampleFactorBuilder() {
	b := graphical.NewFactors().Name("Ising pair")
	up := b.Variable("up", "-", "+")
	down := b.Variable("down", "-", "+")
	b.Factor([]float64{2, 1, 1, 2}, up, down)
	g, err := b.FactorGraph()
	fmt.Println(g.Name(), g.NumFactors(), g.Graph().Edges(), err)
	// Output: Ising pair 1 [[0 1]] <nil>
}

// All three kinds of networks are models, which is all that an engine asks for.
func ExampleModel() {
	net := collider()
	for _, m := range []graphical.Model{net, must(net.MarkovNet()), must(net.FactorGraph())} {
		largest := 0
		for i := range m.NumFactors() {
			largest = max(largest, len(m.Scope(i)))
		}
		fmt.Printf("%d variables, %d factors of up to %d\n", len(m.Variables()), m.NumFactors(), largest)
	}
	// Output:
	// 5 variables, 5 factors of up to 3
	// 5 variables, 5 factors of up to 3
	// 5 variables, 5 factors of up to 3
}

func ExampleEvidence() {
	ev := graphical.Observe("X5", "1").AndWeights("X4", map[string]float64{"0": 0.25, "1": 0.75})
	fmt.Println(ev)
	fmt.Println(string(must(json.Marshal(ev))))
	for _, f := range must(ev.Resolve(collider())) {
		fmt.Println(f)
	}
	// Output:
	// X5=1, X4~{0: 0.25, 1: 0.75}
	// {"X5":"1","X4":{"0":0.25,"1":0.75}}
	// X4~[0.25 0.75]
	// X5=1
}

func ExampleReadEvidence() {
	const file = `
# what we know
X1 = 0
X5 = 1
`
	ev, err := graphical.ReadEvidence(strings.NewReader(file))
	fmt.Println(ev, err)
	_, err = graphical.ReadEvidence(strings.NewReader("X1 = 0\nX5\n"))
	fmt.Println(err)
	// Output:
	// X1=0, X5=1 <nil>
	// 2: evidence: want VAR=STATE, got "X5"
}

func ExampleFinding() {
	findings := must(graphical.Observe("X4", "1").AndLikelihood("X1", 3, 1).Resolve(collider()))
	for _, f := range findings {
		fmt.Println(f.Variable, f.Index, f.State, f.Weights)
	}
	// Output:
	// X1 0 -1 [3 1]
	// X4 3 1 [0 1]
}

// The graph with the edges 12, 13, 23, 24 and 34 has seven cliques of two or more
// vertices, two of them maximal (Qiu Xipeng 2019, Neural Networks and Deep
// Learning, draft of 6 April 2019, figure 11.7).
func ExampleGraph() {
	g := graphical.NewGraph(5) // vertex 0 is not used
	for _, e := range [][2]int{{1, 2}, {1, 3}, {2, 3}, {2, 4}, {3, 4}} {
		g.AddEdge(e[0], e[1])
	}
	cliques := 0
	for set := range 1 << 5 {
		var vertices []int
		for v := range 5 {
			if set>>v&1 == 1 {
				vertices = append(vertices, v)
			}
		}
		if len(vertices) >= 2 && g.IsClique(vertices...) {
			cliques++
		}
	}
	fmt.Println(cliques, "cliques")
	for c := range g.MaximalCliques() {
		if len(c) >= 2 {
			fmt.Println("maximal:", c)
		}
	}
	fmt.Println("chordal:", g.IsChordal())
	// Output:
	// 7 cliques
	// maximal: [1 2 3]
	// maximal: [2 3 4]
	// chordal: true
}

func ExampleGraph_ChordlessCycle() {
	g := graphical.NewGraph(6)
	for v := range 6 {
		g.AddEdge(v, (v+1)%6)
	}
	g.AddEdge(0, 2)
	_, ok := g.PerfectEliminationOrder()
	fmt.Println(ok, len(g.ChordlessCycle()))
	g.AddEdge(2, 5)
	g.AddEdge(2, 4)
	fmt.Println(g.PerfectEliminationOrder())
	// Output:
	// false 5
	// [1 3 4 2 5 0] true
}

// An active trail says why two variables may depend on each other.
func ExampleBayesNet_ActiveTrail() {
	net := collider()
	fmt.Println(net.DSeparated("X1", "X3"))
	fmt.Println(net.ActiveTrail("X1", "X3", "X5"))
	fmt.Println(net.ActiveTrail("X1", "X5"))
	fmt.Println(net.DSeparatedSets([]string{"X1", "X3"}, []string{"X4", "X5"}, []string{"X2"}))
	// Output:
	// true <nil>
	// X1 → X2 ← X3 (X2 is a collider with observed descendant X5) <nil>
	// X1 → X2 → X4 → X5 (X2 is an unobserved link; X4 is an unobserved link) <nil>
	// true <nil>
}

func ExampleTrail() {
	trail := must(collider().ActiveTrail("X1", "X3", "X4"))
	for _, node := range trail.Nodes {
		fmt.Println(node.Variable, node.Role, node.Forward, node.Opener)
	}
	// Output:
	// X1 end true <nil>
	// X2 collider false X4
	// X3 end false <nil>
}

func ExampleCycleError() {
	b := graphical.NewBayesNet()
	egg, hen := b.Variable("egg", "0", "1"), b.Variable("hen", "0", "1")
	b.Table(egg, hen).Row(1, 0).Row(0, 1)
	b.Table(hen, egg).Row(1, 0).Row(0, 1)
	_, err := b.Build()
	var cycle *graphical.CycleError
	fmt.Println(errors.As(err, &cycle), err)
	// Output: true the network has a cycle: egg → hen → egg
}
