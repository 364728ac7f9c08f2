package inference_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
)

// must stands for error handling, which would hide what the examples show.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// relay is the chain a → b → c → d of bits that are passed on and flipped one
// time in ten.
func relay() *graphical.BayesNet {
	b := graphical.NewBayesNet()
	last := b.Variable("a", "0", "1")
	b.Table(last).Row(0.5, 0.5)
	for _, name := range []string{"b", "c", "d"} {
		next := b.Variable(name, "0", "1")
		b.Table(next, last).Row(0.9, 0.1).Row(0.1, 0.9)
		last = next
	}
	return must(b.Build())
}

// Every method answers the same call, so a program can take any of them.
func ExampleEngine() {
	ev := graphical.Observe("d", "1")
	for _, engine := range []inference.Engine{
		inference.Enumeration{}, inference.VariableElimination{}, inference.SumProduct{}, inference.TreeConfig{},
	} {
		post := must(engine.Marginals(context.Background(), relay(), ev, "a"))
		fmt.Println(post.Marginals()[0], "by", engine.Name())
	}
	// Output:
	// a: 0 0.244, 1 0.756 by enumeration
	// a: 0 0.244, 1 0.756 by variable-elimination
	// a: 0 0.244, 1 0.756 by sum-product
	// a: 0 0.244, 1 0.756 by junction-tree
}

// The zero value chooses as [inference.Marginals] does; fields set limits.
func ExampleAuto() {
	engine := inference.Auto{MemoryBudget: 64 << 20}
	for _, targets := range [][]string{{"rain"}, {"rain", "sprinkler"}} {
		post := must(engine.Marginals(context.Background(), garden(), graphical.Observe("wet", "yes"), targets...))
		fmt.Println(len(targets), "of", post.Method+":", post.Reason)
	}
	// Output:
	// 1 of variable-elimination: a single target takes a single elimination
	// 2 of junction-tree: several targets share one propagation
}

// The definition of a posterior judges a faster method.
func ExampleEnumeration() {
	ctx, ev := context.Background(), graphical.Observe("wet", "yes")
	want := must(inference.Enumeration{}.Marginals(ctx, garden(), ev))
	got := must(inference.TreeConfig{}.Marginals(ctx, garden(), ev))
	for i, m := range got.Marginals() {
		worst := 0.0
		for s, p := range m.Probs {
			worst = max(worst, math.Abs(p-want.Marginals()[i].Probs[s]))
		}
		fmt.Println(m.Variable, "agrees:", worst < 1e-12)
	}
	// Output:
	// rain agrees: true
	// sprinkler agrees: true
	// wet agrees: true
}

// The memory that a tree needs is known before it is taken.
func ExampleTreeConfig() {
	ctx := context.Background()
	_, err := inference.TreeConfig{MemoryBudget: 1}.Compile(ctx, garden())
	if e, ok := errors.AsType[*belief.TooLargeError](err); ok {
		fmt.Println("refused with a budget of", e.Budget, "byte:", e.What)
	}
	tree := must(inference.TreeConfig{MemoryBudget: 1 << 20, Workers: 1}.Compile(ctx, garden()))
	fmt.Println("width", tree.Stats().Width)
	// Output:
	// refused with a budget of 1 byte: junction tree
	// width 2
}

// Bars and logs hang on a callback; the library prints nothing.
func ExampleProgress() {
	var last inference.Progress
	cfg := inference.TreeConfig{Workers: 1, Progress: func(p inference.Progress) { last = p }}
	tree := must(inference.NewJunctionTree(relay(), cfg))
	must(tree.Query(context.Background(), graphical.Observe("d", "1")))
	fmt.Printf("%.0f %%\n", 100*last.Done/last.Total)
	// Output: 100 %
}

// One compiled tree serves many questions.
func ExampleJunctionTree() {
	ctx := context.Background()
	tree := must(inference.NewJunctionTree(relay(), inference.TreeConfig{}))
	for _, state := range []string{"0", "1"} {
		post := must(tree.Query(ctx, graphical.Observe("d", state), "a"))
		fmt.Println("d is", state, "–", post.Marginals()[0])
	}
	// Output:
	// d is 0 – a: 0 0.756, 1 0.244
	// d is 1 – a: 0 0.244, 1 0.756
}

// What a tree will cost is known before the first question.
func ExampleStats() {
	stats := must(inference.NewJunctionTree(garden(), inference.TreeConfig{})).Stats()
	fmt.Println(stats.Variables, "variables in", stats.Cliques, "clique of width", stats.Width)
	fmt.Println("the largest has", stats.Largest, "entries:", slices.Sorted(slices.Values(stats.Clique)))
	// Output:
	// 3 variables in 1 clique of width 2
	// the largest has 8 entries: [rain sprinkler wet]
}

// A session follows evidence that comes, changes and goes.
func ExampleSession() {
	ctx := context.Background()
	s := must(inference.NewJunctionTree(relay(), inference.TreeConfig{})).NewSession()
	for _, ev := range []graphical.Evidence{
		graphical.Observe("d", "1"),
		graphical.Observe("d", "1").And("b", "0"),
		{}, // all taken back
	} {
		if err := s.SetEvidence(ev); err != nil {
			fmt.Println(err)
			return
		}
		logP := must(s.LogEvidence(ctx))
		post := must(s.Marginals(ctx, "a"))
		fmt.Printf("p({%v}) = %.3f, %v\n", ev, math.Exp(logP), post.Marginals()[0])
	}
	// Output:
	// p({d=1}) = 0.500, a: 0 0.244, 1 0.756
	// p({d=1, b=0}) = 0.090, a: 0 0.9, 1 0.1
	// p({}) = 1.000, a: 0 0.5, 1 0.5
}

// An answer carries its honesty with it.
func ExamplePosterior() {
	post := must(inference.TreeConfig{}.Marginals(context.Background(), relay(), graphical.Observe("d", "1"), "c", "a"))
	for _, m := range post.Marginals() { // in the order asked for
		fmt.Println(m)
	}
	fmt.Println("log p(d=1) =", post.LogEvidence, "is", post.LogEvidence.Kind)
	fmt.Println("converged:", post.Converged, "– warnings:", len(post.Warnings))
	_, err := post.Marginal("b")
	fmt.Println("b was not asked for:", err != nil)
	// Output:
	// c: 0 0.1, 1 0.9
	// a: 0 0.244, 1 0.756
	// log p(d=1) = -0.693147 is exact
	// converged: true – warnings: 0
	// b was not asked for: true
}

func ExampleMarginal() {
	post := must(inference.Marginals(context.Background(), garden(), graphical.Observe("wet", "yes")))
	m := must(post.Marginal("sprinkler"))
	fmt.Println(m)
	state, p := m.Mode()
	fmt.Printf("most probably %s, %.3f\n", state, p)
	fmt.Printf("off: %.3f\n", must(m.Prob("off")))
	_, err := m.Prob("offf")
	fmt.Println(err)
	// Output:
	// sprinkler: on 0.646728, off 0.353272
	// most probably on, 0.647
	// off: 0.353
	// unknown state "offf" of variable "sprinkler"; did you mean "off"?
}

// The tables that an elimination makes are its cost: on a chain none has more than
// two variables.
func ExampleEliminationStep() {
	for step, err := range (inference.VariableElimination{}).Steps(context.Background(), relay(), graphical.Evidence{}, "d") {
		if err != nil {
			fmt.Println(err)
			return
		}
		if step.Variable == nil {
			fmt.Println("left:", step.Result)
			break
		}
		before := graphical.Product(step.Factors...)
		fmt.Printf("Σ over %v: %v of %d entries → %v\n", step.Variable, before, len(before.Values()), step.Result)
	}
	// Output:
	// Σ over a: φ(a, b) of 4 entries → φ(b)
	// Σ over b: φ(b, c) of 4 entries → φ(c)
	// Σ over c: φ(c, d) of 4 entries → φ(d)
	// left: φ(d)
}

// What a variable hears from either side, multiplied and normalized, is its
// posterior.
func ExampleMessages() {
	messages := must(inference.SumProduct{}.Run(context.Background(), relay(), graphical.Observe("d", "1")))
	left := must(messages.ToVariable(2, "c"))  // factor 2 is p(c | b)
	right := must(messages.ToVariable(3, "c")) // factor 3 is p(d | c)
	fmt.Println(left)
	fmt.Println(right)
	fmt.Println(must(messages.Marginal("c")))
	fmt.Printf("p(d=1) = %.1f\n", math.Exp(messages.LogEvidence()))
	// Output:
	// φ(b, c) → c: (0.5, 0.5)
	// φ(c, d) → c: (0.1, 0.9)
	// c: 0 0.1, 1 0.9
	// p(d=1) = 0.5
}

// A message is kept normalized beside its scale, so that none can underflow.
func ExampleMessage() {
	b := graphical.NewFactors()
	x, y := b.Variable("x", "0", "1"), b.Variable("y", "0", "1")
	b.Factor([]float64{3, 1, 1, 3}, x, y)
	pair := must(b.FactorGraph())
	messages := must(inference.SumProduct{}.Run(context.Background(), pair, graphical.Observe("x", "0")))
	m := must(messages.ToVariable(0, "y"))
	fmt.Println(m)
	fmt.Printf("to %s from %s: %.2f times %.0f\n", m.To, m.From, m.Probs, math.Exp(m.LogScale))
	// Output:
	// φ(x, y) → y: (3, 1)
	// to y from φ(x, y): [0.75 0.25] times 4
}

// Sum-product refuses a loop, and shows it.
func ExampleLoopError() {
	b := graphical.NewFactors()
	vars := []*graphical.Variable{b.Variable("x", "0", "1"), b.Variable("y", "0", "1"), b.Variable("z", "0", "1")}
	for i, v := range vars {
		b.Factor([]float64{2, 1, 1, 2}, v, vars[(i+1)%3])
	}
	ring := must(b.FactorGraph())
	_, err := inference.SumProduct{}.Run(context.Background(), ring, graphical.Evidence{})
	fmt.Println(err)
	if e, ok := errors.AsType[*inference.LoopError](err); ok {
		fmt.Println("variables and factors on it:", len(e.Path)-1) // the last is the first
		post := must(inference.TreeConfig{}.Marginals(context.Background(), ring, graphical.Observe("x", "0"), "y"))
		fmt.Println("a junction tree says", post.Marginals()[0])
	}
	// Output:
	// sum-product is exact only without loops, and this model has one: z – φ(z, x) – x – φ(x, y) – y – φ(y, z) – z; use a junction tree
	// variables and factors on it: 6
	// a junction tree says y: 0 0.714286, 1 0.285714
}

// The zero value is ready; a joint posterior of several variables is a factor.
func ExampleVariableElimination() {
	var ve inference.VariableElimination
	joint, logEvidence, err := ve.Joint(context.Background(), relay(), graphical.Observe("d", "1"), "a", "b")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v given d=1: %.3f, log p(d=1) = %v\n", joint, joint.Values(), logEvidence)
	// Output:
	// φ(a, b) given d=1: [0.162 0.082 0.018 0.738], log p(d=1) = -0.693147
}
