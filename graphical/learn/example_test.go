package learn_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/learn"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// lawn is rain → wet, with tables to be learnt.
func lawn() *graphical.BayesNet {
	b := graphical.NewBayesNet()
	rain, wet := b.Variable("rain", "yes", "no"), b.Variable("wet", "yes", "no")
	b.Table(rain).Row(0.5, 0.5)
	b.Table(wet, rain).Row(0.5, 0.5).Row(0.5, 0.5)
	return must(b.Build())
}

func table(text string) *data.Table {
	return must(data.ReadCSV(strings.NewReader(text), data.CSVOptions{Header: data.HasHeader}))
}

func days() *data.Table {
	return table("rain,wet\nyes,yes\nyes,yes\nyes,no\nno,no\nno,no\nno,no\nno,yes\nno,no\n")
}

func ExampleTables() {
	fit := must(learn.Tables{}.Fit(context.Background(), lawn(), days()))
	wet := must(fit.Net.Variable("wet"))
	fmt.Printf("p(wet | rain) = %.4f\n", fit.Net.Conditional(wet).Prob(0, []int{0}))
	fmt.Printf("log-likelihood %.4f\n", fit.LogLikelihood)
	// Output:
	// p(wet | rain) = 0.6667
	// log-likelihood -9.7041
}

// A prior of equivalent sample size 4 is worth four days, in equal parts of every kind.
func ExamplePrior() {
	fit := must(learn.Tables{Prior: learn.Prior{BDeu: 4}}.Fit(context.Background(), lawn(), days()))
	wet := must(fit.Net.Variable("wet"))
	fmt.Printf("p(wet | rain) = %.4f\n", fit.Net.Conditional(wet).Prob(0, []int{0}))
	// Output:
	// p(wet | rain) = 0.6000
}

// Eight days are too few to show that the lawn is wet from the rain.
func ExampleFit() {
	b := graphical.NewBayesNet()
	rain, wet := b.Variable("rain", "yes", "no"), b.Variable("wet", "yes", "no")
	b.Table(rain).Row(0.5, 0.5)
	b.Table(wet).Row(0.5, 0.5)
	apart := must(b.Build())
	for _, net := range []*graphical.BayesNet{lawn(), apart} {
		fit := must(learn.Tables{Prior: learn.Prior{BDeu: 1}}.Fit(context.Background(), net, days()))
		fmt.Printf("%d edges: log p(data) = %.3f, BIC %.3f\n", net.NumEdges(), fit.LogMarginal, fit.BIC())
	}
	// Output:
	// 1 edges: log p(data) = -13.714, BIC 25.682
	// 0 edges: log p(data) = -13.181, BIC 25.342
}

func ExampleCounts() {
	f := must(learn.NewFamilies(lawn(), 0))
	c := learn.NewCounts(f)
	c.Add([]int{0, 0}, 1)
	c.Add([]int{0, 1}, 0.25)
	fmt.Println(c.Table(0), c.Table(1))
	// Output:
	// [1.25 0] [1 0.25 0 0]
}

func ExampleFamilies() {
	f := must(learn.NewFamilies(lawn(), 0))
	fmt.Println(f.Size(), "entries; those of wet begin at", f.First(1))
	fmt.Println(f.Members(1))
	// Output:
	// 6 entries; those of wet begin at 2
	// [0 1] [2 1]
}

func ExampleUnseen() {
	fit := must(learn.Tables{}.Fit(context.Background(), lawn(), table("rain,wet\nno,no\nno,yes\n")))
	for _, u := range fit.Unseen {
		fmt.Println(u.Warning())
	}
	// Output:
	// table of "wet": the data lack 1 of 2 combinations of parents' states, whose rows are uniform: rain=yes
}

func ExampleStateError() {
	_, err := learn.Tables{}.Fit(context.Background(), lawn(), table("rain,wet\nno,no\nno,yess\n"))
	if bad, ok := errors.AsType[*learn.StateError](err); ok {
		fmt.Println(bad.Column, bad.Row)
	}
	fmt.Println(err)
	// Output:
	// wet 1
	// column "wet" of row 1: unknown state "yess" of variable "wet"; did you mean "yes"?
}

// coin is a distribution that is no table.
type coin struct{ of *graphical.Variable }

func (c coin) Child() *graphical.Variable     { return c.of }
func (c coin) Parents() []*graphical.Variable { return nil }
func (c coin) Prob(int, []int) float64        { return 0.5 }
func (c coin) NumParameters() float64         { return 0 }
func (c coin) Factor() (*graphical.Factor, error) {
	return graphical.NewFactor([]*graphical.Variable{c.of}, []float64{0.5, 0.5})
}

func ExampleConditionalError() {
	b := graphical.NewBayesNet()
	b.Conditional(coin{b.Variable("side", "heads", "tails")})
	net := must(b.Build())
	_, err := learn.Tables{}.Fit(context.Background(), net, table("side\nheads\ntails\n"))
	fmt.Println(err)
	// Output:
	// variable "side" has a learn_test.coin, and only tables are learnt; fix the variable to keep it as it is
}
