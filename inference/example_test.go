package inference_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
)

// garden is the network of the package comment of graphical.
func garden() *graphical.BayesNet {
	b := graphical.NewBayesNet()
	rain := b.Variable("rain", "yes", "no")
	sprinkler := b.Variable("sprinkler", "on", "off")
	wet := b.Variable("wet", "yes", "no")
	b.Table(rain).Row(0.2, 0.8)
	b.Table(sprinkler, rain).Row(0.01, 0.99).Row(0.4, 0.6)
	b.Table(wet, sprinkler, rain).Row(0.99, 0.01).Row(0.9, 0.1).Row(0.8, 0.2).Row(0, 1)
	net, err := b.Build()
	if err != nil {
		log.Fatal(err)
	}
	return net
}

func ExampleMarginals() {
	post, err := inference.Marginals(context.Background(), garden(), graphical.Observe("wet", "yes"))
	if err != nil {
		log.Fatal(err)
	}
	rain, err := post.Marginal("rain")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(rain)
	fmt.Printf("log p(wet=yes) = %v, by %s: %s\n", post.LogEvidence, post.Method, post.Reason)
	// Output:
	// rain: yes 0.357688, no 0.642312
	// log p(wet=yes) = -0.802114, by junction-tree: all marginals in one propagation
}

func ExampleJoint() {
	joint, logEvidence, err := inference.Joint(context.Background(), garden(), graphical.Observe("wet", "yes"), "rain", "sprinkler")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("p(rain=yes, sprinkler=off | wet=yes) = %.4f, log p(wet=yes) = %v\n", joint.At(0, 1), logEvidence)
	// Output:
	// p(rain=yes, sprinkler=off | wet=yes) = 0.3533, log p(wet=yes) = -0.802114
}

func ExampleNewJunctionTree() {
	ctx := context.Background()
	tree, err := inference.NewJunctionTree(garden(), inference.TreeConfig{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tree)
	for _, ev := range []graphical.Evidence{{}, graphical.Observe("wet", "yes"), graphical.Observe("wet", "yes").And("sprinkler", "on")} {
		post, err := tree.Query(ctx, ev, "rain")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("given {%v}: %v\n", ev, post.Marginals()[0])
	}
	// Output:
	// junction tree: cliques 1, width 2, entries of the largest 8, of all 8
	// given {}: rain: yes 0.2, no 0.8
	// given {wet=yes}: rain: yes 0.357688, no 0.642312
	// given {wet=yes, sprinkler=on}: rain: yes 0.00682806, no 0.993172
}

// A session keeps its messages: only what a change of evidence touches is
// computed again.
func ExampleJunctionTree_NewSession() {
	ctx := context.Background()
	tree, err := inference.NewJunctionTree(garden(), inference.TreeConfig{})
	if err != nil {
		log.Fatal(err)
	}
	s := tree.NewSession()
	ev := graphical.Evidence{}
	for _, step := range []struct{ variable, state string }{{"wet", "yes"}, {"sprinkler", "off"}} {
		ev = ev.And(step.variable, step.state)
		if err := s.SetEvidence(ev); err != nil {
			log.Fatal(err)
		}
		post, err := s.Marginals(ctx, "rain")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("and %s=%s: %v\n", step.variable, step.state, post.Marginals()[0])
	}
	// Output:
	// and wet=yes: rain: yes 0.357688, no 0.642312
	// and sprinkler=off: rain: yes 1, no 0
}

func ExampleVariableElimination_Steps() {
	net := garden()
	for step, err := range (inference.VariableElimination{}).Steps(context.Background(), net, graphical.Observe("wet", "yes"), "rain") {
		if err != nil {
			log.Fatal(err)
		}
		if step.Variable == nil {
			fmt.Println("multiply", step.Factors)
			fmt.Printf("p(rain, wet=yes) = %.4f, %.4f\n", step.Result.At(0), step.Result.At(1))
			break
		}
		fmt.Println("sum out", step.Variable, "of", step.Factors, "giving", step.Result)
	}
	// Output:
	// sum out sprinkler of [φ(rain, sprinkler) φ(sprinkler, rain)] giving φ(rain)
	// multiply [φ() φ(rain) φ(rain)]
	// p(rain, wet=yes) = 0.1604, 0.2880
}

func ExampleSumProduct() {
	b := graphical.NewFactors()
	x := b.Variable("x", "0", "1")
	y := b.Variable("y", "0", "1")
	z := b.Variable("z", "0", "1")
	b.Factor([]float64{2, 1, 1, 2}, x, y)
	b.Factor([]float64{3, 1, 1, 3}, y, z)
	chain, err := b.FactorGraph()
	if err != nil {
		log.Fatal(err)
	}
	messages, err := inference.SumProduct{}.Run(context.Background(), chain, graphical.Observe("x", "0"))
	if err != nil {
		log.Fatal(err)
	}
	for f, name := range []string{"y", "z"} {
		m, err := messages.ToVariable(f, name)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m)
	}
	m, err := messages.Marginal("z")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m)
	// Output:
	// φ(x, y) → y: (2, 1)
	// φ(y, z) → z: (7, 5)
	// z: 0 0.583333, 1 0.416667
}

func ExampleNewEngine() {
	engine, err := inference.NewEngine("variable-elimination", inference.TreeConfig{MemoryBudget: 64 << 20})
	if err != nil {
		log.Fatal(err)
	}
	post, err := engine.Marginals(context.Background(), garden(), graphical.Evidence{}, "wet")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(post.Method, post.Marginals()[0])
	// Output:
	// variable-elimination wet: yes 0.44838, no 0.55162
}

func Example_impossibleEvidence() {
	ev := graphical.Observe("wet", "yes").And("rain", "no").And("sprinkler", "off")
	_, err := inference.Marginals(context.Background(), garden(), ev)
	var impossible *belief.ImpossibleEvidenceError
	fmt.Println(errors.As(err, &impossible), err)
	// Output:
	// true impossible evidence: these findings cannot hold together: rain=no, sprinkler=off, wet=yes
}
