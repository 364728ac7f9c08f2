package belief_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format/bif"
	"github.com/belief-go/belief/inference"
)

// A number says what it is worth, to people and to programs.
func ExampleEstimate() {
	for _, e := range []belief.Estimate{
		{Value: -1.25},
		{Value: -1.5, Kind: belief.LowerBound},
		{Value: -1.2, Kind: belief.Sampled, StdErr: 0.05},
	} {
		data, err := json.Marshal(e)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(e, "as JSON:", string(data))
	}
	// Output:
	// -1.25 as JSON: {"value":-1.25,"kind":"exact"}
	// -1.5 (lower bound) as JSON: {"value":-1.5,"kind":"lower bound"}
	// -1.2 ± 0.05 as JSON: {"value":-1.2,"kind":"sampled","std_err":0.05}
}

// A program asks for the kind before it relies on a number.
func ExampleKind() {
	sure := func(e belief.Estimate, atLeast float64) bool {
		switch e.Kind {
		case belief.Exact, belief.LowerBound:
			return e.Value >= atLeast
		default:
			return false
		}
	}
	for _, kind := range []belief.Kind{belief.Exact, belief.LowerBound, belief.UpperBound, belief.Sampled, belief.Approximation} {
		fmt.Printf("%v: %v\n", kind, sure(belief.Estimate{Value: 3, Kind: kind}, 2))
	}
	// Output:
	// exact: true
	// lower bound: true
	// upper bound: false
	// sampled: false
	// approximation: false
}

// JSON has no word for infinity; a Number finds one, and reads it back.
func ExampleNumber() {
	data, err := json.Marshal([]belief.Number{0.1, belief.Number(math.Inf(-1)), belief.Number(math.NaN())})
	fmt.Println(string(data), err)

	var back []belief.Number
	err = json.Unmarshal(data, &back)
	fmt.Println(back, err)
	// Output:
	// [0.1,"-Inf",null] <nil>
	// [0.1 -Inf NaN] <nil>
}

// What is odd but no mistake is accepted, and said.
func ExampleWarning() {
	b := graphical.NewBayesNet()
	b.Table(b.Variable("light", "red", "amber", "green")).Row(0.333, 0.333, 0.333)
	net, err := b.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range net.Warnings() {
		if w.Code == "row-sum" {
			fmt.Println("rounded numbers:", w.Where)
		}
	}
	// Output: rounded numbers: table of "light"
}

// An editor can put its cursor where the file went wrong.
func ExampleParseError() {
	text := "network weather { }\nvariable rain {\n  type discrete { };\n}\n"
	_, err := bif.Unmarshal([]byte(text), bif.Options{File: "weather.bif"})
	if e, ok := errors.AsType[*belief.ParseError](err); ok {
		fmt.Println("file", e.File, "line", e.Line)
	}

	err = &belief.ParseError{Format: "CSV", File: "rain.csv", Line: 7, Col: 12, Msg: "want a number", Err: errors.New(`got "wet"`)}
	fmt.Println(err)
	// Output:
	// file weather.bif line 3
	// rain.csv:7:12: CSV: want a number: got "wet"
}

// The nearest names come with the error, best first.
func ExampleUnknownNameError() {
	b := graphical.NewBayesNet()
	b.Table(b.Variable("rain", "yes", "no")).Row(0.2, 0.8)
	net, err := b.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = net.Variable("rian")
	fmt.Println(err)
	if e, ok := errors.AsType[*belief.UnknownNameError](err); ok {
		v, err := net.Variable(e.Suggestions[0])
		fmt.Println(v, err)
	}
	// Output:
	// unknown variable "rian"; did you mean "rain"?
	// rain <nil>
}

// Thirty coins have too many joint states to visit, but each is easy by itself.
// The refusal costs no memory, so that a program can try and then do otherwise.
func ExampleTooLargeError() {
	b := graphical.NewBayesNet()
	for i := range 30 {
		b.Table(b.Variable(fmt.Sprintf("coin%d", i), "heads", "tails")).Row(0.5, 0.5)
	}
	net, err := b.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	_, err = inference.Enumeration{}.Marginals(ctx, net, graphical.Evidence{}, "coin7")
	if e, ok := errors.AsType[*belief.TooLargeError](err); ok {
		fmt.Printf("%s: %d variables, %g entries\n", e.What, len(e.Largest), e.Entries)
		post, err := inference.Marginals(ctx, net, graphical.Evidence{}, "coin7")
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(post.Marginals()[0])
	}

	err = &belief.TooLargeError{
		What: "junction tree", Bytes: 3 << 30, Budget: 1 << 30, Width: 2,
		Entries: 4e8, Largest: []string{"time", "place", "cause"}, Advice: "raise the memory budget",
	}
	fmt.Println(err)
	// Output:
	// enumeration of all joint states: 30 variables, 1.073741824e+09 entries
	// coin7: heads 0.5, tails 0.5
	// junction tree too large: needs 3 GiB, the budget is 1 GiB; width 2; the largest clique has 3 variables and 4e+08 entries: time, place, cause; raise the memory budget
}

// Findings that the model rules out are named, and only those that it takes.
func ExampleImpossibleEvidenceError() {
	b := graphical.NewBayesNet()
	rain := b.Variable("rain", "yes", "no")
	wet := b.Variable("wet", "yes", "no")
	cold := b.Variable("cold", "yes", "no")
	b.Table(rain).Row(0.2, 0.8)
	b.Table(wet, rain).Row(1, 0).Row(0.1, 0.9) // rain always wets the grass
	b.Table(cold).Row(0.5, 0.5)
	net, err := b.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	ev := graphical.Observe("cold", "yes").And("rain", "yes").And("wet", "no")
	_, err = inference.Marginals(context.Background(), net, ev)
	fmt.Println(err)
	if e, ok := errors.AsType[*belief.ImpossibleEvidenceError](err); ok {
		fmt.Println("doubt one of", e.Conflict)
	}
	// Output:
	// impossible evidence: these findings cannot hold together: rain=yes, wet=no
	// doubt one of [rain=yes wet=no]
}

// A setting without meaning is refused by the name of its field.
func ExampleConfigError() {
	b := graphical.NewBayesNet()
	b.Table(b.Variable("rain", "yes", "no")).Row(0.2, 0.8)
	net, err := b.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	engine := inference.TreeConfig{MemoryBudget: -1}
	_, err = engine.Marginals(context.Background(), net, graphical.Evidence{})
	if e, ok := errors.AsType[*belief.ConfigError](err); ok {
		fmt.Println("see to", e.Field)
		fmt.Println(e)
	}
	// Output:
	// see to MemoryBudget
	// setting MemoryBudget is -1; it must be a number of bytes, or 0 for 4 GiB
}
