package graphical_test

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

// Rows one by one, or all numbers at once: the table is the same. The last parent
// changes fastest.
func ExampleTableBuilder() {
	build := func(fill func(*graphical.TableBuilder)) []float64 {
		b := graphical.NewBayesNet()
		a, c := b.Variable("a", "0", "1"), b.Variable("c", "0", "1")
		b.Table(a).Row(0.5, 0.5)
		fill(b.Table(c, a))
		return must(b.Build()).Conditional(c).(*graphical.Table).Values()
	}
	fmt.Println(build(func(t *graphical.TableBuilder) { t.Row(0.9, 0.1).Row(0.2, 0.8) }))
	fmt.Println(build(func(t *graphical.TableBuilder) { t.Values([]float64{0.9, 0.1, 0.2, 0.8}) }))
	// Output:
	// [0.9 0.1 0.2 0.8]
	// [0.9 0.1 0.2 0.8]
}

// The square 0 – 1 – 2 – 3 – 0: eliminating 0 joins 1 and 3, which leaves two
// triangles that share this edge.
func ExampleCliqueTree() {
	square := graphical.NewGraph(4)
	for v := range 4 {
		square.AddEdge(v, (v+1)%4)
	}
	tree := square.CliqueTree([]int{0, 1, 2, 3})
	for i, clique := range tree.Cliques {
		if tree.Parent[i] < 0 {
			fmt.Println("root", slices.Sorted(slices.Values(clique)))
			continue
		}
		fmt.Println("clique", slices.Sorted(slices.Values(clique)),
			"shares", slices.Sorted(slices.Values(tree.Separator(i))), "and adds", tree.Residual(i))
	}
	// Output:
	// clique [0 1 3] shares [1 3] and adds [0]
	// root [1 2 3]
}

// The only order that is good for a path with a large variable in the middle is
// one that takes the ends first.
func ExampleOrder() {
	path := graphical.NewGraph(3)
	path.AddEdge(0, 1)
	path.AddEdge(1, 2)
	order := must(path.EliminationOrder(context.Background(), []int{2, 100, 2}, graphical.OrderConfig{}))
	fmt.Println("the middle is not the first:", order.Vertices[0] != 1)
	fmt.Println("width:", order.Width)
	fmt.Println("largest table:", order.Entries, "entries")
	// Output:
	// the middle is not the first: true
	// width: 1
	// largest table: 200 entries
}

// A bound ends the search for an order that would be of no use.
func ExampleOrderConfig() {
	clique := graphical.NewGraph(10)
	clique.AddClique(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	states := slices.Repeat([]int{4}, 10)
	for _, most := range []float64{1e9, 1e3} {
		cfg := graphical.OrderConfig{Heuristic: graphical.MinFill, Restarts: -1, MaxEntries: most}
		order, err := clique.EliminationOrder(context.Background(), states, cfg)
		if _, tooLarge := errors.AsType[*belief.TooLargeError](err); tooLarge {
			fmt.Printf("no order within %g entries\n", most)
			continue
		}
		fmt.Printf("an order within %g entries: its largest table has %g\n", most, order.Entries)
	}
	// Output:
	// an order within 1e+09 entries: its largest table has 1.048576e+06
	// no order within 1000 entries
}

// A square whose vertices have 2, 10, 2 and 10 states. Whatever goes first adds one
// edge, so that counting edges cannot tell; the tables' sizes can.
func ExampleHeuristic() {
	square := graphical.NewGraph(4)
	for v := range 4 {
		square.AddEdge(v, (v+1)%4)
	}
	for _, h := range []graphical.Heuristic{graphical.MinWeight, graphical.WeightedMinFill} {
		cfg := graphical.OrderConfig{Heuristic: h, Restarts: -1}
		order := must(square.EliminationOrder(context.Background(), []int{2, 10, 2, 10}, cfg))
		fmt.Println(order.Heuristic, "needs", order.Entries, "entries; a bad order 200")
	}
	var h graphical.Heuristic
	fmt.Println(h.UnmarshalText([]byte("min-fill")), h == graphical.MinFill)
	// Output:
	// min-weight needs 40 entries; a bad order 200
	// weighted-min-fill needs 40 entries; a bad order 200
	// <nil> true
}

// What opens a trail: at a collider, somebody must have observed something.
func ExampleTrailNode() {
	for _, given := range []string{"X2", "X5"} {
		trail := must(collider().ActiveTrail("X1", "X3", given))
		for _, node := range trail.Nodes {
			if node.Role == graphical.TrailCollider {
				fmt.Printf("given %s: %v lets through, opened by %v\n", given, node.Variable, node.Opener)
			}
		}
	}
	// Output:
	// given X2: X2 lets through, opened by X2
	// given X5: X2 lets through, opened by X5
}

// The three ways in which a trail passes a variable between its ends.
func ExampleTrailRole() {
	b := graphical.NewBayesNet()
	season, rain := b.Variable("season", "wet", "dry"), b.Variable("rain", "yes", "no")
	pollen, sneeze := b.Variable("pollen", "much", "little"), b.Variable("sneeze", "yes", "no")
	cold := b.Variable("cold", "yes", "no")
	b.Table(season).Row(0.5, 0.5)
	b.Table(rain, season).Row(0.6, 0.4).Row(0.1, 0.9)
	b.Table(pollen, season).Row(0.2, 0.8).Row(0.7, 0.3)
	b.Table(cold).Row(0.1, 0.9)
	b.Table(sneeze, pollen, cold).Row(0.95, 0.05).Row(0.8, 0.2).Row(0.7, 0.3).Row(0.1, 0.9)
	net := must(b.Build())
	trail := must(net.ActiveTrail("rain", "cold", "sneeze"))
	for _, node := range trail.Nodes {
		fmt.Printf("%v: %v\n", node.Variable, node.Role)
	}
	// Output:
	// rain: end
	// season: common cause
	// pollen: link
	// sneeze: collider
	// cold: end
}

// Every mistake can be reached, each by its type.
func ExampleBuildError() {
	b := graphical.NewBayesNet()
	rain := b.Variable("rain", "yes", "no")
	wet := b.Variable("wet", "yes", "no", "no")
	b.Table(rain).Row(0.2, 0.9)
	b.Table(wet, rain).Row(1, 0, 0).Row(0, 1, 0)
	_, err := b.Build()
	if e, ok := errors.AsType[*graphical.BuildError](err); ok {
		fmt.Println(len(e.Mistakes), "mistakes:", e)
	}
	if e, ok := errors.AsType[*graphical.RowSumError](err); ok {
		fmt.Println("among them a sum of", e.Sum)
	}
	// Output:
	// 2 mistakes: state "no": variable "wet" has it twice; table of "rain" sums to 1.1, not 1
	// among them a sum of 1.1
}

func ExampleNameError() {
	_, err := graphical.NewVariable("light", "red", "green", "red")
	if e, ok := errors.AsType[*graphical.NameError](err); ok {
		fmt.Println(e.Kind, e.Name)
	}
	fmt.Println(err)
	// Output:
	// state red
	// state "red": variable "light" has it twice
}

func ExampleSizeError() {
	b := graphical.NewBayesNet()
	rain := b.Variable("rain", "yes", "no")
	wet := b.Variable("wet", "yes", "no")
	b.Table(rain).Row(0.2, 0.8)
	b.Table(wet, rain).Row(0.9, 0.1) // the row for no rain is missing
	_, err := b.Build()
	if e, ok := errors.AsType[*graphical.SizeError](err); ok {
		fmt.Println(e.Variable, "has", e.Got, "of", e.Want)
	}
	fmt.Println(err)
	// Output:
	// wet has 2 of 4
	// table of "wet" has 2 entries, wants 4
}

func ExampleEntryError() {
	b := graphical.NewBayesNet()
	rain := b.Variable("rain", "yes", "no")
	wet := b.Variable("wet", "yes", "no")
	b.Table(rain).Row(0.2, 0.8)
	b.Table(wet, rain).Row(0.9, 0.1).Row(1.5, -0.5)
	_, err := b.Build()
	if e, ok := errors.AsType[*graphical.EntryError](err); ok {
		fmt.Println("look at", e.Variable, "=", e.State, "given", e.Row)
	}
	fmt.Println(err)
	// Output:
	// look at wet = no given rain=no
	// table of "wet", row rain=no: the entry of "no" is -0.5; entries must be finite and not negative
}

// A sum far from one is more likely a slip than a rounding. Counts are turned into
// probabilities by [graphical.BayesNetBuilder.Normalize].
func ExampleRowSumError() {
	b := graphical.NewBayesNet()
	b.Table(b.Variable("die", "low", "six")).Row(5, 1)
	_, err := b.Build()
	if e, ok := errors.AsType[*graphical.RowSumError](err); ok {
		fmt.Println(e.Variable, e.Sum)
	}
	fmt.Println(err)
	// Output:
	// die 6
	// table of "die" sums to 6, not 1
}

func ExampleTableError() {
	b := graphical.NewBayesNet()
	b.Table(b.Variable("rain", "yes", "no")).Row(0.2, 0.8)
	b.Variable("wet", "yes", "no")
	_, err := b.Build()
	if e, ok := errors.AsType[*graphical.TableError](err); ok {
		fmt.Println("see to", e.Variable)
	}
	fmt.Println(err)
	// Output:
	// see to wet
	// variable "wet": it has no table
}
